"""The work of one office in a run of the reference engine: items, what waits, and who takes it."""

from __future__ import annotations

from collections import defaultdict
from heapq import heappop
from typing import Any, TypeAlias

import simpy

from sim.calendars import Calendar
from sim.engines.reference.case import Case
from sim.model import Activity
from sim.records import NOT_YET, UNKNOWN
from sim.units import NEVER

Environment: TypeAlias = Any
"""A ``simpy.Environment`` whose time is whole (T1), where SimPy's types allow for fractions."""


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

    def add_team(self, roles: tuple[int, ...], shift: Calendar) -> Team:
        """Let a team take what waits for its roles."""
        team = Team(self, shift, [self.waiting[role] for role in roles])
        for role in roles:
            self.takers[role].append(team)
        return team
