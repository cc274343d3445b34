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
from sim.language import say, why_not
from sim.units import Span, parse_number, parse_span
from sim.wording import retold


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
        raise ValueFault(
            say("no file is named"), way_out=say("Write for example empirical(times.csv).")
        )
    if folder is None:
        raise ValueFault(
            say("'{name}' lies in no folder", name=name),
            way_out=say("Give the values: discrete(5 min 30 %, ...)."),
        )
    lines = _lines(name, folder)
    if not lines:
        raise ValueFault(
            say("{name} is empty", name=name),
            way_out=say("Name the column, then one value a line."),
        )
    for line, cells in lines:
        if len(cells) != 1:
            raise ValueFault(
                say("{name}:{line}: {n} columns, not 1", name=name, line=line, n=len(cells)),
                way_out=say("Keep the column of durations only."),
            )
    header = lines[0][1][0].strip()
    if header[:1].isdigit():
        raise ValueFault(
            say(
                "{name}:{line}: '{header}' is a value where the column's name should be",
                name=name,
                line=lines[0][0],
                header=header,
            ),
            way_out=say("Begin the file with the unit of its numbers, such as minutes."),
        )
    unit = _unit(header)
    spans = [_span(name, line, cells[0], unit) for line, cells in lines[1:]]
    if not spans:
        raise ValueFault(
            say("{name} has no values", name=name), way_out=say("Give one value a line.")
        )
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
            say("there is no file '{name}'", name=name),
            way_out=say("Did you mean '{name}'?", name=close[0])
            if close
            else say("Give a path from the scenario."),
        ) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = why_not(error) if isinstance(error, OSError) else retold(error)
        raise ValueFault(
            say("{name} cannot be read: {reason}", name=name, reason=reason),
            way_out=say("Save it as CSV, in UTF-8."),
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
            way_out += " " + say("Or name the column by the unit of its numbers, such as minutes.")
        raise ValueFault(f"{name}:{line}: {fault.message}", way_out=way_out) from None
