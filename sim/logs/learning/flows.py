"""Learns the flow of the cases of one channel: its steps, its ways, its waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.logs.learning.mining import Visits, mine, seen_at_once
from sim.logs.learning.parts import LearntFlow, LearntStep
from sim.logs.learning.rows import NONE, Rows
from sim.logs.learning.times import times_of
from sim.logs.learning.tree import Node, accepts, branch_of, parallels, steps_of
from sim.logs.learning.waits import AT_ONCE, Wait, last_free, wait_of
from sim.logs.learning.ways_back import WayBack, early_ends, is_back, is_repeat, ways_back
from sim.units import MINUTE

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

_RARE: Final = (0.005, 0.02, 0.05, 0.1, 0.2)
"""Steps that a smaller share of the cases have may be left out, where that replays more cases."""

_STRAY: Final = (0.01, 0.03, 0.1)
_ENOUGH: Final = 0.98
_LOOSE: Final = 0.5
"""Of a tree in which no step waits for another, less counts by this share of the cases."""
_MOST_STEPS: Final = 60
_MOSTLY: Final = 0.5
_LOOK_BACK: Final = 6
"""So many rows before one may hold what it waited for: parts side by side end in any order."""


def flow_of(
    rows: Rows, cases: Truths, channel: str, role_of: Mapping[str, str], later: Truths
) -> LearntFlow | None:
    """Learn the flow of some cases; None where none of them has ended.

    Parameters
    ----------
    cases
        Which cases of the log are meant.
    role_of
        The role of each step.
    later
        Which cases are due later than the limit says: the clock stood.
    """
    ended = cases & ~rows.is_open
    if not ended.any():
        return None
    usual = _usual_outcome(rows, ended)
    mined = ended & (rows.outcome == usual)
    here = np.flatnonzero(cases[rows.case])
    tree = _best_tree(rows, here, mined)
    if tree is None:
        return None
    names = steps_of(tree)
    case, step = rows.case[here], rows.step[here]
    back, backs = _backs(rows, here, tree)
    is_last = np.concatenate((case[1:] != case[:-1], [True]))
    early = is_last & ended[case] & ~mined[case]
    outcome = {
        row: rows.outcomes[rows.outcome[case[row]]] for row in np.flatnonzero(early).tolist()
    }
    ends = early_ends(step, np.flatnonzero(early), outcome, rows.steps)
    since = _since(rows, here, tree)
    until, is_known, free = _until(rows, here)
    due = rows.due[case]

    has_both = (since != NONE) & (until != NONE)
    # What begins as soon as what was before is over waited for nothing, whoever was free.
    is_known |= has_both & rows.has_starts & (np.abs(until - since) <= AT_ONCE)

    def wait(which: Ints) -> Wait | None:
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
            bound=_bound(rows, here[mine_now]),
            wait=wait(mine_now[~back[mine_now]]),
            n=len(mine_now),
        )
    return LearntFlow(
        channel=channel,
        n_cases=int(cases.sum()),
        tree=tree,
        steps=steps,
        backs=tuple(
            (way, _with_clock(wait(np.asarray(way.rows)), case[list(way.rows)], later))
            for way in backs
        ),
        ends=tuple(end for end in ends if end.at in names and not branch_of(tree, end.at)),
        wait_at_end=_wait_at_end(rows, mined),
        n_replayed=_n_replayed(rows, here, mined, tree, back, backs),
        n_ended=int(mined.sum()),
    )


def _with_clock(wait: Wait | None, cases: Ints, later: Truths) -> Wait | None:
    """A wait with whether the clock stands in it: then most cases that have it are due later."""
    if wait is None or later[cases].mean() < _MOSTLY:
        return wait
    return replace(wait, stops=True)


def _best_tree(rows: Rows, here: Ints, mined: Truths) -> Node | None:
    """Of trees that leave out more or less of what is rare, the one that replays most cases.

    A tree with more side by side replays more and says less: what it replays counts for less, by
    the share of pairs of steps of which neither waits for the other, unless both are seen at work
    at one time.
    """
    best: tuple[float, Node] | None = None
    for rare in _RARE:
        visits = _visits(rows, mined, rare)
        at_once = seen_at_once(visits)
        for stray in _STRAY:
            tree = mine(visits, stray)
            if tree is None or (best is not None and tree == best[1]):
                continue
            back, backs = _backs(rows, here, tree)
            n = _n_replayed(rows, here, mined, tree, back, backs)
            n_steps = len(steps_of(tree))
            loose = len(set(parallels(tree)) - at_once) / max(n_steps * (n_steps - 1), 1)
            worth = n * (1 - _LOOSE * loose)
            if best is None or worth > best[0]:
                best = worth, tree
            if worth >= _ENOUGH * mined.sum():
                return tree
    return None if best is None else best[1]


def _backs(rows: Rows, here: Ints, tree: Node) -> tuple[Truths, tuple[WayBack, ...]]:
    """Which rows are a return, and the ways back that can be written."""
    names = steps_of(tree)
    place = np.full(len(rows.steps), len(names), np.int64)
    for at, name in enumerate(names):
        place[rows.steps.index(name)] = at
    case, step = rows.case[here], rows.step[here]
    back = is_back(case, step, place)
    is_last = np.concatenate((case[1:] != case[:-1], [True]))
    ways = ways_back(step, back, is_last & rows.is_open[case], rows.steps)
    return back, _backs_in(tree, ways)


def _usual_outcome(rows: Rows, ended: Truths) -> int:
    found, counts = np.unique(rows.outcome[ended], return_counts=True)
    return int(found[counts.argmax()])


def _visits(rows: Rows, cases: Truths, rare: float) -> Visits:
    """When each of some cases first had each step that is not rare."""
    index = np.cumsum(cases) - 1
    here = np.flatnonzero(cases[rows.case])
    here = here[~is_repeat(rows.case[here], rows.step[here])]
    counts = np.bincount(rows.step[here], minlength=len(rows.steps))
    n = int(cases.sum())
    usual = np.argsort(-counts, kind="stable")[:_MOST_STEPS]
    usual = np.sort(usual[counts[usual] >= max(rare * n, 1)])
    column = np.full(len(rows.steps), -1, np.int64)
    column[usual] = np.arange(len(usual))
    kept = here[column[rows.step[here]] >= 0]
    come = np.full((n, len(usual)), np.nan)
    gone = np.full((n, len(usual)), np.nan)
    place = index[rows.case[kept]], column[rows.step[kept]]
    begun = np.where(rows.ready[kept] != NONE, rows.ready[kept], rows.when[kept])
    come[place] = begun
    gone[place] = np.where(rows.ended[kept] != NONE, rows.ended[kept], begun)
    return Visits(steps=tuple(rows.steps[at] for at in usual), come=come, gone=gone)


def _backs_in(tree: Node, ways: Sequence[WayBack]) -> tuple[WayBack, ...]:
    """Those ways back that can be written: to an earlier step in the same parts side by side."""
    names = steps_of(tree)
    return tuple(
        way
        for way in ways
        if way.at in names
        and way.to in names
        and branch_of(tree, way.at) == branch_of(tree, way.to)
    )


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


def _bound(rows: Rows, which: Ints) -> float:
    """Minutes of work at most, on average, where a log has ends alone.

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


def _wait_at_end(rows: Rows, cases: Truths) -> Wait | None:
    """Between the last work of cases and their end."""
    last = np.full(len(cases), NONE, np.int64)
    np.maximum.at(last, rows.case, rows.ended)
    which = np.flatnonzero(cases & (rows.closed != NONE) & (last != NONE))
    which = which[rows.closed[which] >= last[which]]
    return wait_of(last[which], rows.closed[which], rows.due[which], rows.calendar)


def _n_replayed(
    rows: Rows,
    here: Ints,
    cases: Truths,
    tree: Node,
    back: Truths,
    backs: Sequence[WayBack],
) -> int:
    """How many of some cases a flow can replay."""
    case, step = rows.case[here], rows.step[here]
    again = is_repeat(case, step)
    is_known = np.zeros(len(here), np.bool_)
    for way in backs:
        is_known[list(way.rows)] = True
    # After a way back what follows is done again, up to where the case had been.
    is_fine = ~again | is_known | (again & ~back)
    is_bad = np.zeros(len(cases), np.bool_)
    is_bad[case[~is_fine]] = True
    ways: dict[tuple[str, ...], bool] = {}
    starts = np.flatnonzero(np.concatenate(([True], case[1:] != case[:-1])))
    found = 0
    for begin, end in zip(starts, [*starts[1:], len(case)], strict=True):
        mine_now = case[begin]
        if not cases[mine_now] or is_bad[mine_now]:
            continue
        steps = tuple(rows.steps[code] for code in step[begin:end][~again[begin:end]])
        if steps not in ways:
            ways[steps] = accepts(tree, steps)
        found += ways[steps]
    return found
