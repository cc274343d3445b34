"""Says how many replications a wanted precision takes, from the spread of a few."""

from __future__ import annotations

import math
from bisect import bisect_left

import numpy as np
from numpy.typing import ArrayLike

from sim.analysis.estimate import t_quantile

MOST = 1_000_000
"""More replications than anyone would run: beyond it the answer is that it cannot be had."""


def replications_needed(
    pilot: ArrayLike, relative_half_width: float, confidence: float = 0.95
) -> int:
    """Find how many replications bring the half-width to a share of the mean.

    Parameters
    ----------
    pilot
        Values of the replications at hand, NaN where one had none; at least two.
    relative_half_width
        Wanted half-width of the interval over the size of the mean, e.g. 0.05.

    Returns
    -------
    int
        The smallest n >= 2 with t(n - 1) s / sqrt(n) <= relative_half_width * |mean|, for the
        mean and spread s of the pilot: a forecast, to be checked on the n replications.

    Raises
    ------
    ValueError
        Fewer than two values, a mean of 0, a width that is not above 0, or more than
        :data:`MOST` replications.

    Notes
    -----
    Law, *Simulation Modeling and Analysis*, section 9.4.1, there with the width relative to the
    unknown mean: ask for w / (1 + w) to have that.
    """
    array = np.asarray(pilot, np.float64)
    known = array[~np.isnan(array)]
    if len(known) < 2:
        raise ValueError(f"a spread takes two values or more, not {len(known)}")
    if not relative_half_width > 0:
        raise ValueError(f"the relative half-width {relative_half_width} is not above 0")
    mean, spread = float(known.mean()), float(known.std(ddof=1))
    if mean == 0:
        raise ValueError("there is no relative half-width around a mean of 0")
    wanted = relative_half_width * abs(mean)

    def is_enough(n: int) -> bool:
        return t_quantile(n - 1, confidence) * spread / math.sqrt(n) <= wanted

    if not is_enough(MOST):
        raise ValueError(f"a half-width of {wanted:g} takes more than {MOST} replications")
    # The half-width falls as n rises.
    return bisect_left(range(MOST + 1), True, lo=2, key=is_enough)
