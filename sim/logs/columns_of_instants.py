"""The columns of instants of a file, read together: one order of dates, one local time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.errors import Fault
from sim.language import later, say, several
from sim.logs.event_log import CASE_INSTANTS, INSTANT, WORK_INSTANTS, Finding, Flaw
from sim.logs.headings import AT
from sim.logs.instants import DAY_FIRST, MONTH_FIRST, VIETNAM, Written, written
from sim.logs.mapping import Reading
from sim.logs.table import RawTable, fault_at

_COLUMNS: Final = (AT, *WORK_INSTANTS, *CASE_INSTANTS)
_SHORT_YEAR: Final = re.compile(r"(?<![0-9])[0-9]{1,2}([/.-])[0-9]{1,2}\1[0-9]{2}(?![0-9:])")
_DECLARE: Final = later("Say --dates 'day first' or --dates 'month first'.")


@dataclass(slots=True, kw_only=True, eq=False)
class Instants:
    """By meaning, instants in local time; and what is wrong with them."""

    values: dict[str, NDArray[np.datetime64]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def instants_of(table: RawTable, columns: Mapping[str, str], reading: Reading) -> Instants:
    """Read the columns of instants.

    Parameters
    ----------
    columns
        By meaning, the heading.

    Returns
    -------
    Instants
        With a fault where the order of day and month is open, and one a column with texts that are
        no dates.
    """
    import pyarrow as pa

    found = Instants()
    texts: dict[str, Written] = {}
    for name in _COLUMNS:
        if name not in columns:
            continue
        column = table.columns[columns[name]]
        if pa.types.is_timestamp(column.type):
            found.values[name] = column.to_numpy(zero_copy_only=False).astype(INSTANT)
        else:
            texts[name] = written(column)
    order = _order(table, columns, texts, reading, found)
    zone = _zone(table, texts, reading, found)
    for name, column in texts.items():
        values, is_bad, is_date = column.instants(order or DAY_FIRST, zone)
        found.values[name] = values
        if is_bad.any() and order is not None:
            _note_bad(table, columns[name], is_bad, reading, found)
        if name in (AT, *WORK_INSTANTS) and is_date.any():
            found.findings.append(_finding(table, Flaw.DATES_ONLY, is_date, columns[name]))
    return found


def _order(
    table: RawTable,
    columns: Mapping[str, str],
    texts: Mapping[str, Written],
    reading: Reading,
    found: Instants,
) -> str | None:
    """Which order of day and month the file has; None where it is open, which is a fault."""
    if reading.dates is not None:
        return reading.dates
    days = [(at, name) for name, each in texts.items() if (at := each.day_first_at()) >= 0]
    months = [(at, name) for name, each in texts.items() if (at := each.month_first_at()) >= 0]
    if days and months:
        told = [_shown(table, columns, *each) for each in (min(days), min(months))]
        found.faults.append(
            fault_at(
                table.file,
                int(table.rows[min(months)[0]]),
                say(
                    "dates in two orders: {first} has the day first, {second} the month",
                    first=told[0],
                    second=told[1],
                ),
                say("Write all dates in one order, best as 2025-05-31."),
            )
        )
        return None
    if days or months:
        return DAY_FIRST if days else MONTH_FIRST
    # That no day of a whole register is above 12 is possible: a short one, or an open order.
    still = [(at, name) for name, each in texts.items() if (at := each.open_at()) >= 0]
    if still:
        first = min(still)
        message = say(
            "{shown} can be read with the day or the month first",
            shown=_shown(table, columns, *first),
        )
        found.faults.append(fault_at(table.file, int(table.rows[first[0]]), message, say(_DECLARE)))
        return None
    return DAY_FIRST


def _shown(table: RawTable, columns: Mapping[str, str], at: int, name: str) -> str:
    heading = columns[name]
    return say(
        "'{text}' in row {row} ('{heading}')",
        text=table.columns[heading][at].as_py().strip(),
        row=table.rows[at],
        heading=heading,
    )


def _zone(
    table: RawTable, texts: Mapping[str, Written], reading: Reading, found: Instants
) -> str | None:
    """The zone to whose local time instants are turned; None to take them as they are written."""
    offsets = set().union(*(each.offsets() for each in texts.values()))
    if not offsets:
        return None
    lacking = np.zeros(table.n_rows, np.bool_)
    for each in texts.values():
        lacking |= each.lacks_offset()
    if lacking.any():
        found.findings.append(_finding(table, Flaw.ZONE_MISSING, lacking, ""))
    if reading.zone is not None:
        return reading.zone
    every = np.ones(table.n_rows, np.bool_)
    if offsets == {0}:
        found.findings.append(_finding(table, Flaw.IN_UTC, every, VIETNAM))
        return VIETNAM
    if len(offsets) > 1:
        told = ", ".join(f"{offset // 60:+03d}:{offset % 60:02d}" for offset in sorted(offsets))
        found.findings.append(_finding(table, Flaw.ZONES, every, told))
    return None


def _note_bad(
    table: RawTable,
    heading: str,
    is_bad: NDArray[np.bool_],
    reading: Reading,
    found: Instants,
) -> None:
    rows = np.flatnonzero(is_bad)
    if reading.leaves_out:
        text = _text(table.columns[heading], int(rows[0]))
        finding = _finding(table, Flaw.UNREADABLE, is_bad, f"{heading}: {text}")
        found.findings.append(finding)
        return
    text = _text(table.columns[heading], int(rows[0]))
    others = len(rows) - 1
    message = say(
        "'{heading}' has '{text}', which is no date with a time of day", heading=heading, text=text
    )
    if others:
        message += several(others, ", as in {n} other row", ", as in {n} other rows", n=others)
    way_out = say("Write for example 2025-05-31 08:30, or leave such rows out with --leave-out.")
    if _SHORT_YEAR.search(text):
        way_out = say("Write years with four digits, for example 2025-05-31 08:30.")
    found.faults.append(fault_at(table.file, int(table.rows[rows[0]]), message, way_out))


def _text(column: Any, at: int) -> str:
    text = str(column[at].as_py()).strip()
    return text if len(text) <= 40 else text[:37] + "…"


def _finding(table: RawTable, flaw: Flaw, which: NDArray[np.bool_], example: str) -> Finding:
    at = int(np.flatnonzero(which)[0]) if which.any() else 0
    row = int(table.rows[at]) if table.n_rows else 0
    return Finding(flaw=flaw, count=int(which.sum()), out_of=table.n_rows, row=row, example=example)
