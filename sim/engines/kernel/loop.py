"""What happens next: the order of a run (S2).

At an instant tokens move in the order in which SimPy would let them: those that a fork has just
made, then arrivals and what was scheduled before, then what this instant itself brought.  When no
token moves any more, offices give out work, and it begins again.
"""

from __future__ import annotations

from sim.engines.kernel import columns as col
from sim.engines.kernel import heaps
from sim.engines.kernel.compiler import compiled
from sim.engines.kernel.tables import Plan, State
from sim.engines.kernel.tokens import all_over, arrive, branch_over, passed, walk
from sim.engines.kernel.work import give_out, mark, release


@compiled
def loop(plan: Plan, state: State) -> int:
    """Run until the horizon, or until a table is full; say which (``DONE``, ``MORE_...``).

    Called again with larger tables, it goes on where it stopped.
    """
    counters, events = state.counters, state.events
    now = counters[col.NOW]
    n_cases = len(plan.arrives_at)
    while True:
        if counters[col.FAULT]:
            return counters[col.FAULT]
        lacking = _lacking(plan, state)
        if lacking:
            counters[col.NOW] = now
            return lacking
        token = col.NONE
        outcome = 0
        if counters[col.NEW_FROM] < counters[col.NEW_TO]:
            token = state.new[counters[col.NEW_FROM] & (len(state.new) - 1)]
            counters[col.NEW_FROM] += 1
        elif counters[col.NEXT_CASE] < n_cases and plan.arrives_at[counters[col.NEXT_CASE]] <= now:
            token = arrive(counters[col.NEXT_CASE], plan, state)
            counters[col.NEXT_CASE] += 1
        elif counters[col.N_EVENTS] and events[0, 0] == now:
            what = events[0, 2]
            heaps.pop(events, 0, counters[col.N_EVENTS])
            counters[col.N_EVENTS] -= 1
            if what >= col.WAKE:
                mark(what - col.WAKE, state)
            else:
                token = what
                _go_on(token, plan, state)
        elif counters[col.LATER_FROM] < counters[col.LATER_TO]:
            later = state.later[counters[col.LATER_FROM] & (len(state.later) - 1)]
            counters[col.LATER_FROM] += 1
            why = later & 3
            if why == col.BRANCH_OVER:
                branch_over(later >> 2, now, state)
            else:
                token = later >> 2
                if why == col.ALL_OVER:
                    outcome = all_over(token, plan, state)
                else:
                    _go_on(token, plan, state)
        elif counters[col.N_CHANGED]:
            while counters[col.N_CHANGED]:
                office = state.changed[0, 0]
                heaps.pop(state.changed, 0, counters[col.N_CHANGED])
                counters[col.N_CHANGED] -= 1
                give_out(office, now, plan, state)
        else:
            now = plan.horizon
            if counters[col.NEXT_CASE] < n_cases:
                now = min(now, plan.arrives_at[counters[col.NEXT_CASE]])
            if counters[col.N_EVENTS]:
                now = min(now, events[0, 0])
            if now >= plan.horizon:
                return col.DONE
        if token != col.NONE:
            walk(token, outcome, now, plan, state)


@compiled
def _go_on(token: int, plan: Plan, state: State) -> None:
    """What a token waited for has come."""
    at = state.tokens[token, col.TOKEN_AT]
    if plan.elements[at, col.KIND] == col.ACTIVITY:
        release(state.tokens[token, col.TOKEN_STAFF], plan, state)
        state.tokens[token, col.TOKEN_AT] = plan.elements[at, col.THEN]
    else:
        passed(token, plan, state)


@compiled
def _lacking(plan: Plan, state: State) -> int:
    """Which table has no room for what one more turn may add; 0 if none."""
    counters = state.counters
    if counters[col.N_FREE] <= plan.n_branches:
        return col.MORE_TOKENS
    if counters[col.N_EVENTS] + len(plan.staff) + len(plan.offices) + 2 > len(state.events):
        return col.MORE_EVENTS
    if counters[col.N_PLACES] + 2 * counters[col.LARGEST_ROOM] > len(state.places):
        return col.MORE_PLACES
    if counters[col.N_ITEMS] >= state.items.shape[1]:
        return col.MORE_ITEMS
    return 0
