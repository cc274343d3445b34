"""What a case costs the applicant: trips, giving the information again, own hours.

All over completed cases.
"""

from __future__ import annotations

from collections.abc import Iterator

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
    return window.cases.means(window.case("n_trips"), window.is_completed())


@kpi(
    name="times_given",
    unit="times",
    label="Times the applicant gives the information per case",
    equation="mean of n_given over completed cases",
    better="lower",
)
def times_given(window: Window) -> Iterator[tuple[str, float]]:
    """Mean number of times that the applicant gives the information."""
    return window.cases.means(window.case("n_given"), window.is_completed())


@kpi(
    name="own_hours",
    unit="h",
    label="The applicant's own hours per case",
    equation="mean of own_time / 1 h over completed cases",
    better="lower",
)
def own_hours(window: Window) -> Iterator[tuple[str, float]]:
    """Mean of the hours that the applicant spends: forms, travel, waiting at a counter."""
    return window.cases.means(window.case("own_time") / HOUR, window.is_completed())
