"""Draws a start-up as Welch does: runs as written beside the same runs begun earlier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sim.analysis.warmup import welch
from sim.experiment.startup import StartUp, WarmUp
from sim.language import later, say, say_of_scenario
from sim.report.figures.canvas import COLOURS, GRID, INK, LIMIT, QUIET, paper, style, title
from sim.report.startup import chief_series, series_label, settled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WINDOW: Final = 3
"""Days on each side of the middle one: a week, so that weekends do not show."""

_HEADINGS: Final = {
    "enough": later("A warm-up of {n} days is long enough"),
    "short": later("A warm-up of {n} days is too short"),
    "unknown": later("A warm-up of {n} days may be too short"),
}

_HEIGHT: Final = 1.9
"""Inches of a row of panels."""


def start_up(found: WarmUp) -> Figure | None:
    """A row for each chief series: both runs, and their difference; None where nothing was run."""
    chosen = chief_series(found)
    if not chosen:
        return None
    with style():
        figure = paper(_HEIGHT * len(chosen) + 0.5)
        grid = figure.subplots(len(chosen), 2, squeeze=False, sharex=True)
        for (left, right), each in zip(grid, chosen, strict=True):
            _levels(left, each)
            _difference(right, each)
            for axes in (left, right):
                _mark(axes, found, each)
        for axes in grid[-1]:
            axes.set_xlabel(say("days from the start"), fontsize=8.2)
        handles, labels = grid[0][0].get_legend_handles_labels()
        figure.legend(
            handles, labels, loc="outside lower left", ncols=2, frameon=False, fontsize=8.2
        )
    title(figure, _heading(found), _explained(found))
    return figure


def _levels(axes: Axes, each: StartUp) -> None:
    for values, colour, label, width in (
        (each.earlier, COLOURS[1], say("begun earlier"), 2.2),
        (each.own, COLOURS[0], say("as written"), 1.4),
    ):
        smooth = welch(values, WINDOW)
        axes.plot(np.arange(len(smooth)), smooth, color=colour, linewidth=width, label=label)
    axes.set_title(series_label(each), fontsize=8.6)
    axes.set_ylim(bottom=0)


def _difference(axes: Axes, each: StartUp) -> None:
    gap = each.own - each.earlier
    for one in gap:
        axes.plot(np.arange(len(one) - WINDOW), welch(one, WINDOW), color="#bdbdbd", linewidth=0.7)
    smooth = welch(gap, WINDOW)
    axes.axhline(0, color=QUIET, linewidth=0.8)
    axes.plot(np.arange(len(smooth)), smooth, color=INK, linewidth=1.4)
    axes.set_title(
        say("As written less begun earlier; settled: {time}", time=settled(each)), fontsize=8.6
    )


def _mark(axes: Axes, found: WarmUp, each: StartUp) -> None:
    """Shade the warm-up, and mark where MSER-5 finds the difference settled."""
    if found.given:
        axes.axvspan(0, found.given, color="#dfe3e8", linewidth=0, zorder=0)
    if each.check.n_needed is not None:
        axes.axvline(each.check.n_needed, color=LIMIT, linewidth=1.0, linestyle=(0, (4, 2)))
    axes.set_xlim(0, each.own.shape[1] - 1)
    axes.grid(axis="y", color=GRID, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=7.6)


def _heading(found: WarmUp) -> str:
    return say(_HEADINGS[found.standing], n=found.given)


def _explained(found: WarmUp) -> str:
    return say(
        "{title}, {setting}: means of {n} replications, smoothed over a week (Welch); grey lines: "
        "single ones. Begun earlier: the same runs, {weeks} weeks before; both have the same cases "
        "on the same days, so that season and holidays cancel from the difference. Shaded: the "
        "warm-up; red: where MSER-5 finds the difference settled.",
        title=say_of_scenario(found.title),
        setting=say_of_scenario(found.cell),
        n=found.replications,
        weeks=found.head // 7,
    )
