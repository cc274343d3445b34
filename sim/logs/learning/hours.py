"""When an office works, found from when its people begin and end work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Calendar, Interval, build
from sim.logs.event_log import INSTANT, EventLog
from sim.logs.overview import weekday_of
from sim.public_holidays import public_holidays
from sim.units import DAY, MINUTE

Ints = NDArray[np.int64]

EPOCH: Final = dt.date(1970, 1, 1)
"""Instants are counted from here while a log is learnt from."""

_HALF_HOURS: Final = 48
_HALF_HOUR: Final = 30 * MINUTE
_FEW: Final = 0.1
"""A half-hour, or a day of the week, with less than this share of the usual is no time of work."""

_EXPECTED: Final = 8
"""Where so many are expected and none is seen, nothing is open: by chance once in 3 000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When an office works.

    Parameters
    ----------
    weekly
        By day of the week (0 Monday), intervals in microseconds since midnight.
    holidays
        Whether it rests on the public holidays of Viet Nam; None where the log has none.
    n_holidays, n_worked
        Public holidays on days on which it works otherwise, and on how many of them it did work.
    closed
        Other days without work on which work was to be expected.
    n
        Instants that this was found from.
    """

    weekly: Mapping[int, tuple[Interval, ...]]
    holidays: bool | None
    n_holidays: int
    n_worked: int
    closed: tuple[dt.date, ...]
    n: int

    def calendar(self, first: dt.date, last: dt.date) -> Calendar:
        """The hours laid out, in microseconds since 1970."""
        off: set[dt.date] = set(self.closed)
        extra: Mapping[dt.date, Sequence[Interval]] = {}
        if self.holidays is not False:
            holidays = public_holidays("VN", range(first.year, last.year + 1))
            off |= holidays.dates_off()
            extra = holidays.hours_of_working_saturdays(self.weekly)
        return build(
            "office",
            start=EPOCH,
            first_day=(first - EPOCH).days - 1,
            last_day=(last - EPOCH).days + 1,
            weekly=self.weekly,
            days_off=off,
            extra=extra,
        )


def hours_of(log: EventLog) -> Hours:
    """Find when an office works.

    A half-hour of the week counts as open where work begins and ends in it about as often as in
    others.  What is open on most days is closed on one of them where none is seen and many were
    to be expected.
    """
    instants = _instants(log)
    days = instants.astype("datetime64[D]").astype(np.int64)
    slots = (instants.astype(np.int64) - days * DAY) // _HALF_HOUR
    table = np.bincount(
        weekday_of(instants) * _HALF_HOURS + slots, minlength=7 * _HALF_HOURS
    ).reshape(7, _HALF_HOURS)
    by_day = table.sum(axis=1)
    works = by_day >= _FEW * by_day.max()
    pooled = table[works].sum(axis=0)
    usual = np.median(pooled[pooled > 0]) if pooled.any() else 0
    is_open = pooled >= max(_FEW * usual, 1)
    weekly = {
        int(day): _intervals(_slots_of_day(table[day], pooled, is_open))
        for day in np.flatnonzero(works)
    }
    weekly = {day: intervals for day, intervals in weekly.items() if intervals}
    holidays, n_holidays, n_worked, closed = _days_off(days, weekly)
    return Hours(
        weekly=weekly,
        holidays=holidays,
        n_holidays=n_holidays,
        n_worked=n_worked,
        closed=closed,
        n=len(instants),
    )


def _instants(log: EventLog) -> NDArray[np.datetime64]:
    """When work began and ended, without what is a date alone."""
    found = []
    for name in ("started_at", "ended_at"):
        values = log.work[name].to_numpy(INSTANT)
        values = values[~np.isnat(values)]
        is_date = values == values.astype("datetime64[D]").astype(INSTANT)
        found.append(values[~is_date])
    return np.concatenate(found)


def _slots_of_day(day: Ints, pooled: Ints, is_open: NDArray[np.bool_]) -> NDArray[np.bool_]:
    expected = pooled / pooled.sum() * day.sum()
    found: NDArray[np.bool_] = is_open & ~((day == 0) & (expected >= _EXPECTED))
    if not found.any():
        return found
    # A day with hours of its own: what it lacks is more than chance, however many it has in all.
    usual = float(np.median(day[found]))
    found &= ~((day < _FEW * usual) & (expected >= _EXPECTED))
    return found


def _intervals(is_open: NDArray[np.bool_]) -> tuple[Interval, ...]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], is_open.astype(np.int8), [0]))))
    return tuple(
        (int(begin) * _HALF_HOUR, int(end) * _HALF_HOUR)
        for begin, end in zip(edges[::2], edges[1::2], strict=True)
    )


def _days_off(
    days: Ints, weekly: Mapping[int, Sequence[Interval]]
) -> tuple[bool | None, int, int, tuple[dt.date, ...]]:
    """Whether public holidays are kept, and which other days have no work."""
    seen, counts = np.unique(days, return_counts=True)
    # A date gone wrong lies alone, before or behind the days of work.
    full = seen[counts >= _FEW * np.median(counts)]
    first, last = int(full[0]), int(full[-1])
    years = range(_date(first).year, _date(last).year + 1)
    off = {(day - EPOCH).days for day in public_holidays("VN", years).dates_off()}
    by_day = dict(zip(seen.tolist(), counts.tolist(), strict=True))
    usual = {
        weekday: np.median([n for day, n in by_day.items() if (day + 3) % 7 == weekday])
        for weekday in weekly
        if any((day + 3) % 7 == weekday for day in by_day)
    }
    on = [day for day in range(first, last + 1) if (day + 3) % 7 in usual]
    rests = [day for day in on if day in off]
    n_worked = sum(bool(by_day.get(day, 0) > _FEW * usual[(day + 3) % 7]) for day in rests)
    holidays = None if not rests else bool(n_worked <= len(rests) / 2)
    closed = tuple(
        _date(day)
        for day in on
        if day not in by_day and day not in off and usual[(day + 3) % 7] >= _EXPECTED
    )
    return holidays, len(rests), n_worked, closed


def _date(day: int) -> dt.date:
    return EPOCH + dt.timedelta(days=day)
