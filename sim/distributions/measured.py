"""Reads measured durations from a CSV file of one column.

The first line names the column. Where that name is a unit (``minutes``, ``hours``,
``working_days``), the lines below are numbers; else they are spans such as ``12 min``.
"""

from __future__ import annotations

import csv
import difflib
from io import StringIO
from pathlib import Path

from sim.distributions.checks import require_one_unit
from sim.distributions.stepped import Empirical
from sim.errors import ValueFault
from sim.files import names_beside, read_ordinary
from sim.units import Span, parse_number, parse_span


def read_measured(name: str, folder: Path | None) -> tuple[Empirical, bool]:
    """Read one column of durations.

    Parameters
    ----------
    name
        Path of the file, relative to ``folder``.
    folder
        Where files lie; None where there are none.

    Returns
    -------
    tuple[Empirical, bool]
        The values, in microseconds or working days, and whether they are working days.

    Raises
    ------
    ValueFault
        There is no such file, or a line that cannot be read, by its number.
    """
    if not name:
        raise ValueFault("no file is named", way_out="Write for example empirical(times.csv).")
    if folder is None:
        raise ValueFault(
            f"'{name}' lies in no folder", way_out="Give the values: discrete(5 min 30 %, ...)."
        )
    lines = _lines(name, folder)
    if not lines:
        raise ValueFault(f"{name} is empty", way_out="Name the column, then one value a line.")
    for line, cells in lines:
        if len(cells) != 1:
            raise ValueFault(
                f"{name}:{line}: {len(cells)} columns, not 1",
                way_out="Keep the column of durations only.",
            )
    header = lines[0][1][0].strip()
    if header[:1].isdigit():
        raise ValueFault(
            f"{name}:{lines[0][0]}: '{header}' is a value where the column's name should be",
            way_out="Begin the file with the unit of its numbers, such as minutes.",
        )
    unit = _unit(header)
    spans = [_span(name, line, cells[0], unit) for line, cells in lines[1:]]
    if not spans:
        raise ValueFault(f"{name} has no values", way_out="Give one value a line.")
    try:
        in_working_days = require_one_unit(spans)
    except ValueFault as fault:
        raise ValueFault(f"{name}: {fault.message}", way_out=fault.way_out) from None
    return Empirical(values=tuple(span.amount for span in spans)), in_working_days


def _lines(name: str, folder: Path) -> list[tuple[int, list[str]]]:
    """Numbers and cells of the lines that are not blank."""
    try:
        text = read_ordinary(folder / name).decode("utf-8-sig")
        lines = list(StringIO(text, newline=""))
        # One column needs nothing between cells: a comma in it stands before decimals.
        reader = csv.reader(lines, delimiter="," if "," in "".join(lines[:1]) else ";")
        return [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
    except FileNotFoundError:
        there = names_beside(folder, "*.csv")
        close = difflib.get_close_matches(name, there, n=1)
        raise ValueFault(
            f"there is no file '{name}'",
            way_out=f"Did you mean '{close[0]}'?" if close else "Give a path from the scenario.",
        ) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueFault(
            f"{name} cannot be read: {error}", way_out="Save it as CSV, in UTF-8."
        ) from None


def _unit(header: str) -> Span | None:
    """One of what the column's name says, if it is a unit."""
    try:
        return parse_span(f"1 {header.replace('_', ' ')}")
    except ValueFault:
        return None


def _span(name: str, line: int, cell: str, unit: Span | None) -> Span:
    try:
        if unit is None:
            return parse_span(cell)
        amount = parse_number(cell) * unit.amount
        return Span(amount=amount, in_working_days=unit.in_working_days)
    except ValueFault as fault:
        way_out = fault.way_out
        if unit is None:
            way_out += " Or name the column by the unit of its numbers, such as minutes."
        raise ValueFault(f"{name}:{line}: {fault.message}", way_out=way_out) from None
