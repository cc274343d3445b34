"""Finds how steps follow each other from when cases had them.

It cuts the steps into groups that are never in one case, that always come one after the other, or
that go on side by side, and then each group in turn, as inductive mining does (Leemans, Fahland and
van der Aalst 2013); orders are taken from the times of steps rather than from the order of events,
so that what overlaps is seen to go on side by side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.logs.learning.tree import InOrder, Leaf, Node, OneOf, SideBySide

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]

_FEWEST: Final = 0.005
"""A way past a step that fewer cases take is not written."""

_OFTEN: Final = 0.95
_TOGETHER: Final = 0.8
"""Steps that not all cases have are had together where so many have both of those with either."""

_MOST_ORDERS: Final = 2
_USUAL_ORDER: Final = 0.03
_FEW: Final = 10
"""An order that fewer cases have is not written by itself."""
_OVERLAP: Final = 0.01
"""So many of the cases that have two steps show that these go side by side."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Visits:
    """When each case (rows) first had each step (columns), in microseconds; NaN if it did not.

    ``come`` is when it could begin, or else began; ``gone`` when it ended.  With ``ends_alone``
    both are when it ended, so that nothing is seen to go on side by side.
    """

    steps: tuple[str, ...]
    come: Floats
    gone: Floats
    ends_alone: bool = False

    def part(self, columns: Sequence[int], rows: Truths | None = None) -> Visits:
        """Some of the steps, of some of the cases."""
        chosen = list(columns)
        come, gone = self.come[:, chosen], self.gone[:, chosen]
        if rows is not None:
            come, gone = come[rows], gone[rows]
        steps = tuple(self.steps[at] for at in chosen)
        return Visits(steps=steps, come=come, gone=gone, ends_alone=self.ends_alone)


def seen_at_once(visits: Visits) -> set[tuple[str, str]]:
    """Pairs of steps that were at work at one time in more than a few cases, both ways round.

    Ends alone show none.
    """
    found: set[tuple[str, str]] = set()
    if visits.ends_alone:
        return found
    for a, one in enumerate(visits.steps):
        for b, other in enumerate(visits.steps[:a]):
            begun = np.maximum(visits.come[:, a], visits.come[:, b])
            over = np.minimum(visits.gone[:, a], visits.gone[:, b])
            n_both = int((~np.isnan(begun)).sum())
            if (begun < over).sum() > max(_OVERLAP * n_both, 1):
                found |= {(one, other), (other, one)}
    return found


def mine(visits: Visits, stray: float = 0.03) -> Node | None:
    """The tree of the steps of some cases; None where they have none.

    Parameters
    ----------
    stray
        What is seen in less than this share of the cases that could show it does not count.
    """
    had = ~np.isnan(visits.come)
    n_cases = len(had)
    columns = np.flatnonzero(had.any(axis=0)) if n_cases else np.zeros(0, np.int64)
    if not len(columns):
        return None
    if len(columns) < len(visits.steps):
        return mine(visits.part(columns.tolist()), stray)
    some: Truths = np.asarray(had.any(axis=1))
    n_some = int(some.sum())
    if n_some < n_cases:
        child = mine(visits.part(range(len(visits.steps)), some), stray)
        if child is None or n_cases - n_some < max(_FEWEST * n_cases, 2):
            return child
        if isinstance(child, OneOf) and sum(child.counts) == child.out_of:
            return OneOf(parts=child.parts, counts=child.counts, out_of=n_cases)
        return OneOf(parts=(child,), counts=(n_some,), out_of=n_cases)
    if len(visits.steps) == 1:
        return Leaf(step=visits.steps[0])
    return _cut(visits, had, stray)


def _cut(visits: Visits, had: Truths, stray: float) -> Node:
    n = len(visits.steps)
    both, before = _counts(visits, had)
    n_had = had.sum(axis=0)
    meets = both > np.maximum(stray * np.minimum(n_had[:, None], n_had[None, :]), 0)
    apart = _components(meets)
    if max(apart) > 0:
        return _one_of(visits, had, _groups(apart), stray)
    ordered = meets & (before >= (1 - stray) * both)
    follows = _reach(ordered)
    # Steps that never meet are in order where others stand between them, and else of one group.
    is_first = follows & ~follows.T
    joined = ~is_first & ~is_first.T
    groups = _groups(_components(joined | np.eye(n, dtype=bool)))
    groups = _with_each_other(_merged(groups, is_first), had)
    if len(groups) > 1:
        return InOrder(parts=_parts(visits, groups, stray))
    # In what overlaps, or comes now in this order and now in that, neither waits for the other.
    sides = _groups(_components(~(meets & ~ordered & ~ordered.T) | np.eye(n, dtype=bool)))
    if len(sides) > 1:
        return _usual_ways(visits, had, sides, stray)
    return InOrder(parts=_parts(visits, [[at] for at in _by_place(visits, had)], stray))


def _usual_ways(visits: Visits, had: Truths, sides: list[list[int]], stray: float) -> Node:
    """Steps that come in several orders: side by side, but for orders that ends show to be usual.

    Ends do not show what overlaps.  An order that many cases have is written as it is, since parts
    side by side would come in any; the other cases have them side by side.
    """
    if not visits.ends_alone:
        return SideBySide(parts=_parts(visits, sides, stray))
    order = np.argsort(np.where(had, visits.gone, np.inf), axis=1, kind="stable")
    n_had = had.sum(axis=1)
    ways = [tuple(row[:n]) for row, n in zip(order.tolist(), n_had.tolist(), strict=True)]
    counts = Counter(ways).most_common(_MOST_ORDERS)
    usual = {way: n for way, n in counts if n >= max(_USUAL_ORDER * len(had), _FEW)}
    n_left = len(had) - sum(usual.values())
    parts: list[Node] = [_in_order(visits, way) for way in usual]
    if n_left:
        # Those that are left are few: what may come in which order is seen of all.
        parts.append(SideBySide(parts=_parts(visits, sides, stray)))
    if len(parts) == 1:
        return parts[0]
    each = (*usual.values(), n_left)[: len(parts)]
    return OneOf(parts=tuple(parts), counts=each, out_of=sum(each))


def _in_order(visits: Visits, way: Sequence[int]) -> Node:
    leaves = tuple(Leaf(step=visits.steps[at]) for at in way)
    return leaves[0] if len(leaves) == 1 else InOrder(parts=leaves)


def _counts(visits: Visits, had: Truths) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many cases had two steps, and in how many one was over before the other could begin."""
    n = len(visits.steps)
    both = had.astype(np.int64).T @ had.astype(np.int64)
    before = np.zeros((n, n), np.int64)
    for a in range(n):
        with np.errstate(invalid="ignore"):
            before[a] = (visits.gone[:, [a]] <= visits.come).sum(axis=0)
    np.fill_diagonal(before, 0)
    return both, before


def _components(joined: Truths) -> list[int]:
    """The number of the group of each step, from 0, where joined ones are of one group."""
    n = len(joined)
    linked = joined | joined.T
    found = [-1] * n
    number = 0
    for start in range(n):
        if found[start] >= 0:
            continue
        left = [start]
        while left:
            at = left.pop()
            if found[at] < 0:
                found[at] = number
                left.extend(np.flatnonzero(linked[at]).tolist())
        number += 1
    return found


def _groups(numbers: Sequence[int]) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for at, number in enumerate(numbers):
        found.setdefault(number, []).append(at)
    return list(found.values())


def _with_each_other(groups: list[list[int]], had: Truths) -> list[list[int]]:
    """Groups in order; neighbours that the same few cases have are made one.

    So cases have all of their steps or none.
    """
    found: list[list[int]] = []
    for group in groups:
        has = had[:, group].any(axis=1)
        before = had[:, found[-1]].any(axis=1) if found else np.zeros(len(had), np.bool_)
        either = (has | before).sum()
        if either < _OFTEN * len(had) and (has & before).sum() >= _TOGETHER * either:
            found[-1] = [*found[-1], *group]
        else:
            found.append(group)
    return found


def _reach(ordered: Truths) -> Truths:
    found = ordered.copy()
    for at in range(len(found)):
        found |= found[:, [at]] & found[[at], :]
    return found


def _merged(groups: list[list[int]], is_first: Truths) -> list[list[int]]:
    """Groups in order; those whose steps are not all in one order are made one."""
    is_changed = True
    while is_changed:
        is_changed = False
        for a in range(len(groups)):
            for b in range(a):
                one, other = groups[b], groups[a]
                forward = is_first[np.ix_(one, other)]
                back = is_first[np.ix_(other, one)]
                if not (forward.all() or back.all()):
                    groups = [g for g in groups if g is not one and g is not other]
                    groups.append(sorted(one + other))
                    is_changed = True
                    break
            if is_changed:
                break
    # Each group is before all that come after it: the one before most others is the first.
    return sorted(groups, key=lambda group: -int(is_first[group[0]].sum()))


def _parts(visits: Visits, groups: Sequence[Sequence[int]], stray: float) -> tuple[Node, ...]:
    found = (mine(visits.part(group), stray) for group in groups)
    return tuple(node for node in found if node is not None)


def _one_of(visits: Visits, had: Truths, groups: list[list[int]], stray: float) -> OneOf:
    left = np.ones(len(had), np.bool_)
    parts, counts = [], []
    for group in sorted(groups, key=lambda group: -int(had[:, group].any(axis=1).sum())):
        mine_now = had[:, group].any(axis=1) & left
        left &= ~mine_now
        node = mine(visits.part(group, mine_now), stray)
        if node is not None:
            parts.append(node)
            counts.append(int(mine_now.sum()))
    return OneOf(parts=tuple(parts), counts=tuple(counts), out_of=sum(counts))


def _by_place(visits: Visits, had: Truths) -> list[int]:
    """The steps by their place in a case on average, where no other order is to be found."""
    order = np.argsort(np.where(had, visits.come, np.inf), axis=1, kind="stable")
    place = np.argsort(order, axis=1).astype(np.float64)
    place[~had] = np.nan
    found: list[int] = np.argsort(np.nanmean(place, axis=0), kind="stable").tolist()
    return found
