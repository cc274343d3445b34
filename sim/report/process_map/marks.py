"""The marks of a map: what is no box, such as the beginning of a legal clock or a choice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.report.html import Html
from sim.report.process_map.flow import Kind
from sim.report.process_map.geometry import Rect
from sim.report.process_map.shapes import INK, LAW, LINE, circle, path, rectangle, text


def mark(kind: Kind, rect: Rect, sign: str) -> Iterator[Html]:
    """The mark of a step that is no box; ``sign`` stands in it, where it has one."""
    x, y, r = rect.x + rect.width / 2, rect.middle, rect.width / 2
    match kind:
        case Kind.CHOICE:
            points = [(x, y - r), (x + r, y), (x, y + r), (x - r, y), (x, y - r)]
            yield path(points, 1.2, INK, {"fill": "#ffffff"}, radius=0)
        case Kind.FORK | Kind.JOIN:
            yield rectangle(Rect(x=x - 3, y=y - 1.4 * r, width=6, height=2.8 * r), INK, "none")
        case Kind.OPEN:
            yield circle(x, y, 7, LAW, LAW)
        case Kind.CLOSE:
            yield circle(x, y, 7, "#ffffff", LAW)
            yield circle(x, y, 3.5, LAW, "none")
        case Kind.EXTEND | Kind.STOP | Kind.RESUME:
            yield circle(x, y, 10, "#ffffff", LAW)
            signs = {Kind.EXTEND: sign, Kind.STOP: "‖", Kind.RESUME: "▸"}
            yield text(x, y + 3.5, signs[kind], size=9.5, fill=LAW, anchor="middle")
        case Kind.RETURN:
            yield circle(x, y, 9, "#ffffff", LINE)
            yield text(x, y + 4.5, "↩", size=12, anchor="middle")
        case Kind.PAYMENT:
            yield circle(x, y, 10, "#ffffff", INK)
            yield text(x, y + 3.5, "₫", size=10, anchor="middle")
        case _:
            yield circle(x, y, 9, "#ffffff", INK)
            yield circle(x, y, 5, INK, "none")


def waiting(rect: Rect, fill: str, stroke: str, more: Mapping[str, str]) -> Html:
    """A box with its corners cut: time passes, and nobody works."""
    cut = 9
    x, y, right, bottom = rect.x, rect.y, rect.right, rect.y + rect.height
    points = [
        (x + cut, y), (right - cut, y), (right, rect.middle), (right - cut, bottom),
        (x + cut, bottom), (x, rect.middle), (x + cut, y),
    ]  # fmt: skip
    return path(points, 1, stroke, {"fill": fill, **more}, radius=0)
