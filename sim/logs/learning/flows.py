"""Learns the flow of the cases of one channel: its steps, its ways, its waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.logs.learning.ends import Dues, Ends, bound_of_work, extension_of
from sim.logs.learning.fitting import as_today, backs_of, best_tree, is_done, n_replayed
from sim.logs.learning.parts import Ending, LearntFlow, LearntStep
from sim.logs.learning.rows import NONE, Rows
from sim.logs.learning.times import times_of
from sim.logs.learning.tree import Node, branches_of, parallels, steps_of
from sim.logs.learning.waits import AT_ONCE, Wait, last_free, wait_of
from sim.logs.learning.ways_back import early_ends

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

_MOSTLY: Final = 0.5
_LOOK_BACK: Final = 6
"""So many rows before one may hold what it waited for: parts side by side end in any order."""


def flow_of(
    rows: Rows,
    cases: Truths,
    channel: str,
    role_of: Mapping[str, str],
    dues: Dues,
    ends: Ends | None = None,
) -> LearntFlow | None:
    """Learn the flow of some cases; None where none of them has ended.

    Parameters
    ----------
    cases
        Which cases of the log are meant.
    role_of
        The role of each step.
    dues
        When cases are due: later than the limit says if the clock stood, or if it was made longer.
    ends
        Of a log of ends alone, what they tell of waits.
    """
    ended = cases & ~rows.is_open
    if not ended.any():
        return None
    later = dues.later_by > 0
    usual = _usual_outcome(rows, ended)
    mined = ended & (rows.outcome == usual)
    here = np.flatnonzero(cases[rows.case])
    tree = best_tree(rows, here, mined)
    if tree is None:
        return None
    names = steps_of(tree)
    case, step = rows.case[here], rows.step[here]
    back, backs = backs_of(rows, here, tree)
    is_last = np.concatenate((case[1:] != case[:-1], [True]))
    early = is_last & ended[case] & ~mined[case]
    outcome = {
        row: rows.outcomes[rows.outcome[case[row]]] for row in np.flatnonzero(early).tolist()
    }
    early_ones = early_ends(step, np.flatnonzero(early), outcome, rows.steps)
    if ends is not None:
        tree = as_today(rows, tree, cases, ends)
    since = _since(rows, here, tree)
    until, is_known, free = _until(rows, here)
    due = rows.due[case]

    has_both = (since != NONE) & (until != NONE)
    # What begins as soon as what was before is over waited for nothing, whoever was free.
    is_known |= has_both & rows.has_starts & (np.abs(until - since) <= AT_ONCE)

    def wait(which: Ints) -> Wait | None:
        if ends is not None:
            return ends.at(here[which])
        usable = which[is_known[which] & has_both[which]]
        usable = usable[until[usable] >= since[usable]]
        hidden = None
        if free is not None:
            others = which[~is_known[which] & has_both[which] & (free[which] != NONE)]
            others = others[until[others] > np.maximum(since[others], free[others])]
            least = np.maximum(free[others] - since[others], 0)
            hidden = since[others], least, until[others] - since[others]
        return wait_of(since[usable], until[usable], due[usable], rows.calendar, hidden)

    steps = {}
    for name in names:
        mine_now = np.flatnonzero(step == rows.steps.index(name))
        times = rows.on_duty[here[mine_now]]
        known = times[~np.isnan(times)]
        steps[name] = LearntStep(
            name=name,
            role=role_of[name],
            times=times_of(known) if rows.has_starts else None,
            bound=bound_of_work(rows, here[mine_now]),
            wait=wait(mine_now[~back[mine_now]])
            if ends is None
            else ends.before(rows.steps.index(name), cases),
            n=len(mine_now),
        )
    with_waits = tuple(
        (way, _with_clock(wait(np.asarray(way.rows)), case[list(way.rows)], later)) for way in backs
    )
    return LearntFlow(
        channel=channel,
        n_cases=int(cases.sum()),
        tree=tree,
        steps=steps,
        backs=with_waits,
        ends=tuple(end for end in early_ones if () in branches_of(tree, end.at)),
        ending=Ending(wait=_wait_at_end(rows, mined))
        if ends is None
        else _ending(ends, dues, is_done(rows, tree), cases, [wait for _, wait in with_waits]),
        n_replayed=n_replayed(rows, here, mined, tree, back, backs),
        n_ended=int(mined.sum()),
    )


def _ending(
    ends: Ends, dues: Dues, done: Truths, cases: Truths, on_ways_back: Sequence[Wait | None]
) -> Ending:
    """What lies before the end of some cases of a log of ends alone."""
    by_filing = ends.ends_by_filing(done, cases)
    extension = None
    if not any(wait is not None and wait.stops for wait in on_ways_back):
        extension = extension_of(ends, dues, done, cases, by_filing=by_filing)
    others = done if extension is None else done & (dues.later_by == 0)
    wait = ends.behind(others, cases, by_filing=by_filing)
    return Ending(wait=wait, by_filing=by_filing, extension=extension)


def _with_clock(wait: Wait | None, cases: Ints, later: Truths) -> Wait | None:
    """A wait with whether the clock stands in it: then most cases that have it are due later."""
    if wait is None or later[cases].mean() < _MOSTLY:
        return wait
    return replace(wait, stops=True)


def _usual_outcome(rows: Rows, ended: Truths) -> int:
    found, counts = np.unique(rows.outcome[ended], return_counts=True)
    return int(found[counts.argmax()])


def _since(rows: Rows, here: Ints, tree: Node) -> Ints:
    """When what comes before each row was over: filing, or the last of what it waited for."""
    beside = {(rows.steps.index(a), rows.steps.index(b)) for a, b in parallels(tree)}
    case, step, ended = rows.case[here], rows.step[here], rows.ended[here]
    found = np.full(len(here), NONE, np.int64)
    width = len(rows.steps)
    is_beside = np.zeros((width, width), np.bool_)
    for a, b in beside:
        is_beside[a, b] = True
    for back in range(1, min(_LOOK_BACK, len(here) - 1) + 1):
        is_same = case[back:] == case[:-back]
        waits = is_same & ~is_beside[step[back:], step[:-back]]
        found[back:] = np.where(waits, np.maximum(found[back:], ended[:-back]), found[back:])
    is_first = found == NONE
    found[is_first] = rows.filed[case[is_first]]
    return found


def _until(rows: Rows, here: Ints) -> tuple[Ints, Truths, Ints | None]:
    """When each row could begin at the latest, for which rows that is exact, and since when it may.

    The last is None where the log says when work could begin, or does not say when it began.
    """
    if rows.has_ready:
        return rows.ready[here], rows.ready[here] != NONE, None
    if not rows.has_starts:
        return rows.ended[here], np.zeros(len(here), np.bool_), None
    free = last_free(
        rows.officer, rows.started, rows.ended, rows.which, rows.calendars, rows.may_have_done
    )[here]
    started = rows.started[here]
    return started, (free == started) & (started != NONE), free


def _wait_at_end(rows: Rows, cases: Truths) -> Wait | None:
    """Between the last work of cases and their end."""
    last = np.full(len(cases), NONE, np.int64)
    np.maximum.at(last, rows.case, rows.ended)
    which = np.flatnonzero(cases & (rows.closed != NONE) & (last != NONE))
    which = which[rows.closed[which] >= last[which]]
    return wait_of(last[which], rows.closed[which], rows.due[which], rows.calendar)
