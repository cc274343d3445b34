"""When members of staff are away: spells drawn before a run, and planned ones (P1, P2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Calendar, open_between
from sim.distributions import Sampler, sample
from sim.streams import name_key, uniforms

_PRESENT = name_key("staff:present", 32)
_AWAY = name_key("staff:away", 32)
_BLOCK = 16
_FAR = 2**55
"""Microseconds, 1 100 years: longer than any run, and so many of a block add up in 64 bits."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Absence:
    """How often people are away, and for how long.

    ``present`` and ``spell`` sample the lengths of the times between spells and of the spells, in
    microseconds of open time of the person's own calendar.
    """

    present: Sampler
    spell: Sampler


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """When a person is on duty in one replication; ``away_from`` are where absences begin (P3)."""

    calendar: Calendar
    away_from: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shifts:
    """When people are on duty in one replication (P1, P2).

    Parameters
    ----------
    calendars
        Those of the model; behind them one for each person who may be away.
    calendar_of
        By member of staff, the index among them.
    away_from
        By member of staff, the instants at which absences begin, ascending (P3).
    """

    calendars: tuple[Calendar, ...]
    calendar_of: tuple[int, ...]
    away_from: tuple[tuple[int, ...], ...]

    def open_between(
        self, staff: NDArray[np.int64], a: NDArray[np.int64], b: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """The time on duty of each row's member of staff from ``a`` to ``b`` (microseconds)."""
        return open_between(self.calendars, np.array(self.calendar_of, np.int64)[staff], a, b)


def spells(
    absence: Absence, streams: NDArray[np.uint64], key: tuple[int, int], last: int
) -> list[list[tuple[int, int]]]:
    """From and to of the spells of each stream that begin before ``last``.

    All in open time of a calendar since the start.  People are present at first; spell n uses draw
    n of the person's stream (R1), so that one more person changes nobody else's.
    """
    found: list[list[tuple[int, int]]] = [[] for _ in streams]
    at = np.zeros(len(streams), np.int64)
    left = np.flatnonzero(at < last)
    first = 0
    while len(left):
        number = np.arange(first, first + _BLOCK)
        mine = streams[left][:, np.newaxis]
        present = np.minimum(
            sample(absence.present, uniforms(key, mine, number, _PRESENT, 0)), _FAR
        )
        away = np.minimum(sample(absence.spell, uniforms(key, mine, number, _AWAY, 0)), _FAR)
        taken = np.maximum(away, 1)  # neither may stop the clock
        begins = at[left][:, np.newaxis] + np.cumsum(present + taken, axis=1) - taken
        for row, column in np.argwhere((begins < last) & (away > 0)).tolist():
            begin = int(begins[row, column])
            found[left[row]].append((begin, begin + int(away[row, column])))
        at[left] = begins[:, -1] + taken[:, -1]
        left = left[at[left] < last]
        first += _BLOCK
    return found


def shift_of(
    calendar: Calendar,
    planned: Iterable[tuple[int, int]],
    drawn: Sequence[tuple[int, int]] = (),
) -> Shift:
    """What absences leave of a person's calendar.

    A spell takes whole intervals of the calendar, half-days as a rule: from the first that begins
    at or after its begin, to the first that begins at or after its end.

    Parameters
    ----------
    planned
        From and to of dated spells, in microseconds since the start.
    drawn
        From and to of others, in open time of the calendar since the start, see :func:`spells`.
    """
    opens, closes, passed = calendar.arrays()
    is_away = np.zeros(len(opens), bool)
    for since, until in planned:
        is_away |= (opens >= since) & (opens < until)
    if drawn and len(opens):
        since_start = passed - calendar.open_between(int(opens[0]), 0)
        for first, after in np.searchsorted(since_start, drawn).tolist():
            is_away[first:after] = True
    begins = is_away & ~np.concatenate(([False], is_away[:-1]))
    kept = ~is_away
    left = Calendar(
        name=calendar.name,
        opens=tuple(opens[kept].tolist()),
        closes=tuple(closes[kept].tolist()),
    )
    return Shift(calendar=left, away_from=tuple(opens[begins].tolist()))
