"""Turns the values of independent replications into a mean and a t interval.

A replication without a value (NaN) is missing: it enters neither mean nor interval, and ``n`` says
how many did.  Below two values there is no interval: its ends are NaN.

A t interval knows no bounds, and that of a few scattered values may reach below 0, or a share's
above 1, where no mean can lie.  Such an interval is cut at the bound: it covers the mean as often
as before, and its arms are no longer of one length.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Bounds: TypeAlias = tuple[float, float]
"""The least and the greatest value that a mean can have."""

UNBOUNDED: Final[Bounds] = (-math.inf, math.inf)
"""Of a difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A mean with the ends of its confidence interval, in the unit of the values.

    ``n`` is the number of replications that had a value.  ``mean`` is NaN for none, ``low`` and
    ``high`` are NaN for fewer than two.
    """

    mean: float
    low: float
    high: float
    n: int
    confidence: float

    @property
    def half_width(self) -> float:
        """The longer arm of the interval, in the unit of the values."""
        return max(self.high - self.mean, self.mean - self.low)

    @property
    def relative_half_width(self) -> float:
        """Half-width over the size of the mean; infinite around 0, NaN without an interval."""
        if self.mean == 0:
            return math.inf if self.half_width > 0 else self.half_width
        return self.half_width / abs(self.mean)

    def holds(self, value: float) -> bool:
        """Whether the interval covers a value; False without an interval."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What replications say of one KPI and group.

    Of ``variant``, or of ``variant`` less ``baseline`` where that is not empty.
    """

    variant: str
    baseline: str = ""
    kpi: str
    group: str
    mean: float
    low: float
    high: float
    n: int
    unit: str

    @property
    def half_width(self) -> float:
        """The longer arm of the interval, in ``unit``; NaN without an interval."""
        return max(self.high - self.mean, self.mean - self.low)


class Measured(Protocol):
    """One value of one replication."""

    @property
    def kpi(self) -> str:
        """Name of what was measured."""

    @property
    def group(self) -> str:
        """What it was measured over."""

    @property
    def value(self) -> float:
        """In ``unit``."""

    @property
    def unit(self) -> str:
        """Unit of the value, the same in every replication."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """The values of one KPI and group by replication, NaN where a replication had none."""

    kpi: str
    group: str
    unit: str
    values: NDArray[np.float64]


def estimate(
    values: ArrayLike, confidence: float = 0.95, *, bounds: Bounds = UNBOUNDED
) -> Interval:
    """Estimate the mean of independent replications, with Student's t interval.

    Parameters
    ----------
    values
        One value a replication, NaN where a replication had none.
    confidence
        Chance, over repeated experiments with values that are normally distributed, that the
        interval covers the mean.
    bounds
        Of the values; the interval is cut there.

    Raises
    ------
    ValueError
        A value is infinite, or ``confidence`` is not between 0 and 1.
    """
    array = np.asarray(values, np.float64)
    known = array[~np.isnan(array)]
    if np.isinf(known).any():
        raise ValueError("an infinite value has no mean")
    n = len(known)
    mean = float(known.mean()) if n else math.nan
    half_width = t_quantile(n - 1, confidence) * standard_error(known)
    # NaN first: without an interval its ends stay NaN.
    return Interval(
        mean=mean,
        low=max(mean - half_width, bounds[0]),
        high=min(mean + half_width, bounds[1]),
        n=n,
        confidence=confidence,
    )


def bounds_of(unit: str) -> Bounds:
    """The bounds of a KPI by its unit: counts, times and shares are never below 0."""
    return (0.0, 1.0) if unit == "share" else (0.0, math.inf)


def standard_error(known: NDArray[np.float64]) -> float:
    """Standard error of the mean; NaN for fewer than two values."""
    if len(known) < 2:
        return math.nan
    return float(known.std(ddof=1)) / math.sqrt(len(known))


def t_quantile(degrees: int, confidence: float) -> float:
    """The t at which the two-sided interval ends; NaN without a degree of freedom."""
    from scipy.special import stdtrit

    if not 0 < confidence < 1:
        raise ValueError(f"the confidence {confidence} is not between 0 and 1")
    return float(stdtrit(degrees, (1 + confidence) / 2)) if degrees > 0 else math.nan


def collate(replications: Sequence[Iterable[Measured]]) -> list[Series]:
    """Bring the measures of replications together by KPI and group.

    Returns
    -------
    list[Series]
        By KPI and then by group, both in the order in which they first come up; each with one
        value a replication.

    Raises
    ------
    ValueError
        A replication has two values for one KPI and group, or two units meet in one.
    """
    units: dict[str, dict[str, str]] = {}
    values: dict[tuple[str, str], NDArray[np.float64]] = {}
    for i, measures in enumerate(replications):
        for measure in measures:
            place = (measure.kpi, measure.group)
            unit = units.setdefault(measure.kpi, {}).setdefault(measure.group, measure.unit)
            if unit != measure.unit:
                raise ValueError(f"{measure.kpi} comes in {unit} and in {measure.unit}")
            if place not in values:
                values[place] = np.full(len(replications), math.nan)
            if not math.isnan(values[place][i]):
                raise ValueError(f"{measure.kpi} of {measure.group}: two values in replication {i}")
            values[place][i] = measure.value
    return [
        Series(kpi=kpi, group=group, unit=unit, values=values[kpi, group])
        for kpi, groups in units.items()
        for group, unit in groups.items()
    ]


def estimate_all(
    variant: str, replications: Sequence[Iterable[Measured]], confidence: float = 0.95
) -> list[Estimate]:
    """Estimate every KPI and group of one variant from its replications, see :func:`collate`.

    Intervals are cut at :func:`bounds_of` their unit.
    """
    return [
        as_row(
            series,
            estimate(series.values, confidence, bounds=bounds_of(series.unit)),
            variant=variant,
        )
        for series in collate(replications)
    ]


def as_row(series: Series, interval: Interval, *, variant: str, baseline: str = "") -> Estimate:
    """Name an interval by what it is of."""
    return Estimate(
        variant=variant,
        baseline=baseline,
        kpi=series.kpi,
        group=series.group,
        mean=interval.mean,
        low=interval.low,
        high=interval.high,
        n=interval.n,
        unit=series.unit,
    )
