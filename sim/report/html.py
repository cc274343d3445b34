"""Builds HTML in which text can never become markup: what is not :class:`Html` is escaped."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Final, TypeAlias

from sim.language import language
from sim.wording import visible

_VOID: Final = frozenset({"br", "img", "input", "link", "meta"})
_POLICY: Final = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'"
)
"""What a browser lets a page do: show its own style and pictures, and nothing else."""


Rows: TypeAlias = list[tuple[str, ...] | str]
"""Rows of a table; a single text heads the rows that follow."""


class Html(str):
    """Text that is markup already; only this module makes it from plain text."""

    __slots__ = ()


def text(words: str) -> Html:
    """Words as markup: what it is made of is escaped unless it is markup already.

    What would turn the direction of the text, or is no character of a page, is written out.
    """
    return words if isinstance(words, Html) else Html(escape(visible(words)))


def join(parts: Iterable[str]) -> Html:
    """Parts one after the other."""
    return Html("".join(text(part) for part in parts))


def tag(name: str, *parts: str, attributes: Mapping[str, str] | None = None) -> Html:
    """An element with its parts inside; attributes are escaped too."""
    inside = "".join(f' {key}="{text(value)}"' for key, value in (attributes or {}).items())
    if name in _VOID:
        return Html(f"<{name}{inside}>")
    return Html(f"<{name}{inside}>{join(parts)}</{name}>")


def paragraphs(sentences: Iterable[str]) -> Html:
    """A paragraph for each sentence."""
    return join(tag("p", sentence) for sentence in sentences)


def table(
    head: Sequence[str],
    body: Iterable[Sequence[str] | str],
    *,
    caption: str = "",
    kind: str = "",
    numbers_from: int = 1,
) -> Html:
    """A table in a box that scrolls where the screen is narrow.

    Parameters
    ----------
    head
        The headings of the columns.
    body
        A row each; a single text heads the rows that follow.
    kind
        Its class.
    numbers_from
        The first column of numbers; they stand to the right.
    """

    def row(cells: Sequence[str] | str) -> Html:
        if isinstance(cells, str):
            spread = {"colspan": str(len(head)), "scope": "rowgroup", "class": "group"}
            return tag("tr", tag("th", tag("span", cells), attributes=spread))
        return tag("tr", *(cell("td", i, words) for i, words in enumerate(cells)))

    def cell(name: str, i: int, words: str) -> Html:
        attributes = {"class": "number"} if i >= numbers_from else {}
        return tag(name, words, attributes=attributes | ({"scope": "col"} if name == "th" else {}))

    inner = tag(
        "table",
        tag("thead", tag("tr", *(cell("th", i, words) for i, words in enumerate(head)))),
        tag("tbody", *(row(cells) for cells in body)),
        attributes={"class": kind} if kind else None,
    )
    # Above the box, where it is whole however far the table is scrolled.
    above = [tag("p", caption, attributes={"class": "caption"})] if caption else []
    return join((*above, tag("div", inner, attributes={"class": "scroll"})))


def section(heading: str, *parts: str, anchor: str) -> Html:
    """A section with its heading, which the contents point at."""
    return tag("section", tag("h2", heading), *parts, attributes={"id": anchor})


def folded(heading: str, *parts: str, is_open: bool) -> Html:
    """A part that a reader opens and closes; in print it is open."""
    attributes = {"open": "open"} if is_open else None
    return tag("details", tag("summary", heading), *parts, attributes=attributes)


def image(svg: bytes, alt: str) -> Html:
    """A picture inside the page, with what it shows in words."""
    source = f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
    return tag("figure", tag("img", attributes={"src": source, "alt": alt}))


def document(heading: str, *body: str) -> str:
    """A page that opens without a network: style and pictures are inside."""
    style = Html(files("sim.report").joinpath("page.css").read_text(encoding="utf-8"))
    head = tag(
        "head",
        tag("meta", attributes={"charset": "utf-8"}),
        tag("meta", attributes={"http-equiv": "Content-Security-Policy", "content": _POLICY}),
        tag(
            "meta",
            attributes={"name": "viewport", "content": "width=device-width, initial-scale=1"},
        ),
        tag("meta", attributes={"name": "color-scheme", "content": "light dark"}),
        tag("title", heading),
        tag("style", style),
    )
    shown = tag("html", head, tag("body", *body), attributes={"lang": language()})
    return f"<!doctype html>\n{shown}\n"
