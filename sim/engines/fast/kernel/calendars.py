"""Open time of calendars (T2), each with a present interval: in a run, time only moves forward.

The present interval of a calendar is the first that closes after now.  One that opens ``NEVER``
ends each calendar, so that no search runs into the next one.
"""

from __future__ import annotations

from sim.engines.fast.kernel import fields as f
from sim.engines.fast.kernel.compiler import inlined
from sim.engines.fast.kernel.fields import Memory
from sim.outages import FULL
from sim.units import NEVER


@inlined
def present(calendar: int, now: int, m: Memory) -> int:
    """The interval that is open now, or the next one."""
    interval = m[calendar]
    if m[interval + f.CLOSES] <= now:
        interval += f.N_INTERVAL
        while m[interval + f.CLOSES] <= now:
            interval += f.N_INTERVAL
        m[calendar] = interval
    return interval


@inlined
def open_until(interval: int, t: int, m: Memory) -> int:
    """Open time of the calendar before ``t``, which lies behind all earlier intervals."""
    while m[interval + f.CLOSES] <= t:
        interval += f.N_INTERVAL
    return m[interval + f.PASSED] + max(0, t - m[interval + f.OPENS])


@inlined
def add_open(interval: int, now: int, time: int, m: Memory) -> int:
    """The earliest instant at which ``time`` of open time has passed, from the present interval."""
    if time == 0:
        return now
    begin = max(now, m[interval + f.OPENS])
    if begin >= NEVER:
        return NEVER
    if time <= m[interval + f.CLOSES] - begin:
        return begin + time
    target = m[interval + f.PASSED] + (begin - m[interval + f.OPENS]) + time
    interval += f.N_INTERVAL
    while m[interval + f.OPENS] < NEVER and m[interval + f.N_INTERVAL + f.PASSED] < target:
        interval += f.N_INTERVAL
    if m[interval + f.OPENS] >= NEVER:
        return NEVER
    return m[interval + f.OPENS] + target - m[interval + f.PASSED]


@inlined
def add_both_open(one: int, other: int, now: int, time: int, m: Memory) -> int:
    """The same where two calendars must be open (T4), from the present intervals of both."""
    if time == 0:
        return now
    while True:
        begin = max(now, m[one + f.OPENS], m[other + f.OPENS])
        if begin >= NEVER:
            return NEVER
        room = min(m[one + f.CLOSES], m[other + f.CLOSES]) - begin
        if time <= room:
            return begin + time
        time -= max(room, 0)
        if m[one + f.CLOSES] <= m[other + f.CLOSES]:
            one += f.N_INTERVAL
        else:
            other += f.N_INTERVAL


@inlined
def behind(interval: int, t: int, m: Memory) -> int:
    """From an interval on, the first that closes after ``t``."""
    while m[interval + f.CLOSES] <= t:
        interval += f.N_INTERVAL
    return interval


@inlined
def both_open(one: int, other: int, since: int, until: int, m: Memory) -> int:
    """The time for which two calendars are open (T4), from intervals on that close after since."""
    time = 0
    while True:
        begin = max(since, m[one + f.OPENS], m[other + f.OPENS])
        if begin >= until:
            return time
        closes = min(until, m[one + f.CLOSES], m[other + f.CLOSES])
        time += max(closes - begin, 0)
        if m[one + f.CLOSES] <= m[other + f.CLOSES]:
            one += f.N_INTERVAL
        else:
            other += f.N_INTERVAL


@inlined
def present_part(pace: int, now: int, m: Memory) -> int:
    """The part of a pace that is open now, or the next one."""
    part = m[pace]
    while m[part + f.CLOSES] <= now:
        part += f.N_PACE
    m[pace] = part
    return part


@inlined
def add_paced(part: int, shift: int, t: int, time: int, m: Memory) -> int:
    """When work that is gone on with at ``t`` is done at a pace (Y1), on a shift unless NONE.

    From a part of the pace and an interval of the shift that do not lie behind ``t``.
    """
    if time == 0:
        return t
    while m[part + f.CLOSES] <= t:
        part += f.N_PACE
    while True:
        begin = max(t, m[part + f.OPENS])
        closes = m[part + f.CLOSES]
        if shift != f.NONE:
            begin = max(begin, m[shift + f.OPENS])
            closes = min(closes, m[shift + f.CLOSES])
        if begin >= NEVER:
            return NEVER
        if begin < closes:
            factor = m[part + f.FACTOR]
            takes = max((time * factor + FULL // 2) // FULL, 1)
            if takes <= closes - begin:
                return begin + takes
            time -= (closes - begin) * FULL // factor
        if shift != f.NONE and m[shift + f.CLOSES] <= m[part + f.CLOSES]:
            shift += f.N_INTERVAL
        else:
            part += f.N_PACE


@inlined
def left_paced(part: int, shift: int, t: int, time: int, until: int, m: Memory) -> int:
    """What is left at an instant of work that is not done by then (P3), else as ``add_paced``."""
    while m[part + f.CLOSES] <= t:
        part += f.N_PACE
    while True:
        begin = max(t, m[part + f.OPENS])
        closes = min(until, m[part + f.CLOSES])
        if shift != f.NONE:
            begin = max(begin, m[shift + f.OPENS])
            closes = min(closes, m[shift + f.CLOSES])
        if begin >= until:
            return time
        if begin < closes:
            time -= (closes - begin) * FULL // m[part + f.FACTOR]
        if shift != f.NONE and m[shift + f.CLOSES] <= m[part + f.CLOSES]:
            shift += f.N_INTERVAL
        else:
            part += f.N_PACE
