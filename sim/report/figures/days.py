"""Draws how many working days cases took, beside the legal limit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from sim.experiment.results import DayHistogram, Results
from sim.language import say
from sim.report.figures.canvas import (
    COLOURS,
    GRID,
    INK,
    LIMIT,
    QUIET,
    WIDTH,
    label_rows,
    paper,
    rows_of,
    style,
    title,
)
from sim.report.view import Shown, bundle_label, channel_label, channels, distinct
from sim.report.words import amount, number, span

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEAST: Final = 0.03
"""Share of the cases from which on a bar says its share."""

_HIGHEST: Final = 0.74
"""Height of the highest bar, in rows."""


def working_days_distribution(results: Results, bundle: str) -> Figure | None:
    """The shares of cases by the working days they took, with the legal limit marked.

    A row of bars for each cell, by channel, all on one scale; None where no case took any.
    """
    from matplotlib.ticker import MaxNLocator

    shown = [
        each
        for each in distinct(results)
        if (found := results.histogram(each.cell.name, bundle)) and any(found.counts)
    ]
    if not shown:
        return None
    wholes = [_histogram(results, each.cell.name, bundle) for each in shown]
    parts = [
        [_histogram(results, each.cell.name, g) for g in channels(results, each.cell.name, bundle)]
        or [whole]
        for each, whole in zip(shown, wholes, strict=True)
    ]
    groups = sorted({part.group for row in parts for part in row})
    colours = dict(zip(groups, COLOURS, strict=False))
    last = max(_quantile(whole, 0.998) for whole in wholes)
    scale = _HIGHEST / max(float(_shares(w, sum(w.counts), last).max()) for w in wholes)
    with style():
        laid = rows_of(shown)
        height, room = _height_of_row(len(shown)), _room_for_bars(shown)
        figure = paper(height * laid[2] + 0.75)
        axes = figure.subplots()
        label_rows(axes, shown, laid)
        keys: dict[str, Artist] = {}
        for at, each, whole, row in zip(laid[0], shown, wholes, parts, strict=True):
            words = say("mean {value}", value=amount(_mean(whole), "wd"))
            if by_calendar := results.estimate(each.cell.name, "sojourn_days_mean", bundle):
                words += f", {amount(by_calendar.mean, 'd')}"
            if on_time := results.estimate(each.cell.name, "on_time_share", bundle):
                words += "\n" + say("{share} on time", share=amount(on_time.mean, "share"))
            keys |= _draw_row(axes, at, whole, row, colours, scale, last, height, room, words)
        axes.set_xlim(-0.7, last + 0.7)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel(say("Working days"))
        axes.grid(axis="x", color=GRID, linewidth=0.7)
        axes.set_axisbelow(True)
        figure.legend(
            [keys[key] for key in sorted(keys)],
            sorted(keys),
            loc="outside lower left",
            ncols=6,
            frameon=False,
            fontsize=8.4,
        )
    means = [_mean(whole) for whole in wholes]
    by_calendar_means = [
        days.mean
        for each in shown
        if (days := results.estimate(each.cell.name, "sojourn_days_mean", bundle))
    ]
    title(
        figure,
        say("{days} working days on average", days=_range(means))
        + (
            say(", {days} calendar days", days=_range(by_calendar_means))
            if by_calendar_means
            else ""
        ),
        say(
            "{bundle}: percent of the completed cases by working days from receipt to the last "
            "result, as the law counts; beside them the means in working days (wd) and in calendar "
            "days (d), from filing to end",
            bundle=bundle_label(results, bundle),
        ),
    )
    return figure


def _draw_row(
    axes: Axes,
    at: float,
    whole: DayHistogram,
    parts: Sequence[DayHistogram],
    colours: dict[str, str],
    scale: float,
    last: int,
    height: float,
    room: float,
    words: str,
) -> dict[str, Artist]:
    """Draw one cell; gives what the legend is to explain.

    Its row is ``height`` inches high, and its bars have ``room`` points in all.
    """
    from matplotlib.patheffects import withStroke

    keys: dict[str, Artist] = {}
    base = at + 0.42
    n = sum(whole.counts)
    top = np.zeros(last + 1)
    axes.axhline(base, color="#bbbbbb", linewidth=0.7, zorder=1.5)
    for part in parts:
        shares = _shares(part, n, last)
        # The axis of the rows points down.
        held = np.flatnonzero(shares)
        bars = axes.bar(
            held,
            -scale * shares[held],
            bottom=base - scale * top[held],
            width=0.84,
            color=colours[part.group],
        )
        channel = part.group.partition("/")[2]
        filed = channel_label(channel) if channel else say("all")
        keys[say("filed: {channel}", channel=filed)] = bars.patches[0]
        top += shares
        if part.limit_days is not None and part.limit_days <= last:
            # A case is on time up to and including the last day: the line is after its bar.
            keys[say("legal limit of most cases")] = axes.plot(
                [part.limit_days + 0.5] * 2,
                [base, base - 0.95],
                color=LIMIT,
                linewidth=1.5,
                linestyle=(0, (3, 1.6)),
            )[0]
    size = 6.6 if last <= 24 else 5.8
    for day in labelled(top, size / room * (last + 1.4), size / (72 * height * scale)):
        axes.text(
            day,
            base - scale * top[day] - 0.02,
            f"{100 * top[day]:.0f}",
            ha="center",
            va="bottom",
            fontsize=size,
            color=QUIET,
            zorder=4,
            path_effects=[withStroke(linewidth=1.6, foreground="white")],  # a limit may be there
        )
    keys[say("mean")] = axes.plot(
        [_mean(whole)], [base], marker="^", color=INK, markersize=6, linestyle="", zorder=5
    )[0]
    axes.annotate(
        words,
        (1, at),
        xycoords=("axes fraction", "data"),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        fontsize=8,
        linespacing=1.25,
        annotation_clip=False,
    )
    return keys


def _range(means: Sequence[float]) -> str:
    low, high = number(min(means), 1), number(max(means), 1)
    return low if low == high else span(low, high)


def labelled(shares: NDArray[np.float64], em: float, line: float) -> list[int]:
    """The days whose bars have room for their share of the cases, the longest bars first.

    Parameters
    ----------
    shares
        By day.
    em, line
        The height of the letters, in days and in shares.
    """
    found: list[int] = []
    widths = [0.62 * em * len(f"{100 * share:.0f}") + 0.2 * em for share in shares]
    for day in np.argsort(-shares, kind="stable").tolist():
        if shares[day] >= _LEAST and not any(
            abs(day - other) < (widths[day] + widths[other]) / 2
            and abs(shares[day] - shares[other]) < line
            for other in found
        ):
            found.append(day)
    return sorted(found)


def _room_for_bars(shown: Sequence[Shown]) -> float:
    """The width of the axis in points, about: labels are to the left, means to the right of it."""
    labels = max(0.55 * 9 * len(each.rest or each.group) for each in shown)
    headings = max(0.6 * 9 * len(each.group) * bool(each.rest) for each in shown)
    return 72 * WIDTH - 95 - max(labels, headings)


def _height_of_row(n: int) -> float:
    """Inches: few cells get room, many stay on a page."""
    return 1.5 if n == 1 else 0.95 if n <= 3 else 0.66 if n <= 8 else 0.52


def _histogram(results: Results, cell: str, group: str) -> DayHistogram:
    found = results.histogram(cell, group)
    return found or DayHistogram(cell=cell, group=group, limit_days=None, days=(), counts=())


def _shares(found: DayHistogram, n: int, last: int) -> NDArray[np.float64]:
    """The share of ``n`` cases by working days, from 0 to ``last``."""
    shares = np.zeros(last + 1)
    for day, count in zip(found.days, found.counts, strict=True):
        if day <= last:
            shares[day] += count / n
    return shares


def _mean(found: DayHistogram) -> float:
    return float(np.average(found.days, weights=found.counts))


def _quantile(found: DayHistogram, share: float) -> int:
    """The fewest days within which at least a share of the cases was done."""
    reached = np.cumsum(found.counts) >= share * sum(found.counts)
    return found.days[int(np.argmax(reached))]
