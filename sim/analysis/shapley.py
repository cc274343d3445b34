"""Splits what a change of many parts brings over its parts: Shapley values, numbers in and out.

A *coalition* is a set of parts that are in place, written as a number whose bit i says whether part
i is in it.  A part may have to come *after* others; then only coalitions in which those are there
too are permitted, and only orders that keep to it count.

The value of a part is what it adds on its way in, as the mean over all permitted orders in which
the parts can come.  Each order goes from nothing to all, so the values add up to the whole, in each
replication for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import sqrt
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.analysis.estimate import Interval, estimate, standard_error, t_quantile

After: TypeAlias = Sequence[int]
"""By part, the coalition of those that must be there before it; 0 for none."""

Values: TypeAlias = Mapping[int, ArrayLike]
"""By coalition, what it gives: a value for each replication, NaN where there is none."""

_Count: TypeAlias = Callable[[int], int]

MOST_PARTS: Final = 16
"""More parts than these make more coalitions than are worth counting."""


def coalitions(after: After) -> tuple[int, ...]:
    """Every permitted coalition, the smaller number first.

    Parameters
    ----------
    after
        By part, those that must be there before it.

    Raises
    ------
    ValueError
        There are more than :data:`MOST_PARTS` parts, or one must come after itself.
    """
    n = len(after)
    if n > MOST_PARTS:
        raise ValueError(f"{n} parts are more than {MOST_PARTS}")
    found = tuple(each for each in range(1 << n) if _is_permitted(each, after))
    if (1 << n) - 1 not in found or _ways_to(after)((1 << n) - 1) == 0:
        raise ValueError("a part must come after itself")
    return found


def shapley(values: Values, after: After) -> NDArray[np.float64]:
    """The value of each part over all permitted orders.

    Parameters
    ----------
    values
        Of every permitted coalition, see :func:`coalitions`.
    after
        By part, those that must be there before it.

    Returns
    -------
    NDArray[np.float64]
        Of shape (parts, replications), in the unit of the values; a column adds up to what all
        parts give in that replication, less what none gives.  Where a coalition has no value in a
        replication, no part has.

    Notes
    -----
    Shapley, *A value for n-person games*, 1953; with permitted orders, Faigle and Kern, *The
    Shapley value for cooperative games under precedence constraints*, International Journal of Game
    Theory 21, 1992.  A part that comes to a coalition is weighed by the share of all permitted
    orders in which it comes to just that one.
    """
    n = len(after)
    everything = (1 << n) - 1
    known = {each: np.asarray(values[each], np.float64) for each in coalitions(after)}
    ways_to, ways_from = _ways_to(after), _ways_from(after)
    found = np.zeros((n, len(known[0])))
    for before, value in known.items():
        for part in _may_come(before, after):
            then = before | 1 << part
            share = ways_to(before) * ways_from(then) / ways_to(everything)
            found[part] += share * (known[then] - value)
    found[:, np.isnan(np.stack(list(known.values()))).any(axis=0)] = np.nan
    return found


def draw_orders(after: After, count: int, seed: int) -> NDArray[np.int64]:
    """Permitted orders of the parts by chance, each as likely.

    Returns
    -------
    NDArray[np.int64]
        Of shape (count, parts): in each row the parts as they come.
    """
    n = len(after)
    everything = (1 << n) - 1
    ways_from = _ways_from(after)
    chance = np.random.default_rng(seed)
    orders = np.empty((count, n), np.int64)
    for order in orders:
        there = 0
        for place in range(n):
            parts = _may_come(there, after)
            # Integers of any size, so that no order is lost to rounding.
            weights = [ways_from(there | 1 << part) for part in parts]
            total = sum(weights)
            order[place] = chance.choice(parts, p=[weight / total for weight in weights])
            there |= 1 << int(order[place])
        assert there == everything  # noqa: S101  nothing that must come before is forgotten
    return orders


def met_by(orders: NDArray[np.int64]) -> tuple[int, ...]:
    """Every coalition that some order meets on its way, each once, rising."""
    met = np.cumsum(1 << orders, axis=1)
    return tuple(sorted({0, *met.ravel().tolist()}))


def marginals(values: Values, orders: NDArray[np.int64]) -> NDArray[np.float64]:
    """What each part adds on its way in, in each order.

    Parameters
    ----------
    values
        Of every coalition that an order meets, see :func:`met_by`.

    Returns
    -------
    NDArray[np.float64]
        Of shape (orders, parts, replications); for each order and replication they add up to the
        whole.
    """
    known = {each: np.asarray(values[each], np.float64) for each in met_by(orders)}
    found = np.empty((*orders.shape, len(known[0])))
    for row, order in enumerate(orders.tolist()):
        there = 0
        for part in order:
            then = there | 1 << part
            found[row, part] = known[then] - known[there]
            there = then
    found[:, :, np.isnan(np.stack(list(known.values()))).any(axis=0)] = np.nan
    return found


def sampled(found: ArrayLike, confidence: float = 0.95) -> Interval:
    """The value of one part from orders that were drawn, with the error of orders and replications.

    Parameters
    ----------
    found
        What the part adds, of shape (orders, replications).

    Returns
    -------
    Interval
        ``n`` counts the replications.

    Notes
    -----
    Orders and replications are crossed and independent: the variance of the mean is at most the sum
    of that of the means by replication and that of the means by order.  Degrees of freedom are
    those of the smaller number.
    """
    array = np.asarray(found, np.float64)
    array = array[:, ~np.isnan(array).any(axis=0)]
    plain = estimate(array.mean(axis=0), confidence)
    n_orders, n = array.shape
    error = sqrt(standard_error(array.mean(axis=0)) ** 2 + standard_error(array.mean(axis=1)) ** 2)
    arm = t_quantile(min(n, n_orders) - 1, confidence) * error
    return Interval(
        mean=plain.mean, low=plain.mean - arm, high=plain.mean + arm, n=n, confidence=confidence
    )


def _is_permitted(coalition: int, after: After) -> bool:
    return all(
        coalition & before == before for part, before in enumerate(after) if coalition >> part & 1
    )


def _may_come(there: int, after: After) -> list[int]:
    """The parts that are not there yet and may come next."""
    return [
        part
        for part, before in enumerate(after)
        if not there >> part & 1 and there & before == before
    ]


def _ways_to(after: After) -> _Count:
    """How many permitted orders lead from nothing to a coalition."""

    @cache
    def ways(coalition: int) -> int:
        if not coalition:
            return 1
        last = (part for part in range(len(after)) if coalition >> part & 1)
        before = ((part, coalition & ~(1 << part)) for part in last)
        return sum(
            ways(rest)
            for part, rest in before
            if _is_permitted(rest, after) and rest & after[part] == after[part]
        )

    return ways


def _ways_from(after: After) -> _Count:
    """How many permitted orders lead from a coalition to all parts."""

    @cache
    def ways(coalition: int) -> int:
        if coalition == (1 << len(after)) - 1:
            return 1
        return sum(ways(coalition | 1 << part) for part in _may_come(coalition, after))

    return ways
