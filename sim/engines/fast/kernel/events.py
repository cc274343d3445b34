"""What is to happen, at an instant or at this one, and which offices give out work then (S2)."""

from __future__ import annotations

from sim.engines.fast.kernel import fields as f
from sim.engines.fast.kernel.compiler import inlined
from sim.engines.fast.kernel.fields import Memory
from sim.engines.fast.kernel.heaps import put


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
def is_measured(at: int, m: Memory) -> bool:
    """Whether an instant lies in the measured window."""
    return m[f.MEASURED_FROM] <= at < m[f.MEASURED_UNTIL]
