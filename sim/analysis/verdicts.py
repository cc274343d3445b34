"""Judges paired differences: which way they go, or that none is larger than a margin, or neither.

Several differences are judged together, as Holm (1979) does: so that the chance of calling any of
them a difference where there is none stays what it is said to be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.analysis.estimate import Interval
from sim.analysis.paired import difference
from sim.analysis.shares import estimate_share, share_difference
from sim.analysis.stopping import forecast

Finding: TypeAlias = Literal["less", "more", "alike", "unknown"]
"""Variant less baseline is below 0, above it, within the margin around 0, or none of these."""

MARGIN_OF_SHARES: Final = 0.01
"""A difference between shares that is smaller than a point is too small to matter."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """The values of a baseline and of a variant, replication by replication, NaN where none.

    ``out_of`` counts what shares have in common, see :func:`sim.analysis.paired.difference`; None
    for two that are the same runs.  ``margin`` is the difference that is too small to matter.
    """

    base: NDArray[np.float64]
    variant: NDArray[np.float64]
    out_of: NDArray[np.int64] | None
    margin: float

    def interval(self, confidence: float) -> Interval:
        """The paired difference with its interval."""
        return difference(self.base, self.variant, confidence, out_of=self.out_of)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Level:
    """Shares of counts, replication by replication, and a level that they are held against.

    ``shares`` are NaN where there is none, ``out_of`` how many each is a share of, ``effect``
    their design effect, and ``margin`` is the difference from the level that is too small to
    matter.
    """

    shares: NDArray[np.float64]
    out_of: NDArray[np.int64]
    effect: float
    level: float
    margin: float

    def interval(self, confidence: float) -> Interval:
        """The share less the level, with the interval of a share."""
        found = estimate_share(self.shares, self.out_of, confidence, design_effect=self.effect)
        return replace(
            found,
            mean=found.mean - self.level,
            low=found.low - self.level,
            high=found.high - self.level,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rivals:
    """Shares of two sets of cases in the same runs, replication by replication, NaN where none.

    ``base_out_of`` and ``out_of`` count what they are shares of, ``base_effect`` and ``effect``
    are their design effects, and ``margin`` is the difference that is too small to matter.
    """

    base: NDArray[np.float64]
    base_out_of: NDArray[np.int64]
    base_effect: float
    shares: NDArray[np.float64]
    out_of: NDArray[np.int64]
    effect: float
    margin: float

    def interval(self, confidence: float) -> Interval:
        """The shares less those of the base."""
        return share_difference(
            self.base,
            self.base_out_of,
            self.shares,
            self.out_of,
            confidence,
            design_effects=(self.base_effect, self.effect),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is found of one difference.

    Parameters
    ----------
    interval
        The difference with the interval that it has by itself.
    judged
        The one that the finding rests on: wider, where several are judged together.
    needed
        Replications, about, that would tell, where it is unknown; 0 else, or without an interval.
    n_together
        How many differences were judged together.
    """

    finding: Finding
    interval: Interval
    judged: Interval
    margin: float
    needed: int
    n_together: int


def judge(pairs: Sequence[Pair | Level | Rivals], confidence: float = 0.95) -> list[Judgement]:
    """Judge several differences together.

    Parameters
    ----------
    pairs
        Those that are a family, or shares and what they are held against; two that are the same
        runs are no part of it.
    confidence
        The chance that no difference is called less or more that is none.

    Returns
    -------
    list[Judgement]
        One each pair.  With m of them and a level of ``1 - confidence``, those whose intervals at
        ``level / m`` exclude 0 are less or more; then likewise those of the m' left over at
        ``level / m'``, until none is found.  Of the rest, at the same level, those whose intervals
        lie within their margins are alike, and the others unknown.

    Notes
    -----
    Holm 1979, *Scandinavian Journal of Statistics* 6, 65-70.  Two one-sided tests (Schuirmann 1987)
    are an interval within the margins; at a level of 5 % in all they are as strict as at 2.5 %.
    """
    level = 1 - confidence
    plain = [pair.interval(confidence) for pair in pairs]
    left = [i for i, pair in enumerate(pairs) if pair.out_of is not None]
    n_together = len(left)
    judged = dict(enumerate(plain))
    findings: dict[int, Finding] = {}
    while left:
        at = {i: pairs[i].interval(1 - level / len(left)) for i in left}
        judged |= at
        told = [i for i in left if at[i].low > 0 or at[i].high < 0]
        if not told:
            break
        findings |= {i: "more" if at[i].low > 0 else "less" for i in told}
        left = [i for i in left if i not in findings]
    return [
        Judgement(
            finding=(finding := findings.get(i) or _of_rest(judged[i], pair.margin)),
            interval=plain[i],
            judged=judged[i],
            margin=pair.margin,
            needed=_needed(judged[i], pair.margin) if finding == "unknown" else 0,
            n_together=n_together,
        )
        for i, pair in enumerate(pairs)
    ]


def _of_rest(found: Interval, margin: float) -> Finding:
    # False without an interval.
    return "alike" if -margin <= found.low and found.high <= margin else "unknown"


def _needed(found: Interval, margin: float) -> int:
    """Replications after which the interval excludes 0, or lies within the margin, about."""
    mean = abs(found.mean)
    wanted = max(mean, margin - mean)
    if math.isnan(found.half_width) or not wanted > 0:
        return 0
    return max(forecast(found.n, found.half_width / wanted), found.n + 1)
