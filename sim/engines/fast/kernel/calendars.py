"""Open time of calendars (T2), each with a present interval: in a run, time only moves forward.

The present interval of a calendar is the first that closes after now.  One that opens ``NEVER``
ends each calendar, so that no search runs into the next one.
"""

from __future__ import annotations

from sim.engines.fast.kernel.compiler import inlined
from sim.engines.fast.kernel.fields import (
    CLOSES,
    N_INTERVAL,
    OPENS,
    PASSED,
    Memory,
)
from sim.units import NEVER


@inlined
def present(calendar: int, now: int, m: Memory) -> int:
    """The interval that is open now, or the next one."""
    interval = m[calendar]
    if m[interval + CLOSES] <= now:
        interval += N_INTERVAL
        while m[interval + CLOSES] <= now:
            interval += N_INTERVAL
        m[calendar] = interval
    return interval


@inlined
def open_until(interval: int, t: int, m: Memory) -> int:
    """Open time of the calendar before ``t``, which lies behind all earlier intervals."""
    while m[interval + CLOSES] <= t:
        interval += N_INTERVAL
    return m[interval + PASSED] + max(0, t - m[interval + OPENS])


@inlined
def add_open(interval: int, now: int, time: int, m: Memory) -> int:
    """The earliest instant at which ``time`` of open time has passed, from the present interval."""
    if time == 0:
        return now
    begin = max(now, m[interval + OPENS])
    if begin >= NEVER:
        return NEVER
    if time <= m[interval + CLOSES] - begin:
        return begin + time
    target = m[interval + PASSED] + (begin - m[interval + OPENS]) + time
    interval += N_INTERVAL
    while m[interval + OPENS] < NEVER and m[interval + N_INTERVAL + PASSED] < target:
        interval += N_INTERVAL
    if m[interval + OPENS] >= NEVER:
        return NEVER
    return m[interval + OPENS] + target - m[interval + PASSED]


@inlined
def add_both_open(one: int, other: int, now: int, time: int, m: Memory) -> int:
    """The same where two calendars must be open (T4), from the present intervals of both."""
    if time == 0:
        return now
    while True:
        begin = max(now, m[one + OPENS], m[other + OPENS])
        if begin >= NEVER:
            return NEVER
        room = min(m[one + CLOSES], m[other + CLOSES]) - begin
        if time <= room:
            return begin + time
        time -= max(room, 0)
        if m[one + CLOSES] <= m[other + CLOSES]:
            one += N_INTERVAL
        else:
            other += N_INTERVAL
