"""Writes a log as CSV: a row each performance of a step, with what belongs to its case beside."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sim.logs.event_log import CASES, EventLog

MARK: bytes = b"\xef\xbb\xbf"
"""Tells Excel that the text is UTF-8: without it Vietnamese names come out wrong."""


def write_csv(log: EventLog, path: Path) -> None:
    """Write a log as CSV in UTF-8; a case without work is a row without a step.

    Raises
    ------
    OSError
        It cannot be written.
    """
    import pyarrow as pa
    from pyarrow import csv

    work = log.work.drop(columns="row")
    of_case = log.cases.iloc[log.case_of].reset_index(drop=True)
    rows = pd.concat([work, of_case.drop(columns="case")], axis=1)
    idle = log.cases[~log.cases["case"].isin(set(work["case"].astype("str")))]
    texts = pa.Table.from_pandas(rows.assign(case=work["case"].astype("str")), preserve_index=False)
    if len(idle):
        more = pa.Table.from_pandas(idle, preserve_index=False)
        texts = pa.concat_tables([texts, more], promote_options="permissive")
        order = _order(log, idle)
        texts = texts.take(order)
    with path.open("wb") as stream:
        stream.write(MARK)
        csv.write_csv(_plain(texts), stream, write_options=csv.WriteOptions(quoting_style="needed"))


def _order(log: EventLog, idle: pd.DataFrame) -> list[int]:
    """The rows so that cases keep their order, also those without work."""
    places = [*log.case_of.tolist(), *idle.index.tolist()]
    return sorted(range(len(places)), key=places.__getitem__)


def _plain(table: object) -> object:
    """Columns of categories as texts, and those of nothing but gaps left out."""
    import pyarrow as pa

    names, columns = [], []
    for name in table.column_names:  # type: ignore[attr-defined]
        column = table[name]  # type: ignore[index]
        if column.null_count == len(column) and (name in CASES or name in ("dossier", "role")):
            continue
        if pa.types.is_dictionary(column.type):
            column = column.cast(pa.string())
        names.append(name)
        columns.append(column)
    return pa.table(columns, names=names)
