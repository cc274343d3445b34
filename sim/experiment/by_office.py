"""Brings the counts by office of the replications together: shares, intervals, verdicts.

Each office is held against a line, of its share on time, and against all other offices that had
cases of the same bundle.  The offices of one share and group are judged together, see
:mod:`sim.analysis.verdicts`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.design_effect import design_effect
from sim.analysis.shares import estimate_share
from sim.analysis.verdicts import MARGIN_OF_SHARES, Judgement, Level, Rivals, judge
from sim.experiment.offices import LAW, ON_TIME, ByOffice, OfficeEstimate
from sim.experiment.replication import Finished
from sim.experiment.request import Request
from sim.kpis.by_office import OfficeCounts
from sim.model import Model, Office
from sim.scenario import Scenario
from sim.scenario.schema.sections import Target


def by_office_of(request: Request, by_model: Sequence[Mapping[int, Finished]]) -> ByOffice | None:
    """The offices of each cell; None where they are not wanted.

    Parameters
    ----------
    by_model
        What was finished of each model of the plan, by replication.
    """
    if not request.by_office:
        return None
    plan = request.plan
    lines = {
        bundle: _line(request.line, plan.scenario.target, bundle)
        for bundle in plan.scenario.spec.bundles
    }
    told = _told_by_another(plan.scenario)
    of_model = [
        list(_of_model(model, [mine[i] for i in sorted(mine)], lines, told))
        for model, mine in zip(plan.models, by_model, strict=True)
    ]
    return ByOffice(
        lines=lines,
        estimates=tuple(
            replace(each, cell=cell.name)
            for cell, model in zip(plan.cells, plan.model_of, strict=True)
            for each in of_model[model]
        ),
    )


def _line(asked: float | None, target: Target | None, bundle: str) -> float:
    """The share on time that somebody asked for, else that of the target, else the law's."""
    if asked is not None:
        return asked
    if target is not None and (target.bundle, target.kpi) == (bundle, ON_TIME) and target.at_least:
        return float(target.at_least)
    return LAW


def _told_by_another(scenario: Scenario) -> frozenset[str]:
    """Of bundles with two channels the one that has the rest: its share is 1 less the other's."""
    return frozenset(
        f"{bundle}/{channel}"
        for bundle, spec in scenario.spec.bundles.items()
        if len(spec.channels) == 2
        for channel, each in spec.channels.items()
        if each.share == "rest"
    )


def _of_model(
    model: Model,
    finished: Sequence[Finished],
    lines: Mapping[str, float],
    left_out: Collection[str],
) -> Iterator[OfficeEstimate]:
    """The offices of a model; the cell is still to come."""
    shape = len(finished), len(model.offices)
    found: dict[tuple[str, str], OfficeCounts] = {}
    for i, each in enumerate(finished):
        for counts in each.offices:
            place = counts.kpi, counts.group
            if place not in found:
                nothing = np.zeros((2, *shape), np.int64)
                batches = np.full((len(finished), *counts.batches.shape), np.nan)
                found[place] = replace(counts, part=nothing[0], whole=nothing[1], batches=batches)
            mine = found[place]
            mine.part[i], mine.whole[i], mine.batches[i] = counts.part, counts.whole, counts.batches
    for (kpi, group), mine in found.items():
        if group not in left_out:
            line = lines.get(group) if kpi == ON_TIME else None
            yield from estimates_of(model.offices, mine, line)


def estimates_of(
    offices: Sequence[Office], counts: OfficeCounts, line: float | None
) -> Iterator[OfficeEstimate]:
    """The offices with a case of one share and group; the cell is still to come.

    Parameters
    ----------
    counts
        Of all replications, of shape (replications, offices), and a last axis of the batches.
    line
        The share that each is held against, None for none.
    """
    places = np.flatnonzero(counts.whole.any(0)).tolist()
    shares = _ratio(counts.part, counts.whole)
    part, whole = (each.sum(1, keepdims=True) - each for each in (counts.part, counts.whole))
    others = _ratio(part, whole)
    effects = np.array([_effect(counts, i) for i in range(len(offices))])
    sizes = counts.whole.sum(0)
    of_others = _ratio((effects * sizes).sum() - effects * sizes, sizes.sum() - sizes)
    to_line = (
        []
        if line is None
        else judge(
            [
                Level(
                    shares=shares[:, i],
                    out_of=counts.whole[:, i],
                    effect=effects[i],
                    level=line,
                    margin=MARGIN_OF_SHARES,
                )
                for i in places
            ]
        )
    )
    to_others = (
        []
        if len(places) < 2
        else judge(
            [
                Rivals(
                    base=others[:, i],
                    base_out_of=whole[:, i],
                    base_effect=of_others[i],
                    shares=shares[:, i],
                    out_of=counts.whole[:, i],
                    effect=effects[i],
                    margin=MARGIN_OF_SHARES,
                )
                for i in places
            ]
        )
    )
    for row, i in enumerate(places):
        yield OfficeEstimate(
            cell="",
            office=offices[i].name,
            label=offices[i].label,
            kpi=counts.kpi,
            group=counts.group,
            interval=estimate_share(shares[:, i], counts.whole[:, i], design_effect=effects[i]),
            out_of=int(counts.whole[:, i].sum()),
            to_line=_of_line(to_line[row], line) if to_line else None,
            to_others=to_others[row] if to_others else None,
        )


def _of_line(found: Judgement, line: float | None) -> Judgement:
    """A judgement against a line; one late case breaks the law, however few cases there are."""
    is_broken = line == LAW and found.interval.mean < 0
    return replace(found, finding="less") if is_broken else found


def _effect(counts: OfficeCounts, office: int) -> float:
    """The design effect of the cases of an office."""
    mine = counts.batches[:, office]
    known = ~np.isnan(mine[:, 0])
    return design_effect(mine[known].tolist(), counts.whole[known, office])


def _ratio(part: NDArray[Any], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    """Part over whole, NaN where the whole is 0."""
    found = np.full(whole.shape, np.nan)
    np.divide(part, whole, out=found, where=whole > 0)
    return found
