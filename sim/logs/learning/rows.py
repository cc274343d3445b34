"""The rows of a log as arrays of numbers, ready to be learnt from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Calendar, open_between
from sim.logs.event_log import INSTANT, EventLog
from sim.logs.learning.hours import EPOCH, Hours
from sim.logs.learning.people import Person, calendar_of
from sim.logs.overview import arrivals_of, open_cases
from sim.units import DAY, MINUTE

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

_BEYOND: Final = dt.timedelta(days=120)
"""Due days lie behind the end of a log."""

_AT_TIMES: Final = 0.02

NONE: Final = np.iinfo(np.int64).min
"""Stands where an instant is not known."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Work and cases as numbers; instants in microseconds since 1970, :data:`NONE` for none.

    Parameters
    ----------
    case, step, officer
        Of each row of the work, in the order of cases and time; an officer of -1 is not known.
    on_duty
        Minutes from start to end in which whoever did it was on duty; NaN where not known.
    calendars, which
        When those who did the work are on duty, and the calendar of each row.
    filed, closed, due, is_open
        Of each case; ``due`` in days.
    """

    case: Ints
    step: Ints
    officer: Ints
    ready: Ints
    started: Ints
    ended: Ints
    on_duty: NDArray[np.float64]
    filed: Ints
    closed: Ints
    due: Ints
    is_open: Truths
    outcome: Ints
    steps: tuple[str, ...]
    outcomes: tuple[str, ...]
    calendar: Calendar
    calendars: tuple[Calendar, ...]
    which: Ints
    file: str

    @property
    def weekdays(self) -> Ints:
        """All days that are of the week on which the office works, closed or not."""
        days = np.unique(np.asarray(self.calendar.opens) // DAY)
        every = np.arange(days[0], days[-1] + 1)
        found: Ints = every[np.isin(every % 7, days % 7)]
        return found

    @property
    def has_ready(self) -> bool:
        """Whether the log says when work could begin."""
        return bool((self.ready != NONE).mean() > 0.5)

    @property
    def has_starts(self) -> bool:
        """Whether the log says when work began."""
        return bool((self.started != NONE).any())

    @property
    def has_ends_alone(self) -> bool:
        """Whether all that the log says of a piece of work is when it ended."""
        return not self.has_starts and not self.has_ready

    @property
    def when(self) -> Ints:
        """When each row began, or else ended, or else was ready."""
        found = np.where(self.started != NONE, self.started, self.ended)
        return np.where(found != NONE, found, self.ready)

    @property
    def may_have_done(self) -> Truths:
        """Whether each officer may have done each row without one: they do its step at times."""
        named = self.officer >= 0
        counts = np.zeros((self.officer.max(initial=-1) + 1, len(self.steps)), np.int64)
        np.add.at(counts, (self.officer[named], self.step[named]), 1)
        does = counts >= _AT_TIMES * counts.sum(axis=0)
        found: Truths = does[:, self.step[~named]]
        return found


def span_of(log: EventLog) -> tuple[dt.date, dt.date]:
    """The days of the first and the last instant of a log."""
    values = [log.work[name].to_numpy(INSTANT) for name in ("started_at", "ended_at")]
    values += [log.cases[name].to_numpy(INSTANT) for name in ("filed_at", "closed_at")]
    known = np.concatenate([each[~np.isnat(each)] for each in values])
    days = known.astype("datetime64[D]").astype(np.int64)
    return EPOCH + dt.timedelta(days=int(days.min())), EPOCH + dt.timedelta(days=int(days.max()))


def rows_of(log: EventLog, hours: Hours, people: tuple[Person, ...]) -> Rows:
    """The rows of a log, with the time on duty of each piece of work."""
    work, cases = log.work, log.cases
    first, last = span_of(log)
    calendar = hours.calendar(first, last + _BEYOND)
    officer = work["officer"].cat.codes.to_numpy(np.int64)
    ready, started, ended = (
        _numbers(work[name].to_numpy(INSTANT)) for name in ("ready_at", "started_at", "ended_at")
    )
    is_open, _ = open_cases(log)
    due = cases["due_on"].to_numpy("datetime64[D]")
    calendars, which = _calendars(log, officer, calendar, people)
    return Rows(
        case=log.case_of,
        step=work["step"].cat.codes.to_numpy(np.int64),
        officer=officer,
        ready=ready,
        started=started,
        ended=ended,
        on_duty=_on_duty(started, ended, calendars, which),
        filed=_numbers(arrivals_of(log)),
        closed=_numbers(cases["closed_at"].to_numpy(INSTANT)),
        due=np.where(np.isnat(due), NONE, due.astype(np.int64)),
        is_open=is_open,
        outcome=cases["outcome"].cat.codes.to_numpy(np.int64),
        steps=tuple(map(str, work["step"].cat.categories)),
        outcomes=tuple(map(str, cases["outcome"].cat.categories)),
        calendar=calendar,
        calendars=calendars,
        which=which,
        file=log.name,
    )


def _numbers(instants: NDArray[np.datetime64]) -> Ints:
    found = instants.astype(np.int64)
    found[np.isnat(instants)] = NONE
    return found


def _calendars(
    log: EventLog, officer: Ints, calendar: Calendar, people: tuple[Person, ...]
) -> tuple[tuple[Calendar, ...], Ints]:
    """When people are on duty, each calendar once, and the one of each row."""
    calendars = [calendar]
    which = np.zeros(len(officer), np.int64)
    codes = {str(name): at for at, name in enumerate(log.work["officer"].cat.categories)}
    for person in people:
        own = calendar_of(person, calendar)
        if own is not calendar:
            which[officer == codes[person.name]] = len(calendars)
            calendars.append(own)
    return tuple(calendars), which


def _on_duty(
    started: Ints, ended: Ints, calendars: tuple[Calendar, ...], which: Ints
) -> NDArray[np.float64]:
    found = np.full(len(started), np.nan)
    known = np.flatnonzero((started != NONE) & (ended != NONE) & (ended >= started))
    times = open_between(calendars, which[known], started[known], ended[known])
    found[known] = times / MINUTE
    return found
