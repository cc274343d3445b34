"""Batches of items are begun: when each ends or goes back, and where its time is booked (H2)."""

from __future__ import annotations

import numpy as np

from sim.engines.fast.kernel import fields as f
from sim.engines.fast.kernel.calendars import present
from sim.engines.fast.kernel.compiler import inlined
from sim.engines.fast.kernel.events import is_measured
from sim.engines.fast.kernel.fields import Floats, Memory
from sim.engines.fast.kernel.heaps import drop_first
from sim.engines.fast.kernel.spells import (
    begin,
    count_begun,
    count_time,
    end_of,
    go_away,
    go_on,
    is_of_measured,
    left_of,
    next_away,
    note,
    on_shift,
    speed_of,
    time_at,
)


@inlined
def start_batch(
    line: int,
    office: int,
    staff: int,
    now: int,
    m: Memory,
    floats: Floats,
    items: Memory,
    waits: Memory,
) -> None:
    """Begin the first items of a line, one after the other, behind their preparation."""
    batch = m[line + f.BATCH]
    n = min(m[line + f.SIZE], m[batch + f.BATCH_SIZE])
    first = m[m[line + f.QUEUE_FROM] + f.WHAT]
    at = m[first + f.AT]
    shift = present(m[m[staff + f.TEAM] + f.TEAM_CALENDAR], now, m)
    speed = speed_of(staff, now, m)
    away = next_away(staff, now, m)
    setup = m[batch + f.SETUP]
    if floats[speed] != 1.0:
        setup = int(np.rint(setup / floats[speed]))
    setup_ends = end_of(at, shift, now, now, setup, m)
    in_all = setup
    done = _done(at, shift, now, now, setup_ends, setup, away, m)
    ends = setup_ends
    before = f.NONE
    n_measured = 0
    for _ in range(n):
        token = m[m[line + f.QUEUE_FROM] + f.WHAT]
        drop_first(line, m)
        if before != f.NONE:
            m[before + f.LINK] = token
        before = token
        is_new = begin(token, line, office, now, m, waits)
        if is_new and is_measured(now, m):
            m[line + f.N_BEGUN] += 1
            m[staff + f.N_TAKEN] += 1
        if is_of_measured(token, m):
            n_measured += 1
            if is_new:
                count_begun(token, now, m)
        note(token, staff, is_new, now, f.HANDED_BACK, m, items)
        time = time_at(token, speed, m, floats)
        begins = ends
        ends = end_of(at, shift, now, begins, time, m)
        in_all += time
        done += _done(at, shift, now, begins, ends, time, away, m)
        m[token + f.TASK_TIME] = time
        m[token + f.TASK_ENDS_AT] = ends
    m[before + f.LINK] = f.NONE
    count_time(at, staff, shift, now, min(ends, away), m)
    in_hand = on_shift(at, shift, now, min(ends, away, m[f.HORIZON]), m)
    m[at + f.WORK_TIME] += in_hand * n_measured // n

    # What is done of all tasks by the end of each is known now, and what when somebody leaves.
    m[staff + f.HANDS_BACK] = f.NONE
    last_ends = ends
    so_far = setup
    begins = setup_ends
    token = first
    while token != f.NONE:
        following = m[token + f.LINK]  # an item that ends at once is linked anew
        time = m[token + f.TASK_TIME]
        task_ends = m[token + f.TASK_ENDS_AT]
        m[token + f.OPEN_BEFORE] = f.NONE
        m[token + f.BY] = f.NONE
        until = last_ends if m[batch + f.IS_TOGETHER] else task_ends
        by_then = in_all if m[batch + f.IS_TOGETHER] else so_far + time
        own = time
        goes_back = until > away
        if goes_back:  # P3
            until = away
            by_then = done
            if task_ends > away:
                own = done - so_far if begins < away else 0
            if begins < away:
                m[token + f.SERVICE] = time - own
                m[token + f.AT_SPEED] = speed
        worked = on_shift(at, shift, now, until, m)
        m[token + f.SERVICE_TIME] += own
        m[token + f.BATCH_TIME] += by_then - own
        m[token + f.OUTAGE_TIME] += worked - by_then
        m[token + f.CLOSED_TIME] += until - now - worked
        if goes_back:
            if m[staff + f.HANDS_BACK] == f.NONE:
                go_away(staff, token, away, m)
        else:
            note(token, staff, False, now, until, m, items)
            if following == f.NONE:
                m[token + f.BY] = staff
            go_on(token, now, until, m)
        so_far += time
        begins = task_ends
        token = following


@inlined
def _done(
    at: int, shift: int, now: int, begins: int, ends: int, time: int, away: int, m: Memory
) -> int:
    """How much of a task is done when an absence begins."""
    if ends <= away:
        return time
    if begins >= away:
        return 0
    return time - left_of(at, shift, now, begins, time, away, m)
