"""Turns uniform numbers into durations by nothing but exact arithmetic.

A library's logarithm may differ from another's in the last digit, and one digit may part two
engines (rule E1). So a smooth distribution becomes a table of its quantile function, made once,
and a draw interpolates in it with +, -, ×, frexp: operations on which every machine agrees.

The table is finer towards both tails: each side of the median is split into octaves, in which the
distance to the tail halves, and each octave into cells of one width. For a uniform number u::

    v = min(u, 1 - u)                   distance to the nearer tail
    v = max(v, 2**-OCTAVES)             the outermost node stands for all that lies beyond
    m, e = frexp(v)                     v = m · 2**e, 0.5 <= m < 1, -OCTAVES < e <= 0
    position = (m - 0.5) * (2 * CELLS)
    j = int(position)
    f = position - j
    i = (side * OCTAVES - e) * (CELLS + 1) + j      side = 0 if u < 0.5 else 1
    x = nodes[i] + (nodes[i + 1] - nodes[i]) * f

The product and the sum are rounded apart: a kernel must not fuse them. Nodes have 40 significant
bits (12 digits), so that the last bits of the library that made them do not show, but for the few
that lie on the edge of a rounding.

What the table costs, against the distribution itself:

- mean: within ``MEAN_ERROR``, checked for each table when it is made (at most 6e-6 to a cv of 15);
- variance: within 2e-5 up to a cv of 2; the tails beyond 2**-34 are cut, so that a lognormal
  of cv 5 loses 0.13 % of its variance;
- quantiles: within 2e-5 · (mean + value) up to a cv of 2; a normal of cv 1 or less, in the one cell
  where its cut at 0 falls, within 1e-3 · mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.distributions.bounded import Pert, Triangular, Uniform
from sim.distributions.stepped import Constant, Discrete, Empirical
from sim.distributions.tailed import Erlang, Exponential, Gamma, Lognormal, Normal, Weibull
from sim.errors import ValueFault
from sim.language import say
from sim.units import NEVER

Stepped: TypeAlias = Constant | Discrete | Empirical
Smooth: TypeAlias = (
    Uniform | Triangular | Pert | Exponential | Normal | Lognormal | Gamma | Erlang | Weibull
)
Distribution: TypeAlias = Stepped | Smooth

STEPS: Final = 0
TABLE: Final = 1

OCTAVES: Final = 34
CELLS: Final = 128

MEAN_ERROR: Final = 2e-5
"""The mean of a table is this near, relatively, to that of its distribution; else it is refused."""

_FLOOR: Final = 2.0**-OCTAVES
_BITS: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sampler:
    """A distribution as an engine reads it.

    Parameters
    ----------
    kind
        ``STEPS``: the value of the first step whose cumulated share is above u (rule R2).
        ``TABLE``: interpolated as this module says.
    shares
        Cumulated shares of the steps, the last 1; empty for a table.
    values
        Values of the steps, or nodes of the table: side by side the octaves, in each the cells.
    """

    kind: int
    shares: NDArray[np.float64]
    values: NDArray[np.float64]


def sampler(distribution: Distribution) -> Sampler:
    """Prepare a distribution for drawing.

    Raises
    ------
    ValueFault
        A tail so heavy that the table misses the mean by more than ``MEAN_ERROR``, or that reaches
        instants an int64 cannot hold.
    """
    if isinstance(distribution, Constant | Discrete | Empirical):
        shares, values = distribution.steps()
        return _frozen(STEPS, shares, values)
    return _table(distribution)


# A sweep resolves the same few distributions in each of its scenarios.
@lru_cache(maxsize=512)
def _table(distribution: Smooth) -> Sampler:
    cells = 0.5 + np.arange(CELLS + 1) / (2 * CELLS)
    tail = np.ldexp(cells, -np.arange(OCTAVES)[:, np.newaxis])
    # The first octave lies beyond the median: only u = 0.5 itself comes there.
    tail[0] = 0.5
    # What overflows is refused below.
    with np.errstate(over="ignore"):
        exact = np.stack((distribution.quantile(tail), distribution.upper_quantile(tail)))
    mantissa, exponent = np.frexp(exact.ravel())
    nodes = np.ldexp(np.rint(np.ldexp(mantissa, _BITS)), exponent - _BITS)
    # Not within the bound also when a node is infinite.
    if not abs(_mean(nodes.reshape(exact.shape)) - distribution.mean) <= (
        MEAN_ERROR * distribution.mean
    ):
        raise ValueFault(
            say("the tail is too heavy to be drawn without bias"),
            way_out=say("Give a smaller cv, or discrete(...) or empirical(...) values."),
        )
    return _frozen(TABLE, np.empty(0), nodes)


def _mean(nodes: NDArray[np.float64]) -> float:
    """Mean of what a table gives: the trapezoids of each octave, and the two clamped ends."""
    octaves = (nodes[:, 1:, :-1] + nodes[:, 1:, 1:]).mean(axis=2) / 2
    widths = 2.0 ** -np.arange(2, OCTAVES + 1)
    return float((octaves * widths).sum() + _FLOOR * nodes[:, -1, 0].sum())


def _frozen(kind: int, shares: NDArray[np.float64], values: NDArray[np.float64]) -> Sampler:
    if values.max() >= NEVER:
        raise ValueFault(
            say("the longest durations pass 100 000 years"),
            way_out=say("Give a smaller mean or cv."),
        )
    shares.flags.writeable = False
    values.flags.writeable = False
    return Sampler(kind=kind, shares=shares, values=values)


def sample(prepared: Sampler, u: ArrayLike) -> NDArray[np.int64]:
    """Durations for uniform numbers.

    Parameters
    ----------
    prepared
        Of :func:`sampler`.
    u
        Uniform numbers in the open interval (0, 1), any shape.

    Returns
    -------
    numpy.ndarray
        Whole numbers, not negative, in the unit of the distribution and the shape of ``u``:
        rounded once, half to even (rule T1).
    """
    draws = np.asarray(u, dtype=np.float64)
    if prepared.kind == STEPS:
        values = prepared.values[np.searchsorted(prepared.shares, draws, side="right")]
    else:
        values = _interpolated(prepared.values, draws)
    rounded: NDArray[np.int64] = np.maximum(np.rint(values), 0.0).astype(np.int64)
    return rounded


def _interpolated(nodes: NDArray[np.float64], u: NDArray[np.float64]) -> NDArray[np.float64]:
    v = np.maximum(np.minimum(u, 1.0 - u), _FLOOR)
    m, e = np.frexp(v)
    position = (m - 0.5) * (2 * CELLS)
    j = position.astype(np.int64)
    f = position - j
    i = ((u >= 0.5) * OCTAVES - e) * (CELLS + 1) + j
    left = nodes[i]
    between: NDArray[np.float64] = left + (nodes[i + 1] - left) * f
    return between
