"""Gives out the work of a run of the reference engine: who takes which item, and when (S1-S6).

The numbers behind ``#`` are the rules of ``docs/semantics.md``.
"""

from __future__ import annotations

from functools import partial
from heapq import heappop, heappush

import simpy

from sim.absences import Shifts
from sim.calendars import Calendar
from sim.engines.reference.case import Case, Ledger
from sim.engines.reference.desk import BEFORE_ALL, Desk, Environment, Line, Team, WorkItem
from sim.engines.reference.draws import Draws
from sim.engines.reference.hours import Hours
from sim.engines.reference.spell import Spell
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

    def __init__(
        self, model: Model, env: Environment, draws: Draws, hours: Hours, shifts: Shifts
    ) -> None:
        self.model = model
        self.env = env
        self.draws = draws
        self.hours = hours
        self.shifts = shifts
        self.desks = [
            Desk(index, model.calendars[office.calendar])
            for index, office in enumerate(model.offices)
        ]
        self.line_of: dict[int, int] = {}  # by activity, its place among those of the role (H2)
        for at, element in enumerate(model.elements):
            if isinstance(element, Activity):
                self.line_of[at] = 0
                if element.batch is not None:
                    self.line_of[at] = len(self.desks[0].lines[element.role])
                    for desk in self.desks:
                        desk.lines[element.role].append(Line(element.batch.size))
        self.team_of: list[Team] = []
        self.teams: dict[tuple[int, tuple[int, ...], int], Team] = {}
        for index, member in enumerate(model.staff):
            calendar = shifts.calendar_of[index]
            key = (member.office, member.roles, calendar)
            if key not in self.teams:
                shift = shifts.calendars[calendar]
                self.teams[key] = self.desks[member.office].add_team(member.roles, shift)
            heappush(self.teams[key].idle, index)
            self.team_of.append(self.teams[key])
        self.helpers = self._helpers()
        self.office_at: list[list[int]] = model.office_at.tolist()
        self.changed: list[Desk] = []
        self.gives_out = False
        self.all_moved = simpy.Event(env)  # used anew at each instant: one is enough
        self.all_moved._ok, self.all_moved._value = True, None
        self.in_hand: set[WorkItem] = set()
        self.items: list[tuple[int, ...]] = []  # rows, of the items done
        self.spells: list[tuple[int, ...]] = []  # rows

    def _helpers(self) -> list[Team]:
        """Teams that help at other offices, once the lines there are named to them (B2)."""
        for (office, roles, _), team in self.teams.items():
            for role in roles:
                help_ = self.model.roles[role].help
                group = help_.group_of[office] if help_ is not None else -1
                for desk in self.desks:
                    is_near = group >= 0 and help_ and help_.group_of[desk.office] == group
                    if is_near and desk.office != office:
                        team.elsewhere += desk.lines[role]
        return [team for team in self.teams.values() if team.elsewhere]

    def offer(self, case: Case, at: int, activity: Activity, ledger: Ledger) -> WorkItem:
        """Let a work item wait at the office of the case on the activity's level (S1)."""
        role = self.model.roles[activity.role]
        visit = case.visit(at)
        case.n_returns += visit > 0
        service = self.draws.time(activity.service, at, case, visit)
        office = self.office_at[case.home][role.level]
        if office < 0:
            raise EngineError(f"case {case.number} has no office on the level of '{activity.name}'")
        desk = self.desks[office]
        item = WorkItem(self.env, case, at, activity, visit, service, desk, ledger)
        first = item.ready_at
        if role.order == Order.EARLIEST_DUE:
            first = case.due_day(activity.dossier, item.ready_at)
        elif role.order == Order.LATEST_COME:  # H5
            first = -item.ready_at
        self.wait(item, first)
        return item

    def wait(self, item: WorkItem, first: int) -> None:
        """Put an item into its line; wake the office when that, or others, may be enough."""
        now, desk, activity = self.env.now, item.desk, item.activity
        desk.lines[activity.role][self.line_of[item.at]].put(item, first)
        batch, help_ = activity.batch, self.model.roles[activity.role].help
        if batch is not None:
            calendar = self.model.calendars[batch.calendar]
            is_back = item.handed_back_at != NOT_YET
            item.ripe_at = now if is_back else calendar.add_open(now, batch.at_most)
            self.wake_at(item.ripe_at, desk)
        if help_ is not None and activity.pooled:
            item.helped_at = desk.calendar.add_open(now, help_.after)
            self.wake_at(item.helped_at, desk)
            self.give_out_soon()  # with this one the batch may be full
        for team in desk.takers[activity.role]:
            if team.idle:
                self.mark(team)

    def release(self, item: WorkItem) -> None:
        """Record an item (K3); the person is idle again, before the token moves on."""
        self.items.append(item.row())
        self.in_hand.remove(item)
        if item.frees:
            self.free(item.staff)

    def free(self, index: int) -> None:
        """A member of staff has nothing in hand any more."""
        team = self.team_of[index]
        heappush(team.idle, index)
        if team.elsewhere or team.something_waits():
            self.mark(team)

    def mark(self, team: Team) -> None:
        """Note that a team may have something to take, once all tokens have moved (S2)."""
        desk = team.desk
        if not self.gives_out:
            self.give_out_soon()
        if not desk.changed:
            self.changed.append(desk)
        if team not in desk.changed:
            desk.changed.append(team)

    def give_out_soon(self) -> None:
        """Let work be given out once all tokens have moved (S2)."""
        if not self.gives_out:
            self.gives_out = True
            self.all_moved.callbacks = [self.give_out_work]
            self.env.schedule(self.all_moved, AFTER_ALL_TOKENS)

    def give_out_work(self, _: simpy.Event) -> None:
        """Let the offices where something changed give out work, in office order (S2)."""
        self.gives_out = False
        changed, self.changed = self.changed, []
        if len(changed) > 1:
            changed.sort(key=_office)
        for desk in changed:
            self.give_out(desk)
        if self.helpers:
            self.help_out()

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
            line = team.first_line(now)
            if line is not None:
                self.start(line.take(), heappop(team.idle))
            if line is None or not team.idle:
                able.remove(team)
        if off_shift:
            self.wake_later(desk, [team.shift for team in off_shift if team.something_waits()])

    def help_out(self) -> None:
        """Let those who are still idle take what waits at other offices, in staff order (B2).

        Each is asked once: who finds nothing finds nothing either after others have taken.
        """
        now = self.env.now
        idle = sorted(index for team in self.helpers for index in team.idle)
        for index in idle:
            team = self.team_of[index]
            line = team.first_elsewhere(now)
            if line is None:
                continue
            if team.shift.is_open(now):
                team.idle.remove(index)
                team.idle.sort()
                self.start(line.take(), index)
            else:
                self.wake_later(team.desk, [team.shift])

    def wake_later(self, desk: Desk, shifts: list[Calendar]) -> None:
        """Give out work again when a shift opens for somebody who could take it (S5)."""
        now = self.env.now
        opens_at = min((shift.next_open(now) for shift in shifts), default=NEVER)
        if opens_at < NEVER and not now < desk.wakes_at <= opens_at:
            desk.wakes_at = opens_at
            self.wake_at(opens_at, desk)

    def wake_at(self, instant: int, desk: Desk) -> None:
        """Let an office, and those who help it, look at what waits there at an instant."""
        if instant < NEVER:
            after = instant - self.env.now
            self.env.timeout(after).callbacks.append(partial(self.wake, desk))

    def wake(self, desk: Desk, _: simpy.Event) -> None:
        """A shift opens where items wait (S5), or they have waited for long enough (H2, B2)."""
        for teams in desk.takers.values():
            for team in teams:
                if team.idle and team.something_waits():
                    self.mark(team)
        if self.helpers:
            self.give_out_soon()

    def start(self, items: list[WorkItem], index: int) -> None:
        """Begin an item, or a batch: all ends are known, for calendars and outages are (T3, T4).

        What the person would not have ended when an absence begins, goes back then (P3).
        """
        now, activity = self.env.now, items[0].activity
        calendar = self.shifts.calendar_of[index]
        away_from = self.shifts.away_from[index]
        spell = Spell(
            index,
            now,
            next((at for at in away_from if at > now), NEVER) if away_from else NEVER,
            on(self.model.staff[index].speed, day_of(now)),  # V1
            self.hours.of(None if activity.finish else calendar, activity.systems),
            None if activity.finish else self.shifts.calendars[calendar],
        )
        back = spell.begin_batch(items, activity.batch) if activity.batch else spell.begin(items[0])
        for item in items:
            self.in_hand.add(item)
            if item.ended_at != NOT_YET:
                self.env.schedule(item, delay=item.ended_at - now)
        of_measured = self._counts(spell.new, now)
        n_measured = sum(self._is_measured(item) for item in items)
        row = (index, items[0].at, len(spell.new), now, spell.until, len(items), n_measured)
        self.spells.append((*row, *of_measured))
        if back:
            callback = partial(self.hand_back, back, index)
            self.env.timeout(spell.away_at - now).callbacks.append(callback)

    def _is_measured(self, item: WorkItem) -> bool:
        return self.model.warm_up_ends_at <= item.case.arrives_at < self.model.measured_until

    def _counts(self, new: list[WorkItem], now: int) -> tuple[int, int, int]:
        """Of items begun, those of measured cases, those with a due day, and on the last day."""
        mine = [item for item in new if self._is_measured(item)]
        last = [item.case.is_last_day(item.activity.dossier, now) for item in mine]
        return len(mine), len(last) - last.count(None), last.count(True)

    def hand_back(self, items: list[WorkItem], index: int, _: simpy.Event) -> None:
        """An absence begins: what the person has in hand goes back to its line (P3)."""
        for item in items:
            self.in_hand.remove(item)
            item.handed_back_at = self.env.now
            self.wait(item, BEFORE_ALL)
        self.free(index)

    def rows(self) -> list[tuple[int, ...]]:
        """The rows of all items (K3), of those that wait or are in hand at the end, too (K4)."""
        lines = [line for desk in self.desks for some in desk.lines.values() for line in some]
        waiting = [row[-1] for line in lines for row in line.rows]
        for item in (*self.in_hand, *waiting):
            item.ended_at = NOT_YET
            self.items.append(item.row())
        return self.items


def _first_idle(team: Team) -> int:
    return team.idle[0]


def _office(desk: Desk) -> int:
    return desk.office
