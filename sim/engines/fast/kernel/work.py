"""Waiting items, who takes them, and what is counted of both (S1-S6, K1)."""

from __future__ import annotations

from typing import Final

from sim.engines.fast.kernel import fields as f
from sim.engines.fast.kernel.batches import start_batch
from sim.engines.fast.kernel.calendars import add_open, open_until, present
from sim.engines.fast.kernel.compiler import inlined
from sim.engines.fast.kernel.events import is_measured, mark, schedule
from sim.engines.fast.kernel.fields import Floats, Memory
from sim.engines.fast.kernel.heaps import drop_first, put
from sim.engines.fast.kernel.legal import clock_due_day, find
from sim.engines.fast.kernel.spells import start
from sim.model import Order
from sim.records import NOT_YET
from sim.units import NEVER

_RANK_BITS: Final = 52
_LATEST: Final = 2**51
"""Stands for a due day that never comes: beyond every instant of a run."""

_EARLIEST_DUE: Final = int(Order.EARLIEST_DUE)
_LATEST_COME: Final = int(Order.LATEST_COME)

_AHEAD: Final = 2**40
"""Added to due days, and to instants for likeness, so that none is negative."""

_CASE_BITS: Final = 32


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
    line = m[office + f.QUEUES] + f.N_LINE * m[at + f.ROLE]
    if is_measured(now, m):
        m[line + f.N_READY] += 1
        m[line + f.N_WAITING] += 1
    _wait(token, office, major, now, m)


@inlined
def _wait(token: int, office: int, major: int, now: int, m: Memory) -> None:
    """Put an item into its line (S4)."""
    at = m[token + f.AT]
    line = m[office + f.QUEUES] + f.N_LINE * m[at + f.ROLE]
    minor = m[m[token + f.CASE] + f.CASE_INDEX] << _CASE_BITS | m[at + f.INDEX]
    put(line, major, minor, token, m)
    if m[line + f.BATCH] == f.NONE:
        m[office + f.WAITING] |= 1 << m[at + f.ROLE]
    else:
        _ripen(token, office, line, now, m)
    if m[office + f.N_IDLE]:
        mark(office, m)


@inlined
def _ripen(token: int, office: int, line: int, now: int, m: Memory) -> None:
    """Open a line for batches to which an item has come, now or at the latest instant (H2)."""
    batch = m[line + f.BATCH]
    ripe_at = now
    if m[token + f.OPEN_BEFORE] != f.NONE:
        hours = present(m[batch + f.AT_MOST_CALENDAR], now, m)
        ripe_at = add_open(hours, now, m[batch + f.AT_MOST], m)
    m[token + f.RIPE_AT] = ripe_at
    if m[line + f.SIZE] >= m[batch + f.BATCH_SIZE] or ripe_at <= now:
        m[line + f.IS_SHUT] = 0
        m[office + f.WAITING] |= 1 << m[m[token + f.AT] + f.ROLE]
    elif m[line + f.SIZE] == 1 and ripe_at < m[f.HORIZON]:  # others have waited for longer
        schedule(ripe_at, -line - f.RIPENS, m)


@inlined
def ripens(line: int, now: int, m: Memory) -> None:
    """One of the items of a line for batches may have waited long enough (H2)."""
    if m[line + f.SIZE]:
        token = m[m[line + f.QUEUE_FROM] + f.WHAT]
        at = m[token + f.AT]
        office = m[m[token + f.HOME] + m[at + f.LEVEL]]
        look_at(office, line, 1 << m[at + f.ROLE], now, m)
        mark(office, m)


@inlined
def look_at(office: int, line: int, bit: int, now: int, m: Memory) -> None:
    """Open a line for batches or shut it, by what waits there now (H2)."""
    size = m[line + f.SIZE]
    ripe_at = now
    if size < m[m[line + f.BATCH] + f.BATCH_SIZE]:
        ripe_at = NEVER
        first = m[line + f.QUEUE_FROM]
        for row in range(first, first + f.N_ROW * size, f.N_ROW):
            ripe_at = min(ripe_at, m[m[row + f.WHAT] + f.RIPE_AT])
        if now < ripe_at < m[f.HORIZON]:
            schedule(ripe_at, -line - f.RIPENS, m)
    m[line + f.IS_SHUT] = ripe_at > now
    if ripe_at <= now:
        m[office + f.WAITING] |= bit
    else:
        m[office + f.WAITING] &= ~bit


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
def hand_back(staff: int, now: int, m: Memory) -> None:
    """An absence begins: what a person has in hand goes back to its line, before others (P3)."""
    token = m[staff + f.HANDS_BACK]
    while token != f.NONE:
        following = m[token + f.LINK]
        m[token + f.READY_AT] = now
        at = m[token + f.AT]
        office = m[m[token + f.HOME] + m[at + f.LEVEL]]
        _wait(token, office, m[at + f.RANK] << _RANK_BITS, now, m)
        token = following
    release(staff, m)


@inlined
def _first_queue(team: int, m: Memory) -> int:
    """The queue whose head comes first among those of a team's roles (S3, S4); NONE if empty."""
    best = f.NONE
    for k in range(m[team + f.QUEUES_FROM], m[team + f.QUEUES_TO]):
        queue = m[k]
        if m[queue + f.SIZE] == 0 or m[queue + f.IS_SHUT]:
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
        _take(queue, office, staff, now, m, floats, items, waits)


@inlined
def _take(
    line: int,
    office: int,
    staff: int,
    now: int,
    m: Memory,
    floats: Floats,
    items: Memory,
    waits: Memory,
) -> None:
    """Let a member of staff begin the first item of a line, or the first batch."""
    token = m[m[line + f.QUEUE_FROM] + f.WHAT]
    bit = 1 << m[m[token + f.AT] + f.ROLE]
    if m[line + f.BATCH] != f.NONE:
        start_batch(line, office, staff, now, m, floats, items, waits)
        look_at(office, line, bit, now, m)
        return
    drop_first(line, m)
    if m[line + f.SIZE] == 0:
        m[office + f.WAITING] &= ~bit
    start(token, line, office, staff, now, m, floats, items, waits)


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
