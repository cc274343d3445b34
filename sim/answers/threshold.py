"""How far it holds: for which values of a lever targets are kept."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from sim.analysis.crossing import FIRST, Shape, Side, coarse, crossing, looks, most_points, side_of
from sim.analysis.estimate import Interval
from sim.answers.lever_values import Values, values_between
from sim.errors import RequestError
from sim.experiment.requirements import Requirement
from sim.experiment.trials import Trials
from sim.language import say

MOST: Final = 320
"""Replications at one value, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """What one value of the lever came to.

    Parameters
    ----------
    text, amount
        As on the command line, and its number.
    side
        Whether the targets are kept there, or that cannot be told.
    n
        Replications; 0 where the staff cannot do the work, which is not run.
    found
        The mean of each target's KPI with its 95 % interval.
    """

    text: str
    amount: float
    side: Side
    n: int
    found: tuple[Interval, ...]
    too_much: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """For which values of a lever targets hold.

    Parameters
    ----------
    lever, label
        As asked for, and what it is called.
    least, most, step
        The range that was looked at, and how finely; ``unit`` is what stands behind its numbers.
    shape
        Where in the range targets are kept.
    kept, broken
        The values nearest to the threshold at which targets are known to be kept and to be broken:
        it lies between the two with the stated confidence.  None where no value is.
    estimate
        Where the means meet the targets, in a straight line between the values that were tried.
    at
        All that was tried, by value.
    n_coarse
        How many values from end to end were looked at first.
    """

    title: str
    path: str
    variant: str | None
    seed: int
    engine: str
    lever: str
    label: str
    requirements: tuple[Requirement, ...]
    confidence: float
    least: str
    most: str
    step: float
    unit: str
    shape: Shape
    kept: At | None
    broken: At | None
    estimate: float
    at: tuple[At, ...]
    n_replications: int
    n_coarse: int


def find_threshold(
    trials: Trials,
    lever: str,
    targets: Sequence[str] = (),
    *,
    between: tuple[str, str] | None = None,
    step: str | None = None,
    confidence: float = 0.95,
    most: int = MOST,
) -> Threshold:
    """Find for which values of a lever targets hold.

    Parameters
    ----------
    lever
        A lever of the scenario, or a path, of one quantity: people, a share, a time, a number.
    targets
        As for :func:`sim.experiment.requirements.requirements_of`.
    between
        The ends of the range; by default all shares, half to twice as many of anything else.
    step
        How finely to look; by default a hundredth of the range, or whole numbers.
    confidence
        Chance that the threshold lies where it is said to, if there is only one.
    most
        Replications at one value, at most.

    Raises
    ------
    RequestError
        Something is asked for that is not there.
    ScenarioError
        A value does not fit the scenario.
    """
    if not 0.5 < confidence < 1:
        raise RequestError(
            say(
                "confidence {confidence:g}: give a share above 50 % and below 100 %.",
                confidence=confidence,
            )
        )
    if type(most) is not int or most < FIRST:
        raise RequestError(
            say(
                "most replications: found {most!r}; give a whole number from {least}",
                most=most,
                least=FIRST,
            )
        )
    requirements = trials.require(targets)
    base = trials.candidate({})
    values = values_between(base.scenario, lever, between, step)
    tries = _Tries(
        trials=trials,
        requirements=requirements,
        lever=lever,
        values=values,
        most=most,
        error=1 - confidence,
    )
    found = crossing(len(values.texts), tries.side)
    at = tuple(tries.at[i] for i in sorted(tries.at))
    spec = base.scenario.levers.get(lever)
    kept = None if found.kept is None else tries.at[found.kept]
    broken = None if found.broken is None else tries.at[found.broken]
    return Threshold(
        title=base.scenario.title,
        path=trials.path,
        variant=trials.variant,
        seed=trials.seed_of(base),
        engine=trials.engine_of(base),
        lever=lever,
        label=(spec.label if spec is not None else None) or lever,
        requirements=requirements,
        confidence=confidence,
        least=values.texts[0],
        most=values.texts[-1],
        step=values.step,
        unit=values.unit,
        shape=found.shape,
        kept=kept,
        broken=broken,
        estimate=tries.estimate(kept, broken),
        at=at,
        n_replications=trials.n_run,
        n_coarse=len(coarse(len(values.texts))),
    )


@dataclass(slots=True, kw_only=True)
class _Tries:
    trials: Trials
    requirements: tuple[Requirement, ...]
    lever: str
    values: Values
    most: int
    error: float
    at: dict[int, At] = field(default_factory=dict)

    def side(self, i: int) -> Side:
        if i not in self.at:
            self.at[i] = self.tried(i)
        return self.at[i].side

    def tried(self, i: int) -> At:
        text = self.values.texts[i]
        self.trials.tell(say("trying {values}", values=f"{self.lever} {text}"))
        candidate = self.trials.candidate({self.lever: text})
        amount = self.values.amounts[i]
        if candidate.loads:
            said = "; ".join(f"{each.path}: {each.message}" for each in candidate.loads)
            return At(text=text, amount=amount, side=Side.BROKEN, n=0, found=(), too_much=said)
        at_looks = looks(self.most)
        # Over all values that may be tried, looks and targets (Bonferroni).
        part = self.error / (
            most_points(len(self.values.texts)) * len(at_looks) * len(self.requirements)
        )
        side = Side.OPEN
        n = 0
        while side is Side.OPEN and n < at_looks[-1]:
            n = next(look for look in at_looks if look > n)
            samples = self.trials.samples(candidate, n)
            sides = [
                side_of(sample.interval(requirement.unit, 1 - part), requirement.limit)
                for requirement, sample in zip(self.requirements, samples, strict=True)
            ]
            if Side.BROKEN in sides:
                side = Side.BROKEN
            elif Side.OPEN not in sides:
                side = Side.KEPT
        found = tuple(
            sample.interval(requirement.unit)
            for requirement, sample in zip(self.requirements, samples, strict=True)
        )
        return At(text=text, amount=amount, side=side, n=n, found=found)

    def estimate(self, kept: At | None, broken: At | None) -> float:
        """Where the means meet the targets, between values that were tried."""
        if kept is None or broken is None:
            return math.nan
        ends = sorted((kept.amount, broken.amount))
        inside = [e for e in self.at.values() if ends[0] <= e.amount <= ends[1] and e.found]
        rooms = [(each.amount, self.room(each)) for each in sorted(inside, key=lambda e: e.amount)]
        for (a, room), (b, other) in pairwise(rooms):
            if (room >= 0) != (other >= 0):
                return a + (b - a) * room / (room - other)
        return math.nan

    def room(self, at: At) -> float:
        """How far the means are on the right side, in zones of the targets; the least of them."""
        return min(
            float(requirement.limit.room(found.mean)) / requirement.limit.zone
            for requirement, found in zip(self.requirements, at.found, strict=True)
        )


def settings_of(threshold: Threshold, at: At) -> Mapping[str, str]:
    """What to set for a value that was tried, as with ``--set``."""
    return {threshold.lever: at.text}
