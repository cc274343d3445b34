"""Turns shares of counts in independent replications into a mean and an interval within 0 and 1.

Cases of one replication are late together, so that many of them say less than as many that are
independent.  How much less is seen from the spread over replications; where that is of a few
clusters, or of none, from how much the cases in a replication are alike, late or not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.analysis.design_effect import design_effect
from sim.analysis.estimate import (
    Estimate,
    Interval,
    Measured,
    Series,
    as_row,
    bounds_of,
    collate,
    estimate,
    skewed_arm,
    standard_error,
    t_quantile,
)

FEW_CLUSTERS: Final = 2
"""Clusters a replication below which its share says little of the spread: see decision 9."""


def estimate_share(
    shares: ArrayLike,
    out_of: ArrayLike,
    confidence: float = 0.95,
    *,
    design_effect: float = 1.0,
) -> Interval:
    """Estimate the mean of a share of counts, with the interval of Korn and Graubard.

    Parameters
    ----------
    shares
        One a replication, NaN where a replication had none.
    out_of
        How many each is a share of.
    confidence
        Chance that the interval covers the mean.
    design_effect
        How many cases say as much as one that is independent: see
        :func:`sim.analysis.design_effect.design_effect`.

    Returns
    -------
    Interval
        From 0 to 1 at most, and never of width 0: that of Clopper and Pearson for the number of
        *independent* cases that would spread as much, ``p (1 - p) / variance of the mean``, made
        smaller by the squared ratio of the normal to the t quantile, and at most the number of
        cases.  Where replications see fewer than :data:`FEW_CLUSTERS` clusters of late cases, or
        of timely ones, it is at most that number over the design effect; this gives way in
        proportion as they see more, as the excess kurtosis ``(1 / p (1 - p) - 6) / clusters`` of
        a share does, of which there is none in the middle.  The longer arm is no shorter than that
        of values that are skewed away from 0, or from 1, see
        :func:`sim.analysis.estimate.skewed_arm`.  With no case, or with all, it is that of as many
        independent cases: 0 of 4,400 give 0 to 0.08 %, and with a design effect of 10 they give 0
        to 0.8 %.

    Notes
    -----
    Korn and Graubard 1998, *Survey Methodology* 24, 193-201; with the number of cases as its upper
    limit, Parker et al. 2017, *National Center for Health Statistics Data Presentation Standards
    for Proportions*.  A limit by a design effect that is known from elsewhere: Kish 1965, *Survey
    Sampling*, section 8.2.  Above a high limit cases come in clusters whose size does not hang on
    the limit (Leadbetter 1983, *Zeitschrift für Wahrscheinlichkeitstheorie* 65, 291-306), and of
    queues that are alike far below it.  Clusters that nothing below the limit foretells, and no
    replication saw, no interval can know of.
    """
    from scipy.special import betaincinv

    values, sizes = np.asarray(shares, np.float64), np.asarray(out_of, np.float64)
    is_known = ~np.isnan(values)
    known, whole = values[is_known], float(sizes[is_known].sum())
    n = len(known)
    mean = float(known.mean()) if n else math.nan
    if n < 2:
        return Interval(mean=mean, low=math.nan, high=math.nan, n=n, confidence=confidence)
    independent = whole / design_effect
    binomial, error = mean * (1 - mean), standard_error(known)
    # Of a share in the middle, between 21 and 79 %, no replication strays far: below 0 is no tail.
    tail = 1 - 6 * binomial
    clusters = independent * binomial / tail if tail > 0 else math.inf
    whole = size = min(whole, independent * max(clusters / (FEW_CLUSTERS * n), 1.0))
    half_width, reach = (t_quantile(df, confidence) * error for df in (n - 1, math.inf))
    if binomial > 0 and error > 0:
        size = min(whole, binomial * (reach / half_width / error) ** 2)
    hits, misses = size * mean, size * (1 - mean)
    low = float(betaincinv(hits, misses + 1, (1 - confidence) / 2)) if hits > 0 else 0.0
    high = float(betaincinv(hits + 1, misses, (1 + confidence) / 2)) if misses > 0 else 1.0
    # Clusters grow where there are more of them: no binomial is as skewed as their number.
    arm = float(skewed_arm(half_width, reach, min(mean, 1 - mean)))
    if mean <= 0.5:
        high = max(high, min(mean + arm, 1.0))
    else:
        low = min(low, max(mean - arm, 0.0))
    return Interval(mean=mean, low=low, high=high, n=n, confidence=confidence)


def share_difference(
    base: ArrayLike,
    base_out_of: ArrayLike,
    shares: ArrayLike,
    out_of: ArrayLike,
    confidence: float = 0.95,
    *,
    design_effects: tuple[float, float] = (1.0, 1.0),
) -> Interval:
    """Estimate the mean of ``shares - base``, two shares of different cases in the same runs.

    Where a share is near 0 or 1, most replications agree and few stray far, which a t interval of
    the differences does not see; the intervals of the two shares do.

    Parameters
    ----------
    base, shares
        One a replication, NaN where there is none; entry i of both is of one run.
    base_out_of, out_of
        How many each is a share of.
    design_effects
        Of the cases of ``base`` and of ``shares``, as of :func:`estimate_share`.

    Returns
    -------
    Interval
        Each arm has the square of the arm of ``shares`` plus that of the opposite arm of ``base``,
        less twice their product times the correlation that can be counted on: the lower end of its
        own interval, 0 if that is below.  ``n`` counts the replications with both.

    Notes
    -----
    Newcombe 1998, *Statistics in Medicine* 17, 2635-2650; of any two estimates, Zou and Donner
    2008, ibid. 27, 1693-1702.  The interval of the correlation is Fisher's.
    """
    both = [np.asarray(each, np.float64) for each in (base, shares)]
    is_known = ~np.isnan(both[0] + both[1])
    a, b = (each[is_known] for each in both)
    sizes = (np.asarray(each)[is_known] for each in (base_out_of, out_of))
    theirs, mine = (
        estimate_share(each, of, confidence, design_effect=effect)
        for each, of, effect in zip((a, b), sizes, design_effects, strict=True)
    )
    rho = _least_correlation(a, b)

    def arm(p: float, q: float) -> float:
        return math.sqrt(max(p * p + q * q - 2 * rho * p * q, 0.0))

    mean = mine.mean - theirs.mean
    below = arm(mine.mean - mine.low, theirs.high - theirs.mean)
    above = arm(mine.high - mine.mean, theirs.mean - theirs.low)
    return replace(mine, mean=mean, low=mean - below, high=mean + above)


def _least_correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """The lower end of the 95 % interval of a correlation, 0 if it is below, or not known."""
    n = len(a)
    if n < 4:
        return 0.0
    x, y = a - a.mean(), b - b.mean()
    whole = math.sqrt(float(x @ x) * float(y @ y))
    if whole == 0:
        return 0.0
    found = min(max(float(x @ y) / whole, 0.0), 1 - 1e-12)  # of equal values it may round to more
    reach = t_quantile(math.inf, 0.95) / math.sqrt(n - 3)
    return max(math.tanh(math.atanh(found) - reach), 0.0)


def unseen(out_of: float, confidence: float = 0.95) -> float:
    """The upper end of the interval of a share of which none was seen among independent cases."""
    return float(-np.expm1(math.log((1 - confidence) / 2) / out_of))


def estimate_all(
    variant: str, replications: Sequence[Iterable[Measured]], confidence: float = 0.95
) -> list[Estimate]:
    """Estimate every KPI and group of one variant from its replications.

    See :func:`sim.analysis.estimate.collate`; shares of counts by :func:`estimate_share`, all
    else by :func:`sim.analysis.estimate.estimate` within the bounds of its unit.
    """
    return [
        as_row(series, _interval(series, confidence), variant=variant)
        for series in collate(replications)
    ]


def _interval(series: Series, confidence: float) -> Interval:
    if series.out_of.any():
        return estimate_share(
            series.values,
            series.out_of,
            confidence,
            design_effect=design_effect(series.batches, series.out_of),
        )
    return estimate(series.values, confidence, bounds=bounds_of(series.unit))
