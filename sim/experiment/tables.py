"""Tables of records as Parquet: names for indices, timestamps for instants, null for what is not.

Each replication becomes a part of its own as soon as it is run; :func:`join` streams the parts
into one file, so that no more than one replication is ever in memory.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim import records
from sim.model import Model
from sim.records import NOT_YET, Run, Table
from sim.units import NEVER

if TYPE_CHECKING:
    import pyarrow as pa

Name: TypeAlias = Literal["cases", "dossiers", "work_items"]

NAMES: Final[tuple[Name, ...]] = ("cases", "dossiers", "work_items")

MEASURED: Final = "measured"
"""The column that says which rows KPIs are measured over."""

MEANINGS: Final[Mapping[Name, Mapping[str, str]]] = {
    "cases": {**records.CASES, MEASURED: "whether it arrived in the measured window"},
    "dossiers": {**records.DOSSIERS, MEASURED: "whether its case arrived in the measured window"},
    "work_items": {
        **records.WORK_ITEMS,
        MEASURED: "whether it became ready in the measured window",
    },
}
"""What the columns mean; those of :mod:`sim.records` are names, instants and lengths here."""

_NULLABLE: Final = frozenset({"limit_days", "working_days"})
"""Columns whose -1 says that there is none."""

_IN_FILES: Final = (
    ("index of the", "the"),
    (", 0 if open", ""),
    ("NOT_YET", "empty"),
    ("-1", "empty"),
    (" (microseconds)", ""),
    (" (days since the start date)", ""),
)
"""What words of the records say of files, which have names, null, instants and lengths."""

_LENGTHS: Final = frozenset({*records.LEDGER, "own_time"})


def write_part(path: Path, name: Name, model: Model, run: Run) -> None:
    """Write one table of one replication, without its variant.

    Raises
    ------
    OSError
        It cannot be written.
    """
    import pyarrow.parquet as pq

    pq.write_table(as_arrow(name, model, run), path, compression="zstd")


def join(path: Path, parts: Sequence[tuple[str, int, Path]]) -> None:
    """Write the parts of a study into one file, in their order.

    Parameters
    ----------
    parts
        Each with the variant and the replication that its rows belong to: the first two columns.

    Raises
    ------
    OSError
        A part cannot be read, or the file cannot be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    text = pa.dictionary(pa.int32(), pa.string())
    own = pa.unify_schemas([pq.read_schema(part) for _, _, part in parts])
    head = [pa.field("variant", text), pa.field("replication", pa.int32())]
    schema = pa.schema([*head, *own], metadata=_for_pandas(own))
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for variant, replication, part in parts:
            rows = pq.ParquetFile(part).read()
            n = rows.num_rows
            variants = _named(np.zeros(n, np.int64), (variant,))
            columns = [variants, _array(np.full(n, replication, np.int32), pa.int32())]
            for field in own:
                has = field.name in rows.column_names
                columns.append(rows[field.name] if has else pa.nulls(n, field.type))
            writer.write_table(pa.table(columns, schema=schema))


def as_arrow(name: Name, model: Model, run: Run) -> pa.Table:
    """One table of a run as Arrow, each field with its meaning.

    Instants are timestamps of local time in microseconds (T1), days are dates, lengths are
    durations, counts are integers of 64 bits and null where there is none.  Properties of cases
    follow the columns of the cases as ``property_NAME``.
    """
    import pyarrow as pa

    table: Table = getattr(run, name)
    names = _names(model)
    columns: dict[str, Any] = {}
    for column, values in table.items():
        if column in names:
            columns[column] = _named(values, names[column])
        elif column.endswith("_at"):
            columns[column] = _instants(values, model.start)
        elif column == "received_day":
            columns[column] = _days(values, table["received_at"], model.start)
        else:
            gaps = values == records.UNKNOWN if column in _NULLABLE else None
            kind = pa.duration("us") if column in _LENGTHS else pa.int64()
            columns[column] = _array(values.astype(np.int64, copy=False), kind, gaps)
    columns[MEASURED] = _truths(model.is_measured(_decisive(name, run)))
    meanings = {column: meaning_of(name, column) for column in MEANINGS[name]}
    if name == "cases":
        for index, each in enumerate(model.properties):
            column = f"property_{each.name}"
            columns[column] = _named(run.properties[:, index], each.values)
            meanings[column] = "property of the case"
    fields = [
        pa.field(column, values.type, metadata={"meaning": meanings[column]})
        for column, values in columns.items()
    ]
    return pa.table(list(columns.values()), schema=pa.schema(fields))


def meaning_of(name: Name, column: str) -> str:
    """What a column means in a file, where names, instants and lengths have their own types."""
    text = MEANINGS[name][column]
    for words, plainer in _IN_FILES:
        text = text.replace(words, plainer)
    return text


def _decisive(name: Name, run: Run) -> NDArray[np.int64]:
    """The instant of each row that decides whether it is measured."""
    if name == "work_items":
        return run.work_items["ready_at"]
    arrives_at = run.cases["arrives_at"]
    if name == "cases":
        return arrives_at
    return arrives_at[np.searchsorted(run.cases["case"], run.dossiers["case"])]


def _for_pandas(own: pa.Schema) -> dict[str, str]:
    """Has pandas read counts as integers with gaps, whether or not a file has any."""
    import pyarrow as pa

    columns = [
        {
            "name": field.name,
            "field_name": field.name,
            "pandas_type": "int64",
            "numpy_type": "Int64",
            "metadata": None,
        }
        for field in own
        if field.type == pa.int64()
    ]
    return {"pandas": json.dumps({"index_columns": [], "column_indexes": [], "columns": columns})}


def _names(model: Model) -> dict[str, Sequence[str]]:
    def of(things: Iterable[Any]) -> tuple[str, ...]:
        return tuple(each.name for each in things)

    return {
        "bundle": of(model.bundles),
        "channel": model.channels,
        "flow": of(model.flows),
        "home": of(model.offices),
        "office": of(model.offices),
        "outcome": model.outcomes,
        "procedure": of(model.procedures),
        "dossier": of(model.procedures),
        "activity": of(model.elements),
        "role": of(model.roles),
        "staff": of(model.staff),
    }


def _named(indices: NDArray[np.integer[Any]], names: Sequence[str]) -> pa.DictionaryArray:
    import pyarrow as pa

    where = _array(indices.astype(np.int32), pa.int32(), indices < 0)
    texts = [name.encode() for name in names]
    ends = np.cumsum([0, *map(len, texts)]).astype(np.int32)
    shown = pa.StringArray.from_buffers(
        len(texts), pa.py_buffer(ends), pa.py_buffer(b"".join(texts))
    )
    return pa.DictionaryArray.from_arrays(where, shown)


def _instants(values: NDArray[np.int64], start: dt.date) -> pa.Array:
    import pyarrow as pa

    is_none = (values == NOT_YET) | (values >= NEVER)
    midnight = np.datetime64(start, "us").astype(np.int64)
    return _array(midnight + values, pa.timestamp("us"), is_none)


def _days(values: NDArray[np.int64], received_at: NDArray[np.int64], start: dt.date) -> pa.Array:
    import pyarrow as pa

    # A backlog may be received on day -1: only the instant tells whether there is a day.
    is_none = received_at == NOT_YET
    midnight = np.datetime64(start, "D").astype(np.int64)
    return _array((midnight + values).astype(np.int32), pa.date32(), is_none)


def _truths(values: NDArray[np.bool_]) -> pa.Array:
    import pyarrow as pa

    bits = pa.py_buffer(np.packbits(values, bitorder="little"))
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, bits])


def _array(
    values: NDArray[Any], kind: pa.DataType, is_none: NDArray[np.bool_] | None = None
) -> pa.Array:
    """Numbers as they lie in memory: ``pa.array`` would load pandas, if it is installed."""
    import pyarrow as pa

    present = None
    if is_none is not None and is_none.any():
        present = pa.py_buffer(np.packbits(~is_none, bitorder="little"))
    numbers = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(kind, len(values), [present, numbers])
