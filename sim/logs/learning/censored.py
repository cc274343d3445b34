"""Times of which bounds alone are known: what had not ended, or ended where nobody saw it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.analysis.estimate import Interval, estimate
from sim.logs.learning.times import Times

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]

_PARTS: Final = 20


def times_beside(worked: Floats, whole: Floats, is_over: Truths) -> Times | None:
    """Times in twenty equal parts of which, with what goes on beside, the later is as seen.

    Parameters
    ----------
    worked
        What went on beside, in any unit.
    whole
        The later of both, or of cases that are not over how long they have lasted.
    is_over
        Which cases are over; None of none.

    Notes
    -----
    The later of two times that know nothing of each other is below t as often as both are, so the
    share of the one is that of the whole (Kaplan and Meier 1958, *J. American Statistical
    Association* 53, 457-481) over that of the other.  The interval of the mean is as wide as that
    of the whole times that are over.
    """
    if not is_over.any():
        return None
    known = np.sort(whole[is_over])
    still, beside = np.sort(whole[~is_over]), np.sort(worked)
    at_risk = len(known) - np.arange(len(known)) + len(still) - np.searchsorted(still, known)
    of_whole = 1 - np.cumprod(1 - 1 / at_risk)
    of_beside = np.searchsorted(beside, known, side="right") / len(beside)
    # Few are over early: a share there is never above one of later.
    share = np.minimum.accumulate((of_whole / np.maximum(of_beside, 1 / len(beside)))[::-1])[::-1]
    middles = (np.arange(_PARTS) + 0.5) / _PARTS
    parts = known[np.minimum(np.searchsorted(share, middles), len(known) - 1)]
    mean, found = float(parts.mean()), estimate(known)
    shift = mean - found.mean
    return Times(
        family="discrete",
        mean=replace(found, mean=mean, low=found.low + shift, high=found.high + shift),
        cv=float(parts.std()) / mean if mean > 0 else 0.0,
        cv_error=math.nan,
        least=float(parts[0]),
        most=float(parts[-1]),
        criterion={},
        values=tuple(parts.tolist()),
    )


_MOST: Final = 2000
_FLOOR: Final = 1e-12
_OPEN: Final = 1000


def times_between(least: Floats, most: Floats, seen: Floats | None = None) -> Times | None:
    """Choose the family of times of which only bounds are known, each with its own.

    Parameters
    ----------
    least, most
        Of each time, in any unit: it is above the one and not above the other.
    seen
        How long each could be at most to be seen at all; by default any.

    Notes
    -----
    Of interval-censored times the likelihood is the probability of each interval.  Families have
    their mean and coefficient of variation as parameters, both on a scale of logarithms, and the
    interval of the mean is that of the inverse of the observed information there.
    """
    from scipy.optimize import minimize

    if not len(least):
        return None
    step = -(-len(least) // _MOST)
    low, high = least[::step], most[::step]
    limit = None if seen is None else seen[::step]
    # A time of which nothing but the least is known begins there.
    start = float(np.where(high > _OPEN * (low + 1), low, (low + high) / 2).mean())
    best: tuple[float, str, Floats] | None = None
    criterion = {}
    for family, below in _BELOW.items():
        n = 1 if family == "exponential" else 2

        def lack(at: Floats, below: _Below = below, n: int = n) -> float:
            mean, cv = math.exp(at[0]), math.exp(at[1]) if n == 2 else 1.0
            chance = below(high, mean, cv) - below(low, mean, cv)
            if limit is not None:
                chance = chance / np.maximum(below(limit, mean, cv), _FLOOR)
            return float(-np.log(np.maximum(chance, _FLOOR)).sum())

        found = minimize(lack, np.array([math.log(start), math.log(0.5)])[:n], method="Nelder-Mead")
        criterion[family] = 2 * n + 2 * float(found.fun)
        if best is None or criterion[family] < best[0]:
            best = criterion[family], family, found.x
            chosen = lack
    if best is None:
        return None
    _, family, at = best
    mean, cv = math.exp(at[0]), math.exp(at[1]) if len(at) == 2 else 1.0
    error = _error(chosen, at) / math.sqrt(step)
    if math.isnan(error):
        # At the edge of what a uniform allows the likelihood has no second differences.
        error = cv / math.sqrt(len(least))
    interval = Interval(
        mean=mean,
        low=mean * math.exp(-1.96 * error),
        high=mean * math.exp(1.96 * error),
        n=len(least),
        confidence=0.95,
    )
    reach = math.sqrt(3) * cv
    return Times(
        family=family,
        mean=interval,
        cv=cv,
        cv_error=cv * math.sqrt((0.5 + cv * cv) / len(least)),
        least=mean * max(1 - reach, 0.0),
        most=mean * (1 + reach),
        criterion=criterion,
    )


def _error(lack: Callable[[Floats], float], at: Floats) -> float:
    """Standard error of the first parameter: of the inverse of the second differences."""
    n, h = len(at), 1e-2
    unit = np.eye(n) * h
    table = np.empty((n, n))
    for i in range(n):
        for j in range(n):
            table[i, j] = (
                lack(at + unit[i] + unit[j])
                - lack(at + unit[i] - unit[j])
                - lack(at - unit[i] + unit[j])
                + lack(at - unit[i] - unit[j])
            ) / (4 * h * h)
    try:
        variance = float(np.linalg.inv(table)[0, 0])
    except np.linalg.LinAlgError:
        return math.nan
    return math.sqrt(variance) if variance > 0 else math.nan


_Below = Callable[[Floats, float, float], Floats]


def _lognormal_below(x: Floats, mean: float, cv: float) -> Floats:
    from scipy.special import ndtr

    sigma2 = math.log1p(cv * cv)
    with np.errstate(divide="ignore"):
        z = (np.log(x) - math.log(mean) + sigma2 / 2) / math.sqrt(sigma2)
    found: Floats = ndtr(z)
    return found


def _gamma_below(x: Floats, mean: float, cv: float) -> Floats:
    from scipy.special import gammainc

    k = 1 / cv**2
    found: Floats = gammainc(k, x * (k / mean))
    return found


def _exponential_below(x: Floats, mean: float, _: float) -> Floats:
    return -np.expm1(-x / mean)


def _uniform_below(x: Floats, mean: float, cv: float) -> Floats:
    half = min(math.sqrt(3) * cv, 1.0) * mean
    return np.clip((x - mean + half) / (2 * half), 0, 1)


_BELOW: Final[Mapping[str, _Below]] = {
    "lognormal": _lognormal_below,
    "gamma": _gamma_below,
    "exponential": _exponential_below,
    "uniform": _uniform_below,
}
