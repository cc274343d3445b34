"""Waits that are no queue: delays, set times, and the day on the result slip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Calendar
from sim.logs.learning.censored import times_between
from sim.logs.learning.times import Times, times_of
from sim.logs.learning.timetables import Departures, timetable_of
from sim.units import DAY, HOUR, MINUTE

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

AT_ONCE: Final = MINUTE
"""A wait that is no longer is none."""

_USUAL: Final = 0.9
_FEW: Final = 20
_SECOND: Final = 1_000_000
_UNKNOWN: Final = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A wait before a step, before a return, or before the end.

    Parameters
    ----------
    kind
        ``delay``, ``timetable`` or ``appointment``.
    times
        Of a delay, also of one before a set time, in hours on the clock.
    departures
        Of a timetable, by day of the week (0 Monday), microseconds since midnight.
    n
        Waits that it was found from.
    out_of
        Cases that came there, where not all wait; 0 where all do.
    while_open
        Whether it passes in the hours of the office only.
    stops
        Whether the legal clock stands in it.
    """

    kind: Literal["delay", "timetable", "appointment"]
    times: Times | None = None
    departures: Departures = ()
    n: int = 0
    out_of: int = 0
    while_open: bool = False
    stops: bool = False


def wait_of(
    since: Ints,
    until: Ints,
    due: Ints,
    calendar: Calendar,
    hidden: tuple[Ints, Ints, Ints] | None = None,
) -> Wait | None:
    """What cases wait for between two instants, if it is not for staff; None for nothing.

    Parameters
    ----------
    since, until
        From what was before to when the next could begin, in microseconds; each wait is known.
    due
        The due day of the case, in days, or a number below all days for none.
    calendar
        When the office is open.
    hidden
        Of waits of which the end is not known, since when, and how long they were at least and at
        most.
    """
    lag = until - since
    begun, least, most = (np.empty(0, np.int64),) * 3 if hidden is None else hidden
    is_wait = np.concatenate((lag, least)) > AT_ONCE
    if len(lag) + (least > AT_ONCE).sum() < _FEW or is_wait.mean() <= 1 - _USUAL:
        return None
    if len(lag) < _FEW:
        return _delay(lag, least, most)
    opening = _opening(until, calendar)
    if (opening & (until // DAY == due)).mean() >= _USUAL - 0.2:
        return Wait(kind="appointment", n=len(lag))
    found = timetable_of(since, until, (begun, least, most), calendar)
    if found is not None:
        departures, times = found
        return Wait(kind="timetable", departures=departures, times=times, n=len(lag))
    return _delay(lag, least, most)


def _delay(lag: Ints, least: Ints, most: Ints) -> Wait:
    """A delay, of waits that are known and of others of which bounds are."""
    if not len(least):
        return Wait(kind="delay", times=times_of(lag / HOUR), n=len(lag))
    # Those whose end is hidden by a queue or a closed office are not like the others: leaving them
    # out would leave out most that end at night.
    low = np.concatenate((np.maximum(lag - AT_ONCE, 0), least))
    high = np.concatenate((lag + AT_ONCE, most))
    return Wait(kind="delay", times=times_between(low / HOUR, high / HOUR), n=len(lag))


def _opening(instants: Ints, calendar: Calendar) -> Truths:
    """Whether an instant is the first opening of its day."""
    opens = np.asarray(calendar.opens)
    is_first = np.concatenate(([True], opens[1:] // DAY != opens[:-1] // DAY))
    found: Truths = np.isin(instants, opens[is_first])
    return found


def last_free(
    officer: Ints,
    started: Ints,
    ended: Ints,
    which: Ints,
    calendars: Sequence[Calendar],
    may: Truths,
) -> Ints:
    """When whoever began each piece of work had last been free and on duty, up to that instant.

    What somebody begins the moment it comes, while free, they did not keep waiting.  What is begun
    in a row with other work, or at an opening, came after they had last been free: had it come
    before, they would have begun it then.  In a row with work of which the start or who did it is
    not known, nothing is.

    Parameters
    ----------
    officer, started, ended
        Of each row; an officer of -1 is not known.
    which
        The calendar of each row among ``calendars``.
    may
        Whether each officer may have done each row of those whose officer is not known, in order.

    Returns
    -------
    Ints
        Equal to ``started`` where they were free; below all instants where nothing is known.
    """
    found = np.full(len(started), _UNKNOWN)
    is_used = (started > 0) | (ended > 0)
    nameless = np.flatnonzero(officer < 0)
    for code in range(len(may)):
        own = np.flatnonzero((officer == code) & is_used)
        if not len(own):
            continue
        others = nameless[may[code] & is_used[nameless]]
        rows = np.concatenate((own, others))
        is_known = (officer[rows] == code) & (started[rows] > 0)
        calendar = calendars[which[own[0]]]
        found[own] = _last_free(started[rows], ended[rows], is_known, calendar)[: len(own)]
    return found


def _last_free(started: Ints, ended: Ints, is_known: Truths, calendar: Calendar) -> Ints:
    """The same of one officer, and of rows of which it is not known that they worked on them."""
    instants = np.where(started > 0, started, ended)
    # What goes on before what begins at that instant.
    order = np.lexsort((is_known, instants))
    begun, over, known = instants[order], ended[order], is_known[order]
    free = np.maximum.accumulate(np.where(over > 0, over, begun))
    before = np.concatenate(([_UNKNOWN], free[:-1]))
    opens, closes = np.asarray(calendar.opens), np.asarray(calendar.closes)
    at = np.maximum(np.searchsorted(opens, begun, side="right") - 1, 0)
    is_opening = begun - opens[at] <= _SECOND
    # Before an opening they were last free at the closing before it, if no work was in hand then,
    # and if they are seen at work in that half-day: who is not may have been away.
    half = np.maximum(at - 1, 0)
    last = np.where(is_opening, np.where(before >= opens[half], closes[half], before + 1), begun)
    is_head = (before < np.where(is_opening, last, last - _SECOND)) | ~known
    is_head[0] = True
    value = np.where(known, last, _UNKNOWN)
    value[0] = _UNKNOWN
    # A row without such a gap goes on with that of the row before it.
    head = np.maximum.accumulate(np.where(is_head, np.arange(len(order)), 0))
    found = np.empty(len(order), np.int64)
    found[order] = value[head]
    return found
