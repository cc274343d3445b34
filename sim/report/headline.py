"""The columns of the headline table, in a terminal and on the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sim.analysis.estimate import Estimate
from sim.experiment.results import Results
from sim.kpis import KPIS
from sim.report.view import Shown, channels
from sim.report.wording import NOTHING, decimals, number, signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A KPI as a column; ``is_chief`` shows its interval too."""

    kpi: str
    heading: str
    is_chief: bool = False

    @property
    def unit(self) -> str:
        """What stands below the heading."""
        unit = KPIS[self.kpi].unit
        return "%" if unit == "share" else unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A cell, or one channel of it where ``channel`` is not empty, with its values by column."""

    shown: Shown
    channel: str
    limit: str
    values: tuple[Estimate | None, ...]


COLUMNS: Final = (
    Column(kpi="working_days_mean", heading="Working days", is_chief=True),
    Column(kpi="working_days_p90", heading="9 in 10 within"),
    Column(kpi="on_time_share", heading="On time"),
    Column(kpi="trips", heading="Trips"),
    Column(kpi="times_given", heading="Times given"),
    Column(kpi="sojourn_days_mean", heading="Calendar days"),
    Column(kpi="rejected_share", heading="Rejected"),
    Column(kpi="open_share", heading="Still open"),
)
"""What a planner asks, what matters most first."""


def rows(
    results: Results, shown: Sequence[Shown], bundle: str, *, by_channel: bool
) -> tuple[Row, ...]:
    """The rows of the headline table: a cell each, with its channels below where asked for."""
    found = []
    for each in shown:
        groups = channels(results, each.cell.name, bundle) if by_channel else ()
        for group in (bundle, *(groups if len(groups) > 1 else ())):
            histogram = results.histogram(each.cell.name, group)
            limit = histogram.limit_days if histogram else None
            found.append(
                Row(
                    shown=each,
                    channel=group.partition("/")[2],
                    limit=NOTHING if limit is None else str(limit),
                    values=tuple(
                        results.estimate(each.cell.name, column.kpi, group) for column in COLUMNS
                    ),
                )
            )
    return tuple(found)


def difference_rows(results: Results, shown: Sequence[Shown], bundle: str) -> tuple[Row, ...]:
    """The same columns as differences from the baseline, replications paired."""
    found = []
    for each in shown:
        values = tuple(results.difference(each.cell.name, column.kpi, bundle) for column in COLUMNS)
        if any(value is not None for value in values):
            found.append(Row(shown=each, channel="", limit="", values=values))
    return tuple(found)


def places(table: Sequence[Row]) -> tuple[int, ...]:
    """The decimals of each column, so that its numbers stand below each other."""
    return tuple(
        decimals((_half(row.values[i]) for row in table), KPIS[column.kpi].unit)
        if column.is_chief
        else 1
        for i, column in enumerate(COLUMNS)
    )


def text(
    value: Estimate | None, *, places: int, is_difference: bool = False, has_interval: bool = False
) -> str:
    """A value of the table; its unit is in the heading."""
    if value is None:
        return NOTHING
    factor = 100 if value.unit == "share" else 1
    shown = (signed if is_difference else number)(factor * value.mean, places)
    half = _half(value)
    return f"{shown} ± {number(factor * half, places)}" if has_interval and half == half else shown


def _half(value: Estimate | None) -> float:
    return (value.high - value.low) / 2 if value is not None else float("nan")
