"""Leaves out of a flow the choices from which all cases go one way, and what none comes to.

So a habit that stands in the file for a lever to move, with a share of 0 or of all, costs no time
and moves no digit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from sim.model import LEAVE, Applicant, Choice, Element, Fork, Series
from sim.model.graph import reachable


def without_idle(
    elements: Mapping[int, Element],
    start: int,
    entries: Mapping[str, int],
    *,
    has_backlog: bool,
) -> tuple[tuple[Element, ...], int, dict[str, int]]:
    """The elements that cases come to, from index 0 on; also the start and the entries.

    A choice from which all go one way is passed over, unless it leads out of the flow.  A case of
    a backlog may stand at any of the entries, so what lies behind them stays where there is one.
    """
    ways = ((index, _only_way(each)) for index, each in elements.items())
    idle = {index: way for index, way in ways if way != LEAVE}

    def behind(index: int) -> int:
        while index in idle:
            index = idle[index]
        return index

    passed = {index: pointing(each, behind) for index, each in elements.items()}
    under_way = entries.values() if has_backlog else ()
    roots = {behind(index) for index in (start, *under_way)} - {LEAVE}
    kept = sorted(_reachable_from(passed, roots))
    new = {index: place for place, index in enumerate(kept)} | {LEAVE: LEAVE}

    def place_of(index: int) -> int:
        return new.get(index, LEAVE)  # behind an end stands what no case comes to

    return (
        tuple(pointing(passed[index], place_of) for index in kept),
        new[behind(start)],
        {name: new[at] for name, index in entries.items() if (at := behind(index)) in new},
    )


def _reachable_from(elements: Mapping[int, Element], roots: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for root in sorted(roots):
        if root not in found:
            found |= reachable(elements, root)
    return found


def _only_way(element: Element) -> int:
    """Where all cases go from a choice, LEAVE where they part or it is none."""
    if not isinstance(element, Choice):
        return LEAVE
    for way in element.options:
        shares = set(way.share.values if isinstance(way.share, Series) else (way.share,))
        if shares == {1.0} and way.property < 0:
            return way.target
        if shares != {0.0}:
            return LEAVE
    return element.then


def pointing(element: Element, to: Callable[[int], int]) -> Element:
    """The same element with other indices of those that follow."""
    element = replace(element, then=to(element.then))
    match element:
        case Choice():
            ways = tuple(replace(way, target=to(way.target)) for way in element.options)
            return replace(element, options=ways)
        case Fork():
            return replace(element, branches=tuple(map(to, element.branches)))
        case Applicant() if element.late != LEAVE:
            return replace(element, late=to(element.late))
        case _:
            return element
