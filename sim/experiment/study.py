"""Runs a plan and turns what was done into results: estimates, differences, claims, failures."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.analysis.estimate import Estimate
from sim.analysis.paired import estimate_differences
from sim.analysis.shares import estimate_all
from sim.engines import ENGINES
from sim.errors import EngineError
from sim.experiment.by_office import by_office_of
from sim.experiment.claims import check_claims
from sim.experiment.executors import Crew
from sim.experiment.journal import FOLDER, Journal
from sim.experiment.kinds import kind_of
from sim.experiment.loads import overloaded
from sim.experiment.over_time import over_time_of
from sim.experiment.plan import Plan
from sim.experiment.precision import Precision
from sim.experiment.replication import Done, Failed, Finished, Job, TableFiles
from sim.experiment.request import Request
from sim.experiment.results import (
    DayHistogram,
    Failure,
    Results,
    in_columns,
)
from sim.experiment.runner import Ran, run_cells
from sim.experiment.stages import run_in_stages
from sim.experiment.tables import Name
from sim.experiment.versions import versions
from sim.kpis import Measure
from sim.kpis.money import lacking
from sim.language import say
from sim.records import UNKNOWN
from sim.workload import RoleLoad


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Output:
    """What came of a request; ``tables`` has the files of each, by variant and replication.

    ``n_resumed`` replications had been finished before, by a study that was interrupted.
    """

    results: Results
    tables: Mapping[Name, Sequence[tuple[str, int, Path]]]
    journal: Journal | None
    n_resumed: int


def run_study(
    request: Request,
    *,
    on_resume: Callable[[int], None] | None = None,
    on_done: Callable[[Done], None] | None = None,
    on_share: Callable[[float], None] | None = None,
    crew: Crew | None = None,
    on_stage: Callable[[int], None] | None = None,
) -> Output:
    """Run what is asked for.

    Parameters
    ----------
    on_resume
        Told the number of replications that an interrupted study had finished, if any.
    on_done
        Told of each replication that is done.
    on_share
        Told which share of a large replication is done.
    crew
        Runs the replications in place of this machine.
    on_stage
        Told how many replications there will be, where a precision takes more than were said.

    Raises
    ------
    EngineError
        There is no engine of the name.
    StoreError
        Finished replications cannot be kept.
    """
    plan, out = request.plan, request.out
    if request.engine not in ENGINES:
        raise EngineError(
            say(
                "no engine '{engine}'; there are: {known}",
                engine=request.engine,
                known=", ".join(ENGINES),
            )
        )
    names = request.tables
    tables = TableFiles(folder=out / FOLDER, names=names) if out is not None and names else None
    job = Job(
        models=plan.models,
        seed=request.seed,
        engine=request.engine,
        bundles=request.bundles,
        tables=tables,
        over_time=request.over_time,
        by_office=request.by_office,
    )
    journal = None
    before: tuple[Finished, ...] = ()
    if out is not None:
        journal = Journal(
            folder=out / FOLDER,
            job=job,
            fingerprints=plan.fingerprints,
            version=request.version,
        )
        found = journal.resume()
        journal.note(_asked(request))
        numbers = range(request.first, request.first + request.most)
        numbers = numbers if request.aims else request.numbers
        before = tuple(each for each in found if each.replication in numbers)
        if before and on_resume is not None:
            on_resume(len(before))

    def keep(done: Done) -> None:
        if journal is not None and isinstance(done, Finished):
            journal.keep(done)
        if on_done is not None:
            on_done(done)

    def stage(replications: int, done: Sequence[Done]) -> Ran:
        return run_cells(
            job,
            replications=replications,
            first=request.first,
            workers=request.workers,
            on_done=keep,
            on_share=on_share,
            finished=done,
            crew=crew,
        )

    begun = time.monotonic()
    came_to, ran, precision = run_in_stages(request, before, stage, on_stage)
    elapsed = time.monotonic() - begun
    if journal is not None:
        journal.tidy()
    results = gather(
        came_to, ran.done, elapsed=elapsed, is_complete=ran.is_complete, precision=precision
    )
    return Output(
        results=results,
        tables=_tables(plan, ran.done, journal),
        journal=journal,
        n_resumed=len(before),
    )


def _asked(request: Request) -> dict[str, Any]:
    return {
        "title": request.plan.title,
        "command": request.command,
        "version": request.version,
        "seed": request.seed,
        "n_cells": len(request.plan.cells),
        "replications": request.replications,
        "n_runs": request.replications * len(request.plan.models),
        "started_at": datetime.now(UTC).astimezone().isoformat(timespec="seconds"),
    }


def gather(
    request: Request,
    done: Sequence[Done],
    *,
    elapsed: float,
    is_complete: bool,
    precision: Precision | None = None,
    overloads: Sequence[Sequence[RoleLoad]] | None = None,
) -> Results:
    """Bring what was done together, cell by cell.

    Parameters
    ----------
    elapsed
        Seconds.
    precision
        What was reached, where one was wanted.
    overloads
        By model, the roles that cannot keep up; found here where they are not known.
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
    estimates = _estimates(plan, by_model, request.numbers)
    if overloads is None:
        overloads = [overloaded(model) for model in plan.models]
    return Results(
        title=plan.title,
        command=request.command,
        cells=plan.cells,
        baseline=plan.baseline,
        varied=plan.varied,
        bundles=request.bundles,
        replications=request.replications,
        first=request.first,
        seed=request.seed,
        engine=request.engine,
        measures=in_columns(rows),
        estimates=estimates,
        differences=_differences(plan, by_model, request.numbers) if plan.compares else (),
        failures=_failures(plan, done),
        omissions=plan.omissions,
        histograms=tuple(
            each for name, mine in finished.items() for each in _histograms(name, mine.values())
        ),
        claims=check_claims(plan.cells, estimates),
        target=plan.scenario.target,
        n_cases={name: sum(e.n_cases for e in mine.values()) for name, mine in finished.items()},
        elapsed=elapsed,
        holidays=plan.holidays,
        versions=versions(),
        is_complete=is_complete,
        overloads={
            cell.name: tuple(overloads[model])
            for cell, model in zip(plan.cells, plan.model_of, strict=True)
        },
        over_time=over_time_of(request, by_model),
        by_office=by_office_of(request, by_model),
        lacking={
            cell.name: lacking(plan.models[model])
            for cell, model in zip(plan.cells, plan.model_of, strict=True)
        },
        precision=precision,
        kinds={
            cell.name: kind_of(cell.scenario, plan.models[model], overloads[model])
            for cell, model in zip(plan.cells, plan.model_of, strict=True)
        },
    )


def _in_turn(mine: Mapping[int, Finished], numbers: range) -> list[tuple[Measure, ...]]:
    """Measures by replication; one that failed, or was not come to, has none."""
    return [mine[i].measures if i in mine else () for i in numbers]


def _estimates(
    plan: Plan, by_model: Sequence[Mapping[int, Finished]], numbers: range
) -> tuple[Estimate, ...]:
    of_model = [estimate_all("", _in_turn(mine, numbers)) for mine in by_model]
    return tuple(
        replace(each, variant=cell.name)
        for cell, model in zip(plan.cells, plan.model_of, strict=True)
        for each in of_model[model]
    )


def _differences(
    plan: Plan, by_model: Sequence[Mapping[int, Finished]], numbers: range
) -> tuple[Estimate, ...]:
    model_of = {cell.name: model for cell, model in zip(plan.cells, plan.model_of, strict=True)}
    pairs = {
        cell.name: (model_of[cell.baseline], model_of[cell.name])
        for cell in plan.cells
        if cell.baseline
    }
    measures = [_in_turn(mine, numbers) for mine in by_model]
    of_models = {
        (base, model): estimate_differences(measures[base], measures[model], ("", ""))
        for base, model in sorted(set(pairs.values()))
    }
    return tuple(
        replace(each, variant=cell.name, baseline=cell.baseline)
        for cell in plan.cells
        if cell.baseline
        for each in of_models[pairs[cell.name]]
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


def _histograms(cell: str, finished: Iterable[Finished]) -> Iterator[DayHistogram]:
    days: dict[str, Counter[int]] = {}
    limits: dict[str, Counter[int]] = {}
    for each in finished:
        for group in each.days:
            days.setdefault(group.group, Counter()).update(dict(group.days))
            limits.setdefault(group.group, Counter()).update(dict(group.limits))
    for name, counts in days.items():
        # Of two limits that are as common, the longer one.
        limit = max(limits[name], key=lambda limit: (limits[name][limit], limit))
        yield DayHistogram(
            cell=cell,
            group=name,
            limit_days=None if limit == UNKNOWN else limit,
            days=tuple(sorted(counts)),
            counts=tuple(counts[each] for each in sorted(counts)),
            limits=tuple(sorted(limits[name].items())),
        )


def _tables(
    plan: Plan, done: Sequence[Done], journal: Journal | None
) -> dict[Name, list[tuple[str, int, Path]]]:
    """The files of each table; cells that share runs have theirs once, under the first name."""
    wanted = journal.job.tables if journal is not None else None
    if journal is None or wanted is None:
        return {}
    found: dict[Name, list[tuple[str, int, Path]]] = {name: [] for name in wanted.names}
    for each in done:
        if isinstance(each, Finished):
            cell = plan.cells[plan.model_of.index(each.model)].name
            for name, path in zip(wanted.names, journal.files_of(each), strict=True):
                found[name].append((cell, each.replication, path))
    return found
