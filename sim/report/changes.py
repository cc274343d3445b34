"""What differs between two studies, in a terminal: what was asked, the scenario, the answer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sim.analysis.estimate import Estimate
from sim.answers.changes import LEVEL, Alone, Changes, KpiChange
from sim.answers.rewritten import Change
from sim.report import headline
from sim.report.words import NOTHING, amount, counted, decimals, number
from sim.wording import and_more, visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_MOST_ROWS: Final = 60
_MOST_PATHS: Final = 40
_MOST_TEXT: Final = 200
"""Characters of a value that are shown."""

_SMALLEST: Final = 0.001


def show_changes(console: Console, changes: Changes, *, shows_all: bool = False) -> None:
    """Print what differs between two studies.

    Parameters
    ----------
    shows_all
        Show every KPI, and not the main ones and those that differ by more than chance alone.
    """
    from rich.padding import Padding
    from rich.text import Text

    def say(line: str, *, indent: int = 0, style: str = "") -> None:
        console.print(Padding(Text(visible(line), style=style), (0, 0, 0, indent)))

    say(f"{changes.old} → {changes.new}", style="bold")
    for head, lines in (
        ("What was asked", [_told(each) for each in changes.asked]),
        ("The scenario", list(_of_scenario(changes))),
        ("Cells", list(_of_cells(changes))),
    ):
        say("")
        say(head, style="bold")
        for line in lines or ["No difference."]:
            say(line, indent=2)
    say("")
    say("The answer", style="bold")
    for line in _of_answer(changes):
        say(line, indent=2)
    shown = [each for each in changes.kpis if shows_all or is_shown(each)]
    if shown:
        console.print(_table(shown if shows_all else shown[:_MOST_ROWS]))
    if not shows_all and len(shown) > _MOST_ROWS:
        say(f"{number(len(shown) - _MOST_ROWS)} more rows: --all, or --json.", indent=2)


def is_shown(change: KpiChange) -> bool:
    """Whether a KPI is a main one of a whole bundle, or differs by more than chance."""
    is_main = change.kpi in {column.kpi for column in headline.COLUMNS}
    is_whole = not set("/@") & set(change.group)
    return (is_main and is_whole) or change.is_more_than_chance


def _told(change: Change) -> str:
    old, new = (_short(text) for text in (change.old, change.new))
    where = f" (in {change.cell})" if change.cell else ""
    if change.old is None:
        return f"{change.what}: {new}, new{where}"
    if change.new is None:
        return f"{change.what}: {old}, gone{where}"
    return f"{change.what}: {old} → {new}{where}"


def _short(text: str | None) -> str:
    words = " ".join((text or "").split()) or "nothing"
    return words if len(words) <= _MOST_TEXT else f"{words[:_MOST_TEXT]}…"


def _of_scenario(changes: Changes) -> Iterator[str]:
    yield from map(_told, changes.scenario[:_MOST_PATHS])
    if len(changes.scenario) > _MOST_PATHS:
        yield f"{number(len(changes.scenario) - _MOST_PATHS)} more: --json."
    if changes.lacking:
        yield f"Not compared: {changes.lacking}."


def _of_cells(changes: Changes) -> Iterator[str]:
    for side, alone in ((changes.old, changes.only_old), (changes.new, changes.only_new)):
        for each in alone[:_MOST_PATHS]:
            yield f"only in {side}: {_alone(each)}"
        if more := and_more(alone, _MOST_PATHS):
            yield f"only in {side}:{more}"
    for pair in changes.pairs:
        if pair.old != pair.new:
            yield f"{pair.old} is compared with {pair.new}"
    if not changes.pairs:
        yield "No cell is in both, so that no value can be compared."


def _alone(cell: Alone) -> str:
    return f"{cell.name} (the other left it out: {cell.reason})" if cell.reason else cell.name


def _of_answer(changes: Changes) -> Iterator[str]:
    same = [pair.new for pair in changes.pairs if pair.is_same]
    if same:
        yield (
            f"{counted(len(same), 'cell')} with equal models, seeds and versions, so that every "
            f"replication of both is the same: {', '.join(same[:6])}{and_more(same, 6)}."
        )
    if not changes.kpis:
        return
    found = [each for each in changes.kpis if each.is_more_than_chance]
    yield (
        f"{number(len(found))} of {counted(changes.n_compared, 'difference')} "
        f"{'is' if len(found) == 1 else 'are'} more than chance: by Holm’s rule, which holds the "
        f"chance of even one false finding among all of them at {amount(LEVEL, 'share', 0)}."
    )
    paired = [each.difference.n for each in changes.kpis if each.is_paired]
    if paired:
        yield f"Replications of one seed are paired, up to {counted(max(paired), 'pair')}."
    if len(paired) < len(changes.kpis):
        yield "Without a replication of one seed in both, the studies are two samples."
    if lacking := len(changes.kpis) - changes.n_compared:
        yield (
            f"{counted(lacking, 'difference')} without an interval: fewer than two replications "
            "have a value."
        )


def _table(shown: Sequence[KpiChange]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=SIMPLE_HEAD,
        pad_edge=False,
        caption="Means, and new less old, with ± half of the 95\u00a0% interval or its ends. "
        "Chance is adjusted for all differences; up to 0.05 a difference is more than chance.",
        caption_justify="left",
    )
    for heading in ("Cell", "Group", "KPI", "Unit", "Old", "New", "Difference", "Chance"):
        is_number = heading in ("Old", "New", "Difference", "Chance")
        table.add_column(
            heading,
            justify="right" if is_number else "left",
            overflow="fold",
            no_wrap=heading in ("KPI", "Unit", "Chance"),
        )
    cell = ""
    for each in shown:
        unit = "%" if each.unit == "share" else each.unit
        own = (each.cell if each.cell != cell else "", each.group, each.kpi, unit)
        style = "bold" if each.is_more_than_chance else None
        texts = (*own, *value_words(each), chance_words(each))
        table.add_row(*(Text(visible(text)) for text in texts), style=style)
        cell = each.cell
    return table


def value_words(change: KpiChange) -> tuple[str, str, str]:
    """The old mean, the new one and the difference, each with its interval; shares in percent."""
    places = decimals([change.difference.half_width], change.unit)
    return (
        _with_interval(change.old, places),
        _with_interval(change.new, places),
        _with_interval(change.difference, places, is_difference=True),
    )


def _with_interval(value: Estimate, places: int, *, is_difference: bool = False) -> str:
    words = headline.text(
        replace(value, kpi=""),
        places=places,
        replications=value.n,
        is_difference=is_difference,
        has_interval=True,
    )
    return words if math.isfinite(value.half_width) else f"{words} (no interval)"


def chance_words(change: KpiChange) -> str:
    """How likely a difference is by chance alone, adjusted for all that are compared."""
    if math.isnan(change.adjusted):
        return NOTHING
    if change.adjusted < _SMALLEST:
        return f"< {_SMALLEST}"
    return number(change.adjusted, 3)
