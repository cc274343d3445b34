"""Answers when a calendar is open, from a sorted list of open intervals (rule T2).

It knows nothing of working days and limits; those are in :mod:`sim.legal`.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, compress
from operator import lt, sub
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from sim.units import DAY, NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

Interval: TypeAlias = tuple[int, int]
"""From (included) and to (excluded), in microseconds."""

_FOREVER: Final = 2**61


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Open intervals, closed on the left and open on the right (rule T2).

    All instants are microseconds since the scenario's first midnight and may be negative. Before
    its first and after its last interval a calendar is closed.

    Parameters
    ----------
    name
        What the calendar is called in messages.
    opens, closes
        Ends of the intervals: sorted, disjoint, not empty, and not touching each other.

    Attributes
    ----------
    passed
        Open time before each interval, in microseconds.
    """

    name: str
    opens: tuple[int, ...]
    closes: tuple[int, ...]
    passed: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        in_order = all(map(lt, self.opens, self.closes)) and all(
            map(lt, self.closes, self.opens[1:])
        )
        if not in_order or len(self.opens) != len(self.closes):
            raise ValueError(f"calendar {self.name!r}: intervals out of order")
        lengths = map(sub, self.closes, self.opens)
        object.__setattr__(self, "passed", tuple(accumulate(lengths, initial=0))[:-1])

    def is_open(self, t: int) -> bool:
        """Whether the calendar is open at ``t``; at a closing instant it is not."""
        k = bisect_right(self.opens, t) - 1
        return k >= 0 and t < self.closes[k]

    def next_open(self, t: int) -> int:
        """Give the first open instant from ``t`` on: ``t`` if open, ``NEVER`` past the end."""
        k = bisect_right(self.closes, t)
        return max(t, self.opens[k]) if k < len(self.opens) else NEVER

    def closes_after(self, t: int) -> int:
        """Give the closing instant of the interval that contains ``t``.

        Raises
        ------
        ValueError
            The calendar is closed at ``t``.
        """
        if not self.is_open(t):
            raise ValueError(f"calendar {self.name!r} is closed at {t}")
        return self.closes[bisect_right(self.opens, t) - 1]

    def open_until(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the open time before each instant, in microseconds, from the calendar's start on.

        Parameters
        ----------
        at
            Instants, in microseconds, in any order and shape.

        Returns
        -------
        numpy.ndarray
            Of the shape of ``at``.
        """
        opens, closes, passed = self.arrays()
        if not len(opens):
            return np.zeros_like(at)
        k = np.maximum(np.searchsorted(opens, at, side="right") - 1, 0)
        # An instant before the first opening is held to it, where nothing has passed.
        return passed[k] + np.clip(at, opens[k], closes[k]) - opens[k]

    def open_between(self, a: int, b: int) -> int:
        """Give the open time from ``a`` to ``b``, in microseconds; negative where ``b < a``."""
        k = bisect_right(self.opens, a) - 1
        if k >= 0 and a <= b <= self.closes[k]:  # most often the same half-day
            return b - a
        return self._passed_at(b) - self._passed_at(a)

    def days_open(self, a: int, b: int) -> int:
        """On how many days it is open for some time between ``a`` and ``b``."""
        opens, closes, _ = self.arrays()
        since, until = np.maximum(opens, a), np.minimum(closes, b)
        is_there = since < until
        first, last = since[is_there] // DAY, (until[is_there] - 1) // DAY
        return int(np.sum(last - first + 1) - np.count_nonzero(first[1:] == last[:-1]))

    def add_open(self, t: int, w: int) -> int:
        """Give the earliest instant at which ``w`` of open time have passed since ``t``.

        Parameters
        ----------
        t
            Instant, in microseconds.
        w
            Open time, in microseconds, not negative; 0 gives ``t`` itself, open or closed.

        Returns
        -------
        int
            The instant, which may be a closing one; ``NEVER`` where the calendar ends first.
        """
        if w <= 0:
            if w < 0:
                raise ValueError(f"calendar {self.name!r}: cannot add the open time {w}")
            return t
        k = bisect_right(self.opens, t) - 1
        if k >= 0 and t + w <= self.closes[k]:  # most often the same half-day
            return t + w
        target = self._passed_at(t) + w
        # The last interval that begins with less than the target behind it.
        k = bisect_left(self.passed, target) - 1
        if k < 0:
            return NEVER
        end = self.opens[k] + target - self.passed[k]
        return end if end <= self.closes[k] else NEVER

    def arrays(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Give ``opens``, ``closes`` and ``passed`` as int64 arrays, in microseconds."""
        return self._arrays

    @cached_property
    def _arrays(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        return (
            np.array(self.opens, dtype=np.int64),
            np.array(self.closes, dtype=np.int64),
            np.array(self.passed, dtype=np.int64),
        )

    def _passed_at(self, t: int) -> int:
        """:meth:`open_until` of one instant, without the price of an array."""
        k = bisect_right(self.opens, t) - 1
        if k < 0:
            return 0
        return self.passed[k] + min(t, self.closes[k]) - self.opens[k]


def always_open(name: str = "always") -> Calendar:
    """Make a calendar that is open at every instant a run can reach."""
    return Calendar(name=name, opens=(-_FOREVER,), closes=(_FOREVER,))


def open_between(
    calendars: Sequence[Calendar],
    which: NDArray[np.int64],
    a: NDArray[np.int64],
    b: NDArray[np.int64],
) -> NDArray[np.int64]:
    """The open time from ``a`` to ``b``, row by row, each on a calendar of its own (T2).

    Parameters
    ----------
    which
        Index of each row's calendar.
    a, b
        Instants, in microseconds.

    Returns
    -------
    NDArray[np.int64]
        Microseconds, of the shape of ``which``.
    """
    found = np.zeros(len(which), np.int64)
    for index in np.unique(which):
        mine, hours = np.flatnonzero(which == index), calendars[index]
        found[mine] = hours.open_until(b[mine]) - hours.open_until(a[mine])
    return found


def build(
    name: str,
    *,
    start: dt.date,
    first_day: int,
    last_day: int,
    weekly: Mapping[int, Sequence[Interval]],
    days_off: Collection[dt.date] = (),
    extra: Mapping[dt.date, Sequence[Interval]] | None = None,
    closures: Iterable[Interval] = (),
) -> Calendar:
    """Lay out a calendar over a range of days (rule T2).

    Parameters
    ----------
    name
        What the calendar is called in messages.
    start
        Date of day 0, the scenario's start.
    first_day, last_day
        First and last day laid out, counted from ``start``; may be negative.
    weekly
        Opening hours of each weekday, Monday = 0, in microseconds since that day's midnight.
    days_off
        Dates on which the weekly hours do not hold.
    extra
        Hours of single dates, instead of the weekly ones; they win over ``days_off``.
    closures
        Intervals in microseconds since ``start`` during which nothing is open; they win over all.

    Returns
    -------
    Calendar
        With hours that touch or overlap, over midnight too, merged.
    """
    dated = extra or {}
    off = frozenset(days_off)
    intervals: list[Interval] = []
    for day in range(first_day, last_day + 1):
        date = start + dt.timedelta(days=day)
        hours: Sequence[Interval] = ()
        if date in dated:
            hours = dated[date]
        elif date not in off:
            hours = weekly.get(date.weekday(), ())
        midnight = day * DAY
        intervals += [(midnight + opening, midnight + closing) for opening, closing in hours]
    return without(_calendar(name, _merged(intervals)), closures)


def intersection(a: Calendar, b: Calendar, name: str) -> Calendar:
    """Make the calendar that is open where ``a`` and ``b`` both are (rule T4)."""
    intervals: list[Interval] = []
    i = j = 0
    while i < len(a.opens) and j < len(b.opens):
        opening = max(a.opens[i], b.opens[j])
        closing = min(a.closes[i], b.closes[j])
        if opening < closing:
            intervals.append((opening, closing))
        if a.closes[i] <= b.closes[j]:
            i += 1
        else:
            j += 1
    return _calendar(name, intervals)


def without(a: Calendar, intervals: Iterable[Interval]) -> Calendar:
    """Make calendar ``a`` closed during ``intervals`` too, under the same name.

    Parameters
    ----------
    a
        Calendar to take from.
    intervals
        From and to, in microseconds; in any order, and they may overlap.
    """
    closed = _merged(intervals)
    gaps = zip(
        (-_FOREVER, *(to for _, to in closed)),
        (*(since for since, _ in closed), _FOREVER),
        strict=True,
    )
    return intersection(a, _calendar("gaps", list(gaps)), a.name)


def share_of(
    calendar: Calendar, numerator: int, denominator: int, offset: int, name: str
) -> Calendar:
    """Keep a share of a calendar's intervals, spread evenly (rule S8).

    Parameters
    ----------
    calendar
        Whose intervals, as a rule half-days, are counted from its first one.
    numerator, denominator
        The share kept, from 0 / 1 to 1 / 1; exact in each ``denominator`` intervals in a row.
    offset
        Shifts which intervals are kept, so that two offices keep different ones.
    name
        What the new calendar is called.
    """
    if not 0 <= numerator <= denominator or denominator == 0:
        raise ValueError(f"{numerator}/{denominator} is no share of calendar {calendar.name!r}")
    place = np.arange(len(calendar.opens)) + offset
    kept = (place * numerator % denominator < numerator).tolist()
    return Calendar(
        name=name,
        opens=tuple(compress(calendar.opens, kept)),
        closes=tuple(compress(calendar.closes, kept)),
    )


def _merged(intervals: Iterable[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for opening, closing in sorted(intervals):
        if opening >= closing:
            continue
        if merged and opening <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], closing))
        else:
            merged.append((opening, closing))
    return merged


def _calendar(name: str, intervals: Sequence[Interval]) -> Calendar:
    return Calendar(
        name=name,
        opens=tuple(opening for opening, _ in intervals),
        closes=tuple(closing for _, closing in intervals),
    )
