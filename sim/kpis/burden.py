"""What a case costs the applicant: trips, giving the information again, own hours.

All over completed cases.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.kpis.registry import kpi
from sim.kpis.window import Window
from sim.units import HOUR


@kpi(
    name="trips",
    unit="trips",
    label="Trips of the applicant per case",
    equation="mean of n_trips over completed cases",
    better="lower",
)
def trips(window: Window) -> Iterator[tuple[str, float]]:
    """Mean number of trips to an office."""
    return _means(window, window.case("n_trips"))


@kpi(
    name="times_given",
    unit="times",
    label="Times the applicant gives the information per case",
    equation="mean of n_given over completed cases",
    better="lower",
)
def times_given(window: Window) -> Iterator[tuple[str, float]]:
    """Mean number of times that the applicant gives the information."""
    return _means(window, window.case("n_given"))


@kpi(
    name="own_hours",
    unit="h",
    label="The applicant's own hours per case",
    equation="mean of own_time / 1 h over completed cases",
    better="lower",
)
def own_hours(window: Window) -> Iterator[tuple[str, float]]:
    """Mean of the hours that the applicant spends: forms, travel, waiting at a counter."""
    return _means(window, window.case("own_time") / HOUR)


def _means(window: Window, values: NDArray[np.generic]) -> Iterator[tuple[str, float]]:
    for group, sample in window.cases.split(values, window.is_completed()):
        if len(sample):
            yield group, float(np.mean(sample))
