"""Selects the cheapest of many candidates whose mean keeps to limits, by sequential tests.

Numbers in, numbers out: a candidate is a point of a ladder of values in each direction, what it
costs is known, and replications say whether it keeps to its limits.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.analysis.estimate import bounds_of

Point: TypeAlias = tuple[int, ...]
"""A candidate: which value it has in each direction, counted from 0, the least, upwards."""

FIRST: Final = 10
"""Replications before the first look: the spread is estimated from these."""

_OF_THE_REST: Final = 0.25
"""Part of the chance of error that is kept for candidates beyond those that are planned."""


_ALIKE: Final = 1e-12
"""Costs that differ by such a part of them differ by rounding."""

_MOST_BEYOND: Final = 40
"""Tests of the second part after which the search is given up."""

_MOST_ALIKE: Final = 10
"""Candidates of the same cost that are looked for, once one of them does."""


class Verdict(StrEnum):
    """What replications say of a candidate and a limit."""

    KEPT = "kept"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit on a mean.

    Parameters
    ----------
    value
        The limit, in ``unit``.
    at_most
        Whether the mean must not be above it; else it must not be below.
    zone
        Indifference zone: within so much of the limit, either verdict is right.
    """

    value: float
    at_most: bool
    zone: float
    unit: str = ""

    def room(self, values: ArrayLike) -> NDArray[np.float64]:
        """How far values are on the right side of the limit."""
        away = np.asarray(values, np.float64) - self.value
        return -away if self.at_most else away


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict, and the number of replications after which it was there; None for none yet."""

    verdict: Verdict | None
    n: int


def judge(
    values: ArrayLike,
    limit: Limit,
    error: float,
    *,
    out_of: ArrayLike | None = None,
    first: int = FIRST,
) -> Judgement:
    """Say whether the mean of independent replications keeps to a limit, at the first chance.

    Parameters
    ----------
    values
        One value a replication, in their order, NaN where one had none.
    error
        Chance of a wrong verdict on a mean that is further from the limit than its zone; below ½.
    out_of
        Of shares of counts: how many each is a share of.
    first
        Replications before the first look; at least 2.

    Returns
    -------
    Judgement
        Without a verdict, more replications are needed.

    Raises
    ------
    ValueError
        A zone that is not above 0, or a chance of error that is not between 0 and ½.

    Notes
    -----
    Andradóttir and Kim 2010, *Naval Research Logistics* 57, 403-421, procedure F with c = 1: it
    goes on while the sum of the differences from the limit is within ``w S² / zone - zone r / 2``
    after r replications, with ``w = (first - 1) ((2 error)^(-2 / (first - 1)) - 1) / 2`` and the
    variance S² of the first replications.  Exact for values that are normally distributed; others
    have S² where the mean would be at the limit, see :func:`variance_at`.
    """
    if not limit.zone > 0:
        raise ValueError(f"the indifference zone {limit.zone} is not above 0")
    if not 0 < error < 0.5:
        raise ValueError(f"the chance of error {error} is not between 0 and 0.5")
    array = np.asarray(values, np.float64)
    is_known = ~np.isnan(array)
    known = array[is_known]
    if len(known) < first:
        return Judgement(verdict=None, n=len(array))
    sizes = np.ones(0) if out_of is None else np.asarray(out_of, np.float64)[is_known][:first]
    variance = variance_at(known[:first], limit, float(sizes.mean()) if len(sizes) else 0.0)
    wide = (first - 1) / 2 * ((2 * error) ** (-2 / (first - 1)) - 1)
    looks = np.arange(first, len(known) + 1)
    sums = np.cumsum(limit.room(known))[first - 1 :]
    goes_on = np.abs(sums) < np.maximum(wide * variance / limit.zone - limit.zone * looks / 2, 0)
    if goes_on.all():
        return Judgement(verdict=None, n=len(array))
    at = int(np.argmin(goes_on))
    verdict = Verdict.KEPT if sums[at] >= 0 else Verdict.BROKEN
    return Judgement(verdict=verdict, n=int(np.flatnonzero(is_known)[first - 1 + at]) + 1)


def variance_at(values: NDArray[np.float64], limit: Limit, out_of: float = 0.0) -> float:
    """The variance that values would have if their mean were at the limit.

    Parameters
    ----------
    out_of
        How many each is a share of; 0 for no share of counts.

    Returns
    -------
    float
        That of the values; more where they lie between their bound and the limit, since they spread
        the less the nearer they are to it, see :func:`sim.analysis.estimate.skewed_arm`; and of
        shares no less than that of as many independent cases: ten times "all in time" is no proof.
    """
    variance, mean = float(values.var(ddof=1)), float(values.mean())
    low, high = bounds_of(limit.unit)
    bound = low if limit.at_most else high
    beyond = float(limit.room(mean))
    if beyond > 0 and math.isfinite(bound) and mean != bound:
        variance *= 1 + 2 * beyond / abs(mean - bound)
    if out_of > 0:
        variance = max(variance, limit.value * (1 - limit.value) / out_of)
    return variance


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a search came to.

    Parameters
    ----------
    points
        The cheapest candidates that keep to the limits, all of the same cost; none where the
        dearest does not.
    tested
        Every candidate that was tested with what was found, in the order of the tests.
    floor
        The cost below which no candidate keeps to the limits: that of ``points``, unless the search
        was given up before; infinite where there are none.
    """

    points: tuple[Point, ...]
    tested: tuple[tuple[Point, bool], ...]
    floor: float


Test: TypeAlias = Callable[[Point, float], bool]
"""Says whether a candidate keeps to its limits, with a chance of error."""


def select(
    sizes: Sequence[int],
    cost: Callable[[Point], float],
    keeps: Test,
    *,
    error: float,
    guess: Point | None = None,
) -> Selection:
    """Find the cheapest candidates that keep to their limits.

    More in a direction must not cost less, nor break a limit that was kept.

    Parameters
    ----------
    sizes
        How many values each direction has.
    cost
        What a candidate costs.
    keeps
        Tests a candidate; asked once of each.
    error
        Chance that anything is wrong, over all tests together.
    guess
        Where the answer is expected; it changes how many tests there are, and no answer.

    Notes
    -----
    Unless the dearest candidate fails, it finds the least value of each direction with the most in
    all others: no candidate with less can do.  If those values do together, nothing is cheaper.
    Otherwise candidates above follow, half of the way in cost from the cheapest that is left to the
    best that is known, until none is left between: those with no more of anything than one that
    failed are not.  After 40 of these it is given up.  The chance of error is divided over the
    tests that the first part can have at most, and the j-th of the second has a part
    1 / (j (j + 1)) of what is kept for it (Bonferroni).
    """
    return _Search(
        sizes=tuple(sizes),
        cost=cost,
        keeps=keeps,
        error=error,
        guess=tuple(size // 2 for size in sizes) if guess is None else guess,
    ).run()


@dataclass(slots=True, kw_only=True)
class _Search:
    sizes: tuple[int, ...]
    cost: Callable[[Point], float]
    keeps: Test
    error: float
    guess: Point
    found: dict[Point, bool] = field(default_factory=dict)
    n_beyond: int = 0

    def run(self) -> Selection:
        top = tuple(size - 1 for size in self.sizes)
        corner = list(top)
        if len(corner) > 1 and not self._planned(top):
            return self._selection(())
        for direction in range(len(self.sizes)):
            value = self._least(top, direction)
            if value is None:
                return self._selection(())
            corner[direction] = value
        if self._planned(tuple(corner)):
            return self._selection((tuple(corner),))
        return self._selection(*self._beyond(tuple(corner)))

    def _selection(self, points: tuple[Point, ...], floor: float | None = None) -> Selection:
        if floor is None:
            floor = min(map(self.cost, points), default=math.inf)
        return Selection(points=points, tested=tuple(self.found.items()), floor=floor)

    def _planned(self, point: Point) -> bool:
        if point not in self.found:
            most = sum(map(_most_tests, self.sizes, self.guess))
            share = self.error
            if len(self.sizes) > 1:
                most, share = most + 2, (1 - _OF_THE_REST) * self.error
            self.found[point] = self.keeps(point, share / most)
        return self.found[point]

    def _least(self, top: Point, direction: int) -> int | None:
        """The least value of a direction that will do with the most in all others."""

        def does(value: int) -> bool:
            return self._planned((*top[:direction], value, *top[direction + 1 :]))

        high = least(self.sizes[direction], does, self.guess[direction])
        return high if high < self.sizes[direction] else None

    def _beyond(self, corner: Point) -> tuple[tuple[Point, ...], float]:
        """The cheapest that do above a corner that does not do, and the cost below which none does.

        The queue holds points below all that are not ruled out.  Of its cheapest, tests one above,
        half of the way to the cost of the best: if it does, that cost falls; if not, all below it
        are ruled out.
        """
        best = min((point for point, does in self.found.items() if does), key=self.cost)
        price = self.cost(best)
        queue = [(self.cost(corner), corner)]
        seen = {corner}
        points: list[Point] = []
        floor = math.inf
        while queue:
            cost, point = heapq.heappop(queue)
            if self.n_beyond >= _MOST_BEYOND:
                floor = cost
                break
            if cost > price * (1 + _ALIKE) or len(points) >= _MOST_ALIKE:
                break
            failed = next(
                (f for f, does in self.found.items() if not does and _within(point, f)), None
            )
            if failed is not None:
                for direction, value in enumerate(failed):
                    up = (*point[:direction], value + 1, *point[direction + 1 :])
                    if value + 1 < self.sizes[direction] and up not in seen:
                        seen.add(up)
                        heapq.heappush(queue, (self.cost(up), up))
                continue
            is_alike = cost >= price * (1 - _ALIKE)
            tried = point if is_alike else self._raised(point, (cost + price) / 2)
            does = self._further(tried)
            if does and tried == point:
                points.append(point)
            else:
                heapq.heappush(queue, (cost, point))
            if does and not is_alike:
                best, price = tried, self.cost(tried)
        return tuple(dict.fromkeys([*points, best])), min(floor, price)

    def _raised(self, point: Point, price: float) -> Point:
        """A point above another, by as large a part of the way to the top as a cost allows."""
        rooms = [size - 1 - value for size, value in zip(self.sizes, point, strict=True)]

        def at(part: float) -> Point:
            return tuple(v + math.floor(part * r) for v, r in zip(point, rooms, strict=True))

        parts = sorted({k / room for room in rooms for k in range(1, room + 1)})
        n = least(len(parts), lambda i: self.cost(at(parts[i] * (1 + _ALIKE))) > price, 0)
        raised = list(at(parts[n - 1] * (1 + _ALIKE)) if n else point)
        for direction, size in enumerate(self.sizes):
            raised[direction] += 1
            if raised[direction] >= size or self.cost(tuple(raised)) > price:
                raised[direction] -= 1
        return tuple(raised)

    def _further(self, point: Point) -> bool:
        if point not in self.found:
            self.n_beyond += 1
            share = _OF_THE_REST * self.error / (self.n_beyond * (self.n_beyond + 1))
            self.found[point] = self.keeps(point, share)
        return self.found[point]


def _within(point: Point, other: Point) -> bool:
    """Whether a point has no more of anything than another."""
    return all(a <= b for a, b in zip(point, other, strict=True))


def least(size: int, does: Callable[[int], bool], guess: int) -> int:
    """The least of ``size`` values that does, ``size`` for none: all above one that does do.

    From the guess in growing steps to a value that does and one that does not; then by halves.
    """
    low, high, at, step = -1, size, min(max(guess, 0), size - 1), 1
    while high - low > 1:
        low, high = (low, at) if does(at) else (at, high)
        if low >= 0 and high < size:
            at = (low + high) // 2
        else:
            at = min(low + step, size - 1) if low >= 0 else max(high - step, 0)
            step *= 2
    return high


def _most_tests(size: int, guess: int) -> int:
    """How many tests :func:`least` takes at most, whatever the answer."""
    most = 0
    for answer in range(size + 1):
        asked: list[int] = []

        def does(value: int, answer: int = answer, asked: list[int] = asked) -> bool:
            asked.append(value)
            return value >= answer

        least(size, does, guess)
        most = max(most, len(asked))
    return most
