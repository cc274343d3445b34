"""Looks at every factor of a scenario alone, around what is written.

All points share the draws of what is written (R1), so what a factor moves stands out of the luck.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sim.analysis.estimate import bounds_of, estimate
from sim.analysis.paired import difference
from sim.answers.hangs_on import Effect, Outcome, Weighed
from sim.experiment.points import Point, Points, Values
from sim.language import say
from sim.scenario.ranges.factors import Factor, as_setting

SCREENED_WITH: Final = 2
"""Replications with which every factor is looked at; the leading ones get all."""

LEADING: Final = 8
"""Factors of each outcome that get all replications."""

FEW: Final = 5
"""Factors of an outcome that are looked at more closely: where they turn verdicts, and, of what
is asked, their shares of the variance."""

_NEARER: Final = (1.0, 0.5, 0.25, 0.125)
"""Parts of the way to an end that are tried, where staff cannot keep up at the end itself."""

OnStep = Callable[[str, int, int], None]
"""Told what is done, how much of it, and of how much."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Trial:
    """A value of a factor that can be run, ``point`` None where none can; ``why`` not the end."""

    factor: Factor
    value: Any
    amount: float | None
    point: Point | None
    why: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class Screening:
    """Looks at factors around what is written.

    Parameters
    ----------
    names
        Those of the cells: one, or two of which the second is taken from the first.
    unit
        Of the KPI.
    replications
        Of the leading factors.

    Raises
    ------
    ScenarioError
        There is a fault in what is written.
    """

    points: Points
    names: tuple[str, ...]
    unit: str
    replications: int
    on_step: OnStep
    written: Point = field(init=False)

    def __post_init__(self) -> None:
        self.written = self.points.as_written()

    @property
    def every(self) -> range:
        """The numbers of all replications."""
        return range(self.replications)

    @property
    def n_outcomes(self) -> int:
        """A cell has one, two cells have theirs and their difference."""
        return 1 if len(self.names) == 1 else 3

    def of(self, point: Point, numbers: range) -> tuple[Values, ...]:
        """The values of a point by outcome, one for each of some replications."""
        values = self.points.values(point, numbers)
        return values if len(values) == 1 else (*values, values[0] - values[1])

    def outcomes(self) -> tuple[Outcome, ...]:
        """Each with everything as written."""
        self.points.measure([(self.written, self.every)])
        values = self.points.values(self.written, self.every)
        bounds = bounds_of(self.unit)
        found = [
            Outcome(name=name, written=estimate(each, bounds=bounds))
            for name, each in zip(self.names, values, strict=True)
        ]
        if len(found) == 2:
            both = f"{self.names[0]} less {self.names[1]}"
            found.append(Outcome(name=both, written=difference(values[1], values[0])))
        return tuple(found)

    def weigh(self, factors: Sequence[Factor]) -> tuple[Weighed, ...]:
        """Every factor at its ends and choices: with a few replications, the leading with all."""
        few = range(min(SCREENED_WITH, self.replications))
        trials: dict[str, list[_Trial]] = {factor.name: [] for factor in factors}

        def tried() -> Iterator[tuple[Point, range]]:
            yield self.written, few
            for i, factor in enumerate(factors):
                self.on_step(say("looking at every factor alone"), i, len(factors))
                for trial in self._trials(factor):
                    # Models that have been run would only fill the memory.
                    light = None if trial.point is None else replace(trial.point, models=())
                    trials[factor.name].append(replace(trial, point=light))
                    if trial.point is not None:
                        yield trial.point, few

        self.points.measure(tried())
        found = tuple(self._weighed(each, trials[each.name], few) for each in factors)
        leading = {each.factor.name for each in self._leaders(found, LEADING)}

        def again() -> Iterator[tuple[Point, range]]:
            words = say("running those that lead with all replications")
            first = [factor for factor in factors if factor.name in leading]
            for i, factor in enumerate(first):
                self.on_step(words, i, len(first))
                for trial in self._trials(factor):
                    if trial.point is not None:
                        yield trial.point, self.every

        self.points.measure(again())
        return tuple(
            self._weighed(each.factor, trials[each.factor.name], self.every)
            if each.factor.name in leading
            else each
            for each in found
        )

    def few(self, weighed: Sequence[Weighed], *outcomes: int) -> tuple[Weighed, ...]:
        """The few that lead some outcomes and whose effect there is told apart from none.

        Parameters
        ----------
        outcomes
            Indices; by default all.
        """
        return self._leaders(weighed, FEW, outcomes, is_told_apart=True)

    def _trials(self, factor: Factor) -> Iterator[_Trial]:
        for value in factor.choices:
            point = self.points.at([(factor, value)])
            why = point if isinstance(point, str) else ""
            yield _Trial(
                factor=factor,
                value=value,
                amount=None,
                point=None if isinstance(point, str) else point,
                why=why,
            )
        for end in factor.ends:
            yield self._trial(factor, end)

    def _trial(self, factor: Factor, end: float) -> _Trial:
        """An end of a stretch, or an amount nearer to what is written that can be run."""
        assert factor.stretch is not None  # noqa: S101  only a stretch has ends
        written, why = factor.stretch.written, ""
        for part in _NEARER:
            amount = factor.amount_near(written + part * (end - written))
            value = factor.value_of(amount)
            point = self.points.at([(factor, value)])
            if not isinstance(point, str):
                return _Trial(factor=factor, value=value, amount=amount, point=point, why=why)
            why = why or point
        value = factor.value_of(end)
        return _Trial(factor=factor, value=value, amount=end, point=None, why=why)

    def _weighed(self, factor: Factor, trials: Sequence[_Trial], numbers: range) -> Weighed:
        written = self.of(self.written, numbers)
        effects = []
        for trial in trials:
            if trial.point is not None:
                values = self.of(trial.point, numbers)
                effects.append(
                    Effect(
                        setting=as_setting(trial.value),
                        amount=trial.amount,
                        moved=tuple(map(difference, written, values)),
                        nearer=trial.why,
                        is_idle=trial.point.fingerprints == self.written.fingerprints,
                    )
                )
        refused = [f"{as_setting(each.value)}: {each.why}" for each in trials if not each.point]
        return Weighed(factor=factor, effects=tuple(effects), refused=tuple(refused))

    def _leaders(
        self,
        weighed: Sequence[Weighed],
        most: int,
        outcomes: Sequence[int] = (),
        *,
        is_told_apart: bool = False,
    ) -> tuple[Weighed, ...]:
        """The first of some outcomes, by default of each, in the order of the scenario."""
        wanted: set[str] = set()
        for outcome in outcomes or range(self.n_outcomes):
            first = sorted(weighed, key=lambda each: -each.reach(outcome))[:most]
            wanted |= {
                each.factor.name
                for each in first
                if each.reach(outcome) > 0 and (not is_told_apart or each.is_told_apart(outcome))
            }
        return tuple(each for each in weighed if each.factor.name in wanted)
