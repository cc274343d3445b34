"""Draws how much of their time on shift the staff work."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from sim.experiment.results import Results
from sim.language import say
from sim.report.figures.canvas import BESIDE, COLOURS, GRID, label_cells, paper, style, title
from sim.report.view import Shown, distinct, role_label, roles
from sim.report.words import number, within

if TYPE_CHECKING:
    from matplotlib.figure import Figure


MOST_ACROSS: Final = 10
"""Roles whose names find room across their columns; of more, names stand on them."""


def staff_load(results: Results) -> Figure | None:
    """The share of the time on shift that is worked, by role and cell; None without staff.

    One cell gets a bar for each role, several a heat map.
    """
    named = roles(results)
    cells = distinct(results)
    load = np.array(
        [
            [
                100 * found.mean
                if (found := results.estimate(each.cell.name, "utilisation", role))
                else np.nan
                for role in named
            ]
            for each in cells
        ]
    )
    if not np.isfinite(load).any():
        return None
    labels = [role_label(results, role) for role in named]
    with style():
        figure = _bars(labels, load[0]) if len(cells) == 1 else _map(labels, cells, load)
    busiest = int(np.nanargmax(np.nanmax(load, axis=0)))
    title(
        figure,
        say(
            "The busiest role is {role}, at work for up to {share} % of the time on shift",
            role=within(labels[busiest]),
            share=number(float(np.nanmax(load))),
        ),
        say(
            "Percent of the time on shift that is worked, the work of all bundles included; over "
            "all offices that have the role"
        ),
    )
    return figure


def _bars(labels: Sequence[str], load: NDArray[np.float64]) -> Figure:
    figure = paper(0.3 * len(labels) + 0.6)
    axes = figure.subplots()
    places = np.arange(len(labels))
    bars = axes.barh(places, np.nan_to_num(load), height=0.7, color=COLOURS[0])
    axes.bar_label(bars, [number(each) for each in load], padding=4, fontsize=8.4)
    axes.set_yticks(places, [textwrap.shorten(each, 60, placeholder=" …") for each in labels])
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, 100)
    axes.set_xlabel(say("Percent of the time on shift"))
    axes.grid(axis="x", color=GRID, linewidth=0.7)
    axes.set_axisbelow(True)
    return figure


def _map(labels: Sequence[str], cells: Sequence[Shown], load: NDArray[np.float64]) -> Figure:
    import seaborn as sns

    rows: list[str] = []
    lines: list[NDArray[np.float64]] = []
    heads: list[int] = []
    for shown, line in zip(cells, load, strict=True):
        if shown.group and shown.rest and shown.group not in rows:
            heads.append(len(rows))
            rows.append(shown.group)
            lines.append(np.full(len(labels), np.nan))
        rows.append(shown.rest or shown.group)
        lines.append(line)
    stands = len(labels) > MOST_ACROSS
    width = 30 if stands else max(10, 100 // len(labels))
    figure = paper(0.27 * len(rows) + (2.9 if stands else 2.0))
    axes = figure.subplots()
    sns.heatmap(
        np.array(lines),
        ax=axes,
        annot=np.array([["" if np.isnan(x) else number(x) for x in line] for line in lines]),
        fmt="",
        cmap="cividis_r",
        vmin=0,
        vmax=100,
        cbar=False,
        linewidths=1,
        linecolor="white",
        annot_kws={"fontsize": 8.2},
        xticklabels=[textwrap.fill(label, width) for label in labels],
        yticklabels=[textwrap.fill(row, BESIDE) for row in rows],
    )
    label_cells(axes)
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelrotation=0)
    axes.tick_params(axis="x", labelsize=6.8 if len(labels) > 6 else 7.8)
    if stands:
        axes.tick_params(axis="x", labelrotation=90)
    for row in heads:
        axes.get_yticklabels()[row].set_fontweight("bold")
    return figure
