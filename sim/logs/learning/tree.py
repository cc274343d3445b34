"""How steps follow each other: sequences, choices with shares, parts side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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

    ``out_of`` counts the cases that came to the choice.
    """

    parts: tuple[Node, ...]
    counts: tuple[int, ...]
    out_of: int


Node: TypeAlias = Leaf | InOrder | SideBySide | OneOf


def steps_of(node: Node) -> tuple[str, ...]:
    """The steps in a tree, in the order in which they are written."""
    if isinstance(node, Leaf):
        return (node.step,)
    return tuple(step for part in node.parts for step in steps_of(part))


def parallels(node: Node) -> Iterator[tuple[str, str]]:
    """The pairs of steps that go on side by side, both ways round."""
    if isinstance(node, Leaf):
        return
    if isinstance(node, SideBySide):
        sets = [steps_of(part) for part in node.parts]
        for at, one in enumerate(sets):
            for other in (*sets[:at], *sets[at + 1 :]):
                yield from ((a, b) for a in one for b in other)
    for part in node.parts:
        yield from parallels(part)


def branch_of(node: Node, step: str, path: tuple[int, ...] = ()) -> tuple[int, ...] | None:
    """Which parts side by side a step is in, from the outermost; None where it is not there."""
    if isinstance(node, Leaf):
        return path if node.step == step else None
    for at, part in enumerate(node.parts):
        inside = (*path, id(node), at) if isinstance(node, SideBySide) else path
        found = branch_of(part, step, inside)
        if found is not None:
            return found
    return None


def accepts(node: Node, steps: Sequence[str]) -> bool:
    """Whether a tree allows some steps, none of them twice, in their order."""
    if isinstance(node, Leaf):
        return list(steps) == [node.step]
    own = [[step for step in steps if step in set(steps_of(part))] for part in node.parts]
    if sum(map(len, own)) != len(steps):
        return False
    if isinstance(node, OneOf):
        taken = [at for at, part in enumerate(own) if part]
        if not taken:
            return sum(node.counts) < node.out_of
        return len(taken) == 1 and accepts(node.parts[taken[0]], own[taken[0]])
    if isinstance(node, InOrder) and [step for part in own for step in part] != list(steps):
        return False
    return all(accepts(part, mine) for part, mine in zip(node.parts, own, strict=True))
