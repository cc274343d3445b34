"""Draws what a figure hangs on: a bar for each factor, from end to end of what it moves."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from sim.answers.hangs_on import HangsOn, Line, Weighed
from sim.language import Phrases, say
from sim.report.factors import name_of
from sim.report.figures.canvas import COLOURS, GRID, INK, LIMIT, QUIET, paper, style, title
from sim.report.hangs_on import SHOWN, as_written, headline, in_short, subtitle
from sim.report.words import UNITS, as_given, capital

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LOWER: Final = COLOURS[0]
_HIGHER: Final = COLOURS[5]
_LINES: Final = Phrases(
    {Line.TARGET: "target", Line.CLAIM: "published", Line.DIFFERENCE: "no difference"}
)


def tornado(found: HangsOn, outcome: int = -1, most: int = SHOWN) -> Figure | None:
    """The factors that move an outcome most, one below the other; None where nothing moves it.

    Parameters
    ----------
    outcome
        An index; by default the last.
    most
        Factors shown.
    """
    place = outcome % len(found.outcomes)
    shown = [each for each in found.ranked(place) if each.reach(place) > 0][:most]
    if not shown:
        return None
    factor = 100 if found.unit == "share" else 1
    written = factor * found.outcomes[place].written.mean
    with style():
        figure = paper(0.42 * len(shown) + 0.9)
        axes = figure.subplots()
        for row, each in enumerate(shown):
            _draw(axes, row, each, place, written, factor)
        axes.axvline(written, color=INK, linewidth=1.1, zorder=4)
        _lines(axes, found, place, factor)
        axes.set_yticks(
            range(len(shown)), [textwrap.fill(name_of(each.factor), 44) for each in shown]
        )
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_ylim(len(shown) - 0.4, -0.7)
        axes.margins(x=0.16)
        axes.set_xlabel(
            say(
                "{unit}, mean; whiskers: 95 % interval of what is moved",
                unit=UNITS.get(found.unit, found.unit),
            )
        )
        axes.grid(axis="x", color=GRID, linewidth=0.7)
        axes.set_axisbelow(True)
    title(
        figure,
        capital(headline(found, place)),
        say(
            "{figure}. {as_written}, the line in black; each bar: one factor with another value, "
            "all others as written. Blue: shorter, or less; red: longer, or more",
            figure=subtitle(found),
            as_written=as_written(found, place),
        ),
    )
    return figure


def _draw(axes: Axes, row: int, each: Weighed, place: int, written: float, factor: int) -> None:
    """The values of one factor that lie furthest to either side, with their intervals."""
    below = [effect for effect in each.effects if effect.moved[place].mean < 0]
    above = [effect for effect in each.effects if effect.moved[place].mean > 0]
    ends = [
        (min(below, key=lambda effect: effect.moved[place].mean, default=None), _LOWER, -1),
        (max(above, key=lambda effect: effect.moved[place].mean, default=None), _HIGHER, 1),
    ]
    for effect, colour, side in ends:
        if effect is None:
            continue
        interval = effect.moved[place]
        end = written + factor * interval.mean
        axes.barh(row, end - written, left=written, height=0.62, color=colour, zorder=2)
        reach = end
        if interval.n > 1:
            low, high = written + factor * interval.low, written + factor * interval.high
            axes.plot((low, high), (row, row), color=INK, linewidth=1.1, zorder=3)
            reach = low if side < 0 else high
        reach = min(reach, end) if side < 0 else max(reach, end)
        axes.annotate(
            in_short(effect.setting) + (" *" if effect.nearer else ""),
            (reach, row),
            xytext=(4 * side, 0),
            textcoords="offset points",
            ha="left" if side > 0 else "right",
            va="center",
            fontsize=7.6,
            color=QUIET,
        )


def _lines(axes: Axes, found: HangsOn, place: int, factor: int) -> None:
    """The lines that the outcome is held against, where they are in sight."""
    low, high = axes.get_xlim()
    for verdict in found.verdicts:
        at = factor * verdict.value
        if verdict.outcome != place or not low <= at <= high:
            continue
        axes.axvline(at, color=LIMIT, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
        axes.annotate(
            _LINES[verdict.line]
            + ("" if verdict.line is Line.DIFFERENCE else f": {as_given(f'{at:.3g}')}"),
            (at, -0.62),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            color=LIMIT,
            fontsize=7.6,
        )
