"""Columns and tables as pandas frames: pandas is loaded when the first one is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiment.columns import Columns

if TYPE_CHECKING:
    import pandas as pd


def frame(columns: Columns, *, dates: Sequence[str] = ()) -> pd.DataFrame:
    """Columns as a frame; those of ``dates`` become timestamps."""
    import pandas as pd

    return pd.DataFrame(columns).astype(dict.fromkeys(dates, "datetime64[us]"))


def frame_of_rows(kind: type[Any], rows: Iterable[Any]) -> pd.DataFrame:
    """Dataclasses of one kind as a frame, a column each field."""
    import pandas as pd

    names: Sequence[str] = [each.name for each in fields(kind)]
    return pd.DataFrame([asdict(row) for row in rows], columns=names)


def frame_of_file(path: Path) -> pd.DataFrame:
    """A Parquet file as a frame: names as categories, counts as ``Int64``, days as dates."""
    import pyarrow.parquet as pq

    return pq.read_table(path).to_pandas(date_as_object=False)
