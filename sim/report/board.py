"""The board of offices in a terminal and on the page: services, then their worst and best."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from sim.experiment.results import Results
from sim.report.by_office import (
    BEST,
    WORST,
    Listing,
    in_words,
    judged_in_words,
    offices_of,
    overview,
    services,
    shown_cells,
)
from sim.report.html import Html, folded, join, paragraphs, table, tag
from sim.report.view import bundle_label, bundles, distinct
from sim.wording import visible

if TYPE_CHECKING:
    from rich.console import Console

_WORST: Final = 8
_BEST: Final = 3
"""Offices from either end in a terminal."""

_LEAST: Final = 3
"""Columns that are shown however narrow a terminal is; of others the last are left out first."""

_WIDEST: Final = 20
"""Characters of a column of names."""


def show_by_office(console: Console, results: Results) -> None:
    """Print how many offices keep to their share on time, and the worst and the best of them."""
    from rich.padding import Padding
    from rich.text import Text

    if not services(results):
        return
    _print(console, overview(results))
    for bundle in bundles(results):
        for shown in shown_cells(results):
            found = offices_of(results, shown, bundle, _WORST, _BEST)
            if found is not None:
                _print(console, found)
                words = in_words(results, shown, bundle)
                console.print(Padding(Text(visible(words)), (0, 0, 1, 2)))
    for sentence in judged_in_words(results):
        console.print(Padding(Text(sentence, style="dim"), (0, 0, 0, 2)))


def _print(console: Console, sheet: Listing) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    made = Table(
        title=Text(visible(sheet.title), style="bold"),
        title_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    heads = ["\n".join(visible(head).split(" ")) for head in sheet.heads]
    columns = list(zip(heads, *sheet.rows, strict=True))
    widths = [
        _width(column, _WIDEST if i < sheet.n_names else None) for i, column in enumerate(columns)
    ]
    while len(columns) > _LEAST and sum(widths[: len(columns)]) > console.width:
        columns.pop()
    for i, (head, *_) in enumerate(columns):
        is_name = i < sheet.n_names
        made.add_column(
            Text(head),
            justify="left" if is_name else "right",
            vertical="bottom",
            overflow="fold",
            no_wrap=not is_name,
            max_width=_WIDEST if is_name else None,
        )
    for row in sheet.rows:
        made.add_row(*(Text(visible(words)) for words in row[: len(columns)]))
    console.print(made)


def _width(column: Sequence[str], most: int | None) -> int:
    """The characters that a column takes, the gap beside it included."""
    head, *cells = column
    return 3 + max(len(words[:most]) for words in (*head.splitlines(), *cells))


def board(
    results: Results, about: Sequence[str], figures: Mapping[str, Sequence[Html]]
) -> Iterator[Html]:
    """The part of the page on offices.

    Parameters
    ----------
    about
        The bundles whose offices are listed.
    figures
        The picture of each bundle that has one.
    """
    yield _table(overview(results))
    for bundle in about:
        if bundle not in services(results):
            continue
        yield tag("h3", bundle_label(results, bundle))
        for shown in shown_cells(results):
            words = in_words(results, shown, bundle)
            if words and len(distinct(results)) > 1:
                words = f"“{shown.label}”: {words}"
            yield paragraphs(filter(None, [words]))
        yield join(figures.get(bundle, ()))
        for shown in shown_cells(results):
            found = offices_of(results, shown, bundle, WORST, BEST)
            if found is not None:
                yield folded(found.title, _table(found, has_title=False), is_open=False)
    yield paragraphs(judged_in_words(results))


def _table(sheet: Listing, *, has_title: bool = True) -> Html:
    return table(
        sheet.heads,
        sheet.rows,
        caption=sheet.title if has_title else "",
        numbers_from=sheet.n_names,
    )
