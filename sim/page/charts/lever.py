"""Draws how a lever changes by date: what stands there today, and what it is set to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, TypeAlias

from sim.api.workbench import MovedLever
from sim.language import date_in_words, say, say_of_scenario
from sim.page.charts.svg import (
    AFTER,
    BEFORE,
    GRID,
    QUIET,
    Scale,
    dot,
    label,
    line,
    path,
    picture,
    wide,
)
from sim.report.html import Html
from sim.report.words import as_given
from sim.wording import visible

_WIDTH: Final = 240
_HEIGHT: Final = 86
_EDGE: Final = 4
_TOP: Final = 26
_GROUND: Final = 66
_BEYOND: Final = 1.15
"""Of the time between the first date and the last, what is shown: the last value goes on."""

_Spots: TypeAlias = list[tuple[float, float]]


def lever_curve(lever: MovedLever, changed: MovedLever | None) -> Html:
    """A lever by date, and grey what it is today where it is set; empty without two amounts.

    Parameters
    ----------
    changed
        The lever as it is set, None where it is not set by date.
    """
    shown = lever if changed is None else changed
    before = () if changed is None else _known(lever)
    known = _known(shown)
    if len(known) < 2:
        return Html("")
    today = None if before or changed is None else _present(lever)
    first = min(day for day, _, _ in (*before, *known))
    last = max(day for day, _, _ in (*before, *known))
    across = Scale(low=0, high=_BEYOND * (last - first).days, start=_EDGE, end=_WIDTH - _EDGE)
    most = max([amount for _, amount, _ in (*before, *known)] + ([] if today is None else [today]))
    up = Scale(low=0, high=most or 1, start=_GROUND, end=_TOP)

    def spots(points: Sequence[tuple[dt.date, float, str]]) -> _Spots:
        return [(across.at((day - first).days), up.at(amount)) for day, amount, _ in points]

    parts = [line((_EDGE, _GROUND, _WIDTH - _EDGE, _GROUND), GRID)]
    if today is not None:
        parts.append(line((_EDGE, up.at(today), _WIDTH - _EDGE, up.at(today)), BEFORE, dash="4 3"))
    if before:
        parts.append(path(_course(spots(before), is_straight=lever.is_straight), BEFORE))
    mine = spots(known)
    parts.append(path(_course(mine, is_straight=shown.is_straight), AFTER))
    free = 0.0
    for (x, y), (day, _, text) in zip(mine, known, strict=True):
        words = as_given(text)
        parts.append(dot(x, y, AFTER, radius=3, hint=f"{date_in_words(day)}: {words}"))
        at = min(x, _WIDTH - _EDGE - wide(words))
        if at >= free:
            parts.append(label(words, at, y - 8))
            free = at + wide(words) + 6
    for day, x, anchor in ((first, _EDGE, "start"), (last, _WIDTH - _EDGE, "end")):
        parts.append(label(date_in_words(day), x, _HEIGHT - 5, anchor=anchor, fill=QUIET))
    course = ", ".join(f"{date_in_words(day)}: {as_given(text)}" for day, _, text in known)
    title = say("{lever} by date", lever=visible(say_of_scenario(lever.label)))
    return picture(_WIDTH, _HEIGHT, parts, title=f"{title}: {course}")


def _known(lever: MovedLever) -> list[tuple[dt.date, float, str]]:
    """The amounts of a lever by date, as they are written too."""
    return [(each.day, each.amount, each.text) for each in lever.by_date if each.amount is not None]


def _present(lever: MovedLever) -> float | None:
    """The amount that stands there today, where dates have amounts of its kind."""
    return None if lever.scale is None or lever.scale.unit == "x" else lever.scale.present


def _course(spots: _Spots, *, is_straight: bool) -> _Spots:
    """A line through spots, or steps from one to the next; the first and the last value go on."""
    found = [(float(_EDGE), spots[0][1]), spots[0]]
    for before, spot in pairwise(spots):
        found += [spot] if is_straight else [(spot[0], before[1]), spot]
    return [*found, (float(_WIDTH - _EDGE), spots[-1][1])]
