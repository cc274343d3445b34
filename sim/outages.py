"""When systems are up and when they are slow: drawn before a run, by replication (T4, Y1)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from sim.calendars import Calendar, Interval, always_open, without
from sim.distributions import Sampler, sample
from sim.streams import name_key, uniforms
from sim.units import DAY, NEVER

_UP: Final = name_key("system:up", 32)
_DOWN: Final = name_key("system:down", 32)
_FAST: Final = name_key("system:fast", 32)
_SLOW: Final = name_key("system:slow", 32)
_BLOCK: Final = 256

FULL: Final = 100
"""The factor, in hundredths, of work that takes the time that it was drawn to take."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Renewal:
    """Good times and bad ones in turn, good first.

    ``good[i]`` samples the lengths of good times from day ``from_days[i]`` on, in microseconds;
    None where nothing turns bad.  At such a day a good time begins anew (V1).  ``bad`` samples the
    lengths of bad times.
    """

    from_days: tuple[int, ...]
    good: tuple[Sampler | None, ...]
    bad: Sampler

    def bad_times(
        self, key: tuple[int, int], stream: int, names: tuple[int, int], horizon: int
    ) -> list[Interval]:
        """From and to of the bad times that begin before the horizon; time n uses draw n (R1)."""
        found: list[Interval] = []
        at = number = 0
        ends = [*(day * DAY for day in self.from_days[1:]), horizon]
        for good, end in zip(self.good, ends, strict=True):
            until = min(end, horizon)
            while at < until and good is not None:
                draws = range(number, number + _BLOCK)
                of_good, of_bad = (uniforms(key, stream, draws, name, 0) for name in names)
                times = zip(sample(good, of_good), sample(self.bad, of_bad), strict=True)
                for before, length in times:
                    number += 1
                    begin = at + int(before)
                    if begin >= until:
                        at = until
                        break
                    if length > 0:
                        found.append((begin, begin + int(length)))
                    at = begin + max(int(length), 1)  # times of 0 must not stop the clock
                    if at >= until:
                        break
            at = max(at, until)
        return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class System:
    """An IT system or data link.

    ``stream`` is the 48-bit key of its name; ``outages`` are those by chance, None for a system
    that never fails; ``planned`` are dated ones, in microseconds since the start date.  In the bad
    times of ``slow``, what needs the system takes ``factor`` hundredths of its time (Y1).
    """

    name: str
    stream: int
    outages: Renewal | None
    planned: tuple[Interval, ...]
    slow: Renewal | None
    factor: int

    def up_calendar(self, key: tuple[int, int], horizon: int) -> Calendar:
        """When the system is up in one replication.

        The outages of one system do not depend on another, nor on any case.
        """
        drawn: list[Interval] = []
        if self.outages is not None:
            drawn = self.outages.bad_times(key, self.stream, (_UP, _DOWN), horizon)
        return without(always_open(self.name), sorted([*drawn, *self.planned]))

    def slow_times(self, key: tuple[int, int], horizon: int) -> tuple[Interval, ...]:
        """From and to of the times in which the system is slow in one replication."""
        if self.slow is None:
            return ()
        return tuple(self.slow.bad_times(key, self.stream, (_FAST, _SLOW), horizon))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Open intervals in which work takes its time or longer, after each other.

    In interval i, ``[opens[i], closes[i])``, work takes ``factors[i]`` hundredths of its time.
    Times are rounded at each taking of an interval: a rest of work takes the nearest microsecond
    (a half up), and what a whole interval leaves of it is rounded up.
    """

    opens: tuple[int, ...]
    closes: tuple[int, ...]
    factors: tuple[int, ...]

    def add_open(self, t: int, w: int) -> int:
        """The earliest instant at which ``w`` of work is done since ``t``; NEVER past the end."""
        if w == 0:
            return t
        for opens, closes, factor in zip(self.opens, self.closes, self.factors, strict=True):
            begin = max(t, opens)
            if begin >= closes:
                continue
            takes = max((w * factor + FULL // 2) // FULL, 1)
            if takes <= closes - begin:
                return begin + takes
            w -= (closes - begin) * FULL // factor
        return NEVER


def pace(hours: Calendar, slow: Sequence[tuple[Sequence[Interval], int]]) -> Pace:
    """The pace of work in some open hours, with the slow times of systems and their factors."""
    edges = sorted({edge for times, _ in slow for time in times for edge in time})
    cuts = np.array(edges, np.int64)
    opens: list[int] = []
    closes: list[int] = []
    factors: list[int] = []
    for begin, end in zip(hours.opens, hours.closes, strict=True):
        inside = cuts[np.searchsorted(cuts, begin, "right") : np.searchsorted(cuts, end, "left")]
        ends = [begin, *inside.tolist(), end]
        for since, until in pairwise(ends):
            opens.append(since)
            closes.append(until)
            factors.append(_factor_at(since, slow))
    return Pace(opens=tuple(opens), closes=tuple(closes), factors=tuple(factors))


def _factor_at(t: int, slow: Sequence[tuple[Sequence[Interval], int]]) -> int:
    factor = FULL
    for times, its in slow:
        place = bisect_right(times, t, key=_begin) - 1
        if place >= 0 and t < times[place][1]:
            factor = (factor * its + FULL // 2) // FULL
    return factor


def _begin(time: Interval) -> int:
    return time[0]
