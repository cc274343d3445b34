"""The files that show a study: figures, verdicts, and the report in one page."""

from __future__ import annotations

import warnings
from functools import partial
from pathlib import Path
from typing import Final

from sim.answers.verdicts import FILE as VERDICTS
from sim.answers.verdicts import verdict_columns
from sim.experiment import store
from sim.experiment.columns import write_columns
from sim.experiment.results import Results
from sim.report.page import page
from sim.report.pictures import pictures

REPORT: Final = "report.html"


def files_shown(results: Results) -> dict[str, store.Writer]:
    """Figures, verdicts and the report, each with what writes it; none without a value to show.

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
    if results.differences:
        files[VERDICTS] = lambda path: write_columns(path, verdict_columns(results))
    return files | {REPORT: lambda path: store.write_text(path, page(results, drawn))}


def _write(content: bytes, path: Path) -> None:
    store.write_bytes(path, content)
