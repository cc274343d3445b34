"""Draws which share of their time on shift staff work, role by role, before and after."""

from __future__ import annotations

from typing import Final

from sim.api.workbench import Stage
from sim.language import say
from sim.page.charts.svg import (
    AFTER,
    BEFORE,
    GRID,
    LIMIT,
    QUIET,
    Scale,
    box,
    dot,
    label,
    line,
    picture,
    steps,
)
from sim.report.html import Html
from sim.report.view import role_label, roles
from sim.report.words import in_short, number, percent

_WIDTH: Final = 640
_LEFT: Final = 236
_RIGHT: Final = 22
_ROW: Final = 30
_TOP: Final = 8
_LETTERS: Final = 36
_WARNING: Final = "#fbe9e7"
_BUSY: Final = 0.85
"""From here on waits grow fast."""


def load_chart(stage: Stage) -> Html:
    """A row for each role, with dots for both and their intervals; empty for nobody."""
    results = stage.results
    rows = [
        (role, found)
        for role in roles(results)
        if any(
            (value := results.estimate(cell, "utilisation", role)) is not None and value.mean > 0
            for cell in (stage.baseline, stage.changed)
        )
        for found in [
            [
                (results.estimate(cell, "utilisation", role), colour)
                for cell, colour in ((stage.baseline, BEFORE), (stage.changed, AFTER))
                if cell == stage.changed or stage.baseline != stage.changed
            ]
        ]
    ]
    if not rows:
        return Html("")
    most = max(value.high if value.n > 1 else value.mean
               for _, pair in rows for value, _ in pair if value is not None)  # fmt: skip
    ticks = steps(max(most, 0.9))
    bottom = _TOP + _ROW * len(rows)
    across = Scale(low=0, high=ticks[-1], start=_LEFT, end=_WIDTH - _RIGHT)
    parts = [box(across.at(_BUSY), _TOP, across.at(ticks[-1]) - across.at(_BUSY), bottom - _TOP,
                 _WARNING)]  # fmt: skip
    for tick in ticks:
        parts.append(line((across.at(tick), _TOP, across.at(tick), bottom), GRID))
        words = percent(number(100 * tick))
        parts.append(label(words, across.at(tick), bottom + 16, anchor="middle", fill=QUIET))
    if ticks[-1] >= 1:
        parts.append(line((across.at(1), _TOP, across.at(1), bottom), LIMIT, width=1.2))
    for row, (role, pair) in enumerate(rows):
        y = _TOP + _ROW * (row + 0.5)
        name = role_label(results, role)
        shown = name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…"
        parts.append(label(shown, _LEFT - 10, y + 4, anchor="end"))
        for place, (value, colour) in enumerate(pair):
            if value is None:
                continue
            at = y + (6 * place - 3 if len(pair) > 1 else 0)
            if value.n > 1:
                ends = across.at(max(value.low, 0)), at, across.at(value.high), at
                parts.append(line(ends, colour, width=2))
            hint = f"{name}: {in_short(value, results.replications)}"
            parts.append(dot(across.at(value.mean), at, colour, hint=hint))
    return picture(
        _WIDTH, bottom + 24, parts, title=say("Share of the time on shift that staff work")
    )
