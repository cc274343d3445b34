"""One draw from its name: Philox 4x32-10 as in :mod:`sim.streams`, for one counter (R1, R3)."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.engines.fast.kernel.compiler import inlined

# Unsigned throughout: Numba makes floats of signed and unsigned 64-bit numbers put together.
_MULTIPLIER_0: Final = np.uint64(0xD2511F53)
_MULTIPLIER_2: Final = np.uint64(0xCD9E8D57)
_WEYL_0: Final = np.uint64(0x9E3779B9)
_WEYL_1: Final = np.uint64(0xBB67AE85)
_LOW: Final = np.uint64(0xFFFFFFFF)
_WORD: Final = np.uint64(32)
_VISIT: Final = np.uint64(16)
_SPARE: Final = np.uint64(12)
_STEP: Final = 2.0**-52


@inlined
def uniform(
    key_0: np.uint64, key_1: np.uint64, stream: int, number: int, element: int, visit: int
) -> float:
    """Uniform number in (0, 1) of a visit of a case to an element."""
    c0 = np.uint64(number)
    c1 = np.uint64(stream) & _LOW
    c2 = np.uint64(element)
    c3 = (np.uint64(stream) >> _WORD) << _VISIT | np.uint64(visit)
    for _ in range(10):
        product_0 = c0 * _MULTIPLIER_0
        product_2 = c2 * _MULTIPLIER_2
        c0 = product_2 >> _WORD ^ c1 ^ key_0
        c1 = product_2 & _LOW
        c2 = product_0 >> _WORD ^ c3 ^ key_1
        c3 = product_0 & _LOW
        key_0 = (key_0 + _WEYL_0) & _LOW
        key_1 = (key_1 + _WEYL_1) & _LOW
    return (np.int64((c0 << _WORD | c1) >> _SPARE) + 0.5) * _STEP
