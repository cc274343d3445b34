"""What due dates tell: the legal limit, and which cases have more."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.logs.learning.ends import Dues
from sim.logs.learning.parts import LearntLimit
from sim.logs.learning.rows import NONE, Rows
from sim.units import DAY, HOUR

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

_CUT_OFFS: Final = (DAY, 15 * HOUR, 16 * HOUR, 14 * HOUR, 15 * HOUR + HOUR // 2, 12 * HOUR)


def limit_of(rows: Rows, cases: Truths) -> LearntLimit | None:
    """The working days between receipt and due day that most cases have."""
    which = np.flatnonzero(cases & (rows.due != NONE) & (rows.filed != NONE))
    if not len(which):
        return None
    best: LearntLimit | None = None
    for on_weekdays in (False, True):
        for cut_off in _CUT_OFFS:
            working = _working_days(rows, which, rows.due, cut_off, on_weekdays)
            values, counts = np.unique(working, return_counts=True)
            at = int(counts.argmax())
            if values[at] >= 0 and (best is None or counts[at] > best.count * 1.002 + 1):
                best = LearntLimit(
                    days=int(values[at]),
                    cut_off=cut_off,
                    count=int(counts[at]),
                    out_of=len(which),
                    on_weekdays=on_weekdays,
                )
    return best if best is not None and best.count >= 0.5 * best.out_of else None


def dues_of(rows: Rows, limit: LearntLimit | None) -> Dues:
    """When cases are due and when they ended, beside the limit."""
    later, behind = (np.zeros(len(rows.filed), np.int64) for _ in range(2))
    if limit is not None:
        closed = np.where(rows.closed == NONE, NONE, rows.closed // DAY)
        for found, until in ((later, rows.due), (behind, closed)):
            which = np.flatnonzero((until != NONE) & (rows.filed != NONE))
            days = _working_days(rows, which, until, limit.cut_off, limit.on_weekdays)
            found[which] = days - limit.days
    return Dues(later_by=np.maximum(later, 0), ended_behind=behind)


def _working_days(rows: Rows, which: Ints, until: Ints, cut_off: int, on_weekdays: bool) -> Ints:
    """From receipt to a day of some cases (L1, L2)."""
    days = rows.weekdays if on_weekdays else np.unique(np.asarray(rows.calendar.opens) // DAY)
    filed = rows.filed[which]
    received = np.searchsorted(days, filed // DAY + (filed % DAY >= cut_off), side="left")
    found: Ints = np.searchsorted(days, until[which], side="right") - 1 - received
    return found
