"""Writes the tables and pictures of an answer into a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from sim.errors import StoreError
from sim.experiment.columns import Columns, write_columns
from sim.experiment.folder import claim_folder
from sim.language import say, why_not
from sim.report.figures.canvas import encode

_FORMS: Final[tuple[Literal["png", "svg"], ...]] = ("png", "svg")


def write_answer(
    folder: Path,
    tables: Mapping[str, Columns],
    figures: Mapping[str, Callable[[], Any]],
    *,
    mark: str,
    replace: bool,
) -> None:
    """Write tables as CSV and figures as PNG and SVG.

    Parameters
    ----------
    tables
        By the name of the file.
    figures
        What draws each, by its name without the ending.
    mark, replace
        See :func:`sim.experiment.folder.claim_folder`.

    Raises
    ------
    StoreError
        The folder holds something else, or another answer, or cannot be written to.
    """
    claim_folder(folder, replace=replace, mark=mark)
    try:
        for name, columns in tables.items():
            write_columns(folder / name, columns)
        for stem, draw in figures.items():
            figure = draw()
            for form in _FORMS:
                (folder / f"{stem}.{form}").write_bytes(encode(figure, form))
    except OSError as error:
        raise StoreError(
            say("cannot write to {path}: {why}", path=folder, why=why_not(error))
        ) from None
