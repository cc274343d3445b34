"""Answers where a token of a flow may go next, and how often it comes where.

It knows elements only: no file, no staff, no time beyond the share of late supplements it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import product
from math import prod
from typing import assert_never

import numpy as np

from sim.model import (
    LEAVE,
    Activity,
    Applicant,
    Appointment,
    Choice,
    ClockEnd,
    ClockResume,
    ClockStart,
    ClockStop,
    Delay,
    Element,
    End,
    Extend,
    Fork,
    Join,
    Option,
    Payment,
    Timetable,
    Transfer,
)
from sim.model.series import mean_of

Elements = Mapping[int, Element] | Sequence[Element]
"""The elements of a flow, or of a model, by their index."""

Values = Mapping[int, int]
"""The value of each property, by the property's index."""

Nexts = Mapping[int, Set[int]]
"""The elements to which a token may go from each, as :func:`may_follow` gives them."""

LateShare = Callable[[Applicant], float]
"""The share of supplements that come too late, of an applicant element with a deadline."""

NOTHING_LOST = 1e-9
"""Shares that miss 100 % by less than this miss it by the rounding of numbers."""


def targets(element: Element) -> tuple[int, ...]:
    """Where a token may go from an element, ``LEAVE`` among them, or where those begin it makes.

    The next element stands first; an end has none.
    """
    match element:
        case Choice():
            return (element.then, *(option.target for option in element.options))
        case Applicant() if element.within >= 0:
            return (element.then, element.late)
        case Fork():
            return (element.then, *element.branches)
        case End():
            return ()
        case (
            Activity()
            | Applicant()
            | Delay()
            | Transfer()
            | Appointment()
            | Timetable()
            | Join()
            | ClockStart()
            | ClockStop()
            | ClockResume()
            | ClockEnd()
            | Extend()
            | Payment()
        ):
            return (element.then,)
        case _:
            assert_never(element)


def reachable(elements: Elements, start: int) -> set[int]:
    """Every element that a case may come to from one of them, itself and branches included."""
    found: set[int] = set()
    waiting = [start]
    while waiting:
        index = waiting.pop()
        if index != LEAVE and index not in found:
            found.add(index)
            waiting += targets(elements[index])
    return found


def revisited(elements: Sequence[Element]) -> set[int]:
    """Elements that a case may visit more than once: those on a way round, and some between two.

    Taking away, again and again, what no element leads to and what leads to no element leaves them.
    """
    nexts = {index: targets(element) for index, element in enumerate(elements)}
    while True:
        followed = {target for ways in nexts.values() for target in ways}
        kept = {
            index: tuple(target for target in ways if target in nexts)
            for index, ways in nexts.items()
            if index in followed and any(target in nexts for target in ways)
        }
        if len(kept) == len(nexts):
            return set(kept)
        nexts = kept


def taken(options: Sequence[Option], values: Values) -> tuple[list[float], float]:
    """Find how likely each option of a choice is taken by a case of given properties (R2).

    Returns
    -------
    tuple[list[float], float]
        One probability for each option, and that of none of them.
    """
    passed = 0.0
    shares = []
    for option in options:
        eligible = option.property < 0 or values.get(option.property) in option.values
        reached = min(1.0, passed + mean_of(option.share)) if eligible else passed
        shares.append(reached - passed)
        passed = reached
    rest = 1.0 - passed
    return shares, rest if rest > NOTHING_LOST else 0.0


def combinations(properties: Sequence[int], sizes: Sequence[int]) -> Iterator[dict[int, int]]:
    """Every way in which some properties may stand; ``sizes`` are the value counts of all."""
    for values in product(*(range(sizes[p]) for p in properties)):
        yield dict(zip(properties, values, strict=True))


def properties_asked(elements: Iterable[Element]) -> list[int]:
    """The properties on which some choices among the elements depend, in order."""
    asked = {
        option.property
        for element in elements
        if isinstance(element, Choice)
        for option in element.options
    }
    return sorted(asked - {-1})


def chances(element: Element, values: Values, late_share: LateShare) -> list[tuple[int, float]]:
    """How likely a token of a case of given properties goes to each of its targets.

    A fork is taken for a step to its join: what its branches do is asked of them.
    """
    if isinstance(element, Fork):
        return [(element.then, 1.0)]
    ways = targets(element)
    shares = [1.0] * len(ways)
    if isinstance(element, Choice):
        by_option, rest = taken(element.options, values)
        shares = [rest, *by_option]
    elif isinstance(element, Applicant) and element.within >= 0:
        late = late_share(element)
        shares = [1.0 - late, late]
    return list(zip(ways, shares, strict=True))


def may_follow(element: Element, values: Values) -> frozenset[int]:
    """The elements to which a token may go from here, ``LEAVE`` among them; none after an end."""
    ways = chances(element, values, lambda _: 0.5)  # some may always be late, and some in time
    return frozenset(target for target, share in ways if share > 0)


def trapped(nexts: Nexts, start: int, stop: int) -> list[int]:
    """The elements from which a token that began at ``start`` never comes to ``stop`` or an end."""
    after: dict[int, Set[int]] = {}
    waiting = [start]
    while waiting:
        index = waiting.pop()
        if index not in after and index not in (stop, LEAVE):
            after[index] = nexts[index]
            waiting.extend(after[index])
    before: dict[int, list[int]] = {}
    for index, followers in after.items():
        for each in followers:
            before.setdefault(each, []).append(index)
    free: set[int] = set()
    waiting = [stop, *(index for index, followers in after.items() if not followers)]
    while waiting:
        index = waiting.pop()
        if index not in free:
            free.add(index)
            waiting.extend(before.get(index, ()))
    return sorted(after.keys() - free)


def surely_ends(ways: Mapping[int, Sequence[Set[int]]], start: int, stop: int) -> bool:
    """Whether a token that began at ``start`` comes to ``stop`` or an end, whatever its properties.

    Parameters
    ----------
    ways
        For each element the sets of elements that may follow, one for each way in which the
        properties that it asks for may stand.

    Returns
    -------
    bool
        True only where it does: what follows from two elements that ask for one property is not
        seen. Then :func:`trapped` says more.
    """
    inside: dict[int, None] = {}
    waiting = [start]
    while waiting:
        index = waiting.pop()
        if index not in inside and index not in (stop, LEAVE):
            inside[index] = None
            waiting.extend(each for way in ways[index] for each in way)
    free = {stop}
    others = list(inside)
    while others:
        # Those found last are, as a rule, nearest to the end.
        for index in reversed(others):
            if all(not way or not way.isdisjoint(free) for way in ways[index]):
                free.add(index)
        still = [index for index in others if index not in free]
        if len(still) == len(others):
            return False
        others = still
    return True


def expected_visits(
    elements: Elements,
    start: int,
    values: Values,
    late_share: LateShare,
    *,
    stop: int = LEAVE,
) -> tuple[dict[int, float], float]:
    """How often a case of given properties comes to each element, on average.

    The visits x solve x = e + P'x, with P the probabilities of going from one element to another
    and e the start (a transient Markov chain: Kemeny and Snell, Finite Markov Chains, 1960). The
    branches of a fork are chains of their own; a case leaves their join unless a branch ended.

    Parameters
    ----------
    stop
        Element before which the chain ends: the join, for a branch.

    Returns
    -------
    tuple[dict[int, float], float]
        Visits by element, and the probability of coming to ``stop``.
    """
    steps: dict[int, list[tuple[int, float]]] = {}
    inside: dict[int, list[dict[int, float]]] = {}
    waiting = [start]
    while waiting:
        index = waiting.pop()
        if index in steps or index in (stop, LEAVE):
            continue
        element = elements[index]
        if isinstance(element, Fork):
            branches = [
                expected_visits(elements, branch, values, late_share, stop=element.then)
                for branch in element.branches
            ]
            inside[index] = [visits for visits, _ in branches]
            passes = prod(share for _, share in branches)
            steps[index] = [(element.then, passes)]
        else:
            steps[index] = chances(element, values, late_share)
        waiting.extend(target for target, share in steps[index] if share > 0)

    place = {index: k for k, index in enumerate(steps)}
    matrix = np.eye(len(place))
    arrives = np.zeros(len(place))
    for index, ways in steps.items():
        for target, share in ways:
            if target == stop:
                arrives[place[index]] += share
            elif target != LEAVE and share > 0:
                matrix[place[target], place[index]] -= share
    if start not in place:
        return {}, 1.0
    begin = np.zeros(len(place))
    begin[place[start]] = 1.0
    solved = np.linalg.solve(matrix, begin)
    visits = {index: float(solved[k]) for index, k in place.items()}
    for fork, found in inside.items():
        for branch in found:
            for index, count in branch.items():
                visits[index] = visits.get(index, 0.0) + visits[fork] * count
    return visits, float(arrives @ solved)
