"""What a case burdens the applicant with: trips, the same information again, hours, copies, fees.

All over completed cases.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.kpis.registry import CURRENCY, kpi, share
from sim.kpis.window import Count, Window
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


@kpi(
    name="copies",
    unit="copies",
    label="Copies that the applicant makes per case",
    equation="mean of n_copies over completed cases",
    better="lower",
)
def copies(window: Window) -> Iterator[tuple[str, float]]:
    """Mean number of copies, certified ones included, that the applicant brings."""
    return window.cases.means(window.case("n_copies"), window.is_completed())


@kpi(
    name="fees",
    unit=CURRENCY,
    label="Fees paid per case",
    equation="mean of fees over completed cases",
    better="lower",
)
def fees(window: Window) -> Iterator[tuple[str, float]]:
    """Mean sum of the fees that a case pays, where the scenario has amounts of money (M1)."""
    if window.model.costs is not None:
        yield from window.cases.means(window.case("fees"), window.is_completed())


@share(
    name="paid_online_share",
    label="Share of the fees paid online",
    equation="sum of n_paid_online / sum of n_paid, over completed cases",
    better="higher",
)
def paid_online_share(window: Window) -> Iterator[Count]:
    """Share of the payments that were made online (M1), where there was any."""
    is_completed = window.is_completed()
    online = window.cases.split(window.case("n_paid_online"), is_completed)
    paid = window.cases.split(window.case("n_paid"), is_completed)
    for (group, mine), (_, all_) in zip(online, paid, strict=True):
        yield Count(group, int(np.sum(mine)), int(np.sum(all_)))
