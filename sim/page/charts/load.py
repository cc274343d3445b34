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


def load_chart(stage: Stage) -> Html:
    """A row for each role, with dots for both and their intervals; empty for nobody."""
    results = stage.results
    colours = {stage.baseline: BEFORE, stage.changed: AFTER}
    rows = []
    for role in roles(results):
        found = [(results.estimate(cell, "utilisation", role), colours[cell]) for cell in colours]
        known = [(value, colour) for value, colour in found if value is not None]
        if any(value.mean > 0 for value, _ in known):
            rows.append((role_label(results, role), known))
    if not rows:
        return Html("")
    ends = [v.high if v.n > 1 else v.mean for _, known in rows for v, _ in known]
    ticks = steps(max(1.0, *ends))
    bottom = _TOP + _ROW * len(rows)
    across = Scale(low=0, high=ticks[-1], start=_LEFT, end=_WIDTH - _RIGHT)
    parts: list[Html] = []
    for tick in ticks:
        parts.append(line((across.at(tick), _TOP, across.at(tick), bottom), GRID))
        words = percent(number(100 * tick))
        parts.append(label(words, across.at(tick), bottom + 16, anchor="middle", fill=QUIET))
    parts.append(line((across.at(1), _TOP, across.at(1), bottom), LIMIT, width=1.4))
    for row, (name, known) in enumerate(rows):
        y = _TOP + _ROW * (row + 0.5)
        shown = name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…"
        parts.append(label(shown, _LEFT - 10, y + 4, anchor="end"))
        for place, (value, colour) in enumerate(known):
            at = y + (6 * place - 3 if len(known) > 1 else 0)
            if value.n > 1:
                low, high = across.at(max(value.low, 0)), across.at(value.high)
                parts.append(line((low, at, high, at), colour, width=2))
            hint = f"{name}: {in_short(value, results.replications)}"
            parts.append(dot(across.at(value.mean), at, colour, hint=hint))
    return picture(
        _WIDTH, bottom + 24, parts, title=say("Share of the time on shift that staff work")
    )
