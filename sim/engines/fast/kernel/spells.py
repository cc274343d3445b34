"""Items are begun: when they end or go back, and where their time is booked (S6, P3, K2)."""

from __future__ import annotations

import numpy as np

from sim.engines.fast.kernel import fields as f
from sim.engines.fast.kernel.calendars import (
    add_both_open,
    add_open,
    add_paced,
    behind,
    both_open,
    left_paced,
    open_until,
    present,
    present_part,
)
from sim.engines.fast.kernel.compiler import has_habits, inlined
from sim.engines.fast.kernel.dated import on_day
from sim.engines.fast.kernel.events import happen_later, is_measured, schedule
from sim.engines.fast.kernel.fields import Floats, Memory
from sim.engines.fast.kernel.legal import clock_of_work, days_left
from sim.records import NOT_YET
from sim.units import DAY, NEVER


@inlined
def start(
    token: int,
    line: int,
    office: int,
    staff: int,
    now: int,
    m: Memory,
    floats: Floats,
    items: Memory,
    waits: Memory,
) -> None:
    """Begin an item and book its time, for its end is known (T3, T4, S6, K2)."""
    at = m[token + f.AT]
    shift = present(m[m[staff + f.TEAM] + f.TEAM_CALENDAR], now, m)
    speed = speed_of(staff, now, m)
    is_new = begin(token, line, office, now, m, waits)
    time = time_at(token, speed, m, floats)
    until = end_of(at, shift, now, now, time, m)
    worked = time
    if m[at + f.UP] != f.NONE:
        worked = on_shift(at, shift, now, until, m)
    away = next_away(staff, now, m) if has_habits(m) else NEVER
    goes_back = has_habits(m) and until > away
    if goes_back:  # P3
        until = away
        rest = left_of(at, shift, now, now, time, until, m)
        m[token + f.SERVICE] = rest
        m[token + f.AT_SPEED] = speed
        time -= rest
        worked = on_shift(at, shift, now, until, m)
    m[token + f.SERVICE_TIME] += time
    m[token + f.OUTAGE_TIME] += worked - time
    m[token + f.CLOSED_TIME] += until - now - worked
    if is_new and is_measured(now, m):
        m[line + f.N_BEGUN] += 1
        m[staff + f.N_TAKEN] += 1
    count_time(at, staff, shift, now, until, m)
    if is_of_measured(token, m):
        if until > m[f.HORIZON]:
            worked = on_shift(at, shift, now, m[f.HORIZON], m)
        m[at + f.WORK_TIME] += worked
        if is_new:
            count_begun(token, now, m)
    note(token, staff, is_new, now, f.HANDED_BACK if goes_back else until, m, items)
    if goes_back:
        m[token + f.LINK] = f.NONE
        go_away(staff, token, until, m)
    else:
        m[token + f.BY] = staff
        go_on(token, now, until, m)


@inlined
def begin(token: int, line: int, office: int, now: int, m: Memory, waits: Memory) -> bool:
    """Book the time until an item is taken in hand; whether that is for the first time."""
    if has_habits(m) and m[token + f.OPEN_BEFORE] == f.NONE:  # P3
        m[token + f.ABSENCE_TIME] += now - m[token + f.READY_AT]
        return False
    waited = now - m[token + f.READY_AT]
    queued = 0
    if waited:
        hours = present(m[office + f.OFFICE_CALENDAR], now, m)
        queued = open_until(hours, now, m) - m[token + f.OPEN_BEFORE]
        m[token + f.QUEUE_TIME] += queued
        m[token + f.CLOSED_TIME] += waited - queued
    if is_measured(m[token + f.READY_AT], m):
        m[line + f.N_WAITING] -= 1
        if queued:
            waits[m[f.N_WAITS]] = m[line + f.WAITS_FROM] + queued
            m[f.N_WAITS] += 1
    m[token + f.OPEN_BEFORE] = f.NONE
    if has_habits(m):
        m[token + f.AT_SPEED] = f.NONE
    return True


@inlined
def time_at(token: int, speed: int, m: Memory, floats: Floats) -> int:
    """What remains of an item for somebody of a speed, a place among the floats (S6, P3)."""
    time = m[token + f.SERVICE]
    before = m[token + f.AT_SPEED] if has_habits(m) else f.NONE
    old = 1.0 if before == f.NONE else floats[before]
    if floats[speed] != old:
        time = int(np.rint(time * old / floats[speed]))
    return time


@inlined
def speed_of(staff: int, now: int, m: Memory) -> int:
    """Where the speed of a person stands among the floats (S6, V1)."""
    if not has_habits(m) or m[staff + f.SPEEDS_FROM] == f.NONE:
        return m[staff + f.SPEED]
    return on_day(now // DAY, m[staff + f.SPEEDS_FROM], m[staff + f.SPEEDS_TO], m)


@inlined
def next_away(staff: int, now: int, m: Memory) -> int:
    """When the next absence of a person begins (P3)."""
    place = m[staff + f.AWAY_FROM]
    if place == f.NONE:
        return NEVER
    while m[place] <= now:
        place += 1
    m[staff + f.AWAY_FROM] = place
    return m[place]


@inlined
def end_of(at: int, shift: int, now: int, t: int, time: int, m: Memory) -> int:
    """When work of some time ends that is gone on with at ``t``, now or later (T3, T4, Y1).

    ``shift`` is the person's present interval.
    """
    finishes = m[at + f.IS_FINISHED]
    if m[at + f.UP] == f.NONE:
        return t + time if finishes else add_open(behind(shift, t, m), t, time, m)
    if has_habits(m) and m[at + f.IS_PACED]:
        part = present_part(m[at + f.UP], now, m)
        return add_paced(part, f.NONE if finishes else behind(shift, t, m), t, time, m)
    up = behind(present(m[at + f.UP], now, m), t, m)
    if finishes:
        return add_open(up, t, time, m)
    return add_both_open(behind(shift, t, m), up, t, time, m)


@inlined
def left_of(at: int, shift: int, now: int, t: int, time: int, until: int, m: Memory) -> int:
    """What is left at an instant of such work, where it is not done by then (P3)."""
    finishes = m[at + f.IS_FINISHED]
    if m[at + f.UP] == f.NONE:
        if finishes:
            return time - (until - t)
        interval = behind(shift, t, m)
        return time - (open_until(interval, until, m) - open_until(interval, t, m))
    if has_habits(m) and m[at + f.IS_PACED]:
        part = present_part(m[at + f.UP], now, m)
        interval = f.NONE if finishes else behind(shift, t, m)
        return left_paced(part, interval, t, time, until, m)
    up = behind(present(m[at + f.UP], now, m), t, m)
    if finishes:
        return time - (open_until(up, until, m) - open_until(up, t, m))
    return time - both_open(behind(shift, t, m), up, t, until, m)


@inlined
def on_shift(at: int, shift: int, now: int, until: int, m: Memory) -> int:
    """The time on shift from now on, or with overtime all the time (T3)."""
    if m[at + f.IS_FINISHED]:
        return until - now
    return open_until(shift, until, m) - open_until(shift, now, m)


@inlined
def count_time(at: int, staff: int, shift: int, now: int, until: int, m: Memory) -> None:
    """Count the time on shift, and after closing, that work takes in the measured window."""
    begun = max(now, m[f.MEASURED_FROM])
    ended = min(until, m[f.MEASURED_UNTIL])
    if begun < ended:
        busy = open_until(shift, ended, m) - open_until(shift, begun, m)
        m[staff + f.BUSY_TIME] += busy
        if m[at + f.IS_FINISHED]:
            m[staff + f.OVERTIME] += ended - begun - busy


@inlined
def is_of_measured(token: int, m: Memory) -> bool:
    """Whether an item belongs to a measured case."""
    return is_measured(m[m[token + f.CASE] + f.CASE_ARRIVES_AT], m)


@inlined
def count_begun(token: int, now: int, m: Memory) -> None:
    """Count an item of a measured case that is begun, and how near its due day is."""
    at = m[token + f.AT]
    m[at + f.N_BEGUN_OF] += 1
    m[at + f.STAY_TIME] += now - m[token + f.READY_AT]
    clock = clock_of_work(m[token + f.CASE], m[at + f.DOSSIER], m)
    if clock != f.NONE:
        left = days_left(clock, now, m)
        if left < NEVER:
            m[at + f.N_LIMITED] += 1
            m[at + f.N_LAST_DAY] += left <= 1


@inlined
def note(
    token: int, staff: int, is_new: bool, now: int, ended_at: int, m: Memory, items: Memory
) -> None:
    """Write into the row of an item who has it in hand, and its end (K3)."""
    if m[f.ITEM_ROOM] != f.NONE:
        item = m[token + f.ITEM] - m[f.ITEM_BASE]
        items[item + f.ITEM_STAFF] = m[staff + f.STAFF_INDEX]
        if is_new:
            items[item + f.ITEM_STARTED_AT] = now
        items[item + f.ITEM_ENDED_AT] = ended_at if ended_at < m[f.HORIZON] else NOT_YET


@inlined
def go_on(token: int, now: int, ended_at: int, m: Memory) -> None:
    """Let an item end."""
    if ended_at < m[f.HORIZON]:
        if ended_at == now:
            happen_later(token, f.WORK_DONE, m)
        else:
            schedule(ended_at, token, m)


@inlined
def go_away(staff: int, token: int, at: int, m: Memory) -> None:
    """Let an absence begin, at which a person hands back items from this one on (P3)."""
    m[staff + f.HANDS_BACK] = token
    if at < m[f.HORIZON]:
        schedule(at, -staff - f.GOES_AWAY, m)
