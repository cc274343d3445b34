"""Turns the values of independent replications into a mean and an interval that covers it.

A replication without a value (NaN) is missing: it enters neither mean nor interval, and ``n`` says
how many did.  Below two values there is no interval: its ends are NaN.

Values with a bound, such as times, are skewed away from it, and a t interval of them ends too near
to the bound too often.  So the arm that points away is lengthened, see :func:`skewed_arm`, and the
other is cut at the bound.  Shares of counts have intervals of :mod:`sim.analysis.shares`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
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

    Of ``variant``, or of ``variant`` less ``baseline`` where that is not empty.  ``out_of`` counts
    what a share is a share of, all replications together; 0 for anything else.
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
    out_of: int = 0

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

    @property
    def out_of(self) -> int:
        """How many a share is a share of; 0 for any other value."""

    @property
    def batches(self) -> Sequence[float]:
        """Of what they count by, see :func:`sim.analysis.design_effect`; empty if unknown."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """The values of one KPI and group by replication, NaN where a replication had none.

    ``out_of`` counts what each value is a share of; 0 where it is no share of counts.
    ``batches`` are of its cases in each replication, see :mod:`sim.analysis.design_effect`.
    """

    kpi: str
    group: str
    unit: str
    values: NDArray[np.float64]
    out_of: NDArray[np.int64]
    batches: Sequence[Sequence[float]]


def estimate(
    values: ArrayLike, confidence: float = 0.95, *, bounds: Bounds = UNBOUNDED
) -> Interval:
    """Estimate the mean of independent replications, with a t interval.

    Parameters
    ----------
    values
        One value a replication, NaN where a replication had none.
    confidence
        Chance, over repeated experiments, that the interval covers the mean: of values that are
        normally distributed without bounds exactly, else about.
    bounds
        Of the values; without any it is Student's interval.

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
    error = standard_error(known)
    half_width = t_quantile(n - 1, confidence) * error
    reach = t_quantile(math.inf, confidence) * error
    # NaN first: without an interval its ends stay NaN.
    return Interval(
        mean=mean,
        low=max(mean - float(skewed_arm(half_width, reach, bounds[1] - mean)), bounds[0]),
        high=min(mean + float(skewed_arm(half_width, reach, mean - bounds[0])), bounds[1]),
        n=n,
        confidence=confidence,
    )


def skewed_arm(half_width: ArrayLike, reach: ArrayLike, room: ArrayLike) -> NDArray[np.float64]:
    """The arm of a t interval that points away from a bound.

    Parameters
    ----------
    half_width
        Of the t interval.
    reach
        Standard errors times the quantile of the normal distribution: a correction for skewness
        takes that one (Hall 1992).
    room
        From the bound to the mean; infinite without a bound, which gives ``half_width``.

    Returns
    -------
    NDArray[np.float64]
        The longer x of those with ``x² = half_width² (1 + 2 reach / half_width x / room)``.

    Notes
    -----
    A score interval, as Wilson's (1927) is of a share: the spread is taken where the mean would
    be, not where it is found.  It grows in proportion to the distance from the bound, as that of a
    gamma distribution and of a queue's waits does (McCullagh and Nelder, *Generalized Linear
    Models*, section 8.2), in a straight line, so that the arm stays finite.
    """
    width, over = np.asarray(half_width, np.float64), np.asarray(room, np.float64)
    # At the bound all values are equal to it, and there is no width.
    pull = np.divide(
        reach, over, out=np.zeros(np.broadcast_shapes(width.shape, over.shape)), where=over > 0
    )
    return np.asarray(width * (pull + np.sqrt(1 + pull**2)), np.float64)


def bounds_of(unit: str) -> Bounds:
    """The bounds of a KPI by its unit: counts, times and shares are never below 0."""
    return (0.0, 1.0) if unit == "share" else (0.0, math.inf)


def standard_error(known: NDArray[np.float64]) -> float:
    """Standard error of the mean; NaN for fewer than two values."""
    if len(known) < 2:
        return math.nan
    return float(known.std(ddof=1)) / math.sqrt(len(known))


@lru_cache(maxsize=256)  # of many offices or groups it is the same
def t_quantile(degrees: float, confidence: float) -> float:
    """The t at which the two-sided interval ends; NaN without a degree of freedom.

    Of infinitely many degrees it is the quantile of the normal distribution.
    """
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
    sizes: dict[tuple[str, str], NDArray[np.int64]] = {}
    batches: dict[tuple[str, str], list[Sequence[float]]] = {}
    for i, measures in enumerate(replications):
        for measure in measures:
            place = (measure.kpi, measure.group)
            unit = units.setdefault(measure.kpi, {}).setdefault(measure.group, measure.unit)
            if unit != measure.unit:
                raise ValueError(f"{measure.kpi} comes in {unit} and in {measure.unit}")
            if place not in values:
                values[place] = np.full(len(replications), math.nan)
                sizes[place] = np.zeros(len(replications), np.int64)
                batches[place] = [()] * len(replications)
            if not math.isnan(values[place][i]):
                raise ValueError(f"{measure.kpi} of {measure.group}: two values in replication {i}")
            values[place][i] = measure.value
            sizes[place][i] = measure.out_of
            batches[place][i] = measure.batches
    return [
        Series(
            kpi=kpi,
            group=group,
            unit=unit,
            values=values[kpi, group],
            out_of=sizes[kpi, group],
            batches=batches[kpi, group],
        )
        for kpi, groups in units.items()
        for group, unit in groups.items()
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
        out_of=int(series.out_of.sum()),
    )
