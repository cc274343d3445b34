"""Binary heaps of rows (major, minor, what), side by side in one table.

A heap is the row that it begins at and its size, which the caller keeps.  The least by major,
then minor, is its first row; no two rows of a heap are equal in both.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.engines.kernel.compiler import compiled

Rows = NDArray[np.int64]


@compiled
def push(rows: Rows, first: int, size: int, major: int, minor: int, what: int) -> None:
    """Add a row to a heap of ``size`` rows."""
    i = size
    while i > 0:
        above = (i - 1) >> 1
        row = first + above
        if rows[row, 0] < major or (rows[row, 0] == major and rows[row, 1] < minor):
            break
        _move(rows, row, first + i)
        i = above
    _put(rows, first + i, major, minor, what)


@compiled
def pop(rows: Rows, first: int, size: int) -> None:
    """Take the first row from a heap of ``size`` rows."""
    left = size - 1
    # A hole sinks to the bottom; the last row, late as a rule, then seldom has to rise from it.
    i = 0
    below = 1
    while below < left:
        row = first + below
        if below + 1 < left and (
            rows[row + 1, 0] < rows[row, 0]
            or (rows[row + 1, 0] == rows[row, 0] and rows[row + 1, 1] < rows[row, 1])
        ):
            below += 1
        _move(rows, first + below, first + i)
        i = below
        below = 2 * i + 1
    last = first + left
    push(rows, first, i, rows[last, 0], rows[last, 1], rows[last, 2])


@compiled
def _move(rows: Rows, row: int, to: int) -> None:
    rows[to, 0] = rows[row, 0]
    rows[to, 1] = rows[row, 1]
    rows[to, 2] = rows[row, 2]


@compiled
def _put(rows: Rows, row: int, major: int, minor: int, what: int) -> None:
    rows[row, 0] = major
    rows[row, 1] = minor
    rows[row, 2] = what
