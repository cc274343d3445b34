"""Cases come, and leave their rows: a case that has ended gives its place to another (R4, K1)."""

from __future__ import annotations

from sim.engines.fast.kernel import fields as f
from sim.engines.fast.kernel import legal
from sim.engines.fast.kernel.compiler import inlined
from sim.engines.fast.kernel.fields import Memory


@inlined
def arrive(arrival: int, m: Memory) -> int:
    """Make a case of the row of an arrival; start its clocks if it is under way already (R4)."""
    case = m[f.FREE_CASE]
    if case == f.NONE:
        case = m[f.TOP]
        m[f.TOP] = case + m[f.CASE_WIDTH]
    else:
        m[f.FREE_CASE] = m[case + f.CASE_NEXT]
    for word in range(f.N_ARRIVAL):
        m[case + word] = m[arrival + word]
    for word in range(f.CASE_N_RETURNS, f.N_CASE):
        m[case + word] = 0
    for word in range(m[f.N_PROPERTIES]):
        m[case + f.N_CASE + word] = m[arrival + f.N_ARRIVAL + word]
    for word in range(f.N_CASE + m[f.N_PROPERTIES], m[f.CASE_WIDTH]):
        m[case + word] = 0
    m[case + f.CASE_CLOCK] = f.NONE
    m[case + f.CASE_BEFORE] = f.NONE
    m[case + f.CASE_NEXT] = m[f.OPEN_FIRST]
    if m[f.OPEN_FIRST] != f.NONE:
        m[m[f.OPEN_FIRST] + f.CASE_BEFORE] = case
    m[f.OPEN_FIRST] = case
    running = m[case + f.CASE_BACKLOG]
    if running != f.NONE:
        for k in range(running + 1, running + 1 + m[running]):
            legal.start(case, m[k], m[case + f.CASE_RECEIVED_AT], m)
    return case


@inlined
def leave(case: int, token: int, ended_at: int, outcome: int, m: Memory, exits: Memory) -> None:
    """Write the rows of a case that is kept, and free its place and its clocks.

    Without a ``token`` the case is open at the end of the run, and has no ledger yet (K4).
    """
    is_kept = m[case + f.CASE_IS_KEPT]
    if is_kept:
        row = m[f.EXIT_WIDTH] * m[f.N_CASE_EXITS]
        m[f.N_CASE_EXITS] += 1
        exits[row + f.EXIT_CASE] = m[case + f.CASE_INDEX]
        exits[row + f.EXIT_ENDED_AT] = ended_at
        exits[row + f.EXIT_OUTCOME] = outcome
        for word in range(f.CASE_N_COPIES - f.CASE_N_RETURNS):
            exits[row + f.EXIT_N_RETURNS + word] = m[case + f.CASE_N_RETURNS + word]
        for part in range(f.USUAL_EXIT - f.EXIT_LEDGER):
            exits[row + f.EXIT_LEDGER + part] = 0 if token == f.NONE else m[token + f.LEDGER + part]
        if m[f.EXIT_WIDTH] == f.N_EXIT:
            for part in range(f.USUAL_EXIT - f.EXIT_LEDGER, f.N_PARTS):
                time = 0 if token == f.NONE else m[token + f.LEDGER + part]
                exits[row + f.EXIT_LEDGER + part] = time
            for word in range(f.N_CASE - f.CASE_N_COPIES):
                exits[row + f.EXIT_N_COPIES + word] = m[case + f.CASE_N_COPIES + word]
    clock = m[case + f.CASE_CLOCK]
    while clock != f.NONE:
        if is_kept:
            row = m[f.EXIT_WIDTH] * m[f.EXIT_ROOM] + f.N_CLOCK * m[f.N_CLOCK_EXITS]
            m[f.N_CLOCK_EXITS] += 1
            for word in range(f.N_CLOCK):
                exits[row + word] = m[clock + word]
            exits[row + f.EXIT_CLOCK_ENDED_AT] = ended_at
            exits[row + f.EXIT_CLOCK_OUTCOME] = outcome
        following = m[clock + f.NEXT]
        m[clock + f.NEXT] = m[f.FREE_CLOCK]
        m[f.FREE_CLOCK] = clock
        clock = following
    before, after = m[case + f.CASE_BEFORE], m[case + f.CASE_NEXT]
    if before == f.NONE:
        m[f.OPEN_FIRST] = after
    else:
        m[before + f.CASE_NEXT] = after
    if after != f.NONE:
        m[after + f.CASE_BEFORE] = before
    m[case + f.CASE_NEXT] = m[f.FREE_CASE]
    m[f.FREE_CASE] = case
