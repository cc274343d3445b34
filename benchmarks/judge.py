"""Judges by samples whether one revision is slower than another: by an interval, never by a mean.

A sample is the time of one round now over the time of the same round before, the two run one after
the other.  Rounds of the same two processes are a block: what a process is dealt at its start,
such as the places of its memory, favours one side for as long as both live.  So the bootstrap
draws blocks first, and rounds within them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Verdict = Literal["slower", "faster", "no difference"]

OVERALL: Final = "overall"

TOLERANCE: Final = 1.03
"""A ratio nearer to 1 is no difference: other processes of the same code differ by as much."""

RISK: Final = 0.05
"""Chance that any of the intervals of one comparison misses its ratio, on either side."""

RESAMPLES: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The time of a workload now over that before, its interval, and what follows from it."""

    workload: str
    ratio: float
    low: float
    high: float

    @property
    def verdict(self) -> Verdict:
        if self.low > TOLERANCE:
            return "slower"
        return "faster" if self.high < 1 / TOLERANCE else "no difference"


def judge(samples: Mapping[str, NDArray[np.float64]], *, seed: int = 0) -> tuple[Judged, ...]:
    """Judge each workload, and all of them together by the geometric mean of their ratios.

    The ratio of a workload is the median of its samples.  The intervals hold together: each is so
    much wider that all of them contain their ratios with a chance of ``1 - RISK`` (Bonferroni).

    Parameters
    ----------
    samples
        Ratios of times for each workload, of shape (blocks, rounds), alike for all workloads.
    """
    rng = np.random.default_rng(seed)
    logs = {workload: np.log(ratios) for workload, ratios in samples.items()}
    n_blocks = len(next(iter(logs.values())))
    blocks = rng.integers(n_blocks, size=(RESAMPLES, n_blocks))  # all workloads share processes
    middles = {workload: float(np.median(log)) for workload, log in logs.items()}
    drawn = {workload: _medians(log, blocks, rng) for workload, log in logs.items()}
    middles[OVERALL] = float(np.mean(list(middles.values())))
    drawn[OVERALL] = np.mean(list(drawn.values()), axis=0)
    outside = RISK / len(drawn) / 2
    judged = []
    for workload, medians in drawn.items():
        low, high = np.quantile(medians, [outside, 1 - outside])
        ratio, low, high = np.exp([middles[workload], low, high]).tolist()
        judged.append(Judged(workload=workload, ratio=ratio, low=low, high=high))
    return tuple(judged)


def slower(judged: Sequence[Judged]) -> list[str]:
    """Names of what became slower."""
    return [each.workload for each in judged if each.verdict == "slower"]


def _medians(
    logs: NDArray[np.float64], blocks: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.float64]:
    rounds = rng.integers(logs.shape[1], size=(*blocks.shape, logs.shape[1]))
    drawn = logs[blocks[:, :, np.newaxis], rounds]
    return np.asarray(np.median(drawn.reshape(len(drawn), -1), axis=1))
