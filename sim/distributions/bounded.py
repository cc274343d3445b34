"""Distributions between two bounds: uniform, triangular and pert."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.distributions.checks import require_factor, require_rising
from sim.language import later

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Uniform:
    """Every value between two bounds alike."""

    minimum: float
    maximum: float

    def __post_init__(self) -> None:
        require_rising(later("minimum and maximum"), (self.minimum, self.maximum))

    @property
    def mean(self) -> float:
        """(minimum + maximum) / 2."""
        return (self.minimum + self.maximum) / 2

    @property
    def variance(self) -> float:
        """(maximum - minimum)² / 12."""
        return (self.maximum - self.minimum) ** 2 / 12

    def quantile(self, share: Values) -> Values:
        """Value below which a share of the mass lies."""
        return self.minimum + (self.maximum - self.minimum) * share

    def upper_quantile(self, share: Values) -> Values:
        """Value above which a share of the mass lies."""
        return self.maximum - (self.maximum - self.minimum) * share

    def scaled(self, factor: float) -> Uniform:
        """Distribution of ``factor`` times the value."""
        require_factor(factor)
        return Uniform(minimum=self.minimum * factor, maximum=self.maximum * factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Triangular:
    """Density that rises in a line to the mode and falls in a line from it."""

    minimum: float
    mode: float
    maximum: float

    def __post_init__(self) -> None:
        require_rising(later("minimum, mode and maximum"), (self.minimum, self.mode, self.maximum))

    @property
    def mean(self) -> float:
        """(minimum + mode + maximum) / 3."""
        return (self.minimum + self.mode + self.maximum) / 3

    @property
    def variance(self) -> float:
        """(a² + b² + ab) / 18, for the lengths a and b of the two slopes."""
        rise, fall = self.mode - self.minimum, self.maximum - self.mode
        return (rise * rise + fall * fall + rise * fall) / 18

    def quantile(self, share: Values) -> Values:
        """Value below which a share of the mass lies."""
        on_rise = share * self._width <= self.mode - self.minimum
        return np.where(on_rise, self._on_rise(share), self._on_fall(1 - share))

    def upper_quantile(self, share: Values) -> Values:
        """Value above which a share of the mass lies."""
        on_fall = share * self._width <= self.maximum - self.mode
        return np.where(on_fall, self._on_fall(share), self._on_rise(1 - share))

    def scaled(self, factor: float) -> Triangular:
        """Distribution of ``factor`` times the value."""
        require_factor(factor)
        return Triangular(
            minimum=self.minimum * factor, mode=self.mode * factor, maximum=self.maximum * factor
        )

    @property
    def _width(self) -> float:
        return self.maximum - self.minimum

    def _on_rise(self, below: Values) -> Values:
        return self.minimum + np.sqrt(below * self._width * (self.mode - self.minimum))

    def _on_fall(self, above: Values) -> Values:
        return self.maximum - np.sqrt(above * self._width * (self.maximum - self.mode))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pert:
    """A beta distribution stretched over two bounds, with four sixths of the mean on the mode.

    Source: Malcolm, Roseboom, Clark and Fazar, Operations Research 7 (1959); the mode weighs 4.
    """

    minimum: float
    mode: float
    maximum: float

    def __post_init__(self) -> None:
        require_rising(later("minimum, mode and maximum"), (self.minimum, self.mode, self.maximum))

    @property
    def mean(self) -> float:
        """(minimum + 4 mode + maximum) / 6."""
        return (self.minimum + 4 * self.mode + self.maximum) / 6

    @property
    def variance(self) -> float:
        """(mean - minimum) (maximum - mean) / 7."""
        return (self.mean - self.minimum) * (self.maximum - self.mean) / 7

    def quantile(self, share: Values) -> Values:
        """Value below which a share of the mass lies."""
        from scipy.special import betaincinv

        below, above = self._shapes
        part: Values = betaincinv(below, above, share)
        return self.minimum + self._width * part

    def upper_quantile(self, share: Values) -> Values:
        """Value above which a share of the mass lies."""
        from scipy.special import betaincinv

        below, above = self._shapes
        part: Values = betaincinv(above, below, share)
        return self.maximum - self._width * part

    def scaled(self, factor: float) -> Pert:
        """Distribution of ``factor`` times the value."""
        require_factor(factor)
        return Pert(
            minimum=self.minimum * factor, mode=self.mode * factor, maximum=self.maximum * factor
        )

    @property
    def _width(self) -> float:
        return self.maximum - self.minimum

    @property
    def _shapes(self) -> tuple[float, float]:
        below = 1 + 4 * (self.mode - self.minimum) / self._width
        above = 1 + 4 * (self.maximum - self.mode) / self._width
        return below, above
