"""Draws before a run by compiled code: the numbers of :mod:`sim.streams`, many times faster."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.streams import Key, key_of


class CompiledKey(Key):
    """Key of one replication, whose draws the kernel makes."""

    __slots__ = ()

    def fill(self, draws: NDArray[np.float64], *names: NDArray[np.integer[Any]]) -> None:
        """Fill a row with draws, see :meth:`sim.streams.Key.fill`."""
        from sim.engines.fast.kernel.uniforms import uniforms

        uniforms(draws, *self, *(np.ascontiguousarray(each, np.uint64) for each in names))


def compiled_key(seed: int, replication: int) -> CompiledKey:
    """The key of a replication, for draws by compiled code."""
    return CompiledKey(key_of(seed, replication))
