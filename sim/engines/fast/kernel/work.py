"""Waiting items, and who takes them (S1-S5, P3, H2, B2)."""

from __future__ import annotations

from typing import Final

from sim.engines.fast.kernel import fields as f
from sim.engines.fast.kernel.batches import start_batch
from sim.engines.fast.kernel.calendars import add_open, open_until, present
from sim.engines.fast.kernel.compiler import has_habits, inlined
from sim.engines.fast.kernel.events import is_measured, mark, schedule
from sim.engines.fast.kernel.fields import Floats, Memory
from sim.engines.fast.kernel.heaps import drop_first, put
from sim.engines.fast.kernel.legal import clock_due_day, clock_of_work
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
    elif has_habits(m) and m[at + f.ORDER] == _LATEST_COME:  # H5
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
    if not has_habits(m) or m[line + f.BATCH] == f.NONE:
        m[office + f.WAITING] |= 1 << m[at + f.ROLE]
    else:
        _ripen(token, office, line, now, m)
    if has_habits(m) and m[line + f.HELP] != f.NONE:  # B2
        m[token + f.HELPED_AT] = NEVER
        if m[at + f.IS_POOLED]:
            hours = present(m[office + f.OFFICE_CALENDAR], now, m)
            helped_at = add_open(hours, now, m[m[line + f.HELP]], m)
            m[token + f.HELPED_AT] = helped_at
            if now < helped_at < m[f.HORIZON]:
                schedule(helped_at, -office, m)
            is_batch = m[line + f.BATCH] != f.NONE
            if helped_at == now or (is_batch and not m[line + f.IS_SHUT]):
                mark(office, m)
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
    elif m[line + f.SIZE] == 1:  # others have waited for longer
        _look_at_later(line, ripe_at, now, m)


@inlined
def ripens(line: int, now: int, m: Memory) -> None:
    """One of the items of a line for batches may have waited long enough (H2)."""
    if m[line + f.SIZE]:
        token = m[m[line + f.QUEUE_FROM] + f.WHAT]
        at = m[token + f.AT]
        office = m[m[token + f.HOME] + m[at + f.LEVEL]]
        _look_at(office, line, 1 << m[at + f.ROLE], now, m)
        mark(office, m)


@inlined
def _look_at_later(line: int, ripe_at: int, now: int, m: Memory) -> None:
    """Look at a line again when the item that waits longest has waited long enough (H2)."""
    if ripe_at < m[f.HORIZON] and not now < m[line + f.RIPENS_AT] <= ripe_at:
        m[line + f.RIPENS_AT] = ripe_at
        schedule(ripe_at, -line - f.RIPENS, m)


@inlined
def _look_at(office: int, line: int, bit: int, now: int, m: Memory) -> None:
    """Open a line for batches or shut it, by what waits there now (H2)."""
    size = m[line + f.SIZE]
    ripe_at = now
    if size < m[m[line + f.BATCH] + f.BATCH_SIZE]:
        ripe_at = NEVER
        first = m[line + f.QUEUE_FROM]
        for row in range(first, first + f.N_ROW * size, f.N_ROW):
            ripe_at = min(ripe_at, m[m[row + f.WHAT] + f.RIPE_AT])
        if ripe_at > now:
            _look_at_later(line, ripe_at, now, m)
    m[line + f.IS_SHUT] = ripe_at > now
    if ripe_at <= now:
        m[office + f.WAITING] |= bit
    else:
        m[office + f.WAITING] &= ~bit


@inlined
def _due_day(case: int, dossier: int, now: int, m: Memory) -> int:
    """The due day by which an item is ordered: its dossier's, else its bundle's (S4)."""
    clock = clock_of_work(case, dossier, m)
    return clock_due_day(clock, now, m) if clock != f.NONE else NEVER


@inlined
def release(staff: int, m: Memory) -> None:
    """A member of staff is idle again, before the token moves on."""
    office = m[staff + f.OFFICE]
    put(m[staff + f.TEAM] + f.IDLE, m[staff + f.STAFF_INDEX], 0, staff, m)
    m[office + f.N_IDLE] += 1
    is_wanted = m[office + f.WAITING] & m[m[staff + f.TEAM] + f.TEAM_ROLES]
    if is_wanted or (has_habits(m) and m[office + f.GROUP] != f.NONE):
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
        if m[queue + f.SIZE] == 0 or (has_habits(m) and m[queue + f.IS_SHUT]):
            continue
        if best == f.NONE or _is_before(queue, best, m):
            best = queue
    return best


@inlined
def _is_before(line: int, other: int, m: Memory) -> bool:
    """Whether the first item of a line comes before that of another (S4)."""
    row, that = m[line + f.QUEUE_FROM], m[other + f.QUEUE_FROM]
    if m[row + f.MAJOR] == m[that + f.MAJOR]:
        return m[row + f.MINOR] < m[that + f.MINOR]
    return m[row + f.MAJOR] < m[that + f.MAJOR]


@inlined
def give_out(
    office: int, now: int, m: Memory, floats: Floats, items: Memory, waits: Memory
) -> None:
    """Give idle staff on shift, in staff order, the first item each can take (S3)."""
    m[office + f.IS_CHANGED] = 0
    group = m[office + f.GROUP]
    if has_habits(m) and group != f.NONE and not m[group + f.GROUP_CHANGED]:
        m[group + f.GROUP_CHANGED] = 1
        put(f.HELPING, group, 0, group, m)
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
        _take(queue, office, chosen, now, m, floats, items, waits)


@inlined
def help_out(group: int, now: int, m: Memory, floats: Floats, items: Memory, waits: Memory) -> None:
    """Let those who are still idle take what waits at other offices, in staff order (B2)."""
    m[group + f.GROUP_CHANGED] = 0
    while True:
        waiting = 0
        for k in range(m[group + f.MEMBERS_FROM], m[group + f.MEMBERS_TO]):
            waiting |= m[m[k] + f.WAITING]
        if waiting == 0:
            return
        chosen = f.NONE
        line = f.NONE
        index = 0
        for k in range(m[group + f.MEMBERS_FROM], m[group + f.MEMBERS_TO]):
            office = m[k]
            if m[office + f.N_IDLE] == 0:
                continue
            for team in range(m[office + f.TEAMS_FROM], m[office + f.TEAMS_TO], f.N_TEAM):
                if m[team + f.IDLE + f.SIZE] == 0 or not m[team + f.TEAM_ROLES] & waiting:
                    continue
                member = m[m[team + f.IDLE + f.QUEUE_FROM] + f.MAJOR]
                if chosen != f.NONE and member > index:
                    continue
                found = _first_elsewhere(team, office, group, now, m)
                if found == f.NONE:
                    continue
                opens_at = m[present(m[team + f.TEAM_CALENDAR], now, m) + f.OPENS]
                if opens_at > now:
                    _wake_at(office, opens_at, now, m)
                else:
                    chosen, line, index = team, found, member
        if chosen == f.NONE:
            return
        token = m[m[line + f.QUEUE_FROM] + f.WHAT]
        office = m[m[token + f.HOME] + m[m[token + f.AT] + f.LEVEL]]
        _take(line, office, chosen, now, m, floats, items, waits)


@inlined
def _first_elsewhere(team: int, office: int, group: int, now: int, m: Memory) -> int:
    """The line at another office whose first item a team may take, and comes first; or NONE."""
    best = f.NONE
    for k in range(m[team + f.QUEUES_FROM], m[team + f.QUEUES_TO]):
        own = m[k]
        if m[own + f.HELP] == f.NONE:
            continue
        for member in range(m[group + f.MEMBERS_FROM], m[group + f.MEMBERS_TO]):
            if m[member] == office:
                continue
            line = m[m[member] + f.QUEUES] + own - m[office + f.QUEUES]
            if m[line + f.SIZE] == 0 or m[line + f.IS_SHUT] or m[line + f.HELP] != m[own + f.HELP]:
                continue
            token = m[m[line + f.QUEUE_FROM] + f.WHAT]
            if m[token + f.HELPED_AT] <= now and (best == f.NONE or _is_before(line, best, m)):
                best = line
    return best


@inlined
def _take(
    line: int,
    office: int,
    team: int,
    now: int,
    m: Memory,
    floats: Floats,
    items: Memory,
    waits: Memory,
) -> None:
    """Let the first idle member of a team begin the first item of a line, or the first batch."""
    staff = m[m[team + f.IDLE + f.QUEUE_FROM] + f.WHAT]
    drop_first(team + f.IDLE, m)
    m[m[staff + f.OFFICE] + f.N_IDLE] -= 1
    token = m[m[line + f.QUEUE_FROM] + f.WHAT]
    bit = 1 << m[m[token + f.AT] + f.ROLE]
    if has_habits(m) and m[line + f.BATCH] != f.NONE:
        start_batch(line, office, staff, now, m, floats, items, waits)
        _look_at(office, line, bit, now, m)
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
    _wake_at(office, opens_at, now, m)


@inlined
def _wake_at(office: int, opens_at: int, now: int, m: Memory) -> None:
    if opens_at < m[f.HORIZON] and not now < m[office + f.WAKES_AT] <= opens_at:
        m[office + f.WAKES_AT] = opens_at
        schedule(opens_at, -office, m)
