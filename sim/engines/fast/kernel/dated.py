"""Values that change by the day (V1)."""

from __future__ import annotations

from sim.engines.fast.kernel import fields as f
from sim.engines.fast.kernel.compiler import inlined
from sim.engines.fast.kernel.fields import Memory


@inlined
def on_day(day: int, first: int, last: int, m: Memory) -> int:
    """The value in force on a day, of rows by day; before the first, the first (V1)."""
    low = 0
    high = (last - first) // f.N_DATED
    while low + 1 < high:
        middle = (low + high) >> 1
        if m[first + f.N_DATED * middle + f.DATED_DAY] <= day:
            low = middle
        else:
            high = middle
    return m[first + f.N_DATED * low + f.DATED_VALUE]
