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

_FAR: Final = np.timedelta64(20, "D")
_NEAR: Final = np.timedelta64(5, "D")


def cleaned(log: EventLog) -> EventLog:
    """The log to learn from: what stands twice once, dates turned back, no start of an upload.

    When the work on what was uploaded at one instant began, nobody knows; that it was done, and by
    whom, counts.
    """
    again, together = duplicated(log), uploaded(log)
    begun, ended = (log.work[name].to_numpy(INSTANT) for name in ("started_at", "ended_at"))
    begun, ended = turned_back(begun, ended)
    begun[together & ~np.isnat(ended)] = np.datetime64("NaT")
    work = log.work.assign(started_at=begun, ended_at=ended)[~again]
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


def turned_back(
    begun: NDArray[np.datetime64], ended: NDArray[np.datetime64]
) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    """Starts and ends with day and month the other way where they are far apart, but near then."""
    turned = begun.copy(), ended.copy()
    far = np.flatnonzero((np.abs(ended - begun) > _FAR) & ~np.isnat(begun) & ~np.isnat(ended))
    for one, other, into, sign in ((begun, ended, turned[0], 1), (ended, begun, turned[1], -1)):
        moved = with_day_and_month_turned(one[far])
        gap = (other[far] - moved) * sign
        is_near = (gap >= np.timedelta64(0)) & (gap <= _NEAR) & ~np.isnat(moved)
        # Where either would do, the start counts as the one that is wrong.
        is_near &= turned[0][far] == begun[far]
        into[far[is_near]] = moved[is_near]
    return turned


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
