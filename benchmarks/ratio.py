"""Compares two things by running them in turn in one process: a ratio, never a time."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

Contestant = Callable[[int], Mapping[str, float]]
"""Runs once, with the number of the round as its seed, and asserts what it found.

It returns the seconds that each part of it took.
"""

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """How many times as fast the first is as the second: the median over rounds, and its interval.

    The interval covers 95 % by a bootstrap of the rounds.  ``first`` and ``second`` are the times
    in seconds, round by round; only the ratio is a result.
    """

    median: float
    low: float
    high: float
    first: tuple[float, ...]
    second: tuple[float, ...]

    def __str__(self) -> str:
        return (
            f"{self.median:.2f} times ({self.low:.2f} to {self.high:.2f}, {len(self.first)} rounds;"
            f" {np.median(self.first):.3g} s and {np.median(self.second):.3g} s)"
        )


def in_turn(first: Contestant, second: Contestant, *, rounds: int) -> dict[str, Ratio]:
    """Run both in turn, the order swapped every round, and compare their times part by part."""
    spent: dict[Contestant, list[Mapping[str, float]]] = {first: [], second: []}
    for number in range(rounds):
        for contestant in (first, second) if number % 2 == 0 else (second, first):
            gc.collect()
            spent[contestant].append(contestant(number))
    return {
        part: _ratio(*([times[part] for times in spent[each]] for each in (first, second)))
        for part in spent[first][0]
    }


def _ratio(first: list[float], second: list[float]) -> Ratio:
    ratios = np.array(second) / np.array(first)
    sample = np.random.default_rng(0).choice(ratios, size=(2000, len(ratios)))
    low, high = np.quantile(np.median(sample, axis=1), [0.025, 0.975])
    return Ratio(
        median=float(np.median(ratios)),
        low=float(low),
        high=float(high),
        first=tuple(first),
        second=tuple(second),
    )


def timed(
    call: Callable[[], Found], clock: Callable[[], float] = time.process_time
) -> tuple[Found, float]:
    """What a call returns, and the seconds that it took.

    By default processor time: another program on the machine takes wall time from both, but not
    alike.
    """
    begun = clock()
    found = call()
    return found, clock() - begun


def processor_time_of_children() -> float:
    """Processor time of all processes that this one has started and waited for, in seconds."""
    times = os.times()
    return times.children_user + times.children_system
