"""What a log shows: how many cases, their ways, who works when, arrivals, times, what is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.estimate import Interval, estimate
from sim.logs.event_log import INSTANT, EventLog
from sim.logs.intervals import share_interval
from sim.logs.ways import Way, ways_of

_DAY: Final = np.timedelta64(1, "D")
_MINUTE: Final = 60e6
_HOUR: Final = 3600e6
_USUAL_LAST: Final = 0.05
"""A step with which so large a share of the cases ends is one with which cases end."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many there are of something."""

    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTimes:
    """How long a step takes, and how long cases wait for it.

    ``handling`` is from start to end in minutes on the clock, nights included; ``waiting`` from
    ready, or else from the end of what the case had before, to start, in hours on the clock.  None
    where the log does not tell.
    """

    step: str
    count: int
    n_officers: int
    handling: Interval | None
    handling_median: float
    waiting: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerHours:
    """When somebody works: the usual first and last half-hour, and on how many days."""

    name: str
    count: int
    n_days: int
    first: dt.time
    last: dt.time


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """How many cases came, by month of the calendar, day of the week (0 Monday) and hour."""

    by_month: tuple[Count, ...]
    by_weekday: tuple[int, ...]
    by_hour: tuple[int, ...]
    is_filing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What a log shows.

    Parameters
    ----------
    ways
        The most frequent first; ``n_ways`` counts all.
    week
        Starts and ends of work by day of the week (rows, from Monday) and hour of the day.
    on_time
        Share of the cases with a due date that are done, that were done by it; None without one.
    n_late_open
        Open cases that are past their due date when the log ends.
    n_open
        Cases that are open when the log ends; ``is_open_known`` says whether the log tells, or it
        is judged by the steps with which cases usually end.
    """

    name: str
    first: dt.datetime
    last: dt.datetime
    n_cases: int
    n_work: int
    steps: tuple[StepTimes, ...]
    channels: tuple[Count, ...]
    bundles: tuple[Count, ...]
    ways: tuple[Way, ...]
    n_ways: int
    week: tuple[tuple[int, ...], ...]
    officers: tuple[OfficerHours, ...]
    n_officers: int
    arrivals: Arrivals
    sojourn: Interval | None
    on_time: Interval | None
    n_late_open: int
    n_open: int
    is_open_known: bool


_MOST_STEPS: Final = 200
_MOST_OFFICERS: Final = 200


def overview(log: EventLog) -> Overview:
    """Look through a log."""
    when, case = log.when, log.case_of
    first, last = _extent(log)
    starts = np.flatnonzero(np.concatenate(([True], case[1:] != case[:-1])))
    found = ways_of(log)
    closed_at = _ends(log)
    is_open, is_known = open_cases(log)
    due_on = log.cases["due_on"].to_numpy(INSTANT)
    done_at = log.cases["done_at"].to_numpy(INSTANT)
    done_at = np.where(np.isnat(done_at), closed_at, done_at)
    is_judged = ~np.isnat(due_on) & ~np.isnat(done_at) & ~is_open
    on_time = done_at < due_on + _DAY
    filed = arrivals_of(log)
    sojourn = (closed_at - filed)[~is_open & ~np.isnat(closed_at) & ~np.isnat(filed)]
    return Overview(
        name=log.name,
        first=pd.Timestamp(first).to_pydatetime(),
        last=pd.Timestamp(last).to_pydatetime(),
        n_cases=len(log.cases),
        n_work=len(log.work),
        steps=tuple(_steps(log, starts)),
        channels=_counts(log.cases["channel"]),
        bundles=_counts(log.cases["bundle"]),
        ways=found.ways,
        n_ways=found.n_ways,
        week=_week(log),
        officers=tuple(_officers(log, when)),
        n_officers=log.work["officer"].nunique(),
        arrivals=_arrivals(filed, is_filing=bool(log.cases["filed_at"].notna().any())),
        sojourn=_interval(sojourn, _DAY.astype("timedelta64[us]").astype(float)),
        on_time=share_interval(int((on_time & is_judged).sum()), int(is_judged.sum())),
        n_late_open=int((is_open & ~np.isnat(due_on) & (due_on + _DAY <= last)).sum()),
        n_open=int(is_open.sum()),
        is_open_known=is_known,
    )


def arrivals_of(log: EventLog) -> NDArray[np.datetime64]:
    """When each case came: when it was filed, or else its first instant."""
    filed = log.cases["filed_at"].to_numpy(INSTANT).copy()
    first = np.full(len(log.cases), np.datetime64("NaT"), INSTANT)
    ready = log.work["ready_at"].to_numpy(INSTANT)
    instants = np.where(np.isnat(ready), log.when, ready)
    case = log.case_of
    first[case[::-1]] = instants[::-1]
    return np.where(np.isnat(filed), first, filed)


def _extent(log: EventLog) -> tuple[np.datetime64, np.datetime64]:
    columns = [
        values[~np.isnat(values)]
        for name in ("ready_at", "started_at", "ended_at")
        if len(values := log.work[name].to_numpy(INSTANT))
    ]
    known = [values for values in columns if len(values)]
    return min(each.min() for each in known), max(each.max() for each in known)


def _ends(log: EventLog) -> NDArray[np.datetime64]:
    """When each case was closed, or else the end of its last work."""
    closed: NDArray[np.datetime64] = log.cases["closed_at"].to_numpy(INSTANT).copy()
    if not np.isnat(closed).all():
        return closed
    ended = log.work["ended_at"].to_numpy(INSTANT)
    last = np.full(len(log.cases), np.iinfo(np.int64).min)
    known = ~np.isnat(ended)
    np.maximum.at(last, log.case_of[known], ended[known].astype(np.int64))
    found = last.astype(INSTANT)
    found[last == np.iinfo(np.int64).min] = np.datetime64("NaT")
    return found


def open_cases(log: EventLog) -> tuple[NDArray[np.bool_], bool]:
    """Which cases are open when the log ends, and whether the log says so."""
    closed = log.cases["closed_at"].notna().to_numpy()
    if closed.any():
        return ~closed, True
    case, step = log.case_of, log.work["step"].cat.codes.to_numpy()
    starts = np.flatnonzero(np.concatenate(([True], case[1:] != case[:-1])))
    last = np.concatenate((starts[1:], [len(case)])) - 1
    share = np.bincount(step[last], minlength=step.max() + 1) / len(last)
    found = np.ones(len(log.cases), np.bool_)
    found[case[last]] = share[step[last]] < _USUAL_LAST
    has_open_work = np.isnat(log.work["ended_at"].to_numpy(INSTANT))
    found[case[has_open_work]] = True
    return found, False


def _steps(log: EventLog, starts: Ints) -> Iterator[StepTimes]:
    work = log.work
    step = work["step"].cat.codes.to_numpy()
    names = work["step"].cat.categories
    begun, ended = (work[name].to_numpy(INSTANT) for name in ("started_at", "ended_at"))
    handling = (ended - begun).astype(np.int64) / _MINUTE
    handling[np.isnat(begun) | np.isnat(ended) | (ended < begun)] = np.nan
    waiting = _waiting(log, starts)
    officer = work["officer"].cat.codes.to_numpy()
    pairs = np.unique(step.astype(np.int64) * (officer.max(initial=0) + 2) + officer + 1)
    n_officers = np.bincount(
        pairs[pairs % (officer.max(initial=0) + 2) > 0] // (officer.max(initial=0) + 2),
        minlength=len(names),
    )
    counts = np.bincount(step, minlength=len(names))
    order = np.argsort(step, kind="stable")
    edges = np.concatenate(([0], np.cumsum(counts)))
    for code in np.argsort(-counts, kind="stable")[:_MOST_STEPS]:
        rows = order[edges[code] : edges[code + 1]]
        times = handling[rows]
        known = times[~np.isnan(times)]
        yield StepTimes(
            step=str(names[code]),
            count=int(counts[code]),
            n_officers=int(n_officers[code]),
            handling=_interval_of(known),
            handling_median=float(np.median(known)) if len(known) else np.nan,
            waiting=_interval_of(waiting[rows][~np.isnan(waiting[rows])]),
        )


def _waiting(log: EventLog, starts: Ints) -> NDArray[np.float64]:
    """Hours from ready, or from the end of what the case had before, to start; NaN if unknown."""
    work = log.work
    ready, begun, ended = (
        work[name].to_numpy(INSTANT) for name in ("ready_at", "started_at", "ended_at")
    )
    before = np.concatenate(([np.datetime64("NaT")], ended[:-1])).astype(INSTANT)
    filed = log.cases["filed_at"].to_numpy(INSTANT)
    before[starts] = filed[log.case_of[starts]]
    since = np.where(np.isnat(ready), before, ready)
    found: NDArray[np.float64] = (begun - since).astype(np.int64) / _HOUR
    found[np.isnat(begun) | np.isnat(since) | (begun < since)] = np.nan
    return found


def _interval(times: NDArray[np.timedelta64], unit: float) -> Interval | None:
    return _interval_of(times.astype(np.int64) / unit)


def _interval_of(values: NDArray[np.float64]) -> Interval | None:
    return estimate(values) if len(values) else None


def _counts(column: pd.Series) -> tuple[Count, ...]:
    found = column.value_counts()
    return tuple(Count(name=str(name), count=int(count)) for name, count in found.items() if count)


def _week(log: EventLog) -> tuple[tuple[int, ...], ...]:
    places = np.zeros(7 * 24, np.int64)
    for name in ("started_at", "ended_at"):
        values = log.work[name].to_numpy(INSTANT)
        values = values[~np.isnat(values)]
        places += np.bincount(weekday_of(values) * 24 + hour_of(values), minlength=7 * 24)
    return tuple(map(tuple, places.reshape(7, 24).tolist()))


def weekday_of(instants: NDArray[np.datetime64]) -> Ints:
    """The day of the week of instants, 0 for Monday."""
    # The first day of 1970 was a Thursday.
    found: Ints = (instants.astype("datetime64[D]").astype(np.int64) + 3) % 7
    return found


def hour_of(instants: NDArray[np.datetime64]) -> Ints:
    """The hour of the day of instants, 0 to 23."""
    found: Ints = instants.astype("datetime64[h]").astype(np.int64) % 24
    return found


def _officers(log: EventLog, when: NDArray[np.datetime64]) -> Iterator[OfficerHours]:
    """Those with most work first; the half-hours leave out one day in twenty at either end."""
    column = log.work["officer"]
    codes = column.cat.codes.to_numpy()
    frame = pd.DataFrame({"officer": codes, "day": when.astype("datetime64[D]").astype(np.int64)})
    ended = log.work["ended_at"].to_numpy(INSTANT)
    late = np.where(np.isnat(ended), when, ended)
    midnight = frame["day"].to_numpy() * 86_400_000_000
    frame["from"] = when.astype(np.int64) - midnight
    is_same = late.astype("datetime64[D]").astype(np.int64) == frame["day"].to_numpy()
    frame["to"] = np.where(is_same, late.astype(np.int64) - midnight, frame["from"])
    frame = frame[codes >= 0]
    if frame.empty:
        return
    days = frame.groupby(["officer", "day"], sort=False).agg(
        begun=("from", "min"), ended=("to", "max"), n=("from", "size")
    )
    by = days.groupby("officer")
    found = pd.DataFrame(
        {
            "n": by["n"].sum(),
            "days": by.size(),
            "first": by["begun"].quantile(0.05),
            "last": by["ended"].quantile(0.95),
        }
    ).sort_values("n", ascending=False, kind="stable")
    for code, row in found.head(_MOST_OFFICERS).iterrows():
        yield OfficerHours(
            name=str(column.cat.categories[code]),
            count=int(row["n"]),
            n_days=int(row["days"]),
            first=_half_hour(row["first"]),
            last=_half_hour(row["last"]),
        )


def _half_hour(microseconds: float) -> dt.time:
    half = min(round(microseconds / 1.8e9), 47)
    return dt.time(half // 2, half % 2 * 30)


def _arrivals(filed: NDArray[np.datetime64], *, is_filing: bool) -> Arrivals:
    known = filed[~np.isnat(filed)]
    months = known.astype("datetime64[M]")
    names, counts = np.unique(months, return_counts=True)
    by_name: Mapping[str, int] = dict(zip(names.astype(str).tolist(), counts.tolist(), strict=True))
    return Arrivals(
        by_month=tuple(Count(name=name, count=count) for name, count in by_name.items()),
        by_weekday=tuple(np.bincount(weekday_of(known), minlength=7).tolist()),
        by_hour=tuple(np.bincount(hour_of(known), minlength=24).tolist()),
        is_filing=is_filing,
    )
