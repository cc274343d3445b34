"""Draws what an answer hangs on: what is compared, under each reading, beside published figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sim.experiment.claims import group_of
from sim.experiment.results import Cell, Results
from sim.kpis import KPIS
from sim.kpis.registry import Kpi
from sim.language import say
from sim.report.figures.canvas import COLOURS, GRID, LIMIT, paper, style, title
from sim.report.grid import goal, numeric
from sim.report.published import at_the_base, readings
from sim.report.view import Lever, bundle_label, channel_label, compared_as, setting
from sim.report.words import UNITS, amount, label_within, listed, number, span, within

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARKERS: Final = ("o", "s", "D", "^", "v", "P", "X", "*")


def range_of_readings(results: Results, bundle: str) -> Figure | None:
    """The target's KPI of each thing compared under each reading, a row each with its range.

    Published figures are lines in the rows of which they speak.  None unless one lever without
    numbers moves beside what is compared.
    """
    lever = readings(results)
    if lever is None:
        return None
    kpi = KPIS[goal(results, bundle).kpi]
    rows: dict[tuple[str, str], dict[str, Cell]] = {}
    for cell in at_the_base(results):
        words = compared_as(results, cell).partition(" (")[0]
        for group in _groups(results, bundle, kpi.name, cell):
            channel = group.partition("/")[2]
            filed = say("filed {channel}", channel=channel_label(channel))
            row = f"{words}\n{filed}" if channel else words
            rows.setdefault((row, group), {})[cell.settings[lever.name]] = cell
    ranges: dict[str, tuple[float, float]] = {}
    with style():
        figure = paper(0.85 * len(rows) + 1.25)
        axes = figure.subplots()
        for at, ((words, group), cells) in enumerate(rows.items()):
            means = _draw_row(axes, at, results, kpi, group, lever, cells)
            if means:
                ranges[words.replace("\n", ", ")] = min(means), max(means)
            names = {cell.name for cell in cells.values()}
            _mark_published(axes, at, results, names, kpi, group)
        axes.set_yticks(range(len(rows)), [words for words, _ in rows])
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(len(rows) - 0.45, -0.6)
        axes.set_xlim(left=0)
        axes.set_xlabel(
            say("{unit}, mean; bars: 95 % interval", unit=UNITS.get(kpi.unit, kpi.unit))
        )
        axes.grid(axis="x", color=GRID, linewidth=0.7)
        axes.set_axisbelow(True)
        figure.legend(loc="outside lower left", ncols=2, frameon=False)
    base = results.cell(results.baseline).settings
    held = [setting(results, each, base[each.name]) for each in numeric(results)]
    title(
        figure,
        "; ".join(
            f"{words}: {span(number(low * _factor(kpi.unit), 1), amount(high, kpi.unit, 1))}"
            for words, (low, high) in ranges.items()
        ),
        say(
            "{bundle}: {kpi}, by {lever}{held}; red: published, in the row of which it speaks",
            bundle=bundle_label(results, bundle),
            kpi=label_within(kpi.name),
            lever=within(lever.label),
            held=say(", at {settings}", settings=listed(held)) if held else "",
        ),
    )
    return figure


def _factor(unit: str) -> int:
    return 100 if unit == "share" else 1


def _draw_row(
    axes: Axes,
    at: int,
    results: Results,
    kpi: Kpi,
    group: str,
    lever: Lever,
    cells: dict[str, Cell],
) -> list[float]:
    """A point with its interval for each reading, on a bar over all of them; gives the means."""
    factor = _factor(kpi.unit)
    means = []
    for place, text in enumerate(lever.texts):
        found = results.estimate(cells[text].name, kpi.name, group) if text in cells else None
        if found is None:
            continue
        means.append(found.mean)
        arms = factor * np.array([[found.mean - found.low], [found.high - found.mean]])
        axes.errorbar(
            factor * found.mean,
            at + 0.16 * (place - (len(lever.texts) - 1) / 2),
            xerr=None if np.isnan(arms).any() else np.abs(arms),
            fmt=_MARKERS[place % len(_MARKERS)],
            color=COLOURS[place % len(COLOURS)],
            markersize=5.5,
            capsize=2.5,
            zorder=3,
            label=setting(results, lever, text) if at == 0 else None,
        )
    if means:
        width = factor * (max(means) - min(means))
        axes.barh(at, width, left=factor * min(means), height=0.72, color=GRID, zorder=1)
    return means


def _groups(results: Results, bundle: str, kpi: str, cell: Cell) -> list[str]:
    """The bundle, and its channels of which a published figure speaks in a cell."""
    spoken_of = [
        group_of(each.claim)
        for each in results.claims
        if each.cell == cell.name and each.claim.kpi == kpi and each.claim.bundle == bundle
    ]
    return list(dict.fromkeys([bundle, *spoken_of]))


def _mark_published(
    axes: Axes, at: int, results: Results, cells: set[str], kpi: Kpi, group: str
) -> None:
    values = {
        each.claim.value
        for each in results.claims
        if each.cell in cells and each.claim.kpi == kpi.name and group_of(each.claim) == group
    }
    for value in sorted(values):
        place = _factor(kpi.unit) * value
        axes.plot((place, place), (at - 0.46, at + 0.42), color=LIMIT, linewidth=1.6, zorder=2)
        axes.annotate(
            say("published: {value}", value=number(place, 0 if place == round(place) else 1)),
            (place, at - 0.46),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            color=LIMIT,
            fontsize=8,
        )
