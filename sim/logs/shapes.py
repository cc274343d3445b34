"""What of a log is drawn beside another: times of cases, first events by week, events by hour."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.logs.distances import traces_of
from sim.logs.event_log import EventLog
from sim.units import DAY, HOUR

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shape:
    """What of a log is drawn.

    Parameters
    ----------
    times
        Days from the first event of each case to its last, in order.
    by_week
        Cases by the week of their first event, whole weeks from a day on.
    by_hour
        Share of the events in each hour of the day, shape (24,).
    """

    times: Floats
    by_week: Ints
    by_hour: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shapes:
    """The rest of a register, and runs beside it.

    Parameters
    ----------
    day
        The first day of the rest.
    rest
        What is so.
    drawn
        Runs in which cases are filed by chance.
    as_filed
        Runs in which they are filed when they were.
    """

    day: dt.date
    rest: Shape
    drawn: tuple[Shape, ...]
    as_filed: tuple[Shape, ...]


def shape_of(log: EventLog, day: dt.date, last: np.datetime64, *, has_starts: bool) -> Shape:
    """What of a log is drawn, whole weeks from a day to its last instant.

    Parameters
    ----------
    has_starts
        As for :func:`sim.logs.distances.traces_of`.
    """
    traces = traces_of(log, has_starts=has_starts)
    begin = int(np.datetime64(day, "us").astype(np.int64))
    end = int(last.astype(np.int64))
    n_weeks = (end - begin) // (7 * DAY)
    week = (traces.first - begin) // (7 * DAY)
    inside = (week >= 0) & (week < n_weeks)
    hours = np.bincount(traces.instants // HOUR % 24, minlength=24)
    return Shape(
        times=np.sort(traces.last - traces.first) / DAY,
        by_week=np.bincount(week[inside], minlength=n_weeks),
        by_hour=hours / hours.sum(),
    )
