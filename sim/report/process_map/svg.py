"""Draws a map as SVG: a title on each element, and its step's name for a page that needs it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sim.language import say
from sim.report.html import Html, tag
from sim.report.process_map.bands import WIDE_GAP
from sim.report.process_map.flow import BOXES, HANDS, Kind
from sim.report.process_map.geometry import HEAD, Bar, Geometry, Lane, Line, Rect, geometry
from sim.report.process_map.layout import Box, Layout
from sim.report.process_map.marks import mark, waiting
from sim.report.process_map.scale import colour, ink_on, line_width
from sim.report.process_map.shapes import (
    INK,
    LAW,
    LINE,
    NEVER,
    QUIET,
    WIDTH,
    arrow,
    digits,
    group,
    path,
    rectangle,
    text,
    whole,
)
from sim.report.process_map.wrapping import text_width, wrapped
from sim.report.words import capital

_SHADES: Final = ("#f5f7f9", "#ffffff")
_LABEL: Final = 88
"""Room for what a choice is called, between the boxes beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a map says.

    By name of the lane its label and what stands below it; by name of the clock what its limit is;
    by name of the step what stands in its box below the label, its title, and its wait in hours.
    ``kinds`` says what each kind of step is; ``whole`` is the clock from the first receipt to the
    last result, empty for none.
    """

    lanes: Mapping[str, tuple[str, str]]
    clocks: Mapping[str, str]
    notes: Mapping[str, str]
    titles: Mapping[str, str]
    hours: Mapping[str, float]
    kinds: Mapping[str, str]
    whole: str = ""


def drawn(
    layout: Layout,
    words: Words,
    *,
    title: str,
    flow: str,
    prefix: str,
    top: float | None = None,
) -> Html:
    """The map of a flow as one SVG element; ids begin with ``prefix``.

    Parameters
    ----------
    flow
        The name of the flow in the model, for a page that plays a replay on it.
    top
        Where it begins inside another picture; None for a picture of its own.
    """
    places = geometry(layout, WIDTH, words.whole)
    drawing = _Drawing(layout, places, words, prefix)
    return whole(
        tag("title", title),
        *drawing.all(),
        height=places.height + 2,
        label=title,
        more={"id": prefix, "data-flow": flow, "role": "group"}
        | ({} if top is None else {"y": digits(top)}),
    )


def height_of(layout: Layout, words: Words) -> float:
    """How high a map is, in pixels."""
    return geometry(layout, WIDTH, words.whole).height + 2


class _Drawing:
    def __init__(self, layout: Layout, places: Geometry, words: Words, prefix: str) -> None:
        self.layout = layout
        self.places = places
        self.words = words
        self.prefix = prefix

    def all(self) -> Iterator[Html]:
        for i, lane in enumerate(self.places.lanes):
            yield self.lane(lane, _SHADES[i % 2])
        for bar in self.places.bars:
            yield self.bar(bar)
        for line in sorted(self.places.lines, key=lambda each: each.link.passes):
            yield self.line(line)
        for box in self.layout.boxes:
            if box.step.kind is not Kind.STRAIGHT:
                yield self.box(box, self.places.boxes[box.index])
        for line in self.places.lines:
            if line.link.label and line.pieces:
                yield self.label(line)

    def lane(self, lane: Lane, shade: str) -> Html:
        label, below = self.words.lanes[lane.name]
        rect = lane.rect
        lines = wrapped(label, HEAD - 14, 11.5, most=3)
        y = rect.middle - 7 * (len(lines) - 1) - (2 if below else -4)
        parts = [rectangle(rect, shade, "none")]
        parts += [
            text(8, y + 14 * i, each, size=11.5, weight="600") for i, each in enumerate(lines)
        ]
        if below:
            parts.append(text(8, y + 14 * len(lines), below, size=10, fill=QUIET))
        return group(
            [tag("title", ", ".join(filter(None, (label, below)))), *parts],
            {"data-lane": lane.name, "role": "img"},
        )

    def bar(self, bar: Bar) -> Html:
        rect, y = bar.rect, bar.rect.y + 12
        words = self.words.clocks.get(bar.clock, bar.clock)
        parts = [tag("title", words), path([(rect.x, y), (rect.right, y)], 2.5, LAW)]
        for is_end, x in ((bar.begins, rect.x), (bar.ends, rect.right)):
            if is_end:
                parts.append(path([(x, y - 5), (x, y + 5)], 2.5, LAW))
        wide = text_width(words, 10) + 8
        x = rect.x + 8 if wide + 24 < rect.width else rect.right + 4
        x = max(HEAD, min(x, self.places.width - wide))
        parts.append(rectangle(Rect(x=x, y=y - 7, width=wide, height=14), "#ffffff", "none"))
        parts.append(text(x + 4, y + 3.5, words, size=10, fill=LAW))
        return group(parts, {"data-clock": bar.clock, "role": "img"})

    def line(self, line: Line) -> Html:
        link = line.link
        is_taken = link.passes != 0
        source, target = (self.layout.boxes[i].step for i in (link.source, link.target))
        stroke = LINE if is_taken else NEVER
        width = line_width(link.passes) if is_taken else 1.0
        more = {} if is_taken else {"stroke-dasharray": "3 3"}
        if link.is_back:
            more = {"stroke-dasharray": "6 3"}
        ends = say("from “{one}” to “{other}”", one=source.label, other=target.label)
        parts = [tag("title", f"{ends}: {link.label}" if link.label else ends)]
        for points, has_target in zip(line.pieces, line.has_target, strict=True):
            parts.append(path(points, width, stroke, more))
            if has_target and (target.kind in BOXES or link.is_back):
                parts.append(arrow(points[-1], width, stroke))
            if not has_target:
                parts.append(arrow(points[-1], width, stroke))
        return group(
            parts,
            {
                "data-from": source.name,
                "data-to": target.name,
                "data-passes": f"{link.passes:.6g}",
            },
        )

    def label(self, line: Line) -> Html:
        """When a way is taken, above its line; where that is too short, its title says it."""
        x, y = line.pieces[0][-1]
        words = line.link.label
        is_straight = len(line.pieces[0]) == 2
        if is_straight and text_width(words, 9.5) > WIDE_GAP - 12:
            return Html("")
        return text(x - 12, y - 6, words, size=9.5, fill=QUIET, anchor="end", has_halo=True)

    def box(self, box: Box, rect: Rect) -> Html:
        step = box.step
        attributes = {
            "id": f"{self.prefix}-{box.index}",
            "data-step": step.name,
            "data-kind": str(step.kind),
            "role": "img",  # its title is what is read aloud
        }
        told = ": ".join(filter(None, (step.label, self.words.kinds[step.kind])))
        title = tag("title", self.words.titles.get(step.name, told))
        draw = self.step if step.kind in BOXES else self.mark
        return group([title, *draw(box, rect)], attributes)

    def step(self, box: Box, rect: Rect) -> Iterator[Html]:
        step = box.step
        hours = self.words.hours.get(step.name, math.nan)
        is_passed = box.passes != 0
        fill = colour(hours) if math.isfinite(hours) else "#ffffff"
        ink = ink_on(fill) if is_passed else QUIET
        radius = {Kind.APPLICANT: rect.height / 2, Kind.WORK: 4.0}.get(step.kind, 0.0)
        more = {} if is_passed else {"stroke-dasharray": "3 3"}
        if step.kind in HANDS:
            yield rectangle(rect, fill, INK if is_passed else NEVER, radius=radius, more=more)
        else:
            yield waiting(rect, fill, INK if is_passed else NEVER, more)
        note = self.words.notes.get(step.name, "")
        lines = wrapped(capital(step.label), rect.width - 18, 11, most=3)
        size, pitch = (11.0, 13.0) if len(lines) < 3 else (10.0, 11.5)
        top = rect.middle - pitch / 2 * (len(lines) - 1 + (1 if note else 0)) + 4
        middle = rect.x + rect.width / 2
        for i, words in enumerate(lines):
            yield text(middle, top + pitch * i, words, size=size, fill=ink, anchor="middle")
        if note:
            y = top + pitch * len(lines)
            yield text(middle, y, note, size=9.5, fill=ink, anchor="middle")

    def mark(self, box: Box, rect: Rect) -> Iterator[Html]:
        step = box.step
        yield from mark(step.kind, rect, f"+{step.days}" if step.days else "")
        if step.kind is Kind.CHOICE:
            lines = wrapped(step.label, _LABEL, 9.5, most=2)
            for i, words in enumerate(lines):
                y = rect.y - 5 - 11 * (len(lines) - 1 - i)
                yield text(rect.x - 19, y, words, size=9.5, fill=QUIET, has_halo=True)
