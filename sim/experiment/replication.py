"""What a study keeps of one replication, and how it is run: the unit of work of a study."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim import engines
from sim.errors import LienthongError, StoreError
from sim.experiment.tables import Name, write_part
from sim.kpis import Measure, measure
from sim.kpis.by_office import OfficeCounts, by_office
from sim.kpis.over_time import Course, Step, over_time
from sim.kpis.window import Window, window
from sim.language import say, why_not
from sim.model import Model
from sim.records import Keep, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounts:
    """Working days of the completed, measured cases of a group in one replication.

    ``days`` and ``limits`` pair a number of working days with a number of cases; a limit of -1
    stands for none.
    """

    group: str
    days: tuple[tuple[int, int], ...]
    limits: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a study keeps of one replication; ``model`` is an index in the list of models."""

    model: int
    replication: int
    measures: tuple[Measure, ...]
    days: tuple[DayCounts, ...]
    n_cases: int
    courses: tuple[Course, ...] = ()
    offices: tuple[OfficeCounts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A replication that raised, and its error in one line."""

    model: int
    replication: int
    error: str


Done: TypeAlias = Finished | Failed
Task: TypeAlias = tuple[int, int]
"""A model's index and a replication."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFiles:
    """Where each replication leaves its tables, and which."""

    folder: Path
    names: tuple[Name, ...]

    def path(self, name: Name, fingerprint: str, replication: int) -> Path:
        """The file of one table of one replication."""
        return self.folder / f"{name}-{fingerprint[:16]}-{replication}.parquet"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Job:
    """All that a worker needs to run any replication of a study.

    ``bundles`` are the names of those whose KPIs and rows are kept, and ``kpis`` those of the KPIs,
    empty for all, see ``measure``;
    ``over_time`` is the step by which runs are followed over time, None for not at all;
    ``followed`` what is, empty for everything; ``by_office`` whether cases are counted by home
    office.
    """

    models: tuple[Model, ...]
    seed: int
    engine: str
    bundles: tuple[str, ...] = ()
    kpis: frozenset[str] = frozenset()
    tables: TableFiles | None = None
    over_time: Step | None = None
    followed: tuple[str, ...] = ()
    by_office: bool = False

    @property
    def most_cases(self) -> float:
        """The expected cases of the largest replication."""
        return max((model.expected_cases() for model in self.models), default=0.0)

    @property
    def keep(self) -> Keep:
        """What is needed of each run."""
        names = () if self.tables is None else self.tables.names
        waits = not self.followed or "items_waiting" in self.followed
        work_items = "work_items" in names or (self.over_time is not None and waits)
        return Keep(bundles=self.bundles, work_items=work_items)


def replicate(
    job: Job,
    index: int,
    replication: int,
    *,
    threads: int = 1,
    on_share: Callable[[float], None] | None = None,
) -> Done:
    """Run one replication of one model of a job, and leave its tables where they are wanted.

    Raises
    ------
    StoreError
        They cannot be written.
    """
    model = job.models[index]
    try:
        run = engines.run(
            model,
            seed=job.seed,
            replication=replication,
            engine=job.engine,
            keep=job.keep,
            threads=threads,
            on_share=on_share,
        )
        seen = window(model, run, job.bundles)
        finished = Finished(
            model=index,
            replication=replication,
            measures=tuple(measure(model, run, job.bundles, job.kpis)),
            days=_day_counts(seen),
            n_cases=run.n_cases,
            courses=_courses(job, model, run),
            offices=by_office(seen) if job.by_office else (),
        )
    except Exception as error:  # noqa: BLE001  a failed replication is a row, not the end
        return Failed(model=index, replication=replication, error=_in_one_line(error))
    if job.tables is not None:
        _leave(job.tables, model, run)
    return finished


def _leave(files: TableFiles, model: Model, run: Run) -> None:
    for name in files.names:
        path = files.path(name, run.fingerprint, run.replication)
        # Its own: one that was left over by a study that died may still be writing.
        half = path.with_suffix(f".{os.getpid()}.half")
        try:
            write_part(half, name, model, run)
            with half.open("rb+") as stream:
                os.fsync(stream.fileno())
            half.replace(path)
        except OSError as error:
            raise StoreError(
                say(
                    "cannot write {path}: {why}. Finished replications are safe: make room, "
                    "then give the same command again and it takes them up.",
                    path=path,
                    why=why_not(error),
                )
            ) from None


def _courses(job: Job, model: Model, run: Run) -> tuple[Course, ...]:
    if job.over_time is None:
        return ()
    return over_time(model, run, job.bundles, step=job.over_time, names=job.followed)


def _day_counts(seen: Window) -> tuple[DayCounts, ...]:
    days = seen.case("working_days")
    is_counted = days >= 0
    limits = seen.case("limit_days")
    both = zip(
        seen.cases.split(days, is_counted), seen.cases.split(limits, is_counted), strict=True
    )
    return tuple(
        DayCounts(group=group, days=_counted(sample), limits=_counted(limit))
        for (group, sample), (_, limit) in both
        if len(sample)
    )


def _counted(sample: NDArray[np.generic]) -> tuple[tuple[int, int], ...]:
    values, counts = np.unique(sample, return_counts=True)
    return tuple(zip(values.tolist(), counts.tolist(), strict=True))


def _in_one_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    if isinstance(error, LienthongError):
        return text
    frame = traceback.extract_tb(error.__traceback__)[-1]
    what = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return f"{what} ({Path(frame.filename).name}:{frame.lineno})"
