"""The columns of the headline table, in a terminal and on the page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sim.analysis.estimate import Estimate
from sim.experiment.results import DayHistogram, Results
from sim.kpis import KPIS
from sim.language import later, say
from sim.report.view import Shown, channel_label, channels
from sim.report.words import NOTHING, OTHERS, between, decimals, none_of, number, signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A KPI as a column, with its name in English; ``is_chief`` has the decimals to be exact."""

    kpi: str
    name: str
    is_chief: bool = False

    @property
    def heading(self) -> str:
        """What stands above the column."""
        return say(self.name)

    @property
    def unit(self) -> str:
        """What stands below the heading."""
        unit = KPIS[self.kpi].unit
        return "%" if unit == "share" else unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A cell, or one channel of it where ``channel`` is not empty, with its values by column.

    ``limit`` has the legal limits of its cases in working days, extensions included.
    """

    shown: Shown
    channel: str
    limit: str
    values: tuple[Estimate | None, ...]


COLUMNS: Final = (
    Column(kpi="working_days_mean", name=later("Working days"), is_chief=True),
    Column(kpi="sojourn_days_mean", name=later("Calendar days"), is_chief=True),
    Column(kpi="working_days_p90", name=later("9 in 10 within")),
    Column(kpi="on_time_share", name=later("On time")),
    Column(kpi="own_hours", name=later("Own hours")),
    Column(kpi="trips", name=later("Trips")),
    Column(kpi="times_given", name=later("Times given")),
    Column(kpi="rejected_share", name=later("Rejected")),
    Column(kpi="open_share", name=later("Still open")),
)
"""What a planner asks, what matters most first."""

_RARE: Final = 0.05
"""A limit that a smaller share of the cases has is not in the table."""


def basis(results: Results) -> str:
    """What the numbers of a table are, in a few words."""
    if results.replications == 1:
        return say("Values of one replication, which has no interval")
    return say(
        "Means over replications, ± half of the 95\u00a0% interval, or its ends if arms differ; "
        "neither where it is within the digits shown"
    )


def rows(
    results: Results, shown: Sequence[Shown], bundle: str, *, by_channel: bool
) -> tuple[Row, ...]:
    """The rows of the headline table: a cell each, with its channels below where asked for."""
    found: list[Row] = []
    for each in shown:
        groups = channels(results, each.cell.name, bundle) if by_channel else ()
        found += [
            Row(
                shown=each,
                channel=channel_label(group.partition("/")[2]),
                limit=_limits(results.histogram(each.cell.name, group)),
                values=tuple(
                    results.estimate(each.cell.name, column.kpi, group) for column in COLUMNS
                ),
            )
            for group in (bundle, *(groups if len(groups) > 1 else ()))
        ]
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
        decimals(
            (value.half_width for row in table if (value := row.values[i]) is not None),
            KPIS[column.kpi].unit,
        )
        if column.is_chief
        else 1
        for i, column in enumerate(COLUMNS)
    )


def text(
    value: Estimate | None,
    *,
    places: int,
    replications: int,
    is_difference: bool = False,
) -> str:
    """A value of the table; its unit is in the heading.

    An interval whose arms differ by a unit in the last place is told by its ends, else by its
    longer arm, and not at all where both ends come out as the value does.  The number of values
    that it rests on is told where it is below ``replications``, and beside 100 % on time of how
    many none was late.
    """
    if value is None:
        return NOTHING
    factor = 100 if value.unit == "share" else 1
    told = signed if is_difference else number
    shown, low, high = (told(factor * each, places) for each in (value.mean, value.low, value.high))
    few = f" (n\u00a0=\u00a0{value.n})" if value.n < replications else ""
    if math.isnan(value.half_width) or shown == low == high:
        return shown + few
    if value.kpi in OTHERS and (none := none_of(value)):
        ends = between(value.low, value.high, value.unit, places)
        return f"{shown} ({none}, {ends}){few}"
    gap = abs(value.high + value.low - 2 * value.mean)
    if factor * gap < 10**-places:
        return f"{shown} ± {number(factor * value.half_width, places)}{few}"
    return f"{shown} ({between(value.low, value.high, value.unit, places)}){few}"


def _limits(histogram: DayHistogram | None) -> str:
    if histogram is None:
        return NOTHING
    n = sum(count for _, count in histogram.limits)
    known = [limit for limit, count in histogram.limits if count >= _RARE * n]
    return " / ".join(NOTHING if limit < 0 else str(limit) for limit in known) or NOTHING
