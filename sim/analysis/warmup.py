"""Checks that a warm-up is long enough, from a series in time (Welch's plot, MSER-5).

Both look for a level that the series settles at, and cannot tell a start-up from a season: give
them a series without trend, from a stretch in which demand and rules stay the same; or set it
against one of the same days that has been under way for long, see :func:`check_against`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

BATCH = 5
"""Values in a batch of MSER-5."""

_FEWEST_BATCHES = 4

FEWEST = _FEWEST_BATCHES * BATCH
"""Values that MSER-5 takes at least."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WarmUpCheck:
    """Whether a warm-up holds the start-up of a series.

    ``n_given`` and ``n_needed`` count values of the series from its start; ``n_needed`` is None
    where the series has not settled in its first half, so that no warm-up can be recommended.
    ``level`` is the mean of what is kept by MSER-5, in the unit of the series, NaN then.
    """

    n_given: int
    n_needed: int | None
    level: float

    @property
    def is_long_enough(self) -> bool:
        """Whether the start-up ends within the warm-up."""
        return self.n_needed is not None and self.n_needed <= self.n_given


def binned_means(instants: ArrayLike, values: ArrayLike, edges: ArrayLike) -> NDArray[np.float64]:
    """Mean of the values in each bin of time: one replication as a series.

    Parameters
    ----------
    instants
        When each value belongs, e.g. the arrival of its case, in microseconds.
    edges
        Ends of the bins, rising, in microseconds; bin i is ``[edges[i], edges[i + 1])``.

    Returns
    -------
    NDArray[np.float64]
        One mean a bin, NaN for a bin without a value; values outside all bins are left out.
    """
    ends = np.asarray(edges)
    n = len(ends) - 1
    bins = np.searchsorted(ends, np.asarray(instants), side="right") - 1
    is_inside = (bins >= 0) & (bins < n)
    weights = np.asarray(values, np.float64)[is_inside]
    totals = np.bincount(bins[is_inside], weights=weights, minlength=n)
    counts = np.bincount(bins[is_inside], minlength=n)
    return np.where(counts > 0, totals / np.maximum(counts, 1), math.nan)


def over_replications(series: ArrayLike) -> NDArray[np.float64]:
    """Average series of several replications, of shape (replications, time), over replications.

    Raises
    ------
    ValueError
        At some time no replication has a value.
    """
    stacked = np.atleast_2d(np.asarray(series, np.float64))
    is_known = ~np.isnan(stacked)
    counts = is_known.sum(axis=0)
    if not counts.all():
        raise ValueError(f"no replication has a value at place {int(counts.argmin())}: widen bins")
    return np.asarray(np.where(is_known, stacked, 0.0).sum(axis=0) / counts, np.float64)


def welch(series: ArrayLike, window: int) -> NDArray[np.float64]:
    """Smooth the average of replications for Welch's plot.

    Parameters
    ----------
    series
        Of shape (replications, time), or (time,) for one.
    window
        Values on each side of the middle one.  At the start the window shrinks to what is there
        on both sides.

    Returns
    -------
    NDArray[np.float64]
        Of length time - window, in the unit of the series.

    Raises
    ------
    ValueError
        ``window`` is negative, or longer than half the series.

    Notes
    -----
    Welch 1983; Law, *Simulation Modeling and Analysis*, section 9.5.1.
    """
    average = over_replications(series)
    if not 0 <= 2 * window < len(average):
        raise ValueError(f"a window of {window} does not fit a series of {len(average)}")
    start = [float(average[: 2 * i + 1].mean()) for i in range(window)]
    inside = sliding_window_view(average, 2 * window + 1).mean(axis=1)
    return np.concatenate([start, inside])


def mser5(series: ArrayLike, *, chance: float = 0.0) -> int | None:
    """Find how many values to leave out at the start, by MSER-5.

    Parameters
    ----------
    series
        Of shape (replications, time), or (time,) for one.
    chance
        A variance that the mean of each batch has beside that seen.

    Returns
    -------
    int or None
        A multiple of 5: what is left has the smallest standard error of its mean, taken over
        batches of 5 as if they were independent.  None where that smallest lies in the second
        half: the series has not settled.

    Raises
    ------
    ValueError
        The series holds fewer than 20 values.

    Notes
    -----
    White 1997; White, Cobb and Spratt 2000.
    """
    average = over_replications(series)
    n = len(average) // BATCH
    if n < _FEWEST_BATCHES:
        raise ValueError(f"MSER-5 takes {FEWEST} values or more")
    batches = average[: n * BATCH].reshape(n, BATCH).mean(axis=1)
    # Where few batches are left their likeness is chance, so the last ones are no candidates.
    candidates = range(n - _FEWEST_BATCHES + 1)
    errors = [(float(batches[d:].var()) + chance) / (n - d) for d in candidates]
    best = int(np.argmin(errors))
    return best * BATCH if best <= n // 2 else None


def check_warm_up(series: ArrayLike, n_given: int) -> WarmUpCheck:
    """Compare a warm-up of ``n_given`` values with the one that MSER-5 asks for.

    Parameters
    ----------
    series
        From the start of the run, warm-up included, of shape (replications, time) or (time,).
    """
    average = over_replications(series)
    n_needed = mser5(average)
    level = math.nan if n_needed is None else float(average[n_needed:].mean())
    return WarmUpCheck(n_given=n_given, n_needed=n_needed, level=level)


def check_against(series: ArrayLike, warm: ArrayLike, n_given: int) -> WarmUpCheck:
    """Compare a warm-up with the one that MSER-5 asks for, where there is a season.

    Parameters
    ----------
    series, warm
        Of shape (replications, time), two replications at least: of runs that start up, and of
        runs of the same days that have been under way for long; entry i of both has the same draws.

    Returns
    -------
    WarmUpCheck
        Of the mean of ``series - warm``, from which season and holidays cancel; so does much of the
        chance, and MSER-5 would take a stretch of exact zeros for the only settled one.  So
        each batch has beside what is seen the variance, by its median over time, that an average of
        as many independent replications of ``warm`` has.
    """
    mine, other = (np.asarray(each, np.float64) for each in (series, warm))
    n = other.shape[1] // BATCH
    batches = other[:, : n * BATCH].reshape(len(other), n, BATCH).mean(axis=2)
    chance = float(np.median(batches.var(axis=0, ddof=1))) / len(other)
    gap = (mine - other).mean(axis=0)
    n_needed = mser5(gap, chance=chance)
    level = math.nan if n_needed is None else float(gap[n_needed:].mean())
    return WarmUpCheck(n_given=n_given, n_needed=n_needed, level=level)
