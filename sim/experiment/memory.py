"""Lets the C library keep memory that a replication has freed, for the next one."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from functools import cache
from typing import Final

MOST_CASES: Final = 4_000_000
"""Cases of the largest replications for which it is done: larger ones need memory given back."""

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # as malloc.h of glibc names them


def keep_freed(n_cases: float) -> None:
    """Have this process keep what is freed, if its largest replication has so many cases.

    By default glibc gives large arrays back at once, and each replication would pay for fresh
    pages again: of a million cases with all tables, up to a third of its time, measured.  Other C
    libraries are left as they are.
    """
    if n_cases <= MOST_CASES:
        _set_thresholds()


@cache
def _set_thresholds() -> None:
    with suppress(AttributeError, OSError, TypeError):
        c_library = ctypes.CDLL(None)
        c_library.mallopt(_MMAP_THRESHOLD, 2**30)
        c_library.mallopt(_TRIM_THRESHOLD, 2**31 - 1)
