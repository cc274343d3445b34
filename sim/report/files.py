"""The files that show a study: figures, and the report in one page."""

from __future__ import annotations

import warnings
from functools import partial
from pathlib import Path
from typing import Final

from sim.experiment import store
from sim.experiment.results import Results
from sim.report.page import page
from sim.report.pictures import pictures

REPORT: Final = "report.html"


def files_shown(results: Results) -> dict[str, store.Writer]:
    """The figures and the report, each with what writes it; none without a value to show.

    A figure that cannot be drawn is left out, with a warning that names it and its reason.
    """
    if not len(results.measures):
        return {}
    drawn = pictures(results)
    for fault in drawn.faults:
        warnings.warn(fault, stacklevel=2)
    files: dict[str, store.Writer] = {
        name: partial(_write, content) for name, content in drawn.files.items()
    }
    # Made here and not when it is written, for it is made in the language in use.
    text = page(results, drawn)
    return files | {REPORT: lambda path: store.write_text(path, text)}


def _write(content: bytes, path: Path) -> None:
    store.write_bytes(path, content)
