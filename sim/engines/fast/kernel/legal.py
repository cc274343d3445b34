"""Legal clocks (L1-L8): :class:`sim.legal.LegalClock` and ``WorkingDays`` in the kernel's memory.

A case's first clock is its bundle's; those of its dossiers follow it, in the order of their starts.
"""

from __future__ import annotations

from sim.engines.fast.kernel import fields as f
from sim.engines.fast.kernel.compiler import inlined
from sim.engines.fast.kernel.fields import Memory
from sim.model import BUNDLE
from sim.units import DAY, NEVER


@inlined
def count_to(day: int, m: Memory) -> int:
    """Working days up to and including a day."""
    k = min(day - m[f.FIRST_DAY], m[f.N_DAY_COUNT] - 1)
    return m[m[f.DAY_COUNT] + k] if k >= 0 else 0


@inlined
def _nth_day(k: int, m: Memory) -> int:
    """The k-th working day, from 0; NEVER beyond the last."""
    return m[m[f.DAYS] + f.N_DAY * k + f.DAY_INDEX] if k < m[f.N_DAYS] else NEVER


@inlined
def due_day(day: int, n: int, m: Memory) -> int:
    """The n-th working day after a day (L2); for 0 that day, or the next one (F7)."""
    if n <= 0:
        return _nth_day(count_to(day - 1, m), m)
    if day >= NEVER:
        return NEVER
    return _nth_day(count_to(day, m) + n - 1, m)


@inlined
def days_before(day: int, n: int, m: Memory) -> int:
    """The n-th working day before a working day (H3)."""
    if n == 0 or day >= NEVER:
        return day
    return _nth_day(max(count_to(day, m) - 1 - n, 0), m)


@inlined
def edge(day: int, which: int, m: Memory) -> int:
    """The opening or the closing of a working day, by the field asked for; else NEVER."""
    working_day = m[f.DAYS] + f.N_DAY * (count_to(day, m) - 1)
    if working_day < m[f.DAYS] or m[working_day + f.DAY_INDEX] != day:
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
    clock = m[case + f.CASE_CLOCK]
    while clock != f.NONE and m[clock + f.CLOCK_NAME] != name:
        clock = m[clock + f.NEXT]
    return clock


@inlined
def clock_of_work(case: int, dossier: int, m: Memory) -> int:
    """The clock that work on a dossier goes by: its own, else the bundle's; NONE for neither."""
    clock = find(case, dossier, m)
    return m[case + f.CASE_CLOCK] if clock == f.NONE else clock


@inlined
def start(case: int, procedure: int, t: int, m: Memory) -> None:
    """Receive a dossier, and with the first one the bundle (L1, L6, L7)."""
    if find(case, procedure, m) != f.NONE:
        return
    receipts = m[case + f.CASE_RECEIPTS]
    first = case + f.CASE_CLOCK
    if m[first] == f.NONE:
        m[first] = _new(case, BUNDLE, receipts + f.N_RECEIPT * m[f.N_PROCEDURES], t, m)
    last = m[first]
    while m[last + f.NEXT] != f.NONE:
        last = m[last + f.NEXT]
    m[last + f.NEXT] = _new(case, procedure, receipts + f.N_RECEIPT * procedure, t, m)


@inlined
def _new(case: int, name: int, receipt: int, t: int, m: Memory) -> int:
    clock = m[f.FREE_CLOCK]
    if clock == f.NONE:
        clock = m[f.TOP]
        m[f.TOP] = clock + f.N_CLOCK
    else:
        m[f.FREE_CLOCK] = m[clock + f.NEXT]
    day = _day_of_receipt(t, m[receipt + f.RECEIPT_CUT_OFF], m)
    limit = f.NO_LIMIT
    if day < NEVER:
        for dated in range(m[receipt + f.LIMITS_FROM], m[receipt + f.LIMITS_TO], f.N_LIMIT):
            if m[dated + f.LIMIT_DAY] <= day:
                limit = m[dated + f.LIMIT_DAYS]
    m[clock + f.CLOCK_CASE] = m[case + f.CASE_INDEX]
    m[clock + f.CLOCK_NAME] = name
    m[clock + f.NEXT] = f.NONE
    m[clock + f.CUT_OFF] = m[receipt + f.RECEIPT_CUT_OFF]
    m[clock + f.CLOCK_RECEIVED_AT] = t
    m[clock + f.RECEIVED_DAY] = day
    m[clock + f.LIMIT] = limit
    m[clock + f.EXTENDED] = 0
    m[clock + f.DEPTH] = 0
    m[clock + f.STOPPED_FROM] = NEVER
    m[clock + f.COVERED_UNTIL] = day
    m[clock + f.STOPPED_DAYS] = 0
    m[clock + f.CLOSED_AT] = NEVER
    m[clock + f.USED_DAYS] = 0
    return clock


@inlined
def stop(clock: int, now: int, m: Memory) -> None:
    """Stop a clock (L4); stops may nest."""
    if m[clock + f.DEPTH] == 0:
        m[clock + f.STOPPED_FROM] = max(now // DAY, m[clock + f.COVERED_UNTIL])
    m[clock + f.DEPTH] += 1


@inlined
def resume(clock: int, now: int, m: Memory) -> None:
    """End one stop of a clock (L4)."""
    m[clock + f.DEPTH] -= 1
    if m[clock + f.DEPTH] == 0:
        day = _day_of_receipt(now, m[clock + f.CUT_OFF], m)
        stopped = count_to(day, m) - count_to(m[clock + f.STOPPED_FROM], m)
        m[clock + f.STOPPED_DAYS] += max(0, stopped)
        m[clock + f.COVERED_UNTIL] = max(m[clock + f.COVERED_UNTIL], day)


@inlined
def close(clock: int, now: int, m: Memory) -> None:
    """A result is there: count the days used (L6, L8)."""
    received_day, closed_day = m[clock + f.RECEIVED_DAY], now // DAY
    last = max(received_day, closed_day)
    stopped = m[clock + f.STOPPED_DAYS]
    if m[clock + f.DEPTH] != 0:
        stopped += max(0, count_to(last, m) - count_to(m[clock + f.STOPPED_FROM], m))
    stopped -= max(0, count_to(m[clock + f.COVERED_UNTIL], m) - count_to(last, m))
    used = max(0, count_to(closed_day, m) - count_to(received_day, m))
    m[clock + f.CLOSED_AT] = now
    m[clock + f.USED_DAYS] = max(0, used - stopped)


@inlined
def clock_due_day(clock: int, now: int, m: Memory) -> int:
    """The last day in time, by the stops ended and extensions given so far (L2)."""
    if m[clock + f.LIMIT] == f.NO_LIMIT or now < m[clock + f.CLOCK_RECEIVED_AT]:
        return NEVER
    n = m[clock + f.LIMIT] + m[clock + f.EXTENDED] + m[clock + f.STOPPED_DAYS]
    return due_day(m[clock + f.RECEIVED_DAY], n, m)


@inlined
def days_left(clock: int, now: int, m: Memory) -> int:
    """The working days after today to that due day, below 0 behind it; NEVER for none."""
    due = clock_due_day(clock, now, m)
    return due if due >= NEVER else count_to(due, m) - count_to(now // DAY, m)
