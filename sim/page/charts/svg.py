"""Elements of SVG, and scales from values to places."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sim.report.html import Html, tag

BEFORE: Final = "#6b7681"
AFTER: Final = "#0b5cad"
LIMIT: Final = "#b3121d"
INK: Final = "#1f2328"
QUIET: Final = "#59636e"
GRID: Final = "#e3e7eb"
FONT: Final = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"
SIZE: Final = 12
"""Of letters; a letter is taken to be 0.56 of it wide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Places along an axis: ``low`` of the values is at ``start``, ``high`` at ``end``."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The place of a value."""
        span = self.high - self.low or 1.0
        return self.start + (self.end - self.start) * (value - self.low) / span


def picture(width: float, height: float, parts: Iterable[str], *, title: str) -> Html:
    """A picture that fills the width of what it is in; ``title`` is read out in its place."""
    return tag(
        "svg",
        tag("title", title),
        tag("rect", attributes={"width": _n(width), "height": _n(height), "fill": "#ffffff"}),
        *parts,
        attributes={
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {_n(width)} {_n(height)}",
            "role": "img",
            "font-family": FONT,
            "font-size": _n(SIZE),
            "fill": INK,
        },
    )


def label(
    words: str, x: float, y: float, *, anchor: str = "start", fill: str = INK, bold: bool = False
) -> Html:
    """Words at a place: its start, middle or end."""
    attributes = {"x": _n(x), "y": _n(y), "text-anchor": anchor, "fill": fill}
    if bold:
        attributes["font-weight"] = "600"
    return tag("text", words, attributes=attributes)


def line(
    ends: tuple[float, float, float, float], stroke: str, *, width: float = 1, dash: str = ""
) -> Html:
    """A straight line from (x, y) to (x, y)."""
    x1, y1, x2, y2 = map(_n, ends)
    attributes = {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "stroke": stroke}
    attributes["stroke-width"] = _n(width)
    if dash:
        attributes["stroke-dasharray"] = dash
    return tag("line", attributes=attributes)


def box(x: float, y: float, width: float, height: float, fill: str, *, hint: str = "") -> Html:
    """A filled rectangle, with words that a pointer over it brings up."""
    attributes = {
        "x": _n(x),
        "y": _n(y),
        "width": _n(max(width, 0)),
        "height": _n(max(height, 0)),
        "fill": fill,
    }
    return tag("rect", *([tag("title", hint)] if hint else []), attributes=attributes)


def dot(x: float, y: float, fill: str, *, radius: float = 4, hint: str = "") -> Html:
    """A filled circle."""
    attributes = {"cx": _n(x), "cy": _n(y), "r": _n(radius), "fill": fill}
    return tag("circle", *([tag("title", hint)] if hint else []), attributes=attributes)


def path(points: Sequence[tuple[float, float]], stroke: str, *, width: float = 1.6) -> Html:
    """A line through points."""
    attributes = {"points": _points(points), "fill": "none", "stroke": stroke}
    return tag("polyline", attributes={**attributes, "stroke-width": _n(width)})


def area(points: Sequence[tuple[float, float]], fill: str, *, opacity: float = 0.18) -> Html:
    """A filled area within points."""
    attributes = {"points": _points(points), "fill": fill, "fill-opacity": _n(opacity)}
    return tag("polygon", attributes=attributes)


def steps(high: float, n: int = 4) -> list[float]:
    """Round values from 0 to ``high``, about ``n`` of them."""
    if high <= 0 or not math.isfinite(high):
        return [0.0, 1.0]
    rough = high / n
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m for m in (1, 2, 2.5, 5, 10) if m * power >= rough * (1 - 1e-9)) * power
    return [i * step for i in range(math.ceil(high / step - 1e-9) + 1)]


def wide(words: str) -> float:
    """How wide words are, about."""
    return 0.56 * SIZE * len(words)


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in points)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
