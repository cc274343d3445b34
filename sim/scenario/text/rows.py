"""Reads the bytes of a CSV file into rows that know their lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    """What is wrong in a line of a file; a line of 0 stands for the file as a whole."""

    line: int
    message: str
    way_out: str = ""


def rows_of(
    data: bytes, *, file: str, name: str, needs: Sequence[str]
) -> tuple[Rows | None, list[RowFault]]:
    """The rows of a CSV file: UTF-8, commas, one line of headers.

    Parameters
    ----------
    file, name
        Its path, and what messages call it.
    needs
        Columns without which the file is of no use.

    Returns
    -------
    tuple[Rows | None, list[RowFault]]
        The rows that can be read, None where there are none to be had; and every fault.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        fault = RowFault(line=0, message=f"'{name}' is not UTF-8", way_out="Save it as UTF-8.")
        return None, [fault]
    reader = csv.reader(io.StringIO(text, newline=None))
    try:
        table = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        return None, [RowFault(line=reader.line_num, message=f"'{name}' is no CSV: {error}")]
    columns = tuple(cell.strip() for cell in table[0][1]) if table else ()
    missing = [column for column in needs if column not in columns]
    doubled = sorted({column for column in columns if columns.count(column) > 1})
    if missing:
        found = ", ".join(columns) or "nothing"
        fault = RowFault(
            line=1,
            message=f"'{name}' lacks the column {' and '.join(missing)}; found {found}",
            way_out="The first line names the columns, parted by commas.",
        )
        return None, [fault]
    if doubled:
        return None, [RowFault(line=1, message=f"'{name}' has the column '{doubled[0]}' twice")]
    faults = [
        RowFault(
            line=line,
            message=f"{len(row)} cells under {len(columns)} columns",
            way_out="Put cells that hold a comma into quotes.",
        )
        for line, row in table[1:]
        if len(row) != len(columns)
    ]
    even = [(line, row) for line, row in table[1:] if len(row) == len(columns)]
    rows = Rows(
        file=file,
        columns=columns,
        cells=tuple(tuple(cell.strip() for cell in row) for _, row in even),
        lines=tuple(line for line, _ in even),
    )
    return rows, faults
