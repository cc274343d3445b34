"""What ends alone tell of waits: hours of the office from one end to the next, as they passed.

Without starts, a queue, other work and rest are one.  What ends soon after what was before was in
the same hands; what does not is said to have lain, a share of the cases for so long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Calendar, open_between
from sim.logs.learning.censored import times_beside, times_between
from sim.logs.learning.change import last_change
from sim.logs.learning.parts import Extension
from sim.logs.learning.rows import NONE, Rows
from sim.logs.learning.waits import Wait
from sim.logs.learning.ways_back import is_repeat
from sim.units import DAY, HOUR, MINUTE

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

_IN_HAND: Final = HOUR
"""Hours of the office within which the next end belongs to the same sitting."""

_FEW: Final = 5
ENOUGH: Final = 50
"""So many of one channel speak for themselves; fewer are told by all."""

FAR: Final = 100 * 365 * DAY
"""Longer than any wait."""

NOTHING: Final = np.zeros(0, np.int64)

_BY_CHANCE: Final = 1e-3
_NEVER: Final = 0.01
"""A wait that fewer cases have is not written."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ends:
    """A log of ends alone, as lags.

    Parameters
    ----------
    since
        Of each row, when what was before it was over.
    lag
        Of each row, the hours of the office since the end before it, or since filing, in
        microseconds; below 0 where that is not known.
    within
        What the lag could have been at most for the log to show it: without a limit but of first
        steps, since a case that has none is in no log.
    is_first
        Which rows are the first of their step in their case.
    worked, at_end, is_closed
        Of each case, the lag between its filing and its last end, and that between this and its
        own end, or that of the log.
    of_case, step
        Of each row.
    recent
        Of each case, whether it tells of how it is today.
    """

    since: Ints
    lag: Ints
    within: Ints
    is_first: Truths
    worked: Ints
    at_end: Ints
    is_closed: Truths
    of_case: Ints
    step: Ints
    recent: Truths

    def before(self, step: int, cases: Truths) -> Wait | None:
        """What passes before a step when some cases come to it first."""
        known = self.is_first & (self.step == step) & (self.lag >= 0)
        rows = np.flatnonzero(known)
        rows = rows[np.argsort(self.since[rows], kind="stable")]
        # What lies before the first step is outside of what recent cases are recent by.
        is_recent = self.recent[self.of_case] | (self.within < FAR)
        # Steps also change at times of their own, as when somebody takes them over.  A case filed
        # near the end is seen only if it was quick: that is no change.
        shown = rows[self.within[rows] >= np.quantile(self.lag[rows], 0.95)]
        at = last_change(self.lag[shown] / HOUR)
        if at:
            is_recent[rows[: int(np.flatnonzero(rows == shown[at])[0])]] = False
        rows = enough(known & cases[self.of_case], known, is_recent)
        return wait_of_ends(self.lag[rows], within=self.within[rows])

    def at(self, rows: Ints) -> Wait | None:
        """What passes before some rows."""
        return wait_of_ends(self.lag[rows][self.lag[rows] >= 0])

    def ends_by_filing(self, done: Truths, cases: Truths) -> bool:
        """Whether cases that had their last step late wait less for their end.

        It is then the time since filing that ends them, as a due date does, and not that since the
        last step.
        """
        from scipy.stats import spearmanr

        which = _of(done & cases & self.is_closed, done & self.is_closed)
        worked, waited = self.worked[which], self.at_end[which]
        if len(which) < ENOUGH or not np.ptp(worked) or not np.ptp(waited):
            return False
        found = spearmanr(worked, waited)
        return bool(found.statistic < 0 and found.pvalue < _BY_CHANCE)

    def behind(self, done: Truths, cases: Truths, *, by_filing: bool) -> Wait | None:
        """What passes between the last step of some cases, or their filing, and their end.

        Parameters
        ----------
        done
            Of all cases, those that have nothing else before them.
        by_filing
            Whether it is counted from filing on.
        """
        if not self.is_closed.any():
            return None
        which = _of(done & cases, done)
        lag, is_closed = self.at_end[which], self.is_closed[which]
        if not by_filing:
            return wait_of_ends(lag[is_closed], lag[~is_closed])
        worked = self.worked[which]
        times = times_beside(worked / HOUR, (worked + lag) / HOUR, is_closed)
        if times is None:
            return None
        return Wait(kind="delay", times=times, n=len(which), while_open=True)


def _of(mine: Truths, everybody: Truths) -> Ints:
    """Where one's own are, or else all."""
    return np.flatnonzero(mine if mine.sum() >= ENOUGH else everybody)


def enough(mine: Truths, everybody: Truths, recent: Truths) -> Ints:
    """Of what there is, the recent: one's own where that is enough, else that of all.

    Returns
    -------
    Ints
        Where it stands.
    """
    found = [np.flatnonzero(each) for each in (mine & recent, everybody & recent, mine)]
    some = next((each for each in found if len(each) >= ENOUGH), None)
    return max(found, key=len) if some is None else some


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dues:
    """Due dates beside the limit, in working days.

    Parameters
    ----------
    later_by
        By how many each case is due later than the limit has it, 0 for not.
    ended_behind
        How many behind the limit it ended, below 0 for before; 0 where it is open.
    """

    later_by: Ints
    ended_behind: Ints


def ends_of(rows: Rows, recent: Truths) -> Ends:
    """The lags of a log of ends alone, and which cases tell of how it is today."""
    case, ended = rows.case, rows.ended
    is_head = np.concatenate(([True], case[1:] != case[:-1]))
    since = np.where(is_head, rows.filed[case], np.concatenate(([NONE], ended[:-1])))
    over = int(max(ended.max(), rows.closed.max()))
    last = np.full(len(rows.filed), NONE)
    np.maximum.at(last, case, ended)
    is_closed = rows.closed != NONE
    end = np.where(is_closed, rows.closed, over)
    return Ends(
        since=since,
        lag=_open_hours(since, ended, rows.calendar),
        within=np.where(is_head, _open_hours(since, np.full_like(since, over), rows.calendar), FAR),
        is_first=~is_repeat(case, rows.step),
        worked=_open_hours(rows.filed, last, rows.calendar),
        at_end=_open_hours(last, end, rows.calendar),
        is_closed=is_closed,
        of_case=case,
        step=rows.step,
        recent=recent,
    )


def _open_hours(since: Ints, until: Ints, calendar: Calendar) -> Ints:
    found = np.full(len(since), -1)
    known = np.flatnonzero((since != NONE) & (until != NONE))
    which = np.zeros(len(known), np.int64)
    found[known] = np.maximum(open_between((calendar,), which, since[known], until[known]), 0)
    return found


def wait_of_ends(lag: Ints, still: Ints = NOTHING, within: Ints | None = None) -> Wait | None:
    """What passed between two ends, if it is more than work; None for nothing.

    Parameters
    ----------
    lag
        Hours of the office, in microseconds, of each case that went on.
    still
        The same up to the end of the log, of each that had not gone on by then.
    within
        What each of ``lag`` could have been at most, where longer ones are not in the log at all.
    """
    still = still[still > _IN_HAND]
    waits = lag > _IN_HAND
    n, n_all = int(waits.sum()) + len(still), len(lag) + len(still)
    if waits.sum() < _FEW or n < _NEVER * n_all:
        return None
    known = lag[waits]
    least = np.concatenate((known - MINUTE, still)) / HOUR
    most = np.concatenate((known + MINUTE, np.full(len(still), FAR))) / HOUR
    shown = FAR if within is None else within[waits] + MINUTE
    seen = np.concatenate((np.broadcast_to(shown, known.shape), np.full(len(still), FAR))) / HOUR
    times = times_between(least, most, seen)
    return Wait(kind="delay", times=times, n=n, out_of=n_all, while_open=True)


def extension_of(
    ends: Ends, dues: Dues, done: Truths, cases: Truths, *, by_filing: bool
) -> Extension | None:
    """How often and by how much the due dates of some cases were made later; None for next to none.

    It is so much later that as many of them are on time as were: each has days of its own, more
    where it took long.

    Parameters
    ----------
    done
        Which cases have nothing but their end before them.
    """
    which = _of(done & cases & ends.is_closed, done & ends.is_closed)
    later, behind = dues.later_by[which], dues.ended_behind[which][dues.later_by[which] > 0]
    if len(behind) < max(_FEW, _NEVER * len(which)):
        return None
    on_time = float((behind <= later[later > 0]).mean())
    return Extension(
        days=max(int(np.quantile(behind, on_time, method="higher")), 1),
        count=len(behind),
        out_of=len(which),
        wait=ends.behind(done & (dues.later_by > 0), cases, by_filing=by_filing),
    )


def bound_of_work(rows: Rows, which: Ints) -> float:
    """Minutes of work at most, the middle of some rows, where a log has ends alone.

    Between two ends of one person in one half-day lies no less than the work on the second.
    """
    if rows.has_starts or not len(which):
        return np.nan
    order = np.lexsort((rows.ended, rows.officer))
    who, ended = rows.officer[order], rows.ended[order]
    opens = np.asarray(rows.calendar.opens)
    half = np.searchsorted(opens, ended, side="right")
    gap = np.full(len(order), np.nan)
    is_next = (who[1:] == who[:-1]) & (half[1:] == half[:-1]) & (who[1:] >= 0)
    gap[1:][is_next] = (ended[1:] - ended[:-1])[is_next] / MINUTE
    by_row = np.empty(len(order))
    by_row[order] = gap
    found = by_row[which]
    found = found[~np.isnan(found)]
    return float(np.median(found)) if len(found) else np.nan
