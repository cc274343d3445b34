"""Draws how many cases are under way, week by week."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.api.workbench import Stage
from sim.language import date_in_words, say
from sim.page.charts.days import legend
from sim.page.charts.svg import (
    AFTER,
    BEFORE,
    GRID,
    QUIET,
    Scale,
    area,
    box,
    label,
    line,
    path,
    picture,
    steps,
)
from sim.report.html import Html
from sim.report.words import number

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
