"""Compares two things by running them in turn in one process: a ratio, never a time."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """How many times as fast the first is as the second: the median over rounds, and its interval.

    The interval covers 95 % by a bootstrap of the rounds.
    """

    median: float
    low: float
    high: float
    rounds: int

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f} to {self.high:.2f}, {self.rounds} rounds)"


def in_turn(
    first: Callable[[int], object], second: Callable[[int], object], *, rounds: int
) -> Ratio:
    """Run both in turn, the order swapped every round, and compare their processor times.

    Each is given the number of the round, to use as its seed.  Processor time, for another
    program on the machine takes wall time from both, but not alike.
    """
    ratios = []
    for number in range(rounds):
        pair = (first, second) if number % 2 == 0 else (second, first)
        spent = {}
        for function in pair:
            gc.collect()
            begun = time.process_time()
            function(number)
            spent[function] = time.process_time() - begun
        ratios.append(spent[second] / spent[first])
    sample = np.random.default_rng(0).choice(ratios, size=(2000, rounds))
    low, high = np.quantile(np.median(sample, axis=1), [0.025, 0.975])
    return Ratio(median=float(np.median(ratios)), low=float(low), high=float(high), rounds=rounds)
