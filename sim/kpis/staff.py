"""What staff have to do, and how long work waits for them.

Here the measured window is one of the clock: work that becomes ready, begins or goes on in it,
whichever case it belongs to.  A person with several roles counts in each of them with all of
the time on shift and in work, since the records do not part a shift by role.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.kpis.registry import kpi, share, spread
from sim.kpis.window import Count, Waits, Window
from sim.records import n_waits
from sim.units import HOUR, MINUTE


@spread(
    name="waiting",
    unit="min",
    label="Opening minutes that work waits for staff",
    equation=(
        "open time of the office in [ready_at, started_at) over work items with ready_at in "
        "[warm_up_ends_at, measured_until) that were begun"
    ),
    better="lower",
    statistics=("mean", "p90"),
)
def waiting(window: Window) -> Iterator[Waits]:
    """Opening minutes from ready to begun; items never begun are in ``n_waiting``."""
    run, queues = window.run, window.queues
    at_once = run.queues["n_at_once"]
    ends = np.concatenate(([0], np.cumsum(n_waits(run.queues))))
    for group, first, last in zip(queues.names, queues.starts, queues.stops, strict=True):
        minutes = run.waits[ends[first] : ends[last]] / MINUTE
        yield Waits(group, minutes, int(at_once[first:last].sum()))


@share(
    name="begun_within_a_day_share",
    label="Share of the work begun within a working day",
    equation=(
        "work items with ready_at in [warm_up_ends_at, measured_until) that were begun within 1 d "
        "of open time of the office / all of them; 1 d is the mean open time of the days on which "
        "the office opens in that window"
    ),
    better="higher",
)
def begun_within_a_day_share(window: Window) -> Iterator[Count]:
    """Share of the items begun at most one working day after they were ready, by role and office.

    Items never begun count as not begun.  What is unseen (H1) or held (H3) is not ready yet.
    """
    run, queues = window.run, window.run.queues
    n_ready = queues["n_ready"]
    in_time = n_ready - queues["n_waiting"]
    days = _working_days(window)[queues["office"]]
    # The waits stand queue by queue, ascending in each: of few queues is the last too long.
    n_longer = n_waits(queues)
    ends = np.cumsum(n_longer)
    has_waits = np.flatnonzero(n_longer)
    longest = run.waits[ends[has_waits] - 1]
    for q in has_waits[longest > days[has_waits]].tolist():
        waits = run.waits[ends[q] - n_longer[q] : ends[q]]
        in_time[q] -= len(waits) - np.searchsorted(waits, days[q], side="right")
    for (group, ready), (_, mine) in zip(
        window.queues.split(n_ready), window.queues.split(in_time), strict=True
    ):
        yield Count(group, int(np.sum(mine)), int(np.sum(ready)))


@kpi(
    name="n_waiting",
    unit="items",
    label="Pieces of work still waiting at the end",
    equation=(
        "number of work items with ready_at in [warm_up_ends_at, measured_until) that were not "
        "begun before the horizon"
    ),
    better="lower",
)
def n_waiting(window: Window) -> Iterator[tuple[str, float]]:
    """Items that the waiting times leave out because they still wait (K4)."""
    for group, waiting in window.queues.split(window.run.queues["n_waiting"]):
        yield group, int(np.sum(waiting))


@kpi(
    name="n_items",
    unit="items",
    label="Pieces of work begun",
    equation="number of work items with started_at in [warm_up_ends_at, measured_until)",
    better="neither",
)
def n_items(window: Window) -> Iterator[tuple[str, float]]:
    """Work items begun in the measured window, by role."""
    queues = window.run.queues
    for index, role in enumerate(window.model.roles):
        yield role.name, int(np.sum(queues["n_begun"][queues["role"] == index]))


@kpi(
    name="people_present",
    unit="people",
    label="People on duty while the office is open",
    equation=(
        "sum of on_shift_time, over the staff that hold the role / open time of their office in "
        "[warm_up_ends_at, measured_until); over offices their sum"
    ),
    better="neither",
)
def people_present(window: Window) -> Iterator[tuple[str, float]]:
    """Mean number of people on duty and not away (P1, P2), by role and by role in an office.

    A half-day off duty, of somebody part-time or away, counts as nobody.
    """
    model = window.model
    on_shift = _by_role_and_office(window, "on_shift_time")
    is_open = _open_time(window) / HOUR
    present = np.divide(on_shift, is_open, out=np.zeros_like(on_shift), where=is_open > 0)
    for r, role in enumerate(model.roles):
        yield role.name, float(np.sum(present[r]))
        for o in np.flatnonzero(on_shift[r]) if window.by_office else ():
            yield f"{role.name} @ {model.offices[o].name}", present[r, o]


@kpi(
    name="utilisation",
    unit="share",
    label="Share of the time on shift spent working",
    equation="sum of busy_time / sum of on_shift_time, over the staff that hold the role",
    better="neither",
)
def utilisation(window: Window) -> Iterator[tuple[str, float]]:
    """Busy share of the shifts in the measured window, by role and by role in an office.

    Nobody is on shift while away (P1, P2).
    """
    busy = _by_role_and_office(window, "busy_time")
    on_shift = _by_role_and_office(window, "on_shift_time")
    for r, role in enumerate(window.model.roles):
        if (whole := np.sum(on_shift[r])) > 0:
            yield role.name, np.sum(busy[r]) / whole
        for o in np.flatnonzero(on_shift[r]) if window.by_office else ():
            yield f"{role.name} @ {window.model.offices[o].name}", busy[r, o] / on_shift[r, o]


@kpi(
    name="overtime_hours",
    unit="h",
    label="Hours worked after closing",
    equation="sum of overtime, over the staff that hold the role",
    better="lower",
)
def overtime_hours(window: Window) -> Iterator[tuple[str, float]]:
    """Hours in the measured window in which started work was finished after closing (T3)."""
    totals = _by_role_and_office(window, "overtime").sum(axis=1)
    for role, total in zip(window.model.roles, totals, strict=True):
        yield role.name, total


def _open_time(window: Window) -> NDArray[np.int64]:
    """The time for which each office is open in the measured window, in microseconds."""
    model = window.model
    hours = np.array([office.calendar for office in model.offices], np.int64)
    since, until = (np.full(len(hours), at) for at in (model.warm_up_ends_at, model.measured_until))
    return model.open_between(hours, since, until)


def _working_days(window: Window) -> NDArray[np.float64]:
    """The mean open time of the days of the measured window on which each office opens."""
    model = window.model
    n_days = np.array(
        [
            model.calendars[c].days_open(model.warm_up_ends_at, model.measured_until)
            for c in range(len(model.calendars))
        ]
    )[[office.calendar for office in model.offices]]
    return np.asarray(_open_time(window) / np.maximum(n_days, 1), np.float64)


def _by_role_and_office(window: Window, column: str) -> NDArray[np.float64]:
    """Hours of a column of the staff table, of shape (roles, offices)."""
    model, table = window.model, window.run.staff
    held = [(r, row) for row, s in enumerate(table["staff"]) for r in model.staff[s].roles]
    shape = (len(model.roles), len(model.offices))
    if not held:
        return np.zeros(shape)
    role, row = np.array(held, np.int64).T
    cell = role * shape[1] + table["office"][row]
    hours = np.bincount(cell, weights=table[column][row] / HOUR, minlength=shape[0] * shape[1])
    return np.asarray(hours, np.float64).reshape(shape)
