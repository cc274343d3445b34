"""The SimPy model: what a scenario means, written to be read.

A token of a case is a SimPy process that walks from element to element (F1).  A work item is a
SimPy event: the token waits for it, an office starts it when a member of staff is free, and it
happens when the work is done.  The numbers behind ``#`` are the rules of ``docs/semantics.md``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Generator
from functools import partial
from heapq import heappop, heappush
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from sim import records
from sim.arrivals import AT_START
from sim.calendars import Calendar, always_open, intersection
from sim.distributions import sample
from sim.engines import protocol
from sim.engines.protocol import Inputs
from sim.legal import LegalClock, day_of
from sim.model import (
    BUNDLE,
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
    End,
    Extend,
    Flow,
    Fork,
    Join,
    Model,
    Outcome,
    Part,
    Staff,
    Timetable,
    Transfer,
)
from sim.records import NOT_YET, UNKNOWN, Run
from sim.streams import name_key, uniforms
from sim.units import NEVER

NAME = "reference"

AFTER_ALL_TOKENS = 2
"""SimPy priority of giving out work: behind every other event of the instant (S2)."""

Ledger = list[int]
Walk = Generator[simpy.Event, Any, tuple[int, int]]


def refuses(model: Model) -> tuple[str, ...]:
    """Nothing: new behaviour comes to this engine first (E2)."""
    return ()


def run(model: Model, *, seed: int, replication: int) -> Run:
    """Run one replication of a model and return its tables."""
    return Replication(model, protocol.prepare(model, seed=seed, replication=replication)).run()


class WorkItem(simpy.Event):  # type: ignore[misc]  # SimPy's events are built to be subclassed
    """One performance of an activity for a case; the event is that it is done."""

    def __init__(
        self,
        env: simpy.Environment,
        *,
        case: Case,
        at: int,
        activity: Activity,
        visit: int,
        desk: Desk,
        service: int,
    ) -> None:
        super().__init__(env)
        self.case = case
        self.at = at
        self.activity = activity
        self.visit = visit
        self.desk = desk
        self.service = service
        self.ready_at = env.now
        self.started_at = NOT_YET
        self.ended_at = NOT_YET
        self.staff = UNKNOWN


class Signal(simpy.Event):  # type: ignore[misc]
    """Calls ``then`` after a delay."""

    def __init__(
        self, env: simpy.Environment, then: Any, *, delay: int = 0, priority: int = 1
    ) -> None:
        super().__init__(env)
        self.callbacks = [then]
        _happen(self, delay, priority)


def _happen(event: simpy.Event, delay: int, priority: int = 1) -> None:
    """Let an event happen after a delay, as ``simpy.Timeout`` does for itself."""
    event._ok = True
    event._value = None
    event.env.schedule(event, priority, delay)


class Case:
    """One life event of one applicant, and what it leaves behind."""

    __slots__ = (
        "bundle_clock", "clocks", "ended_at", "flow", "flow_index", "home", "ledger", "n_given",
        "n_trips", "number", "outcome", "own_time", "position", "visits",
    )  # fmt: skip

    def __init__(
        self, *, number: int, flow_index: int, flow: Flow, position: int, home: int
    ) -> None:
        self.number = number
        self.flow_index = flow_index
        self.flow = flow
        self.position = position  # among the cases of its flow
        self.home = home
        self.visits: dict[int, int] = {}
        self.clocks: dict[int, LegalClock] = {}
        self.bundle_clock: LegalClock | None = None
        self.ledger: Ledger = [0] * len(Part)
        self.outcome = int(Outcome.OPEN)
        self.ended_at = NOT_YET
        self.n_trips = 0
        self.n_given = 0
        self.own_time = 0

    def end(self, token: simpy.Process) -> None:
        """The token has left the flow, or has been ended."""
        outcome, self.ended_at = token.value
        self.outcome = outcome or int(Outcome.COMPLETED)

    def visit(self, at: int) -> int:
        """Count a visit of an element; return how many there were before (F6)."""
        before = self.visits.get(at, 0)
        self.visits[at] = before + 1
        return before


Queue = list[tuple[int, int, int, int, WorkItem]]
"""A heap of waiting items by the order of rule S4."""


class Team:
    """The staff of an office with the same roles and the same shifts."""

    __slots__ = ("desk", "idle", "queues", "shift")

    def __init__(self, desk: Desk, shift: Calendar, queues: list[Queue]) -> None:
        self.desk = desk
        self.shift = shift
        self.queues = queues  # one for each of their roles
        self.idle: list[int] = []  # a heap of staff indices (S3)

    def can_take(self) -> bool:
        """Whether somebody is idle and something waits that they may do."""
        return bool(self.idle) and any(self.queues)

    def first_item(self) -> WorkItem:
        """Take the first of the items that wait for one of the team's roles (S3, S4)."""
        queues = [queue for queue in self.queues if queue]
        return heappop(queues[0] if len(queues) == 1 else min(queues))[-1]


class Desk:
    """The work of one office: what waits for each role, and who could take it."""

    __slots__ = ("calendar", "changed", "office", "takers", "waiting", "wakes_at")

    def __init__(self, office: int, calendar: Calendar) -> None:
        self.office = office
        self.calendar = calendar
        self.waiting: defaultdict[int, Queue] = defaultdict(list)  # by role
        self.takers: defaultdict[int, list[Team]] = defaultdict(list)  # by role
        self.changed: list[Team] = []  # teams that may have something to take now
        self.wakes_at = NEVER

    def found(self, roles: tuple[int, ...], shift: Calendar) -> Team:
        """Add a team."""
        team = Team(self, shift, [self.waiting[role] for role in roles])
        for role in roles:
            self.takers[role].append(team)
        return team


class Replication:
    """One run of a model."""

    def __init__(self, model: Model, inputs: Inputs) -> None:
        self.model = model
        self.inputs = inputs
        self.env = simpy.Environment()
        self.desks = [
            Desk(index, model.calendars[office.calendar])
            for index, office in enumerate(model.offices)
        ]
        self.team_of: list[Team] = []
        teams: dict[tuple[int, tuple[int, ...], int], Team] = {}
        for index, member in enumerate(model.staff):
            key = (member.office, member.roles, member.calendar)
            if key not in teams:
                shift = model.calendars[member.calendar]
                teams[key] = self.desks[member.office].found(member.roles, shift)
            heappush(teams[key].idle, index)
            self.team_of.append(teams[key])
        self.office_at: list[list[int]] = model.office_at.tolist()
        self.changed: list[Desk] = []
        self.draws = Draws(model, inputs)
        self.hours: dict[tuple[int | None, tuple[int, ...]], Calendar] = {}
        self.cases: list[Case] = []
        self.items: list[tuple[int, ...]] = []  # rows, of the items done
        self.in_hand: dict[int, WorkItem] = {}  # by member of staff

    def run(self) -> Run:
        """Let the cases arrive, and stop at the horizon."""
        self.env.process(self.arrivals())
        self.env.run(until=self.model.horizon)
        return self.tables()

    # -- tokens ----------------------------------------------------------------------------

    def arrivals(self) -> Generator[simpy.Event, Any, None]:
        """Start a process for each row of the table of cases (R4)."""
        table = self.inputs.cases
        rows = zip(
            table.arrives_at.tolist(),
            table.flow.tolist(),
            table.home.tolist(),
            self.draws.position.tolist(),
            protocol.entries(table, self.model),
            strict=True,
        )
        for number, (at, flow, home, position, entry) in enumerate(rows):
            if at > self.env.now:
                yield self.env.timeout(at - self.env.now)
            case = Case(
                number=number,
                flow_index=flow,
                flow=self.model.flows[flow],
                position=position,
                home=home,
            )
            self.cases.append(case)
            if table.entry[number] != AT_START:
                received_at = int(table.received_at[number])
                for procedure in protocol.clocks_running(self.model, flow, entry):
                    self.start_clock(case, procedure, received_at)
            token = self.env.process(self.walk(case, entry, LEAVE, case.ledger))
            token.callbacks.append(case.end)

    def walk(self, case: Case, at: int, until: int, ledger: Ledger) -> Walk:
        """Move a token until its join or the way out; return the outcome it carries, and when."""
        env, elements = self.env, self.model.elements
        while at != until:
            element = elements[at]
            match element:
                case Activity():
                    item = self.offer(case, at, element)
                    yield item
                    self.book(item, ledger)
                    at = element.then
                case Applicant():
                    at = yield from self.applicant(case, at, element, ledger)
                case Delay():  # F2
                    time = self.draws.time(element.time, at, case, case.visit(at))
                    ends_at = self.model.calendars[element.calendar].add_open(env.now, time)
                    yield from self.pass_until(ends_at, Part.DELAY, ledger)
                    at = element.then
                case Transfer():  # T4
                    time = self.draws.time(element.time, at, case, case.visit(at))
                    ends_at = self.all_up(element.systems).add_open(env.now, time)
                    ledger[Part.OUTAGE] += ends_at - env.now - time
                    ledger[Part.TRANSFER] -= ends_at - env.now - time
                    yield from self.pass_until(ends_at, Part.TRANSFER, ledger)
                    at = element.then
                case Appointment():  # F3
                    yield from self.pass_until(
                        self.appointment(case, element), Part.APPOINTMENT, ledger
                    )
                    at = element.then
                case Timetable():  # F4
                    instants = self.model.timetables[element.instants]
                    yield from self.pass_until(_next(instants, env.now), Part.TIMETABLE, ledger)
                    at = element.then
                case Choice():
                    at = self.choose(case, at, element)
                case Fork():
                    outcome = yield from self.fork(case, element, ledger)
                    if outcome:  # F8
                        return outcome, env.now
                    at = element.then
                case ClockStart():
                    self.start_clock(case, element.procedure, env.now)
                    at = element.then
                case ClockStop():  # L4
                    for clock, _ in self.clocks_of(case, element.procedure):
                        clock.stop(env.now)
                    at = element.then
                case ClockResume():  # L4
                    for clock, cut_off in self.clocks_of(case, element.procedure):
                        clock.resume(env.now, cut_off)
                    at = element.then
                case ClockEnd():
                    for clock, _ in self.clocks_of(case, element.procedure):
                        clock.close(env.now)  # L6: the bundle is done with its last result
                    at = element.then
                case Extend():  # L5
                    extended = self.clock_of(case, element.clock)
                    if extended is not None:
                        extended.extend(element.days)
                    at = element.then
                case End():
                    return element.outcome, env.now
                case Join():
                    at = element.then
        return Outcome.OPEN, env.now

    def pass_until(
        self, instant: int, part: Part, ledger: Ledger
    ) -> Generator[simpy.Event, Any, None]:
        """Wait until an instant, now at the earliest, and book the time passed."""
        now = self.env.now
        if instant > now:
            ledger[part] += instant - now
            yield self.env.timeout(instant - now)

    def applicant(self, case: Case, at: int, element: Applicant, ledger: Ledger) -> Walk:
        """Spend the applicant's time, in the time allowed if there is such (F7)."""
        visit = case.visit(at)
        time = self.draws.time(element.time, at, case, visit)
        case.own_time += (
            time if element.effort < 0 else self.draws.effort(element.effort, at, case, visit)
        )
        now = self.env.now
        ends_at = self.model.calendars[element.calendar].add_open(now, time)
        if element.within >= 0:
            days = self.model.working_days
            deadline = days.closing(days.due_day(day_of(now), element.within))
            if ends_at > deadline:
                yield from self.pass_until(deadline, Part.APPLICANT, ledger)
                return element.late
        yield from self.pass_until(ends_at, Part.APPLICANT, ledger)
        case.n_trips += element.n_trips
        case.n_given += element.n_given
        return element.then

    def choose(self, case: Case, at: int, element: Choice) -> int:
        """Take a way out by the case's draw and properties (R2, F6)."""
        draw = self.draws.uniform(at, case, case.visit(at))
        properties = self.inputs.cases.properties
        share = 0.0
        for option in element.options:
            if option.property < 0 or properties[case.number, option.property] in option.values:
                share += option.share
                if draw < share:
                    return option.target
        return element.then

    def fork(
        self, case: Case, element: Fork, ledger: Ledger
    ) -> Generator[simpy.Event, Any, int]:
        """Make a token for each branch and wait for all of them (F5).

        The ledger goes on with that of the branch that came last, the lowest on a tie (K2);
        return the outcome of the lowest branch that carries one (F8).
        """
        ledgers: list[Ledger] = [[0] * len(Part) for _ in element.branches]
        tokens = [
            self.env.process(self.walk(case, branch, element.then, own))
            for branch, own in zip(element.branches, ledgers, strict=True)
        ]
        yield self.env.all_of(tokens)
        last = max(range(len(tokens)), key=lambda branch: (tokens[branch].value[1], -branch))
        for part, time in enumerate(ledgers[last]):
            ledger[part] += time
        return next((token.value[0] for token in tokens if token.value[0]), 0)

    # -- work ------------------------------------------------------------------------------

    def offer(self, case: Case, at: int, activity: Activity) -> WorkItem:
        """Let a work item wait at the office of the case on the activity's level (S1)."""
        role = self.model.roles[activity.role]
        visit = case.visit(at)
        item = WorkItem(
            self.env,
            case=case,
            at=at,
            activity=activity,
            visit=visit,
            desk=self.desks[self.office_at[case.home][role.level]],
            service=self.draws.time(activity.service, at, case, visit),
        )
        item.callbacks.append(self.release)
        first = self.due_day(case, activity) if role.earliest_due_first else item.ready_at
        queue = item.desk.waiting[activity.role]
        heappush(queue, (-activity.priority, first, case.number, at, item))  # S4
        for team in item.desk.takers[activity.role]:
            if team.idle:
                self.mark(team)
        return item

    def release(self, item: WorkItem) -> None:
        """The member of staff is idle again, before the token moves on."""
        del self.in_hand[item.staff]
        team = self.team_of[item.staff]
        heappush(team.idle, item.staff)
        if any(team.queues):
            self.mark(team)

    def mark(self, team: Team) -> None:
        """Note that a team may have something to take, once all tokens have moved (S2)."""
        desk = team.desk
        if not desk.changed:
            if not self.changed:
                Signal(self.env, self.give_out_work, priority=AFTER_ALL_TOKENS)
            self.changed.append(desk)
        if team not in desk.changed:
            desk.changed.append(team)

    def give_out_work(self, _: simpy.Event) -> None:
        """Let the offices where something changed give out work, in office order (S2)."""
        changed, self.changed = self.changed, []
        if len(changed) > 1:
            changed.sort(key=_office)
        for desk in changed:
            self.give_out(desk)

    def give_out(self, desk: Desk) -> None:
        """Give each idle member of staff on shift, in staff order, the first item it can take (S3).

        Taking an item leaves less for the others, so that the first in staff order who can take
        one, again and again, is the same as one pass over all of them.
        """
        now = self.env.now
        teams, desk.changed = [team for team in desk.changed if team.can_take()], []
        able = [team for team in teams if team.shift.is_open(now)]
        while able:
            team = able[0] if len(able) == 1 else min(able, key=_first_idle)
            self.start(team.first_item(), heappop(team.idle))
            able = [team for team in able if team.can_take()]
        closed = [team for team in teams if not team.shift.is_open(now) and team.can_take()]
        if closed:
            self.wake_later(desk, min(team.shift.next_open(now) for team in closed))

    def wake_later(self, desk: Desk, opens_at: int) -> None:
        """Give out work again when a shift opens for somebody who could take it (S5)."""
        now = self.env.now
        if opens_at < NEVER and not now < desk.wakes_at <= opens_at:
            desk.wakes_at = opens_at
            Signal(self.env, partial(self.wake, desk), delay=opens_at - now)

    def wake(self, desk: Desk, _: simpy.Event) -> None:
        """A shift opens where items wait (S5)."""
        for teams in desk.takers.values():
            for team in teams:
                if team.can_take():
                    self.mark(team)

    def start(self, item: WorkItem, index: int) -> None:
        """Begin a work item: its end is known, for calendars and outages are (T3, T4, S6)."""
        now, member = self.env.now, self.model.staff[index]
        if member.speed != 1.0:
            item.service = round(item.service / member.speed)
        calendar = None if item.activity.finish else member.calendar
        ended_at = self.hours_of(calendar, item.activity.systems).add_open(now, item.service)
        item.staff = index
        item.started_at = now
        self.in_hand[index] = item
        if ended_at < NEVER:
            item.ended_at = ended_at
            _happen(item, ended_at - now)

    def book(self, item: WorkItem, ledger: Ledger) -> None:
        """Record a work item (K3) and split its time over the ledger (K2)."""
        self.items.append(_item_row(item))
        waited = item.started_at - item.ready_at
        if waited:
            queued = item.desk.calendar.open_between(item.ready_at, item.started_at)
            ledger[Part.QUEUE] += queued
            ledger[Part.CLOSED] += waited - queued
        ledger[Part.SERVICE] += item.service
        held = item.ended_at - item.started_at
        if held != item.service:
            worked = held
            if not item.activity.finish:
                shift = self.model.calendars[self.model.staff[item.staff].calendar]
                worked = shift.open_between(item.started_at, item.ended_at)
            ledger[Part.OUTAGE] += worked - item.service
            ledger[Part.CLOSED] += held - worked

    def hours_of(self, calendar: int | None, systems: tuple[int, ...]) -> Calendar:
        """When work makes progress: on shift and with every system up (T4)."""
        if not systems and calendar is not None:
            return self.model.calendars[calendar]
        hours = self.hours.get((calendar, systems))
        if hours is None:
            shift = always_open() if calendar is None else self.model.calendars[calendar]
            hours = intersection(shift, self.inputs.all_up(systems), "hours")
            self.hours[calendar, systems] = hours
        return hours

    def all_up(self, systems: tuple[int, ...]) -> Calendar:
        """When every one of the systems is up."""
        return self.hours_of(None, systems)

    # -- legal clocks ----------------------------------------------------------------------

    def start_clock(self, case: Case, procedure: int, t: int) -> None:
        """Receive a dossier, and with the first one the bundle (L1, L6, L7)."""
        flow, days = case.flow, self.model.working_days
        if case.bundle_clock is None:
            limit = flow.bundle_limit
            case.bundle_clock = LegalClock(office=days)
            case.bundle_clock.start(
                t, self.model.bundles[flow.bundle].cut_off, limit.on if limit else _no_limit
            )
        if procedure not in case.clocks:
            limit = flow.limits[procedure]
            clock = case.clocks[procedure] = LegalClock(office=days)
            clock.start(
                t, self.model.procedures[procedure].cut_off, limit.on if limit else _no_limit
            )

    def clocks_of(self, case: Case, procedure: int) -> list[tuple[LegalClock, int]]:
        """The running clock of a procedure and the bundle's, each with its cut-off."""
        clock, bundle = case.clocks.get(procedure), case.bundle_clock
        if clock is None or bundle is None:
            return []
        cut_off = self.model.bundles[case.flow.bundle].cut_off
        return [(clock, self.model.procedures[procedure].cut_off), (bundle, cut_off)]

    def clock_of(self, case: Case, clock: int) -> LegalClock | None:
        """The clock of a procedure or of the bundle, if it was started."""
        return case.bundle_clock if clock == BUNDLE else case.clocks.get(clock)

    def appointment(self, case: Case, element: Appointment) -> int:
        """The opening of the due day of the clock (F3); now where there is none."""
        clock = self.clock_of(case, element.clock)
        if clock is None or clock.limit is None:
            return int(self.env.now)
        return self.model.working_days.opening(clock.due_day(self.env.now))

    def due_day(self, case: Case, activity: Activity) -> int:
        """The due day by which an item is ordered: its dossier's, else its bundle's (S4)."""
        clock = case.clocks.get(activity.dossier) or case.bundle_clock
        return clock.due_day(self.env.now) if clock is not None else NEVER

    # -- records ---------------------------------------------------------------------------

    def tables(self) -> Run:
        """Turn what happened into the tables of a run (K1, K3, K4)."""
        dossiers = [
            (case.number, procedure, *_clock_columns(clock, is_done=clock.closed_at < NEVER))
            for case in self.cases
            for procedure, clock in case.clocks.items()
        ]
        queues = [queue for desk in self.desks for queue in desk.waiting.values()]
        waiting = [entry[-1] for queue in queues for entry in queue]
        for item in (*self.in_hand.values(), *waiting):  # K4
            item.ended_at = NOT_YET
            self.items.append(_item_row(item))
        return protocol.assemble(
            self.model,
            self.inputs,
            engine=NAME,
            cases=records.table(records.CASES, [self.case_row(case) for case in self.cases]),
            dossiers=records.table(records.DOSSIERS, dossiers),
            work_items=records.table(records.WORK_ITEMS, self.items),
        )

    def case_row(self, case: Case) -> tuple[int, ...]:
        """One row of the cases table; an open case has no ledger yet."""
        table, clock = self.inputs.cases, case.bundle_clock
        ledger = case.ledger if case.outcome != Outcome.OPEN else [0] * len(Part)
        received: tuple[int, ...] = (NOT_YET, UNKNOWN, NOT_YET, UNKNOWN, 0, UNKNOWN)
        if clock is not None:
            is_done = case.outcome == Outcome.COMPLETED and clock.closed_at < NEVER
            received = _clock_columns(clock, is_done=is_done)
        return (
            case.number, case.flow.bundle, int(table.channel[case.number]),
            int(table.flow[case.number]), case.home, int(table.arrives_at[case.number]),
            case.ended_at, case.outcome, *received, case.n_trips, case.n_given, case.own_time,
            *ledger,
        )  # fmt: skip


class Draws:
    """The draws of a run, made for all cases of a flow at once and looked up by case (R1)."""

    def __init__(self, model: Model, inputs: Inputs) -> None:
        self.model = model
        self.inputs = inputs
        self.position = np.zeros(len(inputs.cases), np.int64)
        self.members: list[NDArray[np.int64]] = []
        for flow in range(len(model.flows)):
            members = np.flatnonzero(inputs.cases.flow == flow)
            self.position[members] = np.arange(len(members))
            self.members.append(members)
        self.drawn: dict[tuple[int, int, int], memoryview] = {}
        self.efforts: dict[tuple[int, int, int], memoryview] = {}

    def time(self, sampler: int, at: int, case: Case, visit: int) -> int:
        """The time that a visit of an element takes, in microseconds."""
        drawn = self.drawn.get((case.flow_index, at, visit))
        if drawn is None:
            u = self._uniforms(case.flow_index, self.model.elements[at].key, visit)
            drawn = memoryview(sample(self.model.samplers[sampler], u))
            self.drawn[case.flow_index, at, visit] = drawn
        return drawn[case.position]  # type: ignore[no-any-return]

    def uniform(self, at: int, case: Case, visit: int) -> float:
        """The number in (0, 1) that decides a visit of a choice."""
        drawn = self.drawn.get((case.flow_index, at, visit))
        if drawn is None:
            u = self._uniforms(case.flow_index, self.model.elements[at].key, visit)
            drawn = self.drawn[case.flow_index, at, visit] = memoryview(u)
        return drawn[case.position]  # type: ignore[no-any-return]

    def effort(self, sampler: int, at: int, case: Case, visit: int) -> int:
        """The applicant's own hours in a visit, in microseconds."""
        drawn = self.efforts.get((case.flow_index, at, visit))
        if drawn is None:
            key = name_key(self.model.elements[at].name + ":effort", 32)
            u = self._uniforms(case.flow_index, key, visit)
            drawn = memoryview(sample(self.model.samplers[sampler], u))
            self.efforts[case.flow_index, at, visit] = drawn
        return drawn[case.position]  # type: ignore[no-any-return]

    def _uniforms(self, flow: int, key: int, visit: int) -> NDArray[np.float64]:
        members, cases = self.members[flow], self.inputs.cases
        return uniforms(self.inputs.key, cases.stream[members], cases.number[members], key, visit)


def _first_idle(team: Team) -> int:
    return team.idle[0]


def _office(desk: Desk) -> int:
    return desk.office


def _item_row(item: WorkItem) -> tuple[int, ...]:
    activity = item.activity
    return (
        item.case.number, activity.dossier, item.at, activity.role, item.staff, item.desk.office,
        item.ready_at, item.started_at, item.ended_at, item.visit,
    )  # fmt: skip


def _next(instants: tuple[int, ...], now: int) -> int:
    position = bisect_left(instants, now)
    return instants[position] if position < len(instants) else NEVER


def _no_limit(_: int) -> None:
    return None


def _clock_columns(clock: LegalClock, *, is_done: bool) -> tuple[int, int, int, int, int, int]:
    """Columns received_at … working_days of a clock; no working days unless it is done."""
    limit = UNKNOWN if clock.limit is None else clock.limit + clock.extended
    used = clock.working_days() if is_done else None
    return (
        clock.received_at,
        clock.received_day,
        clock.closed_at if is_done else NOT_YET,
        limit,
        clock.stopped_days,
        UNKNOWN if used is None else used,
    )
