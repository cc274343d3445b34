"""Spreads the cases of a channel over the run: by month, day of the week, hour and opening."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Calendar
from sim.demand import ByDay
from sim.errors import ValueFault
from sim.language import later, say
from sim.profile import Profile
from sim.scenario.faults import Faults
from sim.scenario.resolve.csv_files import read_rows
from sim.scenario.resolve.times.period import Range
from sim.scenario.resolve.times.timing import Timing
from sim.scenario.schema.sections import FilingSpec
from sim.scenario.text.tree import Path
from sim.units import DAY, YEAR, parse_amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """When a channel's cases are filed: relative rates by weekday and time of day."""

    weekdays: tuple[float, ...]
    hours: tuple[tuple[int, int, float], ...]
    while_open: Calendar | None


ANY_TIME = Filing(weekdays=(1.0,) * 7, hours=((0, DAY, 1.0),), while_open=None)


_BIN: Final = np.dtype([("start", "i8"), ("end", "i8"), ("rate", "f8"), ("month", "i8")])
"""A stretch of time of one rate; its month counts from year 0."""

_Bins: TypeAlias = NDArray[np.void]
"""Rows of ``_BIN``, in the order of time."""


def filings_of(
    filing: dict[str, FilingSpec], timing: Timing, channels: Sequence[str], faults: Faults
) -> dict[str, Filing]:
    """The filing hours of each channel that has any; what is not listed has the weight 1."""
    found: dict[str, Filing] = {}
    for channel, spec in filing.items():
        path: Path = ("filing", channel)
        faults.knows(path, later("channel"), channel, channels)
        hours: list[tuple[int, int, float]] = []
        at = 0
        for (since, until), weight in sorted(spec.hours.items()):
            if since < at:
                faults.add(
                    (*path, "hours"), say("hours overlap"), say("Give each hour one weight.")
                )
            if since > at:
                hours.append((at, since, 1.0))
            hours.append((since, until, weight))
            at = max(at, until)
        if at < DAY:
            hours.append((at, DAY, 1.0))
        found[channel] = Filing(
            weekdays=tuple(spec.weekdays.get(day, 1.0) for day in range(7)),
            hours=tuple(hours),
            while_open=None
            if spec.while_open is None
            else timing.calendar(spec.while_open, (*path, "while_open")),
        )
    return found


def months_of(
    source: Sequence[float] | str | None, path: Path, faults: Faults
) -> tuple[float, ...] | None:
    """The share of a year's cases in each month; None where no months are given.

    A text is the name of a CSV file with the column ``month``, 1 to 12, and one of weights.
    """
    if source is None:
        return None
    weights = list(_months_in(source, path, faults)) if isinstance(source, str) else list(source)
    total = sum(weights)
    if total <= 0:
        if len(weights) == 12:
            faults.add(path, say("all months have the weight 0"), say("Give one of them a weight."))
        return None
    return tuple(weight / total for weight in weights)


def _months_in(name: str, path: Path, faults: Faults) -> list[float]:
    rows = read_rows(name, path, ("month",), faults)
    if rows is None:
        return []
    if len(rows.columns) < 2:
        faults.in_file(
            path,
            rows.file,
            1,
            say("'{name}' has no weights", name=name),
            say("Add a second column."),
        )
        return []
    column = next(column for column in rows.columns if column != "month")
    weights: dict[int, float] = {}
    for line, cells in rows:
        try:
            month, weight = parse_amount(cells["month"]), parse_amount(cells[column])
        except ValueFault as fault:
            faults.in_file(path, rows.file, line, fault.message, fault.way_out)
            return []
        if month not in range(1, 13) or int(month) in weights or weight < 0:
            message = say(
                "month {month} with the weight {weight}", month=cells["month"], weight=cells[column]
            )
            way_out = say("Give each month from 1 to 12 once, with a weight from 0.")
            faults.in_file(path, rows.file, line, message, way_out)
            return []
        weights[int(month)] = weight
    if len(weights) < 12:
        message = say("'{name}' has {n} months", name=name, n=len(weights))
        faults.in_file(path, rows.file, 1, message, say("Give each month from 1 to 12 once."))
        return []
    return [weights[month] for month in range(1, 13)]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Months:
    """The calendar months that a run touches, each whole: the blocks of its arrivals (R4).

    Parameters
    ----------
    numbers
        Of the months, counted from year 0.
    shares
        The share of a year's cases in each.
    first_day, last_day
        Of all of them, counted from the start of the run.
    first_days
        Of each.
    """

    numbers: NDArray[np.int64]
    shares: NDArray[np.float64]
    first_day: int
    last_day: int
    first_days: NDArray[np.int64]

    def have(self, intensity: ByDay) -> NDArray[np.bool_]:
        """Which months have a day on which a share is not 0."""
        days = np.arange(self.first_day, self.last_day + 1)
        return np.maximum.reduceat(intensity.at(days), self.first_days - self.first_day) > 0


def months_in(weights: Sequence[float] | None, time: Range) -> Months:
    """The months of a run, with the shares given for each, or by their days (R4)."""
    last = time.date((time.horizon - 1) // DAY)
    numbers = np.arange(_month(time.start), _month(last) + 1)
    firsts = [
        dt.date((number - 1) // 12, (number - 1) % 12 + 1, 1)
        for number in [*numbers.tolist(), _month(last) + 1]
    ]
    days = np.array([time.day(first) for first in firsts])
    shares = np.diff(days) * DAY / YEAR
    if weights is not None:
        shares = np.array(weights)[(numbers - 1) % 12]
    return Months(
        numbers=numbers,
        shares=shares,
        first_day=int(days[0]),
        last_day=int(days[-1]) - 1,
        first_days=days[:-1],
    )


@lru_cache(maxsize=256)  # the bundles of a scenario have few, and the cells of a study the same
def profile_of(filings: tuple[tuple[int, Filing], ...], time: Range) -> Profile:
    """The profile of a channel in each month of a run, without a bin where it is never filed.

    Parameters
    ----------
    filings
        From which day on which filing hours hold, in order; the first also before.
    """
    months = months_in(None, time)
    bins = _joined(_bins(filings, months, time))
    mass = bins["rate"] * (bins["end"] - bins["start"])
    firsts = np.searchsorted(bins["month"], np.append(months.numbers, months.numbers[-1] + 1))
    shares = np.empty(len(bins))
    # Month by month, so that not a digit depends on how many there are.
    for first, last in itertools.pairwise(firsts.tolist()):
        shares[first:last] = np.cumsum(mass[first:last]) / mass[first:last].sum()
        shares[first:last][-1:] = 1.0
    return Profile(starts=bins["start"], ends=bins["end"], shares=shares, firsts=firsts)


def _month(date: dt.date) -> int:
    return date.year * 12 + date.month


def _bins(filings: Sequence[tuple[int, Filing]], months: Months, time: Range) -> _Bins:
    days = np.arange(months.first_day, months.last_day + 1)
    from_days = np.array([day for day, _ in filings])
    which = np.maximum(np.searchsorted(from_days, days, side="right") - 1, 0)
    parts = [
        _on_days(days[which == number], filing, time) for number, (_, filing) in enumerate(filings)
    ]
    return np.concatenate(parts)


def _on_days(days: NDArray[np.int64], filing: Filing, time: Range) -> _Bins:
    dates = np.datetime64(time.start) + days
    # NumPy counts from 1 January 1970, a Thursday.
    on_day = np.array(filing.weekdays)[(dates.astype(np.int64) + 3) % 7]
    months = dates.astype("datetime64[M]").astype(np.int64) + _month(dt.date(1970, 1, 1))
    bins = np.empty((len(days), len(filing.hours)), _BIN)
    for column, (since, until, weight) in enumerate(filing.hours):
        bins["start"][:, column] = days * DAY + since
        bins["end"][:, column] = days * DAY + until
        bins["rate"][:, column] = on_day * weight
        bins["month"][:, column] = months
    filed = bins[(bins["rate"] > 0) & (bins["start"] < bins["end"])]
    return filed if filing.while_open is None else _while_open(filed, filing.while_open)


def _while_open(bins: _Bins, calendar: Calendar) -> _Bins:
    """What a calendar leaves of bins."""
    opens, closes, _ = calendar.arrays()
    first = np.maximum(np.searchsorted(opens, bins["start"], side="right") - 1, 0)
    after = np.maximum(np.searchsorted(opens, bins["end"], side="left"), first)
    count = after - first
    left = np.repeat(bins, count)
    # The intervals first, first + 1, … before after, bin by bin.
    k = np.arange(len(left)) + np.repeat(after - np.cumsum(count), count)
    left["start"] = np.maximum(left["start"], opens[k])
    left["end"] = np.minimum(left["end"], closes[k])
    return left[left["start"] < left["end"]]


def _joined(bins: _Bins) -> _Bins:
    """Bins of one rate and month that touch each other are one."""
    begins = np.ones(len(bins) + 1, bool)
    a, b = bins[:-1], bins[1:]
    begins[1:-1] = (a["end"] != b["start"]) | (a["rate"] != b["rate"]) | (a["month"] != b["month"])
    joined = bins[begins[:-1]]
    joined["end"] = bins["end"][begins[1:]]
    return joined
