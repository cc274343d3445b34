"""Finds the tree that replays most cases of a channel, and counts what it replays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.logs.learning.change import last_change
from sim.logs.learning.ends import ENOUGH, Ends, enough
from sim.logs.learning.mining import Visits, mine, seen_at_once
from sim.logs.learning.rare import with_rare
from sim.logs.learning.rows import NONE, Rows
from sim.logs.learning.tree import (
    Node,
    Way,
    accepts,
    branches_of,
    counted,
    loose_pairs,
    steps_of,
)
from sim.logs.learning.ways_back import WayBack, is_back, is_repeat, ways_back

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

_RARE: Final = (0.005, 0.02, 0.05, 0.1, 0.2)
"""Steps that a smaller share of the cases have may be left out, where that replays more cases."""

_STRAY: Final = (0.03, 0.1)
_STRAY_OF_STARTS: Final = 0.01
"""With starts fewer cases show what overlaps, however rarely a queue lets it."""

_ENOUGH: Final = 0.98
_LOOSE: Final = 0.5
"""Of a tree in which no step waits for another, less counts by this share of the cases."""
_MOST_STEPS: Final = 60


def best_tree(rows: Rows, here: Ints, mined: Truths) -> Node | None:
    """Of trees that leave out more or less of what is rare, the one that replays most cases.

    A tree with more side by side replays more and says less: what it replays counts for less, by
    the share of pairs of steps of which neither waits for the other, unless both are seen at work
    at one time.
    """
    best: tuple[float, Node] | None = None
    enough_worth = _ENOUGH * mined.sum()

    def weigh(tree: Node | None, at_once: Set[tuple[str, str]]) -> None:
        nonlocal best
        if tree is None or (best is not None and (best[0] >= enough_worth or tree == best[1])):
            return
        back, backs = backs_of(rows, here, tree)
        n = n_replayed(rows, here, mined, tree, back, backs)
        n_steps = len(steps_of(tree))
        loose = loose_pairs(tree, at_once) / max(n_steps * (n_steps - 1), 1)
        worth = n * (1 - _LOOSE * loose)
        if best is None or worth > best[0]:
            best = worth, tree

    for rare in _RARE:
        visits = _visits(rows, mined, rare)
        at_once = seen_at_once(visits)
        for stray in _STRAY if visits.ends_alone else (_STRAY_OF_STARTS, *_STRAY):
            weigh(mine(visits, stray), at_once)
    if best is not None and best[0] < enough_worth:
        ways = ways_of(rows)
        counts = Counter(ways[at] for at in np.flatnonzero(mined).tolist())
        visits = _visits(rows, mined, 0.0)
        weigh(with_rare(best[1], visits, counts), seen_at_once(visits))
    return None if best is None else best[1]


def as_today(rows: Rows, tree: Node, cases: Truths, ends: Ends) -> Node:
    """A tree with the shares of the cases of today.

    These are the ones since the usual way was last more, or less, usual than before.
    """
    ways = ways_of(rows)
    is_mine = ~rows.is_open & _allowed(tree, ways)
    ended = np.flatnonzero(is_mine)
    if not len(ended):
        return tree
    ended = ended[np.argsort(rows.filed[ended], kind="stable")]
    ((usual, _),) = Counter(ways[at] for at in ended.tolist()).most_common(1)
    is_usual = np.asarray([ways[at] == usual for at in ended.tolist()], np.float64)
    recent = ends.recent.copy()
    recent[ended[: last_change(is_usual)]] = False
    today, ever = (
        Counter(ways[at] for at in which.tolist())
        for which in (enough(is_mine & cases, is_mine, recent), np.flatnonzero(is_mine & cases))
    )
    return counted(tree, today, ever, ENOUGH)


def is_done(rows: Rows, tree: Node) -> Truths:
    """Which cases have nothing but their end before them."""
    ways = ways_of(rows)
    found: Truths = _allowed(tree, ways) & np.asarray([bool(way) for way in ways])
    return found


def _allowed(tree: Node, ways: Sequence[Way]) -> Truths:
    """Which ways a tree allows."""
    known = {way: accepts(tree, way) for way in set(ways)}
    return np.asarray([known[way] for way in ways])


def ways_of(rows: Rows) -> list[Way]:
    """The steps of each case, each once, in their order."""
    found: list[list[str]] = [[] for _ in rows.filed]
    first = ~is_repeat(rows.case, rows.step)
    for case, step in zip(rows.case[first].tolist(), rows.step[first].tolist(), strict=True):
        found[case].append(rows.steps[step])
    return [tuple(way) for way in found]


def backs_of(rows: Rows, here: Ints, tree: Node) -> tuple[Truths, tuple[WayBack, ...]]:
    """Which rows are a return, and the ways back that can be written."""
    names = steps_of(tree)
    place = np.full(len(rows.steps), len(names), np.int64)
    for at, name in enumerate(names):
        place[rows.steps.index(name)] = at
    case, step = rows.case[here], rows.step[here]
    back = is_back(case, step, place)
    is_last = np.concatenate((case[1:] != case[:-1], [True]))
    ways = ways_back(step, back, is_last & rows.is_open[case], rows.steps)
    return back, _those_in(tree, ways)


def _those_in(tree: Node, ways: Sequence[WayBack]) -> tuple[WayBack, ...]:
    """Those ways back that can be written: to an earlier step in the same parts side by side."""
    names = steps_of(tree)
    return tuple(
        way
        for way in ways
        if way.at in names
        and way.to in names
        and not set(branches_of(tree, way.at)).isdisjoint(branches_of(tree, way.to))
    )


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
    return Visits(
        steps=tuple(rows.steps[at] for at in usual),
        come=come,
        gone=gone,
        ends_alone=not rows.has_starts,
    )


def n_replayed(
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
