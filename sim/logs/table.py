"""Columns as a file has them, before anything is known of their meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.errors import Fault, LogError

Column: TypeAlias = Any
"""A ``pyarrow.Array`` of texts, plain or in a dictionary, or of instants without a zone.

``pyarrow`` has no types.
"""

MOST_BYTES: Final = 4_000_000_000
"""A file, packed or not, is no longer than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """The columns of a file, each under its heading.

    Parameters
    ----------
    file
        As messages call it.
    columns
        By heading, in NFC.
    rows
        The row of the file in which each stands, from 1.
    faults
        What is wrong with the file besides.
    """

    file: str
    columns: Mapping[str, Column]
    rows: NDArray[np.int64]
    faults: Sequence[Fault] = field(default=())

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return len(self.rows)


def fault_at(file: str, row: int, message: str, way_out: str = "") -> Fault:
    """What is wrong in a row of a file; 0 stands for the file as a whole."""
    return Fault(file=file, line=row, column=0, path="", message=message, way_out=way_out)


def refuse(file: str, message: str, way_out: str = "", *, row: int = 0) -> LogError:
    """The error of a file of which nothing can be used."""
    return LogError([fault_at(file, row, message, way_out)])
