"""The files that show a study: a summary, figures, verdicts, and the report in one page."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from sim.answers.verdicts import FILE as VERDICTS
from sim.answers.verdicts import verdict_columns
from sim.experiment import store
from sim.experiment.columns import write_columns
from sim.experiment.results import Results
from sim.language import speaking
from sim.report.page import page
from sim.report.pictures import pictures
from sim.report.summary import summary

REPORT: Final = "report.html"
SUMMARY: Final = "summary.txt"


def report_in(language: str) -> str:
    """The name of a report in another language than that of the study."""
    return f"report.{language}.html"


def files_shown(results: Results, languages: Sequence[str] = ()) -> dict[str, store.Writer]:
    """The summary, figures, verdicts and the report, each with what writes it.

    ``languages`` are those in which there is a report beside that in the language in use.
    Without a value to show it is the summary alone.  A figure that cannot be drawn is left out,
    with a warning that names it and its reason.
    """
    # Texts are made here and not when they are written, for they are in the language in use.
    told = summary(results)
    files: dict[str, store.Writer] = {SUMMARY: lambda path: store.write_text(path, told)}
    if not len(results.measures):
        return files
    drawn = pictures(results)
    for fault in drawn.faults:
        warnings.warn(fault, stacklevel=2)
    files |= {name: partial(_write, content) for name, content in drawn.files.items()}
    if results.differences:
        files[VERDICTS] = lambda path: write_columns(path, verdict_columns(results))
    texts = {REPORT: page(results, drawn)}
    for each in languages:
        with speaking(each):
            texts[report_in(each)] = page(results, pictures(results))
    return files | {name: partial(_write_text, text) for name, text in texts.items()}


def _write_text(text: str, path: Path) -> None:
    store.write_text(path, text)


def _write(content: bytes, path: Path) -> None:
    store.write_bytes(path, content)
