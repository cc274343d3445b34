"""The event loop compiled for models without habits, whose code is left out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.engines.fast.kernel.compiler import compiled, plain_pointer, pointer
from sim.engines.fast.kernel.loop import run


@compiled("int64(int64[::1], float64[::1], int64[:, ::1], int64[::1], int64[::1])")
def plain(
    memory: NDArray[np.int64],
    floats: NDArray[np.float64],
    items: NDArray[np.int64],
    waits: NDArray[np.int64],
    exits: NDArray[np.int64],
) -> int:
    """What :func:`sim.engines.fast.kernel.loop.run` does."""
    return run(
        plain_pointer(memory), pointer(floats), pointer(items), pointer(waits), pointer(exits)
    )
