"""Reads our pages in tests: what they link to, their words, and whether they are well formed."""

from __future__ import annotations

from html.parser import HTMLParser

_VOID = {"meta", "img"}


class Reader(HTMLParser):
    """Reads a page into what it links to, its words, and whether its elements are closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.anchors: list[str] = []
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.unclosed: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name in ("src", "href", "srcset", "data", "action"):
                self.links.append(value or "")
            if name == "id":
                self.anchors.append(value or "")
            if name.startswith("on"):
                self.faults.append(name)
        if tag not in _VOID:
            self.unclosed.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.unclosed or self.unclosed.pop() != tag:
            self.faults.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader
