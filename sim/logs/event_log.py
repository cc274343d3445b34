"""What an event log is: a row each performance of a step, and a row each case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

WORK: Final[Mapping[str, str]] = {
    "case": "the case that it belongs to",
    "step": "the step that was done",
    "dossier": "the procedure whose dossier it belongs to, empty if the log does not say",
    "officer": "who did it, empty if nobody is named",
    "role": "as what, empty if the log does not say",
    "office": "at which office, empty if the log does not say",
    "ready_at": "instant at which it could begin, empty if the log does not say",
    "started_at": "instant at which it was begun, empty if the log does not say",
    "ended_at": "instant at which it ended, empty if it is open",
    "row": "row of the file in which it stands, from 1; of XES and OCEL the number of the event",
}
"""Columns of the work of a log and what they mean, in the order of cases and, in each, of time."""

CASES: Final[Mapping[str, str]] = {
    "case": "what the log calls it",
    "bundle": "the bundle or procedure, empty if the log does not say",
    "channel": "how it was filed, empty if the log does not say",
    "home": "the office at which it was filed, empty if the log does not say",
    "filed_at": "instant of filing, empty if the log does not say",
    "due_on": "the last day in time, empty if the log does not say",
    "done_at": "instant of the last result, empty if the log does not say",
    "closed_at": "instant at which the case ended, empty if the log does not say",
    "outcome": "how it ended, empty if the log does not say",
}
"""Columns of the cases of a log and what they mean; each property follows as ``property_NAME``."""

PROPERTY: Final = "property_"
"""What the columns of properties begin with."""

INSTANT: Final = "datetime64[us]"
"""Instants are local time without a zone, to the microsecond (T1)."""

WORK_INSTANTS: Final = ("ready_at", "started_at", "ended_at")
CASE_INSTANTS: Final = ("filed_at", "due_on", "done_at", "closed_at")


class Flaw(StrEnum):
    """What can be wrong with the data of a log and still leaves a log."""

    UNREADABLE = "unreadable"
    NO_CASE = "no_case"
    NO_STEP = "no_step"
    DIFFERING = "differing"
    IN_UTC = "in_utc"
    ZONES = "zones"
    ZONE_MISSING = "zone_missing"
    OTHER_LIFECYCLE = "other_lifecycle"
    NO_STARTS = "no_starts"
    MISSING_STARTS = "missing_starts"
    MISSING_ENDS = "missing_ends"
    NO_INSTANT = "no_instant"
    ENDS_BEFORE_STARTS = "ends_before_starts"
    EQUAL_INSTANTS = "equal_instants"
    AT_ONE_INSTANT = "at_one_instant"
    NIGHTS = "nights"
    DATES_ONLY = "dates_only"
    ONE_ACCOUNT = "one_account"
    LENT_ACCOUNT = "lent_account"
    NO_OFFICERS = "no_officers"
    MISSING_OFFICERS = "missing_officers"
    GAPS = "gaps"
    DUPLICATES = "duplicates"
    SWAPPED = "swapped"
    FUTURE = "future"
    LONG_AGO = "long_ago"
    ONE_EVENT = "one_event"
    MANY_STEPS = "many_steps"
    ONE_CASE = "one_case"
    WORK_BEFORE_FILING = "work_before_filing"
    DUE_BEFORE_FILING = "due_before_filing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something wrong with the data: how often, out of how many, and where it stands first.

    Parameters
    ----------
    count, out_of
        Of what the flaw is of: rows, cases or days.
    row
        A row of the file that shows it, 0 where none does.
    example
        What stands there.
    """

    flaw: Flaw
    count: int
    out_of: int
    row: int = 0
    example: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventLog:
    """A register as performances of steps and cases.

    Parameters
    ----------
    name
        The file that it was read from.
    work
        A row each performance of a step, with the columns of :data:`WORK`; texts are categories,
        and the categories of ``case`` are the cases in their order.
    cases
        A row each case, with the columns of :data:`CASES` and those of properties.
    mapping
        The heading of the file from which each column comes.
    findings
        What reading it found wrong.
    """

    name: str
    work: pd.DataFrame
    cases: pd.DataFrame
    mapping: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def case_of(self) -> NDArray[np.int64]:
        """The row of the cases to which each row of the work belongs."""
        codes: NDArray[np.int64] = self.work["case"].cat.codes.to_numpy(np.int64)
        return codes

    @property
    def when(self) -> NDArray[np.datetime64]:
        """The instant by which work is put in order: when begun, else ended, else ready."""
        return instant_of(self.work)

    @property
    def has_starts(self) -> bool:
        """Whether the log says when work was begun: without that, how long it took is unknown."""
        return bool(self.work["started_at"].notna().any())


def instant_of(work: pd.DataFrame) -> NDArray[np.datetime64]:
    """The instant by which work is put in order: when begun, else ended, else ready."""
    found: NDArray[np.datetime64] = work["started_at"].to_numpy(INSTANT).copy()
    for column in ("ended_at", "ready_at"):
        missing = np.isnat(found)
        found[missing] = work[column].to_numpy(INSTANT)[missing]
    return found
