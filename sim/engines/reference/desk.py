"""The work of one office in a run of the reference engine: items, what waits, and who takes it."""

from __future__ import annotations

from collections import defaultdict
from heapq import heappop
from typing import Any, TypeAlias

import simpy

from sim.calendars import Calendar
from sim.engines.reference.case import Case, Ledger
from sim.model import Activity
from sim.records import NOT_YET, UNKNOWN, WORK_ITEMS, packer
from sim.units import NEVER

Environment: TypeAlias = Any
"""A ``simpy.Environment`` whose time is whole (T1), where SimPy's types allow for fractions."""

_packed = packer(WORK_ITEMS)

BEFORE_ALL = -(2**62)
"""Stands for an instant or a due day before every other one."""


class WorkItem(simpy.Event):
    """One performance of an activity for a case; the event is that it is done.

    ``left`` is the time of the work that remains, for somebody of the ``speed``.
    """

    _ok = True  # it will happen: as simpy.Timeout, it waits only to be scheduled
    _value = None
    ripe_at = NEVER  # it has waited long enough for others of its batch (H2)
    helped_at = NEVER  # it has waited long enough to be taken elsewhere (B2)
    speed = 1.0
    started_at = NOT_YET
    ended_at = NOT_YET
    staff = UNKNOWN
    frees = True  # with its end the person is free
    handed_back_at = NOT_YET

    def __init__(
        self,
        env: Environment,
        case: Case,
        at: int,
        activity: Activity,
        visit: int,
        service: int,
        desk: Desk,
        ledger: Ledger,
    ) -> None:
        self.env = env
        self.callbacks = []
        self.case = case
        self.at = at
        self.activity = activity
        self.visit = visit
        self.desk = desk
        self.ledger = ledger
        self.left = service
        self.ready_at: int = env.now

    def time_at(self, speed: float) -> int:
        """What remains for somebody of a speed (S6, P3)."""
        return self.left if speed == self.speed else round(self.left * self.speed / speed)

    def row(self) -> bytes:
        """The row of the work items table (K3)."""
        activity = self.activity
        return _packed(
            self.case.number, activity.dossier, self.at, activity.role, self.staff,
            self.desk.office, self.ready_at, self.started_at, self.ended_at, self.visit,
        )  # fmt: skip


class Line(list[tuple[int, int, int, int, WorkItem]]):
    """Items that wait for a role at an office, or there for a batch of one activity (H2).

    A heap by the order of rule S4, so that of two lines that comes first whose first item does.
    """

    __slots__ = ("batch_size", "takers")

    def __init__(self, batch_size: int = 0) -> None:
        self.batch_size = batch_size
        self.takers: list[Team] = []

    def can_be_taken_from(self, now: int) -> bool:
        """Whether something waits, and if it is for a batch, enough of it or long enough (H2)."""
        if not self.batch_size:
            return bool(self)
        return len(self) >= self.batch_size or any(row[-1].ripe_at <= now for row in self)

    def is_helped_with(self, now: int) -> bool:
        """Whether its first item may be taken by somebody of another office (B2)."""
        return self.can_be_taken_from(now) and self[0][-1].helped_at <= now

    def first_batch(self) -> list[WorkItem]:
        """Take the first items away, in order, or the first one."""
        return [heappop(self)[-1] for _ in self[: self.batch_size or 1]]


class Team:
    """The staff of an office with the same roles and the same shifts."""

    __slots__ = ("desk", "elsewhere", "idle", "lines", "only", "shift")

    def __init__(self, desk: Desk, shift: Calendar, lines: list[Line]) -> None:
        self.desk = desk
        self.shift = shift
        self.lines = lines  # of their roles
        is_plain = len(lines) == 1 and not lines[0].batch_size
        self.only = lines[0] if is_plain else None  # there is no other, nor a batch
        self.elsewhere: list[Line] = []  # those at other offices, where they help (B2)
        self.idle: list[int] = []  # a heap of staff indices (S3)

    def first_line(self, now: int) -> Line | None:
        """The line whose first item comes first, of those that can be taken from (S3, S4)."""
        return min((line for line in self.lines if line.can_be_taken_from(now)), default=None)

    def first_elsewhere(self, now: int) -> Line | None:
        """The line at another office whose first item may be taken, and comes first (B2)."""
        return min((line for line in self.elsewhere if line.is_helped_with(now)), default=None)


class Desk:
    """The work of one office: what waits for each role, and who could take it."""

    __slots__ = ("calendar", "changed", "lines", "office", "wakes_at")

    def __init__(self, office: int, calendar: Calendar) -> None:
        self.office = office
        self.calendar = calendar
        self.lines: defaultdict[int, Line] = defaultdict(Line)
        """By role, and behind the roles one for each activity that is done in batches."""
        self.changed: list[Team] = []  # teams that may have something to take now
        self.wakes_at = NEVER

    def add_team(self, lines: list[int], shift: Calendar) -> Team:
        """Let a team take what waits in some of the lines."""
        team = Team(self, shift, [self.lines[line] for line in lines])
        for line in team.lines:
            line.takers.append(team)
        return team
