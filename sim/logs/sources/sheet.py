"""Reads a sheet of a workbook: Excel, old Excel and OpenDocument.  The only door of calamine."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
from typing import Any, Final

import numpy as np

from sim.language import say
from sim.logs.headings import meaning_of
from sim.logs.table import RawTable, refuse
from sim.wording import did_you_mean

_LOOKED_AT: Final = 30
"""So many rows are looked at for the one with the headings: titles often stand above."""

_EPOCH: Final = dt.datetime(1899, 12, 30)
_SERIAL: Final = (20_000.0, 80_000.0)
"""Numbers that Excel may show as days from 1954 to 2119."""


def read_sheet(data: bytes, file: str, *, sheet: str | None) -> RawTable:
    """The columns of a sheet; headings stand in the first row that has two known ones.

    Raises
    ------
    LogError
        It is no workbook, or has no such sheet.
    """
    import pyarrow as pa

    rows, first = _rows(data, file, sheet)
    known = (
        at
        for at, row in enumerate(rows[:_LOOKED_AT])
        if len({meaning_of(str(cell)) for cell in row} - {None}) > 1
    )
    filled = (at for at, row in enumerate(rows) if any(cell != "" for cell in row))
    top = next(known, next(filled, None))
    if top is None:
        raise refuse(file, say("the sheet is empty"), say("Name another with --sheet."))
    headings = [unicodedata.normalize("NFC", _text(cell)) for cell in rows[top]]
    doubled = sorted({name for name in headings if name and headings.count(name) > 1})
    if doubled:
        message = say("the column '{name}' stands twice", name=doubled[0])
        raise refuse(file, message, say("Name each column once."), row=first + top)
    below = [at for at in range(top + 1, len(rows)) if any(cell != "" for cell in rows[at])]
    columns: dict[str, Any] = {}
    for place, heading in enumerate(headings):
        if heading:
            is_instant = meaning_of(heading) in _INSTANTS
            values = [_text(rows[at][place], is_instant=is_instant) for at in below]
            columns[heading] = pa.array(values, pa.string())
    return RawTable(file=file, columns=columns, rows=np.asarray(below, np.int64) + first)


_INSTANTS: Final = frozenset(
    {"ready_at", "started_at", "ended_at", "at", "filed_at", "due_on", "done_at", "closed_at"}
)


def _rows(data: bytes, file: str, sheet: str | None) -> tuple[list[list[Any]], int]:
    """The cells of a sheet, and the row of the sheet in which the first of them stands."""
    try:
        from python_calamine import CalamineError, load_workbook
    except ImportError:
        raise refuse(
            file,
            say("a workbook needs the library python-calamine"),
            say("Install lienthong[logs], or save the sheet as CSV UTF-8."),
        ) from None
    try:
        book = load_workbook(io.BytesIO(data))
        names = book.sheet_names
        if sheet is not None and sheet not in names:
            raise refuse(file, say("no sheet '{sheet}'", sheet=sheet), did_you_mean(sheet, names))
        for name in names if sheet is None else [sheet]:
            found = book.get_sheet_by_name(name)
            rows = found.to_python(skip_empty_area=False)
            if rows or sheet is not None:
                return rows, 1
    except CalamineError as error:
        message = say("no workbook that can be read: {error}", error=error)
        raise refuse(file, message, say("Save it again, or as CSV UTF-8.")) from None
    return [], 1


def _text(cell: Any, *, is_instant: bool = False) -> str:
    if isinstance(cell, dt.datetime | dt.date):
        return cell.isoformat(sep=" ") if isinstance(cell, dt.datetime) else cell.isoformat()
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        if is_instant and _SERIAL[0] <= cell <= _SERIAL[1]:
            # A date without the format of one; to the second, which is what Excel shows.
            return str(_EPOCH + dt.timedelta(seconds=round(float(cell) * 86_400)))
        return f"{cell:.15g}"
    return str(cell).strip()
