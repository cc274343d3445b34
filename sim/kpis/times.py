"""How long cases take, from arrival to end, and what that time is spent on (K2).

All over completed cases; those open at the end are counted in :mod:`sim.kpis.flow`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.kpis.registry import kpi, spread
from sim.kpis.window import Sample, Window, open_between
from sim.records import LEDGER
from sim.units import DAY, HOUR


@spread(
    name="sojourn_days",
    unit="d",
    label="Calendar days from start to end of a case",
    equation="(ended_at - arrives_at) / 1 d over completed cases",
    better="lower",
)
def sojourn_days(window: Window) -> Iterator[Sample]:
    """Calendar days from the arrival of a case to its end; a day is 24 h."""
    sojourn = window.case("ended_at") - window.case("arrives_at")
    return window.cases.split(sojourn / DAY, window.is_completed())


@spread(
    name="open_hours",
    unit="h",
    label="Opening hours of the office from start to end of a case",
    equation="open time of the home office in [arrives_at, ended_at) over completed cases",
    better="lower",
)
def open_hours(window: Window) -> Iterator[Sample]:
    """Opening hours of the home office that pass between arrival and end of a case (T2)."""
    is_completed = window.is_completed()
    arrives_at = window.case("arrives_at")
    # An open case has no end: it gets no time here, and is not kept.
    until = np.where(is_completed, window.case("ended_at"), arrives_at)
    hours = open_between(window.model, window.case("home"), arrives_at, until) / HOUR
    return window.cases.split(hours, is_completed)


def _ledger_part(column: str, words: str) -> None:
    """Register the mean of one part of the time ledger, and its share of the sojourn."""
    part = column.removesuffix("_time")

    @kpi(
        name=f"ledger_{part}_hours",
        unit="h",
        label=f"Hours {words}, per case",
        equation=f"sum of {column} / number of cases, over completed cases",
        better="lower",
    )
    def hours(window: Window) -> Iterator[tuple[str, float]]:
        return window.cases.means(window.case(column) / HOUR, window.is_completed())

    @kpi(
        name=f"ledger_{part}_share",
        unit="share",
        label=f"Share of the time {words}",
        equation=f"sum of {column} / sum of (ended_at - arrives_at), over completed cases",
        better="neither",
    )
    def share(window: Window) -> Iterator[tuple[str, float]]:
        is_completed = window.is_completed()
        sojourn = (window.case("ended_at") - window.case("arrives_at")) / HOUR
        parts = window.cases.split(window.case(column) / HOUR, is_completed)
        wholes = window.cases.split(sojourn, is_completed)
        for (group, sample), (_, whole) in zip(parts, wholes, strict=True):
            if (total := float(np.sum(whole))) > 0:
                yield group, float(np.sum(sample)) / total


for _column, _words in LEDGER.items():
    _ledger_part(_column, _words)
