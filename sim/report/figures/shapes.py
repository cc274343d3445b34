"""Draws the rest of a register beside runs of a scenario."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.language import day_and_month, say
from sim.logs.shapes import Shape, Shapes
from sim.report.figures.canvas import COLOURS, GRID, INK, paper, style, title
from sim.report.words import duration, number, percent
from sim.units import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

_HEIGHT: Final = 3.1
_POINTS: Final = 400
_SHOWN: Final = (0.01, 0.99)
"""Of the cases, those whose times the axis holds."""

_TICKS: Final = (
    *(n * MINUTE for n in (1, 3, 10, 30)),
    *(n * HOUR for n in (1, 3, 10)),
    *(n * DAY for n in (1, 3, 7, 21, 60, 180)),
)


def times(found: Shapes, heading: str, explained: str) -> Figure:
    """The cumulative share of cases by the time from their first event to their last."""
    every = (found.rest, *found.drawn, *found.as_filed)
    ends = np.array([np.quantile(each.times, _SHOWN) for each in every]) * DAY
    # Times go from minutes to months: in logs, and so wide that a tick is always in it.
    low = max(float(ends[:, 0].min()), MINUTE) / 2
    high = max(float(ends[:, 1].max()), MINUTE) * 2
    at = np.geomspace(low, high, _POINTS)

    def share(one: Shape) -> Floats:
        return np.searchsorted(one.times * DAY, at, side="right") / len(one.times)

    def finish(axes: Axes) -> None:
        axes.set_xscale("log")
        axes.set_xlim(low, high)
        ticks = [tick for tick in _TICKS if low <= tick <= high]
        axes.set_xticks(ticks, [duration(tick) for tick in ticks])
        axes.set_xticks([], minor=True)
        axes.set_ylim(0, 1.01)
        _in_percent(axes)
        axes.set_xlabel(say("from first to last event, on a logarithmic scale"))
        axes.set_ylabel(say("share of cases, cumulative"))

    return _drawn(found, at, share, finish, heading, explained)


def weeks(found: Shapes, heading: str, explained: str) -> Figure:
    """Cases by the week of their first event."""

    def day(at: float, _: float) -> str:
        return day_and_month(found.day + dt.timedelta(weeks=round(at)))

    def finish(axes: Axes) -> None:
        from matplotlib.ticker import MaxNLocator

        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=10, integer=True))
        axes.xaxis.set_major_formatter(day)
        axes.set_xlabel(say("week from"))
        axes.set_ylabel(say("first events of cases"))

    at = np.arange(len(found.rest.by_week), dtype=np.float64)
    return _drawn(found, at, lambda one: one.by_week, finish, heading, explained, marker="o")


def hours(found: Shapes, heading: str, explained: str) -> Figure:
    """The share of events in each hour of the day."""

    def finish(axes: Axes) -> None:
        axes.set_ylim(bottom=0)
        axes.set_xticks(range(0, 24, 2))
        _in_percent(axes)
        axes.set_xlabel(say("hour of the day, from"))
        axes.set_ylabel(say("share of events"))

    at = np.arange(24, dtype=np.float64)
    return _drawn(found, at, lambda one: one.by_hour, finish, heading, explained, marker="o")


def _drawn(
    found: Shapes,
    at: Floats,
    values: Callable[[Shape], Any],
    finish: Callable[[Axes], None],
    heading: str,
    explained: str,
    *,
    marker: str = "",
) -> Figure:
    """The rest as a line over the ranges and means of runs."""
    with style():
        figure = paper(_HEIGHT)
        axes = figure.subplots()
        for runs, colour, label in (
            (found.drawn, COLOURS[0], say("runs, cases drawn")),
            (found.as_filed, COLOURS[1], say("runs, cases as they were filed")),
        ):
            each = np.array([values(one) for one in runs])
            axes.fill_between(
                at, each.min(axis=0), each.max(axis=0), color=colour, alpha=0.25, linewidth=0
            )
            axes.plot(at, each.mean(axis=0), color=colour, linewidth=1.4, label=label)
        axes.plot(
            at,
            values(found.rest),
            color=INK,
            linewidth=1.6,
            marker=marker,
            markersize=3.5,
            label=say("the rest of the register"),
        )
        axes.margins(x=0.015)
        finish(axes)
        axes.grid(axis="y", color=GRID, linewidth=0.7)
        axes.set_axisbelow(True)
        handles, labels = axes.get_legend_handles_labels()
        figure.legend(
            handles, labels, loc="outside lower left", ncols=3, frameon=False, fontsize=8.4
        )
    title(figure, heading, explained)
    return figure


def _in_percent(axes: Axes) -> None:
    axes.yaxis.set_major_formatter(lambda share, _: percent(number(100 * share)))
