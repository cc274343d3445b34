"""Distributions with an open upper tail: exponential, normal, lognormal, gamma, erlang, weibull.

People know a mean and a coefficient of variation (cv: standard deviation over mean), so each can
be made from those: ``Gamma.by_mean(mean, cv)``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.distributions.checks import require_factor, require_positive
from sim.errors import ValueFault
from sim.language import say

Values = NDArray[np.float64]

_WEIBULL_SHAPES: Final = (0.1, 1000.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exponential:
    """Time to the next of events that come at random; cv 1."""

    mean: float

    def __post_init__(self) -> None:
        require_positive("mean", self.mean)

    @property
    def variance(self) -> float:
        """The mean squared."""
        return self.mean**2

    def quantile(self, share: Values) -> Values:
        """Value below which a share of the mass lies."""
        return -self.mean * np.log1p(-share)

    def upper_quantile(self, share: Values) -> Values:
        """Value above which a share of the mass lies."""
        return -self.mean * np.log(share)

    def scaled(self, factor: float) -> Exponential:
        """Distribution of ``factor`` times the value."""
        require_factor(factor)
        return Exponential(mean=self.mean * factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Normal:
    """A normal distribution whose values below 0 become 0.

    ``centre`` and ``sd`` are those before the cut; ``mean`` and ``variance`` are exact for what is
    left after it. With a cv of 0.3 or less the two agree to 4 digits; with a cv above 0.5 a
    lognormal or gamma distribution says better what is meant.
    """

    centre: float
    sd: float

    def __post_init__(self) -> None:
        require_positive("mean", self.centre)
        require_positive("sd", self.sd)

    @classmethod
    def by_mean(cls, mean: float, cv: float) -> Normal:
        """Normal with a mean and a coefficient of variation, both before the cut at 0."""
        require_positive("mean", mean)
        require_positive("cv", cv)
        return cls(centre=mean, sd=mean * cv)

    @property
    def mean(self) -> float:
        """m Φ(m/s) + s φ(m/s): the mean of max(0, X)."""
        kept, density = self._at_cut()
        return self.centre * kept + self.sd * density

    @property
    def variance(self) -> float:
        """(m² + s²) Φ(m/s) + m s φ(m/s), less the mean squared."""
        kept, density = self._at_cut()
        square = (self.centre**2 + self.sd**2) * kept + self.centre * self.sd * density
        return square - self.mean**2

    def quantile(self, share: Values) -> Values:
        """Value below which a share of the mass lies."""
        from scipy.special import ndtri

        deviate: Values = ndtri(share)
        return np.maximum(self.centre + self.sd * deviate, 0.0)

    def upper_quantile(self, share: Values) -> Values:
        """Value above which a share of the mass lies."""
        from scipy.special import ndtri

        deviate: Values = ndtri(share)
        return np.maximum(self.centre - self.sd * deviate, 0.0)

    def scaled(self, factor: float) -> Normal:
        """Distribution of ``factor`` times the value."""
        require_factor(factor)
        return Normal(centre=self.centre * factor, sd=self.sd * factor)

    def _at_cut(self) -> tuple[float, float]:
        """Standard normal distribution function and density at m/s."""
        ratio = self.centre / self.sd
        kept = math.erfc(-ratio / math.sqrt(2)) / 2
        return kept, math.exp(-ratio * ratio / 2) / math.sqrt(2 * math.pi)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lognormal:
    """A value whose logarithm is normal, with standard deviation ``sigma``."""

    median: float
    sigma: float

    def __post_init__(self) -> None:
        require_positive("median", self.median)
        require_positive("sigma", self.sigma)

    @classmethod
    def by_mean(cls, mean: float, cv: float) -> Lognormal:
        """Lognormal with a mean and a coefficient of variation: sigma² = ln(1 + cv²)."""
        require_positive("mean", mean)
        require_positive("cv", cv)
        return cls(median=mean / math.hypot(1, cv), sigma=math.sqrt(math.log1p(cv * cv)))

    @property
    def mean(self) -> float:
        """median · exp(sigma² / 2)."""
        return self.median * math.exp(self.sigma**2 / 2)

    @property
    def variance(self) -> float:
        """mean² (exp(sigma²) - 1)."""
        return self.mean**2 * math.expm1(self.sigma**2)

    def quantile(self, share: Values) -> Values:
        """Value below which a share of the mass lies."""
        from scipy.special import ndtri

        deviate: Values = ndtri(share)
        return self.median * np.exp(self.sigma * deviate)

    def upper_quantile(self, share: Values) -> Values:
        """Value above which a share of the mass lies."""
        from scipy.special import ndtri

        deviate: Values = ndtri(share)
        return self.median * np.exp(-self.sigma * deviate)

    def scaled(self, factor: float) -> Lognormal:
        """Distribution of ``factor`` times the value."""
        require_factor(factor)
        return Lognormal(median=self.median * factor, sigma=self.sigma)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gamma:
    """``shape`` exponential stages of mean ``scale``, where the shape need not be whole."""

    shape: float
    scale: float

    def __post_init__(self) -> None:
        require_positive("shape", self.shape)
        require_positive("scale", self.scale)

    @classmethod
    def by_mean(cls, mean: float, cv: float) -> Gamma:
        """Gamma with a mean and a coefficient of variation: shape = 1 / cv²."""
        require_positive("mean", mean)
        require_positive("cv", cv)
        return cls(shape=1 / cv / cv, scale=mean * cv * cv)

    @property
    def mean(self) -> float:
        """shape · scale."""
        return self.shape * self.scale

    @property
    def variance(self) -> float:
        """shape · scale²."""
        return self.shape * self.scale**2

    def quantile(self, share: Values) -> Values:
        """Value below which a share of the mass lies."""
        from scipy.special import gammaincinv

        stages: Values = gammaincinv(self.shape, share)
        return self.scale * stages

    def upper_quantile(self, share: Values) -> Values:
        """Value above which a share of the mass lies."""
        from scipy.special import gammainccinv

        stages: Values = gammainccinv(self.shape, share)
        return self.scale * stages

    def scaled(self, factor: float) -> Gamma:
        """Distribution of ``factor`` times the value."""
        require_factor(factor)
        return Gamma(shape=self.shape, scale=self.scale * factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erlang:
    """Sum of ``k`` exponential stages of one mean; cv 1/√k."""

    mean: float
    k: int

    def __post_init__(self) -> None:
        require_positive("mean", self.mean)
        require_positive("k", self.k)

    @property
    def variance(self) -> float:
        """mean² / k."""
        return self.mean**2 / self.k

    def quantile(self, share: Values) -> Values:
        """Value below which a share of the mass lies."""
        return self._as_gamma().quantile(share)

    def upper_quantile(self, share: Values) -> Values:
        """Value above which a share of the mass lies."""
        return self._as_gamma().upper_quantile(share)

    def scaled(self, factor: float) -> Erlang:
        """Distribution of ``factor`` times the value."""
        require_factor(factor)
        return Erlang(mean=self.mean * factor, k=self.k)

    def _as_gamma(self) -> Gamma:
        return Gamma(shape=self.k, scale=self.mean / self.k)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weibull:
    """A value whose power ``shape`` is exponential."""

    shape: float
    scale: float

    def __post_init__(self) -> None:
        if not _WEIBULL_SHAPES[0] <= self.shape <= _WEIBULL_SHAPES[1]:
            raise ValueFault(
                say("a weibull shape is outside 0.1 to 1000"),
                way_out=say("Give the mean and a cv instead."),
            )
        require_positive("scale", self.scale)

    @classmethod
    def by_mean(cls, mean: float, cv: float) -> Weibull:
        """Weibull with a mean and a coefficient of variation; the shape is found by bisection."""
        require_positive("mean", mean)
        require_positive("cv", cv)
        low, high = _WEIBULL_SHAPES
        if not _weibull_cv(high) <= cv <= _weibull_cv(low):
            raise ValueFault(
                say("no weibull distribution here has a cv of {cv}", cv=f"{cv:g}"),
                way_out=say(
                    "Give a cv from {least} to {most}.",
                    least=f"{_weibull_cv(high):.2g}",
                    most=f"{_weibull_cv(low):.0f}",
                ),
            )
        # The cv falls as the shape rises; halving ends when no number lies between.
        while low < (middle := (low + high) / 2) < high:
            low, high = (middle, high) if _weibull_cv(middle) > cv else (low, middle)
        return cls(shape=high, scale=mean / math.gamma(1 + 1 / high))

    @property
    def mean(self) -> float:
        """scale · Γ(1 + 1/shape)."""
        return self.scale * math.gamma(1 + 1 / self.shape)

    @property
    def variance(self) -> float:
        """scale² (Γ(1 + 2/shape) - Γ(1 + 1/shape)²)."""
        return (self.mean * _weibull_cv(self.shape)) ** 2

    def quantile(self, share: Values) -> Values:
        """Value below which a share of the mass lies."""
        power: Values = (-np.log1p(-share)) ** (1 / self.shape)
        return self.scale * power

    def upper_quantile(self, share: Values) -> Values:
        """Value above which a share of the mass lies."""
        power: Values = (-np.log(share)) ** (1 / self.shape)
        return self.scale * power

    def scaled(self, factor: float) -> Weibull:
        """Distribution of ``factor`` times the value."""
        require_factor(factor)
        return Weibull(shape=self.shape, scale=self.scale * factor)


def _weibull_cv(shape: float) -> float:
    return math.sqrt(math.expm1(math.lgamma(1 + 2 / shape) - 2 * math.lgamma(1 + 1 / shape)))
