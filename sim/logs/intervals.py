"""Intervals of what is counted in a log."""

from __future__ import annotations

from sim.analysis.estimate import Interval


def share_interval(hits: int, out_of: int, confidence: float = 0.95) -> Interval | None:
    """A share with the interval of Clopper and Pearson; None of nothing.

    Parameters
    ----------
    hits, out_of
        Of independent things: cases, or performances of steps.

    Notes
    -----
    Clopper and Pearson 1934, *Biometrika* 26, 404-413: it covers at least as often as it says.
    """
    return share_of_some(hits, out_of, confidence) if out_of else None


def share_of_some(hits: int, out_of: int, confidence: float = 0.95) -> Interval:
    """As :func:`share_interval`, of one thing at least."""
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    misses = out_of - hits
    return Interval(
        mean=hits / out_of,
        low=float(betaincinv(hits, misses + 1, tail)) if hits else 0.0,
        high=float(betaincinv(hits + 1, misses, 1 - tail)) if misses else 1.0,
        n=out_of,
        confidence=confidence,
    )


def mean_of_exponential(mean: float, n: int) -> Interval:
    """The mean of some exponential times with its exact interval."""
    from scipy.special import gammaincinv

    low, high = (n * mean / float(gammaincinv(n, tail)) for tail in (0.975, 0.025))
    return Interval(mean=mean, low=low, high=high, n=n, confidence=0.95)
