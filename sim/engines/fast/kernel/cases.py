"""Cases come, and leave their rows: a case that has ended gives its place to another (R4, K1)."""

from __future__ import annotations

from sim.engines.fast.kernel import legal
from sim.engines.fast.kernel.compiler import inlined
from sim.engines.fast.kernel.fields import (
    CASE_BACKLOG,
    CASE_BEFORE,
    CASE_CLOCK,
    CASE_INDEX,
    CASE_IS_KEPT,
    CASE_N_RETURNS,
    CASE_NEXT,
    CASE_RECEIVED_AT,
    CASE_WIDTH,
    FREE_CASE,
    FREE_CLOCK,
    LEDGER,
    LEFT_CASE,
    LEFT_CLOCK_ENDED_AT,
    LEFT_CLOCK_OUTCOME,
    LEFT_ENDED_AT,
    LEFT_LEDGER,
    LEFT_N_RETURNS,
    LEFT_OUTCOME,
    LEFT_ROOM,
    N_ARRIVAL,
    N_CASE,
    N_CLOCK,
    N_LEFT_CASE,
    N_LEFT_CASES,
    N_LEFT_CLOCKS,
    N_PARTS,
    N_PROPERTIES,
    NEXT,
    NONE,
    OPEN_FIRST,
    TOP,
    Memory,
)


@inlined
def arrive(arrival: int, m: Memory) -> int:
    """Make a case of the row of an arrival; start its clocks if it is under way already (R4)."""
    case = m[FREE_CASE]
    if case == NONE:
        case = m[TOP]
        m[TOP] = case + m[CASE_WIDTH]
    else:
        m[FREE_CASE] = m[case + CASE_NEXT]
    for word in range(N_ARRIVAL):
        m[case + word] = m[arrival + word]
    for word in range(CASE_N_RETURNS, N_CASE):
        m[case + word] = 0
    for word in range(m[N_PROPERTIES]):
        m[case + N_CASE + word] = m[arrival + N_ARRIVAL + word]
    for word in range(N_CASE + m[N_PROPERTIES], m[CASE_WIDTH]):
        m[case + word] = 0
    m[case + CASE_CLOCK] = NONE
    m[case + CASE_BEFORE] = NONE
    m[case + CASE_NEXT] = m[OPEN_FIRST]
    if m[OPEN_FIRST] != NONE:
        m[m[OPEN_FIRST] + CASE_BEFORE] = case
    m[OPEN_FIRST] = case
    running = m[case + CASE_BACKLOG]
    if running != NONE:
        for k in range(running + 1, running + 1 + m[running]):
            legal.start(case, m[k], m[case + CASE_RECEIVED_AT], m)
    return case


@inlined
def leave(case: int, token: int, ended_at: int, outcome: int, m: Memory, left: Memory) -> None:
    """Write the rows of a case that is kept, and free its place and its clocks.

    Without a ``token`` the case is open at the end of the run, and has no ledger yet (K4).
    """
    is_kept = m[case + CASE_IS_KEPT]
    if is_kept:
        row = N_LEFT_CASE * m[N_LEFT_CASES]
        m[N_LEFT_CASES] += 1
        left[row + LEFT_CASE] = m[case + CASE_INDEX]
        left[row + LEFT_ENDED_AT] = ended_at
        left[row + LEFT_OUTCOME] = outcome
        for word in range(N_CASE - CASE_N_RETURNS):
            left[row + LEFT_N_RETURNS + word] = m[case + CASE_N_RETURNS + word]
        for part in range(N_PARTS):
            left[row + LEFT_LEDGER + part] = 0 if token == NONE else m[token + LEDGER + part]
    clock = m[case + CASE_CLOCK]
    while clock != NONE:
        if is_kept:
            row = N_LEFT_CASE * m[LEFT_ROOM] + N_CLOCK * m[N_LEFT_CLOCKS]
            m[N_LEFT_CLOCKS] += 1
            for word in range(N_CLOCK):
                left[row + word] = m[clock + word]
            left[row + LEFT_CLOCK_ENDED_AT] = ended_at
            left[row + LEFT_CLOCK_OUTCOME] = outcome
        following = m[clock + NEXT]
        m[clock + NEXT] = m[FREE_CLOCK]
        m[FREE_CLOCK] = clock
        clock = following
    before, after = m[case + CASE_BEFORE], m[case + CASE_NEXT]
    if before == NONE:
        m[OPEN_FIRST] = after
    else:
        m[before + CASE_NEXT] = after
    if after != NONE:
        m[after + CASE_BEFORE] = before
    m[case + CASE_NEXT] = m[FREE_CASE]
    m[FREE_CASE] = case
