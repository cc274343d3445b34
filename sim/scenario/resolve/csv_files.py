"""Reads the CSV files that a scenario names, and notes what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sim.scenario.faults import Faults
from sim.scenario.text.rows import Rows, rows_of
from sim.scenario.text.tree import Path

MOST_FAULTS: Final = 20
"""Faults noted of one file; what is wrong in a column is wrong in all its lines."""


def read_rows(name: str, path: Path, needs: Sequence[str], faults: Faults) -> Rows | None:
    """Read the CSV file that the value at a path names.

    Parameters
    ----------
    needs
        Columns without which the file is of no use.

    Returns
    -------
    Rows | None
        None after a fault that leaves nothing to read; every fault is noted.
    """
    file = faults.folder_of(path) / name
    try:
        data = faults.bytes_of(file)
    except OSError:
        faults.add(path, f"cannot read '{name}'", "Paths are relative to the file that names them.")
        return None
    rows, wrong = rows_of(data, file=str(file), name=name, needs=needs)
    for each in wrong[:MOST_FAULTS]:
        if each.line:
            faults.in_file(path, str(file), each.line, each.message, each.way_out)
        else:
            faults.add(path, each.message, each.way_out)
    return rows
