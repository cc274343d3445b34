"""How steps follow each other: sequences, choices with shares, parts side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import permutations, product, repeat
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One step."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InOrder:
    """One after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """At the same time."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf:
    """One of several ways, each with the number of cases that took it; the others take none.

    ``out_of`` counts the cases that came to the choice.  Where a step is in several parts, they are
    orders of it and others, and a case takes the first that allows its own.
    """

    parts: tuple[Node, ...]
    counts: tuple[int, ...]
    out_of: int


Way: TypeAlias = tuple[str, ...]
"""The steps of a case, each once, in their order."""

Node: TypeAlias = Leaf | InOrder | SideBySide | OneOf


def steps_of(node: Node) -> tuple[str, ...]:
    """The steps in a tree, each once, in the order in which they are first written."""
    if isinstance(node, Leaf):
        return (node.step,)
    return tuple(dict.fromkeys(step for part in node.parts for step in steps_of(part)))


def parallels(node: Node) -> Iterator[tuple[str, str]]:
    """The pairs of steps that go on side by side, both ways round."""
    if isinstance(node, Leaf):
        return
    if isinstance(node, SideBySide):
        yield from _beside(node)
    for part in node.parts:
        yield from parallels(part)


def _beside(node: SideBySide) -> Iterator[tuple[str, str]]:
    """The pairs of steps of which each is in another part."""
    for one, other in permutations(map(steps_of, node.parts), 2):
        yield from product(one, other)


def loose_pairs(node: Node, at_once: Set[tuple[str, str]] = frozenset()) -> float:
    """Pairs of steps, both ways round, that go on side by side, on average of the cases.

    Those that are seen ``at_once`` do not count.
    """
    if isinstance(node, Leaf):
        return 0.0
    inside = [loose_pairs(part, at_once) for part in node.parts]
    if isinstance(node, OneOf):
        of_each = zip(inside, node.counts, strict=True)
        return sum(n * pairs for pairs, n in of_each) / max(node.out_of, 1)
    if isinstance(node, InOrder):
        return sum(inside)
    return sum(inside) + sum(pair not in at_once for pair in _beside(node))


def branches_of(node: Node, step: str, path: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    """Which parts side by side a step is in, from the outermost, wherever it is written."""
    if isinstance(node, Leaf):
        if node.step == step:
            yield path
        return
    for at, part in enumerate(node.parts):
        inside = (*path, id(node), at) if isinstance(node, SideBySide) else path
        yield from branches_of(part, step, inside)


def accepts(node: Node, steps: Sequence[str]) -> bool:
    """Whether a tree allows some steps, none of them twice, in their order."""
    if isinstance(node, Leaf):
        return list(steps) == [node.step]
    if isinstance(node, OneOf):
        if not steps:
            return sum(node.counts) < node.out_of
        return any(accepts(part, steps) for part in node.parts)
    own = _shared_out(node, steps)
    if sum(map(len, own)) != len(steps):
        return False
    if isinstance(node, InOrder) and [step for part in own for step in part] != list(steps):
        return False
    return all(accepts(part, mine) for part, mine in zip(node.parts, own, strict=True))


def counted(
    node: Node, ways: Mapping[Way, int], others: Mapping[Way, int] | None = None, enough: int = 0
) -> Node:
    """The same tree with the shares of other cases.

    Parameters
    ----------
    ways
        How many cases had which steps, in their order; each is one that the tree allows.
    others
        Those of more cases, for choices to which fewer than ``enough`` of ``ways`` come.
    """
    more = ways if others is None else others
    if isinstance(node, Leaf):
        return node
    if isinstance(node, OneOf):
        mine, theirs = _taken(node, ways), _taken(node, more)
        is_enough = sum(ways.values()) >= enough
        return OneOf(
            parts=tuple(map(counted, node.parts, mine, theirs, repeat(enough))),
            counts=tuple(sum(each.values()) for each in (mine if is_enough else theirs)),
            out_of=sum((ways if is_enough else more).values()),
        )
    own, rest = _projected(node, ways), _projected(node, more)
    return replace(node, parts=tuple(map(counted, node.parts, own, rest, repeat(enough))))


def _taken(node: OneOf, ways: Mapping[Way, int]) -> list[dict[Way, int]]:
    """Some ways by the part that each takes: the first that allows it."""
    found: list[dict[Way, int]] = [{} for _ in node.parts]
    for steps, n in ways.items():
        for part, mine in zip(node.parts, found, strict=True):
            if steps and accepts(part, steps):
                mine[steps] = n
                break
    return found


def _projected(node: InOrder | SideBySide, ways: Mapping[Way, int]) -> list[Counter[Way]]:
    """What some ways are in each part."""
    found: list[Counter[Way]] = [Counter() for _ in node.parts]
    for steps, n in ways.items():
        for mine, shared in zip(found, _shared_out(node, steps), strict=True):
            mine[tuple(shared)] += n
    return found


def _shared_out(node: InOrder | SideBySide, steps: Sequence[str]) -> list[list[str]]:
    """Some steps by the part in which they are."""
    inside = [set(steps_of(part)) for part in node.parts]
    return [[step for step in steps if step in names] for names in inside]
