"""Puts into words which bottleneck costs what: a table for each KPI, and where nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.estimate import Interval
from sim.answers.bottlenecks import Bottlenecks, Gain
from sim.kpis import KPIS
from sim.report.why import NO_INTERVAL, change
from sim.report.words import (
    NOTHING,
    between,
    counted,
    decimals,
    in_short,
    is_money,
    listed,
    signed,
)
from sim.wording import visible

if TYPE_CHECKING:
    from rich.console import Console

ALL: Final = "All of them"
"""What taking all bottlenecks away is called."""

_NONE: Final = "nothing"
_MILLION: Final = 1_000_000
_NARROW: Final = 0.1


def show_bottlenecks(console: Console, found: Bottlenecks) -> None:
    """Print what each bottleneck costs: a table for each KPI, then what is taken for taken away."""
    from rich.box import SIMPLE_HEAD
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console.print(visible(found.title), style="bold", markup=False, highlight=False)
    for sentence in sentences(found):
        console.print(Padding(Text(visible(sentence)), (0, 0, 0, 2)))
    for kpi in found.units:
        table = Table(
            title=visible(heading(found, kpi)),
            title_justify="left",
            box=SIMPLE_HEAD,
            pad_edge=False,
        )
        table.add_column("Bottleneck", overflow="fold")
        for head in ("Taken away alone", "All but it", "As the last"):
            table.add_column(head, justify="right")
        for row in rows(found, kpi):
            table.add_row(*map(visible, row), style="bold" if row[0] == ALL else None)
        console.print(table)
    for note in notes(found):
        console.print(Padding(Text(visible(note), style="italic"), (0, 0, 0, 1)))
    for failure in found.failures:
        words = f"Replication {failure.replication} failed ({failure.cell}): {failure.error}"
        console.print(visible(words), style="bold red", markup=False, highlight=False)


def heading(found: Bottlenecks, kpi: str) -> str:
    """What a table is of, and what it is before anything is taken away."""
    return (
        f"{KPIS[kpi].label}, {found.bundle_label}: "
        f"{in_short(found.before[kpi], found.replications)} ({found.where}); changes in "
        f"{scale_of(found, kpi).unit}"
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
        return Scale(factor=100, unit="percentage points", places=decimals(widths, unit))
    if is_money(unit) and found.before[kpi].mean >= _MILLION:
        return Scale(
            factor=1 / _MILLION,
            unit=f"million {unit}",
            places=decimals([width / _MILLION for width in widths], "wd"),
        )
    # A small gain beside a large one must not show as none.
    narrow = [width for width in widths if 0 < width < _NARROW]
    return Scale(factor=1, unit=unit, places=decimals(narrow or widths, unit))


def sentences(found: Bottlenecks) -> Iterator[str]:
    """The bottleneck that gives most alone, and the one without which the others give least."""
    kpi = next(iter(found.units))
    better = -1 if KPIS[kpi].better == "lower" else 1

    def by(gain: Interval | None) -> float:
        return better * gain.mean if gain is not None else 0.0

    alone = max(found.bottlenecks, key=lambda each: by(each.gains[kpi].alone))
    last = max(found.bottlenecks, key=lambda each: by(each.gains[kpi].last))
    words = KPIS[kpi].label
    if (gain := alone.gains[kpi].alone) is not None and by(gain) > 0:
        yield f"{words}: most is gained by “{alone.label}” alone: {change(gain, found.units[kpi])}."
    if (gain := last.gains[kpi].last) is not None and by(gain) > 0:
        yield (
            f"Left for the last, most hangs on “{last.label}”: {change(gain, found.units[kpi])} "
            "beyond what all the others give."
        )
    if idle := [each.label for each in found.bottlenecks if each.is_idle]:
        verb = "stands" if len(idle) == 1 else "stand"
        yield (
            f"As the scenario is, {listed(f'“{each}”' for each in idle)} {verb} in nobody’s way: "
            "taking it away changes no model. Try a variant in which it does (--variant)."
        )


def rows(found: Bottlenecks, kpi: str) -> Iterator[tuple[str, str, str, str]]:
    """A row for each bottleneck, and one for all."""
    scale = scale_of(found, kpi)
    for each in found.bottlenecks:
        gain = each.gains[kpi]
        yield (
            each.label,
            _NONE if each.is_idle else _words(gain.alone, scale),
            _words(gain.others, scale),
            _words(gain.last, scale),
        )
    yield ALL, _words(found.everything.get(kpi), scale), "", ""


def _words(value: Interval | None, scale: Scale) -> str:
    if value is None:
        return NOTHING
    if value.mean == value.low == value.high == 0:
        return _NONE
    low, high = (scale.factor * end for end in (value.low, value.high))
    interval = between(low, high, "", scale.places) or NO_INTERVAL
    return f"{signed(scale.factor * value.mean, scale.places)} ({interval})"


def notes(found: Bottlenecks) -> Iterator[str]:
    """What is taken for taken away, by whom it is said, and what the numbers rest on."""
    yield (
        "Each figure is the change, with its 95 % interval. “All but it”: all the others are taken "
        "away, and it alone is left. “As the last”: what is gained by it where the others are away."
    )
    for each in found.bottlenecks:
        settings = ", ".join(f"{lever} {value}" for lever, value in each.settings.items())
        origin = f" ({each.mark}: {each.source})" if each.source else ""
        yield f"{each.label}: {settings}{origin}" + (f". {each.note}" if each.note else "")
    if "office_cost_a_year" in found.units:
        yield (
            "Cost for offices is of the hours at work on these cases; people who are there and "
            "idle, and what a measure itself costs, are not in it."
        )
    yield (
        f"{counted(found.replications, 'replication')} under common random numbers, seed "
        f"{found.seed}, engine {found.engine}."
    )
    for name, reason in found.omissions.items():
        yield f"Not run, for the staff could not keep up: {name} ({reason})."


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
