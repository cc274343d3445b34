"""When members of staff are away: spells drawn before a run, and planned ones (P1, P2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Calendar, open_between
from sim.distributions import Sampler, sample
from sim.streams import name_key, uniforms

_PRESENT = name_key("staff:present", 32)
_AWAY = name_key("staff:away", 32)
_BLOCK = 64


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


def shift_of(
    calendar: Calendar,
    planned: Iterable[tuple[int, int]],
    absence: Absence | None,
    *,
    stream: int,
    key: tuple[int, int],
    horizon: int,
) -> Shift:
    """What absences leave of a person's calendar.

    A spell takes whole intervals of the calendar, half-days as a rule: from the first that begins
    at or after its begin, to the first that begins at or after its end.  The person is present at
    first; spell n uses draw n of the person's stream (R1), so that one more person changes nobody
    else's.

    Parameters
    ----------
    planned
        From and to of dated spells, in microseconds since the start.
    """
    opens, closes, passed = calendar.arrays()
    is_away = np.zeros(len(opens), bool)
    for since, until in planned:
        is_away |= (opens >= since) & (opens < until)
    if absence is not None and len(opens):
        since_start = passed - calendar.open_until(np.array([0]))[0]
        last = int(
            calendar.open_until(np.array([horizon]))[0] - calendar.open_until(np.array([0]))[0]
        )
        for begin, end in _spells(absence, stream, key, last):
            first, after = np.searchsorted(since_start, (begin, end))
            is_away[first:after] = True
    begins = is_away & ~np.concatenate(([False], is_away[:-1]))
    kept = ~is_away
    left = Calendar(
        name=calendar.name,
        opens=tuple(opens[kept].tolist()),
        closes=tuple(closes[kept].tolist()),
    )
    return Shift(calendar=left, away_from=tuple(opens[begins].tolist()))


def _spells(
    absence: Absence, stream: int, key: tuple[int, int], last: int
) -> list[tuple[int, int]]:
    """From and to of the spells that begin before ``last``, in open time since the start."""
    found: list[tuple[int, int]] = []
    at = first = 0
    while at < last:
        number = np.arange(first, first + _BLOCK)
        streams = np.full(_BLOCK, stream, np.uint64)
        present = sample(absence.present, uniforms(key, streams, number, _PRESENT, 0)).tolist()
        away = sample(absence.spell, uniforms(key, streams, number, _AWAY, 0)).tolist()
        for before, spell in zip(present, away, strict=True):
            at += before
            if at >= last:
                break
            if spell > 0:
                found.append((at, at + spell))
            at += max(spell, 1)  # neither may stop the clock
        first += _BLOCK
    return found
