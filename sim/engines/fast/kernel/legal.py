"""Legal clocks (L1-L8): :class:`sim.legal.LegalClock` and ``WorkingDays`` in the kernel's memory.

A case's first clock is its bundle's; those of its dossiers follow it, in the order of their starts.
"""

from __future__ import annotations

from sim.engines.fast.kernel.compiler import inlined
from sim.engines.fast.kernel.fields import (
    CASE_CLOCK,
    CASE_INDEX,
    CASE_RECEIPTS,
    CLOCK_CASE,
    CLOCK_NAME,
    CLOCK_RECEIVED_AT,
    CLOSED_AT,
    COVERED_UNTIL,
    CUT_OFF,
    DAY_COUNT,
    DAY_INDEX,
    DAYS,
    DEPTH,
    EXTENDED,
    FIRST_DAY,
    FREE_CLOCK,
    LIMIT,
    LIMITS_FROM,
    LIMITS_TO,
    N_CLOCK,
    N_DAY,
    N_DAY_COUNT,
    N_DAYS,
    N_PROCEDURES,
    N_RECEIPT,
    NEXT,
    NO_LIMIT,
    NONE,
    RECEIPT_CUT_OFF,
    RECEIVED_DAY,
    STOPPED_DAYS,
    STOPPED_FROM,
    TOP,
    USED_DAYS,
    Memory,
)
from sim.model import BUNDLE
from sim.units import DAY, NEVER


@inlined
def count_to(day: int, m: Memory) -> int:
    """Working days up to and including a day."""
    k = min(day - m[FIRST_DAY], m[N_DAY_COUNT] - 1)
    return m[m[DAY_COUNT] + k] if k >= 0 else 0


@inlined
def _nth_day(k: int, m: Memory) -> int:
    """The k-th working day, from 0; NEVER beyond the last."""
    return m[m[DAYS] + N_DAY * k + DAY_INDEX] if k < m[N_DAYS] else NEVER


@inlined
def due_day(day: int, n: int, m: Memory) -> int:
    """The n-th working day after a day (L2); for 0 that day, or the next one (F7)."""
    if n <= 0:
        return _nth_day(count_to(day - 1, m), m)
    if day >= NEVER:
        return NEVER
    return _nth_day(count_to(day, m) + n - 1, m)


@inlined
def edge(day: int, which: int, m: Memory) -> int:
    """The opening or the closing of a working day, by the field asked for; else NEVER."""
    working_day = m[DAYS] + N_DAY * (count_to(day, m) - 1)
    if working_day < m[DAYS] or m[working_day + DAY_INDEX] != day:
        return NEVER
    return m[working_day + which]


@inlined
def _day_of_receipt(t: int, cut_off: int, m: Memory) -> int:
    day = t // DAY
    if t - day * DAY >= cut_off:
        day += 1
    return _nth_day(count_to(day - 1, m), m)


@inlined
def find(case: int, name: int, m: Memory) -> int:
    """The clock of a procedure, or of the bundle; NONE if it was not started."""
    clock = m[case + CASE_CLOCK]
    while clock != NONE and m[clock + CLOCK_NAME] != name:
        clock = m[clock + NEXT]
    return clock


@inlined
def start(case: int, procedure: int, t: int, m: Memory) -> None:
    """Receive a dossier, and with the first one the bundle (L1, L6, L7)."""
    if find(case, procedure, m) != NONE:
        return
    receipts = m[case + CASE_RECEIPTS]
    first = case + CASE_CLOCK
    if m[first] == NONE:
        m[first] = _new(case, BUNDLE, receipts + N_RECEIPT * m[N_PROCEDURES], t, m)
    last = m[first]
    while m[last + NEXT] != NONE:
        last = m[last + NEXT]
    m[last + NEXT] = _new(case, procedure, receipts + N_RECEIPT * procedure, t, m)


@inlined
def _new(case: int, name: int, receipt: int, t: int, m: Memory) -> int:
    clock = m[FREE_CLOCK]
    if clock == NONE:
        clock = m[TOP]
        m[TOP] = clock + N_CLOCK
    else:
        m[FREE_CLOCK] = m[clock + NEXT]
    day = _day_of_receipt(t, m[receipt + RECEIPT_CUT_OFF], m)
    limit = NO_LIMIT
    if day < NEVER:
        for dated in range(m[receipt + LIMITS_FROM], m[receipt + LIMITS_TO], 2):
            if m[dated] <= day:
                limit = m[dated + 1]
    m[clock + CLOCK_CASE] = m[case + CASE_INDEX]
    m[clock + CLOCK_NAME] = name
    m[clock + NEXT] = NONE
    m[clock + CUT_OFF] = m[receipt + RECEIPT_CUT_OFF]
    m[clock + CLOCK_RECEIVED_AT] = t
    m[clock + RECEIVED_DAY] = day
    m[clock + LIMIT] = limit
    m[clock + EXTENDED] = 0
    m[clock + DEPTH] = 0
    m[clock + STOPPED_FROM] = NEVER
    m[clock + COVERED_UNTIL] = day
    m[clock + STOPPED_DAYS] = 0
    m[clock + CLOSED_AT] = NEVER
    m[clock + USED_DAYS] = 0
    return clock


@inlined
def stop(clock: int, now: int, m: Memory) -> None:
    """Stop a clock (L4); stops may nest."""
    if m[clock + DEPTH] == 0:
        m[clock + STOPPED_FROM] = max(now // DAY, m[clock + COVERED_UNTIL])
    m[clock + DEPTH] += 1


@inlined
def resume(clock: int, now: int, m: Memory) -> None:
    """End one stop of a clock (L4)."""
    m[clock + DEPTH] -= 1
    if m[clock + DEPTH] == 0:
        day = _day_of_receipt(now, m[clock + CUT_OFF], m)
        stopped = count_to(day, m) - count_to(m[clock + STOPPED_FROM], m)
        m[clock + STOPPED_DAYS] += max(0, stopped)
        m[clock + COVERED_UNTIL] = max(m[clock + COVERED_UNTIL], day)


@inlined
def close(clock: int, now: int, m: Memory) -> None:
    """A result is there: count the days used (L6, L8)."""
    received_day, closed_day = m[clock + RECEIVED_DAY], now // DAY
    last = max(received_day, closed_day)
    stopped = m[clock + STOPPED_DAYS]
    if m[clock + DEPTH] != 0:
        stopped += max(0, count_to(last, m) - count_to(m[clock + STOPPED_FROM], m))
    stopped -= max(0, count_to(m[clock + COVERED_UNTIL], m) - count_to(last, m))
    used = max(0, count_to(closed_day, m) - count_to(received_day, m))
    m[clock + CLOSED_AT] = now
    m[clock + USED_DAYS] = max(0, used - stopped)


@inlined
def clock_due_day(clock: int, now: int, m: Memory) -> int:
    """The last day in time, by the stops ended and extensions given so far (L2)."""
    if m[clock + LIMIT] == NO_LIMIT or now < m[clock + CLOCK_RECEIVED_AT]:
        return NEVER
    n = m[clock + LIMIT] + m[clock + EXTENDED] + m[clock + STOPPED_DAYS]
    return due_day(m[clock + RECEIVED_DAY], n, m)
