"""A scenario on which levers are moved one after the other, and answers come while they are.

The file is read once, each setting is resolved once, and no replication of a model is run twice:
what is asked next has the baseline of what was asked before.  An answer comes in stages, from few
replications to as many as are asked for.  Its digits are those of a comparison of the same variants
with the same seed and replications.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Final

from sim.analysis.stopping import FIRST, next_number
from sim.answers.asking import Where, asked_for, check_variant
from sim.errors import EngineError, Fault, ScenarioError
from sim.experiment.claims import claim_faults
from sim.experiment.loads import load_faults, overloaded
from sim.experiment.plan import Plan
from sim.experiment.replication import Done, Finished, Job
from sim.experiment.request import Request, request
from sim.experiment.results import Cell, Results
from sim.experiment.runner import available_workers, make_ready, run_cells
from sim.experiment.study import gather
from sim.files import Gate, only_through
from sim.model import Model
from sim.scenario import Scenario, holidays_used, resolve
from sim.scenario.load import files_named, read, scenario_of
from sim.scenario.overrides import levers_of
from sim.scenario.resolve.setting import SharedSettings
from sim.scenario.shipped import folder as shipped_folder
from sim.workload import RoleLoad

FEWEST: Final = 2
"""Replications of the first answer: one alone has no interval."""

MOST: Final = 200
"""Replications that an answer does not exceed, unless a number is asked for."""

LARGE: Final = 400_000
"""Expected cases of a replication from which it takes about a second."""

_STAGES: Final = (FEWEST, 5, 10, FIRST)
_FURTHER: Final = (2 * FIRST, 4 * FIRST)
"""Stages of an answer whose number of replications is said, so that it can be seen on its way."""

_COURSES: Final = ("open_cases",)
_MOST_SETTINGS: Final = 24
_MOST_RUNS: Final = 1_000


class StoppedError(Exception):
    """Nobody waits for the answer any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a workbench.

    Parameters
    ----------
    changed, baseline
        What is looked at, and what it is set against; equal for nothing.
    bundle
        None for that of the target.
    kpis
        Those of which there are estimates; empty for all.
    replications
        How many; None until the interval of the KPI of the target is as narrow as ``precision``, a
        share of the mean on either side.
    seed
        None for that of the scenario.
    names
        What the baseline and what is looked at are called; empty for names made of what they are.
    """

    changed: Where
    baseline: Where
    bundle: str | None = None
    kpis: tuple[str, ...] = ()
    replications: int | None = None
    precision: float = 0.02
    seed: int | None = None
    names: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stage:
    """An answer from the replications so far.

    Parameters
    ----------
    kpi, bundle
        What the question is about.
    baseline, changed
        The names of the cells; the same where nothing is set against anything.
    reached
        Half of the interval of that KPI over its mean, of the cell where it is wider; None without
        an interval.
    expected
        How many replications there will be in the end, about.
    seconds
        That the answer took, up to here.
    """

    results: Results
    kpi: str
    bundle: str
    baseline: str
    changed: str
    reached: float | None
    expected: int
    is_last: bool
    seconds: float


@dataclass(slots=True, kw_only=True, eq=False)
class Setting:
    """A variant with settings, its model, and what there is to say of the work of its staff."""

    where: Where
    scenario: Scenario
    model: Model
    fingerprint: str
    faults: tuple[Fault, ...] | None = None
    overloads: tuple[RoleLoad, ...] | None = None


class Workbench:
    """What is kept of a scenario between questions; threads may ask side by side.

    Parameters
    ----------
    path
        The file.
    held
        What stands in the place of files, by path.  With it, nothing else can be read but shipped
        scenarios.

    Raises
    ------
    ScenarioError
        With all faults of the scenario.
    """

    def __init__(self, path: str, held: Mapping[str, bytes] | None = None) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._shared: SharedSettings = {}
        self._settings: OrderedDict[tuple[object, ...], Setting] = OrderedDict()
        self._runs: OrderedDict[tuple[str, str, int, int], Finished] = OrderedDict()
        self.gate = Gate(folder=shipped_folder(), held=held or {})
        if held is None:
            self._document, self._files = read(path)
            named = frozenset(files_named(self._document, path))
            self.gate = replace(self.gate, named=named | self._files.keys())
        else:
            with only_through(self.gate):
                self._document, self._files = read(path)
        self._levers = levers_of(self._document)
        self.scenario = self.setting(Where()).scenario
        self.fingerprint = self._digest()

    def _digest(self) -> str:
        """What tells the scenario from any other, and from itself after a change."""
        digest = hashlib.sha256(self.scenario.digest.encode())
        for name, content in sorted(self._files.items()):
            if name.endswith(".csv"):
                digest.update(hashlib.sha256(content).digest())
        return digest.hexdigest()[:16]

    def reading(self, more: Mapping[str, bytes]) -> AbstractContextManager[None]:
        """Let what the scenario is made of be read within a ``with``, and some files in memory."""
        return only_through(replace(self.gate, held={**self.gate.held, **more}))

    def setting(self, where: Where) -> Setting:
        """A variant with settings, resolved once.

        Raises
        ------
        ScenarioError
            With all faults of what is set.
        RequestError
            There is no variant of the name.
        """
        key = where.variant, *where.settings.items()
        with self._lock, only_through(self.gate):
            if key not in self._settings:
                self._settings[key] = self._resolved(where)
            self._settings.move_to_end(key)
            found = self._settings[key]
            while len(self._settings) > _MOST_SETTINGS:
                self._settings.popitem(last=False)
        return found

    def is_large(self, question: Question) -> bool:
        """Whether a replication takes over a second, about: then it is run when that is asked."""
        return self.cases(question) > LARGE

    def cases(self, question: Question) -> float:
        """The expected cases of a replication, of the larger of the two."""
        found = self.setting(question.changed), self.setting(question.baseline)
        return max(each.model.expected_cases() for each in found)

    def answers(
        self,
        question: Question,
        *,
        is_stopped: Callable[[], bool] = lambda: False,
        tell: Callable[[str], None] = lambda _: None,
        on_run: Callable[[int, int], None] = lambda *_: None,
    ) -> Iterator[Stage]:
        """Answer in stages, each from more replications.

        Parameters
        ----------
        is_stopped
            Asked after each replication.
        tell
            Told when the engine has to be compiled.
        on_run
            Told how many replications of the stage are done, and of how many.

        Raises
        ------
        ScenarioError
            With all faults of what is set, those of the load on its staff included.
        RequestError
            Something is asked for that is not there.
        EngineError
            A replication failed.
        StoppedError
            Nobody waits for it.
        """
        begun = time.monotonic()
        settings = self._pair(question)
        kpi, bundle = asked_for(self.scenario, None, question.bundle)
        asked = request(
            self._plan(question, settings),
            command="",
            replications=question.replications or _STAGES[0],
            seed=question.seed,
            bundles=(bundle,),
            tables=("none",),
            over_time="week",
        )
        make_ready(asked.engine, asked.plan.models, tell)
        numbers: tuple[int, ...] = _STAGES
        if question.replications is not None:
            n = question.replications
            numbers = (*(each for each in (*_STAGES, *_FURTHER) if each < n), n)
        at = 0
        n = numbers[0]
        while True:
            asked = replace(asked, replications=n)
            # The engine leaves a core free at times; who cannot keep up is refused all the same.
            with ThreadPoolExecutor(1) as pool:
                weighed = pool.submit(self._weigh, settings)
                done = self._run(asked, settings, is_stopped, on_run)
                weighed.result()
            results = self._results(asked, done, settings, question.kpis, is_first=at == 0)
            reached = _reached(results, kpi, bundle)
            at += 1
            following = numbers[at] if at < len(numbers) else n
            if question.replications is None and at >= len(numbers):
                excess = float("nan") if reached is None else reached / question.precision
                following = next_number(n, [excess], MOST)
            yield Stage(
                results=results,
                kpi=kpi,
                bundle=bundle,
                baseline=results.cells[0].name,
                changed=results.cells[-1].name,
                reached=reached,
                expected=max(following, numbers[-1]),
                is_last=following == n,
                seconds=time.monotonic() - begun,
            )
            if following == n:
                return
            n = following

    def _resolved(self, where: Where) -> Setting:
        check_variant(self._document.tree.get("variants", {}), where.variant)
        scenario = scenario_of(
            self.path,
            self._document.copy(),
            self._files,
            variant=where.variant,
            settings=where.settings,
            levers=self._levers,
        )
        # Settings of their own would fill the memory.
        shared = dict(self._shared) if where.settings else self._shared
        model = resolve(scenario, shared)
        if faults := claim_faults(scenario):
            raise ScenarioError(faults)
        return Setting(where=where, scenario=scenario, model=model, fingerprint=model.fingerprint())

    def _pair(self, question: Question) -> tuple[Setting, ...]:
        baseline, changed = self.setting(question.baseline), self.setting(question.changed)
        return (baseline,) if question.baseline == question.changed else (baseline, changed)

    @staticmethod
    def _plan(question: Question, settings: tuple[Setting, ...]) -> Plan:
        names = question.names or (question.baseline.name, question.changed.name)
        base = settings[0]
        cells = [
            Cell(
                name=name,
                settings={},
                variant=each.where.variant,
                scenario=each.scenario,
                fingerprint=each.fingerprint,
                shares_runs_with=names[0]
                if each is not base and each.fingerprint == base.fingerprint
                else None,
                baseline="" if each is base else names[0],
            )
            for each, name in zip(settings, names, strict=False)
        ]
        models = {each.fingerprint: each.model for each in settings}
        order = list(models)
        holidays = holidays_used(base.scenario)
        return Plan(
            title=base.scenario.title,
            cells=tuple(cells),
            omissions=(),
            models=tuple(models.values()),
            model_of=tuple(order.index(each.fingerprint) for each in settings),
            baseline=names[0],
            compares=len(cells) > 1,
            varied=(),
            holidays=holidays.as_dict() if holidays is not None else {},
        )

    def _run(
        self,
        asked: Request,
        settings: tuple[Setting, ...],
        is_stopped: Callable[[], bool],
        on_run: Callable[[int, int], None],
    ) -> list[Finished]:
        """Run what has not been run of the replications asked for."""
        prints = list(dict.fromkeys(each.fingerprint for each in settings))
        bundle = asked.bundles[0]
        known = []
        with self._lock:
            for model, mine in enumerate(prints):
                for number in asked.numbers:
                    found = self._runs.get((mine, bundle, asked.seed, number))
                    if found is not None:
                        self._runs.move_to_end((mine, bundle, asked.seed, number))
                        known.append(replace(found, model=model))
        n_done, n_all = 0, len(prints) * asked.replications - len(known)

        def take(done: Done) -> None:
            nonlocal n_done
            if not isinstance(done, Finished):
                raise EngineError(f"replication {done.replication} failed: {done.error}")
            with self._lock:
                self._runs[prints[done.model], bundle, asked.seed, done.replication] = done
                while len(self._runs) > _MOST_RUNS:
                    self._runs.popitem(last=False)
            n_done += 1
            on_run(n_done, n_all)
            if is_stopped():
                raise StoppedError

        if is_stopped():
            raise StoppedError
        job = Job(
            models=asked.plan.models,
            seed=asked.seed,
            engine=asked.engine,
            bundles=asked.bundles,
            over_time=asked.over_time,
            followed=_COURSES,
        )
        ran = run_cells(
            job,
            replications=asked.replications,
            workers=available_workers(),
            on_done=take,
            finished=known,
        )
        return [each for each in ran.done if isinstance(each, Finished)]

    @staticmethod
    def _weigh(settings: tuple[Setting, ...]) -> None:
        """Refuse work that the staff of a setting cannot do."""
        for each in settings:
            if each.faults is None:
                each.faults = load_faults(each.scenario, each.model)
        if faults := [fault for each in settings for fault in each.faults or ()]:
            raise ScenarioError(faults)

    @staticmethod
    def _results(
        asked: Request,
        done: list[Finished],
        settings: tuple[Setting, ...],
        kpis: tuple[str, ...],
        *,
        is_first: bool,
    ) -> Results:
        """Results with the KPIs asked for; who is overloaded somewhere is not in the first."""
        by_model = {each.fingerprint: each for each in settings}.values()
        if not is_first:
            for each in by_model:
                if each.overloads is None:
                    each.overloads = overloaded(each.model)
        if kpis:
            done = [
                replace(each, measures=tuple(m for m in each.measures if m.kpi in kpis))
                for each in done
            ]
        overloads = [each.overloads or () for each in by_model]
        return gather(asked, done, elapsed=0.0, is_complete=True, overloads=overloads)


def _reached(results: Results, kpi: str, bundle: str) -> float | None:
    found = []
    for cell in results.cells:
        value = results.estimate(cell.name, kpi, bundle)
        if value is not None and value.n > 1:
            found.append(value.half_width / abs(value.mean) if value.mean else 0.0)
    return max(found) if found else None
