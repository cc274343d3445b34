"""Draws a map as SVG: presentation attributes only, every text escaped, a title on each element."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sim.language import say
from sim.report.html import Html, tag
from sim.report.process_map.bands import WIDE_GAP
from sim.report.process_map.flow import BOXES, HANDS, Kind
from sim.report.process_map.geometry import (
    HEAD,
    Bar,
    Geometry,
    Lane,
    Line,
    Point,
    Rect,
    geometry,
)
from sim.report.process_map.layout import Box, Layout
from sim.report.process_map.scale import colour, ink_on, legend, line_width
from sim.report.process_map.wrapping import text_width, wrapped
from sim.report.words import capital, number, percent

INK: Final = "#1f2328"
QUIET: Final = "#59636e"
_LINE: Final = "#7d8b99"
_NEVER: Final = "#b9c2cb"
_LAW: Final = "#7a4a9e"
_SHADES: Final = ("#f5f7f9", "#ffffff")
_FONT: Final = "'Noto Sans', 'DejaVu Sans', 'Segoe UI', Roboto, sans-serif"
_RADIUS: Final = 6
_LABEL: Final = 88
"""Room for what a choice is called, between the boxes beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a map says.

    By name of the lane its label and what stands below it; by name of the clock what its limit is;
    by name of the step what stands in its box below the label, its title, and its wait in hours.
    """

    lanes: Mapping[str, tuple[str, str]]
    clocks: Mapping[str, str]
    notes: Mapping[str, str]
    titles: Mapping[str, str]
    hours: Mapping[str, float]


def drawn(layout: Layout, words: Words, *, title: str, prefix: str, width: float = 1080) -> Html:
    """The map of a flow as one SVG element; ids begin with ``prefix``."""
    places = geometry(layout, width)
    drawing = _Drawing(layout, places, words, prefix)
    return _svg(
        tag("title", title),
        *drawing.all(),
        width=width,
        height=places.height + 2,
        identity=prefix,
        label=title,
    )


def key(width: float = 1080) -> Html:
    """What colours, widths and marks mean, as one SVG element."""
    return _svg(
        *_colours(), *_widths(), *_marks(), width=width, height=92, identity="", label=say("Legend")
    )


def _colours() -> Iterator[Html]:
    yield _text(0, 14, say("Mean time that a case waits at a step"), size=11.5, weight="600")
    x = 0.0
    for fill, words in legend():
        yield _rect(Rect(x=x, y=22, width=22, height=14), fill, _LINE, radius=2)
        yield _text(x + 28, 33, words, size=11)
        x += 46 + text_width(words, 11)


def _widths() -> Iterator[Html]:
    x = 730.0
    yield _text(x, 14, say("Share of the cases that go there"), size=11.5, weight="600")
    for share in (0.05, 0.5, 1.0):
        yield _path([(x, 29), (x + 34, 29)], line_width(share))
        yield _text(x + 40, 33, percent(number(100 * share)), size=11)
        x += 92


def _marks() -> Iterator[Html]:
    yield _text(0, 62, say("Who has the case, and what the marks are"), size=11.5, weight="600")
    x = 0.0
    kinds = (
        (Kind.WORK, 30.0, say("staff work on it")),
        (Kind.APPLICANT, 30.0, say("the applicant has it")),
        (Kind.DELAY, 30.0, say("time passes, nobody works")),
        (Kind.OPEN, 16.0, say("receipt: a legal limit begins")),
        (Kind.CLOSE, 16.0, say("result: it ends")),
        (Kind.CHOICE, 16.0, say("one of several ways")),
        (Kind.FORK, 16.0, say("side by side")),
    )
    for kind, wide, words in kinds:
        rect = Rect(x=x, y=70, width=wide, height=16)
        if kind is Kind.DELAY:
            yield _waiting(rect, "#ffffff", INK, {})
        elif wide > 16:
            radius = 3.0 if kind is Kind.WORK else 8.0
            yield _rect(rect, "#ffffff", INK, radius=radius)
        else:
            yield from _mark(kind, rect, "")
        yield _text(x + wide + 6, 82, words, size=11)
        x += wide + 26 + text_width(words, 11)


def _svg(*parts: str, width: float, height: float, identity: str, label: str) -> Html:
    attributes = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"0 0 {_n(width)} {_n(height)}",
        "width": _n(width),
        "height": _n(height),
        "role": "img",
        "aria-label": label,
        "font-family": _FONT,
        "fill": INK,
    }
    if identity:
        attributes |= {"id": identity}
    return tag("svg", *parts, attributes=attributes)


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
        parts = [_rect(rect, shade, "none")]
        parts += [
            _text(8, y + 14 * i, each, size=11.5, weight="600") for i, each in enumerate(lines)
        ]
        if below:
            parts.append(_text(8, y + 14 * len(lines), below, size=10, fill=QUIET))
        return _group(
            [tag("title", ", ".join(filter(None, (label, below)))), *parts],
            {"data-lane": lane.name},
        )

    def bar(self, bar: Bar) -> Html:
        rect, y = bar.rect, bar.rect.y + 12
        words = self.words.clocks.get(bar.clock, bar.clock)
        parts = [tag("title", words), _path([(rect.x, y), (rect.right, y)], 2.5, _LAW)]
        for is_end, x in ((bar.begins, rect.x), (bar.ends, rect.right)):
            if is_end:
                parts.append(_path([(x, y - 5), (x, y + 5)], 2.5, _LAW))
        wide = text_width(words, 10) + 8
        x = rect.x + 8 if wide + 24 < rect.width else rect.right + 4
        x = max(HEAD, min(x, self.places.width - wide))
        parts.append(_rect(Rect(x=x, y=y - 7, width=wide, height=14), "#ffffff", "none"))
        parts.append(_text(x + 4, y + 3.5, words, size=10, fill=_LAW))
        return _group(parts, {"data-clock": bar.clock})

    def line(self, line: Line) -> Html:
        link = line.link
        is_taken = link.passes != 0
        source, target = (self.layout.boxes[i].step for i in (link.source, link.target))
        stroke = _LINE if is_taken else _NEVER
        width = line_width(link.passes) if is_taken else 1.0
        more = {} if is_taken else {"stroke-dasharray": "3 3"}
        if link.is_back:
            more = {"stroke-dasharray": "6 3"}
        ends = say("from “{one}” to “{other}”", one=source.label, other=target.label)
        parts = [tag("title", f"{ends}: {link.label}" if link.label else ends)]
        for points, has_target in zip(line.pieces, line.has_target, strict=True):
            parts.append(_path(points, width, stroke, more))
            if has_target and (target.kind in BOXES or link.is_back):
                parts.append(_arrow(points[-1], width, stroke))
            if not has_target:
                parts.append(_arrow(points[-1], width, stroke))
        return _group(
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
        return _text(x - 12, y - 6, words, size=9.5, fill=QUIET, anchor="end", has_halo=True)

    def box(self, box: Box, rect: Rect) -> Html:
        step = box.step
        attributes = {
            "id": f"{self.prefix}-{box.index}",
            "data-step": step.name,
            "data-kind": str(step.kind),
        }
        title = tag("title", self.words.titles.get(step.name, step.label))
        draw = self.step if step.kind in BOXES else self.mark
        return _group([title, *draw(box, rect)], attributes)

    def step(self, box: Box, rect: Rect) -> Iterator[Html]:
        step = box.step
        hours = self.words.hours.get(step.name, math.nan)
        is_passed = box.passes != 0
        fill = colour(hours) if math.isfinite(hours) else "#ffffff"
        ink = ink_on(fill) if is_passed else QUIET
        radius = {Kind.APPLICANT: rect.height / 2, Kind.WORK: 4.0}.get(step.kind, 0.0)
        more = {} if is_passed else {"stroke-dasharray": "3 3"}
        if step.kind in HANDS:
            yield _rect(rect, fill, INK if is_passed else _NEVER, radius=radius, more=more)
        else:
            yield _waiting(rect, fill, INK if is_passed else _NEVER, more)
        note = self.words.notes.get(step.name, "")
        lines = wrapped(capital(step.label), rect.width - 18, 11, most=3)
        size, pitch = (11.0, 13.0) if len(lines) < 3 else (10.0, 11.5)
        top = rect.middle - pitch / 2 * (len(lines) - 1 + (1 if note else 0)) + 4
        middle = rect.x + rect.width / 2
        for i, words in enumerate(lines):
            yield _text(middle, top + pitch * i, words, size=size, fill=ink, anchor="middle")
        if note:
            y = top + pitch * len(lines)
            yield _text(middle, y, note, size=9.5, fill=ink, anchor="middle")

    def mark(self, box: Box, rect: Rect) -> Iterator[Html]:
        step = box.step
        yield from _mark(step.kind, rect, f"+{step.days}" if step.days else "")
        if step.kind is Kind.CHOICE:
            lines = wrapped(step.label, _LABEL, 9.5, most=2)
            for i, words in enumerate(lines):
                y = rect.y - 5 - 11 * (len(lines) - 1 - i)
                yield _text(rect.x - 19, y, words, size=9.5, fill=QUIET, has_halo=True)


def _mark(kind: Kind, rect: Rect, sign: str) -> Iterator[Html]:
    x, y, r = rect.x + rect.width / 2, rect.middle, rect.width / 2
    match kind:
        case Kind.CHOICE:
            points = [(x, y - r), (x + r, y), (x, y + r), (x - r, y), (x, y - r)]
            yield _path(points, 1.2, INK, {"fill": "#ffffff"}, radius=0)
        case Kind.FORK | Kind.JOIN:
            yield _rect(Rect(x=x - 3, y=y - 1.4 * r, width=6, height=2.8 * r), INK, "none")
        case Kind.OPEN:
            yield _circle(x, y, 7, _LAW, _LAW)
        case Kind.CLOSE:
            yield _circle(x, y, 7, "#ffffff", _LAW)
            yield _circle(x, y, 3.5, _LAW, "none")
        case Kind.EXTEND | Kind.STOP | Kind.RESUME:
            yield _circle(x, y, 10, "#ffffff", _LAW)
            signs = {Kind.EXTEND: sign, Kind.STOP: "‖", Kind.RESUME: "▸"}
            yield _text(x, y + 3.5, signs[kind], size=9.5, fill=_LAW, anchor="middle")
        case Kind.RETURN:
            yield _circle(x, y, 9, "#ffffff", _LINE)
            yield _text(x, y + 4.5, "↩", size=12, anchor="middle")
        case Kind.PAYMENT:
            yield _circle(x, y, 10, "#ffffff", INK)
            yield _text(x, y + 3.5, "₫", size=10, anchor="middle")
        case _:
            yield _circle(x, y, 9, "#ffffff", INK)
            yield _circle(x, y, 5, INK, "none")


def _waiting(rect: Rect, fill: str, stroke: str, more: Mapping[str, str]) -> Html:
    """A box with its corners cut: time passes, and nobody works."""
    cut = 9
    x, y, right, bottom = rect.x, rect.y, rect.right, rect.y + rect.height
    points = [
        (x + cut, y), (right - cut, y), (right, rect.middle), (right - cut, bottom),
        (x + cut, bottom), (x, rect.middle), (x + cut, y),
    ]  # fmt: skip
    return _path(points, 1, stroke, {"fill": fill, **more}, radius=0)


def _group(parts: Sequence[str], attributes: Mapping[str, str]) -> Html:
    return tag("g", *parts, attributes=attributes)


def _rect(
    rect: Rect, fill: str, stroke: str, radius: float = 0, more: Mapping[str, str] | None = None
) -> Html:
    attributes = {
        "x": _n(rect.x), "y": _n(rect.y), "width": _n(rect.width), "height": _n(rect.height),
        "fill": fill,
    }  # fmt: skip
    if radius:
        attributes |= {"rx": _n(radius)}
    if stroke != "none":
        attributes |= {"stroke": stroke}
    return tag("rect", attributes=attributes | dict(more or {}))


def _circle(x: float, y: float, r: float, fill: str, stroke: str) -> Html:
    attributes = {"cx": _n(x), "cy": _n(y), "r": _n(r), "fill": fill, "stroke": stroke}
    return tag("circle", attributes=attributes)


def _text(
    x: float, y: float, words: str, *, size: float, fill: str = INK, anchor: str = "start",
    weight: str = "", has_halo: bool = False,
) -> Html:  # fmt: skip
    attributes = {"x": _n(x), "y": _n(y), "font-size": _n(size), "fill": fill}
    if anchor != "start":
        attributes |= {"text-anchor": anchor}
    if weight:
        attributes |= {"font-weight": weight}
    if has_halo:
        attributes |= {"stroke": "#ffffff", "stroke-width": "3", "paint-order": "stroke"}
    return tag("text", words, attributes=attributes)


def _path(
    points: Sequence[Point],
    width: float,
    stroke: str = _LINE,
    more: Mapping[str, str] | None = None,
    radius: float = _RADIUS,
) -> Html:
    attributes = {
        "d": _rounded(points, radius), "fill": "none", "stroke": stroke,
        "stroke-width": _n(width), **(more or {}),
    }  # fmt: skip
    return tag("path", attributes=attributes)


def _rounded(points: Sequence[Point], radius: float) -> str:
    """A line along points whose corners are rounded."""
    parts = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for i, (x, y) in enumerate(points[1:-1], 1):
        before, after = points[i - 1], points[i + 1]
        r = min(radius, math.dist(before, (x, y)) / 2, math.dist((x, y), after) / 2)
        if r <= 0:
            parts.append(f"L{_n(x)} {_n(y)}")
            continue
        a, b = _towards((x, y), before, r), _towards((x, y), after, r)
        parts.append(f"L{_n(a[0])} {_n(a[1])}Q{_n(x)} {_n(y)} {_n(b[0])} {_n(b[1])}")
    parts.append(f"L{_n(points[-1][0])} {_n(points[-1][1])}")
    return "".join(parts)


def _towards(at: Point, to: Point, length: float) -> Point:
    whole = math.dist(at, to)
    return (at[0] + (to[0] - at[0]) * length / whole, at[1] + (to[1] - at[1]) * length / whole)


def _arrow(at: Point, width: float, fill: str) -> Html:
    half = 3.2 + width / 2
    x, y = at
    points = f"{_n(x)},{_n(y)} {_n(x - 8)},{_n(y - half)} {_n(x - 8)},{_n(y + half)}"
    return tag("polygon", attributes={"points": points, "fill": fill})


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
