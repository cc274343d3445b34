"""Cuts a rate of arrivals that changes with time into layers, each of cases of its own (V1, V2).

The first layer has the cases of the first rate; what a higher rate adds are cases of further
layers, and each case has its own draw for whether the rate of its day is high enough for it.  So a
change of the rate adds cases or takes some away, and leaves the others as they are (R4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from sim.demand import ByDay
from sim.language import say
from sim.model.series import Series, on
from sim.scenario.faults import Faults
from sim.scenario.resolve.regimes import FROM_EVER
from sim.scenario.resolve.shares import by_day
from sim.scenario.resolve.times.period import Range, series_of
from sim.scenario.schema.bundles import SurgeSpec
from sim.scenario.schema.values import SeriesSpec
from sim.scenario.text.tree import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """The part of a rate between ``above`` and ``above + size`` times the first.

    ``intensity`` is the share of it that there is, by the day; None for all of it.
    """

    above: float
    size: float
    intensity: ByDay | None


def layers_of(
    rate: float | SeriesSpec,
    surges: Sequence[SurgeSpec],
    time: Range,
    path: Path,
    faults: Faults,
) -> tuple[float, tuple[Layer, ...]]:
    """The first rate that is not 0, and the layers of what becomes of it."""
    first, rates = rate, series_of(rate, time)
    if isinstance(first, SeriesSpec):
        first = next((value for value in first.values if value > 0), 0.0)
    dated: list[tuple[int, int, float]] = []
    for number, surge in enumerate(surges):
        if surge.start >= surge.end:
            faults.add(
                (*path, "surges", number),
                say("ends before it begins"),
                say("Turn the dates round."),
            )
        dated.append((time.day(surge.start), time.day(surge.end), surge.times))
    if first == 0:
        return 0.0, (Layer(above=0.0, size=1.0, intensity=None),)
    changes = {FROM_EVER, *(day for begin, end, _ in dated for day in (begin, end))}
    if isinstance(rates, Series):
        changes.update(rates.from_days)
    days = tuple(sorted(changes))
    factors = np.array(
        [on(rates, day) / first * prod(t for a, b, t in dated if a <= day < b) for day in days]
    )
    layers: list[Layer] = []
    above, size = 0.0, 1.0
    while not layers or above < factors.max():
        intensity = np.clip((factors - above) / size, 0.0, 1.0)
        layers.append(
            Layer(
                above=above,
                size=size,
                intensity=None if (intensity == 1).all() else by_day(days, intensity),
            )
        )
        above += size
        size = above
    return first, tuple(layers)
