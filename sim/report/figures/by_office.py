"""Draws the share on time of each office with its interval, from the least up, beside a line."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from sim.experiment.offices import OfficeEstimate
from sim.experiment.results import Results
from sim.language import say
from sim.report.by_office import BEST, WORST, Ranked, in_words, line_in_words, ranked, shown_cells
from sim.report.figures.canvas import COLOURS, GRID, LIMIT, QUIET, paper, style, title
from sim.report.view import Shown, bundle_label, distinct
from sim.report.words import number
from sim.wording import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_PANELS: Final = 3
"""Cells that are drawn, the first ones."""

_ROW: Final = 0.165
"""Inches of an office."""

_BELOW, _OTHER, _KEPT = LIMIT, "#8a9099", COLOURS[0]
_LOWER, _HIGHER, _PLAIN = "v", "^", "o"


def by_office(results: Results, bundle: str) -> Figure | None:
    """Offices from the least share on time up: by name those at either end, and all in a line.

    None where no office has a share on time of the bundle.
    """
    found = [
        (shown, mine)
        for shown in shown_cells(results)[:_MOST_PANELS]
        if (mine := ranked(results, shown.cell.name, bundle)) is not None
    ]
    if not found:
        return None
    n_rows = [len(_rows(mine)) for _, mine in found]
    has_many = any(len(mine.offices) > WORST + BEST for _, mine in found)
    with style():
        figure = paper(_ROW * sum(n_rows) + 0.75 * len(found) + 0.25)
        plots = figure.subplots(
            len(found),
            2 if has_many else 1,
            squeeze=False,
            height_ratios=n_rows,
            width_ratios=(3, 2) if has_many else (1,),
        )
        least = min(_least(mine) for _, mine in found)
        for row, (shown, mine) in zip(plots, found, strict=True):
            _named(row[0], mine, least)
            if len(distinct(results)) > 1:
                label = textwrap.shorten(shown.label, 80, placeholder=" …")
                row[0].set_title(label, fontsize=8.6, pad=5, loc="left")
            if has_many:
                _all(row[1], mine, least)
        plots[-1, 0].set_xlabel(say("Percent of the cases on time"))
        _legend(figure, [mine for _, mine in found])
    shown, mine = found[0]
    title(figure, in_words(results, shown, bundle), _explained(results, bundle, shown, mine))
    return figure


def _rows(mine: Ranked) -> list[OfficeEstimate | None]:
    """The offices that have a row, and a gap where some are left out."""
    ends, n_between = mine.ends(WORST, BEST)
    return [*ends[:WORST], None, *ends[WORST:]] if n_between else list(ends)


def _named(axes: Axes, mine: Ranked, least: float) -> None:
    """A row for each office, its name to the left."""
    rows = _rows(mine)
    at = [i for i, each in enumerate(rows) if each is not None]
    _draw(axes, mine, [each for each in rows if each is not None], at, is_across=False)
    names = [visible(each.label) if each is not None else "…" for each in rows]
    axes.set_yticks(range(len(rows)), [textwrap.shorten(e, 34, placeholder=" …") for e in names])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0, labelsize=7.4)
    axes.set_xlim(least, 100 + 0.02 * (100 - least))
    axes.axvline(100 * mine.line, color=LIMIT, linewidth=1.1, linestyle=(0, (4, 2)), zorder=1)
    axes.grid(axis="x", color=GRID, linewidth=0.7)
    axes.set_axisbelow(True)


def _all(axes: Axes, mine: Ranked, least: float) -> None:
    """All offices side by side, without names."""
    _draw(axes, mine, mine.offices, list(range(len(mine.offices))), is_across=True)
    axes.set_ylim(least, 100 + 0.02 * (100 - least))
    axes.set_xlim(-0.01 * len(mine.offices) - 1, 1.01 * len(mine.offices))
    axes.set_xticks([0, len(mine.offices) - 1], ["1", number(len(mine.offices))])
    axes.axhline(100 * mine.line, color=LIMIT, linewidth=1.1, linestyle=(0, (4, 2)), zorder=2.5)
    axes.set_title(
        say("All {n} offices, %", n=number(len(mine.offices))), fontsize=8.6, pad=5, loc="left"
    )
    axes.grid(axis="y", color=GRID, linewidth=0.7)
    axes.set_axisbelow(True)


def _draw(
    axes: Axes,
    mine: Ranked,
    offices: Sequence[OfficeEstimate],
    at: Sequence[int],
    *,
    is_across: bool,
) -> None:
    """Means with their intervals; colour tells the line, the mark the others."""
    mean, low, high = (100 * each for each in _ends(offices))
    colours = [_colour(mine, each) for each in offices]
    bars = axes.vlines if is_across else axes.hlines
    bars(at, low, high, colors=colours, linewidth=0.7 if is_across else 1.6, alpha=0.55)
    for mark in (_PLAIN, _LOWER, _HIGHER):
        chosen = [i for i, each in enumerate(offices) if _mark(each) == mark]
        x, y = np.array(at)[chosen], mean[chosen]
        if not is_across:
            x, y = y, x
        size = 7 if is_across else 20
        axes.scatter(
            x,
            y,
            s=size if mark == _PLAIN else 1.5 * size,
            c=[colours[i] for i in chosen],
            marker=mark,
            linewidths=0,
            zorder=3,
        )


def _ends(offices: Sequence[OfficeEstimate]) -> NDArray[np.float64]:
    """Mean, low and high of each; the mean where there is no interval."""
    found = np.array([(e.interval.mean, e.interval.low, e.interval.high) for e in offices]).T
    return np.where(np.isnan(found), found[0], found)


def _least(mine: Ranked) -> float:
    """Where the axis of shares begins: at a ten below all intervals, and below the line."""
    low = min(float(_ends(mine.offices)[1].min()), mine.line)
    return max(10 * np.floor(10 * low - 1e-9), 0.0) if low < 0.9 else 90.0


def _colour(mine: Ranked, office: OfficeEstimate) -> str:
    return _BELOW if mine.is_below(office) else _KEPT if mine.is_kept(office) else _OTHER


def _mark(office: OfficeEstimate) -> str:
    finding = office.to_others.finding if office.to_others is not None else "unknown"
    return {"less": _LOWER, "more": _HIGHER}.get(finding, _PLAIN)


def _legend(figure: Figure, found: Sequence[Ranked]) -> None:
    from matplotlib.lines import Line2D

    is_law = found[0].is_law
    keys = [
        (_PLAIN, _BELOW, say("some cases late") if is_law else say("below the line")),
        (_PLAIN, _KEPT, say("no case late") if is_law else say("keeps to the line")),
        *([] if is_law else [(_PLAIN, _OTHER, say("cannot tell"))]),
        (_LOWER, QUIET, say("lower than the others")),
        (_HIGHER, QUIET, say("higher than the others")),
    ]
    figure.legend(
        [Line2D([], [], color=c, marker=m, linestyle="none", markersize=5) for m, c, _ in keys],
        [words for _, _, words in keys],
        loc="outside lower left",
        ncols=len(keys),
        frameon=False,
        fontsize=8.0,
        handletextpad=0.1,
        columnspacing=1.2,
    )


def _explained(results: Results, bundle: str, shown: Shown, mine: Ranked) -> str:
    n = len(distinct(results))
    setting = say(" The heading is of “{setting}”.", setting=shown.label) if n > 1 else ""
    rest = (
        say(" The first {n} settings; all are in by_office.csv.", n=_MOST_PANELS)
        if n > _MOST_PANELS
        else ""
    )
    some = (
        say(" By name the {worst} worst and the {best} best.", worst=WORST, best=BEST)
        if len(mine.offices) > WORST + BEST
        else ""
    )
    return say(
        "{bundle}: cases within the legal limit by home office, means over the replications with "
        "95 % intervals; dashed: {line}. Below, lower and higher: by more than chance, over all "
        "offices (Holm).{some}{setting}{rest}",
        bundle=bundle_label(results, bundle),
        line=say("the law, every case on time") if mine.is_law else line_in_words(mine.line),
        some=some,
        setting=setting,
        rest=rest,
    )
