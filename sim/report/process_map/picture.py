"""One or two maps as a picture of their own, one over the other on one scale."""

from __future__ import annotations

from collections.abc import Sequence

from sim.language import say_of_scenario
from sim.report.html import Html, tag
from sim.report.process_map.geometry import Rect
from sim.report.process_map.key import KEY_HEIGHT, key
from sim.report.process_map.maps import FlowMap
from sim.report.process_map.shapes import WIDTH, rectangle, text, whole
from sim.report.process_map.svg import height_of

_MARGIN = 12


def picture(maps: Sequence[FlowMap]) -> str:
    """SVG of maps one over the other, with their legend, to be written as UTF-8."""
    title = say_of_scenario(maps[0].results.title)
    top = KEY_HEIGHT + 12
    parts: list[Html] = [key()]
    for i, each in enumerate(maps):
        parts.append(text(0, top + 18, each.heading, size=14, weight="600"))
        parts.append(each.svg(f"map-{i}", top + 30))
        top += height_of(each.layout, each.told.words()) + 60
    paper = Rect(x=-_MARGIN, y=-_MARGIN, width=WIDTH + 2 * _MARGIN, height=top + _MARGIN)
    ground = rectangle(paper, "#ffffff", "none")
    drawn = whole(
        tag("title", title),
        ground,
        *parts,
        height=top,
        label=title,
        margin=_MARGIN,
        more={"role": "group"},
    )
    return f"{drawn}\n"
