"""Draws what the calendar days of a case are spent on, before and after."""

from __future__ import annotations

from typing import Final

from sim.api.workbench import Stage
from sim.language import say
from sim.page.charts.svg import QUIET, Scale, box, label, picture, wide
from sim.report.figures.ledger import PART_COLOURS
from sim.report.html import Html
from sim.report.words import NOTHING, PARTS, in_short

_WIDTH: Final = 640
_LEFT: Final = 8
_BAR: Final = 24
_ROW: Final = 52
_SEEN: Final = 0.004
_GAP: Final = 16


def ledger_chart(stage: Stage) -> Html:
    """A bar of the parts of the time for each of the two; empty where no case was completed."""
    cells = list(dict.fromkeys((stage.baseline, stage.changed)))
    days = {cell: _days(stage, cell) for cell in cells}
    longest = max((sum(parts.values()) for parts in days.values()), default=0.0)
    if not longest:
        return Html("")
    across = Scale(low=0, high=longest, start=_LEFT, end=_WIDTH - 8)
    drawn: list[Html] = []
    y = 14.0
    for cell in cells:
        total = _with_interval(stage, cell, "sojourn_days_mean")
        drawn.append(label(f"{cell}: {total}", _LEFT, y, bold=True))
        x = float(_LEFT)
        for part, value in days[cell].items():
            width = across.at(value) - _LEFT
            time = _with_interval(stage, cell, _kpi(part))
            hint = say("{part}: {time}", part=PARTS[part], time=time)
            drawn.append(box(x, y + 6, width, _BAR, PART_COLOURS[part], hint=hint))
            x += width
        y += _ROW
    seen = [
        part for part in PARTS
        if any(parts.get(part, 0.0) > _SEEN * longest for parts in days.values())
    ]  # fmt: skip
    x, y = float(_LEFT), y + 2
    for part in seen:
        words = PARTS[part]
        if x + 15 + wide(words) > _WIDTH and x > _LEFT:
            x, y = float(_LEFT), y + 18
        drawn += [box(x, y - 9, 10, 10, PART_COLOURS[part]), label(words, x + 15, y, fill=QUIET)]
        x += 15 + wide(words) + _GAP
    return picture(
        _WIDTH, y + 10, drawn, title=say("What the calendar days of a case are spent on")
    )


def _days(stage: Stage, cell: str) -> dict[str, float]:
    found = {}
    for part in PARTS:
        value = stage.results.estimate(cell, _kpi(part), stage.bundle)
        if value is not None:
            found[part] = value.mean / 24
    return found


def _kpi(part: str) -> str:
    return f"ledger_{part}_hours"


def _with_interval(stage: Stage, cell: str, kpi: str) -> str:
    value = stage.results.estimate(cell, kpi, stage.bundle)
    return NOTHING if value is None else in_short(value, stage.results.replications)
