"""Puts steps that few cases have into a flow that was found without them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.logs.learning.mining import Visits, mine
from sim.logs.learning.tree import InOrder, Leaf, Node, Way, accepts, counted, steps_of

_FEWEST: Final = 3
"""Cases that have a step for it to be written."""

_TOGETHER: Final = 0.8
_FITS: Final = 0.5
"""Of the cases that have some steps, so many must be replayed where those are put."""

_ABOUT: Final = 0.9


def with_rare(tree: Node, visits: Visits, ways: Mapping[Way, int]) -> Node:
    """A flow with the steps that it lacks, each an option where most of the cases allow it.

    Steps that the same cases have come together.  What fits nowhere is left out.

    Parameters
    ----------
    visits
        When cases had every step.
    ways
        How many cases had which steps, in their order, each step once.
    """
    lacking = [step for step in visits.steps if step not in steps_of(tree)]
    had = ~np.isnan(visits.come)
    for group in _groups(visits, had, lacking):
        new = mine(visits.part(group))
        if new is None:
            continue
        known = {*steps_of(tree), *steps_of(new)}
        theirs = Counter[Way]()
        for way, n in ways.items():
            if not set(way).isdisjoint(steps_of(new)):
                theirs[tuple(step for step in way if step in known)] += n
        places = [_behind(tree, path, new) for path in _places(tree)]
        replayed = [sum(n for way, n in theirs.items() if accepts(each, way)) for each in places]
        if max(replayed) >= _FITS * theirs.total():
            # The outermost of those that are about as good is the easiest to read.
            tree = next(
                each
                for each, n in zip(places, replayed, strict=True)
                if n >= _ABOUT * max(replayed)
            )
    return counted(tree, {way: n for way, n in ways.items() if accepts(tree, way)})


def _groups(
    visits: Visits, had: NDArray[np.bool_], lacking: Sequence[str]
) -> Iterator[tuple[int, ...]]:
    """Columns of steps that the same cases have, those of most cases first."""
    columns = [at for at, step in enumerate(visits.steps) if step in lacking]
    left = sorted(columns, key=lambda at: -int(had[:, at].sum()))
    while left:
        first, *others = left
        alike = [
            at
            for at in others
            if (had[:, at] & had[:, first]).sum() >= _TOGETHER * (had[:, at] | had[:, first]).sum()
        ]
        left = [at for at in others if at not in alike]
        if had[:, first].sum() >= _FEWEST:
            yield (first, *alike)


def _places(node: Node, path: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    """Every part of a tree, by the way down to it."""
    yield path
    if not isinstance(node, Leaf):
        for at, part in enumerate(node.parts):
            yield from _places(part, (*path, at))


def _behind(node: Node, path: tuple[int, ...], new: Node) -> Node:
    """A tree with something more behind one of its parts."""
    if not path or isinstance(node, Leaf):
        return InOrder(parts=(node, new))
    at, rest = path[0], path[1:]
    part = node.parts[at]
    if isinstance(node, InOrder) and not rest:
        return InOrder(parts=(*node.parts[: at + 1], new, *node.parts[at + 1 :]))
    parts = (*node.parts[:at], _behind(part, rest, new), *node.parts[at + 1 :])
    return replace(node, parts=parts)
