"""Says what an answer hangs on: shares of its variance by factor, and where a curve meets a line.

Numbers go in and come out; the design and the estimators of the shares are those of SALib.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.analysis.estimate import Interval, estimate

_RESAMPLES: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """The shares of the variance of an answer that one factor has.

    Parameters
    ----------
    first
        What is lost of the variance, in the mean, once the factor is known.
    total
        What is left of it, in the mean, once all others are known: with all interplay.
    """

    first: Interval
    total: Interval


def has_design() -> bool:
    """Whether SALib is installed, of which the design and its estimators are."""
    return find_spec("SALib") is not None


def design(n_factors: int, n_blocks: int, seed: int) -> NDArray[np.float64]:
    """The points at which an answer has to be known for the shares of its variance.

    Parameters
    ----------
    n_blocks
        Base points, a power of 2; each comes with ``n_factors + 1`` others.

    Returns
    -------
    NDArray[np.float64]
        Positions from 0 to 1 of shape (``n_blocks * (n_factors + 2)``, ``n_factors``), block by
        block.

    Notes
    -----
    Saltelli et al. 2010, on Sobol's sequence with Owen's scrambling.
    """
    from SALib.sample.sobol import sample

    found = sample(_problem(n_factors), n_blocks, calc_second_order=False, seed=seed)
    return np.asarray(found, np.float64)


def shares(
    answers: ArrayLike, n_factors: int, seed: int, confidence: float = 0.95
) -> tuple[Shares, ...]:
    """The shares of the variance of an answer, by factor.

    Parameters
    ----------
    answers
        One for each row of :func:`design`, in its order.
    seed
        Of the draws by which intervals are made.

    Returns
    -------
    tuple[Shares, ...]
        Intervals by bootstrap over the blocks, normal, ``n`` of them; all NaN where the answer
        never varies.  A share that is small may have an interval below 0: it is not cut, since its
        estimate is not either.

    Raises
    ------
    ValueError
        An answer is missing.

    Notes
    -----
    First order by Saltelli et al. 2010, total by Jansen 1999.
    """
    from SALib.analyze.sobol import analyze

    array = np.asarray(answers, np.float64)
    if not np.isfinite(array).all():
        raise ValueError("an answer is missing")
    n_blocks = len(array) // (n_factors + 2)
    if np.ptp(array) == 0:
        nan = math.nan
        none = Interval(mean=nan, low=nan, high=nan, n=n_blocks, confidence=confidence)
        return (Shares(first=none, total=none),) * n_factors
    with warnings.catch_warnings():
        # A resample in which nothing varies is left out by it, with a warning of NumPy.
        warnings.simplefilter("ignore", RuntimeWarning)
        found = analyze(
            _problem(n_factors),
            array,
            calc_second_order=False,
            num_resamples=_RESAMPLES,
            conf_level=confidence,
            seed=seed,
        )

    def interval(name: str, i: int) -> Interval:
        mean, reach = float(found[name][i]), float(found[f"{name}_conf"][i])
        return Interval(
            mean=mean, low=mean - reach, high=mean + reach, n=n_blocks, confidence=confidence
        )

    return tuple(Shares(first=interval("S1", i), total=interval("ST", i)) for i in range(n_factors))


def meets(
    amounts: Sequence[float], values: Sequence[ArrayLike], line: float, confidence: float = 0.95
) -> Interval | None:
    """Where the mean of a KPI meets a line as something moves; None where it does not.

    Parameters
    ----------
    amounts
        What moves, upwards.
    values
        At each of them, one value a replication.
    line
        In the unit of the values.

    Returns
    -------
    Interval | None
        In the unit of the amounts, by straight lines between them; of several meetings the first.
        Its ends are where the ends of the interval of the mean meet the line, or those of the
        amounts.
    """
    means = [estimate(each, confidence) for each in values]
    at = _crossing(amounts, [each.mean - line for each in means])
    if at is None:
        return None
    ends = [_crossing(amounts, [each.low - line for each in means])]
    ends += [_crossing(amounts, [each.high - line for each in means])]
    rises = means[-1].mean > means[0].mean
    # The upper end of a mean that rises meets the line earlier; one that never does leaves it open.
    late, early = ends if rises else reversed(ends)
    return Interval(
        mean=at,
        low=amounts[0] if early is None else min(early, at),
        high=amounts[-1] if late is None else max(late, at),
        n=min(each.n for each in means),
        confidence=confidence,
    )


def _crossing(amounts: Sequence[float], heights: Sequence[float]) -> float | None:
    for i in range(len(amounts) - 1):
        a, b = heights[i], heights[i + 1]
        if a == 0:
            return amounts[i]
        if a * b < 0:
            return amounts[i] + (amounts[i + 1] - amounts[i]) * a / (a - b)
    return amounts[-1] if heights and heights[-1] == 0 else None


def _problem(n_factors: int) -> dict[str, object]:
    names = [str(i) for i in range(n_factors)]
    return {"num_vars": n_factors, "names": names, "bounds": [[0.0, 1.0]] * n_factors}
