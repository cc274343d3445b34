"""What happens next: the order of a run (S2).

At an instant tokens move in the order in which SimPy would let them: those that a fork has just
made, then arrivals and what was scheduled before, then what this instant itself brought.  When no
token moves any more, offices give out work, and it begins again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.engines.fast.kernel.cases import arrive, leave
from sim.engines.fast.kernel.compiler import compiled, inlined, pointer
from sim.engines.fast.kernel.fields import (
    ALL_OVER,
    ARRIVAL_WIDTH,
    ARRIVALS_END,
    AT,
    BRANCH_OVER,
    BY,
    CASE_ARRIVES_AT,
    CHANGED,
    DONE,
    EVENTS,
    FAULT,
    HAS_MORE,
    HORIZON,
    IS_ACTIVITY,
    ITEM_ROOM,
    KIND,
    LATER_FIRST,
    LEFT_ROOM,
    LINK,
    MAJOR,
    MARGIN,
    MEMORY_SIZE,
    MORE_ARRIVALS,
    MORE_ITEMS,
    MORE_LEFT,
    MORE_MEMORY,
    MORE_WAITS,
    N_ITEMS,
    N_LEFT_CASES,
    N_WAITS,
    NEW_FIRST,
    NEXT_ARRIVAL,
    NONE,
    NOW,
    OPEN_FIRST,
    QUEUE_FROM,
    SIZE,
    THEN,
    TOP,
    WAIT_ROOM,
    WHAT,
    WHY,
    Floats,
    Memory,
)
from sim.engines.fast.kernel.heaps import drop_first
from sim.engines.fast.kernel.tokens import all_over, begin, branch_over, passed, walk
from sim.engines.fast.kernel.work import give_out, mark, release
from sim.records import NOT_YET


@inlined
def run(m: Memory, floats: Floats, items: Memory, waits: Memory, left: Memory) -> int:
    """What :func:`loop` does."""
    now = m[NOW]
    while True:
        if m[FAULT]:
            return m[FAULT]
        m[NOW] = now
        if m[TOP] + m[MARGIN] > m[MEMORY_SIZE]:
            return MORE_MEMORY
        if m[N_ITEMS] == m[ITEM_ROOM]:
            return MORE_ITEMS
        if m[N_WAITS] > m[WAIT_ROOM]:
            return MORE_WAITS
        if m[N_LEFT_CASES] == m[LEFT_ROOM]:
            return MORE_LEFT
        token = NONE
        outcome = 0
        event = m[EVENTS + QUEUE_FROM]
        if m[NEW_FIRST] != NONE:
            token = m[NEW_FIRST]
            m[NEW_FIRST] = m[token + LINK]
        elif m[NEXT_ARRIVAL] < m[ARRIVALS_END] and m[m[NEXT_ARRIVAL] + CASE_ARRIVES_AT] <= now:
            token = begin(arrive(m[NEXT_ARRIVAL], m), m)
            m[NEXT_ARRIVAL] += m[ARRIVAL_WIDTH]
        elif m[EVENTS + SIZE] and m[event + MAJOR] == now:
            what = m[event + WHAT]
            drop_first(EVENTS, m)
            if what < 0:
                mark(-what, m)
            else:
                token = what
                _go_on(token, m)
        elif m[LATER_FIRST] != NONE:
            token = m[LATER_FIRST]
            m[LATER_FIRST] = m[token + LINK]
            if m[token + WHY] == BRANCH_OVER:
                branch_over(token, now, m)
                token = NONE
            elif m[token + WHY] == ALL_OVER:
                outcome = all_over(token, m)
            else:
                _go_on(token, m)
        elif m[CHANGED + SIZE]:
            while m[CHANGED + SIZE]:
                office = m[m[CHANGED + QUEUE_FROM] + WHAT]
                drop_first(CHANGED, m)
                give_out(office, now, m, floats, items, waits)
        else:
            now = m[HORIZON]
            if m[NEXT_ARRIVAL] < m[ARRIVALS_END]:
                now = min(now, m[m[NEXT_ARRIVAL] + CASE_ARRIVES_AT])
            elif m[HAS_MORE]:
                return MORE_ARRIVALS
            if m[EVENTS + SIZE]:
                now = min(now, m[event + MAJOR])
            if now >= m[HORIZON]:
                if m[OPEN_FIRST] == NONE:
                    return DONE
                leave(m[OPEN_FIRST], NONE, NOT_YET, 0, m, left)  # K4
        if token != NONE:
            walk(token, outcome, now, m, floats, items, left)


@inlined
def _go_on(token: int, m: Memory) -> None:
    """What a token waited for has come."""
    at = m[token + AT]
    if m[at + KIND] == IS_ACTIVITY:
        release(m[token + BY], m)
        m[token + AT] = m[at + THEN]
    else:
        passed(token, m)


@compiled("int64(int64[::1], float64[::1], int64[:, ::1], int64[::1], int64[::1])")
def loop(
    memory: NDArray[np.int64],
    floats: NDArray[np.float64],
    items: NDArray[np.int64],
    waits: NDArray[np.int64],
    left: NDArray[np.int64],
) -> int:
    """Run until the horizon, or until there is no room, or a fault; say which.

    Called again with more room, it goes on where it stopped.
    """
    return run(pointer(memory), pointer(floats), pointer(items), pointer(waits), pointer(left))
