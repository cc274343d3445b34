"""Gives a verdict on each difference of a study from its baseline.

A family is one KPI of one group, over all cells that are compared; each is judged by itself, see
:mod:`sim.analysis.verdicts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sim.analysis.paired import in_common
from sim.analysis.verdicts import MARGIN_OF_SHARES, Finding, Judgement, Pair, judge
from sim.experiment.aims import chief_bundles, chief_kpi
from sim.experiment.columns import VARIANT, Columns, lever_columns
from sim.experiment.results import Cell, Results

FILE: Final = "verdicts.csv"

MARGIN: Final = 0.05
"""A difference that is smaller than this share of the baseline's mean is too small to matter.

Of shares it is :data:`sim.analysis.verdicts.MARGIN_OF_SHARES`.
"""

TIMES_PRECISION: Final = 2
"""Of a KPI that was run to a precision it is twice that: an interval around 0 lies within."""

_ALWAYS: Final = ("working_days_mean", "sojourn_days_mean", "on_time_share")
"""KPIs of bundles that are judged beside the one that the study is about."""

MEANINGS: Final[Mapping[str, str]] = VARIANT | {
    "baseline": "what the variant is set against",
    "kpi": "name of the KPI",
    "group": "what it is measured over",
    "verdict": "`less` or `more` than the baseline, `alike` within the margin, or `unknown`",
    "mean": "mean of the paired difference, variant less baseline; in `unit`",
    "low": "lower end of its 95 % interval by itself, as in `estimates.csv`; in `unit`",
    "high": "upper end of it, likewise",
    "judged_low": "lower end of the interval that the verdict rests on; in `unit`",
    "judged_high": "upper end of it, likewise",
    "together": "how many differences were judged together, by Holm's rule",
    "margin": "the difference that counts as too small to matter; in `unit`",
    "n": "pairs of replications that had a value",
    "needed": "replications in all that would tell, about, where the verdict is `unknown`",
    "unit": "the unit",
}
"""Columns of ``verdicts.csv``; those of the levers stand behind ``baseline``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What can be said of the difference of a cell from its baseline, in ``unit``."""

    variant: str
    baseline: str
    kpi: str
    group: str
    unit: str
    judgement: Judgement

    @property
    def finding(self) -> Finding:
        """Less, more, alike or unknown."""
        return self.judgement.finding


def verdicts(results: Results) -> tuple[Verdict, ...]:
    """Judge what a study is about, and some more: KPI by KPI, cells in their order."""
    return tuple(each for kpi, group in families(results) for each in family(results, kpi, group))


def families(results: Results) -> tuple[tuple[str, str], ...]:
    """The KPIs and groups that are judged: those of :func:`chief_families`, and of each bundle."""
    bundles = chief_bundles(results.cells[0].scenario, results.bundles)
    more = [(kpi, bundle) for bundle in bundles for kpi in _ALWAYS]
    return tuple(dict.fromkeys([*chief_families(results), *more]))


def chief_families(results: Results) -> tuple[tuple[str, str], ...]:
    """The KPIs and groups that the study is about: of its target, and those run to a precision."""
    bundles = chief_bundles(results.cells[0].scenario, results.bundles)
    found = [(chief_kpi(results.target, bundle), bundle) for bundle in bundles]
    aims = results.precision.aims if results.precision is not None else ()
    return tuple(dict.fromkeys([*found, *((aim.kpi, aim.group) for aim in aims)]))


def family(results: Results, kpi: str, group: str) -> tuple[Verdict, ...]:
    """Judge one KPI and group in all cells that are compared; those without a value are left out.

    Cells that share their runs are one difference.
    """
    pairs: dict[tuple[str, str], Pair] = {}
    cells: list[tuple[Cell, tuple[str, str], str]] = []
    for cell in results.cells:
        found = results.difference(cell.name, kpi, group) if cell.baseline else None
        if found is None:
            continue
        runs = _runs(results, cell.baseline), _runs(results, cell.name)
        cells.append((cell, runs, found.unit))
        if runs not in pairs:
            base, mine = ((name, kpi, group) for name in (cell.baseline, cell.name))
            counts = in_common(results.out_of(*base), results.out_of(*mine))
            pairs[runs] = Pair(
                base=results.values(*base),
                variant=results.values(*mine),
                out_of=None if runs[0] == runs[1] else counts,
                margin=_margin(results, cell, kpi, group),
            )
    judged = dict(zip(pairs, judge(list(pairs.values())), strict=True))
    return tuple(
        Verdict(
            variant=cell.name,
            baseline=cell.baseline,
            kpi=kpi,
            group=group,
            unit=unit,
            judgement=judged[runs],
        )
        for cell, runs, unit in cells
    )


def verdict_columns(results: Results) -> Columns:
    """The verdicts as columns of one length; what is not there is NaN, or 0 where counted."""
    found = verdicts(results)
    each = [verdict.judgement for verdict in found]
    names = [verdict.variant for verdict in found]
    return {
        "variant": names,
        "baseline": [verdict.baseline for verdict in found],
        **lever_columns(results, names),
        "kpi": [verdict.kpi for verdict in found],
        "group": [verdict.group for verdict in found],
        "verdict": [judgement.finding for judgement in each],
        "mean": [judgement.interval.mean for judgement in each],
        "low": [judgement.interval.low for judgement in each],
        "high": [judgement.interval.high for judgement in each],
        "judged_low": [judgement.judged.low for judgement in each],
        "judged_high": [judgement.judged.high for judgement in each],
        "together": [judgement.n_together for judgement in each],
        "margin": [judgement.margin for judgement in each],
        "n": [judgement.interval.n for judgement in each],
        "needed": [judgement.needed for judgement in each],
        "unit": [verdict.unit for verdict in found],
    }


def _runs(results: Results, name: str) -> str:
    return results.cell(name).shares_runs_with or name


def _margin(results: Results, cell: Cell, kpi: str, group: str) -> float:
    """The difference that is too small to matter, in the unit of the KPI."""
    for reached in _reached(results, cell, kpi, group):
        return TIMES_PRECISION * reached
    base = results.estimate(cell.baseline, kpi, group)
    if base is None:
        return 0.0
    return MARGIN_OF_SHARES if base.unit == "share" else MARGIN * abs(base.mean)


def _reached(results: Results, cell: Cell, kpi: str, group: str) -> Iterator[float]:
    if results.precision is not None:
        for each in results.precision.reached:
            if (each.cell, each.aim.kpi, each.aim.group) == (cell.name, kpi, group):
                yield each.wanted
