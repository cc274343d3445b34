"""Draws what it gives to take each bottleneck away, KPI by KPI."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from sim.analysis.estimate import Interval
from sim.answers.bottlenecks import Bottlenecks
from sim.language import Phrases, say, say_of_scenario
from sim.report.bottlenecks import ALL, scale_of
from sim.report.figures.canvas import COLOURS, GRID, INK, paper, style, title
from sim.report.words import label_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BARS: Final = (("alone", COLOURS[0], -0.19), ("last", COLOURS[1], 0.19))
_LEGEND: Final = Phrases({"alone": "taken away alone", "last": "taken away as the last"})
_ACROSS: Final = 2
"""Panels beside each other."""


def gains_of_bottlenecks(found: Bottlenecks) -> Figure:
    """The change in each KPI for each bottleneck taken away, alone and as the last."""
    kpis = list(found.units)
    n_down = -(-len(kpis) // _ACROSS)
    labels = [
        *(textwrap.fill(say_of_scenario(each.label), 26) for each in found.bottlenecks),
        say(ALL),
    ]
    with style():
        figure = paper((0.3 * len(labels) + 0.85) * n_down + 0.35)
        panels = figure.subplots(n_down, min(_ACROSS, len(kpis)), squeeze=False)
        for panel, axes in enumerate(panels.flat):
            if panel >= len(kpis):
                axes.set_visible(False)
                continue
            _panel(axes, found, kpis[panel])
            axes.set_yticks(range(len(labels)), labels if panel % _ACROSS == 0 else [])
            axes.set_ylim(len(labels) - 0.4, -0.6)
        handles = [
            panels.flat[0].barh([0], [0], color=colour, label=_LEGEND[name])
            for name, colour, _ in _BARS
        ]
        figure.legend(handles=handles, loc="outside lower left", ncols=2, frameon=False)
    title(
        figure,
        say(
            "What stands in the way: {bundle}, {where}",
            bundle=say_of_scenario(found.bundle_label),
            where=say_of_scenario(found.where),
        ),
        say(
            "Change where a bottleneck is taken away, alone and where all others are away already; "
            "below, all of them. Lines: 95 % intervals"
        ),
    )
    return figure


def _panel(axes: Axes, found: Bottlenecks, kpi: str) -> None:
    scale = scale_of(found, kpi)
    for row, each in enumerate(found.bottlenecks):
        for name, colour, offset in _BARS:
            _bar(axes, row + offset, getattr(each.gains[kpi], name), colour, scale.factor, 0.36)
    _bar(
        axes, len(found.bottlenecks), found.everything.get(kpi), "#5b6770", scale.factor, 0.62
    )  # fmt: skip
    axes.axvline(0, color="#888888", linewidth=0.8)
    axes.set_title(textwrap.fill(label_of(kpi), 46))
    axes.set_xlabel(say("change in {unit}", unit=scale.unit))
    axes.grid(axis="x", color=GRID, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _bar(
    axes: Axes, at: float, value: Interval | None, colour: str, factor: float, height: float
) -> None:
    if value is None:
        return
    axes.barh(at, factor * value.mean, height=height, color=colour, zorder=2)
    if value.low == value.low:  # one replication has no interval
        ends = (factor * value.low, factor * value.high)
        axes.plot(ends, [at, at], color=INK, linewidth=1.2, zorder=3)
