"""Whether the law's limits are kept: working days of bundles and dossiers, and shares on time.

A case or dossier counts once it has its result, or while its case is open; one whose case ended
without a result (rejected, or another outcome) does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.kpis.registry import kpi, share, spread
from sim.kpis.window import Count, Sample, Window, rows_of
from sim.legal import WorkingDays, day_of
from sim.model import Outcome
from sim.records import NOT_YET


@spread(
    name="working_days",
    unit="wd",
    label="Working days from receipt to the last result, by law",
    equation="working_days of the bundle (L6) over completed cases",
    better="lower",
)
def working_days(window: Window) -> Iterator[Sample]:
    """Working days that a bundle took, less those in which its clock stood still (L6)."""
    days = window.case("working_days")
    return window.cases.split(days, days >= 0)


@spread(
    name="dossier_working_days",
    unit="wd",
    label="Working days of one procedure from receipt to result, by law",
    equation="working_days of the dossier (L6) over dossiers with a result",
    better="lower",
)
def dossier_working_days(window: Window) -> Iterator[Sample]:
    """Working days that a dossier took, less those in which its clock stood still (L6)."""
    days = window.dossier("working_days")
    return window.dossiers.split(days, days >= 0)


@share(
    name="on_time_share",
    label="Share of cases within the legal limit",
    equation=(
        "cases with working_days <= limit_days / cases received under a limit that are completed, "
        "or open and past it"
    ),
    better="higher",
)
def on_time_share(window: Window) -> Iterator[Count]:
    """Share of bundles on time; one that is open past its limit is late, not left out (K4)."""
    standing = standing_of_bundles(window)
    return window.cases.shares(standing.is_on_time, standing.is_decided, standing.days_over)


@share(
    name="dossier_on_time_share",
    label="Share of dossiers of one procedure within its legal limit",
    equation=(
        "dossiers with working_days <= limit_days / dossiers received under a limit that have a "
        "result, or are open and past it"
    ),
    better="higher",
)
def dossier_on_time_share(window: Window) -> Iterator[Count]:
    """Share of dossiers on time; one that is open past its limit is late, not left out (K4)."""
    standing = _of_dossiers(window)
    return window.dossiers.shares(standing.is_on_time, standing.is_decided, standing.days_over)


@kpi(
    name="n_not_yet_due",
    unit="cases",
    label="Cases still open and within the legal limit at the end",
    equation="number of open cases received under a limit and not past it",
    better="neither",
)
def n_not_yet_due(window: Window) -> Iterator[tuple[str, float]]:
    """Open cases of which the share on time says nothing (K4)."""
    return window.cases.counts(standing_of_bundles(window).is_undecided)


@kpi(
    name="n_dossiers_not_yet_due",
    unit="dossiers",
    label="Dossiers still open and within the legal limit at the end",
    equation="number of dossiers under a limit, without a result, of open cases, not past it",
    better="neither",
)
def n_dossiers_not_yet_due(window: Window) -> Iterator[tuple[str, float]]:
    """Open dossiers of which the share on time says nothing (K4)."""
    return window.dossiers.counts(_of_dossiers(window).is_undecided)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Standing:
    """Of which rows it can be said whether they are on time, and of which it cannot yet.

    ``days_over`` are working days beyond the limit, below 0 within it, of those that are decided;
    of one that is open, so far.
    """

    is_decided: NDArray[np.bool_]
    is_on_time: NDArray[np.bool_]
    is_undecided: NDArray[np.bool_]
    days_over: NDArray[np.int64]


def standing_of_bundles(window: Window) -> Standing:
    """How the measured cases stand to the limits of their bundles (K4), in their order."""
    return _standing(
        window,
        is_open=window.is_open(),
        received_at=window.case("received_at"),
        received_day=window.case("received_day"),
        limit=window.case("limit_days"),
        stopped=window.case("stopped_days"),
        used=window.case("working_days"),
    )


def _of_dossiers(window: Window) -> Standing:
    outcome = window.run.cases["outcome"][rows_of(window.run.cases, window.dossier("case"))]
    return _standing(
        window,
        is_open=outcome == Outcome.OPEN,
        received_at=window.dossier("received_at"),
        received_day=window.dossier("received_day"),
        limit=window.dossier("limit_days"),
        stopped=window.dossier("stopped_days"),
        used=window.dossier("working_days"),
    )


def _standing(
    window: Window,
    *,
    is_open: NDArray[np.bool_],
    received_at: NDArray[np.int64],
    received_day: NDArray[np.int64],
    limit: NDArray[np.int64],
    stopped: NDArray[np.int64],
    used: NDArray[np.int64],
) -> Standing:
    is_done = used >= 0
    last_day = day_of(window.model.horizon)
    # The fewest working days that a result after the end of the run can still make (L6).
    at_least = _days_after(window.model.working_days, received_day, last_day) - stopped
    has_limit = (received_at != NOT_YET) & (limit >= 0)
    days_over = np.where(is_done, used, at_least) - limit
    is_late = days_over > 0
    is_waiting = has_limit & is_open & ~is_done
    return Standing(
        is_decided=(has_limit & is_done) | (is_waiting & is_late),
        is_on_time=is_done & ~is_late,
        is_undecided=is_waiting & ~is_late,
        days_over=days_over,
    )


def _days_after(
    office: WorkingDays, received_day: NDArray[np.int64], last_day: int
) -> NDArray[np.int64]:
    """Working days after each day of receipt up to and including one day, as ``between``."""
    days = np.array(office.days, np.int64)
    before = np.searchsorted(days, received_day, side="right")
    after = np.searchsorted(days, last_day, side="right") - before
    return np.asarray(np.maximum(after, 0), np.int64)
