"""Puts into words which bottleneck costs what: a table for each KPI, and where nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.estimate import Interval
from sim.answers.bottlenecks import Bottlenecks, Gain
from sim.kpis import KPIS
from sim.language import later, say, say_of_scenario, several
from sim.report.assumptions import mark_in_words
from sim.report.why import NO_INTERVAL, change, failed
from sim.report.words import (
    NOTHING,
    between,
    counted,
    decimals,
    in_short,
    is_money,
    label_of,
    listed,
    signed,
    unit_in_short,
)
from sim.wording import visible

if TYPE_CHECKING:
    from rich.console import Console

ALL: Final = later("All of them")
"""What taking all bottlenecks away is called."""

_NONE: Final = later("nothing")
_MILLION: Final = 1_000_000
_NARROW: Final = 0.1


def show_bottlenecks(console: Console, found: Bottlenecks) -> None:
    """Print what each bottleneck costs: a table for each KPI, then what is taken for taken away."""
    from rich.box import SIMPLE_HEAD
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console.print(
        visible(say_of_scenario(found.title)), style="bold", markup=False, highlight=False
    )
    for sentence in sentences(found):
        console.print(Padding(Text(visible(sentence)), (0, 0, 0, 2)))
    for kpi in found.units:
        table = Table(
            title=visible(heading(found, kpi)),
            title_justify="left",
            box=SIMPLE_HEAD,
            pad_edge=False,
        )
        table.add_column(say("Bottleneck"), overflow="fold")
        for head in (say("Taken away alone"), say("All but it"), say("As the last")):
            table.add_column(head, justify="right")
        for row in rows(found, kpi):
            table.add_row(*map(visible, row), style="bold" if row[0] == say(ALL) else None)
        console.print(table)
    for note in notes(found):
        console.print(Padding(Text(visible(note), style="italic"), (0, 0, 0, 1)))
    for failure in found.failures:
        console.print(visible(failed(failure)), style="bold red", markup=False, highlight=False)


def heading(found: Bottlenecks, kpi: str) -> str:
    """What a table is of, and what it is before anything is taken away."""
    return say(
        "{kpi}, {bundle}: {value} ({where}); changes in {unit}",
        kpi=label_of(kpi),
        bundle=say_of_scenario(found.bundle_label),
        value=in_short(found.before[kpi], found.replications),
        where=say_of_scenario(found.where),
        unit=scale_of(found, kpi).unit,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What the changes of a KPI are shown in: their values times ``factor``, in ``unit``."""

    factor: float
    unit: str
    places: int


def scale_of(found: Bottlenecks, kpi: str) -> Scale:
    """Percentage points of shares, millions of large amounts of money, else the unit of the KPI."""
    unit = found.units[kpi]
    gains = [found.everything.get(kpi), *(each.gains[kpi].alone for each in found.bottlenecks)]
    widths = [gain.half_width for gain in gains if gain is not None]
    if unit == "share":
        return Scale(factor=100, unit=say("percentage points"), places=decimals(widths, unit))
    if is_money(unit) and found.before[kpi].mean >= _MILLION:
        return Scale(
            factor=1 / _MILLION,
            unit=say("million {unit}", unit=unit_in_short(unit)),
            places=decimals([width / _MILLION for width in widths], "wd"),
        )
    # A small gain beside a large one must not show as none.
    narrow = [width for width in widths if 0 < width < _NARROW]
    return Scale(factor=1, unit=unit_in_short(unit), places=decimals(narrow or widths, unit))


def sentences(found: Bottlenecks) -> Iterator[str]:
    """The bottleneck that gives most alone, and the one without which the others give least."""
    kpi = next(iter(found.units))
    better = -1 if KPIS[kpi].better == "lower" else 1

    def by(gain: Interval | None) -> float:
        return better * gain.mean if gain is not None else 0.0

    alone = max(found.bottlenecks, key=lambda each: by(each.gains[kpi].alone))
    last = max(found.bottlenecks, key=lambda each: by(each.gains[kpi].last))
    if (gain := alone.gains[kpi].alone) is not None and by(gain) > 0:
        yield say(
            "{kpi}: most is gained by “{bottleneck}” alone: {change}.",
            kpi=label_of(kpi),
            bottleneck=say_of_scenario(alone.label),
            change=change(gain, found.units[kpi]),
        )
    if (gain := last.gains[kpi].last) is not None and by(gain) > 0:
        yield say(
            "Left for the last, most hangs on “{bottleneck}”: {change} beyond what all the others "
            "give.",
            bottleneck=say_of_scenario(last.label),
            change=change(gain, found.units[kpi]),
        )
    if idle := [say_of_scenario(each.label) for each in found.bottlenecks if each.is_idle]:
        yield several(
            len(idle),
            "As the scenario is, {bottlenecks} stands in nobody’s way: taking it away changes no "
            "model. Try a variant in which it does (--variant).",
            "As the scenario is, {bottlenecks} stand in nobody’s way: taking it away changes no "
            "model. Try a variant in which it does (--variant).",
            bottlenecks=listed(f"“{each}”" for each in idle),
        )


def rows(found: Bottlenecks, kpi: str) -> Iterator[tuple[str, str, str, str]]:
    """A row for each bottleneck, and one for all."""
    scale = scale_of(found, kpi)
    for each in found.bottlenecks:
        gain = each.gains[kpi]
        yield (
            say_of_scenario(each.label),
            say(_NONE) if each.is_idle else _words(gain.alone, scale),
            _words(gain.others, scale),
            _words(gain.last, scale),
        )
    yield say(ALL), _words(found.everything.get(kpi), scale), "", ""


def _words(value: Interval | None, scale: Scale) -> str:
    if value is None:
        return NOTHING
    if value.mean == value.low == value.high == 0:
        return say(_NONE)
    low, high = (scale.factor * end for end in (value.low, value.high))
    interval = between(low, high, "", scale.places) or say(NO_INTERVAL)
    return f"{signed(scale.factor * value.mean, scale.places)} ({interval})"


def notes(found: Bottlenecks) -> Iterator[str]:
    """What is taken for taken away, by whom it is said, and what the numbers rest on."""
    yield say(
        "Each figure is the change, with its 95 % interval. “All but it”: all the others are taken "
        "away, and it alone is left. “As the last”: what is gained by it where the others are away."
    )
    for each in found.bottlenecks:
        settings = ", ".join(f"{lever} {value}" for lever, value in each.settings.items())
        origin = f" ({mark_in_words(each.mark)}: {each.source})" if each.source else ""
        yield f"{say_of_scenario(each.label)}: {settings}{origin}" + (
            f". {each.note}" if each.note else ""
        )
    if "office_cost_a_year" in found.units:
        yield say(
            "Cost for offices is of the hours at work on these cases; people who are there and "
            "idle, and what a measure itself costs, are not in it."
        )
    yield say(
        "{replications} under common random numbers, seed {seed}, engine {engine}.",
        replications=counted(found.replications, "replication"),
        seed=found.seed,
        engine=found.engine,
    )
    for name, reason in found.omissions.items():
        yield say(
            "Not run, for the staff could not keep up: {setting} ({reason}).",
            setting=name,
            reason=reason,
        )


def columns(found: Bottlenecks) -> dict[str, list[Any]]:
    """The columns of ``bottlenecks.csv``: by bottleneck and KPI, then as it is and all of them."""
    names = (
        "bottleneck", "label", "kpi", "group", "taken_away", "mean", "low", "high", "n", "unit",
    )  # fmt: skip
    table: dict[str, list[Any]] = {name: [] for name in names}

    def add(name: str, label: str, kpi: str, what: str, value: Any) -> None:
        nan = float("nan")
        numbers = (nan, nan, nan, 0)
        if value is not None:
            numbers = (value.mean, value.low, value.high, value.n)
        cells = (name, label, kpi, found.bundle, what, *numbers, found.units[kpi])
        for column, cell in zip(table.values(), cells, strict=True):
            column.append(cell)

    for kpi in found.units:
        add("", found.where, kpi, "none", found.before[kpi])
        for each in found.bottlenecks:
            gain: Gain = each.gains[kpi]
            for what, value in (
                ("alone", gain.alone), ("all_others", gain.others), ("last", gain.last),
            ):  # fmt: skip
                add(each.name, each.label, kpi, what, value)
        add("", ALL, kpi, "all", found.everything.get(kpi))
    return table
