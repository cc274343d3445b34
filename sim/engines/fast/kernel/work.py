"""Waiting items, who takes them, and what is counted of both (S1-S6, K1)."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.engines.fast.kernel.calendars import add_both_open, add_open, open_until, present
from sim.engines.fast.kernel.compiler import inlined
from sim.engines.fast.kernel.fields import (
    AT,
    BUSY_TIME,
    BY,
    CASE,
    CASE_CLOCK,
    CASE_INDEX,
    CASE_N_RETURNS,
    CHANGED,
    CLOSED_TIME,
    DOSSIER,
    EVENTS,
    FAULT,
    FAULT_AT,
    FAULT_CASE,
    HOME,
    HORIZON,
    IDLE,
    INDEX,
    IS_BY_DUE_DAY,
    IS_CHANGED,
    IS_FINISHED,
    ITEM,
    ITEM_AT,
    ITEM_BASE,
    ITEM_CASE,
    ITEM_ENDED_AT,
    ITEM_OFFICE,
    ITEM_READY_AT,
    ITEM_ROOM,
    ITEM_STAFF,
    ITEM_STARTED_AT,
    ITEM_VISIT,
    LATER_FIRST,
    LATER_LAST,
    LEVEL,
    LINK,
    MAJOR,
    MEASURED_FROM,
    MEASURED_UNTIL,
    MINOR,
    N_BEGUN,
    N_IDLE,
    N_ITEM,
    N_ITEMS,
    N_LINE,
    N_READY,
    N_SCHEDULED,
    N_TAKEN,
    N_TEAM,
    N_WAITING,
    N_WAITS,
    NO_OFFICE,
    NONE,
    OFFICE,
    OFFICE_CALENDAR,
    OFFICE_INDEX,
    OPEN_BEFORE,
    OPENS,
    OUTAGE_TIME,
    OVERTIME,
    QUEUE_FROM,
    QUEUE_TIME,
    QUEUES,
    QUEUES_FROM,
    QUEUES_TO,
    RANK,
    READY_AT,
    ROLE,
    SERVICE,
    SERVICE_TIME,
    SIZE,
    SPEED,
    STAFF_INDEX,
    TEAM,
    TEAM_CALENDAR,
    TEAM_ROLES,
    TEAMS_FROM,
    TEAMS_TO,
    UP,
    WAITING,
    WAITS_FROM,
    WAKES_AT,
    WHAT,
    WHY,
    WORK_DONE,
    Floats,
    Memory,
)
from sim.engines.fast.kernel.heaps import drop_first, put
from sim.engines.fast.kernel.legal import clock_due_day, find
from sim.records import NOT_YET
from sim.units import NEVER

_RANK_BITS: Final = 52
_LATEST: Final = 2**51
"""Stands for a due day that never comes: beyond every instant of a run."""

_AHEAD: Final = 2**40
"""Added to due days, and to instants for likeness, so that none is negative."""

_CASE_BITS: Final = 32


@inlined
def schedule(at: int, what: int, m: Memory) -> None:
    """Let something happen at an instant, after all that was scheduled for it before."""
    m[N_SCHEDULED] += 1
    put(EVENTS, at, m[N_SCHEDULED], what, m)


@inlined
def happen_later(token: int, why: int, m: Memory) -> None:
    """Let something happen to a token at this instant, after all that was scheduled for it."""
    m[token + WHY] = why
    m[token + LINK] = NONE
    if m[LATER_FIRST] == NONE:
        m[LATER_FIRST] = token
    else:
        m[m[LATER_LAST] + LINK] = token
    m[LATER_LAST] = token


@inlined
def mark(office: int, m: Memory) -> None:
    """Note that an office may have work to give out, once all tokens have moved (S2)."""
    if not m[office + IS_CHANGED]:
        m[office + IS_CHANGED] = 1
        put(CHANGED, m[office + OFFICE_INDEX], 0, office, m)


@inlined
def _is_measured(at: int, m: Memory) -> bool:
    return m[MEASURED_FROM] <= at < m[MEASURED_UNTIL]


@inlined
def offer(token: int, at: int, visit: int, time: int, now: int, m: Memory, items: Memory) -> None:
    """Let a work item wait at the office of the case on the activity's level (S1)."""
    case = m[token + CASE]
    office = m[m[token + HOME] + m[at + LEVEL]]
    if office == NONE:
        m[FAULT] = NO_OFFICE
        m[FAULT_AT] = m[at + INDEX]
        m[FAULT_CASE] = m[case + CASE_INDEX]
        return
    if m[ITEM_ROOM] != NONE:
        item = N_ITEM * m[N_ITEMS]
        m[N_ITEMS] += 1
        items[item + ITEM_CASE] = m[case + CASE_INDEX]
        items[item + ITEM_AT] = m[at + INDEX]
        items[item + ITEM_STAFF] = NONE
        items[item + ITEM_OFFICE] = m[office + OFFICE_INDEX]
        items[item + ITEM_READY_AT] = now
        items[item + ITEM_STARTED_AT] = NOT_YET
        items[item + ITEM_ENDED_AT] = NOT_YET
        items[item + ITEM_VISIT] = visit
        m[token + ITEM] = m[ITEM_BASE] + item
    m[token + AT] = at
    m[token + READY_AT] = now
    if visit:
        m[case + CASE_N_RETURNS] += 1
    m[token + SERVICE] = time
    m[token + OPEN_BEFORE] = open_until(present(m[office + OFFICE_CALENDAR], now, m), now, m)
    first = now
    if m[at + IS_BY_DUE_DAY]:
        first = min(_due_day(case, m[at + DOSSIER], now, m), _LATEST)
    major = (m[at + RANK] << _RANK_BITS) + first + _AHEAD  # S4
    role = m[at + ROLE]
    line = m[office + QUEUES] + N_LINE * role
    if _is_measured(now, m):
        m[line + N_READY] += 1
        m[line + N_WAITING] += 1
    minor = m[case + CASE_INDEX] << _CASE_BITS | m[at + INDEX]
    put(line, major, minor, token, m)
    m[office + WAITING] |= 1 << role
    if m[office + N_IDLE]:
        mark(office, m)


@inlined
def _due_day(case: int, dossier: int, now: int, m: Memory) -> int:
    """The due day by which an item is ordered: its dossier's, else its bundle's (S4)."""
    clock = find(case, dossier, m)
    if clock == NONE:
        clock = m[case + CASE_CLOCK]
    return clock_due_day(clock, now, m) if clock != NONE else NEVER


@inlined
def release(staff: int, m: Memory) -> None:
    """A member of staff is idle again, before the token moves on."""
    office = m[staff + OFFICE]
    put(m[staff + TEAM] + IDLE, m[staff + STAFF_INDEX], 0, staff, m)
    m[office + N_IDLE] += 1
    if m[office + WAITING] & m[m[staff + TEAM] + TEAM_ROLES]:
        mark(office, m)


@inlined
def _first_queue(team: int, m: Memory) -> int:
    """The queue whose head comes first among those of a team's roles (S3, S4); NONE if empty."""
    best = NONE
    for k in range(m[team + QUEUES_FROM], m[team + QUEUES_TO]):
        queue = m[k]
        if m[queue + SIZE] == 0:
            continue
        if best != NONE:
            row, other = m[queue + QUEUE_FROM], m[best + QUEUE_FROM]
            if m[row + MAJOR] > m[other + MAJOR] or (
                m[row + MAJOR] == m[other + MAJOR] and m[row + MINOR] > m[other + MINOR]
            ):
                continue
        best = queue
    return best


@inlined
def give_out(
    office: int, now: int, m: Memory, floats: Floats, items: Memory, waits: Memory
) -> None:
    """Give idle staff on shift, in staff order, the first item each can take (S3)."""
    m[office + IS_CHANGED] = 0
    while m[office + WAITING] and m[office + N_IDLE]:
        chosen = NONE
        queue = NONE
        index = 0
        for team in range(m[office + TEAMS_FROM], m[office + TEAMS_TO], N_TEAM):
            if m[team + IDLE + SIZE] == 0 or not m[team + TEAM_ROLES] & m[office + WAITING]:
                continue
            member = m[m[team + IDLE + QUEUE_FROM] + MAJOR]
            if chosen != NONE and member > index:
                continue
            if m[present(m[team + TEAM_CALENDAR], now, m) + OPENS] > now:
                continue
            found = _first_queue(team, m)
            if found != NONE:
                chosen, queue, index = team, found, member
        if chosen == NONE:
            _wake_later(office, now, m)
            return
        staff = m[m[chosen + IDLE + QUEUE_FROM] + WHAT]
        drop_first(chosen + IDLE, m)
        m[office + N_IDLE] -= 1
        token = m[m[queue + QUEUE_FROM] + WHAT]
        drop_first(queue, m)
        if m[queue + SIZE] == 0:
            m[office + WAITING] &= ~(1 << m[m[token + AT] + ROLE])
        _start(token, queue, staff, now, m, floats, items, waits)


@inlined
def _wake_later(office: int, now: int, m: Memory) -> None:
    """Give out work again when a shift opens for somebody who could take it (S5)."""
    opens_at = NEVER
    for team in range(m[office + TEAMS_FROM], m[office + TEAMS_TO], N_TEAM):
        if m[team + IDLE + SIZE] and m[team + TEAM_ROLES] & m[office + WAITING]:
            opens_at = min(opens_at, m[present(m[team + TEAM_CALENDAR], now, m) + OPENS])
    if opens_at < m[HORIZON] and not now < m[office + WAKES_AT] <= opens_at:
        m[office + WAKES_AT] = opens_at
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
    at = m[token + AT]
    time = m[token + SERVICE]
    speed = floats[m[staff + SPEED]]
    if speed != 1.0:
        time = int(np.rint(time / speed))
    shift = present(m[m[staff + TEAM] + TEAM_CALENDAR], now, m)
    worked = time
    if m[at + UP] == NONE:
        ended_at = now + time if m[at + IS_FINISHED] else add_open(shift, now, time, m)
    else:
        up = present(m[at + UP], now, m)
        if m[at + IS_FINISHED]:
            ended_at = add_open(up, now, time, m)
            worked = ended_at - now
        else:
            ended_at = add_both_open(shift, up, now, time, m)
            worked = open_until(shift, ended_at, m) - open_until(shift, now, m)
    m[token + BY] = staff
    waited = now - m[token + READY_AT]
    queued = 0
    if waited:
        hours = present(m[m[staff + OFFICE] + OFFICE_CALENDAR], now, m)
        queued = open_until(hours, now, m) - m[token + OPEN_BEFORE]
        m[token + QUEUE_TIME] += queued
        m[token + CLOSED_TIME] += waited - queued
    m[token + SERVICE_TIME] += time
    m[token + OUTAGE_TIME] += worked - time
    m[token + CLOSED_TIME] += ended_at - now - worked
    if _is_measured(m[token + READY_AT], m):
        m[line + N_WAITING] -= 1
        if queued:
            waits[m[N_WAITS]] = m[line + WAITS_FROM] + queued
            m[N_WAITS] += 1
    if _is_measured(now, m):
        m[line + N_BEGUN] += 1
        m[staff + N_TAKEN] += 1
    _count_time(at, staff, shift, now, ended_at, m)
    if m[ITEM_ROOM] != NONE:
        item = m[token + ITEM] - m[ITEM_BASE]
        items[item + ITEM_STAFF] = m[staff + STAFF_INDEX]
        items[item + ITEM_STARTED_AT] = now
        if ended_at < m[HORIZON]:
            items[item + ITEM_ENDED_AT] = ended_at
    if ended_at < m[HORIZON]:
        if ended_at == now:
            happen_later(token, WORK_DONE, m)
        else:
            schedule(ended_at, token, m)


@inlined
def _count_time(at: int, staff: int, shift: int, now: int, ended_at: int, m: Memory) -> None:
    """Count the time on shift, and after closing, that an item takes in the measured window."""
    begun = max(now, m[MEASURED_FROM])
    until = min(ended_at, m[MEASURED_UNTIL])
    if begun < until:
        busy = open_until(shift, until, m) - open_until(shift, begun, m)
        m[staff + BUSY_TIME] += busy
        if m[at + IS_FINISHED]:
            m[staff + OVERTIME] += until - begun - busy
