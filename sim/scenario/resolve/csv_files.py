"""Reads the CSV files that a scenario names, and notes what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sim.files import size_of
from sim.language import say
from sim.scenario.faults import Faults
from sim.scenario.text.rows import Rows, rows_of
from sim.scenario.text.tree import Path

MOST_FAULTS: Final = 20
"""Faults noted of one file; what is wrong in a column is wrong in all its lines."""


MOST_BYTES: Final = 200_000_000
"""A log of some five million filings; what is larger is taken for a slip."""


def read_rows(
    name: str, path: Path, needs: Sequence[str], faults: Faults, *, may: Sequence[str] = ()
) -> Rows | None:
    """Read the CSV file that the value at a path names.

    Parameters
    ----------
    needs
        Columns without which the file is of no use.
    may
        Further columns with a meaning of their own.

    Returns
    -------
    Rows | None
        None after a fault that leaves nothing to read; every fault is noted.
    """
    file = faults.folder_of(path) / name
    try:
        if size_of(file) > MOST_BYTES:
            message = say(
                "'{name}' is larger than {most} MB",
                name=name,
                most=MOST_BYTES // 1_000_000,
            )
            faults.add(path, message, say("Leave out the rows and columns that are not needed."))
            return None
        data = faults.bytes_of(file)
    except OSError:
        faults.add(
            path,
            say("cannot read '{name}'", name=name),
            say("Paths are relative to the file that names them."),
        )
        return None
    rows, wrong = rows_of(data, file=str(file), name=name, needs=needs, may=may)
    for each in wrong[:MOST_FAULTS]:
        if each.line:
            faults.in_file(path, str(file), each.line, each.message, each.way_out)
        else:
            faults.add(path, each.message, each.way_out)
    return rows
