"""Reads the columns of a Parquet file."""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np

from sim.language import say
from sim.logs.table import RawTable, refuse


def read_parquet(data: bytes, file: str) -> RawTable:
    """The columns of a Parquet file: texts, and instants; lists and the like are left out.

    Raises
    ------
    LogError
        It cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(data))
        table.validate(full=True)  # texts that are no UTF-8 would fail where they are read
    except (pa.ArrowException, OSError) as error:
        message = say("no Parquet that can be read: {why}", why=str(error).splitlines()[0])
        raise refuse(file, message, say("Write the file again.")) from None
    columns = {
        unicodedata.normalize("NFC", name): column
        for name in table.column_names
        if (column := _column(table[name].combine_chunks())) is not None
    }
    return RawTable(file=file, columns=columns, rows=np.arange(1, table.num_rows + 1))


def _column(values: Any) -> Any:
    """A column as texts or as instants; None for what is neither."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = values.type
    if pa.types.is_dictionary(kind):
        values = values.cast(kind.value_type)
        kind = values.type
    if pa.types.is_timestamp(kind):
        if kind.tz is None:
            return values.cast(pa.timestamp("us"), safe=False)
        # As text with its offset: what a zone means is decided in one place for all files.
        is_utc = kind.tz in ("UTC", "Z", "+00:00", "Etc/UTC")
        local = values.cast(pa.timestamp("us", kind.tz), safe=False)
        texts = pc.cast(pc.local_timestamp(local), pa.string())
        return pc.binary_join_element_wise(texts, "Z", "") if is_utc else texts
    if pa.types.is_date(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return values.cast(pa.string())
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_floating(kind):
        return values.cast(pa.string())
    return None
