"""Measures one KPI at many points that differ from a scenario in a few values.

Scenarios are read once, models that are equal run once, and every point has the draws of the
scenario itself (R1).  Who runs a replication, and when, does not show.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim import engines
from sim.errors import EngineError, ScenarioError
from sim.experiment.checks import resolve_checked
from sim.experiment.loads import load_faults
from sim.experiment.replication import Failed, Job, replicate
from sim.language import say
from sim.model import Model
from sim.scenario import Scenario, resolve
from sim.scenario.ranges.factors import Factor, scenario_with
from sim.scenario.resolve.model import Shared

Changes: TypeAlias = Sequence[tuple[Factor, Any]]
"""Factors with the values that they have at a point; those that are not in it are as written."""

Values: TypeAlias = NDArray[np.float64]
"""One value a replication."""

_SWITCH: Final = 2e-4
"""Seconds after which a thread lets another have Python's lock, as in the runner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A point that can be run: the fingerprint of its model in each cell, and the model if new."""

    fingerprints: tuple[str, ...]
    models: tuple[Model, ...]


@dataclass(slots=True, kw_only=True, eq=False)
class Points:
    """The points around some cells, and what was measured at them.

    Parameters
    ----------
    cells
        What the points differ from; they come from one file.
    kpi, group
        What is measured, and over which cases.
    engine
        The name of an engine that can run the cells.
    workers
        Threads; they change no digit.
    on_run
        Told of each replication that is done.
    """

    cells: tuple[Scenario, ...]
    bundle: str
    kpi: str
    group: str
    seed: int
    engine: str
    workers: int
    on_run: Callable[[], None] = lambda: None
    n_runs: int = 0
    _shared: list[Shared] = field(init=False)
    _weighed: dict[str, str] = field(init=False, default_factory=dict)
    _found: dict[tuple[str, int], float] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._shared = [Shared() for _ in self.cells]

    def as_written(self) -> Point:
        """The cells themselves.

        Raises
        ------
        ScenarioError
            With the faults of the first that has any, those of the load on its staff included.
        """
        for cell, shared in zip(self.cells, self._shared, strict=True):
            resolve_checked(cell, shared)
        found = self.at(())
        if isinstance(found, str):
            raise EngineError(found)
        return found

    def at(self, changes: Changes) -> Point | str:
        """A point, or in words why it cannot be: its staff could not keep up, or a fault."""
        fingerprints, models = [], []
        for cell, shared in zip(self.cells, self._shared, strict=True):
            try:
                scenario = scenario_with(cell, changes)
                # A setting of its own would fill the memory.
                model = resolve(scenario, shared.for_one() if changes else shared)
            except ScenarioError as error:
                return "; ".join(fault.message for fault in error.faults)
            fingerprint = model.fingerprint()
            if fingerprint not in self._weighed:
                loads = load_faults(scenario, model)
                self._weighed[fingerprint] = "; ".join(
                    f"{fault.path}: {fault.message}" for fault in loads
                )
            if self._weighed[fingerprint]:
                return self._weighed[fingerprint]
            fingerprints.append(fingerprint)
            models.append(model)
        return Point(fingerprints=tuple(fingerprints), models=tuple(models))

    def measure(self, points: Iterable[tuple[Point, Sequence[int]]]) -> None:
        """Run the replications of points that have not been run; see :meth:`values`.

        Parameters
        ----------
        points
            Each with the numbers of its replications; read one by one, as they can be run.

        Raises
        ------
        EngineError
            A replication raised.
        """
        threads = self.workers if engines.ENGINES[self.engine].IS_THREADED else 1
        under_way: set[Future[tuple[str, int, float]]] = set()
        pool = ThreadPoolExecutor(threads)
        interval = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH)
        try:
            for fingerprint, model, number in self._tasks(points):
                while len(under_way) > 2 * threads:
                    under_way = self._take(under_way)
                under_way.add(pool.submit(self._run, fingerprint, model, number))
            while under_way:
                under_way = self._take(under_way)
        finally:
            sys.setswitchinterval(interval)
            pool.shutdown(cancel_futures=True)

    def values(self, point: Point, numbers: Sequence[int]) -> tuple[Values, ...]:
        """What was measured at a point: by cell, one value for each of some replications."""
        return tuple(
            np.array([self._found[fingerprint, number] for number in numbers])
            for fingerprint in point.fingerprints
        )

    def _tasks(
        self, points: Iterable[tuple[Point, Sequence[int]]]
    ) -> Iterator[tuple[str, Model, int]]:
        begun: set[tuple[str, int]] = set()
        for point, numbers in points:
            for fingerprint, model in zip(point.fingerprints, point.models, strict=True):
                for number in numbers:
                    task = fingerprint, number
                    if task not in begun and task not in self._found:
                        begun.add(task)
                        yield fingerprint, model, number

    def _run(self, fingerprint: str, model: Model, number: int) -> tuple[str, int, float]:
        job = Job(models=(model,), seed=self.seed, engine=self.engine, bundles=(self.bundle,))
        done = replicate(job, 0, number)
        if isinstance(done, Failed):
            raise EngineError(
                say(
                    "replication {replication} failed: {error}",
                    replication=number,
                    error=done.error,
                )
            )
        found = (
            each.value for each in done.measures if (each.kpi, each.group) == (self.kpi, self.group)
        )
        return fingerprint, number, next(found, math.nan)

    def _take(
        self, under_way: set[Future[tuple[str, int, float]]]
    ) -> set[Future[tuple[str, int, float]]]:
        done, rest = wait(under_way, return_when=FIRST_COMPLETED)
        for future in done:
            fingerprint, number, value = future.result()
            self._found[fingerprint, number] = value
            self.n_runs += 1
            self.on_run()
        return rest
