"""Reads a CSV file that a scenario names into rows that know their lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sim.scenario.faults import Faults
from sim.scenario.text.tree import Path

MOST_TOLD: Final = 20
"""Faults told of one file; what is wrong in a column is wrong in all its lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A table of texts; ``lines`` are the line numbers of its rows in ``file``, from 1."""

    file: str
    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        for line, cells in zip(self.lines, self.cells, strict=True):
            yield line, dict(zip(self.columns, cells, strict=True))


def read_rows(name: str, path: Path, needs: Sequence[str], faults: Faults) -> Rows | None:
    """Read the CSV file that the value at a path names: UTF-8, commas, one line of headers.

    Parameters
    ----------
    needs
        Columns without which the file is of no use.

    Returns
    -------
    Rows | None
        None after a fault, which is noted.
    """
    file = faults.folder_of(path) / name
    try:
        text = faults.text_of(file).removeprefix("\ufeff")
    except UnicodeDecodeError:
        faults.add(path, f"'{name}' is not UTF-8", "Save it as CSV in UTF-8.")
        return None
    except OSError:
        faults.add(path, f"cannot read '{name}'", "Paths are relative to the file that names them.")
        return None
    reader = csv.reader(io.StringIO(text, newline=None))
    try:
        table = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        faults.in_file(path, str(file), reader.line_num, f"'{name}' is no CSV: {error}")
        return None
    columns = tuple(cell.strip() for cell in table[0][1]) if table else ()
    missing = [column for column in needs if column not in columns]
    doubled = sorted({column for column in columns if columns.count(column) > 1})
    if missing:
        found = ", ".join(columns) or "nothing"
        faults.in_file(
            path,
            str(file),
            1,
            f"'{name}' lacks the column {' and '.join(missing)}; found {found}",
            "The first line names the columns, parted by commas.",
        )
        return None
    if doubled:
        faults.in_file(path, str(file), 1, f"'{name}' has the column '{doubled[0]}' twice")
        return None
    uneven = [(line, row) for line, row in table[1:] if len(row) != len(columns)]
    for line, row in uneven[:MOST_TOLD]:
        faults.in_file(
            path,
            str(file),
            line,
            f"{len(row)} cells under {len(columns)} columns",
            "Put cells that hold a comma into quotes.",
        )
    even = [(line, row) for line, row in table[1:] if len(row) == len(columns)]
    return Rows(
        file=str(file),
        columns=columns,
        cells=tuple(tuple(cell.strip() for cell in row) for _, row in even),
        lines=tuple(line for line, _ in even),
    )
