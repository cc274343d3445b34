"""What happens next: the order of a run (S2).

At an instant tokens move in the order in which SimPy would let them: those that a fork has just
made, then arrivals and what was scheduled before, then what this instant itself brought.  When no
token moves any more, offices give out work, and it begins again.
"""

from __future__ import annotations

from sim.engines.fast.kernel import fields as f
from sim.engines.fast.kernel.cases import arrive, leave
from sim.engines.fast.kernel.compiler import fetch, has_habits, inlined
from sim.engines.fast.kernel.events import mark
from sim.engines.fast.kernel.fields import Floats, Memory
from sim.engines.fast.kernel.heaps import drop_first
from sim.engines.fast.kernel.tokens import all_over, begin, branch_over, passed, walk
from sim.engines.fast.kernel.work import give_out, hand_back, help_out, release, ripens
from sim.records import NOT_YET


@inlined
def run(m: Memory, floats: Floats, items: Memory, waits: Memory, exits: Memory) -> int:
    """Run until the horizon, or until there is no room, or a fault; say which.

    Called again with more room, it goes on where it stopped.
    """
    now = m[f.NOW]
    while True:
        if m[f.FAULT]:
            return m[f.FAULT]
        m[f.NOW] = now
        if m[f.TOP] + m[f.MARGIN] > m[f.MEMORY_SIZE]:
            return f.MORE_MEMORY
        if m[f.N_ITEMS] == m[f.ITEM_ROOM]:
            return f.MORE_ITEMS
        if m[f.N_WAITS] > m[f.WAIT_ROOM]:
            return f.MORE_WAITS
        if m[f.N_CASE_EXITS] == m[f.EXIT_ROOM]:
            return f.MORE_EXITS
        token = f.NONE
        outcome = 0
        event = m[f.EVENTS + f.QUEUE_FROM]
        if m[f.NEW_FIRST] != f.NONE:
            token = m[f.NEW_FIRST]
            m[f.NEW_FIRST] = m[token + f.LINK]
        elif (
            m[f.NEXT_ARRIVAL] < m[f.ARRIVALS_END]
            and m[m[f.NEXT_ARRIVAL] + f.CASE_ARRIVES_AT] <= now
        ):
            token = begin(arrive(m[f.NEXT_ARRIVAL], m), m)
            m[f.NEXT_ARRIVAL] += m[f.ARRIVAL_WIDTH]
        elif m[f.EVENTS + f.SIZE] and m[event + f.MAJOR] == now:
            what = m[event + f.WHAT]
            drop_first(f.EVENTS, m)
            _fetch_next(m)
            if has_habits(m) and what <= -f.RIPENS:
                ripens(-what - f.RIPENS, now, m)
            elif has_habits(m) and what <= -f.GOES_AWAY:
                hand_back(-what - f.GOES_AWAY, now, m)
            elif what < 0:
                mark(-what, m)
            else:
                token = what
                _go_on(token, m)
        elif m[f.LATER_FIRST] != f.NONE:
            token = m[f.LATER_FIRST]
            m[f.LATER_FIRST] = m[token + f.LINK]
            if m[token + f.WHY] == f.BRANCH_OVER:
                branch_over(token, now, m)
                token = f.NONE
            elif m[token + f.WHY] == f.ALL_OVER:
                outcome = all_over(token, m)
            else:
                _go_on(token, m)
        elif m[f.CHANGED + f.SIZE]:
            while m[f.CHANGED + f.SIZE]:
                office = m[m[f.CHANGED + f.QUEUE_FROM] + f.WHAT]
                drop_first(f.CHANGED, m)
                give_out(office, now, m, floats, items, waits)
            while has_habits(m) and m[f.HELPING + f.SIZE]:
                group = m[m[f.HELPING + f.QUEUE_FROM] + f.WHAT]
                drop_first(f.HELPING, m)
                help_out(group, now, m, floats, items, waits)
        else:
            now = m[f.HORIZON]
            if m[f.NEXT_ARRIVAL] < m[f.ARRIVALS_END]:
                now = min(now, m[m[f.NEXT_ARRIVAL] + f.CASE_ARRIVES_AT])
            elif m[f.HAS_MORE]:
                return f.MORE_ARRIVALS
            if m[f.EVENTS + f.SIZE]:
                now = min(now, m[event + f.MAJOR])
            if now >= m[f.HORIZON]:
                if m[f.OPEN_FIRST] == f.NONE:
                    return f.DONE
                leave(m[f.OPEN_FIRST], f.NONE, NOT_YET, 0, m, exits)  # K4
        if token != f.NONE:
            walk(token, outcome, now, m, floats, items, exits)


@inlined
def _fetch_next(m: Memory) -> None:
    """Bring what the next events ask for: cases of a province are far apart, and few are near.

    A case is known by its token, a clock by its case.  So the tokens of those that may be fourth to
    seventh are brought, of those that may be second or third the cases, and the clocks of the next.
    """
    first = m[f.EVENTS + f.QUEUE_FROM]
    if m[f.EVENTS + f.SIZE] < f.FORESEEN:
        return
    token = m[first + f.WHAT]
    if token > 0:
        clock = m[m[token + f.CASE] + f.CASE_CLOCK]
        for word in range(0, f.N_CLOCK, f.A_LINE):
            fetch(m, clock + word)
    for row in range(1, 3):
        token = m[first + f.N_ROW * row + f.WHAT]
        if token > 0:
            for word in range(0, f.N_CASE, f.A_LINE):
                fetch(m, m[token + f.CASE] + word)
    for row in range(3, f.FORESEEN):
        token = m[first + f.N_ROW * row + f.WHAT]
        if token > 0:
            for word in range(0, f.N_TOKEN, f.A_LINE):
                fetch(m, token + word)


@inlined
def _go_on(token: int, m: Memory) -> None:
    """What a token waited for has come."""
    at = m[token + f.AT]
    if m[at + f.KIND] == f.IS_ACTIVITY:
        if m[token + f.BY] != f.NONE:
            release(m[token + f.BY], m)
        m[token + f.AT] = m[at + f.THEN]
    else:
        passed(token, m)
