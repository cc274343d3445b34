"""Finds how much cases that follow each other are alike, from all cases, late or not.

Where cases queue they are late together, and so many of them say less than as many that are
independent.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike


def design_effect(batches: Sequence[Sequence[float]], sizes: ArrayLike) -> float:
    """How many cases say as much of their mean as one that is independent.

    Parameters
    ----------
    batches
        For each replication means of batches in the order in which cases came, and the variance of
        the cases; empty where there are none.
    sizes
        How many cases each replication has.

    Returns
    -------
    float
        The variance of a batch mean over that of as many independent cases, at least 1; 1 for
        fewer than two replications with batches, or for cases that are all equal.

    Notes
    -----
    The name is of Kish 1965, *Survey Sampling*, section 8.2; batch means: Law, *Simulation Modeling
    and Analysis*, section 9.5.3.  They are compared with those of the same turn in other
    replications, so that a season, which all have, makes no cases alike.
    """
    known = [i for i, each in enumerate(batches) if len(each)]
    if len(known) < 2:
        return 1.0
    table = np.array([batches[i] for i in known], np.float64)
    means, variance = table[:, :-1], float(table[:, -1].mean())
    if variance == 0:
        return 1.0
    length: float = np.asarray(sizes, np.float64)[known].mean() / means.shape[1]
    return max(length * float(means.var(axis=0, ddof=1).mean() / variance), 1.0)
