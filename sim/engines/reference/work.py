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
from sim.engines.reference.spell import Post
from sim.engines.tables import SPELLS
from sim.errors import EngineError
from sim.language import say
from sim.model import Activity, Model, Order
from sim.records import NOT_YET, packer
from sim.units import NEVER

_packed_spell = packer(SPELLS)

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
        self.line_of: dict[int, int] = {}  # by activity, the line in which its items wait
        self.lines_of = [[role] for role in range(len(model.roles))]
        for at, element in enumerate(model.elements):
            if isinstance(element, Activity):
                self.line_of[at] = element.role
                if element.batch is not None:
                    self.line_of[at] = len(model.roles) + at
                    self.lines_of[element.role].append(self.line_of[at])
                    for desk in self.desks:
                        desk.lines[self.line_of[at]] = Line(element.batch.size)
        self.team_of: list[Team] = []
        self.teams: dict[tuple[int, tuple[int, ...], int], Team] = {}
        for index, member in enumerate(model.staff):
            calendar = shifts.calendar_of[index]
            key = (member.office, member.roles, calendar)
            if key not in self.teams:
                shift = shifts.calendars[calendar]
                lines = [line for role in member.roles for line in self.lines_of[role]]
                self.teams[key] = self.desks[member.office].add_team(lines, shift)
            heappush(self.teams[key].idle, index)
            self.team_of.append(self.teams[key])
        self.helpers = self._helpers()
        self.office_at: list[list[int]] = model.office_at.tolist()
        self.changed: list[Desk] = []
        self.all_moved = simpy.Event(env)  # used anew at each instant: one is enough
        self.all_moved._ok, self.all_moved._value = True, None
        self.posts: list[dict[int, Post]] = [{} for _ in model.staff]  # by activity
        self.whole: list[bytes] = []  # rows, of items each of which is a spell
        self.limited: list[tuple[int, bool]] = []  # of those with a due day: row, if on the last
        self.parts: list[bytes] = []  # rows, of other items
        self.spells: list[bytes] = []  # rows, of the spells of those
        self.goes_back: set[WorkItem] = set()  # what is in hand until an absence begins

    def _helpers(self) -> list[Team]:
        """Teams that help at other offices, once the lines there are named to them (B2)."""
        for (office, roles, _), team in self.teams.items():
            for role in roles:
                help_ = self.model.roles[role].help
                group = help_.group_of[office] if help_ is not None else -1
                for desk in self.desks:
                    is_near = group >= 0 and help_ and help_.group_of[desk.office] == group
                    if is_near and desk.office != office:
                        team.elsewhere += [desk.lines[line] for line in self.lines_of[role]]
        return [team for team in self.teams.values() if team.elsewhere]

    def offer(self, case: Case, at: int, activity: Activity, ledger: Ledger) -> WorkItem:
        """Let a work item wait at the office of the case on the activity's level (S1)."""
        role = self.model.roles[activity.role]
        visit = case.visit(at)
        if visit:
            case.n_returns += 1
        service = self.draws.time(activity.service, at, case, visit)
        office = self.office_at[case.home][role.level]
        if office < 0:
            raise EngineError(
                say(
                    "case {case} has no office on the level of '{name}'",
                    case=case.number,
                    name=activity.name,
                )
            )
        desk = self.desks[office]
        item = WorkItem(self.env, case, at, activity, visit, service, desk, ledger)
        first = item.ready_at
        if role.order:
            is_latest = role.order == Order.LATEST_COME
            first = -first if is_latest else case.due_day(activity.dossier, first)  # H5, S4
        self.wait(item, first)
        return item

    def wait(self, item: WorkItem, first: int) -> None:
        """Put an item into its line: ``first`` is an instant or a due day (S4)."""
        at, desk, activity = item.at, item.desk, item.activity
        line = desk.lines[self.line_of[at]]
        heappush(line, (-activity.priority, first, item.case.number, at, item))
        if activity.batch is not None or activity.pooled:
            self.look_later(item)
        for team in line.takers:
            if team.idle:
                self.mark(team)

    def look_later(self, item: WorkItem) -> None:
        """Wake the office when an item has waited long enough for others, or for help (H2, B2)."""
        now, desk, activity = self.env.now, item.desk, item.activity
        batch, help_ = activity.batch, self.model.roles[activity.role].help
        if batch is not None:
            calendar = self.model.calendars[batch.calendar]
            is_back = item.handed_back_at != NOT_YET
            item.ripe_at = now if is_back else calendar.add_open(now, batch.at_most)
            self.wake_at(item.ripe_at, desk)
        if help_ is not None and activity.pooled:
            item.helped_at = desk.calendar.add_open(now, help_.after)
            self.wake_at(item.helped_at, desk)
            self.mark_helpers()  # with this one the batch may be full

    def free(self, index: int) -> None:
        """A member of staff has nothing in hand any more."""
        team = self.team_of[index]
        heappush(team.idle, index)
        if team.elsewhere or any(team.lines):
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

    def mark_helpers(self) -> None:
        """Note that there may be something to take elsewhere: with one team all look (B2)."""
        if self.helpers:
            self.mark(self.helpers[0])

    def give_out_work(self, _: simpy.Event) -> None:
        """Let the offices where something changed give out work, in office order (S2)."""
        now = self.env.now
        changed, self.changed = self.changed, []
        if len(changed) > 1:
            changed.sort(key=_office)
        for desk in changed:
            self.give_out(desk, now)
        if self.helpers:
            self.help_out()

    def give_out(self, desk: Desk, now: int) -> None:
        """Give each idle member of staff on shift, in staff order, the first item it can take (S3).

        Taking an item leaves less for the others, so that the first in staff order who can take
        one, again and again, is the same as one pass over all of them.
        """
        teams, desk.changed = desk.changed, []
        able: list[Team] = []
        off_shift: list[Team] = []
        for team in teams:
            if team.idle:
                (able if team.shift.is_open(now) else off_shift).append(team)
        while able:
            team = able[0] if len(able) == 1 else min(able, key=_first_idle)
            line = team.first_line(now) if team.only is None else team.only
            if not line:
                able.remove(team)
                continue
            self.start(line, heappop(team.idle), now)
            if not team.idle:
                able.remove(team)
        if off_shift:
            self.wake_later(desk, [team.shift for team in off_shift if any(team.lines)])

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
                self.start(line, index, now)
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
        for line in desk.lines.values():
            for team in line.takers:
                if team.idle and any(team.lines):
                    self.mark(team)
        self.mark_helpers()

    def start(self, line: Line, index: int, now: int) -> None:
        """Begin an item: its end is known, for calendars and outages are (T3, T4, S6)."""
        item = line[0][-1]
        post = self.posts[index].get(item.at) or self.post(index, item)
        if line.batch_size or post.away_from or item.handed_back_at != NOT_YET:
            self.start_part(line, post, now)
            return
        heappop(line)
        time = item.left if post.speed == 1.0 else item.time_at(post.speed_on(now))
        item.ended_at = post.hours.add_open(now, time)
        post.book(item, now, time, time, item.ended_at)
        if item.case.bundle_clock is not None:
            is_last = item.case.is_last_day(item.activity.dossier, now)
            if is_last is not None:
                self.limited.append((len(self.whole), is_last))
        self.whole.append(item.row())
        self.env.schedule(item, delay=item.ended_at - now)

    def start_part(self, line: Line, post: Post, now: int) -> None:
        """Begin a batch, or an item that may go from hand to hand.

        What the person would not have ended when an absence begins, goes back then (P3).
        """
        items = line.first_batch()
        until = post.begin(items, now)
        new = [item for item in items if item.started_at == now]
        n_measured = sum(item.case.is_measured for item in items)
        row = (post.staff, items[0].at, len(new), now, until, len(items), n_measured)
        self.spells.append(_packed_spell(*row, *self._counts(new, now)))
        back = [item for item in items if item.ended_at == NOT_YET]
        for item in items:
            if item not in back:
                self.parts.append(item.row())
                self.env.schedule(item, delay=item.ended_at - now)
        if back:
            self.goes_back.update(back)
            callback = partial(self.hand_back, back, post.staff)
            self.env.timeout(until - now).callbacks.append(callback)

    def post(self, index: int, item: WorkItem) -> Post:
        """The post of a member of staff at the activity of an item."""
        activity = item.activity
        calendar = None if activity.finish else self.shifts.calendar_of[index]
        post = self.posts[index][item.at] = Post(
            index,
            self.model.staff[index].speed,
            self.shifts.away_from[index],
            self.hours.of(calendar, activity.systems),
            None if calendar is None else self.shifts.calendars[calendar],
        )
        return post

    def _counts(self, new: list[WorkItem], now: int) -> tuple[int, int, int]:
        """Of items begun, those of measured cases, those with a due day, and on the last day."""
        mine = [item for item in new if item.case.is_measured]
        last = [item.case.is_last_day(item.activity.dossier, now) for item in mine]
        return len(mine), len(last) - last.count(None), last.count(True)

    def hand_back(self, items: list[WorkItem], index: int, _: simpy.Event) -> None:
        """An absence begins: what the person has in hand goes back to its line (P3)."""
        self.goes_back.difference_update(items)
        for item in items:
            item.handed_back_at = self.env.now
            self.wait(item, BEFORE_ALL)
        self.free(index)

    def end(self) -> None:
        """Record the items that have no end at the end of the run, too (K4)."""
        waiting = [row[-1] for desk in self.desks for line in desk.lines.values() for row in line]
        self.parts += [item.row() for item in (*self.goes_back, *waiting)]


def _first_idle(team: Team) -> int:
    return team.idle[0]


def _office(desk: Desk) -> int:
    return desk.office
