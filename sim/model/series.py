"""Values that change by the day (rule V1)."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A value by the day: ``values[i]`` from day ``from_days[i]`` on; before the first, the first.

    Days count from the scenario's start, in rising order.
    """

    from_days: tuple[int, ...]
    values: tuple[float, ...]

    def on(self, day: int) -> float:
        """The value in force on a day."""
        return self.values[max(bisect_right(self.from_days, day) - 1, 0)]

    def at(self, days: NDArray[np.int64]) -> NDArray[np.float64]:
        """The values in force on some days, of their shape."""
        position = np.searchsorted(np.array(self.from_days), days, side="right") - 1
        return np.array(self.values, float)[np.maximum(position, 0)]


def on(value: float | Series, day: int) -> float:
    """What a value is on a day, whether it changes or not."""
    return value.on(day) if isinstance(value, Series) else value


def mean_of(value: float | Series) -> float:
    """The value, or the mean of the values that it has in turn."""
    return sum(value.values) / len(value.values) if isinstance(value, Series) else value
