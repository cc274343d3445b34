"""Turns what a scenario says of demand into where the cases of each bundle come from."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.demand import BLOCKS, DatedFlow, Demand
from sim.language import later, say
from sim.profile import Profile
from sim.scenario.faults import Faults
from sim.scenario.resolve.arrivals.elsewhere import elsewhere_of
from sim.scenario.resolve.arrivals.profiles import (
    ANY_TIME,
    Filing,
    Months,
    months_in,
    months_of,
    profile_of,
)
from sim.scenario.resolve.arrivals.rates import layers_of
from sim.scenario.resolve.people.offices import Offices
from sim.scenario.resolve.properties import Properties, admissions_of, property_draw
from sim.scenario.resolve.recent import Recent
from sim.scenario.resolve.regimes import Service
from sim.scenario.resolve.setting import Setting
from sim.scenario.schema.bundles import BundleSpec, FileRef
from sim.scenario.text.tree import Path
from sim.streams import STREAM_BITS, name_key

_MOST_A_MONTH = 1_000_000
"""Cases to expect of one home in one month: by chance there are never ``MOST_OF_A_BLOCK``."""


def homes_of(bundle: str, spec: BundleSpec, offices: Offices, faults: Faults) -> NDArray[np.int64]:
    """The offices where the cases of a bundle live."""
    path: Path = ("bundles", bundle, "demand", "at")
    level = spec.demand.at or offices.levels[-1]
    if not faults.knows(path, later("level"), level, offices.levels):
        return np.zeros(0, np.int64)
    homes = offices.on(level)
    if not len(homes):
        faults.add(
            path,
            say("there is no office on level '{level}'", level=level),
            say("Add one, or another level."),
        )
    return homes


@lru_cache(maxsize=32)  # the cells of a study have the same
def streams_of(bundle: str, homes: tuple[str, ...], above: float = 0.0) -> NDArray[np.uint64]:
    """The keys of the streams of cases, one for each home of a bundle (R1), and each layer."""
    layer = f"above {above:g}/" if above else ""
    names = [f"{layer}{bundle}/{home}" for home in homes]
    return np.array([name_key(name, STREAM_BITS) for name in names], np.uint64)


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
    known
        The demands without a fault of this and other scenarios.
    """

    bundles: Mapping[str, int]
    channels: Mapping[str, int]
    services: Mapping[str, Service]
    homes: Mapping[str, NDArray[np.int64]]
    filings: Mapping[str, Filing]
    flow_of: Callable[[str, str, str], tuple[int, object]]
    properties: Properties
    setting: Setting
    known: Recent[tuple[Demand, ...]]
    faults: Faults


def demands_of(bundle: str, spec: BundleSpec, terms: DemandTerms) -> tuple[Demand, ...]:
    """Where the cases of a bundle come from; nothing where a log gives them, or after a fault.

    There is one for each layer of the rate (V1, V2).
    """
    if spec.demand.log is not None:
        _check_log(bundle, spec, terms.faults)
        return ()
    n_faults = len(terms.faults.found)
    channels = terms.services[bundle].shares.of
    flows = tuple(_dated_flow(bundle, channel, terms) for channel in channels)
    content = _content(bundle, flows, terms)
    if (known := terms.known.find(content)) is not None:
        return known
    made = _made(bundle, spec, flows, terms)
    if len(terms.faults.found) == n_faults:
        terms.known.keep(content, made)
    return made


def _content(bundle: str, flows: Sequence[DatedFlow], terms: DemandTerms) -> Hashable:
    """All that the demands of a bundle come from."""
    return (
        terms.setting.for_demands,
        terms.faults.scenario.text_at(("filing",), ("bundles", bundle)),
        terms.bundles[bundle],
        tuple(terms.channels.items()),
        terms.properties.all,
        tuple((*flow.from_days.tolist(), *flow.flows.tolist()) for flow in flows),
    )


def _made(
    bundle: str, spec: BundleSpec, flows: tuple[DatedFlow, ...], terms: DemandTerms
) -> tuple[Demand, ...]:
    path: Path = ("bundles", bundle, "demand")
    service, homes = terms.services[bundle], terms.homes[bundle]
    time, offices = terms.setting.time, terms.setting.offices
    months = _months(spec, path, terms)
    rate = spec.demand.a_year if spec.demand.each is None else spec.demand.each
    first, layers = layers_of(rate or 0.0, spec.demand.surges, time, path, terms.faults)
    yearly = _a_year(spec, first, homes, offices, path, terms.faults)
    names = tuple(offices.offices[home].name for home in homes.tolist())
    channels = tuple(service.shares.of)
    elsewhere = spec.files_elsewhere
    its = terms.properties.of_bundle[bundle]
    demand = Demand(
        bundle=terms.bundles[bundle],
        homes=homes,
        streams=streams_of(bundle, names),
        yearly=yearly,
        blocks=months.numbers % BLOCKS,
        block_shares=months.shares,
        until=terms.setting.time.horizon,
        channels=np.array([terms.channels[channel] for channel in channels], np.int64),
        channel_shares=service.shares.cumulated(channels),
        profiles=tuple(_profile(channel, service, terms) for channel in channels),
        flows=flows,
        properties=tuple(property_draw(each, terms.properties, homes) for each in its),
        admissions=admissions_of(
            bundle, spec, channels, service.only_if, terms.properties, terms.faults
        ),
        rest=channels.index(service.rest) if service.rest else len(channels) - 1,
        elsewhere=None
        if elsewhere is None
        else elsewhere_of(
            elsewhere,
            homes,
            terms.setting.offices,
            terms.setting.time,
            ("bundles", bundle, "files_elsewhere"),
            terms.faults,
        ),
    )
    demands = [
        replace(
            demand,
            streams=streams_of(bundle, names, layer.above),
            yearly=yearly * layer.size,
            block_shares=months.shares * months.have(layer.intensity),
            intensity=layer.intensity,
        )
        if layer.intensity is not None
        else demand
        for layer in layers
    ]
    _check(bundle, demand, demands, terms)
    return tuple(demands[:1] + [each for each in demands[1:] if each.block_shares.any()])


def _check_log(bundle: str, spec: BundleSpec, faults: Faults) -> None:
    for path, is_there in (
        (("demand", "surges"), bool(spec.demand.surges)),
        (("files_elsewhere",), spec.files_elsewhere is not None),
    ):
        if is_there:
            where: Path = ("bundles", bundle, *path)
            faults.add(
                where, say("changes nothing, since the log lists each case"), say("Leave it out.")
            )


def _months(spec: BundleSpec, path: Path, terms: DemandTerms) -> Months:
    weights, where = spec.demand.months, (*path, "months")
    if isinstance(weights, FileRef):
        of_year = months_of(weights.file, (*where, "file"), terms.faults)
    else:
        of_year = months_of(weights, where, terms.faults)
    return months_in(of_year, terms.setting.time)


def _profile(channel: str, service: Service, terms: DemandTerms) -> Profile:
    served = [
        (day, service.served_as[regime].get(channel, ""))
        for day, regime in zip(service.from_days, service.regimes, strict=True)
    ]
    # A regime that was not in force in the run need not offer the channel.
    dated = [(day, steps_of) for day, steps_of in served if steps_of]
    filings = tuple((day, terms.filings.get(steps_of, ANY_TIME)) for day, steps_of in dated)
    return profile_of(filings, terms.setting.time)


def _check(bundle: str, demand: Demand, layers: Sequence[Demand], terms: DemandTerms) -> None:
    for channel, profile in zip(terms.services[bundle].shares.of, demand.profiles, strict=True):
        has_cases = demand.block_shares[profile.block_of_bin()] > 0
        if not (has_cases & (profile.starts < demand.until) & (profile.ends > 0)).any():
            terms.faults.add(
                ("filing", channel),
                say(
                    "no case of '{bundle}' can ever be filed on this channel in the simulated time",
                    bundle=bundle,
                ),
                say("Check its weights and hours."),
            )
    most = max(float(each.yearly.max(initial=0.0) * each.block_shares.max()) for each in layers)
    if most > _MOST_A_MONTH:
        terms.faults.add(
            ("bundles", bundle, "demand"),
            say("{most} cases a month come to one office", most=f"{most:.0f}"),
            say(
                "Keep to {most}, or spread them over more offices.",
                most=_MOST_A_MONTH,
            ),
        )


def _a_year(
    spec: BundleSpec,
    rate: float,
    homes: NDArray[np.int64],
    offices: Offices,
    path: Path,
    faults: Faults,
) -> NDArray[np.float64]:
    """The cases of a year of each home, at a rate for each or for all together."""
    demand = spec.demand
    weights = np.ones(len(homes))
    if demand.by is not None:
        n_faults = len(faults.found)
        weights = offices.numbers(demand.by, homes, (*path, "by"), faults)
        if not weights.sum() > 0 and len(faults.found) == n_faults:
            faults.add(
                (*path, "by"),
                say("column '{column}' is 0 everywhere", column=demand.by),
                say("Fill the column."),
            )
    if demand.each is not None:
        return rate * weights
    total = weights.sum()
    return rate * weights / total if total > 0 else weights


def _dated_flow(bundle: str, channel: str, terms: DemandTerms) -> DatedFlow:
    """The flows of a channel in the regimes that are in force during the run."""
    service = terms.services[bundle]
    from_days: list[int] = []
    flows: list[int] = []
    for place, (day, regime) in enumerate(zip(service.from_days, service.regimes, strict=True)):
        until = service.from_days[place + 1] if place + 1 < len(service.from_days) else None
        if (until is not None and until <= 0) or terms.setting.time.is_over(day):
            continue
        flow, _ = terms.flow_of(bundle, regime, service.served_as[regime][channel])
        if not flows or flows[-1] != flow:
            from_days.append(day)
            flows.append(flow)
    return DatedFlow(from_days=np.array(from_days, np.int64), flows=np.array(flows, np.int64))
