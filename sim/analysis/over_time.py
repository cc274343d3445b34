"""Turns courses of independent replications into a mean and an interval for each period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.estimate import UNBOUNDED, Bounds, skewed_arm, t_quantile


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Band:
    """Means and the ends of their intervals, one each period; NaN where there is none."""

    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    n: NDArray[np.int64]


def band(
    values: NDArray[np.float64], confidence: float = 0.95, *, bounds: Bounds = UNBOUNDED
) -> Band:
    """Estimate the mean of each period, as :func:`sim.analysis.estimate.estimate` does of one.

    The intervals are those of single periods: that all of a course lie in its band is less likely.

    Parameters
    ----------
    values
        Shape (replications, periods), NaN where a replication had no value.
    bounds
        Of the values.
    """
    known = ~np.isnan(values)
    n = known.sum(0)
    mean = np.full(n.shape, np.nan)
    np.divide(np.where(known, values, 0.0).sum(0), n, out=mean, where=n > 0)
    squares = (np.where(known, values - mean, 0.0) ** 2).sum(0)
    t = {count: t_quantile(count - 1, confidence) for count in np.unique(n).tolist()}
    error = np.full(n.shape, np.nan)
    np.divide(squares, n * (n - 1.0), out=error, where=n > 1)
    error = np.sqrt(error)
    half_width = np.array([t[count] for count in n.tolist()]) * error
    reach = t_quantile(np.inf, confidence) * error
    return Band(
        mean=mean,
        low=np.maximum(mean - skewed_arm(half_width, reach, bounds[1] - mean), bounds[0]),
        high=np.minimum(mean + skewed_arm(half_width, reach, mean - bounds[0]), bounds[1]),
        n=n,
    )
