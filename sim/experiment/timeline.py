"""The state over time of the cells of a study: courses with their bands, and marks of the days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.experiment.dated import DatedChange, dated_changes
from sim.kpis.over_time import Periods, Step
from sim.model import Model
from sim.scenario import Scenario
from sim.units import DAY

Days: TypeAlias = tuple[dt.date, dt.date]
"""From and to; the second is not in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The periods of a cell by their first days, and what stands on its calendar.

    ``ends`` is the day after the last period; ``measured`` are the days on which cases arrive that
    count in KPIs; ``days_off`` are stretches of days that are no working days by law.
    """

    dates: tuple[dt.date, ...]
    ends: dt.date
    measured: Days
    days_off: tuple[Days, ...]
    changes: tuple[DatedChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CourseEstimate:
    """What the replications of a cell say of a course: arrays with one entry each period.

    ``mean``, ``low`` and ``high`` are NaN where there is no value, or no interval.
    """

    cell: str
    kpi: str
    group: str
    unit: str
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    n: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OverTime:
    """The state over time of all cells; ``is_asked`` unless it is there by itself."""

    step: Step
    is_asked: bool
    timelines: Mapping[str, Timeline]
    courses: tuple[CourseEstimate, ...]

    def course(self, cell: str, kpi: str, group: str) -> CourseEstimate | None:
        """A course of a cell; None where there is none."""
        for each in self.courses:
            if (each.cell, each.kpi, each.group) == (cell, kpi, group):
                return each
        return None

    def groups(self, kpi: str) -> tuple[str, ...]:
        """The groups of which something is followed, in their order."""
        return tuple(dict.fromkeys(each.group for each in self.courses if each.kpi == kpi))


def timeline(scenario: Scenario, model: Model, step: Step) -> Timeline:
    """The periods of a run, and what stands on its calendar."""
    periods = Periods.of(model, step)

    def date(day: int) -> dt.date:
        return model.start + dt.timedelta(days=day)

    working = [day for day in model.working_days.days if 0 <= day < periods.n_days]
    off = [
        (before + 1, after)
        for before, after in pairwise([-1, *working, periods.n_days])
        if after > before + 1
    ]
    return Timeline(
        dates=tuple(map(date, periods.starts)),
        ends=date(periods.ends[-1]),
        measured=(date(model.warm_up_ends_at // DAY), date(-(-model.measured_until // DAY))),
        days_off=tuple((date(since), date(until)) for since, until in off),
        changes=dated_changes(scenario, periods.n_days),
    )
