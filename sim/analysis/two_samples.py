"""Compares two studies whose replications have nothing in common, such as those of two seeds."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.analysis.chance import p_value
from sim.analysis.estimate import Interval, standard_error, t_quantile
from sim.analysis.shares import unseen


def difference(
    base: ArrayLike,
    variant: ArrayLike,
    confidence: float = 0.95,
    *,
    out_of: tuple[float, float] = (0, 0),
) -> tuple[Interval, float]:
    """Estimate ``mean(variant) - mean(base)``, with Welch's t interval and its p-value.

    Parameters
    ----------
    base, variant
        One value a replication, NaN where there is none.
    out_of
        Of shares of counts: of how many in all they are, in each; 0 for no counts.

    Returns
    -------
    tuple[Interval, float]
        In the unit of the values, and the least level at which the interval leaves 0 out.  ``n``
        counts the values of both; below two in either there is no interval, and the p-value is
        NaN.  The interval of shares of counts lies within -1 and 1, and is no shorter than for as
        many cases of which none was seen.

    Raises
    ------
    ValueError
        A value is infinite.

    Notes
    -----
    Welch 1947, *Biometrika* 34, 28-35.  Neither arm is lengthened as that of one sample is: the
    skews of two samples of a kind cancel in their difference.
    """
    a, b = _known(base), _known(variant)
    n = len(a) + len(b)
    mean = float(b.mean() - a.mean()) if len(a) and len(b) else math.nan
    parts = [standard_error(a) ** 2, standard_error(b) ** 2]
    if min(len(a), len(b)) < 2:
        nan = math.nan
        return Interval(mean=mean, low=nan, high=nan, n=n, confidence=confidence), nan
    error = math.sqrt(sum(parts))
    below = sum(part**2 / (size - 1) for part, size in zip(parts, (len(a), len(b)), strict=True))
    degrees = error**4 / below if below > 0 else float(n - 2)
    whole = float(min(out_of))
    least, end = (unseen(whole, confidence), 1.0) if whole > 0 else (0.0, math.inf)
    half_width = max(t_quantile(degrees, confidence) * error, least)
    interval = Interval(
        mean=mean,
        low=max(mean - half_width, -end),
        high=min(mean + half_width, end),
        n=n,
        confidence=confidence,
    )
    return interval, p_value(mean, error, degrees, whole)


def _known(values: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(values, np.float64)
    if np.isinf(array).any():
        raise ValueError("an infinite value has no mean")
    return array[~np.isnan(array)]
