"""The stages of an answer: how many replications each has, and what is made of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sim.analysis.stopping import FIRST
from sim.answers.settings import Setting
from sim.experiment.replication import Finished
from sim.experiment.request import Request
from sim.experiment.results import Results
from sim.experiment.study import gather

FEWEST: Final = 2
"""Replications of the first answer: one alone has no interval."""

MOST: Final = 200
"""Replications that an answer does not exceed, unless a number is asked for."""

_STAGES: Final = (FEWEST, 5, 10, FIRST)
_FURTHER: Final = (2 * FIRST, 4 * FIRST)
"""Stages of an answer whose number of replications is said, so that it can be seen on its way."""


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
    is_brief
        Whether it has no more than what was wanted of it in brief.
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
    is_brief: bool
    seconds: float


def numbers_of(replications: int | None) -> list[int]:
    """How many replications there are one after the other; those of a precision go on."""
    if replications is None:
        return list(_STAGES)
    return [*(n for n in (*_STAGES, *_FURTHER) if n < replications), replications]


def in_brief(
    asked: Request, done: Sequence[Finished], kpis: Collection[str], bundle: str
) -> Results:
    """Results with some KPIs of a bundle, not of its channels, and nothing else."""
    few = [
        replace(
            each,
            measures=tuple(m for m in each.measures if m.group == bundle and m.kpi in kpis),
            days=(),
            courses=(),
        )
        for each in done
    ]
    asked = replace(asked, over_time=None)
    none = [() for _ in asked.plan.models]
    return gather(asked, few, elapsed=0.0, is_complete=True, overloads=none)


def results_of(
    asked: Request,
    done: Sequence[Finished],
    settings: Sequence[Setting],
    *,
    is_first: bool,
) -> Results:
    """Results with all that was measured; who is overloaded is not in the first of many."""
    by_model = {each.fingerprint: each for each in settings}.values()
    overloads = [() if is_first else each.overloads for each in by_model]
    return gather(asked, done, elapsed=0.0, is_complete=True, overloads=overloads)


def reached_by(results: Results, kpi: str, bundle: str) -> float | None:
    """Half of the interval of a KPI over its mean, see :class:`Stage`."""
    found = []
    for cell in results.cells:
        value = results.estimate(cell.name, kpi, bundle)
        if value is not None and value.n > 1:
            found.append(value.half_width / abs(value.mean) if value.mean else 0.0)
    return max(found) if found else None
