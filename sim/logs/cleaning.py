"""What is wrong in the rows of a log and can be put right, and the log with that done."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.logs.event_log import INSTANT, EventLog, instant_of

Truths = NDArray[np.bool_]

_TOGETHER: Final = 10
_TOGETHER_BY_MINUTE: Final = 30
"""So many cases at one instant are an upload, where instants have seconds and where they do not."""

_MANY: Final = 10
_NEARLY_ALL: Final = 0.95
_HARDLY: Final = 0.02
_FOREIGN: Final = 0.25
"""An account is lent on days with so many rows or more, of which it has nearly all, if so many of
them are of steps that are hardly any of its work on other days."""

_OF_CASE: Final = ("filed_at", "closed_at")
_FAR: Final = np.timedelta64(20, "D")
_NEAR: Final = np.timedelta64(5, "D")


def cleaned(log: EventLog) -> EventLog:
    """The log to learn from: what stands twice once, dates turned back, no start of an upload.

    When the work on what was uploaded at one instant began, nobody knows, nor who did what was
    entered under one account; that it was done counts.
    """
    begun, ended = turned_back(log)
    begun[uploaded(log) & ~np.isnat(ended)] = np.datetime64("NaT")
    work = log.work.assign(started_at=begun, ended_at=ended)
    work.loc[under_one_account(log), "officer"] = None
    work = work[~duplicated(log)]
    order = np.lexsort((instant_of(work), work["case"].cat.codes))
    return EventLog(
        name=log.name,
        work=work.iloc[order].reset_index(drop=True),
        cases=log.cases,
        mapping=log.mapping,
        findings=log.findings,
    )


def duplicated(log: EventLog) -> Truths:
    """Which rows of the work say the same as one before."""
    work = log.work
    codes = {name: work[name].cat.codes for name in ("case", "step", "officer", "office")}
    instants = {name: work[name] for name in ("ready_at", "started_at", "ended_at")}
    found: Truths = pd.DataFrame({**codes, **instants}).duplicated().to_numpy()
    return found


def uploaded(log: EventLog) -> Truths:
    """Which rows were entered at an instant that many share."""
    instants, is_known = entered(log), has_time(log.when)
    if not is_known.any():
        return is_known
    is_by_minute = bool((instants == instants.astype("datetime64[m]").astype(INSTANT)).all())
    _, inverse, counts = np.unique(instants, return_inverse=True, return_counts=True)
    # Of those that work at once no more than a few end in the same second.
    found: Truths = is_known & (
        counts[inverse] >= (_TOGETHER_BY_MINUTE if is_by_minute else _TOGETHER)
    )
    return found


def entered(log: EventLog) -> NDArray[np.datetime64]:
    """When each row was entered: at its end, since many may well begin as the office opens."""
    ended = log.work["ended_at"].to_numpy(INSTANT)
    return np.where(np.isnat(ended), log.when, ended)


def has_time(when: NDArray[np.datetime64]) -> Truths:
    """Which instants are more than a date."""
    found: Truths = when != when.astype("datetime64[D]").astype(INSTANT)
    return found


def turned_back(log: EventLog) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    """Starts and ends, with day and month the other way where only that makes sense of them.

    A start and an end are far apart, but near then; or an end without a start is far from its
    case, but within it then.
    """
    begun, ended = (log.work[name].to_numpy(INSTANT).copy() for name in ("started_at", "ended_at"))
    gap = ended - begun
    far = np.flatnonzero(np.abs(gap) > _FAR)
    starts = with_day_and_month_turned(begun[far])
    ends = with_day_and_month_turned(ended[far])
    usual = _usual_instants(log)[far]
    turns_start, turns_end = _is_soon(ended[far] - starts), _is_soon(ends - begun[far])
    # Where either would do, the one that is nearer to the rest of the case is right.
    is_end = np.abs(begun[far] - usual) <= np.abs(ended[far] - usual)
    turns_start &= ~(turns_end & is_end)
    turns_end &= ~turns_start
    begun[far[turns_start]] = starts[turns_start]
    ended[far[turns_end]] = ends[turns_end]
    filed, closed = (log.cases[name].to_numpy(INSTANT)[log.case_of] for name in _OF_CASE)
    lone = np.flatnonzero(np.isnat(begun) & ((filed - ended > _FAR) | (ended - closed > _FAR)))
    ends = with_day_and_month_turned(ended[lone])
    fits = (ends >= filed[lone]) & (ends <= closed[lone])
    ended[lone[fits]] = ends[fits]
    return begun, ended


def _usual_instants(log: EventLog) -> NDArray[np.datetime64]:
    """Of each row, the median of the starts and ends of its case."""
    instants = log.work[["started_at", "ended_at"]].stack().droplevel(1)
    found: NDArray[np.datetime64] = (
        instants.groupby(log.case_of[instants.index])
        .median()
        .reindex(log.case_of)
        .to_numpy(INSTANT)
    )
    return found


def _is_soon(gap: NDArray[np.timedelta64]) -> Truths:
    found: Truths = (gap >= np.timedelta64(0)) & (gap <= _NEAR)
    return found


def under_one_account(log: EventLog) -> Truths:
    """Which rows stand under an account that for some days does nearly everything.

    On such a day it does what it hardly ever does on others: somebody lent it.
    """
    officer = log.work["officer"].cat.codes.to_numpy(np.int64)
    step = log.work["step"].cat.codes.to_numpy(np.int64)
    _, day = np.unique(log.when.astype("datetime64[D]"), return_inverse=True)
    none = np.zeros(len(officer), np.bool_)
    known = officer >= 0
    if not known.any():
        return none
    by_day = np.zeros((day.max() + 1, officer.max() + 1), np.int64)
    np.add.at(by_day, (day[known], officer[known]), 1)
    chief = by_day.argmax(axis=1)
    n = by_day.sum(axis=1)
    is_alone = (n >= _MANY) & (by_day.max(axis=1) >= _NEARLY_ALL * n)
    others = known & ~is_alone[day]
    usual = np.zeros((officer.max() + 1, step.max() + 1), np.int64)
    np.add.at(usual, (officer[others], step[others]), 1)
    hardly = usual < _HARDLY * usual.sum(axis=1, keepdims=True)
    foreign = np.bincount(day[known & hardly[officer, step]], minlength=len(n))
    is_lent = is_alone & (foreign >= _FOREIGN * n)
    found: Truths = is_lent[day] & (officer == chief[day])
    return found


def with_day_and_month_turned(instants: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Instants with day and month the other way; NaT where that is no date, or no other."""
    months = instants.astype("datetime64[M]")
    day = (instants.astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64) + 1
    year = months.astype("datetime64[Y]")
    month = (months - year.astype("datetime64[M]")).astype(np.int64) + 1
    time = instants - instants.astype("datetime64[D]").astype(INSTANT)
    can = (day <= 12) & (day != month)
    swapped = year.astype("datetime64[M]") + np.where(can, day, 1) - 1
    found: NDArray[np.datetime64] = (swapped.astype("datetime64[D]") + month - 1).astype(
        INSTANT
    ) + time
    found[~can] = np.datetime64("NaT")
    return found
