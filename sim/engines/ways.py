"""Where a case may go in the elements of a model."""

from __future__ import annotations

from collections.abc import Sequence

from sim.model import LEAVE, Applicant, Choice, Element, Fork


def reachable(elements: Sequence[Element], start: int) -> list[int]:
    """The elements that a case may come to from one of them, itself included."""
    found: dict[int, None] = {}
    ways = [start]
    while ways:
        at = ways.pop()
        if at not in found:
            found[at] = None
            ways += _targets(elements[at])
    return list(found)


def revisited(elements: Sequence[Element]) -> set[int]:
    """Elements that a case may visit more than once: those on a way round, and some between two.

    Taking away, again and again, what no element leads to and what leads to no element leaves them.
    """
    left = {at: _targets(element) for at, element in enumerate(elements)}
    while True:
        led_to = {target for ways in left.values() for target in ways}
        kept = {
            at: [target for target in ways if target in left]
            for at, ways in left.items()
            if at in led_to and any(target in left for target in ways)
        }
        if len(kept) == len(left):
            return set(kept)
        left = kept


def _targets(element: Element) -> list[int]:
    """Where a token may go from an element, or those it makes."""
    ways = [element.then]
    match element:
        case Choice():
            ways += [option.target for option in element.options]
        case Applicant() if element.within >= 0:
            ways.append(element.late)
        case Fork():
            ways += element.branches
    return [way for way in ways if way != LEAVE]
