"""Reads the bytes of a CSV file, as spreadsheets save it, into rows that know their lines.

Cells are parted by commas, semicolons or tabs, whichever the line of headings has; the text is
UTF-8, or UTF-16 with a byte-order mark, and comes out in NFC.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from sim.language import Phrases, say
from sim.scenario.text.encoding import EncodingError, decoded
from sim.wording import both, retold

_DELIMITERS: Final = Phrases({",": "a comma", ";": "a semicolon", "\t": "a tab"})
# Excel's own line that names the delimiter.
_SEP: Final = re.compile(r'"?sep=([,;\t])"?[,;\t]*\n', re.IGNORECASE)
_IN_QUOTES: Final = re.compile(r'"(?:[^"]|"")*"')
_HEAD: Final = 100_000
"""So many characters are looked at to tell the delimiter."""

_Line: TypeAlias = tuple[int, list[str]]
"""The line number at which a row begins, and its cells."""


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
    data: bytes, *, file: str, name: str, needs: Sequence[str], may: Sequence[str] = ()
) -> tuple[Rows | None, list[RowFault]]:
    """The rows of a CSV file with one line of headings.

    Parameters
    ----------
    file, name
        Its path, and what messages call it.
    needs
        Columns without which the file is of no use.
    may
        Further columns with a meaning of their own.  Headings of ``needs`` and ``may`` count in
        upper and lower case; all others are taken as they stand.

    Returns
    -------
    tuple[Rows | None, list[RowFault]]
        The rows that can be read, None where there are none to be had; and every fault.
    """
    try:
        text = decoded(data)
    except EncodingError as error:
        message = say(
            "'{name}' is not UTF-8, it looks like {encoding}", name=name, encoding=error.encoding
        )
        return None, [RowFault(line=0, message=message, way_out=error.way_out)]
    table, delimiter, faults = _table(text, name)
    if faults and not table:
        return None, faults
    first, headings = table[0] if table else (1, [])
    below = table[1:]
    own = {column.casefold(): column for column in (*needs, *may)}
    columns = {
        place: own.get(heading.casefold(), heading)
        for place, heading in enumerate(headings)
        if heading
    }
    width = max(columns, default=-1) + 1
    wrong = _faults_of_headings(list(columns.values()), needs, name)
    wrong += [
        say("column {place} has no heading, and cells below it", place=place + 1)
        for place in range(width)
        if place not in columns and any(any(row[place : place + 1]) for _, row in below)
    ]
    way_out = say("The first line names the columns, each once, parted by commas or semicolons.")
    faults += [RowFault(line=first, message=message, way_out=way_out) for message in wrong]
    faults += [
        RowFault(
            line=line,
            message=say("{n} cells under {width} columns", n=len(row), width=width),
            way_out=say("Put cells that hold {mark} into quotes.", mark=_DELIMITERS[delimiter]),
        )
        for line, row in below
        if _is_ragged(row, width)
    ]
    if wrong or not table:
        return None, faults
    even = [(line, row) for line, row in below if not _is_ragged(row, width)]
    rows = Rows(
        file=file,
        columns=tuple(columns.values()),
        cells=tuple(tuple(row[place] for place in columns) for _, row in even),
        lines=tuple(line for line, _ in even),
    )
    return rows, faults


def _table(text: str, name: str) -> tuple[list[_Line], str, list[RowFault]]:
    """The rows that are not blank, with their cells stripped, and what parts the cells."""
    skipped = 0
    if named := _SEP.match(text):
        delimiter, skipped = named[1], 1
        text = text[named.end() :]
    else:
        # Only the line of headings: below it a comma may stand before decimals.
        head = _IN_QUOTES.sub("", text[:_HEAD]).lstrip("\n").split("\n", 1)[0]
        # A heading may well hold a comma, so that a tie goes to what is rarer in words.
        delimiter = max(
            _DELIMITERS, key=lambda mark: (head.count(mark), mark in head.replace(",", ""))
        )
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    table: list[_Line] = []
    line = skipped + 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                table.append((line, cells))
            line = skipped + reader.line_num + 1
    except csv.Error as error:
        fault = RowFault(
            line=line,
            message=say("'{name}' is no CSV: {error}", name=name, error=retold(error)),
            way_out=say("Look for a quote that is not closed."),
        )
        return table, delimiter, [fault]
    return table, delimiter, []


def _faults_of_headings(columns: Sequence[str], needs: Sequence[str], name: str) -> list[str]:
    missing = [column for column in needs if column not in columns]
    doubled = sorted(column for column, n in Counter(columns).items() if n > 1)
    wrong = [
        say("'{name}' has the column '{column}' twice", name=name, column=column)
        for column in doubled
    ]
    if missing:
        found = ", ".join(columns) or say("nothing")
        wrong.insert(
            0,
            say(
                "'{name}' lacks the column {names}; found {found}",
                name=name,
                names=both(missing),
                found=found,
            ),
        )
    return wrong


def _is_ragged(row: Sequence[str], width: int) -> bool:
    """Whether a row is too short or too long; empty cells at its end do not count."""
    return len(row) < width or any(row[width:])
