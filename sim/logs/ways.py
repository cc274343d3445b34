"""The ways that cases take through the steps of a log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.logs.event_log import EventLog

_MOST: Final = 1000
_SEED: Final = 20_250_303


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The steps of some cases in their order, how many cases took it, and on which channel."""

    steps: tuple[str, ...]
    count: int
    by_channel: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """The ways of a log, the most frequent first; ``n_ways`` counts all, ``ways`` has the first."""

    ways: tuple[Way, ...]
    n_ways: int


def ways_of(log: EventLog, most: int = _MOST) -> Ways:
    """Count the ways of a log.

    Cases are told apart by a number made of their steps and the places of these: of a million
    different ways two have one number once in thirty million logs.
    """
    case, step = log.case_of, log.work["step"].cat.codes.to_numpy(np.int64)
    starts = np.flatnonzero(np.concatenate(([True], case[1:] != case[:-1])))
    lengths = np.diff(np.concatenate((starts, [len(case)])))
    place = np.arange(len(case)) - np.repeat(starts, lengths)
    stream = np.random.default_rng(_SEED)
    of_step = stream.integers(1, 2**63, int(step.max()) + 1, dtype=np.uint64)
    of_place = np.empty(int(lengths.max()), np.uint64)
    of_place[:] = stream.integers(1, 2**63, len(of_place), dtype=np.uint64) | np.uint64(1)
    # Sums and products wrap around, as they should.
    numbers = np.add.reduceat(of_step[step] * of_place[place], starts)
    _, first, inverse, counts = np.unique(
        numbers, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((first, -counts))
    names = log.work["step"].cat.categories
    channel = log.cases["channel"].cat.codes.to_numpy(np.int64)[case[starts]]
    channels = log.cases["channel"].cat.categories
    width = len(channels) + 1
    table = np.bincount(inverse * width + channel + 1, minlength=len(counts) * width)
    table = table.reshape(len(counts), width)
    found = []
    for which in order[:most].tolist():
        begin = starts[first[which]]
        steps = step[begin : begin + lengths[first[which]]]
        by_channel = {str(channels[code]): int(n) for code, n in enumerate(table[which][1:]) if n}
        found.append(
            Way(
                steps=tuple(map(str, names[steps])),
                count=int(counts[which]),
                by_channel=by_channel,
            )
        )
    return Ways(ways=tuple(found), n_ways=len(counts))
