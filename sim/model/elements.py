"""The elements of a flow: what may happen to a case between two others.

They are a closed set, :data:`Element`: who asks an element for its kind asks for each of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from sim.model.ledger import LedgerPart
from sim.model.series import Series
from sim.streams import ELEMENT_BITS, name_key


def effort_name(name: str) -> str:
    """The name to which the draw of the applicant's own hours in an element belongs (R1)."""
    return f"{name}:effort"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What every element has.

    ``key`` is the 32-bit hash of the name, to which the draws belong (R1), so that elements of
    one name in two regimes share their draws.  ``then`` is the next element, or ``LEAVE``.
    """

    name: str
    key: int
    then: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """How items of an activity are worked on together (H2).

    ``size`` items make a batch; ``at_most`` is how long an item waits for one (microseconds,
    counted on a calendar); ``setup`` is the time of its preparation (microseconds); with
    ``together`` all items end with the last.
    """

    size: int
    at_most: int
    calendar: int
    setup: int
    together: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Node):
    """A step that needs a member of staff (S1).

    ``service`` is a sampler's index; ``systems`` are what the work needs (T4); ``finish`` is
    overtime at closing (T3); ``dossier`` is a procedure's index or ``NO_DOSSIER``; ``pooled`` work
    can be done at another office (B2).
    """

    role: int
    service: int
    systems: tuple[int, ...]
    finish: bool
    priority: int
    dossier: int
    batch: Batch | None = None
    pooled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant(Node):
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
    n_copies: int = 0

    @property
    def effort_key(self) -> int:
        """The key to which the draw of ``effort`` belongs, as ``key`` is that of ``time``."""
        return name_key(effort_name(self.name), ELEMENT_BITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay(Node):
    """A drawn time, counted on a calendar (F2) and booked to a part of the ledger."""

    time: int
    calendar: int
    part: LedgerPart = LedgerPart.DELAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Node):
    """Data under way over systems: it makes progress only while all of them are up (T4)."""

    time: int
    systems: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment(Node):
    """Passes at the later of now and the opening of the due day of a clock (F3).

    ``days_before`` are working days by which it passes earlier: a day before which work is not
    begun (H3).
    """

    clock: int
    days_before: int = 0
    part: LedgerPart = LedgerPart.APPOINTMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable(Node):
    """Passes at the next listed instant, now included (F4, H1)."""

    instants: int
    part: LedgerPart = LedgerPart.TIMETABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way out of a choice.

    It is eligible if ``property`` is -1 or the case's value of it is among ``values``; its
    ``share`` is compared in the written order (R2).
    """

    share: float | Series
    property: int
    values: tuple[int, ...]
    target: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Node):
    """Takes the first eligible option whose cumulated share exceeds the draw, else ``then``."""

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork(Node):
    """Makes one token for each branch (F5); ``then`` is its join."""

    branches: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Join(Node):
    """Passes when all branches of the case have come (F5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStart(Node):
    """The dossier of a procedure is received: its legal clock starts (L1)."""

    procedure: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStop(Node):
    """The legal clock of a procedure, and with it the bundle's, waits for a supplement (L4)."""

    procedure: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockResume(Node):
    """The supplement is received: the clocks go on (L4)."""

    procedure: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockEnd(Node):
    """The result of a procedure is there."""

    procedure: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend(Node):
    """Adds working days to the limit of a clock (L5)."""

    clock: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(Node):
    """A fee is paid, online or at the counter (M1): whole units of the currency, by day."""

    fee: Series
    is_online: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class End(Node):
    """Ends the case, or inside a fork its branch, with an outcome (F7, F8)."""

    outcome: int


Element: TypeAlias = (
    Activity
    | Applicant
    | Delay
    | Transfer
    | Appointment
    | Timetable
    | Choice
    | Fork
    | Join
    | ClockStart
    | ClockStop
    | ClockResume
    | ClockEnd
    | Extend
    | Payment
    | End
)
"""A place in a flow, of any kind."""
