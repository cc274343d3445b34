"""Says how many replications to run next, until intervals are as narrow as is wanted.

To stop as soon as an interval happens to be narrow makes it cover less, since it is looked at often
and is narrow by chance.  So there is a first stage that nothing shortens, few looks, and each stage
is as long as a forecast says, but no more than doubles what there is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

FIRST: Final = 20
"""Replications of the first stage, unless it is said."""

FEWEST: Final = 10
"""The fewest that may be said: from fewer, what follows hangs on chance."""

MOST_TIMES: Final = 2
"""The most that a stage multiplies the replications by: a forecast from few is often far off."""

_LEAST_GROWTH: Final = 0.1
"""What a stage adds at least, of the replications there are: each look costs coverage."""


def next_number(n: int, excess: Iterable[float], most: int) -> int:
    """Find how many replications to have before intervals are looked at again.

    Parameters
    ----------
    n
        Replications at hand.
    excess
        The half-width of each interval over the one wanted; NaN where there is no interval yet.
    most
        Replications beyond which none is run.

    Returns
    -------
    int
        ``n`` where no excess is above 1, or there may be no more; else between ``n`` and ``most``.

    Notes
    -----
    Chow and Robbins 1965, in stages as of Hall 1981: a half-width falls with the root of ``n``.
    Coverage is measured by ``benchmarks/precision.py``; see decision 10.
    """
    worst = max((math.inf if math.isnan(each) else each for each in excess), default=0.0)
    if worst <= 1:
        return n
    least = n + math.ceil(_LEAST_GROWTH * n)
    wanted = MOST_TIMES * n if math.isinf(worst) else min(forecast(n, worst), MOST_TIMES * n)
    return max(n, min(most, max(least, wanted)))


def forecast(n: int, excess: float) -> int:
    """How many replications, about, make an interval of ``n`` narrower by the factor ``excess``."""
    return math.ceil(n * excess**2)
