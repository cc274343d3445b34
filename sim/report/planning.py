"""Writes an answer to a planner's question into one HTML file, with its picture inside."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

from sim.experiment.folder import write_file
from sim.language import language
from sim.report.html import Html, tag


def as_picture(svg: bytes) -> Html:
    """A figure of ours as a part of a page."""
    words = svg.decode()
    return tag("figure", Html(words[words.index("<svg") :]))


def write_page(
    path: str | os.PathLike[str], title: str, section: Html, *, replace: bool = False
) -> None:
    """Write the section of an answer as a page of its own; style and picture are inside.

    Raises
    ------
    StoreError
        It cannot be written; or there is one, and ``replace`` does not say that it may go.
    """
    style = Html(files("sim.report").joinpath("page.css").read_text(encoding="utf-8"))
    head = tag(
        "head",
        tag("meta", attributes={"charset": "utf-8"}),
        tag("title", title),
        tag("style", style),
    )
    body = tag("body", tag("h1", title), tag("main", section))
    page = f"<!doctype html>\n{tag('html', head, body, attributes={'lang': language()})}\n"
    write_file(Path(path), page.encode(), replace=replace)
