"""What a run leaves (K1): tables in columns, in one order of rows whatever the engine.

A table is a mapping from column to array, all of one length: instants and times of 64 bits, indices
and counts of 32 or 64.  No statistics here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

Table = Mapping[str, NDArray[np.int64]]

UNKNOWN = -1
"""An index, a day or a count that there is none of."""

NOT_YET = -(2**62)
"""An instant that has not come by the end of the run."""

LEDGER: Mapping[str, str] = {
    "service_time": "being worked on",
    "queue_time": "waiting for staff while the office is open",
    "closed_time": "waiting or paused while the office is closed",
    "timetable_time": "waiting for a set time, such as a courier",
    "transfer_time": "under way between systems",
    "outage_time": "held up by a system that is down or slow",
    "applicant_time": "in the applicant's hands",
    "appointment_time": "waiting for the day on the result slip",
    "delay_time": "in other delays",
    "unseen_time": "until somebody looks in",
    "held_time": "held back until shortly before it is due",
    "batch_time": "in a batch, while its others are worked on",
    "absence_time": "put down by somebody who is away",
}
"""Columns of the time ledger (K2) and what the time goes by in, in the order of the model's parts.

0 for an open case.
"""

CASES: Mapping[str, str] = {
    "case": "number of the case: its row in the table of cases",
    "bundle": "index of the bundle",
    "channel": "index of the channel the applicant filed on",
    "flow": "index of the flow",
    "home": "index of the home office",
    "arrives_at": "instant at which the case begins (microseconds)",
    "ended_at": "instant at which it ended, NOT_YET if open (microseconds)",
    "outcome": "index of the outcome, 0 if open",
    "received_at": "instant of filing of the first dossier, NOT_YET if none (microseconds)",
    "received_day": "day of receipt of the bundle by L1 (days since the start date)",
    "done_at": "instant of the last result, NOT_YET unless the case is completed (microseconds)",
    "limit_days": "limit of the bundle with extensions, -1 for none (working days)",
    "stopped_days": "working days for which the bundle's clock stood still (L4)",
    "working_days": "working days by L6, -1 unless the case is completed",
    "n_returns": "work items at an activity to which the case had come before",
    "n_trips": "trips of the applicant",
    "n_given": "times the applicant gave the information",
    "own_time": "the applicant's own hours (microseconds)",
    "n_copies": "copies that the applicant made",
    "n_paid": "fees paid",
    "n_paid_online": "fees paid online",
    "fees": "sum of the fees paid (units of the currency)",
    **{part: f"time {words} (microseconds)" for part, words in LEDGER.items()},
}
"""Columns of the cases table and what they mean; one row a case, by case number."""

DOSSIERS: Mapping[str, str] = {
    "case": "number of the case",
    "procedure": "index of the procedure",
    "received_at": "instant of filing (microseconds)",
    "received_day": "day of receipt by L1 (days since the start date)",
    "done_at": "instant of the result, NOT_YET if there is none (microseconds)",
    "limit_days": "limit with extensions, -1 for none (working days)",
    "stopped_days": "working days for which the clock stood still (L4)",
    "working_days": "working days by L6, -1 if there is no result",
}
"""Columns of the dossiers table; one row a dossier received, by case and procedure."""

WORK_ITEMS: Mapping[str, str] = {
    "case": "number of the case",
    "dossier": "index of the procedure whose dossier it belongs to, -1 for none",
    "activity": "index of the element",
    "role": "index of the role asked for",
    "staff": "index of the member of staff who had it last, -1 if it was not begun",
    "office": "index of the office",
    "ready_at": "instant at which it could begin (microseconds)",
    "started_at": "instant at which it was first begun, NOT_YET if it was not (microseconds)",
    "ended_at": "instant at which it ended, NOT_YET if open (microseconds)",
    "visit": "how often the case had come to the activity before",
}
"""Columns of the work items table (K3); one row an item, by ready_at, case, activity, visit."""

STAFF: Mapping[str, str] = {
    "staff": "index of the member of staff",
    "office": "index of the office",
    "n_items": "work items begun in the measured window",
    "on_shift_time": "time on shift in the measured window (microseconds)",
    "busy_time": "time on shift with an item in hand in the measured window (microseconds)",
    "overtime": "time with an item in hand after closing, finishing it (T3; microseconds)",
}
"""Columns of the staff table; one row a member of staff."""

QUEUES: Mapping[str, str] = {
    "role": "index of the role",
    "office": "index of the office",
    "n_ready": "work items that became ready in the measured window",
    "n_waiting": "those of them that were not begun by the end of the run",
    "n_at_once": "those of them that were begun before the office was open for any time",
    "n_begun": "work items begun in the measured window",
}
"""Columns of the queues table; one row for each role at each office of its level, in this order."""

ACTIVITIES: Mapping[str, str] = {
    "activity": "index of the element",
    "n_begun": "work items of measured cases that were begun",
    "work_time": "time for which staff had those in hand, on shift or in overtime (microseconds)",
    "n_limited": "those begun under a legal limit",
    "n_last_day": "those begun with at most one working day left to the due day",
}
"""Columns of the activities table; one row each, of measured cases up to the horizon."""

ELEMENTS: Mapping[str, str] = {
    "element": "index of the element",
    "n_passes": "times that measured cases came to it",
    "stay_time": "time for which they stayed, at an activity until they were begun (microseconds)",
}
"""Columns of the elements table; one row each, of measured cases up to the horizon.

At an activity the time is that of the items that were begun.
"""


_SELDOM = frozenset(
    {"n_copies", "n_paid", "n_paid_online", "fees"}
    | {"unseen_time", "held_time", "batch_time", "absence_time"}
)
"""Columns of cases that are 0 throughout unless a model has what they count."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """One replication: its tables, and where they came from.

    ``waits`` are the times for which the items that became ready in the measured window waited
    while their office was open (microseconds), of those that were begun, but not at once: queue
    by queue in the order of ``queues``, ascending in each.  ``properties`` of the cases have shape
    (rows of cases, n properties); ``n_cases`` counts those left out of the tables, too.
    """

    fingerprint: str
    seed: int
    replication: int
    engine: str
    cases: Table
    dossiers: Table
    work_items: Table
    staff: Table
    queues: Table
    activities: Table
    elements: Table
    waits: NDArray[np.int64]
    properties: NDArray[np.integer[Any]]
    n_cases: int

    def digest(self) -> str:
        """SHA-256 over all tables: two runs with equal rows and digits have one digest (E1)."""
        whole = hashlib.sha256()
        waits = {"waits": self.waits}
        of_cases = (self.cases, self.dossiers, self.work_items)
        counted = self.staff, self.queues, waits, self.activities, self.elements
        for table in (*of_cases, *counted):
            for name, column in table.items():
                if name in _SELDOM and not column.any():
                    continue  # what a model has no use for leaves no trace
                whole.update(name.encode())
                whole.update(np.ascontiguousarray(column, dtype=np.int64).tobytes())
        return whole.hexdigest()


def n_waits(queues: Table) -> NDArray[np.int64]:
    """How many waits each queue has: of those that became ready, were begun, and not at once."""
    return queues["n_ready"] - queues["n_waiting"] - queues["n_at_once"]


def packer(columns: Mapping[str, str]) -> Callable[..., bytes]:
    """What packs the numbers of a row, in the order of the columns, for :func:`table`."""
    return Struct(f"{len(columns)}q").pack


def table(columns: Mapping[str, str], rows: Sequence[bytes]) -> dict[str, NDArray[np.int64]]:
    """Turn rows that were packed into a table with the given columns."""
    values = np.frombuffer(b"".join(rows), np.int64).reshape(len(rows), len(columns))
    return dict(zip(columns, values.T.copy(), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """What of a run is kept (K1), where not all of it is needed; no digit of it changes.

    ``bundles`` are the names of those whose cases and dossiers are kept, all if empty; without
    ``work_items`` that table is empty.  All other tables are always those of all work.
    """

    bundles: tuple[str, ...] = ()
    work_items: bool = True


EVERYTHING = Keep()


def in_order(rows: Table, by: Sequence[str]) -> dict[str, NDArray[np.int64]]:
    """The same table with its rows sorted by the named columns, the first being the chief one.

    Rows that come in the order of the chief column, as an event loop writes them, are sorted only
    where it ties.
    """
    chief = rows[by[0]]
    columns = dict(rows)
    if (chief[1:] < chief[:-1]).any():
        order = np.argsort(chief, kind="stable")  # merges what is sorted in itself
        columns = {name: column[order] for name, column in rows.items()}
        chief = columns[by[0]]
    ties = np.concatenate(([False], chief[1:] == chief[:-1], [False]))
    tied = np.flatnonzero(ties[1:] | ties[:-1])
    order = tied[np.lexsort([columns[name][tied] for name in reversed(by)])]
    moved = order != tied
    if moved.any():
        for name, column in columns.items():
            columns[name] = column.copy()
            columns[name][tied[moved]] = column[order[moved]]
    return columns
