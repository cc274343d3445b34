"""Lays a model out as the flat tables that the kernel reads.

What depends on the model alone is laid out once and kept for the next replications; cases and
outages are added for each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.arrivals import AT_START
from sim.calendars import Calendar
from sim.distributions import STEPS
from sim.engines import protocol
from sim.engines.kernel import columns as col
from sim.engines.kernel.tables import Plan
from sim.engines.protocol import Inputs
from sim.model import (
    LEAVE,
    Activity,
    Applicant,
    Appointment,
    Choice,
    ClockEnd,
    ClockResume,
    ClockStart,
    ClockStop,
    Delay,
    Element,
    End,
    Extend,
    Fork,
    Join,
    Model,
    Timetable,
    Transfer,
)
from sim.streams import name_key
from sim.units import NEVER

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

KINDS: Final[Mapping[type[Element], int]] = {
    Activity: col.ACTIVITY,
    Choice: col.CHOICE,
    Applicant: col.APPLICANT,
    Delay: col.DELAY,
    Transfer: col.TRANSFER,
    Appointment: col.APPOINTMENT,
    Timetable: col.TIMETABLE,
    Fork: col.FORK,
    Join: col.JOIN,
    ClockStart: col.CLOCK_START,
    ClockStop: col.CLOCK_STOP,
    ClockResume: col.CLOCK_RESUME,
    ClockEnd: col.CLOCK_END,
    Extend: col.EXTEND,
    End: col.END,
}
"""The elements that the kernel knows."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Most:
    """For each flow, how many there may be of a case: of activities, unless it visits one again;
    of clocks; and of elements that it may visit again.
    """

    activities: Ints
    clocks: Ints
    visited: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """What a model looks like to the kernel, whatever the replication.

    Fields are those of :class:`sim.engines.kernel.tables.Plan`; ``up_systems`` are the sets of
    systems whose common up times follow the model's calendars; ``dossiers`` and ``roles`` are those
    of each activity, by element.
    """

    n_branches: int
    elements: Ints
    options: Ints
    option_shares: Floats
    option_values: Ints
    branches: Ints
    samplers: Ints
    shares: Floats
    nodes: Floats
    intervals: Ints
    calendars_from: Ints
    up_systems: tuple[tuple[int, ...], ...]
    instants: Ints
    timetables_from: Ints
    days: tuple[Ints, Ints, Ints, Ints]
    cut_offs: Ints
    bundle_cut_offs: Ints
    limits: Ints
    limit_ranges: Ints
    slots: Ints
    most: Most
    offices: Ints
    office_at: Ints
    teams: Ints
    team_queues: Ints
    staff: Ints
    speeds: Floats
    n_roles: int
    dossiers: Ints
    roles: Ints


@lru_cache(maxsize=4)
def layout(model: Model) -> Layout:
    """Lay out a model; the same object again costs nothing."""
    up_systems = _up_systems(model)
    elements = Elements(model, up_systems)
    samplers, shares, nodes = _samplers(model)
    intervals, calendars_from = stacked([_rows(calendar) for calendar in model.calendars])
    instants, timetables_from = stacked(
        [ints([*instants, NEVER]) for instants in model.timetables]
    )
    limits, limit_ranges = _limits(model)
    slots, most = _slots(model)
    offices, teams, team_queues, staff = _teams(model)
    return Layout(
        n_branches=max(
            (len(e.branches) for e in model.elements if isinstance(e, Fork)), default=0
        ),
        elements=elements.rows,
        options=ints(elements.options, 4),
        option_shares=np.array(elements.shares, np.float64),
        option_values=ints(elements.values),
        branches=ints(elements.branches),
        samplers=samplers,
        shares=shares,
        nodes=nodes,
        intervals=intervals,
        calendars_from=calendars_from,
        up_systems=up_systems,
        instants=instants,
        timetables_from=timetables_from,
        days=model.working_days.arrays(),
        cut_offs=ints([procedure.cut_off for procedure in model.procedures]),
        bundle_cut_offs=ints([model.bundles[flow.bundle].cut_off for flow in model.flows]),
        limits=limits,
        limit_ranges=limit_ranges,
        slots=slots,
        most=most,
        offices=offices,
        office_at=np.array(model.office_at, np.int64, order="C"),
        teams=teams,
        team_queues=team_queues,
        staff=staff,
        speeds=np.array([member.speed for member in model.staff], np.float64),
        n_roles=len(model.roles),
        dossiers=_of_activities(model, "dossier"),
        roles=_of_activities(model, "role"),
    )


def plan(model: Model, laid: Layout, inputs: Inputs) -> tuple[Plan, Ints]:
    """Add the cases and the outages of a replication; return the row each calendar begins at too."""
    cases = inputs.cases
    n = int(np.searchsorted(cases.arrives_at, model.horizon))  # the others never come
    ups = [_rows(inputs.all_up(systems)) for systems in laid.up_systems]
    intervals, ups_from = stacked([laid.intervals, *ups])
    starts = ints([flow.start for flow in model.flows])
    entry = np.where(cases.entry == AT_START, starts[cases.flow], cases.entry)
    backlog, clocks_from, clocks = _backlog(model, inputs, n)
    visited = np.cumsum(laid.most.visited[cases.flow[:n]])
    made = Plan(
        key=np.array(inputs.key, np.uint64),
        horizon=model.horizon,
        first_day=model.working_days.first_day,
        n_branches=laid.n_branches,
        elements=laid.elements,
        options=laid.options,
        option_shares=laid.option_shares,
        option_values=laid.option_values,
        branches=laid.branches,
        samplers=laid.samplers,
        shares=laid.shares,
        nodes=laid.nodes,
        intervals=intervals,
        instants=laid.instants,
        day_count=laid.days[0],
        days=laid.days[1],
        day_opens=laid.days[2],
        day_closes=laid.days[3],
        cut_offs=laid.cut_offs,
        bundle_cut_offs=laid.bundle_cut_offs,
        limits=laid.limits,
        limit_ranges=laid.limit_ranges,
        slots=laid.slots,
        offices=laid.offices,
        office_at=laid.office_at,
        teams=laid.teams,
        team_queues=laid.team_queues,
        staff=laid.staff,
        speeds=laid.speeds,
        arrives_at=_column(cases.arrives_at[:n]),
        received_at=_column(cases.received_at[:n]),
        flow=_column(cases.flow[:n]),
        home=_column(cases.home[:n]),
        stream=_column(cases.stream[:n]),
        number=_column(cases.number[:n]),
        entry=_column(entry[:n]),
        properties=np.array(cases.properties[:n], np.int64, order="C"),
        backlog=backlog,
        entry_clocks_from=clocks_from,
        entry_clocks=clocks,
        first_visit=np.concatenate(([0], visited)).astype(np.int64),
    )
    return made, np.concatenate((laid.calendars_from, ups_from[1:]))


class Elements:
    """The rows of elements, and what hangs on them."""

    def __init__(self, model: Model, up_systems: Sequence[tuple[int, ...]]) -> None:
        self.model = model
        self.up = {systems: len(model.calendars) + i for i, systems in enumerate(up_systems)}
        priorities = sorted({e.priority for e in model.elements if isinstance(e, Activity)})
        self.rank = {priority: i for i, priority in enumerate(reversed(priorities))}  # S4
        self.options: list[tuple[int, ...]] = []
        self.shares: list[float] = []
        self.values: list[int] = []
        self.branches: list[int] = []
        rows = [self.row(element) for element in model.elements]
        self.rows = np.zeros((len(rows), col.N_ELEMENT), np.int64)
        for i, row in enumerate(rows):
            self.rows[i, : len(row)] = row
        self.rows[sorted(revisited(model.elements)), col.COUNTED] = 1

    def row(self, element: Element) -> tuple[int, ...]:
        """One row: kind, next, key, not counted, and the columns of the kind."""
        return (KINDS[type(element)], element.then, element.key, 0, *self.rest(element))

    def rest(self, element: Element) -> tuple[int, ...]:
        """The columns that only elements of this kind have."""
        match element:
            case Activity():
                role = self.model.roles[element.role]
                return (
                    element.service,
                    element.role,
                    role.level,
                    self.rank[element.priority],
                    role.earliest_due_first,
                    element.dossier,
                    self.up[element.systems] if element.systems else col.NONE,
                    element.finish,
                )
            case Applicant():
                return (
                    element.time,
                    element.calendar,
                    max(element.effort, col.NONE),
                    name_key(element.name + ":effort", 32),
                    element.n_trips,
                    element.n_given,
                    element.within,
                    element.late,
                )
            case Delay():
                return (element.time, element.calendar)
            case Transfer():
                return (element.time, self.up[element.systems])
            case Timetable():
                return (element.instants,)
            case Choice():
                first = len(self.options)
                for option in element.options:
                    values = len(self.values)
                    self.values += option.values
                    self.shares.append(option.share)
                    self.options.append((option.property, values, len(self.values), option.target))
                return (first, len(self.options))
            case Fork():
                first = len(self.branches)
                self.branches += element.branches
                return (first, len(self.branches))
            case Extend():
                return (element.clock, element.days)
            case Appointment():
                return (element.clock,)
            case ClockStart() | ClockStop() | ClockResume() | ClockEnd():
                return (element.procedure,)
            case End():
                return (element.outcome,)
        return ()


def revisited(elements: Sequence[Element]) -> set[int]:
    """Elements that a case may visit more than once: those on a way round, and some between two.

    Taking away, again and again, what no element leads to and what leads to no element leaves them.
    """
    left = {at: targets(element) for at, element in enumerate(elements)}
    while True:
        led_to = {target for ways in left.values() for target in ways}
        kept = {
            at: [target for target in ways if target in left]
            for at, ways in left.items()
            if at in led_to and any(target in left for target in ways)
        }
        if len(kept) == len(left):
            return set(kept)
        left = kept


def targets(element: Element) -> list[int]:
    """Where a token may go from an element."""
    ways = [element.then]
    match element:
        case Choice():
            ways += [option.target for option in element.options]
        case Applicant() if element.within >= 0:
            ways.append(element.late)
        case Fork():
            ways += element.branches
    return [way for way in ways if way != LEAVE]


def ints(values: Iterable[object], width: int = 0) -> Ints:
    """A table of whole numbers; of ``width`` columns, even if it has no row."""
    array = np.array(list(values), np.int64)
    return array.reshape(-1, width) if width else array


def stacked(parts: Sequence[Ints]) -> tuple[Ints, Ints]:
    """Put tables below each other; say at which row each begins."""
    begins = np.cumsum([0, *(len(part) for part in parts)])[:-1].astype(np.int64)
    return (np.concatenate(parts) if parts else np.zeros(0, np.int64)), begins


def _column(values: NDArray[np.int64] | NDArray[np.uint64]) -> Ints:
    return np.array(values, np.int64)  # a copy: arrays that cannot be written compile apart


def _rows(calendar: Calendar) -> Ints:
    """The intervals of a calendar, and the row that ends it."""
    opens, closes, passed = calendar.arrays()
    total = int(passed[-1] + closes[-1] - opens[-1]) if len(opens) else 0
    return np.vstack((np.column_stack((opens, closes, passed)), [(NEVER, col.FAR, total)]))


def _up_systems(model: Model) -> tuple[tuple[int, ...], ...]:
    """Each set of systems that work or a transfer needs; none at all for a transfer without any."""
    needed = [e.systems for e in model.elements if isinstance(e, Activity) and e.systems]
    needed += [e.systems for e in model.elements if isinstance(e, Transfer)]
    return tuple(dict.fromkeys(needed))


def _samplers(model: Model) -> tuple[Ints, Floats, Floats]:
    rows = np.zeros((len(model.samplers), col.N_SAMPLER), np.int64)
    shares: list[Floats] = [np.zeros(0)]
    nodes: list[Floats] = [np.zeros(0)]
    n_shares = n_nodes = 0
    for i, sampler in enumerate(model.samplers):
        shape = col.STEPS if sampler.kind == STEPS else col.TABLE
        if shape == col.STEPS and len(sampler.values) == 1:
            shape = col.CONSTANT
            rows[i, col.CONSTANT_VALUE] = max(int(np.rint(sampler.values[0])), 0)
        rows[i, : col.CONSTANT_VALUE] = (shape, n_nodes, n_shares, len(sampler.shares))
        shares.append(sampler.shares)
        nodes.append(sampler.values)
        n_shares += len(sampler.shares)
        n_nodes += len(sampler.values)
    return rows, np.concatenate(shares), np.concatenate(nodes)


def _limits(model: Model) -> tuple[Ints, Ints]:
    """Dated limits, and which of them are a flow's for each procedure and for the bundle (L7)."""
    limits: list[tuple[int, int]] = []
    ranges = np.zeros((len(model.flows), len(model.procedures) + 1, 2), np.int64)
    for i, flow in enumerate(model.flows):
        for j, limit in enumerate((*flow.limits, flow.bundle_limit)):
            first = len(limits)
            if limit is not None:
                limits += zip(limit.from_days, limit.days, strict=True)
            ranges[i, j] = first, len(limits)
    return ints(limits, 2), ranges


def _slots(model: Model) -> tuple[Ints, Most]:
    """Where a case of each flow counts the visits of the elements that it may visit again."""
    counted = revisited(model.elements)
    slots = np.zeros((len(model.flows), len(model.elements)), np.int64)
    activities, clocks, visited = np.zeros((3, len(model.flows)), np.int64)
    for i, flow in enumerate(model.flows):
        found: set[int] = set()
        ways = [flow.start]
        while ways:
            at = ways.pop()
            if at != LEAVE and at not in found:
                found.add(at)
                ways += targets(model.elements[at])
        mine = sorted(found & counted)
        slots[i, mine] = np.arange(len(mine))
        here = [model.elements[at] for at in found]
        activities[i] = sum(isinstance(element, Activity) for element in here)
        clocks[i] = 1 + len({e.procedure for e in here if isinstance(e, ClockStart)})
        visited[i] = len(mine)
    return slots, Most(activities=activities, clocks=clocks, visited=visited)


def _teams(model: Model) -> tuple[Ints, Ints, Ints, Ints]:
    """Offices, teams, the queues of each team, and the team and office of each member of staff."""
    members: dict[tuple[int, tuple[int, ...], int], list[int]] = {}
    for i, member in enumerate(model.staff):
        members.setdefault((member.office, member.roles, member.calendar), []).append(i)
    staff = np.zeros((len(model.staff), 2), np.int64)
    teams: list[tuple[int, ...]] = []
    queues: list[int] = []
    n_members = 0
    keys = sorted(members)
    for team, key in enumerate(keys):
        office, roles, calendar = key
        staff[members[key]] = team, office
        first = len(queues)
        queues += [office * len(model.roles) + role for role in roles]
        teams.append((calendar, n_members, first, len(queues)))
        n_members += len(members[key])
    at = ints([office for office, _, _ in keys])
    indices = np.arange(len(model.offices))
    offices = np.column_stack(
        (
            ints([office.calendar for office in model.offices]),
            np.searchsorted(at, indices),
            np.searchsorted(at, indices, side="right"),
        )
    )
    return offices.astype(np.int64), ints(teams, 4), ints(queues), staff


def _backlog(model: Model, inputs: Inputs, n: int) -> tuple[Ints, Ints, Ints]:
    """For each case under way which clocks run: an index, NONE for a new case, and the clocks."""
    cases = inputs.cases
    under_way = np.flatnonzero(cases.entry[:n] != AT_START)
    places = np.column_stack((cases.flow[under_way], cases.entry[under_way]))
    kinds, kind = np.unique(places, axis=0, return_inverse=True)
    backlog = np.full(n, col.NONE, np.int64)
    backlog[under_way] = kind.reshape(-1)
    running = [ints(protocol.clocks_running(model, int(f), int(e))) for f, e in kinds]
    clocks, _ = stacked(running)
    ends = np.cumsum([0, *(len(one) for one in running)]).astype(np.int64)
    return backlog, ends, clocks


def _of_activities(model: Model, field: str) -> Ints:
    """A field of each activity, by its index among the elements."""
    return ints([getattr(e, field) if isinstance(e, Activity) else 0 for e in model.elements])
