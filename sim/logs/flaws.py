"""What is wrong with the data of a log, each with a count and an example."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.language import date_in_words, say
from sim.logs.cleaning import (
    duplicated,
    entered,
    has_time,
    turned_back,
    under_one_account,
    uploaded,
)
from sim.logs.event_log import INSTANT, EventLog, Finding, Flaw
from sim.logs.overview import hour_of, weekday_of
from sim.public_holidays import public_holidays

Truths = NDArray[np.bool_]

_NIGHT: Final = (22, 5)
_MOST_STEPS: Final = 200
_GAP: Final = 3
"""So many working days in a row without an event are a gap."""

_LONG_AGO: Final = np.datetime64("1990-01-01")


def flaws_of(log: EventLog) -> tuple[Finding, ...]:
    """Everything that is found wrong, that of reading first."""
    return (
        *log.findings,
        *_of_starts(log),
        *_of_instants(log),
        *_of_officers(log),
        *_of_cases(log),
    )


def _finding(log: EventLog, flaw: Flaw, which: Truths, example: str | None = None) -> Finding:
    at = int(np.flatnonzero(which)[0])
    row = log.work.iloc[at]
    told = (
        say("{what} of case {case}", what=row["step"], case=row["case"])
        if example is None
        else example
    )
    return Finding(
        flaw=flaw, count=int(which.sum()), out_of=len(which), row=int(row["row"]), example=told
    )


def _of_starts(log: EventLog) -> Iterator[Finding]:
    begun, ended = (log.work[name].to_numpy(INSTANT) for name in ("started_at", "ended_at"))
    has_ended = ~np.isnat(ended)
    missing = np.isnat(begun) & has_ended
    if not log.has_starts:
        if missing.any():
            yield _finding(log, Flaw.NO_STARTS, missing)
    elif missing.any():
        yield _finding(log, Flaw.MISSING_STARTS, missing)
    unended = ~np.isnat(begun) & ~has_ended
    if unended.any():
        yield _finding(log, Flaw.MISSING_ENDS, unended)
    backward = ended < begun
    if backward.any():
        yield _finding(log, Flaw.ENDS_BEFORE_STARTS, backward)
    turned = turned_back(log)
    swapped = (turned[0] != begun) & ~np.isnat(begun) | (turned[1] != ended) & ~np.isnat(ended)
    if swapped.any():
        at = int(np.flatnonzero(swapped)[0])
        told = say("{low} to {high}", low=_shown(begun[at]), high=_shown(ended[at]))
        yield _finding(log, Flaw.SWAPPED, swapped, told)


def _shown(instant: np.datetime64) -> str:
    time = str(instant.astype("datetime64[m]")).partition("T")[2]
    return f"{_day(instant)} {time}"


def _day(instant: np.datetime64) -> str:
    return date_in_words(instant.astype("datetime64[D]").item(), is_plain=True)


def _of_instants(log: EventLog) -> Iterator[Finding]:
    when, case = log.when, log.case_of
    step = log.work["step"].cat.codes.to_numpy()
    ended = log.work["ended_at"].to_numpy(INSTANT)
    same = np.zeros(len(when), np.bool_)
    same[1:] = (when[1:] == when[:-1]) & (case[1:] == case[:-1]) & (step[1:] != step[:-1])
    same[1:] &= (ended[1:] == ended[:-1]) | np.isnat(ended[1:]) | np.isnat(ended[:-1])
    if same.any():
        at = int(np.flatnonzero(same)[0])
        steps = log.work["step"]
        told = say(
            "{first} and {second} of case {case}",
            first=steps.iat[at - 1],
            second=steps.iat[at],
            case=log.work["case"].iat[at],
        )
        yield _finding(log, Flaw.EQUAL_INSTANTS, same, told)
    together = uploaded(log)
    if together.any():
        instants, counts = np.unique(entered(log)[together], return_counts=True)
        most = int(np.argmax(counts))
        told = say("{n} at {instant}", n=counts[most], instant=_shown(instants[most]))
        yield _finding(log, Flaw.AT_ONE_INSTANT, together, told)
    hours = hour_of(when)
    is_work = (log.work["started_at"].notna() | log.work["ended_at"].notna()).to_numpy()
    nights = is_work & has_time(when) & ((hours >= _NIGHT[0]) | (hours < _NIGHT[1]))
    if nights.any():
        at = int(np.flatnonzero(nights)[0])
        yield _finding(log, Flaw.NIGHTS, nights, _shown(when[at]))
    again = duplicated(log)
    if again.any():
        yield _finding(log, Flaw.DUPLICATES, again)
    for flaw, which in (
        (Flaw.FUTURE, when > np.datetime64(dt.datetime.now() + dt.timedelta(days=1))),
        (Flaw.LONG_AGO, when < _LONG_AGO),
    ):
        if which.any():
            yield _finding(log, flaw, which, _shown(when[int(np.flatnonzero(which)[0])]))
    yield from _gaps(when)


def _gaps(when: NDArray[np.datetime64]) -> Iterator[Finding]:
    """Stretches of working days on which nothing happened."""
    days = np.unique(when.astype("datetime64[D]"))
    first, last = days[0], days[-1]
    years = range(first.astype("datetime64[Y]").item().year, last.item().year + 1)
    if len(years) > 50:
        return  # a date gone wrong stretches the log: it is told as such
    off = np.asarray(sorted(public_holidays("VN", years).dates_off()), "datetime64[D]")
    every = np.arange(first, last + 1)
    working = every[(weekday_of(every) < 5) & ~np.isin(every, off)]
    is_still = ~np.isin(working, days)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], is_still.astype(np.int8), [0]))))
    runs = [
        (begin, end)
        for begin, end in zip(edges[::2], edges[1::2], strict=True)
        if end - begin >= _GAP
    ]
    if runs:
        begin, end = max(runs, key=lambda run: run[1] - run[0])
        yield Finding(
            flaw=Flaw.GAPS,
            count=sum(int(end - begin) for begin, end in runs),
            out_of=len(working),
            example=say("{low} to {high}", low=_day(working[begin]), high=_day(working[end - 1])),
        )


def _of_officers(log: EventLog) -> Iterator[Finding]:
    codes = log.work["officer"].cat.codes.to_numpy()
    is_begun = (log.work["started_at"].notna() | log.work["ended_at"].notna()).to_numpy()
    missing = (codes < 0) & is_begun
    if (codes < 0).all() and missing.any():
        yield _finding(log, Flaw.NO_OFFICERS, missing)
        return
    if missing.any():
        yield _finding(log, Flaw.MISSING_OFFICERS, missing)
    counts = np.bincount(codes[codes >= 0], minlength=1)
    most = int(np.argmax(counts))
    steps = log.work["step"].cat.codes.to_numpy()
    n_steps = len(np.unique(steps[codes == most]))
    n_all = len(np.unique(steps))
    is_much = counts[most] >= 0.6 * len(codes) and n_steps >= 0.8 * n_all
    if is_much and n_all > 2 and len(codes) >= 20:
        name = log.work["officer"].cat.categories[most]
        yield _finding(
            log, Flaw.ONE_ACCOUNT, codes == most, say("{name} at {n} steps", name=name, n=n_steps)
        )
    lent = under_one_account(log)
    if lent.any():
        yield _finding(log, Flaw.LENT_ACCOUNT, lent)


def _of_cases(log: EventLog) -> Iterator[Finding]:
    n_cases, case = len(log.cases), log.case_of
    names = log.cases["case"]
    if n_cases == 1:
        yield Finding(flaw=Flaw.ONE_CASE, count=1, out_of=1, example=str(names.iat[0]))
    n_rows = np.bincount(case, minlength=n_cases)
    single = n_rows == 1
    if n_cases > 1 and single.mean() > 0.5:
        at = int(np.flatnonzero(single)[0])
        yield Finding(
            flaw=Flaw.ONE_EVENT,
            count=int(single.sum()),
            out_of=n_cases,
            example=say("case {case}", case=names.iat[at]),
        )
    n_steps = log.work["step"].nunique()
    if n_steps > _MOST_STEPS:
        counts = np.bincount(log.work["step"].cat.codes)
        rare = int(np.argmin(counts))
        yield Finding(
            flaw=Flaw.MANY_STEPS,
            count=n_steps,
            out_of=len(log.work),
            example=str(log.work["step"].cat.categories[rare]),
        )
    filed, due = (log.cases[name].to_numpy(INSTANT) for name in ("filed_at", "due_on"))
    first = np.full(n_cases, np.datetime64("NaT"), INSTANT)
    first[case[::-1]] = log.when[::-1]
    for flaw, which in (
        (Flaw.WORK_BEFORE_FILING, first < filed),
        (Flaw.DUE_BEFORE_FILING, due < filed.astype("datetime64[D]")),
    ):
        if which.any():
            at = int(np.flatnonzero(which)[0])
            yield Finding(
                flaw=flaw,
                count=int(which.sum()),
                out_of=n_cases,
                example=say("case {case}", case=names.iat[at]),
            )
