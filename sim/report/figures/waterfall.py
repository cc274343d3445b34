"""Draws how one value becomes another, step by step: the parts of a reform, and the time ledger."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sim.analysis.estimate import Interval
from sim.answers.why import Why
from sim.kpis import KPIS
from sim.language import say, say_of_scenario
from sim.report.figures.canvas import GRID, INK, QUIET, paper, style, title
from sim.report.why import REST, heading, label_of_part
from sim.report.words import (
    PARTS,
    decimals,
    difference,
    label_of,
    number,
    percent,
    signed,
    unit_in_short,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BETTER: Final = "#009E73"
WORSE: Final = "#D55E00"
NEITHER: Final = "#56B4E9"
_WHOLE: Final = "#5b6770"
_SEEN: Final = 0.002
"""A step shorter than this share of the longest bar is left out of the ledger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of a waterfall: what it is called, and by how much the value changes."""

    label: str
    change: Interval


def parts_waterfall(why: Why) -> Figure:
    """How the KPI goes from before to after, part by part (Shapley values)."""
    steps = [Step(label=label_of_part(each.part), change=each.share) for each in why.shares]
    if why.has_rest:
        steps.append(Step(label=say(REST), change=why.rest))
    factor = 100 if why.unit == "share" else 1
    unit = "%" if why.unit == "share" else unit_in_short(why.unit)
    return _waterfall(
        [_scaled(step, factor) for step in steps],
        (why.name_before, factor * why.before.mean),
        (why.name_after, factor * why.after.mean),
        better={"lower": -1, "higher": 1}.get(KPIS[why.kpi].better, 0),
        axis=f"{label_of(why.kpi)}, {unit}",
        unit="%" if why.unit == "share" else why.unit,
        heading=heading(why),
        explained=say(
            "What each part adds on its way in, over all orders in which they can come; they add "
            "up to the change. Lines: 95 % intervals"
        ),
    )


def ledger_waterfall(why: Why) -> Figure:
    """How the calendar days of a case go from before to after, by what they are spent on (K2)."""
    whole = why.ledger_before.whole.mean / 24, why.ledger_after.whole.mean / 24
    longest = max(whole)
    changes = why.ledger_change.parts
    steps = [
        _scaled(Step(label=words, change=changes[part]), 1 / 24)
        for part, words in PARTS.items()
        if abs(changes[part].mean) / 24 > _SEEN * longest
    ]
    unseen = sum(
        found.mean / 24 for found in changes.values() if abs(found.mean) / 24 <= _SEEN * longest
    )
    small = say("; too short to be seen: {days} d in all", days=signed(unseen, 2)) if unseen else ""
    return _waterfall(
        steps,
        (why.name_before, whole[0]),
        (why.name_after, whole[1]),
        better=-1,
        axis=say("Calendar days of 24 hours, mean of completed cases"),
        unit="d",
        heading=say("Where the time goes: {bundle}", bundle=say_of_scenario(why.bundle_label)),
        explained=say(
            "From start to end, by what the time is spent on, along the branch that ends last; "
            "what saves most first. Lines: 95 % intervals{small}",
            small=small,
        ),
        by_size=True,
    )


def _scaled(step: Step, factor: float) -> Step:
    change = step.change
    return Step(
        label=step.label,
        change=Interval(
            mean=factor * change.mean,
            low=factor * change.low,
            high=factor * change.high,
            n=change.n,
            confidence=change.confidence,
        ),
    )


def _waterfall(
    steps: Sequence[Step],
    before: tuple[str, float],
    after: tuple[str, float],
    *,
    better: int,
    axis: str,
    unit: str,
    heading: str,
    explained: str,
    by_size: bool = False,
) -> Figure:
    """Bars from above down: before, each step from where the last one ended, after."""
    if by_size:
        steps = sorted(steps, key=lambda each: each.change.mean)
    reach = max(abs(before[1]), abs(after[1]), 1e-12)
    places = decimals([each.change.half_width for each in steps], unit)
    with style():
        figure = paper(0.36 * (len(steps) + 2) + 0.75)
        axes = figure.subplots()
        at, most, least = before[1], max(before[1], after[1], 0.0), min(before[1], after[1], 0.0)
        _whole(axes, 0, before[1], places, reach)
        for row, step in enumerate(steps, start=1):
            change = step.change
            colour = NEITHER
            if better and not change.holds(0):
                colour = BETTER if change.mean * better > 0 else WORSE
            axes.barh(row, change.mean, left=at, height=0.62, color=colour, zorder=2)
            axes.plot([at, at], [row - 0.69, row - 0.31], color=QUIET, linewidth=0.7, zorder=1)
            ends = (at + change.low, at + change.high)
            if change.low == change.low:  # no interval of one replication
                axes.plot(ends, [row, row], color=INK, linewidth=1.3, zorder=3)
            right = max(at, at + change.mean, *(end for end in ends if end == end))
            axes.text(
                right + 0.012 * reach, row, _change(change.mean, unit, places),
                va="center", ha="left", fontsize=8.4,
            )  # fmt: skip
            at += change.mean
            most, least = max(most, right), min(least, at, *(end for end in ends if end == end))
        last = len(steps) + 1
        axes.plot([at, at], [last - 0.69, last - 0.31], color=QUIET, linewidth=0.7, zorder=1)
        _whole(axes, last, after[1], places, reach)
        labels = [
            say("Before: {setting}", setting=say_of_scenario(before[0])),
            *(each.label for each in steps),
            say("After: {setting}", setting=say_of_scenario(after[0])),
        ]
        axes.set_yticks(range(last + 1), [textwrap.fill(each, 42) for each in labels])
        for place in (0, last):
            axes.get_yticklabels()[place].set_fontweight("bold")
        axes.set_ylim(last + 0.6, -0.6)
        axes.set_xlim(min(1.05 * least, 0), most + 0.13 * reach)
        axes.axvline(0, color="#888888", linewidth=0.8)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(axis)
        axes.grid(axis="x", color=GRID, linewidth=0.7)
        axes.set_axisbelow(True)
    title(figure, heading, explained)
    return figure


def _change(value: float, unit: str, places: int) -> str:
    return percent(signed(value, places)) if unit == "%" else difference(value, unit, places)


def _whole(axes: Axes, row: int, value: float, places: int, reach: float) -> None:
    axes.barh(row, value, height=0.62, color=_WHOLE, zorder=2)
    axes.text(
        max(value, 0) + 0.012 * reach, row, number(value, places),
        va="center", ha="left", fontweight="bold", fontsize=8.6,
    )  # fmt: skip
