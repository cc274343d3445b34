"""The story of one case: what happened to it, event by event, with the time that each took."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias

from sim.answers.kept import KeptCase
from sim.errors import EngineError
from sim.language import say
from sim.records import CASES, LEDGER, NOT_YET, UNKNOWN

Parts: TypeAlias = tuple[int, ...]
"""Times by part of the time ledger (K2), in microseconds."""

NO_TIME: Final[Parts] = (0,) * len(LEDGER)


class Kind(StrEnum):
    """What an event is."""

    WORK = "work"
    APPLICANT = "applicant"
    WAIT = "wait"
    RECEIVED = "received"
    STOPPED = "stopped"
    RESUMED = "resumed"
    RESULT = "result"
    EXTENDED = "extended"
    PAID = "paid"
    SPLIT = "split"
    JOINED = "joined"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Who did a piece of work, and where; ``staff`` is empty and ``started_at`` None if nobody.

    ``is_batched`` says whether it waited for others to make a batch as well (H2).
    """

    role: str
    office: str
    staff: str
    started_at: int | None
    visit: int
    is_batched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a case.

    Parameters
    ----------
    step
        The name of the step.
    begins_at, ends_at
        Microseconds since midnight of the first day; ``ends_at`` is None where the run ended first.
    parts
        Where the time between went.
    branch
        Which of the things that went on side by side it belongs to, from 1: one number for each
        fork that it is in.
    is_counted
        Whether its time is in the ledger of the case: of branches, that is the last one (K2).
    subject
        The procedure of a clock, or the outcome of an end.
    number
        Working days of an extension, branches of a split, or the fee paid.
    is_in_time
        Whether the applicant did it in the time allowed (F7).
    """

    kind: Kind
    step: str
    begins_at: int
    ends_at: int | None
    parts: Parts
    branch: tuple[int, ...] = ()
    is_counted: bool = True
    work: Work | None = None
    subject: str = ""
    number: int = 0
    is_online: bool = False
    is_in_time: bool = True
    n_trips: int = 0
    n_given: int = 0
    n_copies: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A case of a study and what happened to it.

    Parameters
    ----------
    start
        The first day of the run, from which instants count.
    row
        Columns of the cases table that are numbers, as in :data:`sim.records.CASES`.
    events
        In the order of their beginning, branch by branch.
    lacking
        What the events do not tell, and why; empty where they tell all.
    """

    kept: KeptCase
    title: str
    seed: int
    start: dt.date
    bundle: str
    channel: str
    home: str
    outcome: str
    currency: str
    row: Mapping[str, int]
    events: tuple[Event, ...]
    lacking: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the case had not ended when the run did: then it has no ledger (K2)."""
        return self.row["ended_at"] == NOT_YET

    @property
    def ledger(self) -> Parts:
        """Where the time from arrival to end went."""
        return tuple(self.row[part] for part in LEDGER)

    @property
    def time(self) -> int:
        """Microseconds from arrival to end."""
        return self.row["ended_at"] - self.row["arrives_at"]


def check_sum(row: Mapping[str, int], events: Sequence[Event]) -> None:
    """Hold what events tell against the row of a case that has ended.

    Raises
    ------
    EngineError
        Their times are not those of its ledger, or these not the time from arrival to end.
    """
    counted = [event.parts for event in events if event.is_counted]
    sums = dict(zip(LEDGER, map(sum, zip(NO_TIME, *counted, strict=True)), strict=True))
    wrong = [name for name, time in sums.items() if time != row[name]]
    if wrong or sum(sums.values()) != row["ended_at"] - row["arrives_at"]:
        parts = ", ".join(wrong) or say("all of them together")
        raise EngineError(
            say(
                "the story of case {case} does not add up to its row: {parts}",
                case=row["case"],
                parts=parts,
            )
        )


def as_numbers(row: Mapping[str, Any], start: dt.date) -> dict[str, int]:
    """The columns of a kept row that are numbers, as in the records of a run.

    Parameters
    ----------
    start
        The first day of the run.
    """
    midnight = dt.datetime.combine(start, dt.time())
    microsecond = dt.timedelta(microseconds=1)
    numbers: dict[str, int] = {}
    for name in CASES:
        value = row[name]
        if isinstance(value, dt.datetime):
            numbers[name] = (value - midnight) // microsecond
        elif isinstance(value, dt.date):
            numbers[name] = (value - start).days
        elif isinstance(value, dt.timedelta):
            numbers[name] = value // microsecond
        elif value is None:
            numbers[name] = NOT_YET if name.endswith("_at") else UNKNOWN
        elif isinstance(value, int):
            numbers[name] = value
    return numbers
