"""The shapes of which maps are made, as SVG with presentation attributes only, all text escaped."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from sim.report.html import Html, tag
from sim.report.process_map.geometry import Point, Rect

WIDTH: Final = 1080.0
"""Of all maps, in pixels."""

INK: Final = "#1f2328"
QUIET: Final = "#59636e"
LINE: Final = "#7d8b99"
NEVER: Final = "#b9c2cb"
"""Of what no case passes."""
LAW: Final = "#7a4a9e"
"""Of legal clocks."""

_FONT: Final = "'Noto Sans', 'DejaVu Sans', 'Segoe UI', Roboto, sans-serif"
_RADIUS: Final = 6


def whole(
    *parts: str,
    height: float,
    label: str,
    margin: float = 0,
    more: Mapping[str, str] | None = None,
) -> Html:
    """A whole picture with its name for who does not see it."""
    wide, high = WIDTH + 2 * margin, height + 2 * margin
    attributes = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"{digits(-margin)} {digits(-margin)} {digits(wide)} {digits(high)}",
        "width": digits(wide),
        "height": digits(high),
        "role": "img",
        "aria-label": label,
        "font-family": _FONT,
        "fill": INK,
    }
    return tag("svg", *parts, attributes=attributes | dict(more or {}))


def group(parts: Sequence[str], attributes: Mapping[str, str]) -> Html:
    """Shapes that belong together."""
    return tag("g", *parts, attributes=attributes)


def rectangle(
    rect: Rect, fill: str, stroke: str, radius: float = 0, more: Mapping[str, str] | None = None
) -> Html:
    """A rectangle, its corners rounded by a radius."""
    attributes = {
        "x": digits(rect.x),
        "y": digits(rect.y),
        "width": digits(rect.width),
        "height": digits(rect.height),
        "fill": fill,
    }
    if radius:
        attributes |= {"rx": digits(radius)}
    if stroke != "none":
        attributes |= {"stroke": stroke}
    return tag("rect", attributes=attributes | dict(more or {}))


def circle(x: float, y: float, r: float, fill: str, stroke: str) -> Html:
    """A circle around a point."""
    attributes = {"cx": digits(x), "cy": digits(y), "r": digits(r), "fill": fill, "stroke": stroke}
    return tag("circle", attributes=attributes)


def text(
    x: float, y: float, words: str, *, size: float, fill: str = INK, anchor: str = "start",
    weight: str = "", has_halo: bool = False,
) -> Html:  # fmt: skip
    """Words at a point, on a white ground where lines run behind them."""
    attributes = {"x": digits(x), "y": digits(y), "font-size": digits(size), "fill": fill}
    if anchor != "start":
        attributes |= {"text-anchor": anchor}
    if weight:
        attributes |= {"font-weight": weight}
    if has_halo:
        attributes |= {"stroke": "#ffffff", "stroke-width": "3", "paint-order": "stroke"}
    return tag("text", words, attributes=attributes)


def path(
    points: Sequence[Point],
    width: float,
    stroke: str = LINE,
    more: Mapping[str, str] | None = None,
    radius: float = _RADIUS,
) -> Html:
    """A line along points, its corners rounded."""
    attributes = {
        "d": _rounded(points, radius), "fill": "none", "stroke": stroke,
        "stroke-width": digits(width), **(more or {}),
    }  # fmt: skip
    return tag("path", attributes=attributes)


def _rounded(points: Sequence[Point], radius: float) -> str:
    """A line along points whose corners are rounded."""
    parts = [f"M{digits(points[0][0])} {digits(points[0][1])}"]
    for i, (x, y) in enumerate(points[1:-1], 1):
        before, after = points[i - 1], points[i + 1]
        r = min(radius, math.dist(before, (x, y)) / 2, math.dist((x, y), after) / 2)
        if r <= 0:
            parts.append(f"L{digits(x)} {digits(y)}")
            continue
        a, b = _towards((x, y), before, r), _towards((x, y), after, r)
        parts.append(
            f"L{digits(a[0])} {digits(a[1])}Q{digits(x)} {digits(y)} {digits(b[0])} {digits(b[1])}"
        )
    parts.append(f"L{digits(points[-1][0])} {digits(points[-1][1])}")
    return "".join(parts)


def _towards(at: Point, to: Point, length: float) -> Point:
    whole = math.dist(at, to)
    return (at[0] + (to[0] - at[0]) * length / whole, at[1] + (to[1] - at[1]) * length / whole)


def arrow(at: Point, width: float, fill: str) -> Html:
    """The head of an arrow of a width that points to the right."""
    half = 3.2 + width / 2
    corners = ((at[0], at[1]), (at[0] - 8, at[1] - half), (at[0] - 8, at[1] + half))
    points = " ".join(f"{digits(x)},{digits(y)}" for x, y in corners)
    return tag("polygon", attributes={"points": points, "fill": fill})


def digits(value: float) -> str:
    """A number of pixels, with as many decimals as it needs."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
