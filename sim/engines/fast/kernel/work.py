"""Waiting items, who takes them, and what is counted of both (S1-S6, K1)."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.engines.fast.kernel import fields as f
from sim.engines.fast.kernel.calendars import (
    add_both_open,
    add_open,
    add_paced,
    open_until,
    present,
)
from sim.engines.fast.kernel.compiler import inlined
from sim.engines.fast.kernel.dated import on_day
from sim.engines.fast.kernel.fields import Floats, Memory
from sim.engines.fast.kernel.heaps import drop_first, put
from sim.engines.fast.kernel.legal import clock_due_day, find
from sim.model import Order
from sim.records import NOT_YET
from sim.units import DAY, NEVER

_RANK_BITS: Final = 52
_LATEST: Final = 2**51
"""Stands for a due day that never comes: beyond every instant of a run."""

_EARLIEST_DUE: Final = int(Order.EARLIEST_DUE)
_LATEST_COME: Final = int(Order.LATEST_COME)

_AHEAD: Final = 2**40
"""Added to due days, and to instants for likeness, so that none is negative."""

_CASE_BITS: Final = 32


@inlined
def schedule(at: int, what: int, m: Memory) -> None:
    """Let something happen at an instant, after all that was scheduled for it before."""
    m[f.N_SCHEDULED] += 1
    put(f.EVENTS, at, m[f.N_SCHEDULED], what, m)


@inlined
def happen_later(token: int, why: int, m: Memory) -> None:
    """Let something happen to a token at this instant, after all that was scheduled for it."""
    m[token + f.WHY] = why
    m[token + f.LINK] = f.NONE
    if m[f.LATER_FIRST] == f.NONE:
        m[f.LATER_FIRST] = token
    else:
        m[m[f.LATER_LAST] + f.LINK] = token
    m[f.LATER_LAST] = token


@inlined
def mark(office: int, m: Memory) -> None:
    """Note that an office may have work to give out, once all tokens have moved (S2)."""
    if not m[office + f.IS_CHANGED]:
        m[office + f.IS_CHANGED] = 1
        put(f.CHANGED, m[office + f.OFFICE_INDEX], 0, office, m)


@inlined
def _is_measured(at: int, m: Memory) -> bool:
    return m[f.MEASURED_FROM] <= at < m[f.MEASURED_UNTIL]


@inlined
def offer(token: int, at: int, visit: int, time: int, now: int, m: Memory, items: Memory) -> None:
    """Let a work item wait at the office of the case on the activity's level (S1)."""
    case = m[token + f.CASE]
    office = m[m[token + f.HOME] + m[at + f.LEVEL]]
    if office == f.NONE:
        m[f.FAULT] = f.NO_OFFICE
        m[f.FAULT_AT] = m[at + f.INDEX]
        m[f.FAULT_CASE] = m[case + f.CASE_INDEX]
        return
    if m[f.ITEM_ROOM] != f.NONE:
        item = f.N_ITEM * m[f.N_ITEMS]
        m[f.N_ITEMS] += 1
        items[item + f.ITEM_CASE] = m[case + f.CASE_INDEX]
        items[item + f.ITEM_AT] = m[at + f.INDEX]
        items[item + f.ITEM_STAFF] = f.NONE
        items[item + f.ITEM_OFFICE] = m[office + f.OFFICE_INDEX]
        items[item + f.ITEM_READY_AT] = now
        items[item + f.ITEM_STARTED_AT] = NOT_YET
        items[item + f.ITEM_ENDED_AT] = NOT_YET
        items[item + f.ITEM_VISIT] = visit
        m[token + f.ITEM] = m[f.ITEM_BASE] + item
    m[token + f.AT] = at
    m[token + f.READY_AT] = now
    if visit:
        m[case + f.CASE_N_RETURNS] += 1
    m[token + f.SERVICE] = time
    m[token + f.OPEN_BEFORE] = open_until(present(m[office + f.OFFICE_CALENDAR], now, m), now, m)
    first = now
    if m[at + f.ORDER] == _EARLIEST_DUE:
        first = min(_due_day(case, m[at + f.DOSSIER], now, m), _LATEST)
    elif m[at + f.ORDER] == _LATEST_COME:  # H5
        first = _LATEST - now
    major = (m[at + f.RANK] << _RANK_BITS) + first + _AHEAD  # S4
    role = m[at + f.ROLE]
    line = m[office + f.QUEUES] + f.N_LINE * role
    if _is_measured(now, m):
        m[line + f.N_READY] += 1
        m[line + f.N_WAITING] += 1
    minor = m[case + f.CASE_INDEX] << _CASE_BITS | m[at + f.INDEX]
    put(line, major, minor, token, m)
    m[office + f.WAITING] |= 1 << role
    if m[office + f.N_IDLE]:
        mark(office, m)


@inlined
def _due_day(case: int, dossier: int, now: int, m: Memory) -> int:
    """The due day by which an item is ordered: its dossier's, else its bundle's (S4)."""
    clock = find(case, dossier, m)
    if clock == f.NONE:
        clock = m[case + f.CASE_CLOCK]
    return clock_due_day(clock, now, m) if clock != f.NONE else NEVER


@inlined
def release(staff: int, m: Memory) -> None:
    """A member of staff is idle again, before the token moves on."""
    office = m[staff + f.OFFICE]
    put(m[staff + f.TEAM] + f.IDLE, m[staff + f.STAFF_INDEX], 0, staff, m)
    m[office + f.N_IDLE] += 1
    if m[office + f.WAITING] & m[m[staff + f.TEAM] + f.TEAM_ROLES]:
        mark(office, m)


@inlined
def _first_queue(team: int, m: Memory) -> int:
    """The queue whose head comes first among those of a team's roles (S3, S4); NONE if empty."""
    best = f.NONE
    for k in range(m[team + f.QUEUES_FROM], m[team + f.QUEUES_TO]):
        queue = m[k]
        if m[queue + f.SIZE] == 0:
            continue
        if best != f.NONE:
            row, other = m[queue + f.QUEUE_FROM], m[best + f.QUEUE_FROM]
            if m[row + f.MAJOR] > m[other + f.MAJOR] or (
                m[row + f.MAJOR] == m[other + f.MAJOR] and m[row + f.MINOR] > m[other + f.MINOR]
            ):
                continue
        best = queue
    return best


@inlined
def give_out(
    office: int, now: int, m: Memory, floats: Floats, items: Memory, waits: Memory
) -> None:
    """Give idle staff on shift, in staff order, the first item each can take (S3)."""
    m[office + f.IS_CHANGED] = 0
    while m[office + f.WAITING] and m[office + f.N_IDLE]:
        chosen = f.NONE
        queue = f.NONE
        index = 0
        for team in range(m[office + f.TEAMS_FROM], m[office + f.TEAMS_TO], f.N_TEAM):
            if m[team + f.IDLE + f.SIZE] == 0 or not m[team + f.TEAM_ROLES] & m[office + f.WAITING]:
                continue
            member = m[m[team + f.IDLE + f.QUEUE_FROM] + f.MAJOR]
            if chosen != f.NONE and member > index:
                continue
            if m[present(m[team + f.TEAM_CALENDAR], now, m) + f.OPENS] > now:
                continue
            found = _first_queue(team, m)
            if found != f.NONE:
                chosen, queue, index = team, found, member
        if chosen == f.NONE:
            _wake_later(office, now, m)
            return
        staff = m[m[chosen + f.IDLE + f.QUEUE_FROM] + f.WHAT]
        drop_first(chosen + f.IDLE, m)
        m[office + f.N_IDLE] -= 1
        token = m[m[queue + f.QUEUE_FROM] + f.WHAT]
        drop_first(queue, m)
        if m[queue + f.SIZE] == 0:
            m[office + f.WAITING] &= ~(1 << m[m[token + f.AT] + f.ROLE])
        _start(token, queue, staff, now, m, floats, items, waits)


@inlined
def _wake_later(office: int, now: int, m: Memory) -> None:
    """Give out work again when a shift opens for somebody who could take it (S5)."""
    opens_at = NEVER
    for team in range(m[office + f.TEAMS_FROM], m[office + f.TEAMS_TO], f.N_TEAM):
        if m[team + f.IDLE + f.SIZE] and m[team + f.TEAM_ROLES] & m[office + f.WAITING]:
            opens_at = min(opens_at, m[present(m[team + f.TEAM_CALENDAR], now, m) + f.OPENS])
    if opens_at < m[f.HORIZON] and not now < m[office + f.WAKES_AT] <= opens_at:
        m[office + f.WAKES_AT] = opens_at
        schedule(opens_at, -office, m)


@inlined
def _start(
    token: int,
    line: int,
    staff: int,
    now: int,
    m: Memory,
    floats: Floats,
    items: Memory,
    waits: Memory,
) -> None:
    """Begin an item and book its time, for its end is known (T3, T4, S6, K2)."""
    at = m[token + f.AT]
    time = m[token + f.SERVICE]
    speed = floats[_speed(staff, now, m)]
    if speed != 1.0:
        time = int(np.rint(time / speed))
    shift = present(m[m[staff + f.TEAM] + f.TEAM_CALENDAR], now, m)
    worked = time
    if m[at + f.IS_PACED]:  # Y1
        if m[at + f.IS_FINISHED]:
            ended_at = add_paced(m[at + f.UP], f.NONE, now, time, m)
            worked = ended_at - now
        else:
            calendar = m[m[staff + f.TEAM] + f.TEAM_CALENDAR]
            ended_at = add_paced(m[at + f.UP], calendar, now, time, m)
            worked = open_until(shift, ended_at, m) - open_until(shift, now, m)
    elif m[at + f.UP] == f.NONE:
        ended_at = now + time if m[at + f.IS_FINISHED] else add_open(shift, now, time, m)
    else:
        up = present(m[at + f.UP], now, m)
        if m[at + f.IS_FINISHED]:
            ended_at = add_open(up, now, time, m)
            worked = ended_at - now
        else:
            ended_at = add_both_open(shift, up, now, time, m)
            worked = open_until(shift, ended_at, m) - open_until(shift, now, m)
    m[token + f.BY] = staff
    waited = now - m[token + f.READY_AT]
    queued = 0
    if waited:
        hours = present(m[m[staff + f.OFFICE] + f.OFFICE_CALENDAR], now, m)
        queued = open_until(hours, now, m) - m[token + f.OPEN_BEFORE]
        m[token + f.QUEUE_TIME] += queued
        m[token + f.CLOSED_TIME] += waited - queued
    m[token + f.SERVICE_TIME] += time
    m[token + f.OUTAGE_TIME] += worked - time
    m[token + f.CLOSED_TIME] += ended_at - now - worked
    if _is_measured(m[token + f.READY_AT], m):
        m[line + f.N_WAITING] -= 1
        if queued:
            waits[m[f.N_WAITS]] = m[line + f.WAITS_FROM] + queued
            m[f.N_WAITS] += 1
    if _is_measured(now, m):
        m[line + f.N_BEGUN] += 1
        m[staff + f.N_TAKEN] += 1
    _count_time(at, staff, shift, now, ended_at, m)
    if m[f.ITEM_ROOM] != f.NONE:
        item = m[token + f.ITEM] - m[f.ITEM_BASE]
        items[item + f.ITEM_STAFF] = m[staff + f.STAFF_INDEX]
        items[item + f.ITEM_STARTED_AT] = now
        if ended_at < m[f.HORIZON]:
            items[item + f.ITEM_ENDED_AT] = ended_at
    if ended_at < m[f.HORIZON]:
        if ended_at == now:
            happen_later(token, f.WORK_DONE, m)
        else:
            schedule(ended_at, token, m)


@inlined
def _speed(staff: int, now: int, m: Memory) -> int:
    """Where the speed of a person stands among the floats (S6, V1)."""
    if m[staff + f.SPEEDS_FROM] == f.NONE:
        return m[staff + f.SPEED]
    return on_day(now // DAY, m[staff + f.SPEEDS_FROM], m[staff + f.SPEEDS_TO], m)


@inlined
def _count_time(at: int, staff: int, shift: int, now: int, ended_at: int, m: Memory) -> None:
    """Count the time on shift, and after closing, that an item takes in the measured window."""
    begun = max(now, m[f.MEASURED_FROM])
    until = min(ended_at, m[f.MEASURED_UNTIL])
    if begun < until:
        busy = open_until(shift, until, m) - open_until(shift, begun, m)
        m[staff + f.BUSY_TIME] += busy
        if m[at + f.IS_FINISHED]:
            m[staff + f.OVERTIME] += until - begun - busy
