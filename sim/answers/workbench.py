"""A scenario on which levers are moved one after the other, and answers come while they are.

The file is read once, each setting is resolved once, and no replication of a model is run twice:
what is asked next has the baseline of what was asked before.  An answer comes in stages, from few
replications to as many as are asked for.  Its digits are those of a comparison of the same variants
with the same seed and replications.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

from sim.analysis.stopping import next_number
from sim.answers.asking import Where, asked_for
from sim.answers.settings import Setting, Settings
from sim.answers.stages import (
    FEWEST,
    MOST,
    Stage,
    in_brief,
    numbers_of,
    reached_by,
    results_of,
)
from sim.errors import EngineError
from sim.experiment.plan import Plan
from sim.experiment.replication import Done, Finished, Job
from sim.experiment.request import Request, request
from sim.experiment.results import Cell, Results
from sim.experiment.runner import available_workers, make_ready, run_cells
from sim.language import say
from sim.scenario import Scenario, holidays_used

LARGE: Final = 600_000
"""Expected cases of a replication from which it takes about a second."""

_COURSES: Final = ("open_cases",)
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
        Those of which there are estimates beside the KPI of the target; empty for all.
    brief
        Those of a stage before the first, which has them of the bundle and nothing else, so that
        it is there as soon as the replications are; empty for no such stage.
    by_office
        Whether cases are counted by office, of all services, and the share on time that offices
        are held to, as in :func:`sim.experiment.request.request`.
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
    brief: tuple[str, ...] = ()
    by_office: bool | float | str = False
    replications: int | None = None
    precision: float = 0.02
    seed: int | None = None
    names: tuple[str, str] | None = None


class Workbench:
    """What is kept of a scenario between questions; threads may ask side by side.

    Parameters
    ----------
    path, held
        See :class:`sim.answers.settings.Settings`.

    Raises
    ------
    ScenarioError
        With all faults of the scenario.
    """

    def __init__(self, path: str, held: Mapping[str, bytes] | None = None) -> None:
        self.settings = Settings(path, held)
        self._lock = threading.Lock()
        self._pace = 1.0 / LARGE
        self._runs: OrderedDict[tuple[object, ...], Finished] = OrderedDict()

    @property
    def scenario(self) -> Scenario:
        """The scenario as written."""
        return self.settings.scenario

    def seconds_of_one(self, question: Question) -> float:
        """Seconds that a replication takes on one core, about: by the last that were run here."""
        return self.cases(question) * self._pace

    def is_large(self, question: Question) -> bool:
        """Whether a replication takes over a second, about: then it is run when that is asked."""
        return self.cases(question) > LARGE

    def cases(self, question: Question) -> float:
        """The expected cases of a replication, of the larger of the two."""
        found = self.settings.at(question.changed), self.settings.at(question.baseline)
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
            replications=question.replications or FEWEST,
            seed=question.seed,
            bundles=(bundle,) if question.by_office is False else tuple(self.scenario.spec.bundles),
            tables=("none",),
            over_time="week",
            by_office=question.by_office,
        )
        make_ready(asked.engine, asked.plan.models, tell)
        numbers = numbers_of(question.replications)
        is_first = len(numbers) > 1

        def stage(results: Results, *, is_brief: bool = False) -> Stage:
            return Stage(
                results=results,
                kpi=kpi,
                bundle=bundle,
                baseline=results.cells[0].name,
                changed=results.cells[-1].name,
                reached=reached_by(results, kpi, bundle),
                expected=numbers[0] if numbers else asked.replications,
                is_last=not numbers and not is_brief,
                is_brief=is_brief,
                seconds=time.monotonic() - begun,
            )

        brief = frozenset({kpi, *question.brief}) if question.brief else None
        kpis = frozenset({kpi, *question.brief, *question.kpis}) if question.kpis else frozenset()
        while True:
            n, *numbers = numbers
            asked = replace(asked, replications=n)
            # The engine leaves a core free at times; who cannot keep up is refused all the same, at
            # the latest before a second answer: the first is not to wait for it.
            with ThreadPoolExecutor(1) as pool:
                weighed = [pool.submit(each.refuse_overload) for each in settings if not is_first]
                done = self._run(asked, settings, kpis, is_stopped, on_run)
                for each in weighed:
                    each.result()
            if brief:
                yield stage(in_brief(asked, done, brief, bundle), is_brief=True)
                brief = None
            results = results_of(asked, done, settings, is_first=is_first)
            is_first = False
            if question.replications is None and not numbers:
                reached = reached_by(results, kpi, bundle)
                excess = math.nan if reached is None else reached / question.precision
                further = next_number(n, [excess], MOST)
                numbers = [further] if further > n else []
            yield stage(results)
            if not numbers:
                return

    def _pair(self, question: Question) -> tuple[Setting, ...]:
        baseline, changed = self.settings.at(question.baseline), self.settings.at(question.changed)
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
        kpis: frozenset[str],
        is_stopped: Callable[[], bool],
        on_run: Callable[[int, int], None],
    ) -> list[Finished]:
        """Run what has not been run of the replications asked for."""
        prints = list(dict.fromkeys(each.fingerprint for each in settings))
        measured = asked.bundles, kpis, asked.by_office, asked.seed
        known = []
        with self._lock:
            for model, mine in enumerate(prints):
                for number in asked.numbers:
                    found = self._runs.get((mine, *measured, number))
                    if found is not None:
                        self._runs.move_to_end((mine, *measured, number))
                        known.append(replace(found, model=model))
        n_done, n_all = 0, len(prints) * asked.replications - len(known)

        def take(done: Done) -> None:
            nonlocal n_done
            if not isinstance(done, Finished):
                raise EngineError(
                    say(
                        "replication {replication} failed: {error}",
                        replication=done.replication,
                        error=done.error,
                    )
                )
            with self._lock:
                self._runs[prints[done.model], *measured, done.replication] = done
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
            kpis=kpis,
            over_time=asked.over_time,
            followed=_COURSES,
            by_office=asked.by_office,
        )
        begun, workers = time.monotonic(), available_workers()
        ran = run_cells(
            job,
            replications=asked.replications,
            workers=workers,
            on_done=take,
            finished=known,
        )
        if n_all:
            seconds = (time.monotonic() - begun) * min(workers, n_all)
            self._pace = (self._pace + seconds / (n_all * max(job.most_cases, 1.0))) / 2
        return [each for each in ran.done if isinstance(each, Finished)]
