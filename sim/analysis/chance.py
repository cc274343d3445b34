"""Says how likely a difference is by chance alone, and adjusts that for many comparisons."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def p_value(mean: float, error: float, degrees: float, out_of: float = 0) -> float:
    """The least level at which a t interval of a difference leaves out 0.

    Parameters
    ----------
    mean, error
        Of the difference, and its standard error, in one unit; NaN where there is none.
    degrees
        Of freedom of the error.
    out_of
        Of shares of counts: of how many; their interval is no shorter than
        :func:`sim.analysis.shares.unseen`.  0 for no counts.

    Returns
    -------
    float
        From 0 to 1; NaN without an error.  Without any spread it is 1 for no difference, else 0.
    """
    from scipy.special import stdtr

    if math.isnan(mean) or math.isnan(error) or degrees <= 0:
        return math.nan
    distance = abs(mean) / error if error > 0 else math.inf if mean else 0.0
    by_spread = 2 * float(stdtr(degrees, -distance))
    by_counts = 2 * (1 - min(abs(mean), 1.0)) ** out_of if out_of > 0 else 0.0
    return min(max(by_spread, by_counts), 1.0)


def holm(p_values: Sequence[float]) -> NDArray[np.float64]:
    """Adjust p-values, so that the chance of even one false finding is at most the level.

    Parameters
    ----------
    p_values
        Of all comparisons that were made; NaN for one that could not be, which does not count.

    Returns
    -------
    NDArray[np.float64]
        In the same order: the level of all comparisons together at which each is found.

    Notes
    -----
    Holm 1979, *Scandinavian Journal of Statistics* 6, 65-70: holds however the comparisons hang
    together.
    """
    known = np.asarray(p_values, np.float64)
    adjusted = np.full(known.shape, np.nan)
    places = np.flatnonzero(~np.isnan(known))
    order = places[np.argsort(known[places], kind="stable")]
    steps = known[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted
