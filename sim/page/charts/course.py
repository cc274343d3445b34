"""Draws how many cases are under way, week by week, and how a lever changes by date."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np

from sim.api.workbench import MovedLever, Stage
from sim.language import date_in_words, say, say_of_scenario
from sim.page.charts.days import legend
from sim.page.charts.svg import (
    AFTER,
    BEFORE,
    GRID,
    QUIET,
    Scale,
    area,
    box,
    dot,
    label,
    line,
    path,
    picture,
    steps,
)
from sim.report.html import Html
from sim.report.words import as_given, number
from sim.wording import visible

_WIDTH: Final = 640
_HEIGHT: Final = 230
_LEFT: Final = 46
_RIGHT: Final = 12
_TOP: Final = 30
_BOTTOM: Final = 34
_OUTSIDE: Final = "#eef1f4"


def course_chart(stage: Stage) -> Html:
    """Cases under way by week, a band around each mean; empty where that was not followed."""
    over_time = stage.results.over_time
    cells = list(dict.fromkeys((stage.baseline, stage.changed)))
    if over_time is None:
        return Html("")
    found = {
        cell: course
        for cell in cells
        if (course := over_time.course(cell, "open_cases", stage.bundle)) is not None
    }
    if stage.changed not in found:
        return Html("")
    timeline = over_time.timelines[stage.changed]
    first = timeline.dates[0]
    days = [(date - first).days for date in timeline.dates]
    highest = max(float(np.nanmax(np.fmax(c.high, c.mean))) for c in found.values())
    ticks = steps(highest)
    across = Scale(low=0, high=(timeline.ends - first).days, start=_LEFT, end=_WIDTH - _RIGHT)
    up = Scale(low=0, high=ticks[-1], start=_HEIGHT - _BOTTOM, end=_TOP)
    since, until = ((day - first).days for day in timeline.measured)
    ends = ((0, since), (until, (timeline.ends - first).days))
    parts = [
        box(across.at(a), _TOP, across.at(b) - across.at(a), up.at(0) - _TOP, _OUTSIDE)
        for a, b in ends
    ]
    for value in ticks:
        parts.append(line((_LEFT, up.at(value), _WIDTH - _RIGHT, up.at(value)), GRID))
        parts.append(label(number(value), _LEFT - 6, up.at(value) + 4, anchor="end", fill=QUIET))
    every = max(1, len(days) // 5)
    for day, date in list(zip(days, timeline.dates, strict=True))[::every]:
        words = date_in_words(date)
        if across.at(day) < _WIDTH - 70:
            parts.append(label(words, across.at(day), _HEIGHT - 14, fill=QUIET))
    for cell, course in found.items():
        colour = AFTER if cell == stage.changed else BEFORE
        xs = [across.at(day + 3.5) for day in days[: len(course.mean)]]
        known = np.isfinite(course.low) & np.isfinite(course.high)
        top = [(x, up.at(v)) for x, v, k in zip(xs, course.high, known, strict=False) if k]
        low = [(x, up.at(v)) for x, v, k in zip(xs, course.low, known, strict=False) if k]
        parts += [area([*top, *reversed(low)], colour)] if top else []
        mean = zip(xs, course.mean, strict=False)
        parts.append(path([(x, up.at(v)) for x, v in mean if np.isfinite(v)], colour))
    parts += legend(stage, 14)
    return picture(_WIDTH, _HEIGHT, parts, title=say("Cases under way, week by week"))


def lever_curve(lever: MovedLever) -> Html:
    """How a lever changes by date; empty where its values are no numbers."""
    known = [(point, point.amount) for point in lever.by_date if point.amount is not None]
    if len(known) < 2:
        return Html("")
    first, last = known[0][0], known[-1][0]
    across = Scale(low=0, high=1.15 * ((last.day - first.day).days or 1), start=4, end=236)
    up = Scale(low=0, high=max(amount for _, amount in known) or 1, start=62, end=22)
    spots = [(across.at((point.day - first.day).days), up.at(amount)) for point, amount in known]
    course = [spots[0]]
    for before, spot in pairwise(spots):
        course += [spot] if lever.is_straight else [(spot[0], before[1]), spot]
    course.append((236, spots[-1][1]))
    parts = [line((4, 62, 236, 62), GRID), path(course, AFTER)]
    parts += [
        dot(x, y, AFTER, radius=3, hint=f"{date_in_words(point.day)}: {point.text}")
        for (x, y), (point, _) in zip(spots, known, strict=True)
    ]
    for point, x, anchor, (_, y) in ((first, 4, "start", spots[0]), (last, 236, "end", spots[-1])):
        parts.append(label(date_in_words(point.day), x, 77, anchor=anchor, fill=QUIET))
        parts.append(label(as_given(point.text), x, y - 8, anchor=anchor))
    label_of = visible(say_of_scenario(lever.label))
    return picture(240, 82, parts, title=say("{lever} by date", lever=label_of))
