"""Open time of calendars (T2), each with a cursor: in a run, time only moves forward.

The cursor stands at the first interval that closes after now.  A row that opens ``NEVER`` ends
each calendar, so that no search runs into the next one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.engines.kernel import columns as col
from sim.engines.kernel.compiler import compiled
from sim.units import NEVER

Numbers = NDArray[np.int64]


@compiled
def reach(calendar: int, now: int, intervals: Numbers, cursors: Numbers) -> int:
    """Move the cursor to the interval that is open now, or to the next one; return its row."""
    k = cursors[calendar]
    if intervals[k, col.CLOSES] <= now:
        k += 1
        while intervals[k, col.CLOSES] <= now:
            k += 1
        cursors[calendar] = k
    return k


@compiled
def open_until(k: int, t: int, intervals: Numbers) -> int:
    """Open time before ``t``, which is not before interval ``k`` is reached."""
    while intervals[k, col.CLOSES] <= t:
        k += 1
    return intervals[k, col.PASSED] + max(0, t - intervals[k, col.OPENS])


@compiled
def add_open(k: int, now: int, time: int, intervals: Numbers) -> int:
    """The earliest instant at which ``time`` of open time has passed, from the cursor's row."""
    if time == 0:
        return now
    begin = max(now, intervals[k, col.OPENS])
    if begin >= NEVER:
        return NEVER
    if time <= intervals[k, col.CLOSES] - begin:
        return begin + time
    target = intervals[k, col.PASSED] + (begin - intervals[k, col.OPENS]) + time
    k += 1
    while intervals[k, col.OPENS] < NEVER and intervals[k + 1, col.PASSED] < target:
        k += 1
    if intervals[k, col.OPENS] >= NEVER:
        return NEVER
    return intervals[k, col.OPENS] + target - intervals[k, col.PASSED]


@compiled
def add_both_open(k: int, j: int, now: int, time: int, intervals: Numbers) -> int:
    """The same where two calendars must be open (T4), from the rows of both cursors."""
    if time == 0:
        return now
    while True:
        begin = max(now, intervals[k, col.OPENS], intervals[j, col.OPENS])
        if begin >= NEVER:
            return NEVER
        room = min(intervals[k, col.CLOSES], intervals[j, col.CLOSES]) - begin
        if time <= room:
            return begin + time
        time -= max(room, 0)
        if intervals[k, col.CLOSES] <= intervals[j, col.CLOSES]:
            k += 1
        else:
            j += 1
