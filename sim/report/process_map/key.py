"""The legend of all maps: what colours, widths and marks mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sim.language import say
from sim.report.html import Html
from sim.report.process_map.flow import Kind
from sim.report.process_map.geometry import Rect
from sim.report.process_map.marks import mark, waiting
from sim.report.process_map.scale import legend, line_width
from sim.report.process_map.shapes import INK, LINE, path, rectangle, text, whole
from sim.report.process_map.wrapping import text_width
from sim.report.words import number, percent

KEY_HEIGHT: Final = 92.0
"""Of the legend, in pixels."""


def key() -> Html:
    """What colours, widths and marks mean, as one SVG element."""
    return whole(*_colours(), *_widths(), *_marks(), height=KEY_HEIGHT, label=say("Legend"))


def _colours() -> Iterator[Html]:
    yield text(0, 14, say("Mean time that a case waits at a step"), size=11.5, weight="600")
    x = 0.0
    for fill, words in legend():
        yield rectangle(Rect(x=x, y=22, width=22, height=14), fill, LINE, radius=2)
        yield text(x + 28, 33, words, size=11)
        x += 46 + text_width(words, 11)


def _widths() -> Iterator[Html]:
    x = 730.0
    yield text(x, 14, say("Share of the cases that go there"), size=11.5, weight="600")
    for share in (0.05, 0.5, 1.0):
        yield path([(x, 29), (x + 34, 29)], line_width(share))
        yield text(x + 40, 33, percent(number(100 * share)), size=11)
        x += 92


def _marks() -> Iterator[Html]:
    yield text(0, 62, say("Who has the case, and what the marks are"), size=11.5, weight="600")
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
            yield waiting(rect, "#ffffff", INK, {})
        elif wide > 16:
            radius = 3.0 if kind is Kind.WORK else 8.0
            yield rectangle(rect, "#ffffff", INK, radius=radius)
        else:
            yield from mark(kind, rect, "")
        yield text(x + wide + 6, 82, words, size=11)
        x += wide + 26 + text_width(words, 11)
