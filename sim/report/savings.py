"""Sets out what a case burdens applicants with and costs the offices: before, after, saved (M3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sim.analysis.estimate import Estimate
from sim.experiment.results import Results
from sim.language import Phrases, say
from sim.report import headline
from sim.report.view import Shown, distinct, shown_as
from sim.report.words import decimals, unit_in_short

LINES: Final[Mapping[str, str]] = Phrases(
    {
        "own_hours": "Own hours of a case",
        "trips": "Trips of a case",
        "copies": "Copies of a case",
        "fees": "Fees of a case",
        "burden": "Burden of a case",
        "burden_a_year": "Burden of all cases",
        "office_hours": "Office hours of a case",
        "office_cost": "Cost of a case for offices",
        "office_cost_a_year": "Cost of all cases for offices",
    }
)
"""What is set out, KPI by KPI, and what it is called."""

_IN_MONEY: Final = ("fees", "burden", "office_cost")

_MOST_BESIDE: Final = 3
"""Settings that stand beside each other where none is set against another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table of burden and cost: ``rows`` have a text for each of ``heads``."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def sheets(results: Results, bundle: str) -> tuple[Sheet, ...]:
    """The tables of a bundle: one for each setting with a baseline, else one of all; maybe none."""
    shown = distinct(results)
    found = [results.estimate(s.cell.name, kpi, bundle) for s in shown for kpi in _IN_MONEY]
    if not any(value is not None and value.mean for value in found):
        return ()
    compared = [
        (less.baseline, s)
        for s in shown
        if (less := results.difference(s.cell.name, "n_cases", bundle))
    ]
    if not compared:
        return (_side_by_side(results, bundle, shown[:_MOST_BESIDE]),)
    return tuple(_saving(results, bundle, before, after) for before, after in compared)


def _side_by_side(results: Results, bundle: str, shown: Sequence[Shown]) -> Sheet:
    heads = [each.label for each in shown] if len(shown) > 1 else [say("Mean")]
    values = {
        kpi: [results.estimate(each.cell.name, kpi, bundle) for each in shown] for kpi in LINES
    }
    return Sheet(
        title=say("Burden and cost"),
        heads=("", say("Unit"), *heads),
        rows=tuple(_rows(results, values, n_differences=0)),
    )


def _saving(results: Results, bundle: str, before: str, after: Shown) -> Sheet:
    values = {
        kpi: [
            results.estimate(before, kpi, bundle),
            results.estimate(after.cell.name, kpi, bundle),
            _less(results.difference(after.cell.name, kpi, bundle)),
        ]
        for kpi in LINES
    }
    return Sheet(
        title=say(
            "Burden and cost, before: “{before}”, after: “{after}”",
            before=shown_as(results, before),
            after=after.label,
        ),
        heads=("", say("Unit"), say("Before"), say("After"), say("Saving")),
        rows=tuple(_rows(results, values, n_differences=1)),
    )


def _less(difference: Estimate | None) -> Estimate | None:
    """Before less after, from after less before."""
    if difference is None:
        return None
    return replace(difference, mean=-difference.mean, low=-difference.high, high=-difference.low)


def _rows(
    results: Results, values: Mapping[str, Sequence[Estimate | None]], *, n_differences: int
) -> Iterator[tuple[str, ...]]:
    """A row for each KPI that is not 0 throughout; the last columns are differences."""
    for kpi, words in LINES.items():
        known = [value for value in values[kpi] if value is not None]
        if not any(value.mean for value in known):
            continue
        places = decimals([value.half_width for value in known], known[0].unit)
        n = len(values[kpi]) - n_differences
        yield (
            words,
            unit_in_short(known[0].unit),
            *(
                headline.text(
                    value,
                    places=places,
                    replications=results.replications,
                    is_difference=column >= n,
                )
                for column, value in enumerate(values[kpi])
            ),
        )
