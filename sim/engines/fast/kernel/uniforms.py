"""Many draws at once, each found from its name: :func:`sim.streams.uniforms`, compiled (R1, R3)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import types
from numpy.typing import NDArray

from sim.engines.fast.kernel.compiler import compiled
from sim.engines.fast.kernel.philox import uniform

_NAMES: Final = types.Array(types.uint64, 1, "C", readonly=True)


@compiled(types.void(types.float64[::1], types.int64, types.int64, _NAMES, _NAMES, _NAMES, _NAMES))
def uniforms(
    draws: NDArray[np.float64],
    key_0: int,
    key_1: int,
    stream: NDArray[np.uint64],
    number: NDArray[np.uint64],
    element: NDArray[np.uint64],
    visit: NDArray[np.uint64],
) -> None:
    """Fill a row with draws; each part of their names is one for all, or a row as long."""
    s, n, e, v = len(stream) > 1, len(number) > 1, len(element) > 1, len(visit) > 1
    low, high = np.uint64(key_0), np.uint64(key_1)
    for i in range(len(draws)):
        draws[i] = uniform(low, high, stream[i * s], number[i * n], element[i * e], visit[i * v])
