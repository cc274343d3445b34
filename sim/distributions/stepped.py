"""Distributions of separate values: constant, discrete and empirical."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.distributions.checks import require_factor
from sim.errors import ValueFault
from sim.language import say

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """Always the same value."""

    value: float

    def __post_init__(self) -> None:
        _require_durations((self.value,))

    @property
    def mean(self) -> float:
        """The value."""
        return self.value

    @property
    def variance(self) -> float:
        """Zero."""
        return 0.0

    def steps(self) -> tuple[Values, Values]:
        """Cumulated shares and their values."""
        return np.ones(1), np.array([self.value], dtype=np.float64)

    def quantile(self, share: Values) -> Values:
        """Value below which a share of the mass lies."""
        return _step(self.steps(), share)

    def scaled(self, factor: float) -> Constant:
        """Distribution of ``factor`` times the value."""
        require_factor(factor)
        return Constant(value=self.value * factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrete:
    """A few values, each with its share.

    Kept in rising order of the values whatever the order written, so that a larger uniform number
    never gives a smaller duration.
    """

    values: tuple[float, ...]
    shares: tuple[float, ...]

    def __post_init__(self) -> None:
        _require_durations(self.values)
        if len(self.values) != len(self.shares):
            raise ValueFault(
                say("{n} values have {shares} shares", n=len(self.values), shares=len(self.shares)),
                way_out=say("Give each value one share."),
            )
        if not all(0 <= share <= 1 for share in self.shares):
            raise ValueFault(
                say("a share is outside 0 to 1"), way_out=say("Give shares from 0 % to 100 %.")
            )
        total = math.fsum(self.shares)
        if not math.isclose(total, 1, abs_tol=1e-9):
            raise ValueFault(
                say("the shares add up to {total} %", total=f"{100 * total:.9g}"),
                way_out=say("Make them add up to 100 %."),
            )
        rising = sorted(zip(self.values, self.shares, strict=True), key=lambda pair: pair[0])
        object.__setattr__(self, "values", tuple(value for value, _ in rising))
        object.__setattr__(self, "shares", tuple(share for _, share in rising))

    @property
    def mean(self) -> float:
        """Sum of share · value."""
        return math.fsum(s * v for s, v in zip(self.shares, self.values, strict=True))

    @property
    def variance(self) -> float:
        """Sum of share · (value - mean)²."""
        mean = self.mean
        return math.fsum(s * (v - mean) ** 2 for s, v in zip(self.shares, self.values, strict=True))

    def steps(self) -> tuple[Values, Values]:
        """Cumulated shares and their values."""
        # Sums of shares may pass 1 by a last digit.
        shares = np.minimum(np.cumsum(np.array(self.shares, dtype=np.float64)), 1.0)
        shares[-1] = 1.0
        return shares, np.array(self.values, dtype=np.float64)

    def quantile(self, share: Values) -> Values:
        """Value below which a share of the mass lies."""
        return _step(self.steps(), share)

    def scaled(self, factor: float) -> Discrete:
        """Distribution of ``factor`` times the value."""
        require_factor(factor)
        return Discrete(values=tuple(value * factor for value in self.values), shares=self.shares)


@dataclass(frozen=True, slots=True, kw_only=True)
class Empirical:
    """Measured values, each as likely as any other; kept in rising order."""

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        _require_durations(self.values)
        object.__setattr__(self, "values", tuple(sorted(self.values)))

    @property
    def mean(self) -> float:
        """Mean of the values."""
        return math.fsum(self.values) / len(self.values)

    @property
    def variance(self) -> float:
        """Mean squared distance from the mean: that of the draws, not an estimate."""
        mean = self.mean
        return math.fsum((value - mean) ** 2 for value in self.values) / len(self.values)

    def steps(self) -> tuple[Values, Values]:
        """Cumulated shares and their values."""
        count = len(self.values)
        return np.arange(1, count + 1) / count, np.array(self.values, dtype=np.float64)

    def quantile(self, share: Values) -> Values:
        """Value below which a share of the mass lies."""
        return _step(self.steps(), share)

    def scaled(self, factor: float) -> Empirical:
        """Distribution of ``factor`` times the value."""
        require_factor(factor)
        return Empirical(values=tuple(value * factor for value in self.values))


def _step(steps: tuple[Values, Values], share: Values) -> Values:
    shares, values = steps
    return values[np.searchsorted(shares, share, side="right")]


def _require_durations(values: tuple[float, ...]) -> None:
    if not values:
        raise ValueFault(say("there is no value"), way_out=say("Give at least one."))
    if not all(0 <= value < math.inf for value in values):
        raise ValueFault(
            say("a duration cannot be negative or endless"), way_out=say("Give times from 0.")
        )
