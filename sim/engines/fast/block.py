"""Memory that grows by tables of whole numbers, each known by its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Calendar
from sim.engines.fast.kernel import fields as f
from sim.outages import FULL, Pace
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


def row(width: int, fields: Mapping[int, object]) -> Ints:
    """A record of whole numbers by its fields; 0 where none is named."""
    return table(width, [fields]).reshape(width)


def table(width: int, rows: Iterable[Mapping[int, object]]) -> Ints:
    """Records one below the other, each by its fields; 0 where none is named."""
    lines = []
    for fields in rows:
        line: list[object] = [0] * width
        for field, value in fields.items():
            line[field] = value
        lines.append(line)
    return np.array(lines, np.int64).reshape(-1, width)


def columns(width: int, fields: Mapping[int, Ints]) -> Ints:
    """Records one below the other, by the columns of their fields."""
    lines = np.empty((len(next(iter(fields.values()))), width), np.int64)
    for field, values in fields.items():
        lines[:, field] = values
    return lines


def intervals(calendar: Calendar) -> Ints:
    """The intervals of a calendar, and the one that ends it."""
    opens, closes, passed = calendar.arrays()
    total = int(passed[-1] + closes[-1] - opens[-1]) if len(opens) else 0
    found = columns(f.N_INTERVAL, {f.OPENS: opens, f.CLOSES: closes, f.PASSED: passed})
    last = {f.OPENS: NEVER, f.CLOSES: f.FAR, f.PASSED: total}
    return np.vstack((found, row(f.N_INTERVAL, last)))


def stretches(pace: Pace) -> Ints:
    """The stretches of a pace, and the one that ends it."""
    found = columns(
        f.N_PACE,
        {
            f.OPENS: np.array(pace.opens, np.int64),
            f.CLOSES: np.array(pace.closes, np.int64),
            f.FACTOR: np.array(pace.factors, np.int64),
        },
    )
    return np.vstack((found, row(f.N_PACE, {f.OPENS: NEVER, f.CLOSES: f.FAR, f.FACTOR: FULL})))
