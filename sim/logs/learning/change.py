"""Finds the day since which cases go otherwise than before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.logs.learning.rows import NONE, Rows
from sim.units import DAY, HOUR

Ints = NDArray[np.int64]

_FEWEST: Final = 100
"""Values on either side of a change."""

_BY_CHANCE: Final = 0.01
_MATTERS: Final = 0.1
"""By so much more often must values since be the larger, or the smaller, of one of each side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The last day from which on cases took otherwise long from their first step to their last.

    Parameters
    ----------
    day
        In days since 1970.
    before, since
        Hours from first step to last of the middle one of the cases before it, all of them, and
        since.
    n_since
        Cases that were filed since and have ended.
    """

    day: int
    before: float
    since: float
    n_since: int


def change_in(rows: Rows) -> Change | None:
    """The last change in how long cases take, if chance would hardly show it."""
    ended = np.flatnonzero(~rows.is_open & (rows.filed != NONE))
    ended = ended[np.isin(ended, rows.case)]
    ended = ended[np.argsort(rows.filed[ended], kind="stable")]
    first = np.full(len(rows.filed), np.iinfo(np.int64).max)
    last = np.full(len(rows.filed), NONE)
    np.minimum.at(first, rows.case, rows.when)
    np.maximum.at(last, rows.case, rows.when)
    spans = (last - first)[ended] / HOUR
    at = last_change(spans)
    if not at:
        return None
    return Change(
        day=int(rows.filed[ended[at]] // DAY),
        before=float(np.median(spans[:at])),
        since=float(np.median(spans[at:])),
        n_since=len(spans) - at,
    )


def last_change(values: NDArray[np.float64]) -> int:
    """From which place on values in their order are otherwise than before; 0 where never.

    Notes
    -----
    Pettitt 1979, *Applied Statistics* 28, 126-135: the largest sum of differences in rank between
    those before and those since.  What comes since is searched again.  The number of values is
    reduced by their autocorrelation of lag 1, since those of an office are not independent.
    """
    from scipy.stats import rankdata

    begin = 0
    while (n := len(values) - begin) >= 2 * _FEWEST:
        ranks = rankdata(values[begin:]) - (n + 1) / 2
        sums = 2 * np.cumsum(ranks)
        at = _FEWEST + int(np.argmax(np.abs(sums[_FEWEST - 1 : n - _FEWEST])))
        largest = abs(float(sums[at - 1]))
        ranks[:at] -= ranks[:at].mean()
        ranks[at:] -= ranks[at:].mean()
        spread = float(ranks @ ranks)
        # Neighbours that are alike, as behind one queue, count for fewer.
        alike = max(float(ranks[1:] @ ranks[:-1]) / spread, 0.0) if spread else 0.0
        exponent = 6 * largest**2 / (n**3 + n**2) * (1 - alike) / (1 + alike)
        if 2 * np.exp(-exponent) > _BY_CHANCE or largest < _MATTERS * at * (n - at):
            break
        begin += at
    return begin
