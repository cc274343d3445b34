"""Set times of the day at which cases leave, also where nobody is on duty to be seen then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Calendar
from sim.logs.learning.censored import times_between
from sim.logs.learning.times import Times
from sim.logs.overview import weekday_of
from sim.units import DAY, HOUR, MINUTE

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

Departures = tuple[tuple[int, tuple[int, ...]], ...]
"""By day of the week (0 Monday), microseconds since midnight."""

_USUAL: Final = 0.9
_AT_TIMES: Final = 0.02
_MOST_TIMES: Final = 4
_FEW: Final = 20
_QUARTER: Final = 15 * MINUTE
_USUAL_LAST: Final = 0.99
_SECOND: Final = 1_000_000
_SAMPLE: Final = 300
"""So many cases tell in which hour an unseen departure is."""


def timetable_of(
    since: Ints, until: Ints, hidden: tuple[Ints, Ints, Ints], calendar: Calendar
) -> tuple[Departures, Times | None] | None:
    """When cases leave, and what passed before they could, in hours; None where no times are set.

    Parameters
    ----------
    since, until
        From what was before to when cases left, in microseconds; each is known.
    hidden
        Of other cases, since when, and how long they waited at least and at most.
    calendar
        When the office is open.

    Notes
    -----
    A departure at which nobody is on duty shows in cases that went on although none that is known
    lies between.  It is at a time of other days of the week if that explains them.  Otherwise,
    where cases take the next departure, the last of a day to catch it tells when it is, to the
    quarter of an hour above; where something passes before, it is at the quarter that makes the
    cases most likely.
    """
    minutes, counts = np.unique(until % DAY // MINUTE, return_counts=True)
    set_times = minutes[counts >= _AT_TIMES * len(until)] * MINUTE
    on_time = np.isin(until // MINUTE * MINUTE % DAY, set_times) & (until % MINUTE < _SECOND)
    if len(set_times) > _MOST_TIMES or on_time.mean() < _USUAL:
        return None
    seen = _seen(until, set_times)
    if not seen:
        return None
    begun, least, most = hidden
    cases = _Cases(
        np.concatenate((since, begun)),
        np.concatenate((until // MINUTE * MINUTE, begun + least)),
        np.concatenate((until, begun + most)),
        calendar,
    )
    departures = _on_other_days(seen, cases, len(begun))
    times = cases.delay(departures)
    lacking = ~cases.told(departures)
    lacking[: len(since)] = False
    if lacking.sum() < max(_FEW, (1 - _USUAL) * len(begun)):
        return departures, times
    if times is None:
        last = np.quantile(cases.since[lacking] % DAY, _USUAL_LAST)
        return _with_time(departures, int(-(-last // _QUARTER)) * _QUARTER), None
    departures = _likeliest(departures, cases)
    return departures, cases.delay(departures)


class _Cases:
    """Cases, since when they waited, and between which instants they left."""

    def __init__(self, since: Ints, earliest: Ints, latest: Ints, calendar: Calendar) -> None:
        self.since, self.earliest, self.latest = since, earliest, latest
        self.calendar = calendar

    def some(self, most: int) -> _Cases:
        """Evenly spaced ones, no more than so many."""
        each = slice(None, None, -(-len(self.since) // most))
        return _Cases(self.since[each], self.earliest[each], self.latest[each], self.calendar)

    def told(self, departures: Departures) -> Truths:
        """Which cases can have left at one of these departures."""
        left = _every(departures, self.calendar)
        first, last = (
            np.searchsorted(left, self.earliest),
            np.searchsorted(left, self.latest, "right"),
        )
        found: Truths = first < last
        return found

    def bounds(self, departures: Departures) -> tuple[Ints, Ints]:
        """What passed before those that are told could leave, at least and at most.

        It ended between the departure that they missed, if they missed one, and the one they took.
        """
        left = _every(departures, self.calendar)
        first = np.searchsorted(left, self.earliest)
        last = np.searchsorted(left, self.latest, side="right")
        which = first < last
        since = self.since[which]
        missed = np.where(first[which] > 0, left[np.maximum(first[which] - 1, 0)], since)
        return np.maximum(missed - since, 0), left[last[which] - 1] - since

    def delay(self, departures: Departures) -> Times | None:
        """What passed before, in hours; None where most took the next departure."""
        least, most = self.bounds(departures)
        if (least == 0).mean() >= _USUAL:
            return None
        return times_between(least / HOUR, most / HOUR)


def _seen(until: Ints, set_times: Ints) -> Departures:
    weekday = weekday_of(until.astype("datetime64[us]"))
    time = until // MINUTE * MINUTE % DAY
    found = []
    for day in range(7):
        mine = time[weekday == day]
        times = tuple(int(at) for at in set_times if (mine == at).sum() >= 2)
        if times:
            found.append((day, times))
    return tuple(found)


def _on_other_days(departures: Departures, cases: _Cases, n_hidden: int) -> Departures:
    """With the times of some days on others too, where they tell cases that nothing else tells."""
    open_days = np.unique((np.asarray(cases.calendar.opens) // DAY + 3) % 7).tolist()
    every = sorted({time for _, times in departures for time in times})
    for time in every:
        for day in open_days:
            more = _with_time(departures, time, day)
            if more == departures:
                continue
            n_more = int((cases.told(more) & ~cases.told(departures)).sum())
            if n_more >= max(_FEW, _AT_TIMES / 2 * n_hidden):
                departures = more
    return departures


def _with_time(departures: Departures, time: int, day: int | None = None) -> Departures:
    """With a departure at a time of all days that have one, or of a day."""
    by_day = {of: set(times) for of, times in departures}
    for of in by_day if day is None else (day,):
        by_day.setdefault(of, set()).add(time)
    return tuple((of, tuple(sorted(times))) for of, times in sorted(by_day.items()))


def _likeliest(departures: Departures, cases: _Cases) -> Departures:
    """With one more departure a day, at the quarter of an hour that makes the cases most likely.

    The hour is found from some of the cases, the quarter around it from all.
    """
    n_told = [cases.told(_with_time(departures, hour)).sum() for hour in range(0, DAY, HOUR)]
    hours = [hour * HOUR for hour in range(24) if n_told[hour] >= _USUAL_LAST * max(n_told)]
    best = _best_time(departures, hours, cases.some(_SAMPLE))
    around = range(max(best - HOUR, 0), min(best + HOUR + 1, DAY), _QUARTER)
    return _with_time(departures, _best_time(departures, around, cases))


def _best_time(departures: Departures, times: Sequence[int], cases: _Cases) -> int:
    found = []
    for time in times:
        delay = cases.delay(_with_time(departures, time))
        found.append((np.inf if delay is None else min(delay.criterion.values()), time))
    return min(found)[1]


def _every(departures: Departures, calendar: Calendar) -> Ints:
    """All departures on the days of a calendar, by day of the week, in order."""
    days = np.unique(np.asarray(calendar.opens) // DAY)
    # The first day of 1970 was a Thursday.
    of_week = (days + 3) % 7
    every = [days[of_week == day] * DAY + time for day, times in departures for time in times]
    return np.sort(np.concatenate(every))
