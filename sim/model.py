"""What an engine reads: every default filled, names turned into indices, time in microseconds.

A model refuses to know where it came from: no file, no lever, no variant.  Elements point at each
other by their index in :attr:`Model.elements`; :data:`LEAVE` stands for the way out of a flow.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import IntEnum
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.arrivals import CaseTable, Demand, Profile
from sim.calendars import Calendar
from sim.distributions import Sampler
from sim.legal import WorkingDays
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


class Part(IntEnum):
    """The parts of the time ledger (K2), in the order of its columns."""

    SERVICE = 0
    QUEUE = 1
    CLOSED = 2
    TIMETABLE = 3
    TRANSFER = 4
    OUTAGE = 5
    APPLICANT = 6
    APPOINTMENT = 7
    DELAY = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A place in a flow.

    ``key`` is the 32-bit hash of the name, to which the draws belong (R1), so that elements of
    one name in two regimes share their draws.  ``then`` is the next element, or ``LEAVE``.
    """

    name: str
    key: int
    then: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Element):
    """A step that needs a member of staff (S1).

    ``service`` is a sampler's index; ``systems`` are what the work needs (T4); ``finish`` is
    overtime at closing (T3); ``dossier`` is a procedure's index or ``NO_DOSSIER``.
    """

    role: int
    service: int
    systems: tuple[int, ...]
    finish: bool
    priority: int
    dossier: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant(Element):
    """Time in the applicant's hands, counted on a calendar.

    ``effort`` is the sampler of the applicant's own hours in it, -1 where all of ``time`` is own
    time.  With ``within`` (working days, -1 for none) a longer time ends at the close of the last
    day allowed, and the token goes to ``late`` (F7).
    """

    time: int
    calendar: int
    effort: int
    n_trips: int
    n_given: int
    within: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay(Element):
    """A drawn time, counted on a calendar (F2)."""

    time: int
    calendar: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Element):
    """Data under way over systems: it makes progress only while all of them are up (T4)."""

    time: int
    systems: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment(Element):
    """Passes at the later of now and the opening of the due day of a clock (F3)."""

    clock: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable(Element):
    """Passes at the next listed instant, now included (F4)."""

    instants: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way out of a choice.

    It is eligible if ``property`` is -1 or the case's value of it is among ``values``; its
    ``share`` is compared in the written order (R2).
    """

    share: float
    property: int
    values: tuple[int, ...]
    target: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Element):
    """Takes the first eligible option whose cumulated share exceeds the draw, else ``then``."""

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork(Element):
    """Makes one token for each branch (F5); ``then`` is its join."""

    branches: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Join(Element):
    """Passes when all branches of the case have come (F5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStart(Element):
    """The dossier of a procedure is received: its legal clock starts (L1)."""

    procedure: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStop(Element):
    """The legal clock of a procedure, and with it the bundle's, waits for a supplement (L4)."""

    procedure: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockResume(Element):
    """The supplement is received: the clocks go on (L4)."""

    procedure: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockEnd(Element):
    """The result of a procedure is there."""

    procedure: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend(Element):
    """Adds working days to the limit of a clock (L5)."""

    clock: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class End(Element):
    """Ends the case, or inside a fork its branch, with an outcome (F7, F8)."""

    outcome: int


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What an activity asks for, at one level of offices."""

    name: str
    label: str
    level: int
    earliest_due_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """One person; ``speed`` divides service times (S6)."""

    name: str
    office: int
    roles: tuple[int, ...]
    calendar: int
    speed: float


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
    given: CaseTable | None

    def expected_cases(self, bundles: Collection[str] = ()) -> float:
        """How many cases a run has on average: of the named bundles, or of all."""
        wanted = [not bundles or bundle.name in bundles for bundle in self.bundles]
        drawn = sum(float(d.means.sum()) for d in self.demands if wanted[d.bundle])
        if self.given is None:
            return drawn
        return drawn + float(np.count_nonzero(np.array(wanted)[self.given.bundle]))

    def fingerprint(self) -> str:
        """SHA-256 of all that the model says: two models of one fingerprint run alike."""
        return _fingerprint(self)

    def to_json(self, *, longest: int = 24) -> str:
        """The model as JSON for a reviewer; lists of numbers beyond ``longest`` are shortened."""
        return json.dumps(plain(self, longest=longest), ensure_ascii=False, indent=2)


@lru_cache(maxsize=64)  # each run of a model asks for it
def _fingerprint(model: Model) -> str:
    texts = {each.name: getattr(model, each.name) for each in fields(model)}
    for name, value in texts.items():
        is_long = name in ("offices", "staff")
        texts[name] = _text_of_shared(_Part(value)) if is_long else _text(value)
    text = ",".join(f'"{name}":{text}' for name, text in texts.items())
    return hashlib.sha256(f"{{{text}}}".encode()).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A part of a model that is equal to itself alone: 1 and 1.0 are equal, and not one text."""

    value: Any

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Part) and other.value is self.value


@lru_cache(maxsize=8)  # the cells of a study share these parts, which have the most records
def _text_of_shared(part: _Part) -> str:
    return _text(part.value)


def _text(value: Any) -> str:
    return json.dumps(
        _digested(value) if isinstance(value, tuple) else value,
        default=_said,
        ensure_ascii=False,
        separators=(",", ":"),
        check_circular=False,
    )


_LONG = 64


def _said(value: Any) -> Any:
    """What JSON can hold of a value that it does not know."""
    kind = type(value)
    if kind is Calendar or kind is Profile or kind is Sampler:
        return _lasting(value)
    if is_dataclass(kind):
        return _parts_of(value)
    if isinstance(value, np.ndarray):
        return _digest(value)
    return value.isoformat() if isinstance(value, date) else value.item()


@lru_cache(maxsize=1024)  # the cells of a study share most of them, and digests take long
def _lasting(value: Calendar | Profile | Sampler) -> dict[str, Any]:
    return _parts_of(value)


def _parts_of(value: Any) -> dict[str, Any]:
    """The fields of a dataclass; an array is the digest of its bytes."""
    said = {"is": type(value).__name__} if isinstance(value, Element) else {}
    for name in value.__dataclass_fields__:
        part = getattr(value, name)
        if isinstance(part, tuple):
            part = _digested(part)
        elif isinstance(part, np.ndarray):
            part = _digest(part)
        said[name] = part
    return said


def _digested(parts: tuple[Any, ...]) -> Any:
    """A tuple, but each long one of whole numbers in it as its digest, which says as much."""
    if parts and isinstance(parts[0], tuple):
        return [_digested(each) for each in parts]
    if len(parts) > _LONG and isinstance(parts[0], int):
        return _digest(np.array(parts))
    return parts


def _digest(array: NDArray[Any]) -> str:
    content = f"{array.dtype}{array.shape}".encode() + array.tobytes()
    return hashlib.sha256(content).hexdigest()


def plain(value: Any, *, longest: int) -> Any:
    """Turn a model, or a part of it, into what JSON can hold, for people to read.

    Elements carry their class as ``is``; numbers beyond ``longest`` in one list give way to a
    count.
    """
    if isinstance(value, (list, tuple)):
        shown = value
        if len(value) > longest and isinstance(value[0], (int, float)):
            shown = [*value[:longest], f"and {len(value) - longest} more"]
        return [plain(item, longest=longest) for item in shown]
    if isinstance(value, np.ndarray):
        return plain(value.tolist(), longest=longest)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        head = {"is": type(value).__name__} if isinstance(value, Element) else {}
        return head | {
            each.name: plain(getattr(value, each.name), longest=longest) for each in fields(value)
        }
    return value
