"""Turns what a scenario says of demand into where the cases of each bundle come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.arrivals import DatedFlow, Demand, PropertyDraw
from sim.model import Property
from sim.scenario.faults import Faults
from sim.scenario.resolve.offices import Offices
from sim.scenario.resolve.profiles import ANY_TIME, Filing, months_of, profile_of, run_share
from sim.scenario.resolve.regimes import Service, shares_of
from sim.scenario.resolve.timing import Range
from sim.scenario.schema.bundles import BundleSpec, FileRef
from sim.scenario.schema.values import BY_CHANCE_NO, BY_CHANCE_YES
from sim.scenario.text.tree import Path
from sim.streams import ELEMENT_BITS, STREAM_BITS, name_key

FlowOf = Callable[[str, str], int]
"""The index of the flow of a regime and a channel that has steps in it."""

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


def homes_of(bundle: str, given: BundleSpec, offices: Offices, faults: Faults) -> NDArray[np.int64]:
    """The offices where the cases of a bundle live."""
    path: Path = ("bundles", bundle, "demand", "at")
    level = given.demand.at or offices.levels[-1]
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
    for bundle, given in bundles.items():
        found = []
        for name, source in given.properties.items():
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


def demand_of(
    bundle: str,
    given: BundleSpec,
    *,
    index: int,
    homes: NDArray[np.int64],
    service: Service,
    flow_of: FlowOf,
    channels: Mapping[str, int],
    filings: Mapping[str, Filing],
    properties: Properties,
    offices: Offices,
    time: Range,
    faults: Faults,
) -> Demand | None:
    """Where the cases of a bundle come from; None where a log gives them, or after a fault."""
    path: Path = ("bundles", bundle, "demand")
    if given.demand.log is not None:
        return None
    months_path = (*path, "months")
    months_given = given.demand.months
    if isinstance(months_given, FileRef):
        months = months_of(months_given.file, (*months_path, "file"), faults)
    else:
        months = months_of(months_given, months_path, faults)
    means = _a_year(given, homes, offices, path, faults) * run_share(months, time)
    profiles = []
    flows = []
    for channel in service.shares:
        served = [
            (day, service.served_as[regime].get(channel, ""))
            for day, regime in zip(service.from_days, service.regimes, strict=True)
        ]
        # A regime that was not in force in the run need not offer the channel.
        dated = [(day, steps_of) for day, steps_of in served if steps_of]
        profile = profile_of(
            tuple((day, filings.get(steps_of, ANY_TIME)) for day, steps_of in dated), months, time
        )
        if profile is None:
            faults.add(
                ("filing", channel),
                f"no case of '{bundle}' can ever be filed on this channel in the simulated time",
                "Check its weights and hours.",
            )
            continue
        profiles.append(profile)
        flows.append(_dated_flow(service, channel, flow_of, time))
    if len(profiles) < len(service.shares):
        return None
    shares = np.round(np.cumsum(list(service.shares.values())), _DIGITS)
    shares[-1] = 1.0
    return Demand(
        bundle=index,
        homes=homes,
        streams=streams_of(bundle, tuple(offices.offices[home].name for home in homes.tolist())),
        means=means,
        channels=np.array([channels[channel] for channel in service.shares], np.int64),
        channel_shares=shares,
        profiles=tuple(profiles),
        flows=tuple(flows),
        properties=tuple(_draw(each, properties, homes) for each in properties.of_bundle[bundle]),
    )


def _a_year(
    given: BundleSpec, homes: NDArray[np.int64], offices: Offices, path: Path, faults: Faults
) -> NDArray[np.float64]:
    demand = given.demand
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


def _dated_flow(service: Service, channel: str, flow_of: FlowOf, time: Range) -> DatedFlow:
    """The flows of a channel in the regimes that are in force during the run."""
    from_days: list[int] = []
    flows: list[int] = []
    for place, (day, regime) in enumerate(zip(service.from_days, service.regimes, strict=True)):
        until = service.from_days[place + 1] if place + 1 < len(service.from_days) else None
        if (until is not None and until <= 0) or time.is_over(day):
            continue
        flow = flow_of(regime, service.served_as[regime][channel])
        if not flows or flows[-1] != flow:
            from_days.append(day)
            flows.append(flow)
    return DatedFlow(from_days=np.array(from_days, np.int64), flows=np.array(flows, np.int64))


def _draw(
    given: PropertyOfBundle, properties: Properties, homes: NDArray[np.int64]
) -> PropertyDraw:
    index = properties.index[given.name]
    values = properties.all[index].values
    key = name_key(draw_name(given.name), ELEMENT_BITS)
    if given.of_office is not None:
        of_home = [values.index(given.of_office[home]) for home in homes.tolist()]
        return PropertyDraw(
            property=index, key=key, shares=None, of_home=np.array(of_home, np.int64)
        )
    shares = np.round(np.cumsum([given.shares.get(value, 0.0) for value in values]), _DIGITS)
    shares[-1] = 1.0
    return PropertyDraw(property=index, key=key, shares=shares, of_home=None)
