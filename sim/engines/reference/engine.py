"""The SimPy model: what a scenario means, written to be read.

A token of a case is a SimPy process that walks from element to element (F1).  A work item is a
SimPy event: the token waits for it, an office starts it when a member of staff is free, and it
happens when the work is done.  The numbers behind ``#`` are the rules of ``docs/semantics.md``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Generator
from functools import partial
from heapq import heappop, heappush
from typing import Any, assert_never

import simpy

from sim import records
from sim.arrivals import AT_START
from sim.calendars import Calendar, always_open, intersection
from sim.engines import protocol, tables
from sim.engines.protocol import Inputs
from sim.engines.reference.case import Case, Ledger
from sim.engines.reference.draws import Draws
from sim.errors import EngineError
from sim.legal import day_of
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
    End,
    Extend,
    Fork,
    Join,
    LedgerPart,
    Model,
    Outcome,
    Timetable,
    Transfer,
)
from sim.model.clocks import clocks_running
from sim.records import EVERYTHING, NOT_YET, UNKNOWN, Keep, Run
from sim.units import NEVER

NAME = "reference"
IS_THREADED = False

AFTER_ALL_TOKENS = 2
"""SimPy priority of giving out work: behind every other event of the instant (S2)."""

SERVICE, QUEUE, CLOSED, TIMETABLE, TRANSFER, OUTAGE, APPLICANT, APPOINTMENT, DELAY = map(
    int, LedgerPart
)

OPEN, COMPLETED = int(Outcome.OPEN), int(Outcome.COMPLETED)

Environment = Any
"""A ``simpy.Environment`` whose time is whole (T1), where SimPy's types allow for fractions."""

Walk = Generator[simpy.Event, Any, tuple[int, int]]


def refuses(_: Model) -> tuple[str, ...]:
    """Nothing: new behaviour comes to this engine first (E2)."""
    return ()


def make_ready(_: Callable[[], None]) -> None:
    """Nothing is compiled."""


def run(
    model: Model,
    *,
    seed: int,
    replication: int,
    keep: Keep = EVERYTHING,
    threads: int = 1,  # noqa: ARG001  SimPy works in one
    on_share: Callable[[float], None] | None = None,  # noqa: ARG001
) -> Run:
    """Run one replication of a model and return its tables."""
    inputs = protocol.prepare(model, seed=seed, replication=replication)
    return Replication(model, inputs).run(keep)


class WorkItem(simpy.Event):
    """One performance of an activity for a case; the event is that it is done."""

    def __init__(
        self,
        env: Environment,
        case: Case,
        at: int,
        activity: Activity,
        visit: int,
        service: int,
        desk: Desk,
    ) -> None:
        self.env = env
        self.callbacks = []
        self._ok = True  # it will happen: as simpy.Timeout, it waits only to be scheduled
        self._value = None
        self.case = case
        self.at = at
        self.activity = activity
        self.visit = visit
        self.service = service
        self.desk = desk
        self.ready_at: int = env.now
        self.started_at = NOT_YET
        self.ended_at = NOT_YET
        self.staff = UNKNOWN

    def row(self) -> tuple[int, ...]:
        """The row of the work items table (K3)."""
        activity = self.activity
        return (
            self.case.number, activity.dossier, self.at, activity.role, self.staff,
            self.desk.office, self.ready_at, self.started_at, self.ended_at, self.visit,
        )  # fmt: skip


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

    def first_item(self) -> WorkItem | None:
        """Take the first of the items that wait for one of the team's roles, if any (S3, S4)."""
        queue: Queue | None = self.queues[0]
        if len(self.queues) > 1:
            queue = min(filter(None, self.queues), default=None)
        return heappop(queue)[-1] if queue else None


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
        self.env: Environment = simpy.Environment()
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
        self.all_moved = simpy.Event(self.env)  # used anew at each instant: one is enough
        self.all_moved._ok, self.all_moved._value = True, None
        self.draws = Draws(model, inputs)
        self.hours: dict[tuple[int | None, tuple[int, ...]], Calendar] = {}
        self.open: dict[int, Case] = {}
        self.cases: list[tuple[int, ...]] = []  # rows, of the cases ended
        self.dossiers: list[tuple[int, ...]] = []  # rows, of theirs
        self.items: list[tuple[int, ...]] = []  # rows, of the items done
        self.in_hand: list[WorkItem | None] = [None] * len(model.staff)  # by member of staff

    def run(self, keep: Keep) -> Run:
        """Let the cases arrive, and stop at the horizon."""
        self.env.process(self.arrivals())
        self.env.run(until=self.model.horizon)
        return self.tables(keep)

    # -- tokens ----------------------------------------------------------------------------

    def arrivals(self) -> Generator[simpy.Event, Any, None]:
        """Start a process for each row of the table of cases (R4)."""
        table, env = self.inputs.cases, self.env
        rows = zip(
            table.arrives_at.tolist(),
            table.channel.tolist(),
            table.flow.tolist(),
            table.home.tolist(),
            table.entry.tolist(),
            self.draws.position.tolist(),
            strict=True,
        )
        for number, (at, channel, flow, home, under_way, position) in enumerate(rows):
            if at > env.now:
                yield env.timeout(at - env.now)
            case = Case(self.model, number, channel, flow, position, home, at)
            self.open[number] = case
            entry = case.flow.start
            if under_way != AT_START:
                entry = under_way
                received_at = int(table.received_at[number])
                for procedure in clocks_running(self.model, flow, entry):
                    case.start_clock(procedure, received_at)
            token = env.process(self.walk(case, entry, LEAVE, case.ledger))
            token.callbacks = [partial(self.leave, case)]

    def leave(self, case: Case, token: Any) -> None:
        """The token of a case has left its flow, or has been ended (F7, F8)."""
        if not token.ok:
            return  # SimPy raises what went wrong
        outcome, case.ended_at = token.value
        case.outcome = outcome or COMPLETED
        del self.open[case.number]
        self.record(case)

    def record(self, case: Case) -> None:
        """Write the rows of a case and of its dossiers (K1)."""
        self.cases.append(case.row())
        if case.clocks:
            self.dossiers.extend(case.dossier_rows())

    def walk(self, case: Case, at: int, until: int, ledger: Ledger) -> Walk:
        """Move a token until its join or the way out; return the outcome it carries, and when."""
        env, elements = self.env, self.model.elements
        while at != until:
            element = elements[at]
            match element:
                case Activity():
                    item = self.offer(case, at, element)
                    yield item
                    self.release(item)
                    self.book(item, ledger)
                    at = element.then
                case Applicant():
                    at = yield from self.applicant(case, at, element, ledger)
                case Delay():  # F2
                    time = self.draws.time(element.time, at, case, case.visit(at))
                    ends_at = self.model.calendars[element.calendar].add_open(env.now, time)
                    yield from self.pass_until(ends_at, DELAY, ledger)
                    at = element.then
                case Transfer():  # T4
                    time = self.draws.time(element.time, at, case, case.visit(at))
                    ends_at = self.all_up(element.systems).add_open(env.now, time)
                    ledger[OUTAGE] += ends_at - env.now - time
                    ledger[TRANSFER] -= ends_at - env.now - time
                    yield from self.pass_until(ends_at, TRANSFER, ledger)
                    at = element.then
                case Appointment():  # F3
                    due = case.appointment(element.clock, env.now)
                    yield from self.pass_until(due, APPOINTMENT, ledger)
                    at = element.then
                case Timetable():  # F4
                    instants = self.model.timetables[element.instants]
                    yield from self.pass_until(_next(instants, env.now), TIMETABLE, ledger)
                    at = element.then
                case Choice():
                    at = self.choose(case, at, element)
                case Fork():
                    outcome = yield from self.fork(case, element, ledger)
                    if outcome:  # F8
                        return outcome, env.now
                    at = element.then
                case ClockStart():
                    case.start_clock(element.procedure, env.now)
                    at = element.then
                case ClockStop():  # L4
                    case.stop_clocks(element.procedure, env.now)
                    at = element.then
                case ClockResume():  # L4
                    case.resume_clocks(element.procedure, env.now)
                    at = element.then
                case ClockEnd():
                    case.end_clocks(element.procedure, env.now)
                    at = element.then
                case Extend():  # L5
                    extended = case.clock_of(element.clock)
                    if extended is not None:
                        extended.extend(element.days)
                    at = element.then
                case End():
                    return element.outcome, env.now
                case Join():
                    at = element.then
                case _:
                    assert_never(element)
        return OPEN, env.now

    def pass_until(
        self, instant: int, part: int, ledger: Ledger
    ) -> Generator[simpy.Event, Any, None]:
        """Wait until an instant, now at the earliest, and book the time passed."""
        now = self.env.now
        if instant > now:
            ledger[part] += instant - now
            yield self.env.timeout(instant - now)

    def applicant(
        self, case: Case, at: int, element: Applicant, ledger: Ledger
    ) -> Generator[simpy.Event, Any, int]:
        """Spend the applicant's time, in the time allowed if there is such (F7)."""
        visit = case.visit(at)
        time = self.draws.time(element.time, at, case, visit)
        case.own_time += time if element.effort < 0 else self.draws.effort(element, at, case, visit)
        now = self.env.now
        ends_at = self.model.calendars[element.calendar].add_open(now, time)
        if element.within >= 0:
            days = self.model.working_days
            deadline = days.closing(days.due_day(day_of(now), element.within))
            if ends_at > deadline:
                yield from self.pass_until(deadline, APPLICANT, ledger)
                return element.late
        yield from self.pass_until(ends_at, APPLICANT, ledger)
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

    def fork(self, case: Case, element: Fork, ledger: Ledger) -> Generator[simpy.Event, Any, int]:
        """Make a token for each branch and wait for all of them (F5).

        The ledger goes on with that of the branch that came last, the lowest on a tie (K2);
        return the outcome of the lowest branch that carries one (F8).
        """
        ledgers: list[Ledger] = [[0] * len(LedgerPart) for _ in element.branches]
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
        case.n_returns += visit > 0
        service = self.draws.time(activity.service, at, case, visit)
        office = self.office_at[case.home][role.level]
        if office < 0:
            raise EngineError(f"case {case.number} has no office on the level of '{activity.name}'")
        desk = self.desks[office]
        item = WorkItem(self.env, case, at, activity, visit, service, desk)
        first = (
            case.due_day(activity.dossier, item.ready_at)
            if role.earliest_due_first
            else item.ready_at
        )
        queue = desk.waiting[activity.role]
        heappush(queue, (-activity.priority, first, case.number, at, item))  # S4
        for team in desk.takers[activity.role]:
            if team.idle:
                self.mark(team)
        return item

    def release(self, item: WorkItem) -> None:
        """The member of staff is idle again, before the token moves on."""
        self.in_hand[item.staff] = None
        team = self.team_of[item.staff]
        heappush(team.idle, item.staff)
        if any(team.queues):
            self.mark(team)

    def mark(self, team: Team) -> None:
        """Note that a team may have something to take, once all tokens have moved (S2)."""
        desk = team.desk
        if not desk.changed:
            if not self.changed:
                self.all_moved.callbacks = [self.give_out_work]
                self.env.schedule(self.all_moved, AFTER_ALL_TOKENS)
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
        teams, desk.changed = desk.changed, []
        able: list[Team] = []
        off_shift: list[Team] = []
        for team in teams:
            if team.idle:
                (able if team.shift.is_open(now) else off_shift).append(team)
        while able:
            team = able[0] if len(able) == 1 else min(able, key=_first_idle)
            item = team.first_item()
            if item is not None:
                self.start(item, heappop(team.idle), now)
            if item is None or not team.idle:
                able.remove(team)
        if off_shift:
            self.wake_later(desk, [team.shift for team in off_shift if any(team.queues)])

    def wake_later(self, desk: Desk, shifts: list[Calendar]) -> None:
        """Give out work again when a shift opens for somebody who could take it (S5)."""
        now = self.env.now
        opens_at = min((shift.next_open(now) for shift in shifts), default=NEVER)
        if opens_at < NEVER and not now < desk.wakes_at <= opens_at:
            desk.wakes_at = opens_at
            self.env.timeout(opens_at - now).callbacks.append(partial(self.wake, desk))

    def wake(self, desk: Desk, _: simpy.Event) -> None:
        """A shift opens where items wait (S5)."""
        for teams in desk.takers.values():
            for team in teams:
                if team.idle and any(team.queues):
                    self.mark(team)

    def start(self, item: WorkItem, index: int, now: int) -> None:
        """Begin a work item: its end is known, for calendars and outages are (T3, T4, S6)."""
        member = self.model.staff[index]
        if member.speed != 1.0:
            item.service = round(item.service / member.speed)
        calendar = None if item.activity.finish else member.calendar
        ended_at = self.hours_of(calendar, item.activity.systems).add_open(now, item.service)
        item.staff = index
        item.started_at = now
        self.in_hand[index] = item
        if ended_at < NEVER:
            item.ended_at = ended_at
            self.env.schedule(item, delay=ended_at - now)

    def book(self, item: WorkItem, ledger: Ledger) -> None:
        """Record a work item (K3) and split its time over the ledger (K2)."""
        self.items.append(item.row())
        waited = item.started_at - item.ready_at
        if waited:
            queued = item.desk.calendar.open_between(item.ready_at, item.started_at)
            ledger[QUEUE] += queued
            ledger[CLOSED] += waited - queued
        ledger[SERVICE] += item.service
        held = item.ended_at - item.started_at
        if held != item.service:
            worked = held
            if not item.activity.finish:
                shift = self.model.calendars[self.model.staff[item.staff].calendar]
                worked = shift.open_between(item.started_at, item.ended_at)
            ledger[OUTAGE] += worked - item.service
            ledger[CLOSED] += held - worked

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

    # -- records ---------------------------------------------------------------------------

    def tables(self, keep: Keep) -> Run:
        """Turn what happened into the tables of a run (K1, K3); what is open stays in it (K4)."""
        for case in self.open.values():
            self.record(case)
        queues = [queue for desk in self.desks for queue in desk.waiting.values()]
        waiting = [entry[-1] for queue in queues for entry in queue]
        for item in (*filter(None, self.in_hand), *waiting):
            item.ended_at = NOT_YET
            self.items.append(item.row())
        left = tables.of_rows(
            self.model,
            self.inputs.cases.properties,
            cases=records.table(records.CASES, self.cases),
            dossiers=records.table(records.DOSSIERS, self.dossiers),
            work_items=records.table(records.WORK_ITEMS, self.items),
            keep=keep,
        )
        seed, replication = self.inputs.seed, self.inputs.replication
        return tables.joined(self.model, [left], seed=seed, replication=replication, engine=NAME)


def _first_idle(team: Team) -> int:
    return team.idle[0]


def _office(desk: Desk) -> int:
    return desk.office


def _next(instants: tuple[int, ...], now: int) -> int:
    position = bisect_left(instants, now)
    return instants[position] if position < len(instants) else NEVER
