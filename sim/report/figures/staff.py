"""Draws how much of their time on shift the staff work."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from sim.experiment.results import Results
from sim.report.figures.canvas import label_cells, paper, style, title
from sim.report.view import distinct, role_label, roles
from sim.report.wording import number

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def staff_load(results: Results) -> Figure | None:
    """The share of the time on shift that is worked, by role and cell; None without staff."""
    import seaborn as sns

    named = roles(results)
    if not named:
        return None
    labels: list[str] = []
    lines: list[list[float]] = []
    heads: list[int] = []
    for shown in distinct(results):
        if shown.group and shown.rest and shown.group not in labels:
            heads.append(len(labels))
            labels.append(shown.group)
            lines.append([np.nan] * len(named))
        labels.append(shown.rest or shown.group)
        found = [results.estimate(shown.cell.name, "utilisation", role) for role in named]
        lines.append([np.nan if each is None else 100 * each.mean for each in found])
    load = np.array(lines)
    if np.isnan(load).all():
        return None
    texts = np.array([["" if np.isnan(x) else number(x) for x in line] for line in lines])
    with style():
        figure = paper(0.27 * len(labels) + 2.0)
        axes = figure.subplots()
        sns.heatmap(
            load,
            ax=axes,
            annot=texts,
            fmt="",
            cmap="cividis_r",
            vmin=0,
            vmax=100,
            cbar=False,
            linewidths=1,
            linecolor="white",
            annot_kws={"fontsize": 8.2},
            xticklabels=[
                textwrap.fill(role_label(results, role), max(10, 100 // len(named)))
                for role in named
            ],
            yticklabels=labels,
        )
        label_cells(axes)
        axes.xaxis.tick_top()
        axes.tick_params(length=0, labelrotation=0)
        axes.tick_params(axis="x", labelsize=6.8 if len(named) > 6 else 7.8)
        for row in heads:
            axes.get_yticklabels()[row].set_fontweight("bold")
    busiest = int(np.nanargmax(np.nanmax(load, axis=0)))
    title(
        figure,
        f"The busiest role is {_lower(role_label(results, named[busiest]))}, "
        f"at work for up to {number(float(np.nanmax(load)))} % of the time on shift",
        "Percent of the time on shift that is worked, the work of all bundles included; "
        "over all offices that have the role",
    )
    return figure


def _lower(label: str) -> str:
    """A label within a sentence: ``BHYT`` stays as it is."""
    return label[0].lower() + label[1:] if label[1:2].islower() else label
