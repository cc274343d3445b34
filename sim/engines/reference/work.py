"""Gives out the work of a run of the reference engine: who takes which item, and when (S1-S6).

The numbers behind ``#`` are the rules of ``docs/semantics.md``.
"""

from __future__ import annotations

from functools import partial
from heapq import heappop, heappush

import simpy

from sim.calendars import Calendar
from sim.engines.reference.case import CLOSED, OUTAGE, QUEUE, SERVICE, Case, Ledger
from sim.engines.reference.desk import Desk, Environment, Team, WorkItem
from sim.engines.reference.draws import Draws
from sim.engines.reference.hours import Hours
from sim.errors import EngineError
from sim.legal import day_of
from sim.model import Activity, Model, Order
from sim.model.series import on
from sim.records import NOT_YET
from sim.units import NEVER

AFTER_ALL_TOKENS = 2
"""SimPy priority of giving out work: behind every other event of the instant (S2)."""


class Work:
    """The offices, their staff, and the items that they have in hand."""

    def __init__(self, model: Model, env: Environment, draws: Draws, hours: Hours) -> None:
        self.model = model
        self.env = env
        self.draws = draws
        self.hours = hours
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
                teams[key] = self.desks[member.office].add_team(member.roles, shift)
            heappush(teams[key].idle, index)
            self.team_of.append(teams[key])
        self.office_at: list[list[int]] = model.office_at.tolist()
        self.changed: list[Desk] = []
        self.all_moved = simpy.Event(env)  # used anew at each instant: one is enough
        self.all_moved._ok, self.all_moved._value = True, None
        self.in_hand: list[WorkItem | None] = [None] * len(model.staff)  # by member of staff
        self.items: list[tuple[int, ...]] = []  # rows, of the items done

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
        first = item.ready_at
        if role.order == Order.EARLIEST_DUE:
            first = case.due_day(activity.dossier, item.ready_at)
        elif role.order == Order.LATEST_COME:  # H5
            first = -item.ready_at
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
        speed = on(member.speed, day_of(now))  # V1
        if speed != 1.0:
            item.service = round(item.service / speed)
        calendar = None if item.activity.finish else member.calendar
        ended_at = self.hours.of(calendar, item.activity.systems).add_open(now, item.service)
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

    def rows(self) -> list[tuple[int, ...]]:
        """The rows of all items (K3), of those that wait or are in hand at the end, too (K4)."""
        queues = [queue for desk in self.desks for queue in desk.waiting.values()]
        waiting = [entry[-1] for queue in queues for entry in queue]
        for item in (*filter(None, self.in_hand), *waiting):
            item.ended_at = NOT_YET
            self.items.append(item.row())
        return self.items


def _first_idle(team: Team) -> int:
    return team.idle[0]


def _office(desk: Desk) -> int:
    return desk.office
