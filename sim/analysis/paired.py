"""Compares two variants replication by replication, under common random numbers (R1).

Replication i of both shares its draws, so much of the noise is in both and leaves the difference.
A pair of which either value is missing is missing.

Differences that are mostly of one sign are skewed away from 0, as what they are the gain in is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.analysis.chance import p_value
from sim.analysis.estimate import (
    Estimate,
    Interval,
    Measured,
    Series,
    as_row,
    collate,
    estimate,
    skewed_arm,
    standard_error,
    t_quantile,
)
from sim.analysis.shares import unseen


def difference(
    base: ArrayLike,
    variant: ArrayLike,
    confidence: float = 0.95,
    *,
    out_of: ArrayLike | None = None,
) -> Interval:
    """Estimate the mean of ``variant - base``, with the paired t interval.

    The arm that points away from 0 is lengthened as that of values with a bound there, see
    :func:`sim.analysis.estimate.skewed_arm`; the less, the more the signs of the differences are
    mixed.

    Parameters
    ----------
    base, variant
        One value a replication, NaN where there is none; entry i of both has the same draws.
    out_of
        Of shares of counts: how many each pair has in common, 0 for no counts.

    Returns
    -------
    Interval
        In the unit of the values; ``n`` counts the pairs.  That of shares of counts lies within -1
        and 1, and is no shorter than for as many cases of which none differs.

    Raises
    ------
    ValueError
        The two differ in length, or a value is infinite.

    Notes
    -----
    Law, *Simulation Modeling and Analysis*, section 10.2.1.  The skewness of a difference of two
    counts, of those gained and those lost, is that of either times (gained - lost) / (gained +
    lost) (Skellam 1946).
    """
    a, b = _pairs(base, variant)
    plain = estimate(b - a, confidence)
    whole = 0.0 if out_of is None else float(np.sum(out_of))
    least, end = (unseen(whole, confidence), 1.0) if whole > 0 else (0.0, math.inf)
    half_width = max(plain.half_width, least)
    size = float(np.abs(b - a).mean()) if len(a) else math.nan
    reach = t_quantile(math.inf, confidence) * standard_error(b - a)
    room = size**2 / abs(plain.mean) if plain.mean else math.inf
    arms = [half_width, float(skewed_arm(half_width, reach, room))]
    below, above = arms if plain.mean > 0 else reversed(arms)
    return replace(plain, low=max(plain.mean - below, -end), high=min(plain.mean + above, end))


def p_of(base: ArrayLike, variant: ArrayLike, *, out_of: ArrayLike | None = None) -> float:
    """The least level at which the interval of :func:`difference` leaves out 0; NaN without one."""
    a, b = _pairs(base, variant)
    whole = 0.0 if out_of is None else float(np.sum(out_of))
    mean = float((b - a).mean()) if len(a) else math.nan
    return p_value(mean, standard_error(b - a), len(a) - 1, whole)


def ratio(base: ArrayLike, variant: ArrayLike, confidence: float = 0.95) -> Interval:
    """Estimate mean(variant) / mean(base), paired, with an interval by linearisation.

    Parameters
    ----------
    base, variant
        As for :func:`difference`.

    Returns
    -------
    Interval
        Without unit; all NaN where the mean of ``base`` is 0.  Good where the spread of ``base``
        is small beside its mean: the interval is that of the residuals ``variant - ratio * base``.

    Notes
    -----
    Cochran, *Sampling Techniques*, 3rd ed., section 6.4.
    """
    a, b = _pairs(base, variant)
    n = len(a)
    whole = float(a.mean()) if n else 0.0
    if whole == 0:
        nan = math.nan
        return Interval(mean=nan, low=nan, high=nan, n=n, confidence=confidence)
    quotient = float(b.mean()) / whole
    half_width = t_quantile(n - 1, confidence) * standard_error(b - quotient * a) / abs(whole)
    return Interval(
        mean=quotient,
        low=quotient - half_width,
        high=quotient + half_width,
        n=n,
        confidence=confidence,
    )


def estimate_differences(
    base: Sequence[Iterable[Measured]],
    variant: Sequence[Iterable[Measured]],
    names: tuple[str, str],
    confidence: float = 0.95,
) -> list[Estimate]:
    """Estimate the difference ``variant - base`` of every KPI and group that both have.

    Parameters
    ----------
    base, variant
        The measures of each replication, in the same order of replications; the same object twice
        for one that shares its runs, of which the differences are known to be 0.
    names
        Those of the baseline and of the variant.

    Returns
    -------
    list[Estimate]
        In the order of ``base``.  A group that only one of them has is left out: nothing can be
        said of its difference.
    """
    others = {(series.kpi, series.group): series for series in collate(variant)}
    return [
        as_row(
            series,
            difference(
                series.values,
                other.values,
                confidence,
                out_of=None if base is variant else in_common(series.out_of, other.out_of),
            ),
            variant=names[1],
            baseline=names[0],
        )
        for series in collate(base)
        if (other := _same_unit(series, others.get((series.kpi, series.group)))) is not None
    ]


def in_common(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many cases each pair of shares has in common; 0 where either is missing."""
    return np.minimum(a, b)


def _pairs(base: ArrayLike, variant: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    a, b = np.asarray(base, np.float64), np.asarray(variant, np.float64)
    if a.shape != b.shape:
        raise ValueError(f"{a.size} and {b.size} replications make no pairs")
    is_known = ~(np.isnan(a) | np.isnan(b))
    a, b = a[is_known], b[is_known]
    if np.isinf(a).any() or np.isinf(b).any():
        raise ValueError("an infinite value has no mean")
    return a, b


def _same_unit(series: Series, other: Series | None) -> Series | None:
    if other is not None and other.unit != series.unit:
        raise ValueError(f"{series.kpi} comes in {series.unit} and in {other.unit}")
    return other
