"""Draws the state over time: open cases, waiting work, people, uptake, and what came of cases."""

from __future__ import annotations

import datetime as dt
import itertools
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.experiment.results import Results
from sim.experiment.timeline import CourseEstimate, OverTime, Timeline
from sim.kpis.over_time import STEPS
from sim.language import ENGLISH, language, say
from sim.report.figures.canvas import COLOURS, GRID, INK, QUIET, paper, style, title
from sim.report.over_time import (
    backlog,
    changes,
    chief_channel,
    chief_roles,
    day,
    numbered,
    shown_cells,
)
from sim.report.periods import STEPS_IN_WORDS
from sim.report.view import bundle_label, channel_label, distinct, in_words, role_label
from sim.report.words import number, unit_in_short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_HEIGHT: Final = 1.62
"""Inches of a row of panels."""

_STYLES: Final = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (7, 2, 1, 2)), (0, (3, 1)), (0, (9, 3)))
"""Of the lines of cells, so that one shows below another that it equals."""

_MOST_MARKS: Final = 12
"""Changes by date that are named."""

_NEAR: Final = 40
"""Of the width of a panel, the part within which two numbers of changes would touch."""

_SHORT: Final = 120
"""Days of a run up to which every day off is shaded; of a longer one, stretches of some length."""

_LONG_STRETCH: Final = 3
"""Days off in a row that are shaded in a longer run: more than a weekend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    course: CourseEstimate
    label: str
    colour: str
    style: Any = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Panel:
    heading: str
    unit: str
    lines: tuple[_Line, ...]


def over_time(results: Results, bundle: str) -> Figure | None:
    """Small multiples over time: means with their intervals, days off, and what changes by date.

    None where nothing was followed over time.
    """
    found = results.over_time
    if found is None or not any(each.group == bundle for each in found.courses):
        return None
    panels = [*_of_cases(results, found, bundle), *_of_roles(results, found)]
    lines = [found.timelines[each.cell.name] for each in shown_cells(results)]
    marks = list(dict.fromkeys(change.date for change in changes(results)))
    n_rows = -(-len(panels) // 2)
    with style():
        figure = paper(_HEIGHT * n_rows + 0.5)
        grid = figure.subplots(n_rows, 2, squeeze=False, sharex=True).ravel().tolist()
        for axes, panel in itertools.zip_longest(grid, panels):
            if panel is None:
                axes.set_visible(False)
                continue
            _draw(axes, panel, found)
            _mark(axes, lines[0], marks)
            _date_axis(axes, lines)
        _legend(figure, panels)
    title(figure, _heading(results, found, bundle), _explained(results, found, bundle, lines[0]))
    return figure


def _of_cases(results: Results, found: OverTime, bundle: str) -> list[_Panel | None]:
    """The panels of a bundle; an odd number of them leaves a gap at the end."""
    cells = shown_cells(results)
    step = STEPS_IN_WORDS[found.step]
    channel = chief_channel(results, found, bundle)
    late = _latest_procedure(found, bundle)
    wanted = [
        ("open_cases", bundle, say("Open cases"), ""),
        (
            "uptake",
            channel,
            say("Cases filed: {channel}", channel=channel_label((channel or "").partition("/")[2])),
            "%",
        ),
        (
            "working_days_mean",
            bundle,
            say("Working days, by {step} of arrival", step=step),
            "wd",
        ),
        ("on_time_share", bundle, say("On time, by {step} of arrival", step=step), "%"),
        (
            "overdue_dossiers",
            late,
            say("Overdue: {procedure}", procedure=in_words((late or "").partition("/")[2])),
            "",
        ),
    ]
    made = [_panel(results, found, *each) for each in wanted]
    panels: list[_Panel | None] = [panel for panel in made if panel is not None]
    if len(cells) == 1:
        flows = (("cases_arrived", say("arrive")), ("cases_completed", say("completed")))
        lines = (
            _Line(course=course, label=words, colour=colour)
            for (kpi, words), colour in zip(flows, COLOURS, strict=False)
            if (course := found.course(cells[0].cell.name, kpi, bundle))
        )
        both = _Panel(heading=say("Cases by {step}", step=step), unit="", lines=tuple(lines))
        panels.insert(1, both)
    return [*panels, None] if len(panels) % 2 else panels


def _of_roles(results: Results, found: OverTime) -> Iterator[_Panel | None]:
    """For each role a row: what waits for it, and who is there."""
    for role in chief_roles(found):
        label = textwrap.shorten(role_label(results, role), 34, placeholder=" …")
        yield _panel(results, found, "items_waiting", role, say("Waiting: {role}", role=label), "")
        yield _panel(results, found, "people_present", role, say("Present: {role}", role=label), "")


def _panel(
    results: Results, found: OverTime, kpi: str, group: str | None, heading: str, unit: str
) -> _Panel | None:
    cells = shown_cells(results)
    lines = tuple(
        _Line(
            course=course,
            label=shown.label if len(cells) > 1 else "",
            colour=COLOURS[i],
            style=_STYLES[i],
        )
        for i, shown in enumerate(cells)
        if group
        and (course := found.course(shown.cell.name, kpi, group)) is not None
        and course.n.any()
    )
    return _Panel(heading=heading, unit=unit, lines=lines) if lines else None


def _latest_procedure(found: OverTime, bundle: str) -> str | None:
    """The procedure of which most dossiers are overdue at some time; None where hardly any are."""
    most: dict[str, float] = {}
    for each in found.courses:
        if each.kpi == "overdue_dossiers" and each.group.startswith(f"{bundle}/"):
            most[each.group] = max(most.get(each.group, 0.0), float(each.mean.max(initial=0.0)))
    worst = max(most, key=most.__getitem__, default=None)
    return worst if worst is not None and most[worst] >= 0.5 else None


def _draw(axes: Axes, panel: _Panel, found: OverTime) -> None:
    factor = 100 if panel.unit == "%" else 1
    half = STEPS[found.step] / 2
    for line in panel.lines:
        course = line.course
        dates = found.timelines[course.cell].dates
        at = np.array([_at(date) + half for date in dates])
        low, high = (factor * _or_mean(course, each) for each in (course.low, course.high))
        axes.fill_between(at, low, high, color=line.colour, alpha=0.22, linewidth=0)
        axes.plot(at, factor * course.mean, color=line.colour, linewidth=1.4, linestyle=line.style)
    unit = f", {unit_in_short(panel.unit)}" if panel.unit else ""
    axes.set_title(f"{panel.heading}{unit}", fontsize=8.6, pad=12)
    top = factor * max(
        float(np.nanmax(_or_mean(each.course, each.course.high))) for each in panel.lines
    )
    axes.set_ylim(0, 104 if panel.unit == "%" and top > 60 else max(1.08 * top, 1e-9))
    axes.grid(axis="y", color=GRID, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=7.6)


def _or_mean(course: CourseEstimate, bound: NDArray[np.float64]) -> NDArray[np.float64]:
    """A bound of the intervals, the mean where there is none."""
    return np.where(np.isnan(bound), course.mean, bound)


def _mark(axes: Axes, line: Timeline, marks: Sequence[dt.date]) -> None:
    """Shade the days off, bound the measured cases, and number what changes by date."""
    for since, until in _shaded(line):
        axes.axvspan(_at(since), _at(until), color="#dfe3e8", linewidth=0, zorder=0)
    for date in line.measured:
        if line.dates[0] < date < line.ends:
            axes.axvline(_at(date), color=QUIET, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
    near = (line.ends - line.dates[0]) / _NEAR
    for i, date in enumerate(marks, start=1):
        axes.axvline(_at(date), color=INK, linewidth=0.8, linestyle=(0, (4, 2)), zorder=2)
        if i <= _MOST_MARKS:
            is_before = i < len(marks) and marks[i] - date < near
            is_behind = i > 1 and date - marks[i - 2] < near
            axes.annotate(
                str(i),
                (_at(date), 1),
                xycoords=("data", "axes fraction"),
                xytext=(is_behind - is_before, 1.5),
                textcoords="offset points",
                ha="center" if is_before == is_behind else "right" if is_before else "left",
                va="bottom",
                fontsize=6.4,
                color=INK,
            )


def _shaded(line: Timeline) -> list[tuple[dt.date, dt.date]]:
    least = dt.timedelta(days=1 if _is_short(line) else _LONG_STRETCH)
    return [
        (since, min(until, line.ends))
        for since, until in line.days_off
        if until - since >= least and since < line.ends
    ]


def _is_short(line: Timeline) -> bool:
    return (line.ends - line.dates[0]).days <= _SHORT


def _at(date: dt.date) -> float:
    """The place of a day's midnight on the axis: matplotlib counts days from 1970."""
    return float(date.toordinal() - dt.date(1970, 1, 1).toordinal())


def _date_axis(axes: Axes, lines: Sequence[Timeline]) -> None:
    from matplotlib import dates

    by_date: Any = dates
    locator = by_date.AutoDateLocator(minticks=3, maxticks=8)
    axes.xaxis.set_major_locator(locator)
    formatter = by_date.ConciseDateFormatter(locator, show_offset=False)
    if language() != ENGLISH:
        # From years down to seconds: a day has its month behind it, a month its year.
        formatter.formats = ["%Y", "%m/%Y", "%d/%m", "%H:%M", "%H:%M", "%S"]
        formatter.zero_formats = ["", *formatter.formats[1:3], "%d/%m", "%H:%M", "%H:%M"]
    axes.xaxis.set_major_formatter(formatter)
    axes.set_xlim(_at(min(each.dates[0] for each in lines)), _at(max(e.ends for e in lines)))
    axes.tick_params(axis="x", labelbottom=True)


def _legend(figure: Figure, panels: Sequence[_Panel | None]) -> None:
    from matplotlib.lines import Line2D

    keys = {line.label: line for panel in panels if panel for line in panel.lines if line.label}
    if len(keys) > 1:
        figure.legend(
            [Line2D([], [], color=e.colour, linestyle=e.style, lw=1.8) for e in keys.values()],
            [textwrap.shorten(label, 60, placeholder=" …") for label in keys],
            loc="outside lower left",
            ncols=min(len(keys), 3),
            frameon=False,
            fontsize=8.2,
        )


def _heading(results: Results, found: OverTime, bundle: str) -> str:
    first = shown_cells(results)[0].cell.name
    course = found.course(first, "open_cases", bundle)
    if len(shown_cells(results)) > 1 or course is None:
        return say("The state of the offices by {step}", step=STEPS_IN_WORDS[found.step])
    most = int(np.argmax(course.mean))
    begin, end, top = (number(float(course.mean[i])) for i in (0, -1, most))
    date = day(found.timelines[first].dates[most])
    when = (
        say("in the week from {date}", date=date)
        if found.step == "week"
        else say("on {date}", date=date)
    )
    return say(
        "Open cases go from {begin} to {end}; the most are {top}, {when}",
        begin=begin,
        end=end,
        top=top,
        when=when,
    )


def _explained(results: Results, found: OverTime, bundle: str, line: Timeline) -> str:
    n = len(shown_cells(results))
    rest = (
        say(" The first {n} settings; all are in over_time.csv.", n=n)
        if len(distinct(results)) > n
        else ""
    )
    off = say("days off") if _is_short(line) else say("three days off in a row or more")
    lines = [
        say(
            "{bundle}, by {step}: means over the replications; shaded: 95 % interval; grey: {off}; "
            "dotted: cases that arrive between count in KPIs. Waiting and present: at all offices, "
            "for all bundles.{rest}",
            bundle=bundle_label(results, bundle),
            step=STEPS_IN_WORDS[found.step],
            off=off,
            rest=rest,
        )
    ]
    if marks := numbered(changes(results), _MOST_MARKS):
        lines.append(say("Changes by date: {changes}", changes="; ".join(marks)))
    return "\n".join([*lines, *backlog(results, bundle)])
