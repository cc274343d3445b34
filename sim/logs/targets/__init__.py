"""A log as a file: XES, OCEL 2.0 in JSON or SQLite, CSV, or what a one-stop system exports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from sim.errors import RequestError, StoreError, with_way_out
from sim.language import say, why_not
from sim.logs.event_log import EventLog
from sim.logs.targets.csv_file import write_csv
from sim.logs.targets.ocel import write_ocel_json, write_ocel_sqlite
from sim.logs.targets.register import write_register
from sim.logs.targets.xes import write_xes
from sim.wording import did_you_mean

FORMATS: Final[Mapping[str, tuple[str, Callable[[EventLog, Path], None]]]] = {
    "xes": ("log.xes", write_xes),
    "ocel-json": ("log.jsonocel", write_ocel_json),
    "ocel-sqlite": ("log.sqlite", write_ocel_sqlite),
    "csv": ("log.csv", write_csv),
    "register": ("register.csv", write_register),
}
"""By name, what a file of the format is called by default and what writes it."""


def write_log(log: EventLog, path: Path, *, kind: str) -> None:
    """Write a log; a file that is there is replaced once the new one is whole.

    Parameters
    ----------
    kind
        One of :data:`FORMATS`.

    Raises
    ------
    RequestError
        There is no such format.
    StoreError
        It cannot be written.
    """
    if kind not in FORMATS:
        message = say("no format '{kind}'", kind=kind)
        raise RequestError(with_way_out(message, did_you_mean(kind, FORMATS)))
    _, write = FORMATS[kind]
    half = path.with_name(f".{path.name}.half")
    try:
        half.unlink(missing_ok=True)
        write(log, half)
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise StoreError(say("cannot write {path}: {why}", path=path, why=why_not(error))) from None
