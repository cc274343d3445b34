"""Turns what a scenario says of demand into where the cases of each bundle come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.demand import BLOCKS, DatedFlow, Demand, Profile, PropertyDraw
from sim.model import Property
from sim.scenario.faults import Faults
from sim.scenario.resolve.offices import Offices
from sim.scenario.resolve.period import Range
from sim.scenario.resolve.profiles import (
    ANY_TIME,
    Filing,
    Months,
    months_in,
    months_of,
    profile_of,
)
from sim.scenario.resolve.regimes import Service, shares_of
from sim.scenario.schema.bundles import BundleSpec, FileRef
from sim.scenario.schema.values import BY_CHANCE_NO, BY_CHANCE_YES
from sim.scenario.text.tree import Path
from sim.streams import ELEMENT_BITS, STREAM_BITS, name_key

_YES_OR_NO = {
    "yes": BY_CHANCE_YES,
    "true": BY_CHANCE_YES,
    "1": BY_CHANCE_YES,
    "no": BY_CHANCE_NO,
    "false": BY_CHANCE_NO,
    "0": BY_CHANCE_NO,
}
_DIGITS = 12
"""Cumulated shares are rounded to so many digits, so that equal shares summed up differ in none."""

_MOST_A_MONTH = 1_000_000
"""Cases to expect of one home in one month: by chance there are never ``MOST_OF_A_BLOCK``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyOfBundle:
    """How the cases of one bundle get one property: by shares of its values, or by office."""

    name: str
    values: tuple[str, ...]
    shares: Mapping[str, float]
    of_office: Mapping[int, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """All properties of a model; those of a bundle by its name."""

    all: tuple[Property, ...]
    index: Mapping[str, int]
    of_bundle: Mapping[str, tuple[PropertyOfBundle, ...]]


def homes_of(bundle: str, spec: BundleSpec, offices: Offices, faults: Faults) -> NDArray[np.int64]:
    """The offices where the cases of a bundle live."""
    path: Path = ("bundles", bundle, "demand", "at")
    level = spec.demand.at or offices.levels[-1]
    if not faults.knows(path, "level", level, offices.levels):
        return np.zeros(0, np.int64)
    homes = offices.on(level)
    if not len(homes):
        faults.add(path, f"there is no office on level '{level}'", "Add one, or another level.")
    return homes


def properties_of(
    bundles: Mapping[str, BundleSpec],
    homes: Mapping[str, NDArray[np.int64]],
    offices: Offices,
    faults: Faults,
) -> Properties:
    """The properties of all bundles; one of a name in several bundles has the values of all."""
    values: dict[str, dict[str, None]] = {}
    of_bundle: dict[str, tuple[PropertyOfBundle, ...]] = {}
    for bundle, spec in bundles.items():
        found = []
        for name, source in spec.properties.items():
            path: Path = ("bundles", bundle, "properties", name)
            if source.column is None:
                shares = shares_of(source.shares, path, "values", faults)
                found.append(
                    PropertyOfBundle(name=name, values=tuple(shares), shares=shares, of_office=None)
                )
            else:
                texts = offices.texts(source.column, homes[bundle], path, faults)
                found.append(_by_office(name, homes[bundle], texts))
            values.setdefault(name, {}).update(dict.fromkeys(found[-1].values))
        of_bundle[bundle] = tuple(found)
    return Properties(
        all=tuple(Property(name=name, values=tuple(each)) for name, each in values.items()),
        index={name: place for place, name in enumerate(values)},
        of_bundle=of_bundle,
    )


def _by_office(name: str, homes: NDArray[np.int64], texts: Sequence[str]) -> PropertyOfBundle:
    if all(text.casefold() in _YES_OR_NO for text in texts):
        texts = [_YES_OR_NO[text.casefold()] for text in texts]
        values: tuple[str, ...] = (BY_CHANCE_YES, BY_CHANCE_NO)
    else:
        values = tuple(sorted(set(texts)))
    return PropertyOfBundle(
        name=name,
        values=values,
        shares={},
        of_office=dict(zip(homes.tolist(), texts, strict=True)),
    )


def draw_name(property_name: str) -> str:
    """The name to which the draws of a property belong (R1)."""
    return f"property:{property_name}"


@lru_cache(maxsize=32)  # the cells of a study have the same
def streams_of(bundle: str, homes: tuple[str, ...]) -> NDArray[np.uint64]:
    """The keys of the streams of cases, one for each home of a bundle (R1)."""
    return np.array([name_key(f"{bundle}/{home}", STREAM_BITS) for home in homes], np.uint64)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandTerms:
    """What the demand of every bundle of a scenario is resolved with.

    Parameters
    ----------
    bundles, channels
        Their indices in the model, by name.
    services, homes
        By bundle.
    filings
        By channel; one that is not there is filed at any time.
    flow_of
        Gives first the index of the flow of a bundle, a regime and a channel with steps in it.
    """

    bundles: Mapping[str, int]
    channels: Mapping[str, int]
    services: Mapping[str, Service]
    homes: Mapping[str, NDArray[np.int64]]
    filings: Mapping[str, Filing]
    flow_of: Callable[[str, str, str], tuple[int, object]]
    properties: Properties
    offices: Offices
    time: Range
    faults: Faults


def demand_of(bundle: str, spec: BundleSpec, terms: DemandTerms) -> Demand | None:
    """Where the cases of a bundle come from; None where a log gives them, or after a fault."""
    path: Path = ("bundles", bundle, "demand")
    if spec.demand.log is not None:
        return None
    service, homes = terms.services[bundle], terms.homes[bundle]
    months = _months(spec, path, terms)
    yearly = _a_year(spec, homes, terms.offices, path, terms.faults)
    shares = np.round(np.cumsum(list(service.shares.values())), _DIGITS)
    shares[-1] = 1.0
    names = tuple(terms.offices.offices[home].name for home in homes.tolist())
    demand = Demand(
        bundle=terms.bundles[bundle],
        homes=homes,
        streams=streams_of(bundle, names),
        yearly=yearly,
        blocks=months.numbers % BLOCKS,
        block_shares=months.shares,
        until=terms.time.horizon,
        channels=np.array([terms.channels[channel] for channel in service.shares], np.int64),
        channel_shares=shares,
        profiles=tuple(_profile(channel, service, terms) for channel in service.shares),
        flows=tuple(_dated_flow(bundle, channel, terms) for channel in service.shares),
        properties=tuple(
            _draw(each, terms.properties, homes) for each in terms.properties.of_bundle[bundle]
        ),
    )
    _check(bundle, demand, terms)
    return demand


def _months(spec: BundleSpec, path: Path, terms: DemandTerms) -> Months:
    weights, where = spec.demand.months, (*path, "months")
    if isinstance(weights, FileRef):
        return months_in(months_of(weights.file, (*where, "file"), terms.faults), terms.time)
    return months_in(months_of(weights, where, terms.faults), terms.time)


def _profile(channel: str, service: Service, terms: DemandTerms) -> Profile:
    served = [
        (day, service.served_as[regime].get(channel, ""))
        for day, regime in zip(service.from_days, service.regimes, strict=True)
    ]
    # A regime that was not in force in the run need not offer the channel.
    dated = [(day, steps_of) for day, steps_of in served if steps_of]
    filings = tuple((day, terms.filings.get(steps_of, ANY_TIME)) for day, steps_of in dated)
    return profile_of(filings, terms.time)


def _check(bundle: str, demand: Demand, terms: DemandTerms) -> None:
    for channel, profile in zip(terms.services[bundle].shares, demand.profiles, strict=True):
        has_cases = demand.block_shares[profile.block_of_bin()] > 0
        if not (has_cases & (profile.starts < demand.until) & (profile.ends > 0)).any():
            terms.faults.add(
                ("filing", channel),
                f"no case of '{bundle}' can ever be filed on this channel in the simulated time",
                "Check its weights and hours.",
            )
    most = float(demand.yearly.max(initial=0.0) * demand.block_shares.max())
    if most > _MOST_A_MONTH:
        terms.faults.add(
            ("bundles", bundle, "demand"),
            f"{most:.0f} cases a month come to one office",
            f"Keep to {_MOST_A_MONTH}, or spread them over more offices.",
        )


def _a_year(
    spec: BundleSpec, homes: NDArray[np.int64], offices: Offices, path: Path, faults: Faults
) -> NDArray[np.float64]:
    demand = spec.demand
    if demand.each is not None:
        if demand.by is not None:
            faults.add((*path, "by"), "spreads a_year, but `each` is given", "Leave one out.")
        return np.full(len(homes), demand.each)
    weights = np.ones(len(homes))
    if demand.by is not None:
        n_faults = len(faults.found)
        weights = offices.numbers(demand.by, homes, (*path, "by"), faults)
        if not weights.sum() > 0 and len(faults.found) == n_faults:
            faults.add((*path, "by"), f"column '{demand.by}' is 0 everywhere", "Fill the column.")
    total = weights.sum()
    return (demand.a_year or 0.0) * weights / total if total > 0 else weights


def _dated_flow(bundle: str, channel: str, terms: DemandTerms) -> DatedFlow:
    """The flows of a channel in the regimes that are in force during the run."""
    service = terms.services[bundle]
    from_days: list[int] = []
    flows: list[int] = []
    for place, (day, regime) in enumerate(zip(service.from_days, service.regimes, strict=True)):
        until = service.from_days[place + 1] if place + 1 < len(service.from_days) else None
        if (until is not None and until <= 0) or terms.time.is_over(day):
            continue
        flow, _ = terms.flow_of(bundle, regime, service.served_as[regime][channel])
        if not flows or flows[-1] != flow:
            from_days.append(day)
            flows.append(flow)
    return DatedFlow(from_days=np.array(from_days, np.int64), flows=np.array(flows, np.int64))


def _draw(
    source: PropertyOfBundle, properties: Properties, homes: NDArray[np.int64]
) -> PropertyDraw:
    index = properties.index[source.name]
    values = properties.all[index].values
    key = name_key(draw_name(source.name), ELEMENT_BITS)
    if source.of_office is not None:
        of_home = [values.index(source.of_office[home]) for home in homes.tolist()]
        return PropertyDraw(
            property=index, key=key, shares=None, of_home=np.array(of_home, np.int64)
        )
    shares = np.round(np.cumsum([source.shares.get(value, 0.0) for value in values]), _DIGITS)
    shares[-1] = 1.0
    return PropertyDraw(property=index, key=key, shares=shares, of_home=None)
