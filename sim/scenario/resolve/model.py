"""Turns a scenario into a model: every default filled, every name an index, every fault told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from sim.arrivals import CaseTable
from sim.demand import Demand
from sim.errors import Fault, ScenarioError
from sim.language import say
from sim.model import Bundle, Model, Procedure
from sim.public_holidays import Holidays
from sim.scenario.faults import Faults
from sim.scenario.resolve.arrivals.case_files import CaseReader, Meanings
from sim.scenario.resolve.arrivals.demand import DemandTerms, demands_of, homes_of
from sim.scenario.resolve.arrivals.profiles import filings_of
from sim.scenario.resolve.costs import costs_of
from sim.scenario.resolve.flows.apart import FlowApart
from sim.scenario.resolve.flows.book import FlowBook, channels_of, procedures_of
from sim.scenario.resolve.properties import properties_of
from sim.scenario.resolve.recent import Recent
from sim.scenario.resolve.reforms import check_reforms
from sim.scenario.resolve.regimes import Service, service_of
from sim.scenario.resolve.setting import Setting, setting_of
from sim.scenario.resolve.times.period import Range, range_of
from sim.scenario.resolve.times.timing import holidays_in
from sim.scenario.scenario import Scenario
from sim.scenario.schema.bundles import BundleSpec
from sim.scenario.schema.sections import ScenarioSpec

_MOST_KEPT: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What scenarios from one file have alike.

    ``settings`` are by what a scenario says of them; ``demands`` are those of one bundle.
    """

    settings: dict[str, Setting] = field(default_factory=dict)
    flows: Recent[FlowApart] = field(default_factory=lambda: Recent(most=_MOST_KEPT))
    demands: Recent[tuple[Demand, ...]] = field(default_factory=lambda: Recent(most=_MOST_KEPT))

    def for_one(self) -> Shared:
        """The same for one scenario, whose setting is not added: many would fill the memory."""
        return replace(self, settings=dict(self.settings))


def resolve(scenario: Scenario, shared: Shared | None = None) -> Model:
    """Make the model of a scenario.

    Only what the run uses is in it: the regimes in force, their flows and outcomes. Regimes that
    are not in force are checked all the same.

    Parameters
    ----------
    shared
        What other scenarios from the same file have alike; what is new is added.

    Raises
    ------
    ScenarioError
        With every fault found across the fields, each with its place and a way out.
    """
    return _resolve(scenario, Faults(scenario=scenario), shared or Shared())


def unknown_names(scenario: Scenario) -> list[Fault]:
    """The faults of names alone, in a scenario in which there are others."""
    faults = Faults(scenario=scenario)
    with suppress(ScenarioError):
        _resolve(scenario, faults, Shared())
    return faults.unknown


def _resolve(scenario: Scenario, faults: Faults, shared: Shared) -> Model:
    spec = scenario.spec
    setting = setting_of(faults, shared.settings)
    time, offices, roles = setting.time, setting.offices, setting.roles
    timing = setting.timing.continued(spec, faults)
    homes = {name: homes_of(name, bundle, offices, faults) for name, bundle in spec.bundles.items()}
    book = FlowBook(
        spec=spec,
        timing=timing,
        faults=faults,
        setting=setting,
        known=shared.flows,
        properties=properties_of(spec.bundles, homes, offices, time, faults),
        channels=channels_of(spec),
        procedures=procedures_of(spec),
        homes=homes,
    )
    services = {
        name: service
        for name, bundle in spec.bundles.items()
        if (service := service_of(name, bundle, time, faults)) is not None
    }
    demands = _demands(book, services, shared.demands)
    cases = _cases(book, services, time)
    _check_streams(demands, cases, faults)
    check_reforms(faults)

    costs = costs_of(spec, tuple(roles), faults)
    book.check_idle()
    timing.check_idle()
    faults.raise_any()

    return Model(
        title=spec.title,
        start=time.start,
        warm_up_ends_at=time.warm_up_ends_at,
        measured_until=time.measured_until,
        horizon=time.horizon,
        calendars=tuple(timing.calendars),
        timetables=tuple(timing.timetables),
        working_days=setting.working_days,
        systems=setting.systems,
        samplers=tuple(timing.samplers),
        levels=spec.levels,
        offices=offices.offices,
        office_at=offices.office_at,
        roles=tuple(roles.values()),
        staff=setting.staff,
        channels=tuple(book.channels),
        properties=book.properties.all,
        procedures=_procedures(spec),
        bundles=_bundles(spec, book.procedures),
        outcomes=tuple(book.outcomes),
        flows=tuple(book.flows),
        elements=tuple(book.elements),
        demands=demands,
        case_list=cases,
        absences=setting.absences,
        costs=costs,
    )


def holidays_used(scenario: Scenario) -> Holidays | None:
    """The public holidays on which a scenario's calendars rest; None where they use none."""
    return holidays_in(scenario.spec, range_of(scenario.spec, Faults(scenario=scenario)))


def _procedures(spec: ScenarioSpec) -> tuple[Procedure, ...]:
    return tuple(
        Procedure(
            name=name,
            label=procedure.label or name,
            cut_off=spec.legal_clock.cut_off if procedure.cut_off is None else procedure.cut_off,
        )
        for bundle in spec.bundles.values()
        for name, procedure in bundle.procedures.items()
    )


def _bundles(spec: ScenarioSpec, procedures: Mapping[str, Mapping[str, int]]) -> tuple[Bundle, ...]:
    return tuple(
        Bundle(
            name=name,
            label=bundle.label or name,
            procedures=tuple(procedures[name].values()),
            cut_off=_cut_off(spec, bundle),
        )
        for name, bundle in spec.bundles.items()
    )


def _cut_off(spec: ScenarioSpec, bundle: BundleSpec) -> int:
    """The cut-off of a bundle: of a single procedure, where it has none of its own, that one's."""
    only = next(iter(bundle.procedures.values())) if len(bundle.procedures) == 1 else None
    for each in (bundle, only):
        if each is not None and each.cut_off is not None:
            return each.cut_off
    return spec.legal_clock.cut_off


def _demands(
    book: FlowBook, services: Mapping[str, Service], known: Recent[tuple[Demand, ...]]
) -> tuple[Demand, ...]:
    terms = DemandTerms(
        bundles={name: index for index, name in enumerate(book.spec.bundles)},
        channels=book.channels,
        services=services,
        homes=book.homes,
        filings=filings_of(book.spec.filing, book.timing, list(book.channels), book.faults),
        flow_of=book.flow,
        properties=book.properties,
        setting=book.setting,
        known=known,
        faults=book.faults,
    )
    return tuple(
        demand
        for name in terms.bundles
        if name in services
        for demand in demands_of(name, book.spec.bundles[name], terms)
    )


def _cases(book: FlowBook, services: Mapping[str, Service], time: Range) -> CaseTable | None:
    meanings = Meanings(
        bundles={name: index for index, name in enumerate(book.spec.bundles)},
        services=services,
        homes=book.homes,
        channels=book.channels,
        offices=book.setting.offices,
        properties=book.properties,
        flow_of=book.flow,
        time=time,
    )
    reader = CaseReader(meanings=meanings, faults=book.faults)
    for name, bundle in book.spec.bundles.items():
        if bundle.demand.log is not None and name in services:
            reader.read_log(name, bundle.demand.log, ("bundles", name, "demand", "log"))
    if book.spec.backlog is not None:
        reader.read_backlog(book.spec.backlog, ("backlog",))
    return reader.table()


def _check_streams(demands: Sequence[Demand], table: CaseTable | None, faults: Faults) -> None:
    """No two homes may draw the same numbers (R1)."""
    streams = [demand.streams for demand in demands]
    if table is not None:
        streams.append(np.unique(table.stream))
    if not streams:
        return
    _, counts = np.unique(np.concatenate(streams), return_counts=True)
    if (counts > 1).any():
        faults.add(
            ("offices",),
            say("the names of two offices would give their cases the same random numbers"),
            say("Rename one of the offices, or a bundle."),
        )
