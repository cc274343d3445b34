"""Puts into words why a KPI changes: the change, and what each part of the reform has in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.estimate import Estimate, Interval
from sim.answers.parts import Part
from sim.answers.why import Share, Why
from sim.experiment.results import Failure
from sim.language import later, say, say_of_scenario
from sim.report.words import (
    NOTHING,
    amount,
    as_given,
    between,
    capital,
    counted,
    decimals,
    difference,
    in_short,
    label_of,
    number,
)
from sim.wording import visible

if TYPE_CHECKING:
    from rich.console import Console

REST: Final = later("What the parts do not explain")
"""What the rest is called."""

NO_INTERVAL: Final = later("no interval")
"""Stands where one replication has none."""


def show_why(console: Console, why: Why) -> None:
    """Print a change and its parts: a sentence, a row for each part, and what the numbers are."""
    from rich.box import SIMPLE_HEAD
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console.print(visible(say_of_scenario(why.title)), style="bold", markup=False, highlight=False)
    for sentence in sentences(why):
        console.print(Padding(Text(visible(sentence)), (0, 0, 0, 2)))
    table = Table(
        title=visible(heading(why)), title_justify="left", box=SIMPLE_HEAD, pad_edge=False
    )
    table.add_column(say("Part"), overflow="fold")
    for head in (
        say("Its share"),
        say("95 % interval"),
        say("Of the whole"),
        say("Alone"),
        say("As the last"),
    ):
        table.add_column(head, justify="right")
    whole = say("The whole change")
    for row in rows(why):
        table.add_row(*map(visible, row), style="bold" if row[0] == whole else None)
    console.print(table)
    for note in notes(why):
        console.print(Padding(Text(visible(note), style="italic"), (0, 0, 0, 1)))
    for failure in why.failures:
        words = failed(failure)
        console.print(visible(words), style="bold red", markup=False, highlight=False)


def failed(failure: Failure) -> str:
    """A replication that failed, in a line."""
    return say(
        "Replication {replication} failed ({setting}): {error}",
        replication=failure.replication,
        setting=failure.cell,
        error=failure.error,
    )


def heading(why: Why) -> str:
    """What is split, in a line."""
    ends = f"{say_of_scenario(why.name_before)} → {say_of_scenario(why.name_after)}"
    reform = say_of_scenario(why.label) or ends
    return f"{reform}: {label_of(why.kpi)}, {say_of_scenario(why.bundle_label)}"


def label_of_part(part: Part) -> str:
    """What a part of a reform is called."""
    return say_of_scenario(part.label)


def sentences(why: Why) -> Iterator[str]:
    """The change, and the parts that have most in it."""
    yield say(
        "{kpi}: {before} before ({name_before}), {after} after ({name_after}). The change is "
        "{change}.",
        kpi=capital(label_of(why.kpi)),
        before=in_short(why.before, why.replications),
        name_before=say_of_scenario(why.name_before),
        after=in_short(why.after, why.replications),
        name_after=say_of_scenario(why.name_after),
        change=change(why.change, why.unit),
    )
    ranked = sorted(why.shares, key=lambda each: -abs(each.share.mean))
    first = ranked[0]
    words = say(
        "Most of it is of “{part}”: {change}",
        part=label_of_part(first.part),
        change=change(first.share, why.unit),
    )
    if len(ranked) > 1:
        second = ranked[1]
        words += say(
            "; then of “{part}”: {change}",
            part=label_of_part(second.part),
            change=change(second.share, why.unit),
        )
    yield f"{words}."
    unclear = [label_of_part(each.part) for each in why.shares if each.share.holds(0)]
    if unclear:
        yield say("Not told apart from nothing: {parts}.", parts="; ".join(unclear))


def rows(why: Why) -> Iterator[tuple[str, ...]]:
    """A row for each part, the rest if there is one, and the whole, which they add up to."""
    found = [each.share.half_width for each in why.shares]
    places = decimals([*found, why.change.half_width], why.unit)
    for share in why.shares:
        yield _row(why, share, places)
    if why.has_rest:
        yield (say(REST), *_numbers(why, why.rest, places), "", "")
    yield (say("The whole change"), *_numbers(why, why.change, places), "", "")


def _row(why: Why, share: Share, places: int) -> tuple[str, ...]:
    ends_of_part = " → ".join(
        as_given(say_of_scenario(end)) for end in share.part.change.split(" → ")
    )
    label = label_of_part(share.part) + (f" ({ends_of_part})" if ends_of_part else "")
    ends = (
        NOTHING if each is None else difference(each.mean, why.unit, places)
        for each in (share.alone, share.last)
    )
    return (label, *_numbers(why, share.share, places), *ends)


def _numbers(why: Why, value: Interval, places: int) -> tuple[str, str, str]:
    interval = between(value.low, value.high, why.unit, places) or say(NO_INTERVAL)
    of_whole = NOTHING
    if why.change.mean and not why.change.holds(0):
        of_whole = amount(value.mean / why.change.mean, "share", 0)
    return difference(value.mean, why.unit, places), interval, of_whole


def change(value: Interval, unit: str) -> str:
    """A change with its interval, as in a sentence."""
    places = decimals([value.half_width], unit)
    interval = between(value.low, value.high, unit, places) or say(NO_INTERVAL)
    return f"{difference(value.mean, unit, places)} ({interval})"


def notes(why: Why) -> Iterator[str]:
    """What the numbers are, and what they rest on."""
    yield say(
        "A share is what a part adds on its way in, over all orders in which the parts can come "
        "(Shapley value); the shares add up to the whole change, in each replication. “Alone”: the "
        "part without the others; “as the last”: what it adds where all others are there. Where "
        "the two differ much, the part does the work of others, or needs them."
    )
    orders = (
        say("{n} orders drawn by chance, whose error is in the intervals", n=number(why.n_orders))
        if why.n_orders
        else say("all orders")
    )
    yield say(
        "{sets}, {orders}; {replications} under common random numbers, seed {seed}, engine "
        "{engine}.",
        sets=counted(why.n_coalitions, "set of parts", "sets of parts"),
        orders=orders,
        replications=counted(why.replications, "replication"),
        seed=why.seed,
        engine=why.engine,
    )
    assumed = [label_of_part(each.part) for each in why.shares if each.part.mark == "assumed"]
    if assumed:
        yield say("Assumed: {parts}.", parts="; ".join(assumed))
    if why.note:
        yield say_of_scenario(why.note)
    if why.replications == 1:
        yield say("One replication has no interval: ask for more with --replications.")


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
