"""The files that show a study: figures, and the report in one page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from sim.experiment import store
from sim.experiment.results import Results
from sim.report import figures
from sim.report.page import page
from sim.report.view import bundles

REPORT: Final = "report.html"


def files_shown(results: Results) -> dict[str, store.Writer]:
    """The figures and the report, each with what writes it; none without a value to show."""
    if not len(results.measures):
        return {}
    files: dict[str, store.Writer] = {}
    pictures: dict[str, dict[str, bytes]] = {}
    shown = bundles(results)
    for bundle in shown:
        pictures[bundle] = {}
        for name, figure in figures.draw(results, bundle).items():
            stem = name if len(shown) == 1 else f"{bundle}-{name}"
            pictures[bundle][name] = svg = figures.encode(figure, "svg")
            files[f"figures/{stem}.png"] = _drawn(partial(figures.encode, figure, "png"))
            files[f"figures/{stem}.svg"] = partial(_write, svg)
    return files | {REPORT: lambda path: store.write_text(path, page(results, pictures))}


def _write(content: bytes, path: Path) -> None:
    store.write_bytes(path, content)


def _drawn(encode: Callable[[], bytes]) -> store.Writer:
    return lambda path: store.write_bytes(path, encode())
