"""Measures in one run how much cases that follow each other are alike.

Where cases queue they are late together, and so many of them say less than as many that are
independent.  How much less is seen from all cases, also where none of them is late.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

BATCHES: Final = 5
"""Few, since those of a short run have to be longer than a busy period."""


def design_effect(values: ArrayLike) -> float:
    """How many of these cases say as much of their mean as one that is independent.

    Parameters
    ----------
    values
        One a case, in the order in which cases came.

    Returns
    -------
    float
        From batch means: the variance of a mean of :data:`BATCHES` batches over that of as many
        independent values, twice, less the same of batches half as long, which makes up for
        batches that are alike.  1 where the values are equal or too few.  It is to be averaged over
        replications: that of one may be below 1, or 0, by chance.

    Notes
    -----
    The name is of Kish, *Survey Sampling*, section 8.2.  Batch means with this correction: Vats and
    Flegal 2022, *Biometrika* 109, 735-750.
    """
    array = np.asarray(values, np.float64)
    variance = float(array.var()) if len(array) >= 4 * BATCHES else 0.0
    if variance == 0:
        return 1.0
    by_length = []
    for n in (BATCHES, 2 * BATCHES):
        length = len(array) // n
        means = array[: n * length].reshape(n, length).mean(axis=1)
        by_length.append(length * float(means.var(ddof=1)) / variance)
    return 2 * by_length[0] - by_length[1]
