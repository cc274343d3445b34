"""Tables of the state over time, a row each period: in a terminal, and on the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from sim.experiment.results import Results
from sim.language import Phrases, say
from sim.report.html import Html, Rows, folded, join, paragraphs, table, tag
from sim.report.over_time import Column, backlog, columns, day, row_numbers, shown_cells
from sim.report.view import Shown, bundle_label, bundles, distinct
from sim.report.words import unit_in_short
from sim.wording import visible

if TYPE_CHECKING:
    from rich.console import Console

STEPS_IN_WORDS: Final = Phrases({"day": "day", "week": "week"})
"""What a period is called in a sentence."""

_UNIT: Final = {"class": "unit"}

_MOST_TABLES: Final = 4
"""Cells that have a table; the others are in the file."""


def show_over_time(console: Console, results: Results) -> None:
    """Print how long a backlog takes to clear and, where it was asked for, a row each period."""
    from rich.padding import Padding
    from rich.text import Text

    found = results.over_time
    for bundle in bundles(results):
        for sentence in backlog(results, bundle):
            console.print(Padding(Text(visible(sentence)), (0, 0, 0, 2)))
        if found is None or not found.is_asked:
            continue
        for shown in shown_cells(results)[:_MOST_TABLES]:
            _print(console, results, shown, bundle)


def _print(console: Console, results: Results, shown: Shown, bundle: str) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    found = columns(results, bundle, shown.cell.name)
    first, *dates = _dates(results, shown)
    least = max(map(len, (first, *dates)))
    while len(found) > 1 and least + sum(map(_width, found)) >= console.width:
        found = found[:-1]
    made = Table(
        title=Text(visible(_caption(results, shown, bundle)), style="bold"),
        title_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    made.add_column(first, no_wrap=True, vertical="bottom")
    for column in found:
        made.add_column(Text(visible(_heading(column))), justify="right", vertical="bottom")
    for row in row_numbers(len(dates)):
        made.add_row(dates[row], *(column.text(row) for column in found))
    console.print(made)


def section_of(results: Results, bundle: str, figure: Sequence[Html]) -> Html:
    """The part of the page on the state over time: the figure, a backlog, a table of each cell."""
    return join(
        (
            tag("h3", bundle_label(results, bundle)),
            paragraphs(backlog(results, bundle)),
            *figure,
            *_tables(results, bundle),
        )
    )


def _tables(results: Results, bundle: str) -> Iterator[Html]:
    for shown in shown_cells(results)[:_MOST_TABLES]:
        found = columns(results, bundle, shown.cell.name)
        first, *dates = _dates(results, shown)
        heads = (
            join(
                (each.heading, tag("span", unit_in_short(each.unit), attributes={"class": "unit"}))
            )
            for each in found
        )
        rows: Rows = [
            (dates[row], *(each.text(row) for each in found)) for row in row_numbers(len(dates))
        ]
        caption = _caption(results, shown, bundle)
        yield folded(caption, table((first, *heads), rows), is_open=False)


def _dates(results: Results, shown: Shown) -> tuple[str, ...]:
    """What stands above the first column, then the first day of each period."""
    found = results.over_time
    if found is None:
        return ("",)
    dates = found.timelines[shown.cell.name].dates
    return (say("week from") if found.step == "week" else say("day"), *map(day, dates))


def _caption(results: Results, shown: Shown, bundle: str) -> str:
    found = results.over_time
    step = STEPS_IN_WORDS[found.step] if found is not None else ""
    n = len(_dates(results, shown)) - 1
    every = row_numbers(n).step
    cell = f", “{shown.label}”" if len(distinct(results)) > 1 else ""
    some = say(", one {step} in {n}", step=step, n=every) if every > 1 else ""
    return say(
        "{bundle} by {step}{some}: means; working days and on time by {step} of arrival",
        bundle=f"{bundle_label(results, bundle)}{cell}",
        step=step,
        some=some,
    )


def _heading(column: Column) -> str:
    return "\n".join([*column.heading.split(), unit_in_short(column.unit)])


def _width(column: Column) -> int:
    """The characters that a column takes, the gap beside it included."""
    numbers = map(column.text, range(len(column.course.mean)))
    return 3 + max(map(len, (*_heading(column).splitlines(), *numbers)))
