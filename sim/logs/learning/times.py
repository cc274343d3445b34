"""Which distribution times follow: the family by Akaike's criterion, the mean with its interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.analysis.estimate import Interval, estimate
from sim.logs.intervals import mean_of_exponential

Floats = NDArray[np.float64]

_SAME: Final = 0.01
"""Times that vary by less than this share of their mean never vary."""

_FEW: Final = 8
"""Fewer times tell no family apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long something takes, in the unit of the values.

    Parameters
    ----------
    family
        ``constant``, ``exponential``, ``lognormal``, ``gamma``, ``weibull`` or ``uniform``; or
        ``discrete``, of ``values`` that are as likely each.
    mean
        With the 95 % interval of Student, which never reaches 0, or of an exponential if they are
        few.
    cv, cv_error
        Standard deviation over mean by the family, and its standard error.
    least, most
        Of the values.
    criterion
        Akaike's, by family: the lowest is taken.
    """

    family: str
    mean: Interval
    cv: float
    cv_error: float
    least: float
    most: float
    criterion: Mapping[str, float]
    values: tuple[float, ...] = ()


def times_of(values: Floats) -> Times | None:
    """Choose the family of some times and estimate it; None of nothing.

    Parameters
    ----------
    values
        In any unit; those that are not above 0 count in the mean alone.

    Notes
    -----
    Likelihoods are maximised in closed form (lognormal, exponential, uniform) or by Newton's method
    on one parameter (gamma, weibull).  Akaike 1974, *IEEE Trans. Automatic Control* 19, 716-723.
    """
    if not len(values):
        return None
    mean = estimate(values)
    above = values[values > 0]
    common = {"mean": mean, "least": float(values.min()), "most": float(values.max())}
    spread = float(np.std(values)) / mean.mean if mean.mean > 0 else 0.0
    if spread < _SAME or not len(above):
        return Times(family="constant", cv=0.0, cv_error=0.0, criterion={}, **common)  # type: ignore[arg-type]
    if len(above) < _FEW:
        common["mean"] = mean_of_exponential(mean.mean, len(values))
        return Times(family="exponential", cv=1.0, cv_error=math.nan, criterion={}, **common)  # type: ignore[arg-type]
    if mean.low <= 0:
        # Student's interval knows nothing of times being above 0: on a scale of logarithms it does.
        reach = math.exp(mean.half_width / mean.mean)
        common["mean"] = replace(mean, low=mean.mean / reach, high=mean.mean * reach)
    fits = {name: fit(above) for name, fit in _FITS.items()}
    criterion = {name: 2 * n - 2 * likelihood for name, (likelihood, n, _) in fits.items()}
    family = min(criterion, key=criterion.__getitem__)
    cv = fits[family][2]
    return Times(
        family=family,
        cv=cv,
        cv_error=cv * math.sqrt((0.5 + cv * cv) / len(above)),
        criterion=criterion,
        **common,  # type: ignore[arg-type]
    )


def _lognormal(x: Floats) -> tuple[float, int, float]:
    logs = np.log(x)
    sigma = max(float(logs.std()), 1e-12)
    likelihood = -len(x) * (math.log(sigma) + 0.5 * math.log(2 * math.pi) + 0.5) - logs.sum()
    return float(likelihood), 2, math.sqrt(math.expm1(min(sigma**2, 50.0)))


def _exponential(x: Floats) -> tuple[float, int, float]:
    return float(-len(x) * (math.log(x.mean()) + 1)), 1, 1.0


def _gamma(x: Floats) -> tuple[float, int, float]:
    from scipy.special import digamma, gammaln, polygamma

    mean, mean_log = float(x.mean()), float(np.log(x).mean())
    s = max(math.log(mean) - mean_log, 1e-12)
    # Minka 2002, Estimating a Gamma distribution: the start, then Newton on 1 / k.
    k = (3 - s + math.sqrt((s - 3) ** 2 + 24 * s)) / (12 * s)
    for _ in range(20):
        step = (math.log(k) - float(digamma(k)) - s) / (1 / k - float(polygamma(1, k)))
        k = 1 / (1 / k + step / k**2) if 1 / k + step / k**2 > 0 else k / 2
    theta = mean / k
    likelihood = len(x) * (
        (k - 1) * mean_log - mean / theta - k * math.log(theta) - float(gammaln(k))
    )
    return float(likelihood), 2, 1 / math.sqrt(k)


def _weibull(x: Floats) -> tuple[float, int, float]:
    from scipy.special import gamma

    logs = np.log(x)
    shape = 1.2 / max(float(logs.std()), 1e-6)
    scaled = logs - logs.max()
    for _ in range(50):
        powers = np.exp(shape * scaled)
        a, b, c = powers.sum(), (powers * logs).sum(), (powers * logs**2).sum()
        value = b / a - 1 / shape - logs.mean()
        slope = (c * a - b * b) / a**2 + 1 / shape**2
        new = shape - value / slope
        new = new if new > 0 else shape / 2
        if abs(new - shape) < 1e-10 * shape:
            shape = new
            break
        shape = new
    scale = math.exp(math.log(float(np.exp(shape * scaled).mean())) / shape + float(logs.max()))
    likelihood = len(x) * (math.log(shape) - shape * math.log(scale)) + (shape - 1) * logs.sum()
    likelihood -= float(((x / scale) ** shape).sum())
    first, second = float(gamma(1 + 1 / shape)), float(gamma(1 + 2 / shape))
    return float(likelihood), 2, math.sqrt(max(second / first**2 - 1, 0.0))


def _uniform(x: Floats) -> tuple[float, int, float]:
    least, most = float(x.min()), float(x.max())
    likelihood = -len(x) * math.log(max(most - least, 1e-12))
    return likelihood, 2, (most - least) / math.sqrt(12) / ((most + least) / 2)


_FITS: Final[Mapping[str, Callable[[Floats], tuple[float, int, float]]]] = {
    "lognormal": _lognormal,
    "gamma": _gamma,
    "weibull": _weibull,
    "exponential": _exponential,
    "uniform": _uniform,
}
