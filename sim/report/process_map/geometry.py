"""Gives boxes, lanes, lines and the times of legal clocks their places on the page, in pixels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from sim.report.process_map.bands import BOX_WIDTH, GAP, MARK_WIDTH, Band, bands
from sim.report.process_map.flow import BOXES, Kind
from sim.report.process_map.layout import Box, Layout, Link

HEAD: Final = 104
"""Room on the left for the names of the lanes."""
BOX_HEIGHT: Final = 52
MARK_HEIGHT: Final = 22
ROW: Final = 70
BAR: Final = 19
"""Height of the line of one legal clock."""
_SPACE: Final = 22
"""Between bands."""
_TURN: Final = 9
"""How far from a column its lines turn."""

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rect:
    """Where something stands: its upper left corner, its width and height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Its middle, from the top."""
        return self.y + self.height / 2

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A link as it is drawn: the points of each piece, as bands cut it.

    ``has_target`` says of each piece whether it ends at the target.
    """

    link: Link
    pieces: tuple[tuple[Point, ...], ...]
    has_target: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A lane in one band."""

    name: str
    rect: Rect


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """For how long a legal clock runs, in one band; ``begins`` and ``ends`` say if it is cut."""

    clock: str
    rect: Rect
    begins: bool
    ends: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """All places of a map, by index of the box, and how large the whole is."""

    width: float
    height: float
    boxes: tuple[Rect, ...]
    lines: tuple[Line, ...]
    lanes: tuple[Lane, ...]
    bars: tuple[Bar, ...]
    band_of: tuple[int, ...]


def geometry(layout: Layout, width: float, whole: str = "") -> Geometry:
    """Place a layout on a page of a width.

    Parameters
    ----------
    whole
        The clock that runs from the first receipt to the last result, empty for none.
    """
    return _Placed(layout, width, whole).whole()


class _Placed:
    def __init__(self, layout: Layout, width: float, clock: str) -> None:
        self.layout = layout
        self.width = width
        self.spans = _spans(layout, clock)
        self.bands = bands(layout, width - HEAD)
        self.band_of = [self._band(box.column) for box in layout.boxes]
        self.clocks = [self._clocks(band) for band in self.bands]
        self.tops: list[float] = []
        top = 0.0
        for band, clocks in zip(self.bands, self.clocks, strict=True):
            self.tops.append(top)
            top += len(band.rows) * ROW + len(clocks) * BAR + (8 if clocks else 0) + _SPACE
        self.height = top - _SPACE
        self.rects = [self._rect(box) for box in layout.boxes]

    def whole(self) -> Geometry:
        return Geometry(
            width=self.width,
            height=self.height,
            boxes=tuple(self.rects),
            lines=tuple(map(self._line, self.layout.links)),
            lanes=tuple(self._lanes()),
            bars=tuple(self._bars()),
            band_of=tuple(self.band_of),
        )

    def _band(self, column: int) -> int:
        return next(i for i, band in enumerate(self.bands) if column < band.last)

    def _middle(self, band: int, lane: str, row: int) -> float:
        return self.tops[band] + self.bands[band].rows.index((lane, row)) * ROW + ROW / 2 + 4

    def _rect(self, box: Box) -> Rect:
        band = self._band(box.column)
        is_box = box.step.kind in BOXES
        width, height = (BOX_WIDTH, BOX_HEIGHT) if is_box else (MARK_WIDTH, MARK_HEIGHT)
        if box.step.kind is Kind.STRAIGHT:
            width = height = 0
        left = HEAD + self.bands[band].left(box.column)
        middle = self._middle(band, box.lane, box.row)
        return Rect(x=left, y=middle - height / 2, width=width, height=height)

    def _line(self, link: Link) -> Line:
        pieces = list(self._back(link) if link.is_back else self._forth(link))
        return Line(
            link=link,
            pieces=tuple(points for points, _ in pieces),
            has_target=tuple(has for _, has in pieces),
        )

    def _forth(self, link: Link) -> Iterator[tuple[tuple[Point, ...], bool]]:
        source, target = self.layout.boxes[link.source], self.layout.boxes[link.target]
        first, last = self.band_of[link.source], self.band_of[link.target]
        at = self._side(source, is_right=True)
        to = self._side(target, is_right=False)
        for i in range(first, last):
            yield ((at, (self.width, at[1])), False)
            band = self.bands[i + 1]
            y = to[1]
            if (source.lane, source.row) in band.rows:
                y = self._middle(i + 1, source.lane, source.row)
            at = (HEAD, y)
        yield (tuple(self._turned(at, to, source, target)), True)

    def _side(self, box: Box, *, is_right: bool) -> Point:
        """Where lines leave a box or come to it: at its edge, through the middle of a mark."""
        rect = self.rects[box.index]
        if box.step.kind not in BOXES:
            return (rect.x + rect.width / 2, rect.middle)
        return (rect.right if is_right else rect.x, rect.middle)

    def _turned(self, at: Point, to: Point, source: Box, target: Box) -> Iterable[Point]:
        if at[1] == to[1]:
            return (at, to)
        # What a choice parts turns behind it, what meets turns before where it meets.
        is_parted = source.step.kind in (Kind.CHOICE, Kind.FORK)
        is_near = target.column == source.column + 1 and self._is_together(source, target)
        band = self.bands[self.band_of[source.index]]
        x = HEAD + band.left(source.column) + band.width(source.column) + _TURN
        if not (is_parted and is_near):
            x = self.rects[target.index].x - _TURN - 4
        return (at, (x, at[1]), (x, to[1]), to)

    def _is_together(self, source: Box, target: Box) -> bool:
        return self.band_of[source.index] == self.band_of[target.index]

    def _back(self, link: Link) -> Iterator[tuple[tuple[Point, ...], bool]]:
        """A return runs below its row, and up before the step to which it leads."""
        source, target = self.layout.boxes[link.source], self.layout.boxes[link.target]
        if not self._is_together(source, target):
            return
        start, end = self.rects[link.source], self.rects[link.target]
        below = start.middle + ROW / 2 - 3
        x = end.x - GAP + 5
        middle = start.x + start.width / 2
        yield (
            (
                (middle, start.y + start.height),
                (middle, below),
                (x, below),
                (x, end.middle + 12),
                (end.x, end.middle + 12),
            ),
            True,
        )

    def _lanes(self) -> Iterator[Lane]:
        for i, band in enumerate(self.bands):
            for lane in dict.fromkeys(lane for lane, _ in band.rows):
                rows = [row for row, each in enumerate(band.rows) if each[0] == lane]
                top = self.tops[i] + rows[0] * ROW
                rect = Rect(x=0, y=top, width=self.width, height=len(rows) * ROW)
                yield Lane(name=lane, rect=rect)

    def _clocks(self, band: Band) -> list[str]:
        last = self.layout.n_columns
        return [
            clock
            for clock, (first, end) in self.spans.items()
            if first.column < band.last and (last if end is None else end.column) >= band.first
        ]

    def _bars(self) -> Iterator[Bar]:
        for i, (band, clocks) in enumerate(zip(self.bands, self.clocks, strict=True)):
            top = self.tops[i] + len(band.rows) * ROW + 8
            for place, clock in enumerate(clocks):
                first, end = self.spans[clock]
                begins = first.column >= band.first
                ends = end is not None and end.column < band.last
                left = self.rects[first.index].x + MARK_WIDTH / 2 if begins else HEAD
                right = self.width
                if ends and end is not None:
                    right = self.rects[end.index].x + MARK_WIDTH / 2
                rect = Rect(x=left, y=top + place * BAR, width=right - left, height=BAR)
                yield Bar(clock=clock, rect=rect, begins=begins, ends=ends)


def _spans(layout: Layout, whole: str) -> dict[str, tuple[Box, Box | None]]:
    """Where each legal clock begins and ends, along the columns."""
    spans: dict[str, tuple[Box, Box | None]] = {}
    for box in sorted(layout.boxes, key=lambda each: each.column):
        for clock in dict.fromkeys((box.step.clock, whole)):
            if not clock:
                continue
            if box.step.kind is Kind.OPEN and clock not in spans:
                spans[clock] = (box, None)
            elif box.step.kind is Kind.CLOSE and clock in spans:
                spans[clock] = (spans[clock][0], box)
    return {clock: spans[clock] for clock in sorted(spans, key=lambda each: each != whole)}
