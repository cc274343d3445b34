"""Writes the tables and pictures of an answer into a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from sim.errors import StoreError
from sim.experiment.columns import Columns, write_columns
from sim.report.figures.canvas import encode
from sim.wording import some

_FORMS: Final[tuple[Literal["png", "svg"], ...]] = ("png", "svg")


def write_answer(
    folder: Path,
    tables: Mapping[str, Columns],
    figures: Mapping[str, Callable[[], Any]],
    *,
    replace: bool,
) -> None:
    """Write tables as CSV and figures as PNG and SVG.

    Parameters
    ----------
    tables
        By the name of the file.
    figures
        What draws each, by its name without the ending.
    replace
        Whether files of these names are replaced.

    Raises
    ------
    StoreError
        Files of these names are there already, or they cannot be written.
    """
    names = [*tables, *(f"{stem}.{form}" for stem in figures for form in _FORMS)]
    try:
        there = [name for name in names if (folder / name).exists()]
        if there and not replace:
            raise StoreError(
                f"{folder} has {some(there)} already. Give --out a new folder, or --replace."
            )
        folder.mkdir(parents=True, exist_ok=True)
        for name, columns in tables.items():
            write_columns(folder / name, columns)
        for stem, draw in figures.items():
            figure = draw()
            for form in _FORMS:
                (folder / f"{stem}.{form}").write_bytes(encode(figure, form))
    except (FileExistsError, NotADirectoryError):
        raise StoreError(f"{folder} is a file. Give --out a folder.") from None
    except OSError as error:
        raise StoreError(f"cannot write to {folder}: {error.strerror or error}") from None
