"""How many people: the cheapest staffing, by group, that keeps to targets."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from sim.analysis.estimate import Interval
from sim.analysis.selection import FIRST, Judgement, Point, Verdict, judge, select
from sim.answers.ladders import Ladder, ladders_of
from sim.errors import RequestError
from sim.experiment.loads import overloaded
from sim.experiment.requirements import Requirement
from sim.experiment.trials import Candidate, Trials
from sim.language import later, say
from sim.scenario.resolve.people.roles import roles_held

CostOf: TypeAlias = Literal["people", "wages"]
"""What is to be least: full-time people, or what all of them are paid in a year."""

_WORSE_AT_MOST: Final = later(
    "more people make {target} worse: it must be at most {limit}, and is {few} with the fewest "
    "({fewest}), {many} with the most ({most}). staff finds how many people are enough. See "
    "lienthong threshold for up to how many it holds."
)
_WORSE_AT_LEAST: Final = later(
    "more people make {target} worse: it must be at least {limit}, and is {few} with the fewest "
    "({fewest}), {many} with the most ({most}). staff finds how many people are enough. See "
    "lienthong threshold for up to how many it holds."
)

MOST: Final = 1_000
"""Replications of one staffing, at most."""

_LITTLE: Final = 0.05
"""A change by less than such a part of a mean is no reason to refuse a target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one staffing came to for one target.

    ``is_forced`` says that the verdict is that of the mean alone, since :data:`MOST` replications
    were not enough for one with the stated chance of error.
    """

    requirement: Requirement
    verdict: Verdict
    interval: Interval
    is_forced: bool

    @property
    def is_close(self) -> bool:
        """Whether the interval holds the limit: the mean may be on either side of it."""
        return self.interval.holds(self.requirement.limit.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A staffing that was tried.

    Parameters
    ----------
    settings
        What to set, by path, as on the command line.
    people
        Of each group over all its offices, full time.
    cost
        Full-time people, or wages of a year.
    keeps
        Whether it keeps to all targets.
    n
        Replications; 0 for a staffing that cannot do its work, which is not run.
    found
        Target by target, as far as they were looked at.
    too_much
        Why it cannot do its work; empty where it can.
    """

    settings: Mapping[str, str]
    people: Mapping[str, float]
    cost: float
    keeps: bool
    n: int
    found: tuple[Found, ...]
    too_much: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """The cheapest staffing that keeps to targets, and how it was found.

    Parameters
    ----------
    confidence
        Chance that the selection is right, see :func:`sim.analysis.selection.select`: that what is
        chosen misses no target by more than its zone, and nothing cheaper keeps to all of them by
        more than their zones.
    cost_unit
        ``people``, or a currency a year.
    ladders
        The groups that were moved, with the values that were looked among.
    chosen
        None if the most people do not keep to the targets either.
    as_cheap
        Others that keep to the targets and cost the same.
    tried
        All that was tried, in this order.
    n_candidates, n_left_out
        How many staffings there were to choose from, and how many values of groups the screen left
        out beforehand, since the work exceeds the people.
    n_replications
        Run in all.
    present_cost
        Of the scenario as it is.
    floor
        The cost below which no staffing keeps to the targets: that of the chosen, unless there were
        too many staffings between to try them.
    alike
        The fewest people who can do the work, if nothing is chosen and the most come to what these
        do, within the zones of the targets that are missed.
    too_busy
        If nothing is chosen: groups that are not moved and have more work than they can do, over
        all offices or at some, even with the most people in those that are.
    """

    title: str
    path: str
    variant: str | None
    seed: int
    engine: str
    requirements: tuple[Requirement, ...]
    confidence: float
    cost_unit: str
    ladders: tuple[Ladder, ...]
    chosen: Tried | None
    as_cheap: tuple[Tried, ...]
    tried: tuple[Tried, ...]
    n_candidates: int
    n_left_out: int
    n_replications: int
    present_cost: float
    floor: float
    alike: Tried | None = None
    too_busy: tuple[str, ...] = ()

    @property
    def is_least(self) -> bool:
        """Whether nothing cheaper is left that was not ruled out."""
        return self.chosen is None or self.floor >= self.chosen.cost * (1 - 1e-9)

    @property
    def is_sure(self) -> bool:
        """Whether no verdict was forced, so that the confidence holds."""
        return not any(found.is_forced for each in self.tried for found in each.found)

    @property
    def best(self) -> Tried | None:
        """The chosen staffing, or the most people that were tried."""
        return self.chosen or max(self.tried, key=lambda each: each.cost, default=None)


def find_staffing(
    trials: Trials,
    targets: Sequence[str] = (),
    *,
    move: Mapping[str, Sequence[str]] | None = None,
    cost: str = "people",
    confidence: float = 0.95,
    most: int = MOST,
) -> Staffing:
    """Find the cheapest staffing that keeps to targets.

    Parameters
    ----------
    trials
        The scenario.
    targets
        As for :func:`sim.experiment.requirements.requirements_of`.
    move
        The groups of staff to move, each with the values of its ``people`` to look among, or none
        for values that are found by themselves; by default all groups that work on what the
        targets are about.
    cost
        ``people`` or ``wages``.
    confidence
        Chance that the selection is right.
    most
        Replications of one staffing, at most.

    Raises
    ------
    RequestError
        Something is asked for that is not there, or that more people make worse.
    ScenarioError
        A value does not fit the scenario.
    """
    if cost not in ("people", "wages"):
        raise RequestError(say("cost by '{cost}': give people or wages.", cost=cost))
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
    ladders = ladders_of(trials, requirements, move, by_wages=cost == "wages")
    return _Hunt(trials=trials, requirements=requirements, ladders=ladders, most=most).answer(
        confidence, cost
    )


@dataclass(slots=True, kw_only=True)
class _Hunt:
    trials: Trials
    requirements: tuple[Requirement, ...]
    ladders: tuple[Ladder, ...]
    most: int
    tried: dict[Point, Tried] = field(default_factory=dict)

    def answer(self, confidence: float, cost: str) -> Staffing:
        selection = select(
            [len(each.values) for each in self.ladders],
            self.cost,
            self.keeps,
            error=1 - confidence,
            guess=tuple(each.guess for each in self.ladders),
        )
        chosen, *others = self.in_order(selection.points) or [None]
        alike = self.alike() if chosen is None else None
        base = self.trials.candidate({})
        money = "" if base.model.costs is None else f"{base.model.costs.currency} a year"
        return Staffing(
            title=base.scenario.title,
            path=self.trials.path,
            variant=self.trials.variant,
            seed=self.trials.seed_of(base),
            engine=self.trials.engine_of(base),
            requirements=self.requirements,
            confidence=confidence,
            cost_unit=money if cost == "wages" else "people",
            ladders=self.ladders,
            chosen=chosen,
            as_cheap=tuple(each for each in others if each is not None),
            tried=tuple(self.tried.values()),
            n_candidates=math.prod(len(each.values) for each in self.ladders),
            n_left_out=sum(each.n_left_out for each in self.ladders),
            n_replications=self.trials.n_run,
            present_cost=sum(each.present * each.price for each in self.ladders),
            floor=selection.floor,
            alike=alike,
            too_busy=self.too_busy() if chosen is None else (),
        )

    def alike(self) -> Tried | None:
        """The fewest people, if they come to what the most do, within the zones of what is missed.

        Raises
        ------
        RequestError
            The fewest are nearer to a target that the most miss, or keep to it: more people make
            it worse.
        """
        top = tuple(len(each.values) - 1 for each in self.ladders)
        low = self.fewest(top)
        if low == top or self.tried[top].too_much:
            return None
        few, many = (self.first(each) for each in (low, top))
        missed = [x.requirement for x in self.tried[top].found if x.verdict is Verdict.BROKEN]
        changes = []
        for requirement, a, b in zip(self.requirements, few, many, strict=True):
            if requirement not in missed:
                continue
            limit = requirement.limit
            change = float(limit.room(b.mean) - limit.room(a.mean))
            is_clear = a.low > b.high or b.low > a.high
            is_much = -change > min(limit.zone, _LITTLE * abs(a.mean))
            if change < 0 and is_clear and (is_much or float(limit.room(a.mean)) >= 0):
                raise RequestError(
                    say(
                        _WORSE_AT_MOST if limit.at_most else _WORSE_AT_LEAST,
                        target=f"{requirement.group}.{requirement.kpi}",
                        limit=_plain(limit.value, limit.unit),
                        few=_plain(a.mean, limit.unit),
                        fewest=self.people(low),
                        many=_plain(b.mean, limit.unit),
                        most=self.people(top),
                    )
                )
            changes.append(abs(change) < limit.zone)
        if low not in self.tried:
            self.tried[low] = self.failed(low, few)
        return self.tried[low] if changes and all(changes) else None

    def too_busy(self) -> tuple[str, ...]:
        """The groups that are not moved and have too much to do with the most of those that are."""
        top = self.candidate(tuple(len(each.values) - 1 for each in self.ladders))
        roles = {each.role for each in overloaded(top.model)}
        moved = {each.group for each in self.ladders}
        staff = top.scenario.spec.staff.items()
        held = {name: roles.intersection(roles_held(name, group)) for name, group in staff}
        # What a moved group can do too, more of its people may take over.
        others = roles.difference(*(held[name] for name in moved))
        return tuple(name for name in held if name not in moved and held[name] & others)

    def first(self, point: Point) -> tuple[Interval, ...]:
        """What the first replications of a staffing come to, target by target."""
        if point not in self.tried:
            self.trials.tell(say("trying {values}", values=self.people(point)))
        samples = self.trials.samples(self.candidate(point), FIRST)
        return tuple(
            sample.interval(requirement.unit)
            for requirement, sample in zip(self.requirements, samples, strict=True)
        )

    def failed(self, point: Point, found: Sequence[Interval]) -> Tried:
        """A staffing that does not keep to the targets since one with more people does not."""
        named = list(zip(self.ladders, point, strict=True))
        return Tried(
            settings=self.settings(point),
            people={each.group: each.people[at] for each, at in named},
            cost=self.cost(point),
            keeps=False,
            n=FIRST,
            found=tuple(
                Found(
                    requirement=requirement,
                    verdict=Verdict.BROKEN
                    if float(requirement.limit.room(interval.mean)) < 0
                    else Verdict.KEPT,
                    interval=interval,
                    is_forced=False,
                )
                for requirement, interval in zip(self.requirements, found, strict=True)
            ),
        )

    def fewest(self, top: Point) -> Point:
        """The fewest people that can do the work: of all groups, else of one after the other."""
        low = tuple(0 for _ in top)
        if not self.candidate(low).loads:
            return low
        singly = (tuple(0 if i == j else at for j, at in enumerate(top)) for i in range(len(top)))
        return next((each for each in singly if not self.candidate(each).loads), top)

    def candidate(self, point: Point) -> Candidate:
        return self.trials.candidate(self.settings(point))

    def settings(self, point: Point) -> dict[str, str]:
        return {each.path: each.values[at] for each, at in zip(self.ladders, point, strict=True)}

    def people(self, point: Point) -> str:
        named = zip(self.ladders, point, strict=True)
        return ", ".join(f"{each.group} {each.values[at]}" for each, at in named)

    def in_order(self, points: Sequence[Point]) -> list[Tried | None]:
        """Of staffings that cost the same, first the one with the most room, in its zones."""
        known = [self.tried[each] for each in points if each in self.tried]
        return [*sorted(known, key=lambda each: -min(map(_room, each.found), default=0.0))]

    def cost(self, point: Point) -> float:
        return sum(
            ladder.people[at] * ladder.price for ladder, at in zip(self.ladders, point, strict=True)
        )

    def keeps(self, point: Point, error: float) -> bool:
        """Try a staffing, until it is clear whether it keeps to the targets."""
        chosen = [(ladder, at) for ladder, at in zip(self.ladders, point, strict=True)]
        settings = self.settings(point)
        candidate = self.candidate(point)
        found: tuple[Found, ...] = ()
        n = 0
        if not candidate.loads:
            self.trials.tell(say("trying {values}", values=self.people(point)))
            n, found = self.judged(candidate, error)
        tried = Tried(
            settings=settings,
            people={each.group: each.people[at] for each, at in chosen},
            cost=self.cost(point),
            keeps=bool(found) and all(each.verdict is Verdict.KEPT for each in found),
            n=n,
            found=found,
            too_much="; ".join(f"{each.path}: {each.message}" for each in candidate.loads),
        )
        self.tried[point] = tried
        return tried.keeps

    def judged(self, candidate: Candidate, error: float) -> tuple[int, tuple[Found, ...]]:
        """Run replications until a target is missed or all are kept; and what was found by then."""
        n = FIRST
        while True:
            samples = self.trials.samples(candidate, n)
            judgements = [
                judge(
                    sample.values,
                    requirement.limit,
                    error / len(self.requirements),
                    out_of=sample.out_of,
                )
                for requirement, sample in zip(self.requirements, samples, strict=True)
            ]
            broken = [each for each in judgements if each.verdict is Verdict.BROKEN]
            is_over = n >= self.most
            if broken or is_over or all(each.verdict for each in judgements):
                break
            n = min(n + max(4, n // 4), self.most)
        return n, tuple(
            Found(
                requirement=requirement,
                verdict=_verdict(
                    judgement, float(sample.interval(requirement.unit).mean), requirement
                ),
                interval=sample.interval(requirement.unit),
                is_forced=judgement.verdict is None and not broken,
            )
            for requirement, sample, judgement in zip(
                self.requirements, samples, judgements, strict=True
            )
            if judgement.verdict is not None or not broken
        )


def _verdict(judgement: Judgement, mean: float, requirement: Requirement) -> Verdict:
    if judgement.verdict is not None:
        return judgement.verdict
    return Verdict.KEPT if float(requirement.limit.room(mean)) >= 0 else Verdict.BROKEN


def _room(found: Found) -> float:
    return float(found.requirement.limit.room(found.interval.mean)) / found.requirement.limit.zone


def _plain(value: float, unit: str) -> str:
    return f"{100 * value:.3g} %" if unit == "share" else f"{value:.4g} {unit}"
