"""What filings tell: how many a year, and when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.analysis.estimate import Interval
from sim.logs.event_log import EventLog
from sim.logs.learning.rows import NONE, Rows
from sim.logs.overview import weekday_of
from sim.units import DAY

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

_YEAR: Final = 365
_BY_CHANCE: Final = 1e-3
_FEWEST: Final = 5
"""Filings expected on each day of the week."""


def a_year_of(filed: Ints, of_all: Ints) -> Interval:
    """Cases in 365 days, with the interval of a Poisson count (Garwood 1936)."""
    from scipy.special import gammaincinv

    days = int(of_all.max() // DAY - of_all.min() // DAY) + 1
    n = len(filed)
    low = float(gammaincinv(n, 0.025)) if n else 0.0
    high = float(gammaincinv(n + 1, 0.975))
    factor = _YEAR / days
    return Interval(mean=n * factor, low=low * factor, high=high * factor, n=n, confidence=0.95)


def is_while_open(rows: Rows, instants: Ints) -> Truths:
    """Which instants are in the hours of the office."""
    opens, closes = np.asarray(rows.calendar.opens), np.asarray(rows.calendar.closes)
    at = np.searchsorted(opens, instants, side="right") - 1
    found: Truths = (at >= 0) & (instants < closes[np.maximum(at, 0)])
    return found


def weekdays_of(log: EventLog, rows: Rows) -> Mapping[str, tuple[float, ...]]:
    """By channel, how much is filed on each day of the week beside the mean, from Monday on.

    Channels of which chance may have made the differences (chi-squared) are left out.
    """
    from scipy.special import chdtrc

    column = log.cases["channel"]
    codes = column.cat.codes.to_numpy(np.int64)
    known = rows.filed != NONE
    span = np.arange(rows.filed[known].min() // DAY, rows.filed[known].max() // DAY + 1)
    # The first day of 1970 was a Thursday.
    days = np.bincount((span + 3) % 7, minlength=7)
    found = {}
    for code in np.unique(codes[known]).tolist():
        filed = rows.filed[known & (codes == code)]
        counts = np.bincount(weekday_of(filed.astype("datetime64[us]")), minlength=7)
        expected = len(filed) * days / days.sum()
        if expected.min() >= _FEWEST:
            apart = float(((counts - expected) ** 2 / expected).sum())
            if chdtrc(6, apart) < _BY_CHANCE:
                name = str(column.cat.categories[code]) if code >= 0 else "any"
                found[name] = tuple((counts / expected).tolist())
    return found
