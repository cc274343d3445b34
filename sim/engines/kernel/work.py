"""Waiting items, and who takes them (S1-S6)."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.engines.kernel import columns as col
from sim.engines.kernel import heaps
from sim.engines.kernel.calendars import add_both_open, add_open, open_until, reach
from sim.engines.kernel.compiler import compiled
from sim.engines.kernel.legal import clock_due_day, find
from sim.engines.kernel.tables import Plan, State
from sim.units import NEVER

_RANK_BITS: Final = 52
_LATEST: Final = 2**51
"""A due day beyond every instant of a run."""

_AHEAD: Final = 2**40
"""Added to due days, and to instants for likeness, so that none is negative."""


@compiled
def schedule(at: int, what: int, state: State) -> None:
    """Let something happen at an instant, after all that was scheduled for it before."""
    counters = state.counters
    counters[col.N_SCHEDULED] += 1
    heaps.push(state.events, 0, counters[col.N_EVENTS], at, counters[col.N_SCHEDULED], what)
    counters[col.N_EVENTS] += 1


@compiled
def happen_later(token: int, why: int, state: State) -> None:
    """Let something happen to a token at this instant, after all that is scheduled for it."""
    last = state.counters[col.LATER_TO]
    state.later[last & (len(state.later) - 1)] = token << 2 | why
    state.counters[col.LATER_TO] = last + 1


@compiled
def mark(office: int, state: State) -> None:
    """Note that an office may have work to give out, once all tokens have moved (S2)."""
    if not state.desks[office, col.IS_CHANGED]:
        state.desks[office, col.IS_CHANGED] = 1
        heaps.push(state.changed, 0, state.counters[col.N_CHANGED], office, 0, 0)
        state.counters[col.N_CHANGED] += 1


@compiled
def offer(token: int, at: int, visit: int, time: int, now: int, plan: Plan, state: State) -> None:
    """Let a work item wait at the office of the case on the activity's level (S1)."""
    elements, tokens, counters = plan.elements, state.tokens, state.counters
    case = tokens[token, col.TOKEN_CASE]
    office = plan.office_at[plan.home[case], elements[at, col.LEVEL]]
    if office < 0:
        counters[col.FAULT] = col.NO_OFFICE
        counters[col.FAULT_AT] = at
        counters[col.FAULT_CASE] = case
        return
    row = counters[col.N_ITEMS]
    counters[col.N_ITEMS] = row + 1
    items = state.items
    items[col.ITEM_CASE, row] = case
    items[col.ITEM_AT, row] = at
    items[col.ITEM_STAFF, row] = col.NONE
    items[col.ITEM_OFFICE, row] = office
    items[col.ITEM_READY_AT, row] = now
    items[col.ITEM_STARTED_AT, row] = -NEVER
    items[col.ITEM_ENDED_AT, row] = -NEVER
    items[col.ITEM_VISIT, row] = visit
    tokens[token, col.TOKEN_ITEM] = row
    tokens[token, col.TOKEN_SERVICE] = time
    k = reach(plan.offices[office, col.OFFICE_CALENDAR], now, plan.intervals, state.cursors)
    tokens[token, col.TOKEN_OPEN_BEFORE] = open_until(k, now, plan.intervals)
    major = now
    if elements[at, col.BY_DUE_DAY]:
        major = min(_due_day(case, elements[at, col.DOSSIER], now, plan, state), _LATEST)
    major += (elements[at, col.RANK] << _RANK_BITS) + _AHEAD
    role = elements[at, col.ROLE]
    queue = office * (len(state.queues) // len(plan.offices)) + role
    _wait(queue, major, case << 32 | at, token, state)
    state.desks[office, col.N_WAITING] += 1
    if state.desks[office, col.N_IDLE]:
        mark(office, state)


@compiled
def _due_day(case: int, dossier: int, now: int, plan: Plan, state: State) -> int:
    """The due day by which an item is ordered: its dossier's, else its bundle's (S4)."""
    row = find(case, dossier, state) if dossier >= 0 else col.NONE
    if row == col.NONE:
        row = state.first_clock[case]
    return clock_due_day(row, now, plan, state.clocks) if row != col.NONE else NEVER


@compiled
def _wait(queue: int, major: int, minor: int, token: int, state: State) -> None:
    """Put a token in a queue, moving the queue to a larger place if it is full."""
    queues, places, counters = state.queues, state.places, state.counters
    size = queues[queue, col.QUEUE_SIZE]
    if size == queues[queue, col.QUEUE_ROOM]:
        room = max(4, 2 * size)
        first = counters[col.N_PLACES]
        counters[col.N_PLACES] = first + room
        counters[col.LARGEST_ROOM] = max(room, counters[col.LARGEST_ROOM])
        for i in range(size):
            for word in range(3):
                places[first + i, word] = places[queues[queue, col.QUEUE_FROM] + i, word]
        queues[queue, col.QUEUE_FROM] = first
        queues[queue, col.QUEUE_ROOM] = room
    heaps.push(places, queues[queue, col.QUEUE_FROM], size, major, minor, token)
    queues[queue, col.QUEUE_SIZE] = size + 1


@compiled
def release(staff: int, plan: Plan, state: State) -> None:
    """A member of staff is idle again, before the token moves on."""
    team = plan.staff[staff, col.TEAM]
    office = plan.staff[staff, col.OFFICE]
    heaps.push(state.idle, plan.teams[team, col.MEMBERS_FROM], state.n_idle[team], staff, 0, 0)
    state.n_idle[team] += 1
    state.desks[office, col.N_IDLE] += 1
    if state.desks[office, col.N_WAITING]:
        mark(office, state)


@compiled
def _first_queue(team: int, plan: Plan, state: State) -> int:
    """The queue whose head comes first among those of a team's roles (S3, S4), NONE if empty."""
    queues, places = state.queues, state.places
    best = col.NONE
    for k in range(plan.teams[team, col.QUEUES_FROM], plan.teams[team, col.QUEUES_TO]):
        queue = plan.team_queues[k]
        if queues[queue, col.QUEUE_SIZE] == 0:
            continue
        if best != col.NONE:
            head = queues[queue, col.QUEUE_FROM]
            first = queues[best, col.QUEUE_FROM]
            if places[head, 0] > places[first, 0] or (
                places[head, 0] == places[first, 0] and places[head, 1] > places[first, 1]
            ):
                continue
        best = queue
    return best


@compiled
def give_out(office: int, now: int, plan: Plan, state: State) -> None:
    """Give idle staff on shift, in staff order, the first item each can take (S3)."""
    desks, teams = state.desks, plan.teams
    first, last = plan.offices[office, col.TEAMS_FROM], plan.offices[office, col.TEAMS_TO]
    desks[office, col.IS_CHANGED] = 0
    while desks[office, col.N_WAITING] and desks[office, col.N_IDLE]:
        chosen = col.NONE
        staff = col.NONE
        queue = col.NONE
        for team in range(first, last):
            if state.n_idle[team] == 0:
                continue
            member = state.idle[teams[team, col.MEMBERS_FROM], 0]
            if chosen != col.NONE and member > staff:
                continue
            k = reach(teams[team, col.TEAM_CALENDAR], now, plan.intervals, state.cursors)
            if plan.intervals[k, col.OPENS] > now:
                continue
            found = _first_queue(team, plan, state)
            if found != col.NONE:
                chosen, staff, queue = team, member, found
        if chosen == col.NONE:
            break
        heaps.pop(state.idle, teams[chosen, col.MEMBERS_FROM], state.n_idle[chosen])
        state.n_idle[chosen] -= 1
        desks[office, col.N_IDLE] -= 1
        token = state.places[state.queues[queue, col.QUEUE_FROM], 2]
        heaps.pop(
            state.places, state.queues[queue, col.QUEUE_FROM], state.queues[queue, col.QUEUE_SIZE]
        )
        state.queues[queue, col.QUEUE_SIZE] -= 1
        desks[office, col.N_WAITING] -= 1
        _start(token, staff, chosen, office, now, plan, state)
    if desks[office, col.N_WAITING] and desks[office, col.N_IDLE]:
        _wake_later(office, first, last, now, plan, state)


@compiled
def _wake_later(office: int, first: int, last: int, now: int, plan: Plan, state: State) -> None:
    """Give out work again when a shift opens for somebody who could take it (S5)."""
    opens_at = NEVER
    for team in range(first, last):
        if state.n_idle[team] and _first_queue(team, plan, state) != col.NONE:
            k = reach(plan.teams[team, col.TEAM_CALENDAR], now, plan.intervals, state.cursors)
            opens_at = min(opens_at, plan.intervals[k, col.OPENS])
    wakes_at = state.desks[office, col.WAKES_AT]
    if opens_at < plan.horizon and not now < wakes_at <= opens_at:
        state.desks[office, col.WAKES_AT] = opens_at
        schedule(opens_at, col.WAKE + office, state)


@compiled
def _start(
    token: int, staff: int, team: int, office: int, now: int, plan: Plan, state: State
) -> None:
    """Begin an item and book its time: its end is known (T3, T4, S6, K2)."""
    elements, tokens, items, intervals = plan.elements, state.tokens, state.items, plan.intervals
    at = tokens[token, col.TOKEN_AT]
    row = tokens[token, col.TOKEN_ITEM]
    time = tokens[token, col.TOKEN_SERVICE]
    if plan.speeds[staff] != 1.0:
        time = np.int64(np.rint(time / plan.speeds[staff]))
    calendar = plan.teams[team, col.TEAM_CALENDAR]
    k = reach(calendar, now, intervals, state.cursors)
    up = elements[at, col.UP]
    if elements[at, col.FINISH]:
        ended_at = now + time
        if up != col.NONE:
            ended_at = add_open(reach(up, now, intervals, state.cursors), now, time, intervals)
        worked = ended_at - now
    elif up != col.NONE:
        j = reach(up, now, intervals, state.cursors)
        ended_at = add_both_open(k, j, now, time, intervals)
        worked = open_until(k, ended_at, intervals) - open_until(k, now, intervals)
    else:
        ended_at = add_open(k, now, time, intervals)
        worked = time
    items[col.ITEM_STAFF, row] = staff
    items[col.ITEM_STARTED_AT, row] = now
    tokens[token, col.TOKEN_STAFF] = staff
    waited = now - items[col.ITEM_READY_AT, row]
    if waited:
        k = reach(plan.offices[office, col.OFFICE_CALENDAR], now, intervals, state.cursors)
        queued = open_until(k, now, intervals) - tokens[token, col.TOKEN_OPEN_BEFORE]
        tokens[token, col.QUEUE_PART] += queued
        tokens[token, col.CLOSED_PART] += waited - queued
    tokens[token, col.SERVICE_PART] += time
    tokens[token, col.OUTAGE_PART] += worked - time
    tokens[token, col.CLOSED_PART] += ended_at - now - worked
    if ended_at < plan.horizon:
        items[col.ITEM_ENDED_AT, row] = ended_at
        if ended_at == now:
            happen_later(token, col.WORK_DONE, state)
        else:
            schedule(ended_at, token, state)
