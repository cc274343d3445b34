"""Lays a flow out in columns and rows, as in a score: steps to the right, whoever has it below.

Each lane has as many rows as ways run through it side by side.  A way keeps its rows for as long
as the others last, so that its line runs straight to where they meet.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from sim.report.process_map.flow import HERE, Kind, Sequence, Step, Way, Ways
from sim.report.process_map.passing import Passes, parted

_END_OF_WAY: Final = frozenset({Kind.END, Kind.RETURN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A step at its place; what a fork and a choice begin and end with are boxes, too.

    ``passes`` says how often a case comes there.
    """

    index: int
    step: Step
    column: int
    lane: str
    row: int
    passes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A line from one box to another, by their indices; ``label`` says when it is taken."""

    source: int
    target: int
    passes: float
    label: str = ""
    is_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Boxes by index, the lines between them, the lanes from the top, and how many columns."""

    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    lanes: tuple[str, ...]
    n_columns: int


class _Exit(NamedTuple):
    """Where a line begins whose end is not placed yet."""

    source: int
    passes: float
    label: str = ""


@dataclass(slots=True, kw_only=True)
class _Block:
    """What a part of a flow takes: rows by lane, columns, and where its lines go on from.

    Its cases stand in ``lane`` when they go on.
    """

    lane: str
    rows: dict[str, int] = field(default_factory=dict)
    n_columns: int = 0
    exits: list[_Exit] = field(default_factory=list)
    boxes: list[int] = field(default_factory=list)


def lay_out(flow: Sequence, first_lane: str, passes: Passes) -> Layout:
    """Place the steps of a flow.

    Parameters
    ----------
    first_lane
        Who has the case before anybody works on it.
    """
    placing = _Placing(passes)
    block = placing.sequence(flow, 0, _Block(lane=first_lane), 1.0)
    placing.link_back()
    boxes = tuple(placing.boxes)
    return Layout(
        boxes=boxes,
        links=tuple(placing.links),
        lanes=_lanes(boxes, first_lane),
        n_columns=block.n_columns,
    )


def _lanes(boxes: Iterable[Box], first: str) -> tuple[str, ...]:
    """The lanes in the order in which a case comes to them."""
    used = dict.fromkeys(box.lane for box in boxes)
    return tuple(dict.fromkeys((*(each for each in (first,) if each in used), *used)))


def _rarely(way: tuple[Way, float]) -> float:
    return 0.0 if math.isnan(way[1]) else -way[1]


class _Placing:
    """Places steps one after the other, and notes the lines between them."""

    def __init__(self, passes: Passes) -> None:
        self.passes = passes
        self.boxes: list[Box] = []
        self.links: list[Link] = []
        self.backs: list[tuple[_Exit, str]] = []

    def link_back(self) -> None:
        """Draw the lines of the returns, once all steps are placed."""
        entry = {}
        for box in reversed(self.boxes):
            if box.step.kind is not Kind.STRAIGHT:
                entry[box.step.name] = box.index
        for (source, passes, _), target in self.backs:
            self.links.append(
                Link(source=source, target=entry[target], passes=passes, is_back=True)
            )

    def sequence(self, steps: Sequence, column: int, before: _Block, passes: float) -> _Block:
        """Place steps one after the other, behind what goes on to them."""
        whole = _Block(lane=before.lane, exits=before.exits)
        for node in steps:
            at = column + whole.n_columns
            if isinstance(node, Ways):
                block = self.ways(node, at, whole, passes)
            else:
                block = self.step(node, at, whole, passes)
            passes = sum(each.passes for each in block.exits)
            for lane, n in block.rows.items():
                whole.rows[lane] = max(whole.rows.get(lane, 0), n)
            whole.n_columns += block.n_columns
            whole.boxes += block.boxes
            whole.exits, whole.lane = block.exits, block.lane
        return whole

    def step(self, step: Step, column: int, before: _Block, passes: float) -> _Block:
        known = self.passes(step.name)
        passes = passes if known is None else known
        lane = before.lane if step.lane == HERE else step.lane
        at = self.box(step, column, lane, before.exits, passes)
        exits = [_Exit(at, passes)]
        if step.kind is Kind.RETURN:
            self.backs.append((exits[0], step.target))
        if step.kind in _END_OF_WAY:
            exits = []
        return _Block(lane=lane, rows={lane: 1}, n_columns=1, exits=exits, boxes=[at])

    def box(
        self, step: Step, column: int, lane: str, come_from: Iterable[_Exit], passes: float
    ) -> int:
        index = len(self.boxes)
        self.boxes.append(
            Box(index=index, step=step, column=column, lane=lane, row=0, passes=passes)
        )
        for source, share, label in come_from:
            self.links.append(Link(source=source, target=index, passes=share, label=label))
        return index

    def ways(self, node: Ways, column: int, before: _Block, passes: float) -> _Block:
        """Put the ways one below the other, where they share a lane; the chief one on top."""
        kind = Kind.FORK if node.is_fork else Kind.CHOICE
        step = Step(name=node.name, kind=kind, label=node.label)
        lane = before.lane
        head = self.box(step, column, lane, before.exits, passes)
        whole = _Block(lane=lane, rows={lane: 1}, n_columns=1, boxes=[head])
        ways = [(way, passes) for way in node.ways]
        if not node.is_fork:
            ways = sorted(parted(node, passes, self.passes), key=_rarely)
        used: dict[str, int] = {}
        goes_on: list[float] = []
        width = 0
        for place, (way, share) in enumerate(ways):
            steps = way.steps or (Step(name=node.name, kind=Kind.STRAIGHT, label=way.label),)
            come_from = _Block(lane=lane, exits=[_Exit(head, share, way.label)])
            block = self.sequence(steps, column + 1, come_from, share)
            self.lower(block, used)
            width = max(width, block.n_columns)
            whole.boxes += block.boxes
            whole.exits += block.exits
            goes_on.append(sum(each.passes for each in block.exits))
            if not node.is_fork and block.exits and place == 0:
                whole.lane = block.lane
        whole.n_columns += width
        for each, n in used.items():
            whole.rows[each] = max(whole.rows.get(each, 0), n)
        if node.is_fork and whole.exits:
            joined = Step(name=f"{node.name}:join", kind=Kind.JOIN, label="")
            end = self.box(joined, column + whole.n_columns, lane, whole.exits, passes)
            whole.boxes.append(end)
            # It goes on when all branches have come: as often as the one that ends most.
            whole.exits = [_Exit(end, min(goes_on))]
            whole.n_columns += 1
        return whole

    def lower(self, block: _Block, used: dict[str, int]) -> None:
        """Move a way below those that use its lanes already."""
        by = {lane: used.get(lane, 0) for lane in block.rows}
        for index in block.boxes:
            box = self.boxes[index]
            self.boxes[index] = replace(box, row=box.row + by[box.lane])
        for lane, n in block.rows.items():
            used[lane] = by[lane] + n
