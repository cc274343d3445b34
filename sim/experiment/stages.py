"""Runs replications in stages until intervals are as narrow as is wanted.

What is run next depends on the values alone, in the order of their replications: so who runs them,
and whether a study was interrupted in between, changes no digit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from sim.analysis.estimate import Estimate
from sim.analysis.paired import estimate_differences
from sim.analysis.shares import estimate_all
from sim.analysis.stopping import forecast, next_number
from sim.experiment.precision import Aim, Precision, Reached
from sim.experiment.replication import Done, Finished, Task
from sim.experiment.request import Request
from sim.experiment.results import Cell
from sim.experiment.runner import Ran
from sim.kpis import Measure

Stage = Callable[[int, Sequence[Done]], Ran]
"""Runs the first so many replications of each model, but for those that are done."""


def run_in_stages(
    request: Request,
    known: Sequence[Finished],
    run: Stage,
    on_stage: Callable[[int], None] | None = None,
) -> tuple[Request, Ran, Precision | None]:
    """Run what is asked for: once, or until it is as precise as is wanted.

    Parameters
    ----------
    known
        What was finished before.
    on_stage
        Told the number of replications of each stage behind the first.

    Returns
    -------
    tuple
        The request with the number of replications that it came to; what was done; and what
        precision was reached, None where none is wanted.
    """
    done: dict[Task, Done] = {(each.model, each.replication): each for each in known}
    stages: list[int] = []
    while True:
        numbers = request.numbers
        ran = run(
            request.replications, [each for each in done.values() if each.replication in numbers]
        )
        if not request.aims:
            return request, ran, None
        done |= {(each.model, each.replication): each for each in ran.done}
        stages.append(request.replications)
        reached = tuple(_reached(request, ran.done))
        n = next_number(request.replications, list(_excess(reached)), request.most)
        if n == request.replications or not ran.is_complete:
            precision = Precision(
                aims=request.aims, most=request.most, stages=tuple(stages), reached=reached
            )
            return request, ran, precision
        request = replace(request, replications=n)
        if on_stage is not None:
            on_stage(n)


def _excess(found: Sequence[Reached]) -> Iterator[float]:
    """How much too wide each interval is; what cannot be reached is not run for.

    That is what has no value at all, and a share of a mean of 0.
    """
    for each in found:
        if each.wanted > 0 or each.half_width == 0:
            yield _over(each.half_width, each.wanted)


def _over(half_width: float, wanted: float) -> float:
    """Half-width over the one wanted; without any width it is met, around 0 it never is."""
    if half_width == 0:
        return 0.0
    return half_width / wanted if wanted > 0 else math.inf


def _reached(request: Request, done: Sequence[Done]) -> Iterator[Reached]:
    """What has come of each aim in each cell that it is wanted of."""
    plan, numbers = request.plan, request.numbers
    wanted = {(aim.kpi, aim.group) for aim in request.aims}
    by_model: list[dict[int, list[Measure]]] = [{} for _ in plan.models]
    for each in done:
        if isinstance(each, Finished) and each.replication in numbers:
            by_model[each.model][each.replication] = [
                measure for measure in each.measures if (measure.kpi, measure.group) in wanted
            ]
    measures = [[mine.get(i, []) for i in numbers] for mine in by_model]
    means = [_by_place(estimate_all("", mine)) for mine in measures]
    model_of = {cell.name: model for cell, model in zip(plan.cells, plan.model_of, strict=True)}
    for cell in plan.cells:
        if plan.compares and not cell.baseline:
            continue
        model = model_of[cell.name]
        if not plan.compares:
            found = means[model]
            centres = found
        else:
            base = model_of[cell.baseline]
            pair = measures[base], measures[model]
            found = _by_place(estimate_differences(*pair, ("", "")))
            centres = means[base]
        for aim in request.aims:
            yield _of_cell(aim, cell, request.replications, found, centres)


def _of_cell(
    aim: Aim,
    cell: Cell,
    n: int,
    found: Mapping[tuple[str, str], Estimate],
    centres: Mapping[tuple[str, str], Estimate],
) -> Reached:
    """What has come of one aim in one cell; its mean, or its baseline's, is in ``centres``."""
    value, centre = found.get((aim.kpi, aim.group)), centres.get((aim.kpi, aim.group))
    wanted = half_width = math.nan
    if value is not None and centre is not None:
        wanted = aim.amount * (abs(centre.mean) if aim.is_relative else 1)
        half_width = value.half_width
    excess = _over(half_width, wanted)
    return Reached(
        cell=cell.name,
        baseline=cell.baseline,
        aim=aim,
        wanted=wanted,
        half_width=half_width,
        needed=forecast(n, excess) if math.isfinite(excess) and excess > 1 else 0,
        is_met=excess <= 1,
    )


def _by_place(found: Sequence[Estimate]) -> dict[tuple[str, str], Estimate]:
    return {(each.kpi, each.group): each for each in found}
