"""The simulated time of a scenario: its dates, its milestones, and how far calendars reach."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from sim.language import say
from sim.model.series import Series
from sim.scenario.faults import Faults
from sim.scenario.schema.sections import ScenarioSpec
from sim.scenario.schema.values import SeriesSpec
from sim.units import DAY, YEAR

MARGIN: Final = 400
"""Days that calendars are laid out before the start and after the horizon."""


_LONGEST: Final = 300 * YEAR
"""Months have numbers of their own for some 340 years (R4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The simulated time: its first day, and its milestones in microseconds since then."""

    start: dt.date
    warm_up_ends_at: int
    measured_until: int
    horizon: int

    @property
    def first_day(self) -> int:
        """The first day that calendars are laid out for, counted from the start."""
        return -MARGIN

    @property
    def last_day(self) -> int:
        """The last day that calendars are laid out for, counted from the start."""
        return -(-self.horizon // DAY) + MARGIN

    def day(self, date: dt.date) -> int:
        """The index of a date."""
        return (date - self.start).days

    def date(self, day: int) -> dt.date:
        """The date of an index."""
        return self.start + dt.timedelta(days=day)

    def is_over(self, day: int) -> bool:
        """Whether a day begins at the horizon or later."""
        return day * DAY >= self.horizon

    def instant(self, moment: dt.datetime) -> int:
        """The instant of a date with a time of day, in microseconds."""
        since = moment - dt.datetime.combine(self.start, dt.time())
        return since // dt.timedelta(microseconds=1)


def range_of(spec: ScenarioSpec, faults: Faults) -> Range:
    """The simulated time of a scenario."""
    period = spec.period
    if period.length == 0:
        faults.add(
            ("period", "length"), say("nothing is measured in a length of 0"), say("Give 1 year.")
        )
    measured_until = period.warm_up + period.length
    horizon = measured_until + period.run_out
    days_left = (dt.date.max - period.start).days - 2 * MARGIN
    if horizon // DAY > days_left or (period.start - dt.date.min).days < 2 * MARGIN:
        faults.add(
            ("period",), say("reaches beyond the calendar"), say("Keep to the years 3 to 9990.")
        )
        horizon = measured_until = DAY
    if horizon > _LONGEST:
        faults.add(("period",), say("lasts for more than 300 years"), say("Shorten it."))
        horizon = measured_until = DAY
    return Range(
        start=period.start if 3 <= period.start.year <= 9990 else dt.date(2025, 1, 6),
        warm_up_ends_at=min(period.warm_up, horizon),
        measured_until=measured_until,
        horizon=horizon,
    )


def by_day(value: float | Series) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """From which days on a value has which numbers; one that never changes, from the start."""
    if isinstance(value, Series):
        return value.from_days, value.values
    return (0,), (value,)


def series_of(value: float | SeriesSpec, time: Range) -> float | Series:
    """A value by the day (rule V1), as far as calendars reach; a number where it never changes."""
    if not isinstance(value, SeriesSpec):
        return value
    days = [time.day(date) for date in value.dates]
    points = list(zip(days, value.values, strict=True))
    if value.is_straight:
        points = (
            points[:1]
            + [
                (a + k, v + (w - v) * k / (b - a))
                for (a, v), (b, w) in pairwise(points)
                for k in range(max(time.first_day - a, 0), min(time.last_day + 1 - a, b - a))
            ]
            + points[-1:]
        )
    before = [point for point in points if point[0] <= time.first_day]
    kept = [point for point in points if time.first_day < point[0] <= time.last_day]
    kept = (before[-1:] or kept[:1] or points[:1]) + kept
    changes = kept[:1] + [b for a, b in pairwise(kept) if a[1] != b[1]]
    if len(changes) == 1:
        return changes[0][1]
    return Series(
        from_days=tuple(day for day, _ in changes), values=tuple(value for _, value in changes)
    )
