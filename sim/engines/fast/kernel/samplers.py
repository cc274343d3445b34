"""A draw turned into a duration: :func:`sim.distributions.sample` for one number (R2, T1)."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.distributions import CELLS, OCTAVES
from sim.engines.fast.kernel import fields as f
from sim.engines.fast.kernel.compiler import inlined
from sim.engines.fast.kernel.fields import Floats, Memory

_FLOOR: Final = 2.0**-OCTAVES

# A float64 below 1 is m · 2**e with e = exponent bits - 1022 and m = 0.5 + fraction · 2**-53.
_FRACTION_BITS: Final = 52
_FRACTION: Final = (1 << _FRACTION_BITS) - 1
_EXPONENT_OF_HALF: Final = 1022
_CELL_BITS: Final = _FRACTION_BITS - (CELLS.bit_length() - 1)
_IN_CELL: Final = (1 << _CELL_BITS) - 1
_CELL: Final = 2.0**-_CELL_BITS


@inlined
def duration(sampler: int, u: float, m: Memory, floats: Floats) -> int:
    """Duration at the uniform number ``u``, rounded once, half to even."""
    if m[sampler + f.SHAPE] == f.TABLE:
        x = _interpolated(m[sampler + f.NODES], u, floats)
    else:
        x = floats[m[sampler + f.NODES] + _step(sampler, u, m, floats)]
    return int(max(np.rint(x), 0.0))


@inlined
def _step(sampler: int, u: float, m: Memory, floats: Floats) -> int:
    """The first step whose cumulated share is above ``u`` (R2)."""
    shares = m[sampler + f.SHARES]
    low = 0
    high = m[sampler + f.N_STEPS] - 1  # the last share is 1: above every u
    while low < high:
        middle = (low + high) >> 1
        if u < floats[shares + middle]:
            high = middle
        else:
            low = middle + 1
    return low


@inlined
def _interpolated(nodes: int, u: float, floats: Floats) -> float:
    """The formula of ``sim.distributions.sampling``, frexp read from the bits of ``v``."""
    v = max(min(u, 1.0 - u), _FLOOR)
    bits = int(np.float64(v).view(np.int64))
    octave = _EXPONENT_OF_HALF - (bits >> _FRACTION_BITS)
    if u >= 0.5:
        octave += OCTAVES
    fraction = bits & _FRACTION
    node = nodes + octave * (CELLS + 1) + (fraction >> _CELL_BITS)
    left = floats[node]
    return left + (floats[node + 1] - left) * ((fraction & _IN_CELL) * _CELL)
