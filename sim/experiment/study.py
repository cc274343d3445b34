"""Runs a plan and turns what was done into results: estimates, differences, claims, failures."""

from __future__ import annotations

import platform
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from sim.analysis.estimate import Estimate, estimate_all
from sim.analysis.paired import estimate_differences
from sim.experiment import tables
from sim.experiment.claims import check_claims
from sim.experiment.journal import FOLDER, Journal
from sim.experiment.plan import Plan
from sim.experiment.replication import Done, Failed, Finished, Job, Parts
from sim.experiment.results import (
    Distribution,
    Failure,
    Results,
    difference_label,
    in_columns,
)
from sim.experiment.runner import run_cells
from sim.kpis import Measure
from sim.records import UNKNOWN

MOST_ROWS: Final = 2_000_000
"""More rows of cases than these are not written unless asked for by name."""

_LIBRARIES: Final = ("lienthong", "numpy", "scipy", "simpy", "numba", "holidays")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Request:
    """A study that is asked for.

    Parameters
    ----------
    engine
        A name, see :func:`sim.experiment.runner.choose_engine`.
    tables
        The tables to write; they take a folder.
    out
        The folder of the results, where finished replications are kept on the way; None for none.
    command
        As typed.
    bundles
        Names of the bundles whose KPIs, cases and dossiers are kept, with the KPIs of roles over
        all offices; empty for those of every bundle, role and office.
    """

    plan: Plan
    replications: int
    seed: int
    engine: str
    workers: int
    command: str
    bundles: tuple[str, ...] = ()
    tables: tuple[tables.Name, ...] = ()
    out: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Study:
    """What came of a request; ``parts`` has the files of each table, by variant and replication."""

    results: Results
    parts: Mapping[tables.Name, Sequence[tuple[str, int, Path]]]
    journal: Journal | None


def tables_by_default(
    plan: Plan, replications: int, bundles: Collection[str] = ()
) -> tuple[tables.Name, ...]:
    """Cases and dossiers, unless there will be more than :data:`MOST_ROWS` rows of cases."""
    expected = plan.expected_cases(replications, bundles)
    return ("cases", "dossiers") if expected <= MOST_ROWS else ()


def run_study(
    request: Request,
    *,
    on_resume: Callable[[int], None] | None = None,
    on_done: Callable[[Done], None] | None = None,
    on_share: Callable[[float], None] | None = None,
) -> Study:
    """Run what is asked for.

    Parameters
    ----------
    on_resume
        Told the number of replications that an interrupted study had finished, if any.
    on_done
        Told of each replication that is done.
    on_share
        Told which share of a large replication is done.

    Raises
    ------
    StoreError
        Finished replications cannot be kept.
    """
    plan, out = request.plan, request.out
    parts = Parts(folder=out / FOLDER, names=request.tables) if out and request.tables else None
    job = Job(
        models=plan.models,
        seed=request.seed,
        engine=request.engine,
        bundles=request.bundles,
        parts=parts,
    )
    journal = None
    before: tuple[Finished, ...] = ()
    if out is not None:
        journal = Journal(
            folder=out / FOLDER,
            job=job,
            fingerprints=plan.fingerprints,
            version=_versions()["lienthong"],
        )
        found = journal.resume()
        before = tuple(each for each in found if each.replication < request.replications)
        if before and on_resume is not None:
            on_resume(len(before))

    def keep(done: Done) -> None:
        if journal is not None and isinstance(done, Finished):
            journal.keep(done)
        if on_done is not None:
            on_done(done)

    begun = time.monotonic()
    ran = run_cells(
        job,
        replications=request.replications,
        workers=request.workers,
        on_done=keep,
        on_share=on_share,
        finished=before,
    )
    elapsed = time.monotonic() - begun
    if journal is not None:
        journal.tidy()
    results = gather(request, ran.done, elapsed=elapsed, is_complete=ran.is_complete)
    return Study(results=results, parts=_parts(plan, ran.done, journal), journal=journal)


def gather(request: Request, done: Sequence[Done], *, elapsed: float, is_complete: bool) -> Results:
    """Bring what was done together, cell by cell.

    Parameters
    ----------
    elapsed
        Seconds.
    """
    plan = request.plan
    by_model: list[dict[int, Finished]] = [{} for _ in plan.models]
    for each in done:
        if isinstance(each, Finished):
            by_model[each.model][each.replication] = each
    finished = {
        cell.name: by_model[model] for cell, model in zip(plan.cells, plan.model_of, strict=True)
    }
    rows = [
        (name, replication, each.measures)
        for name, mine in finished.items()
        for replication, each in sorted(mine.items())
    ]
    estimates = _estimates(plan, by_model, request.replications)
    return Results(
        title=plan.title,
        command=request.command,
        cells=plan.cells,
        baseline=plan.baseline,
        varied=plan.varied,
        replications=request.replications,
        seed=request.seed,
        engine=request.engine,
        measures=in_columns(rows),
        estimates=estimates,
        differences=_differences(plan, by_model, request.replications) if plan.compares else (),
        failures=_failures(plan, done),
        distributions=tuple(
            each for name, mine in finished.items() for each in _distributions(name, mine.values())
        ),
        claims=check_claims(plan.cells, estimates),
        target=plan.scenario.target,
        n_cases={name: sum(e.n_cases for e in mine.values()) for name, mine in finished.items()},
        elapsed=elapsed,
        holidays=plan.holidays,
        versions=_versions(),
        is_complete=is_complete,
    )


def _in_turn(mine: Mapping[int, Finished], replications: int) -> list[tuple[Measure, ...]]:
    """Measures by replication; one that failed, or was not come to, has none."""
    return [mine[i].measures if i in mine else () for i in range(replications)]


def _estimates(
    plan: Plan, by_model: Sequence[Mapping[int, Finished]], replications: int
) -> tuple[Estimate, ...]:
    of_model = [estimate_all("", _in_turn(mine, replications)) for mine in by_model]
    return tuple(
        replace(each, label=cell.name)
        for cell, model in zip(plan.cells, plan.model_of, strict=True)
        for each in of_model[model]
    )


def _differences(
    plan: Plan, by_model: Sequence[Mapping[int, Finished]], replications: int
) -> tuple[Estimate, ...]:
    model_of = {cell.name: model for cell, model in zip(plan.cells, plan.model_of, strict=True)}
    base = _in_turn(by_model[model_of[plan.baseline]], replications)
    of_model = {
        model: estimate_differences("", base, _in_turn(by_model[model], replications))
        for model in sorted({m for name, m in model_of.items() if name != plan.baseline})
    }
    return tuple(
        replace(each, label=difference_label(name, plan.baseline))
        for name, model in model_of.items()
        if name != plan.baseline
        for each in of_model[model]
    )


def _failures(plan: Plan, done: Sequence[Done]) -> tuple[Failure, ...]:
    """A failure is named by the first cell of its model."""
    return tuple(
        Failure(
            cell=plan.cells[plan.model_of.index(each.model)].name,
            replication=each.replication,
            error=each.error,
        )
        for each in done
        if isinstance(each, Failed)
    )


def _distributions(cell: str, finished: Iterable[Finished]) -> Iterator[Distribution]:
    days: dict[str, Counter[int]] = {}
    limits: dict[str, Counter[int]] = {}
    for each in finished:
        for group in each.days:
            days.setdefault(group.group, Counter()).update(dict(group.days))
            limits.setdefault(group.group, Counter()).update(dict(group.limits))
    for name, counts in days.items():
        # Of two limits that are as common, the longer one.
        limit = max(limits[name], key=lambda limit: (limits[name][limit], limit))
        yield Distribution(
            cell=cell,
            group=name,
            limit_days=None if limit == UNKNOWN else limit,
            days=tuple(sorted(counts)),
            counts=tuple(counts[each] for each in sorted(counts)),
        )


def _parts(
    plan: Plan, done: Sequence[Done], journal: Journal | None
) -> dict[tables.Name, list[tuple[str, int, Path]]]:
    """The files of each table; cells that share runs have theirs once, under the first name."""
    wanted = journal.job.parts if journal is not None else None
    if journal is None or wanted is None:
        return {}
    found: dict[tables.Name, list[tuple[str, int, Path]]] = {name: [] for name in wanted.names}
    for each in done:
        if isinstance(each, Finished):
            cell = plan.cells[plan.model_of.index(each.model)].name
            for name, path in zip(wanted.names, journal.parts_of(each), strict=True):
                found[name].append((cell, each.replication, path))
    return found


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
