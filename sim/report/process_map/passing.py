"""How often cases go each way of a flow, from how often they come to its steps; ways none goes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from sim.report.process_map.flow import Kind, Node, Sequence, Step, Way, Ways, steps_of

Passes: TypeAlias = Callable[[str], float | None]
"""How often a case comes to a step of a name, on average; None for one that is not in the run."""

_UNCOUNTED: Final = frozenset({Kind.PAYMENT, Kind.RETURN})
"""Steps that may not be in a run although cases come there: a fee of nothing, a way back."""


def parted(node: Ways, passes: float, of_step: Passes) -> list[tuple[Way, float]]:
    """The ways of a choice with how often each is taken.

    A way none of whose steps is counted is taken as often as the scenario says, the last of them
    by the rest; NaN for what neither tells.

    Parameters
    ----------
    passes
        How often a case comes to the choice.
    """
    known = [_begun(way.steps, of_step) for way in node.ways]
    if known.count(None) > 1:
        known = [
            passes * way.share if share is None and way.share is not None else share
            for way, share in zip(node.ways, known, strict=True)
        ]
    rest = max(0.0, passes - sum(each for each in known if each is not None))
    if known.count(None) > 1:
        rest = math.nan
    return [
        (way, rest if share is None else share) for way, share in zip(node.ways, known, strict=True)
    ]


def _begun(steps: Sequence, of_step: Passes) -> float | None:
    """How often steps are begun; None where no step of a run says so."""
    for node in steps:
        if isinstance(node, Ways):
            inside = [_begun(way.steps, of_step) for way in node.ways]
            known = [each for each in inside if each is not None]
            if len(known) == len(inside):
                return max(known) if node.is_fork else sum(known)
            continue
        share = of_step(node.name)
        if share is not None:
            return share
        if node.kind not in _UNCOUNTED:
            return 0.0
    return None


@dataclass(slots=True, kw_only=True)
class Taken:
    """A flow without the ways that no case takes, and the steps on those."""

    flow: Sequence = ()
    left_out: list[Step] = field(default_factory=list)


def taken(flow: Sequence, of_step: Passes) -> Taken:
    """Leave out what no case comes to; a choice with a single way left is none."""
    found = Taken()
    found.flow, _ = _taken(flow, 1.0, of_step, found.left_out)
    return found


def _taken(
    steps: Sequence, passes: float, of_step: Passes, left_out: list[Step]
) -> tuple[Sequence, float]:
    """What is left of some steps, and how often a case goes on behind them."""
    kept: list[Node] = []
    for node in steps:
        if isinstance(node, Step):
            share = of_step(node.name)
            passes = passes if share is None else share
            kept.append(node)
            if node.kind in (Kind.RETURN, Kind.END):
                passes = 0.0
            continue
        ways = []
        after = []
        shares = [(way, passes) for way in node.ways]
        for way, share in shares if node.is_fork else parted(node, passes, of_step):
            inside, goes_on = _taken(way.steps, share, of_step, left_out if share != 0 else [])
            if node.is_fork or share != 0:
                ways.append(replace(way, steps=inside))
                after.append(goes_on)
            else:
                left_out += steps_of(way.steps)
        passes = min(after, default=0.0) if node.is_fork else sum(after)
        if len(ways) == 1:
            kept += ways[0].steps
        elif ways:
            kept.append(replace(node, ways=tuple(ways)))
    return tuple(kept), passes
