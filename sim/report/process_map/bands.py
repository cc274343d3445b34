"""Breaks a layout into bands, as a text into lines: each with the lanes that it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sim.report.process_map.flow import BOXES, Kind
from sim.report.process_map.layout import Box, Layout

BOX_WIDTH: Final = 124
MARK_WIDTH: Final = 22
GAP: Final = 26
"""Between columns: lines turn there."""
WIDE_GAP: Final = 46
"""Behind a choice: how many go which way stands there."""

_SHORTEST: Final = 0.62
"""Of its room a band fills so much at least: it may end early, where few lines are cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Columns ``first`` to ``last`` (not included), each from ``lefts`` on and of ``widths``.

    ``rows`` are the lanes and rows that have a box or a line in it, from the top.
    """

    first: int
    last: int
    lefts: tuple[float, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, int], ...]

    def left(self, column: int) -> float:
        """Where a column begins."""
        return self.lefts[column - self.first]

    def width(self, column: int) -> float:
        """How wide a column is."""
        return self.widths[column - self.first]


def bands(layout: Layout, room: float) -> tuple[Band, ...]:
    """Break the columns into bands of at most ``room``."""
    by_column: list[list[Box]] = [[] for _ in range(layout.n_columns)]
    for box in layout.boxes:
        by_column[box.column].append(box)
    widths = [_width(boxes) for boxes in by_column]
    gaps = [_gap(boxes) for boxes in by_column]
    cut = _links_cut(layout)
    found = []
    first = 0
    while first < layout.n_columns:
        last = first
        used = float(GAP)
        fitting: list[tuple[int, float]] = []
        while last < layout.n_columns and used + widths[last] + gaps[last] <= room:
            used += widths[last] + gaps[last]
            last += 1
            fitting.append((last, used))
        if not fitting:
            fitting = [(first + 1, room)]
        if fitting[-1][0] < layout.n_columns:
            long = [each for each in fitting if each[1] >= _SHORTEST * room] or fitting[-1:]
            last = min(long, key=lambda each: (cut[each[0]], -each[0]))[0]
        else:
            last = layout.n_columns
        lefts = []
        at = float(GAP)
        for column in range(first, last):
            lefts.append(at)
            at += widths[column] + gaps[column]
        found.append(
            Band(
                first=first,
                last=last,
                lefts=tuple(lefts),
                widths=tuple(widths[first:last]),
                rows=_rows(layout, first, last),
            )
        )
        first = last
    return tuple(found)


def _width(boxes: Sequence[Box]) -> float:
    if any(box.step.kind in BOXES for box in boxes):
        return BOX_WIDTH
    return MARK_WIDTH


def _gap(boxes: Sequence[Box]) -> float:
    return WIDE_GAP if any(box.step.kind is Kind.CHOICE for box in boxes) else GAP


def _links_cut(layout: Layout) -> list[int]:
    """How many lines a break before each column would cut; behind a choice it is worse."""
    cut = [0] * (layout.n_columns + 1)
    for link in layout.links:
        source, target = layout.boxes[link.source], layout.boxes[link.target]
        low, high = sorted((source.column, target.column))
        for column in range(low + 1, high + 1):
            cut[column] += 3 if link.is_back else 1
    return cut


def _rows(layout: Layout, first: int, last: int) -> tuple[tuple[str, int], ...]:
    used = {(b.lane, b.row) for b in layout.boxes if first <= b.column < last}
    for link in layout.links:
        source, target = layout.boxes[link.source], layout.boxes[link.target]
        # A line that only comes in at the left edge enters at its target's row.
        if not link.is_back and source.column < first < target.column:
            used.add((source.lane, source.row))
    place = {lane: i for i, lane in enumerate(layout.lanes)}
    return tuple(sorted(used, key=lambda each: (place[each[0]], each[1])))
