"""Draws what was tried against the target: people, or the values of a lever, and their KPI."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sim.analysis.crossing import Side
from sim.analysis.estimate import Interval
from sim.answers.staffing import Staffing
from sim.answers.threshold import Threshold
from sim.experiment.requirements import Requirement
from sim.language import say, say_of_scenario
from sim.report.figures.canvas import COLOURS, GRID, LIMIT, QUIET, paper, style, title
from sim.report.staffing import staffing_heading
from sim.report.threshold import threshold_heading
from sim.report.words import UNITS, amount, label_within, number, unit_in_short

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_MARKERS: Final = ("o", "X", "s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """Something that was tried: where it stands, and what it came to for each target.

    ``found`` has None where a target was not looked at; ``keeps`` is None where it cannot be told.
    """

    at: float
    keeps: bool | None
    found: Sequence[Interval | None]
    is_chosen: bool = False


def staffing_figure(answer: Staffing) -> Figure | None:
    """What was tried, by its cost, against the targets; None where nothing was run."""
    shots = [
        Shot(
            at=each.cost,
            keeps=each.keeps,
            found=[
                next(
                    (found.interval for found in each.found if found.requirement == requirement),
                    None,
                )
                for requirement in answer.requirements
            ],
            is_chosen=each is answer.chosen,
        )
        for each in answer.tried
        if each.n
    ]
    if not shots:
        return None
    unit = (
        say("full-time people") if answer.cost_unit == "people" else unit_in_short(answer.cost_unit)
    )
    return against_targets(
        shots,
        answer.requirements,
        across=say("Cost of the groups that are moved, {unit}", unit=unit),
        heading=staffing_heading(answer),
        explained=say(
            "Each staffing that was run: mean with its 95 % interval; shaded: the indifference "
            "zone, within which either verdict is right"
        ),
        with_zone=True,
    )


def threshold_figure(answer: Threshold) -> Figure | None:
    """What was tried, by the value of the lever, against the targets; None where nothing ran."""
    sides = {Side.KEPT: True, Side.BROKEN: False, Side.OPEN: None}
    shots = [
        Shot(
            at=each.amount, keeps=sides[each.side], found=each.found, is_chosen=each is answer.kept
        )
        for each in answer.at
        if each.n
    ]
    if not shots:
        return None
    return against_targets(
        shots,
        answer.requirements,
        across=say_of_scenario(answer.label)
        + (f", {unit_in_short(answer.unit)}" if answer.unit else ""),
        heading=threshold_heading(answer),
        explained=say("Each value that was run: mean with its 95 % interval"),
        with_zone=False,
    )


def against_targets(
    shots: Sequence[Shot],
    requirements: Sequence[Requirement],
    *,
    across: str,
    heading: str,
    explained: str,
    with_zone: bool,
) -> Figure:
    """Draw means with their 95 % intervals against the limits, a panel a target.

    Parameters
    ----------
    across
        What the places of the shots are.
    heading, explained
        What is seen, and what the figure shows.
    with_zone
        Whether the indifference zones of the limits are shaded.
    """
    with style():
        figure = paper(2.9 * len(requirements))
        plots = figure.subplots(len(requirements), 1, squeeze=False, sharex=True)[:, 0]
        for i, (axes, requirement) in enumerate(zip(plots, requirements, strict=True)):
            factor = 100 if requirement.unit == "share" else 1
            limit = factor * requirement.limit.value
            zone = factor * requirement.limit.zone
            value = amount(requirement.limit.value, requirement.unit)
            bound = (
                say("at most {value}", value=value)
                if requirement.limit.at_most
                else say("at least {value}", value=value)
            )
            if with_zone:
                axes.axhspan(limit - zone, limit + zone, color=LIMIT, alpha=0.1, linewidth=0)
            axes.axhline(limit, color=LIMIT, linestyle=(0, (5, 3)), linewidth=1.3)
            for keeps, colour, mark, label in (
                (True, COLOURS[0], _MARKERS[0], say("keeps to all targets")),
                (False, COLOURS[5], _MARKERS[1], say("does not")),
                (None, QUIET, _MARKERS[2], say("cannot be told")),
            ):
                mine = [(s, s.found[i]) for s in shots if s.keeps is keeps]
                known = [(s.at, found) for s, found in mine if found is not None]
                if not known:
                    continue
                means = [factor * found.mean for _, found in known]
                below = [factor * (found.mean - found.low) for _, found in known]
                above = [factor * (found.high - found.mean) for _, found in known]
                axes.errorbar(
                    [at for at, _ in known],
                    means,
                    [below, above],
                    fmt=mark,
                    color=colour,
                    markersize=5.5,
                    linewidth=1.4,
                    capsize=2.5,
                    label=label,
                )
            for shot in shots:
                found = shot.found[i]
                if shot.is_chosen and found is not None:
                    axes.plot(
                        shot.at,
                        factor * found.mean,
                        marker="o",
                        markersize=13,
                        markerfacecolor="none",
                        markeredgecolor=COLOURS[0],
                        linestyle="none",
                        label=say("chosen"),
                    )
            unit = UNITS.get(requirement.unit, requirement.unit)
            axes.set_ylabel(unit)
            axes.set_title(f"{requirement.group}: {label_within(requirement.kpi)}")
            axes.grid(axis="y", color=GRID, linewidth=0.7)
            axes.annotate(
                say("target: {bound}", bound=bound)
                + (f", ± {number(zone, 2)}" if with_zone else ""),
                (1, limit),
                xycoords=("axes fraction", "data"),
                xytext=(0, 3),
                textcoords="offset points",
                ha="right",
                color=LIMIT,
            )
        plots[-1].set_xlabel(across)
        handles = {
            label: handle
            for axes in plots
            for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
        }
        figure.legend(handles.values(), handles, loc="outside lower left", ncols=4, frameon=False)
    title(figure, heading, explained)
    return figure
