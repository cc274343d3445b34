"""A draw turned into a duration: :func:`sim.distributions.sample` for one number (R2, T1)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.distributions import CELLS, OCTAVES
from sim.engines.kernel import columns as col
from sim.engines.kernel.compiler import compiled

_FLOOR: Final = 2.0**-OCTAVES

# A float64 below 1 is m · 2**e with e = exponent bits - 1022 and m = 0.5 + fraction · 2**-53.
_FRACTION_BITS: Final = 52
_FRACTION: Final = (1 << _FRACTION_BITS) - 1
_EXPONENT_OF_HALF: Final = 1022
_CELL_BITS: Final = _FRACTION_BITS - CELLS.bit_length() + 1
_IN_CELL: Final = (1 << _CELL_BITS) - 1
_CELL: Final = 2.0**-_CELL_BITS


@compiled
def duration(
    sampler: int,
    u: float,
    samplers: NDArray[np.int64],
    shares: NDArray[np.float64],
    nodes: NDArray[np.float64],
) -> int:
    """Duration at the uniform number ``u``, rounded once, half to even."""
    first = samplers[sampler, col.NODES_FROM]
    if samplers[sampler, col.SHAPE] == col.TABLE:
        x = _interpolated(nodes, first, u)
    else:
        x = nodes[first + _step(sampler, u, samplers, shares)]
    return np.int64(max(np.rint(x), 0.0))


@compiled
def _step(
    sampler: int, u: float, samplers: NDArray[np.int64], shares: NDArray[np.float64]
) -> int:
    """The first step whose cumulated share is above ``u`` (R2)."""
    first = samplers[sampler, col.SHARES_FROM]
    low = 0
    high = samplers[sampler, col.N_STEPS] - 1  # the last share is 1: above every u
    while low < high:
        middle = (low + high) >> 1
        if u < shares[first + middle]:
            high = middle
        else:
            low = middle + 1
    return low


@compiled
def _interpolated(nodes: NDArray[np.float64], first: int, u: float) -> float:
    """The formula of ``sim.distributions.sampling``, frexp read from the bits of ``v``."""
    v = max(min(u, 1.0 - u), _FLOOR)
    bits = np.float64(v).view(np.int64)
    octave = _EXPONENT_OF_HALF - (bits >> _FRACTION_BITS)
    fraction = bits & _FRACTION
    j = fraction >> _CELL_BITS
    f = (fraction & _IN_CELL) * _CELL
    if u >= 0.5:
        octave += OCTAVES
    i = first + octave * (CELLS + 1) + j
    left = nodes[i]
    return left + (nodes[i + 1] - left) * f
