"""Moves the few factors that lead together, and along their ranges to where a verdict turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.analysis.sensitivity import Shares, design, meets, shares
from sim.answers.hangs_on import Turn, Verdict, Weighed
from sim.answers.screening import Screening
from sim.experiment.points import Changes, Point
from sim.language import say
from sim.scenario.ranges.factors import Factor, as_setting

BLOCKS: Final = 64
"""Base points of the design of the shares."""

_STEPS: Final = 4
"""Steps from what is written to an end, along which a curve is followed."""


def with_shares(
    screening: Screening, weighed: Sequence[Weighed], seed: int
) -> tuple[tuple[Weighed, ...], int]:
    """The few of what is asked with their shares of the variance of each outcome, moving at once.

    A block of the design takes one replication, so luck is a part of the variance that belongs to
    no factor; an outcome that no factor moves by more than luck has no shares.

    Returns
    -------
    tuple
        All that are weighed, and how many blocks were left out, for staff could not keep up.
    """
    few = [within_reach(each) for each in screening.few(weighed, screening.n_outcomes - 1)]
    if not few:
        return tuple(weighed), 0
    rows = design(len(few), BLOCKS, seed)
    n_in_block = len(few) + 2
    found: list[Point | None] = []

    def joint() -> Iterator[tuple[Point, range]]:
        for i, row in enumerate(rows):
            screening.on_step(say("moving the {n} that lead together", n=len(few)), i, len(rows))
            point = screening.points.at(_changes(few, row))
            found.append(None if isinstance(point, str) else replace(point, models=()))
            if not isinstance(point, str):
                yield point, _number(i // n_in_block, screening)

    screening.points.measure(joint())
    answers: list[list[float]] = []
    for block in range(BLOCKS):
        mine = found[block * n_in_block : (block + 1) * n_in_block]
        known = [point for point in mine if point is not None]
        if len(known) == len(mine):
            numbers = _number(block, screening)
            answers += [[float(each[0]) for each in screening.of(p, numbers)] for p in known]
    n_left_out = BLOCKS - len(answers) // n_in_block
    if not answers:
        return tuple(weighed), n_left_out
    by_outcome = [
        shares(column, len(few), seed) if screening.few(weighed, outcome) else None
        for outcome, column in enumerate(np.array(answers).T)
    ]
    of_factor: dict[str, tuple[Shares | None, ...]] = {
        factor.name: tuple(None if each is None else each[i] for each in by_outcome)
        for i, factor in enumerate(few)
    }
    return tuple(
        replace(each, shares=of_factor.get(each.factor.name, ())) for each in weighed
    ), n_left_out


def with_turns(
    screening: Screening, weighed: Sequence[Weighed], verdicts: Sequence[Verdict]
) -> tuple[Weighed, ...]:
    """The few with the verdicts that each of them turns alone."""
    few = {each.factor.name for each in screening.few(weighed)}
    screening.on_step(say("looking for where verdicts turn"), 0, 0)
    return tuple(
        replace(each, turns=tuple(_turns(screening, each, verdicts)))
        if each.factor.name in few
        else each
        for each in weighed
    )


def within_reach(weighed: Weighed) -> Factor:
    """A factor whose stretch goes as far as it could be run."""
    factor, stretch = weighed.factor, weighed.factor.stretch
    if stretch is None:
        return factor
    amounts = [each.amount for each in weighed.effects if each.amount is not None]
    ends = [stretch.written, *amounts]
    return replace(factor, stretch=replace(stretch, low=min(ends), high=max(ends)))


def _number(block: int, screening: Screening) -> range:
    number = block % screening.replications
    return range(number, number + 1)


def _changes(few: Sequence[Factor], row: NDArray[np.float64]) -> Changes:
    pairs = [(factor, factor.value_at(float(u))) for factor, u in zip(few, row, strict=True)]
    return [(factor, value) for factor, value in pairs if value is not None]


def _turns(screening: Screening, weighed: Weighed, verdicts: Sequence[Verdict]) -> Iterator[Turn]:
    for verdict in verdicts:
        written = float(screening.of(screening.written, screening.every)[verdict.outcome].mean())
        means = {
            each.setting: written + each.moved[verdict.outcome].mean for each in weighed.effects
        }
        sides = {value > verdict.value for value in (written, *means.values())}
        if len(sides) == 1:
            continue
        if weighed.factor.stretch is None:
            is_above = written > verdict.value
            turned = [text for text, mean in means.items() if (mean > verdict.value) != is_above]
            yield Turn(verdict=verdict, choices=tuple(turned))
        elif (turn := _on_the_way(screening, within_reach(weighed), verdict)) is not None:
            yield turn


def _on_the_way(screening: Screening, factor: Factor, verdict: Verdict) -> Turn | None:
    assert factor.stretch is not None  # noqa: S101  a choice has no way
    ends = sorted({factor.stretch.low, factor.stretch.written, factor.stretch.high})
    steps = {
        factor.amount_near(float(amount))
        for a, b in pairwise(ends)
        for amount in np.linspace(a, b, _STEPS + 1)
    }
    found = {
        amount: point
        for amount in sorted(steps)
        if not isinstance(point := screening.points.at([(factor, factor.value_of(amount))]), str)
    }
    screening.points.measure((point, screening.every) for point in found.values())
    values = [screening.of(point, screening.every)[verdict.outcome] for point in found.values()]
    at = meets(list(found), values, verdict.value)
    if at is None:
        return None
    low, mean, high = (
        as_setting(factor.value_of(float(f"{end:.4g}"))) for end in (at.low, at.mean, at.high)
    )
    return Turn(verdict=verdict, at=at, setting=mean, low_setting=low, high_setting=high)
