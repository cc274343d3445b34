"""Tries settings of one scenario as they are asked for, and runs each replication of each once.

The file is read once.  Of a replication it keeps the values that targets are about, no tables.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.analysis.design_effect import design_effect
from sim.analysis.estimate import Interval, bounds_of, estimate
from sim.analysis.shares import estimate_share
from sim.errors import EngineError, Fault, RequestError, with_way_out
from sim.experiment.checks import resolve_weighed
from sim.experiment.replication import Done, Failed, Finished, Job
from sim.experiment.requirements import Requirement, bundles_measured, requirements_of
from sim.experiment.runner import AUTO, available_workers, choose_engine, make_ready, run_cells
from sim.language import say
from sim.model import Model
from sim.scenario import Scenario
from sim.scenario.load import read, scenario_of
from sim.scenario.resolve.model import Shared
from sim.scenario.text.tree import Document
from sim.wording import did_you_mean

_MOST_KEPT: Final = 8
"""Models that are kept: those of a country are large."""

OnProgress: TypeAlias = Callable[[str, float, int], None]
"""Told what is being done, how much of it, and of how much."""

_Value: TypeAlias = tuple[float, int, Sequence[float]]
"""The value, the ``out_of`` and the batches of a :class:`sim.kpis.Measure`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidate:
    """The scenario with some settings; ``loads`` are the faults of the load on its staff."""

    settings: Mapping[str, str]
    scenario: Scenario
    model: Model
    fingerprint: str
    loads: tuple[Fault, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """The values of a KPI and group by replication, NaN where there is none.

    ``out_of`` has how many each is a share of, 0 for no share of counts; ``batches`` are as of
    :class:`sim.kpis.Measure`.
    """

    values: NDArray[np.float64]
    out_of: NDArray[np.int64]
    batches: Sequence[Sequence[float]]

    def interval(self, unit: str, confidence: float = 0.95) -> Interval:
        """The mean and its interval, as in a study."""
        if self.out_of.any():
            effect = design_effect(self.batches, self.out_of)
            return estimate_share(self.values, self.out_of, confidence, design_effect=effect)
        return estimate(self.values, confidence, bounds=bounds_of(unit))


@dataclass(slots=True, kw_only=True)
class Trials:
    """Candidates of one scenario, under common random numbers.

    Parameters
    ----------
    path
        The file.
    variant
        The variant that all start from, None for the scenario as written.
    settings
        Overrides that all have, by lever or path.
    seed, engine, workers
        As of a study; None as the scenario says, or for all cores.
    progress
        Told how far it is.

    Raises
    ------
    ScenarioError, RequestError
        As for a study.
    """

    path: str
    variant: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None
    engine: str = AUTO
    workers: int | None = None
    progress: OnProgress | None = None
    n_run: int = 0
    requirements: tuple[Requirement, ...] = ()
    _document: Document = field(init=False)
    _files: dict[str, bytes] = field(init=False)
    _shared: Shared = field(default_factory=Shared)
    _candidates: dict[tuple[tuple[str, str], ...], Candidate] = field(default_factory=dict)
    _values: dict[str, list[tuple[_Value, ...]]] = field(default_factory=dict)
    _bundles: tuple[str, ...] = ()
    _doing: str = ""

    def __post_init__(self) -> None:
        self.tell(say("reading {path}", path=self.path))
        self._document, self._files = read(self.path)
        variants = self._document.tree.get("variants")
        known = variants if isinstance(variants, dict) else {}
        if self.variant is not None and self.variant not in known:
            way_out = did_you_mean(self.variant, known) or say("The scenario has no variants.")
            message = say("unknown variant '{variant}'", variant=self.variant)
            raise RequestError(with_way_out(message, way_out))
        for what, number, fewest in (("workers", self.workers, 1), ("seed", self.seed, None)):
            is_whole = number is None or type(number) is int
            if not is_whole or (number is not None and fewest is not None and number < fewest):
                raise RequestError(
                    say("{what}: found {number!r}; give a whole number", what=what, number=number)
                )

    def tell(self, doing: str, done: float = 0, total: int = 0) -> None:
        """Say what is being done."""
        self._doing = doing
        if self.progress is not None:
            self.progress(doing, done, total)

    def require(self, targets: Sequence[str]) -> tuple[Requirement, ...]:
        """Say which targets candidates are tried for; see :func:`requirements_of`."""
        base = self.candidate({})
        self.requirements = requirements_of(base.scenario, base.model, targets)
        self._bundles = bundles_measured(self.requirements, base.model)
        return self.requirements

    def candidate(self, settings: Mapping[str, str]) -> Candidate:
        """The scenario with some settings, beside those that all have.

        Raises
        ------
        ScenarioError
            With every fault that is not of the load on staff.
        RequestError
            Something is set for all, too.
        """
        twice = sorted(settings.keys() & self.settings.keys())
        if twice:
            raise RequestError(
                say("'{name}' is both set and searched for. Leave out one.", name=twice[0])
            )
        key = tuple(settings.items())
        if key not in self._candidates:
            scenario = scenario_of(
                self.path,
                self._document.copy(),
                self._files,
                variant=self.variant,
                settings={**self.settings, **settings},
            )
            model, loads = resolve_weighed(scenario, self._shared)
            while len(self._candidates) >= _MOST_KEPT:
                del self._candidates[next(iter(self._candidates))]
            self._candidates[key] = Candidate(
                settings=dict(settings),
                scenario=scenario,
                model=model,
                fingerprint=model.fingerprint(),
                loads=loads,
            )
        return self._candidates[key]

    def seed_of(self, candidate: Candidate) -> int:
        """The seed of its draws."""
        return candidate.scenario.spec.seed if self.seed is None else self.seed

    def engine_of(self, candidate: Candidate) -> str:
        """The name of the engine that runs it."""
        return choose_engine([candidate.model], self.engine)

    def samples(self, candidate: Candidate, n: int) -> tuple[Sample, ...]:
        """What the first n replications of a candidate measure for each target.

        Raises
        ------
        EngineError
            A replication came to no end.
        RequestError
            Nothing in the scenario measures what a target is about.
        """
        rows = self._values.setdefault(candidate.fingerprint, [])
        if len(rows) < n:
            rows.extend(self._run(candidate, len(rows), n - len(rows)))
        return tuple(
            Sample(
                values=np.array([row[i][0] for row in rows[:n]], np.float64),
                out_of=np.array([row[i][1] for row in rows[:n]], np.int64),
                batches=[row[i][2] for row in rows[:n]],
            )
            for i in range(len(self.requirements))
        )

    def _run(self, candidate: Candidate, first: int, n: int) -> list[tuple[_Value, ...]]:
        engine = self.engine_of(candidate)
        doing = self._doing
        make_ready(engine, (candidate.model,), self.tell)
        job = Job(
            models=(candidate.model,),
            seed=self.seed_of(candidate),
            engine=engine,
            bundles=self._bundles,
        )
        n_done = 0

        def count(_: Done) -> None:
            nonlocal n_done
            n_done += 1
            self.tell(doing, n_done, n)

        ran = run_cells(
            job,
            replications=n,
            first=first,
            workers=self.workers or available_workers(),
            on_done=count,
            on_share=lambda share: self.tell(doing, n_done + share, n),
        )
        if not ran.is_complete:
            raise KeyboardInterrupt
        self.n_run += n
        rows = []
        for done in ran.done:
            if isinstance(done, Failed):
                said = ", ".join(f"{key} {value}" for key, value in candidate.settings.items())
                raise EngineError(
                    say(
                        "replication {replication} ({said}) failed: {error}",
                        replication=done.replication,
                        said=said,
                        error=done.error,
                    )
                )
            rows.append(tuple(self._value(done, requirement) for requirement in self.requirements))
        return rows

    def _value(self, done: Finished, requirement: Requirement) -> _Value:
        groups = {each.group: each for each in done.measures if each.kpi == requirement.kpi}
        if requirement.group in groups:
            found = groups[requirement.group]
            return found.value, found.out_of, found.batches
        if done.replication == 0:
            way_out = did_you_mean(requirement.group, groups) or say(
                "Take another KPI: see lienthong kpis."
            )
            message = say(
                "'{kpi}' is not measured for '{group}'",
                kpi=requirement.kpi,
                group=requirement.group,
            )
            raise RequestError(with_way_out(message, way_out))
        return math.nan, 0, ()
