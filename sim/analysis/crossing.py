"""Finds where something that is kept begins to be broken, by halves, with what cannot be told.

Numbers in, numbers out: values are places in a row, and a test says on which side each is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from sim.analysis.estimate import Interval
from sim.analysis.selection import Limit

FIRST: Final = 10
"""Replications before the first look, unless no more than fewer are allowed."""

_COARSE: Final = 5
"""Values looked at first, at equal distances: they show whether there is one threshold."""


class Side(StrEnum):
    """Whether a limit is kept at a value, broken, or not to be told apart."""

    KEPT = "kept"
    BROKEN = "broken"
    OPEN = "open"


class Shape(StrEnum):
    """Where along a row of values a limit is kept, as far as was looked."""

    EVERYWHERE = "everywhere"
    NOWHERE = "nowhere"
    FROM = "from"
    UP_TO = "up to"
    IN_PARTS = "in parts"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Where a limit begins, or ceases, to be kept.

    Parameters
    ----------
    shape
        ``in parts`` if it is kept, broken and kept again; ``open`` where it is not to be told.
    kept, broken
        The two places nearest to the change at which it is known to be kept and to be broken; None
        where no place is.
    """

    shape: Shape
    kept: int | None = None
    broken: int | None = None


def side_of(interval: Interval, limit: Limit) -> Side:
    """On which side of a limit a whole interval lies; open without an interval."""
    low, high = sorted(limit.room([interval.low, interval.high]).tolist())
    if low >= 0:
        return Side.KEPT
    return Side.BROKEN if high < 0 else Side.OPEN


def looks(most: int) -> tuple[int, ...]:
    """After how many replications to look: twice as many each time, up to the most."""
    found = [min(FIRST, most)]
    while found[-1] < most:
        found.append(min(2 * found[-1], most))
    return tuple(found)


def most_points(size: int) -> int:
    """How many values :func:`crossing` looks at, at most, where there is one threshold."""
    cell = math.ceil(max(size - 1, 1) / (_COARSE - 1))
    # By halves towards what is known to be kept, and towards what is known to be broken.
    return min(size, _COARSE + 2 * math.ceil(math.log2(2 * cell)))


def coarse(size: int) -> tuple[int, ...]:
    """The places that :func:`crossing` looks at first: five from end to end, if there are five."""
    return tuple(sorted({round(i * (size - 1) / (_COARSE - 1)) for i in range(_COARSE)}))


def crossing(size: int, side: Callable[[int], Side]) -> Crossing:
    """Find where a row of values goes from kept to broken, or back.

    Parameters
    ----------
    size
        How many values there are.
    side
        Says on which side a value is; the same however often it is asked.

    Notes
    -----
    First it looks at five values from end to end; where they change once between kept and broken,
    it halves the way between the two until neighbours differ, or what is between cannot be told.
    """
    places = coarse(size)
    known = [(i, side(i)) for i in places]
    told = [(i, found) for i, found in known if found is not Side.OPEN]
    changes = [(a, b) for a, b in pairwise(told) if a[1] is not b[1]]
    if len(changes) > 1:
        return Crossing(shape=Shape.IN_PARTS)
    if changes:
        (low, first), (high, _) = changes[0]
        low, high = _narrowed(low, high, first, side)
        if first is Side.KEPT:
            return Crossing(shape=Shape.UP_TO, kept=low, broken=high)
        return Crossing(shape=Shape.FROM, kept=high, broken=low)
    if not told:
        return Crossing(shape=Shape.OPEN)
    only = told[0][1]
    if len(told) == len(known):
        return Crossing(shape=Shape.EVERYWHERE if only is Side.KEPT else Shape.NOWHERE)
    return _up_to_the_open([found for _, found in known], places, only, side)


def _up_to_the_open(
    known: Sequence[Side], places: Sequence[int], only: Side, side: Callable[[int], Side]
) -> Crossing:
    """How far a side goes beyond which nothing can be told."""
    for shape, order in ((Shape.UP_TO, slice(None)), (Shape.FROM, slice(None, None, -1))):
        ordered = [found is only for found in known[order]]
        if ordered != sorted(ordered, reverse=True):
            continue
        last = ordered.index(False) - 1
        low, high = places[order][last], places[order][last + 1]
        while abs(high - low) > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if side(middle) is only else (low, middle)
        if only is Side.KEPT:
            return Crossing(shape=shape, kept=low)
        return Crossing(shape=Shape.OPEN, broken=low)
    return Crossing(shape=Shape.OPEN)


def _narrowed(low: int, high: int, first: Side, side: Callable[[int], Side]) -> tuple[int, int]:
    """The last value on the side of the lower one and the first on that of the other."""
    # What cannot be told lies between: first it is found, then its two edges.
    while high - low > 1:
        at = (low + high) // 2
        found = side(at)
        if found is Side.OPEN:
            break
        low, high = (at, high) if found is first else (low, at)
    else:
        return low, high
    inner_low, inner_high = at, at
    while inner_low - low > 1:
        middle = (low + inner_low) // 2
        if side(middle) is first:
            low = middle
        else:
            inner_low = middle
    while high - inner_high > 1:
        middle = (inner_high + high) // 2
        if side(middle) in (first, Side.OPEN):
            inner_high = middle
        else:
            high = middle
    return low, high
