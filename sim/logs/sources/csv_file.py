"""Reads a CSV file of any common form: delimiter, encoding, and headings as they stand."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

import numpy as np

from sim.errors import LogError
from sim.language import later, say
from sim.logs.table import RawTable, fault_at, refuse
from sim.scenario.text.encoding import EncodingError, decoded
from sim.scenario.text.rows import rows_of

_HEAD: Final = 100_000
_SEP: Final = re.compile(r'"?sep=(.)"?[,;\t|]*\n', re.IGNORECASE)
_PLAIN: Final = {",": ",", ";": ";", "\t": "\t", "|": "|"}
_DECLARE: Final = later("Or say which it is with --encoding, e.g. --encoding windows-1258.")


def read_csv(data: bytes, file: str, *, encoding: str | None) -> RawTable:
    """The columns of a CSV file with one line of headings.

    Raises
    ------
    LogError
        It is no CSV, or in an encoding that is not read.
    """
    text = _text_of(data, file, encoding)
    del data
    return _quick(text, file) or _careful(text, file)


def _text_of(data: bytes, file: str, encoding: str | None) -> str:
    if encoding is not None:
        try:
            data = data.decode(encoding).encode()
        except LookupError:
            way_out = say("Write for example windows-1258 or utf-16-le.")
            raise refuse(
                file, say("no encoding is called '{encoding}'", encoding=encoding), way_out
            ) from None
        except UnicodeDecodeError as error:
            row = data.count(b"\n", 0, error.start) + 1
            message = say("the bytes of this row are not {encoding}", encoding=encoding)
            raise refuse(file, message, say("Give another --encoding."), row=row) from None
    try:
        return decoded(data)
    except EncodingError as error:
        message = say("not UTF-8, it looks like {encoding}", encoding=error.encoding)
        raise refuse(file, message, f"{error.way_out} {say(_DECLARE)}") from None


def _quick(text: str, file: str) -> RawTable | None:
    """Read rows in bulk; None where a row is not as long as the headings, or stands over lines."""
    import pyarrow as pa
    from pyarrow import csv

    skipped, delimiter = 0, None
    if named := _SEP.match(text):
        delimiter, skipped = _PLAIN.get(named[1]), 1
        text = text[named.end() :]
    head = text[:_HEAD].split("\n", 1)[0]
    if delimiter is None:
        bare = re.sub(r'"[^"]*"', "", head)
        delimiter = max(_PLAIN, key=bare.count)
    headings = [
        unicodedata.normalize("NFC", each.strip().strip('"')) for each in head.split(delimiter)
    ]
    if head.count('"') % 2 or len(set(headings)) < len(headings) or "" in headings:
        return None
    n_lines = text.count("\n") + (not text.endswith("\n"))
    if "\n\n" in text or text.startswith("\n"):
        return None
    try:
        table = csv.read_csv(
            pa.BufferReader(text.encode()),
            read_options=csv.ReadOptions(
                column_names=headings, skip_rows=1, block_size=1 << 24, use_threads=True
            ),
            parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(headings, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowException:
        return None
    if table.num_rows != n_lines - 1 - (1 if text.endswith("\n\n") else 0):
        return None
    first = skipped + 2
    return RawTable(
        file=file,
        columns={name: table[name].combine_chunks() for name in headings},
        rows=np.arange(first, first + table.num_rows),
    )


def _careful(text: str, file: str) -> RawTable:
    """Read row by row, with the line of each and what is wrong with it."""
    import pyarrow as pa

    found, faults = rows_of(text.encode(), file=file, name=file, needs=())
    told = [fault_at(file, each.line, each.message, each.way_out) for each in faults]
    if found is None:
        raise LogError(told or [fault_at(file, 0, say("no row can be read"))])
    cells: list[Any] = [list(column) for column in zip(*found.cells, strict=True)]
    cells = cells or [[] for _ in found.columns]
    return RawTable(
        file=file,
        columns={
            name: pa.array(column, pa.string())
            for name, column in zip(found.columns, cells, strict=True)
        },
        rows=np.asarray(found.lines, np.int64),
        faults=told,
    )
