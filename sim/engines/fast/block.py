"""Memory that grows by tables of whole numbers, each known by its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Calendar
from sim.engines.fast.kernel import fields as f
from sim.units import NEVER

Ints: TypeAlias = NDArray[np.int64]


class Block:
    """Memory that grows by tables; a table is known by its place."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.tables: list[tuple[int, Ints]] = []

    def add(self, table: Ints) -> int:
        """Append a table, return its place."""
        place = self.reserve(table.size)
        self.write(place, table)
        return place

    def reserve(self, size: int) -> int:
        """Keep room for what is written later, or by the run; return its place."""
        self.size += size
        return self.size - size

    def write(self, place: int, table: Ints) -> None:
        """Put a table at a place."""
        self.tables.append((place, table))

    def memory(self, size: int) -> Ints:
        """All tables in an array of at least ``size``, zero where nothing was written."""
        memory = np.zeros(max(size, self.size), np.int64)
        for place, table in self.tables:
            memory[place : place + table.size] = table.reshape(-1)
        return memory


def grown(rows: Ints) -> Ints:
    """The same rows and as many more, zero; a page of those costs nothing until it is used."""
    more = np.zeros((2 * len(rows), *rows.shape[1:]), rows.dtype)
    more[: len(rows)] = rows
    return more


def blocks(instants: Ints, size: int) -> list[tuple[int, int]]:
    """Divide rows that are sorted by their instants: the same instant stays in one block.

    Returns
    -------
    list[tuple[int, int]]
        The first row of each block, and the one behind its last; blocks have about ``size`` rows.
    """
    found = []
    first = 0
    while first < len(instants):
        last = min(first + size, len(instants))
        last = int(np.searchsorted(instants, instants[last - 1], side="right"))
        found.append((first, last))
        first = last
    return found


def ints(values: Iterable[object]) -> Ints:
    """A row of whole numbers."""
    return np.array(list(values), np.int64)


def table(rows: Iterable[Sequence[object]], width: int) -> Ints:
    """A table of whole numbers, of ``width`` columns even if it has no row."""
    return np.array(list(rows), np.int64).reshape(-1, width)


def intervals(calendar: Calendar) -> Ints:
    """The intervals of a calendar, and the one that ends it."""
    opens, closes, passed = calendar.arrays()
    total = int(passed[-1] + closes[-1] - opens[-1]) if len(opens) else 0
    return np.vstack((np.column_stack((opens, closes, passed)), [(NEVER, f.FAR, total)]))
