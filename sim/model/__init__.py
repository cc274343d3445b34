"""What an engine reads: every default filled, names turned into indices, time in microseconds.

A model refuses to know where it came from: no file, no lever, no variant.  Elements point at each
other by their index in :attr:`Model.elements`; :data:`LEAVE` stands for the way out of a flow.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.absences import Absence
from sim.arrivals import CaseTable
from sim.calendars import Calendar, open_between
from sim.demand import Demand
from sim.distributions import Sampler
from sim.legal import WorkingDays
from sim.model.costs import Costs as Costs
from sim.model.elements import (
    Activity as Activity,
)
from sim.model.elements import (
    Applicant as Applicant,
)
from sim.model.elements import (
    Appointment as Appointment,
)
from sim.model.elements import (
    Batch as Batch,
)
from sim.model.elements import (
    Choice as Choice,
)
from sim.model.elements import (
    ClockEnd as ClockEnd,
)
from sim.model.elements import (
    ClockResume as ClockResume,
)
from sim.model.elements import (
    ClockStart as ClockStart,
)
from sim.model.elements import (
    ClockStop as ClockStop,
)
from sim.model.elements import (
    Delay as Delay,
)
from sim.model.elements import (
    Element as Element,
)
from sim.model.elements import (
    End as End,
)
from sim.model.elements import (
    Extend as Extend,
)
from sim.model.elements import (
    Fork as Fork,
)
from sim.model.elements import (
    Join as Join,
)
from sim.model.elements import (
    Option as Option,
)
from sim.model.elements import (
    Payment as Payment,
)
from sim.model.elements import (
    Timetable as Timetable,
)
from sim.model.elements import (
    Transfer as Transfer,
)
from sim.model.ledger import LedgerPart as LedgerPart
from sim.model.series import Series as Series
from sim.model.text import fingerprint, plain
from sim.outages import System

LEAVE = -1
"""The next element of the last element of a flow: the token leaves, the case is completed."""

BUNDLE = -2
"""Stands for the clock of the whole bundle where a procedure is asked for."""

NO_DOSSIER = -1
"""The dossier of an activity that belongs to no procedure."""


class Outcome(IntEnum):
    """How a case stands.  Outcomes that a scenario names itself follow from 3 on."""

    OPEN = 0
    COMPLETED = 1
    REJECTED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedLimit:
    """A limit in working days by the day of receipt (L7): ``days[i]`` from ``from_days[i]`` on."""

    from_days: tuple[int, ...]
    days: tuple[int, ...]

    def on(self, day: int) -> int | None:
        """The limit in force on a day (index since the start date); None before the first."""
        position = bisect_right(self.from_days, day) - 1
        return self.days[position] if position >= 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """One public service; ``cut_off`` in microseconds after midnight (L1)."""

    name: str
    label: str
    cut_off: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Procedures that one life event links; ``cut_off`` as for a procedure."""

    name: str
    label: str
    procedures: tuple[int, ...]
    cut_off: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What a regime and a channel give to the cases of a bundle (F1).

    ``limits`` has one entry for each procedure of the model, None where the law sets none.
    """

    name: str
    bundle: int
    regime: str
    channel: int
    start: int
    limits: tuple[DatedLimit | None, ...]
    bundle_limit: DatedLimit | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A place with staff.  ``parent`` is -1 at the top; to wait while it is open is queue (K2)."""

    name: str
    label: str
    level: int
    parent: int
    calendar: int


class Order(IntEnum):
    """Which of the items of one priority that wait for a role is the first (S4, H5)."""

    FIRST_COME = 0
    EARLIEST_DUE = 1
    LATEST_COME = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """Help between offices (B2): ``group_of`` gives each office its group, -1 for none.

    An item may be taken elsewhere once it has waited ``after`` (microseconds of open time).
    """

    group_of: tuple[int, ...]
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What an activity asks for, at one level of offices."""

    name: str
    label: str
    level: int
    order: Order
    help: Help | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """One person; ``speed`` divides service times (S6).

    ``full_time`` is the calendar of somebody full time, of which a part-time person is on duty for
    a share (S8); -1 where it is ``calendar`` itself.
    ``stream`` is the key of the draws of the person's spells of absence, of which ``absence``
    is the index of the kind, -1 for none (P1); ``away`` are planned ones (P2).
    """

    name: str
    office: int
    roles: tuple[int, ...]
    calendar: int
    speed: float | Series
    full_time: int = -1
    stream: int = 0
    absence: int = -1
    away: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A named property of cases and its values."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """A resolved scenario.

    Times are microseconds since midnight of ``start``.  Cases that arrive in
    ``[warm_up_ends_at, measured_until)`` are measured; the run goes on to ``horizon`` so that they
    can end.  ``office_at[o, level]`` is the office above (or at) ``o`` on a level, -1 for none.
    ``case_list`` has the cases that are listed one by one: a log of filings, a backlog.
    """

    title: str
    start: date
    warm_up_ends_at: int
    measured_until: int
    horizon: int
    calendars: tuple[Calendar, ...]
    timetables: tuple[tuple[int, ...], ...]
    working_days: WorkingDays
    systems: tuple[System, ...]
    samplers: tuple[Sampler, ...]
    levels: tuple[str, ...]
    offices: tuple[Office, ...]
    office_at: NDArray[np.int64]
    roles: tuple[Role, ...]
    staff: tuple[Staff, ...]
    channels: tuple[str, ...]
    properties: tuple[Property, ...]
    procedures: tuple[Procedure, ...]
    bundles: tuple[Bundle, ...]
    outcomes: tuple[str, ...]
    flows: tuple[Flow, ...]
    elements: tuple[Element, ...]
    demands: tuple[Demand, ...]
    case_list: CaseTable | None
    absences: tuple[Absence, ...] = ()
    costs: Costs | None = None

    def expected_cases(self, bundles: Collection[str] = ()) -> float:
        """How many cases a run has on average: of the named bundles, or of all."""
        wanted = [not bundles or bundle.name in bundles for bundle in self.bundles]
        by_chance = sum(float(d.means.sum()) for d in self.demands if wanted[d.bundle])
        if self.case_list is None:
            return by_chance
        is_wanted = np.array([wanted[flow.bundle] for flow in self.flows], bool)
        return by_chance + float(np.count_nonzero(is_wanted[self.case_list.flow]))

    def is_measured(self, at: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which instants lie in the measured window, its end excluded."""
        return (at >= self.warm_up_ends_at) & (at < self.measured_until)

    def open_between(
        self, calendar: NDArray[np.int64], a: NDArray[np.int64], b: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """The open time from ``a`` to ``b``, row by row, by each row's calendar (T2)."""
        return open_between(self.calendars, calendar, a, b)

    def fingerprint(self) -> str:
        """SHA-256 of all that the model says: two models of one fingerprint run alike."""
        return _fingerprint(self)

    def to_json(self, *, longest: int = 24) -> str:
        """The model as JSON for a reviewer; lists of numbers beyond ``longest`` are shortened."""
        return json.dumps(plain(self, longest=longest), ensure_ascii=False, indent=2)


@lru_cache(maxsize=64)  # each run of a model asks for it
def _fingerprint(model: Model) -> str:
    return fingerprint(model)
