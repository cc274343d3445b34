"""What differs between two studies, in a terminal: what was asked, the scenario, the answer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sim.analysis.estimate import Estimate
from sim.answers.changes import LEVEL, Alone, Changes, KpiChange
from sim.answers.rewritten import Change
from sim.language import say, say_of_scenario, several
from sim.report import headline
from sim.report.words import (
    NOTHING,
    amount,
    and_more,
    counted,
    decimals,
    number,
    unit_in_short,
)
from sim.wording import visible

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

    def put(line: str, *, indent: int = 0, style: str = "") -> None:
        console.print(Padding(Text(visible(line), style=style), (0, 0, 0, indent)))

    put(f"{changes.old} → {changes.new}", style="bold")
    for head, lines in (
        (say("What was asked"), [_told(each) for each in changes.asked]),
        (say("The scenario"), list(_of_scenario(changes))),
        (say("Cells"), list(_of_cells(changes))),
    ):
        put("")
        put(head, style="bold")
        for line in lines or [say("No difference.")]:
            put(line, indent=2)
    put("")
    put(say("The answer"), style="bold")
    for line in _of_answer(changes):
        put(line, indent=2)
    shown = [each for each in changes.kpis if shows_all or is_shown(each)]
    if shown:
        console.print(_table(shown if shows_all else shown[:_MOST_ROWS]))
    if not shows_all and len(shown) > _MOST_ROWS:
        n = number(len(shown) - _MOST_ROWS)
        put(say("{n} more rows: --all, or --json.", n=n), indent=2)


def is_shown(change: KpiChange) -> bool:
    """Whether a KPI is a main one of a whole bundle, or differs by more than chance."""
    is_main = change.kpi in {column.kpi for column in headline.COLUMNS}
    is_whole = not set("/@") & set(change.group)
    return (is_main and is_whole) or change.is_more_than_chance


def _told(change: Change) -> str:
    old, new = (_short(text) for text in (change.old, change.new))
    where = say(" (in {cell})", cell=say_of_scenario(change.cell)) if change.cell else ""
    if change.old is None:
        return say("{what}: {value}, new{where}", what=change.what, value=new, where=where)
    if change.new is None:
        return say("{what}: {value}, gone{where}", what=change.what, value=old, where=where)
    return f"{change.what}: {old} → {new}{where}"


def _short(text: str | None) -> str:
    words = " ".join((text or "").split()) or say("nothing")
    return words if len(words) <= _MOST_TEXT else f"{words[:_MOST_TEXT]}…"


def _of_scenario(changes: Changes) -> Iterator[str]:
    yield from map(_told, changes.scenario[:_MOST_PATHS])
    if len(changes.scenario) > _MOST_PATHS:
        yield say("{n} more: --json.", n=number(len(changes.scenario) - _MOST_PATHS))
    if changes.lacking:
        yield say("Not compared: {reason}.", reason=changes.lacking)


def _of_cells(changes: Changes) -> Iterator[str]:
    for side, alone in ((changes.old, changes.only_old), (changes.new, changes.only_new)):
        for each in alone[:_MOST_PATHS]:
            yield say("only in {study}: {cells}", study=side, cells=_alone(each))
        if more := and_more(alone, _MOST_PATHS):
            yield say("only in {study}: {cells}", study=side, cells=more.strip())
    for pair in changes.pairs:
        if pair.old != pair.new:
            yield say("{old} is compared with {new}", old=pair.old, new=pair.new)
    if not changes.pairs:
        yield say("No cell is in both, so that no value can be compared.")


def _alone(cell: Alone) -> str:
    name = say_of_scenario(cell.name)
    if not cell.reason:
        return name
    return say("{cell} (the other left it out: {reason})", cell=name, reason=cell.reason)


def _of_answer(changes: Changes) -> Iterator[str]:
    same = [pair.new for pair in changes.pairs if pair.is_same]
    if same:
        yield say(
            "{cells} with equal models, seeds and versions, so that every replication of both is "
            "the same: {names}{more}.",
            cells=counted(len(same), "cell"),
            names=", ".join(map(say_of_scenario, same[:6])),
            more=and_more(same, 6),
        )
    if not changes.kpis:
        return
    found = [each for each in changes.kpis if each.is_more_than_chance]
    yield several(
        len(found),
        "{n} of {differences} is more than chance: by Holm’s rule, which holds the chance of even "
        "one false finding among all of them at {level}.",
        "{n} of {differences} are more than chance: by Holm’s rule, which holds the chance of even "
        "one false finding among all of them at {level}.",
        n=number(len(found)),
        differences=counted(changes.n_compared, "difference"),
        level=amount(LEVEL, "share", 0),
    )
    paired = [each.difference.n for each in changes.kpis if each.is_paired]
    if paired:
        yield say(
            "Replications of one seed are paired, up to {pairs}.",
            pairs=counted(max(paired), "pair"),
        )
    if len(paired) < len(changes.kpis):
        yield say("Without a replication of one seed in both, the studies are two samples.")
    if lacking := len(changes.kpis) - changes.n_compared:
        yield say(
            "{differences} without an interval: fewer than two replications have a value.",
            differences=counted(lacking, "difference"),
        )


def _table(shown: Sequence[KpiChange]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=SIMPLE_HEAD,
        pad_edge=False,
        caption=say(
            "Means, and new less old, with ± half of the 95\u00a0% interval or its ends. Chance is "
            "adjusted for all differences; up to 0.05 a difference is more than chance."
        ),
        caption_justify="left",
    )
    for heading, is_number, is_whole in (
        (say("Cell"), False, False),
        (say("Group"), False, False),
        (say("KPI"), False, True),
        (say("Unit"), False, True),
        (say("Old"), True, False),
        (say("New"), True, False),
        (say("Difference"), True, False),
        (say("Chance"), True, True),
    ):
        table.add_column(
            heading,
            justify="right" if is_number else "left",
            overflow="fold",
            no_wrap=is_whole,
        )
    cell = ""
    for each in shown:
        unit = "%" if each.unit == "share" else unit_in_short(each.unit)
        own = (say_of_scenario(each.cell) if each.cell != cell else "", each.group, each.kpi, unit)
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
    )
    return words if math.isfinite(value.half_width) else say("{value} (no interval)", value=words)


def chance_words(change: KpiChange) -> str:
    """How likely a difference is by chance alone, adjusted for all that are compared."""
    if math.isnan(change.adjusted):
        return NOTHING
    if change.adjusted < _SMALLEST:
        return f"< {number(_SMALLEST, 3)}"
    return number(change.adjusted, 3)
