"""Draws how the target's KPI follows levers: two as a heat map, one as lines."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.experiment.results import Results
from sim.kpis import KPIS
from sim.language import say
from sim.report.figures.canvas import COLOURS, GRID, LIMIT, label_cells, paper, style, title
from sim.report.grid import Goal, Grid, goal, grids, numeric, responses
from sim.report.view import bundle_label, distinct, tick
from sim.report.words import (
    UNITS,
    amount,
    between,
    counted,
    label_within,
    listed,
    number,
    span,
    within,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def staffing_uptake_map(results: Results, bundle: str) -> Figure | None:
    """The target's KPI over two levers, with the line where the target is met.

    A panel for each setting of the other levers; None for fewer than two levers with numbers.
    """
    wanted = goal(results, bundle)
    panels = grids(results, wanted.kpi, bundle)
    means = np.concatenate([panel.mean.ravel() for panel in panels]) if panels else np.zeros(0)
    if not np.isfinite(means).any():
        return None
    import seaborn as sns

    kpi, across, down = KPIS[wanted.kpi], panels[0].across, panels[0].down
    factor = 100 if kpi.unit == "share" else 1
    n_columns = min(3, len(panels))
    n_rows = -(-len(panels) // n_columns)
    with style():
        figure = paper(n_rows * (0.52 * len(down.texts) + 1.0) + 1.2)
        plots = figure.subplots(n_rows, n_columns, squeeze=False, sharey=True)
        for axes, panel in zip(plots.flat, panels, strict=False):
            sns.heatmap(
                factor * panel.mean[::-1],
                ax=axes,
                annot=_texts(panel, kpi.unit)[::-1],
                fmt="",
                cmap="cividis" if kpi.better == "higher" else "cividis_r",
                vmin=factor * float(np.nanmin(means)),
                vmax=factor * float(np.nanmax(means)),
                cbar=False,
                linewidths=1.2,
                linecolor="white",
                annot_kws={"fontsize": 8.6, "linespacing": 1.15},
                xticklabels=[tick(text) for text in across.texts],
                yticklabels=[tick(text) for text in down.texts][::-1],
            )
            axes.tick_params(length=0, labelrotation=0)
            label_cells(axes)
            axes.set_title(_in_lines(panel.title), pad=6, fontsize=8.6)
            axes.set_xlabel(across.label)
            axes.set_ylabel("")
            if wanted.value is not None:
                _mark_target(axes, panel.mean[::-1], wanted)
        for axes in plots.flat[len(panels) :]:
            axes.set_visible(False)
        for axes in plots[:, 0]:
            axes.set_ylabel(down.label)
        bar = figure.colorbar(
            plots.flat[0].collections[0], ax=list(plots.flat), fraction=0.03, pad=0.012, aspect=22
        )
        bar.outline.set_visible(False)
        bar.set_label(say("{unit}, mean", unit=UNITS.get(kpi.unit, kpi.unit)), fontsize=8.6)
        bar.ax.tick_params(length=0)
    line = (
        "\n"
        + say(
            "Red line: where the target is met (read between the cells); ✓: mean {target}",
            target=wanted.words,
        )
        if wanted.value is not None
        else ""
    )
    title(
        figure,
        _map_heading(panels, wanted),
        say(
            "{bundle}: {kpi}, ± the longer arm of the 95 % interval",
            bundle=bundle_label(results, bundle),
            kpi=label_within(wanted.kpi),
        )
        + _in_calendar_days(results, bundle)
        + line,
    )
    return figure


def lever_response(results: Results, bundle: str) -> Figure | None:
    """How the target's KPI follows each lever with numbers, a line for each other setting.

    A panel a lever.  None where no such lever is moved alone, where a map shows two of them, or
    without a value.
    """
    wanted = goal(results, bundle)
    moved = numeric(results)
    found = {lever.name: responses(results, lever, wanted.kpi, bundle) for lever in moved}
    panels = [lever for lever in moved if found[lever.name]]
    if not panels or grids(results, wanted.kpi, bundle):
        return None
    kpi = KPIS[wanted.kpi]
    factor = 100 if kpi.unit == "share" else 1
    words = list(dict.fromkeys(text for lever in panels for text in found[lever.name]))
    shown = _told_apart(words)
    colours = dict(zip(dict.fromkeys(shown.values()), itertools.cycle(COLOURS), strict=False))
    with style():
        figure = paper(4.2)
        plots = figure.subplots(1, len(panels), squeeze=False, sharey=True)[0]
        for axes, lever in zip(plots, panels, strict=True):
            for text, (at, mean, low, high) in found[lever.name].items():
                colour = colours[shown[text]]
                axes.plot(
                    at, factor * mean, marker="o", color=colour, linewidth=1.8, label=shown[text]
                )
                ends = factor * low, factor * high
                axes.fill_between(at, *ends, color=colour, alpha=0.2, linewidth=0)
            if wanted.value is not None:
                level = factor * wanted.value
                axes.axhline(level, color=LIMIT, linestyle=(0, (5, 3)), linewidth=1.3)
                axes.annotate(
                    say("target: {target}", target=wanted.words),
                    (1, level),
                    xycoords=("axes fraction", "data"),
                    xytext=(0, 3),
                    textcoords="offset points",
                    ha="right",
                    color=LIMIT,
                )
            places = [lever.amounts[text] for text in lever.texts] if lever.amounts else []
            axes.set_xticks(places, [tick(text) for text in lever.texts])
            axes.set_xlabel(lever.label)
            axes.grid(axis="y", color=GRID, linewidth=0.7)
        plots[0].set_ylim(bottom=0)
        plots[0].set_ylabel(say("{unit}, mean", unit=UNITS.get(kpi.unit, kpi.unit)))
        handles = {
            label: handle
            for axes in plots
            for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
        }
        if len(handles) > 1:
            figure.legend(
                handles.values(), handles, loc="outside lower left", ncols=2, frameon=False
            )
    lever = panels[0]
    first = next(iter(found[lever.name].values()))[1]
    title(
        figure,
        say(
            "{lever} from {first} to {last}: the mean goes from {low} to {high}",
            lever=lever.label,
            first=tick(lever.texts[0]),
            last=tick(lever.texts[-1]),
            low=amount(float(first[0]), kpi.unit),
            high=amount(float(first[-1]), kpi.unit),
        )
        if len(panels) == len(words) == 1
        else say(
            "The answer by {levers}, moved alone",
            levers=listed([f"“{each.label}”" for each in panels]),
        )
        if len(panels) > 1
        else say(
            "The answer by “{lever}”, for {settings} of the rest",
            lever=lever.label,
            settings=counted(len(words), "setting"),
        ),
        say(
            "{bundle}: {kpi}; shaded: 95 % interval",
            bundle=bundle_label(results, bundle),
            kpi=label_within(wanted.kpi),
        )
        + _in_calendar_days(results, bundle),
    )
    return figure


def _told_apart(texts: Sequence[str]) -> dict[str, str]:
    """Each text without the parts, between commas, that all of them have."""
    parts = [text.split(", ") for text in texts]
    common = set(parts[0]).intersection(*parts[1:])
    return {
        text: ", ".join(part for part in own if part not in common) or text
        for text, own in zip(texts, parts, strict=True)
    }


def _in_calendar_days(results: Results, bundle: str) -> str:
    """The same settings by the calendar, where the legal clock does not start with the filing."""
    found = [
        each.mean
        for shown in distinct(results)
        if (each := results.estimate(shown.cell.name, "sojourn_days_mean", bundle))
    ]
    if not found:
        return ""
    return "\n" + say(
        "From filing to end these settings take {days} by the calendar, mean; the legal clock "
        "starts with the receipt",
        days=span(number(min(found), 1), amount(max(found), "d")),
    )


def _in_lines(text: str) -> str:
    """A label over a panel: what stands in brackets gets a line of its own where it is long."""
    head, bracket, rest = text.partition(" (") if len(text) > 30 else (text, "", "")
    return "\n".join(
        line for part in (head, bracket[1:] + rest) for line in textwrap.wrap(part, 36)
    )


def _texts(panel: Grid, unit: str) -> NDArray[np.str_]:
    factor = 100 if unit == "share" else 1
    return np.array(
        [
            [
                ""
                if np.isnan(mean)
                else number(factor * mean, 1) + _interval(factor * np.array([mean, low, high]))
                for mean, low, high in zip(means, lows, highs, strict=True)
            ]
            for means, lows, highs in zip(panel.mean, panel.low, panel.high, strict=True)
        ]
    )


def _interval(ends: NDArray[np.float64]) -> str:
    """Half of an interval, or its ends where it is cut at what a mean can be."""
    mean, low, high = ends.tolist()
    if np.isnan(low):
        return ""
    if np.isclose(high - mean, mean - low):
        return f"\n± {number(high - mean, 2)}"
    return f"\n{between(low, high, decimals=1)}"


def _mark_target(axes: Axes, mean: NDArray[np.float64], wanted: Goal) -> None:
    """Tick the cells that keep the target, and draw the line where it is met."""
    if wanted.value is None:
        return
    is_kept = wanted.is_met(mean)
    for row, column in zip(*np.nonzero(is_kept), strict=True):
        axes.text(column + 0.95, row + 0.07, "✓", ha="right", va="top", color=LIMIT, fontsize=10)
    if is_kept.all() or not is_kept.any() or np.isnan(mean).any():
        return
    n_down, n_across = mean.shape
    # Held constant in the outer halves of the cells, so that the line reaches the frame.
    padded = np.pad(mean, 1, mode="edge")
    axes.contour(
        [0, *(np.arange(n_across) + 0.5), n_across],
        [0, *(np.arange(n_down) + 0.5), n_down],
        padded,
        levels=[wanted.value],
        colors=[LIMIT],
        linewidths=2.4,
    )


def _map_heading(panels: tuple[Grid, ...], wanted: Goal) -> str:
    unit = KPIS[wanted.kpi].unit
    if wanted.value is None:
        means = np.concatenate([panel.mean.ravel() for panel in panels])
        return say(
            "From {low} to {high}, by {across} and {down}",
            low=amount(float(np.nanmin(means)), unit),
            high=amount(float(np.nanmax(means)), unit),
            across=within(panels[0].across.label),
            down=within(panels[0].down.label),
        )
    n_kept = len({name for panel in panels for name in panel.runs[wanted.is_met(panel.mean)]})
    n = len({name for panel in panels for name in panel.runs[np.isfinite(panel.mean)]})
    best = [panel.title for panel in panels if wanted.is_met(panel.mean).any()]
    where = (
        say(", all of them under “{setting}”", setting=best[0])
        if len(best) == 1 < len(panels) and n_kept > 1
        else ""
    )
    settings = counted(n, "setting")
    if n_kept == 0:
        return say(
            "None of {settings} keeps the target of {target}",
            settings=settings,
            target=wanted.words,
        )
    return say(
        "{n} of {settings} keep the target of {target}{where}",
        n=number(n_kept),
        settings=settings,
        target=wanted.words,
        where=where,
    )
