"""Keeps of the cases of one run what tells how much those that follow each other are alike."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

BATCHES: Final = 5
"""Few, since those of a short run have to be longer than a busy period."""

Batches: TypeAlias = tuple[float, ...]
"""Means of :data:`BATCHES` batches of cases in their order, then the variance of all cases."""


def batches(values: ArrayLike) -> Batches:
    """Find the batch means of values, one a case in the order in which cases came.

    They are empty where there are not two cases a batch.  What is left of a last batch is not in
    the means.
    """
    array = np.asarray(values, np.float64)
    length = len(array) // BATCHES
    if length < 2:
        return ()
    means = array[: BATCHES * length].reshape(BATCHES, length).mean(axis=1)
    return (*means.tolist(), float(array.var()))
