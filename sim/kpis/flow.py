"""How many cases there are, how they end, and what is still open (K4)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.kpis.registry import kpi, share
from sim.kpis.window import Count, Window
from sim.model import Outcome


@kpi(
    name="n_cases",
    unit="cases",
    label="Cases measured",
    equation="number of cases with arrives_at in [warm_up_ends_at, measured_until)",
    better="neither",
)
def n_cases(window: Window) -> Iterator[tuple[str, float]]:
    """Cases that arrive in the measured window, open ones included."""
    return window.cases.counts(np.ones(len(window.cases.rows), np.bool_))


@kpi(
    name="n_open",
    unit="cases",
    label="Measured cases still open at the end",
    equation="number of measured cases without an end before the horizon",
    better="lower",
)
def n_open(window: Window) -> Iterator[tuple[str, float]]:
    """Measured cases that the run did not see end: the times of the others leave them out."""
    return window.cases.counts(window.is_open())


@share(
    name="open_share",
    label="Share of the measured cases still open at the end",
    equation="n_open / n_cases",
    better="lower",
)
def open_share(window: Window) -> Iterator[Count]:
    """Share of the measured cases that the run did not see end."""
    return window.cases.shares(window.is_open())


@kpi(
    name="open_cases_at_end",
    unit="cases",
    label="Cases open at the end, whenever they came",
    equation="number of all cases of the bundle without an end before the horizon",
    better="lower",
)
def open_cases_at_end(window: Window) -> Iterator[tuple[str, float]]:
    """Stock of open cases at the horizon, those before and after the measured window included."""
    cases, bundles = window.run.cases, window.model.bundles
    is_open = cases["outcome"] == Outcome.OPEN
    counts = np.bincount(cases["bundle"][is_open], minlength=len(bundles))
    for b in window.bundles:
        yield bundles[b].name, int(counts[b])


@share(
    name="rejected_share",
    label="Share of cases rejected",
    equation="measured cases with outcome rejected / n_cases",
    better="lower",
)
def rejected_share(window: Window) -> Iterator[Count]:
    """Share of the measured cases that were rejected by the end of the run (F7)."""
    return window.cases.shares(window.case("outcome") == Outcome.REJECTED)


@share(
    name="other_outcome_share",
    label="Share of cases that ended in another way",
    equation="measured cases with an outcome that the scenario names itself / n_cases",
    better="neither",
)
def other_outcome_share(window: Window) -> Iterator[Count]:
    """Share of the measured cases with an outcome of the scenario's own, where it has one."""
    if len(window.model.outcomes) > len(Outcome):
        yield from window.cases.shares(window.case("outcome") > Outcome.REJECTED)


@share(
    name="returned_share",
    label="Share of cases in which a step was done again",
    equation="measured cases with a work item of visit > 0 / n_cases",
    better="lower",
)
def returned_share(window: Window) -> Iterator[Count]:
    """Share of the measured cases that came back to an activity they had been at before."""
    return window.cases.shares(window.case("n_returns") > 0)
