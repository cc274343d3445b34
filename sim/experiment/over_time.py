"""Brings the courses of the replications of a study together, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sim.analysis.estimate import bounds_of
from sim.analysis.over_time import band
from sim.experiment.replication import Finished
from sim.experiment.request import Request
from sim.experiment.timeline import CourseEstimate, OverTime, timeline


def over_time_of(request: Request, by_model: Sequence[Mapping[int, Finished]]) -> OverTime | None:
    """The state over time of each cell; None where it is not wanted.

    Parameters
    ----------
    by_model
        What was finished of each model of the plan, by replication.
    """
    step, plan = request.over_time, request.plan
    if step is None:
        return None
    of_model = [_estimates(mine.values()) for mine in by_model]
    cells = list(zip(plan.cells, plan.model_of, strict=True))
    return OverTime(
        step=step,
        is_asked=request.is_over_time_asked,
        timelines={
            cell.name: timeline(cell.scenario, plan.models[model], step) for cell, model in cells
        },
        courses=tuple(
            replace(each, cell=cell.name) for cell, model in cells for each in of_model[model]
        ),
    )


def _estimates(finished: Iterable[Finished]) -> list[CourseEstimate]:
    """A band for each course of the replications of a model; the cell is still to come."""
    by_place: dict[tuple[str, str, str], list[NDArray[np.float64]]] = {}
    for each in finished:
        for course in each.courses:
            place = course.kpi, course.group, course.unit
            by_place.setdefault(place, []).append(course.values)
    found = []
    for (kpi, group, unit), values in by_place.items():
        its = band(np.array(values), bounds=bounds_of(unit))
        found.append(
            CourseEstimate(
                cell="",
                kpi=kpi,
                group=group,
                unit=unit,
                mean=its.mean,
                low=its.low,
                high=its.high,
                n=its.n,
            )
        )
    return found
