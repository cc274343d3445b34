"""Puts into words why a KPI changes: the change, and what each part of the reform has in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.estimate import Estimate, Interval
from sim.answers.why import Share, Why
from sim.kpis import KPIS
from sim.report.words import (
    NOTHING,
    amount,
    between,
    capital,
    counted,
    decimals,
    difference,
    in_short,
    number,
)
from sim.wording import visible

if TYPE_CHECKING:
    from rich.console import Console

REST: Final = "What the parts do not explain"
"""What the rest is called."""

NO_INTERVAL: Final = "no interval"
"""Stands where one replication has none."""


def show_why(console: Console, why: Why) -> None:
    """Print a change and its parts: a sentence, a row for each part, and what the numbers are."""
    from rich.box import SIMPLE_HEAD
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console.print(visible(why.title), style="bold", markup=False, highlight=False)
    for sentence in sentences(why):
        console.print(Padding(Text(visible(sentence)), (0, 0, 0, 2)))
    table = Table(
        title=visible(heading(why)), title_justify="left", box=SIMPLE_HEAD, pad_edge=False
    )
    table.add_column("Part", overflow="fold")
    for head in ("Its share", "95 % interval", "Of the whole", "Alone", "As the last"):
        table.add_column(head, justify="right")
    for row in rows(why):
        table.add_row(*map(visible, row), style="bold" if row[0] == "The whole change" else None)
    console.print(table)
    for note in notes(why):
        console.print(Padding(Text(visible(note), style="italic"), (0, 0, 0, 1)))
    for failure in why.failures:
        words = f"Replication {failure.replication} failed ({failure.cell}): {failure.error}"
        console.print(visible(words), style="bold red", markup=False, highlight=False)


def heading(why: Why) -> str:
    """What is split, in a line."""
    reform = why.label or f"{why.name_before} → {why.name_after}"
    return f"{reform}: {KPIS[why.kpi].label}, {why.bundle_label}"


def sentences(why: Why) -> Iterator[str]:
    """The change, and the parts that have most in it."""
    yield (
        f"{capital(KPIS[why.kpi].label)}: {in_short(why.before, why.replications)} before "
        f"({why.name_before}), {in_short(why.after, why.replications)} after ({why.name_after}). "
        f"The change is {change(why.change, why.unit)}."
    )
    ranked = sorted(why.shares, key=lambda each: -abs(each.share.mean))
    first = ranked[0]
    words = f"Most of it is of “{first.part.label}”: {change(first.share, why.unit)}"
    if len(ranked) > 1:
        second = ranked[1]
        words += f"; then of “{second.part.label}”: {change(second.share, why.unit)}"
    yield f"{words}."
    unclear = [each.part.label for each in why.shares if each.share.holds(0)]
    if unclear:
        yield f"Not told apart from nothing: {'; '.join(unclear)}."


def rows(why: Why) -> Iterator[tuple[str, ...]]:
    """A row for each part, the rest if there is one, and the whole, which they add up to."""
    found = [each.share.half_width for each in why.shares]
    places = decimals([*found, why.change.half_width], why.unit)
    for share in why.shares:
        yield _row(why, share, places)
    if why.has_rest:
        yield (REST, *_numbers(why, why.rest, places), "", "")
    yield ("The whole change", *_numbers(why, why.change, places), "", "")


def _row(why: Why, share: Share, places: int) -> tuple[str, ...]:
    label = share.part.label + (f" ({share.part.change})" if share.part.change else "")
    ends = (
        NOTHING if each is None else difference(each.mean, why.unit, places)
        for each in (share.alone, share.last)
    )
    return (label, *_numbers(why, share.share, places), *ends)


def _numbers(why: Why, value: Interval, places: int) -> tuple[str, str, str]:
    interval = between(value.low, value.high, why.unit, places) or NO_INTERVAL
    of_whole = NOTHING
    if why.change.mean and not why.change.holds(0):
        of_whole = amount(value.mean / why.change.mean, "share", 0)
    return difference(value.mean, why.unit, places), interval, of_whole


def change(value: Interval, unit: str) -> str:
    """A change with its interval, as in a sentence."""
    places = decimals([value.half_width], unit)
    interval = between(value.low, value.high, unit, places) or NO_INTERVAL
    return f"{difference(value.mean, unit, places)} ({interval})"


def notes(why: Why) -> Iterator[str]:
    """What the numbers are, and what they rest on."""
    yield (
        "A share is what a part adds on its way in, over all orders in which the parts can come "
        "(Shapley value); the shares add up to the whole change, in each replication. “Alone”: the "
        "part without the others; “as the last”: what it adds where all others are there. Where "
        "the two differ much, the part does the work of others, or needs them."
    )
    orders = (
        f"{number(why.n_orders)} orders drawn by chance, whose error is in the intervals"
        if why.n_orders
        else "all orders"
    )
    yield (
        f"{counted(why.n_coalitions, 'set')} of parts, {orders}; "
        f"{counted(why.replications, 'replication')} under common random numbers, seed "
        f"{why.seed}, engine {why.engine}."
    )
    assumed = [each.part.label for each in why.shares if each.part.mark == "assumed"]
    if assumed:
        yield f"Assumed: {'; '.join(assumed)}."
    if why.note:
        yield why.note
    if why.replications == 1:
        yield "One replication has no interval: ask for more with --replications."


def columns(why: Why) -> dict[str, list[Any]]:
    """The columns of ``why.csv``: before, after and the change, then each part and the rest."""
    found: dict[str, list[Any]] = {
        name: []
        for name in (
            "kind", "part", "label", "change", "kpi", "group", "mean", "low", "high",
            "alone", "alone_low", "alone_high", "last", "last_low", "last_high", "n", "unit",
        )
    }  # fmt: skip

    def add(
        kind: str,
        value: Interval | Estimate,
        share: Share | None = None,
        label: str = "",
    ) -> None:
        part = share.part if share is not None else None
        ends = (share.alone, share.last) if share is not None else (None, None)
        cells = [
            kind,
            part.name if part is not None else "",
            part.label if part is not None else label,
            part.change if part is not None else "",
            why.kpi,
            why.bundle,
            value.mean,
            value.low,
            value.high,
            *(x for end in ends for x in _three(end)),
            value.n,
            why.unit,
        ]
        for column, cell in zip(found.values(), cells, strict=True):
            column.append(cell)

    add("before", why.before, label=why.name_before)
    add("after", why.after, label=why.name_after)
    add("change", why.change, label=why.label)
    for share in why.shares:
        add("part", share.share, share)
    add("rest", why.rest, label=REST)
    return found


def replication_columns(why: Why) -> dict[str, list[Any]]:
    """The columns of ``why-by-replication.csv``: what each part has in the change of each."""
    names = [*(each.part.name for each in why.shares), ""]
    n = why.by_replication.shape[1]
    return {
        "replication": [i for i in range(n) for _ in names],
        "kind": [("part" if name else "rest") for _ in range(n) for name in names],
        "part": [name for _ in range(n) for name in names],
        "value": why.by_replication.T.ravel().tolist(),
        "unit": [why.unit for _ in range(n) for _ in names],
    }


def _three(value: Interval | None) -> tuple[float, float, float]:
    nan = float("nan")
    return (nan, nan, nan) if value is None else (value.mean, value.low, value.high)
