"""Quantiles of the Poisson distribution, by adding up its probabilities one by one.

Loading SciPy takes longer than most scenarios need for all their counts; large means are left to
it all the same, for their sums are long.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

_LARGEST_SUMMED: Final = 500.0
"""Above it exp(-mean) would come near the smallest number there is."""

_TERMS_AT_A_TIME: Final = 2**16


def poisson_quantile(u: NDArray[np.float64], means: NDArray[np.float64]) -> NDArray[np.int64]:
    """The smallest k with P(Poisson(mean) <= k) >= u; it never falls as a mean rises.

    Parameters
    ----------
    u
        Uniform numbers in the open interval (0, 1), shape (n,).
    means
        Not negative, shape (n,).
    """
    counts = np.empty(len(u), np.int64)
    is_large = means > _LARGEST_SUMMED
    counts[~is_large] = _summed(u[~is_large], means[~is_large])
    if is_large.any():
        counts[is_large] = _by_gamma_function(u[is_large], means[is_large])
    return counts


def _summed(u: NDArray[np.float64], means: NDArray[np.float64]) -> NDArray[np.int64]:
    largest = float(means.max(initial=0.0))
    # Beyond the last term lies less than the half of 2**-52 that keeps a draw off 1.
    n_terms = math.ceil(largest + 10.0 * math.sqrt(largest) + 20.0)
    counts = np.empty(len(u), np.int64)
    width = max(1, _TERMS_AT_A_TIME // n_terms)
    terms = np.arange(n_terms, dtype=float)[:, np.newaxis]
    terms[0] = 1.0
    for first in range(0, len(u), width):
        some = slice(first, first + width)
        chances = means[some] / terms
        chances[0] = np.exp(-means[some])
        np.cumprod(chances, axis=0, out=chances)
        np.cumsum(chances, axis=0, out=chances)
        counts[some] = np.count_nonzero(chances < u[some], axis=0)
    return counts


def _by_gamma_function(u: NDArray[np.float64], means: NDArray[np.float64]) -> NDArray[np.int64]:
    from scipy.special import pdtr, pdtrik

    k = np.ceil(np.maximum(pdtrik(u, means), 0.0))
    below = np.maximum(k - 1.0, 0.0)
    return np.asarray(np.where(pdtr(below, means) >= u, below, k), dtype=np.int64)
