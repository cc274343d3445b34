"""Reads object-centric logs (OCEL 2.0) in JSON and in SQLite."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from sim.language import say
from sim.logs.sources.ocel import Ocel, OcelEvent, OcelObject
from sim.logs.table import refuse


def read_ocel_json(data: bytes, file: str) -> Ocel:
    """The log in a JSON file.

    Raises
    ------
    LogError
        It is no JSON, or none of OCEL 2.0.
    """
    try:
        tree = json.loads(data)
    except json.JSONDecodeError as error:
        raise refuse(
            file, say("no JSON: {msg}", msg=error.msg), say("Get the file again."), row=error.lineno
        ) from None
    except (UnicodeDecodeError, RecursionError):
        raise refuse(file, say("no JSON that can be read"), say("Get the file again.")) from None
    try:
        objects = {
            str(each["id"]): OcelObject(
                kind=str(each["type"]),
                attributes=_attributes(each),
                related=[str(to["objectId"]) for to in each.get("relationships") or ()],
            )
            for each in tree["objects"]
        }
        events = [
            OcelEvent(
                name=str(each["id"]),
                kind=str(each["type"]),
                time=str(each["time"]),
                attributes=_attributes(each),
                related=[str(to["objectId"]) for to in each.get("relationships") or ()],
            )
            for each in tree["events"]
        ]
    except (KeyError, TypeError, AttributeError) as error:
        message = say("no log of OCEL 2.0: {error} is not where it belongs", error=error)
        raise refuse(file, message, say("Write the log as OCEL 2.0.")) from None
    return Ocel(events=events, objects=objects)


def _attributes(each: Mapping[str, Any]) -> dict[str, str]:
    """The last value of each attribute: they are in the order of time."""
    found: dict[str, str] = {}
    for attribute in sorted(each.get("attributes") or (), key=lambda a: str(a.get("time", ""))):
        value = attribute["value"]
        found[str(attribute["name"])] = value if isinstance(value, str) else json.dumps(value)
    return found


def read_ocel_sqlite(data: bytes, file: str) -> Ocel:
    """The log in a SQLite file.

    Raises
    ------
    LogError
        It is no SQLite, or none of OCEL 2.0.
    """
    with tempfile.TemporaryDirectory(prefix="lienthong-") as folder:
        path = Path(folder) / "log.sqlite"
        path.write_bytes(data)  # a copy: opening one beside a journal would write into its folder
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
                base.row_factory = sqlite3.Row
                return _log(base)
        except (sqlite3.Error, KeyError, IndexError) as error:
            message = say("no log of OCEL 2.0: {error}", error=error)
            raise refuse(file, message, say("Write the log as OCEL 2.0.")) from None


def _log(base: sqlite3.Connection) -> Ocel:
    objects = {
        row["ocel_id"]: OcelObject(kind=row["ocel_type"])
        for row in base.execute("SELECT ocel_id, ocel_type FROM object")
    }
    events = {
        row["ocel_id"]: OcelEvent(name=row["ocel_id"], kind=row["ocel_type"], time="")
        for row in base.execute("SELECT ocel_id, ocel_type FROM event")
    }
    for table in _tables(base, "object"):
        for row in base.execute(f"SELECT * FROM {table} ORDER BY ocel_time"):  # noqa: S608
            attributes = objects[row["ocel_id"]].attributes
            attributes |= _own(row)
    for table in _tables(base, "event"):
        for row in base.execute(f"SELECT * FROM {table}"):  # noqa: S608
            event = events[row["ocel_id"]]
            event.time = _text(row["ocel_time"])
            event.attributes |= _own(row)
    for row in base.execute("SELECT ocel_event_id, ocel_object_id FROM event_object"):
        events[row["ocel_event_id"]].related.append(row["ocel_object_id"])
    for row in base.execute("SELECT ocel_source_id, ocel_target_id FROM object_object"):
        objects[row["ocel_source_id"]].related.append(row["ocel_target_id"])
    return Ocel(events=list(events.values()), objects=objects)


def _tables(base: sqlite3.Connection, what: str) -> Iterator[str]:
    """The quoted names of the tables of each type."""
    for row in base.execute(f"SELECT ocel_type_map FROM {what}_map_type"):  # noqa: S608
        name = f"{what}_{row['ocel_type_map']}".replace('"', '""')
        yield f'"{name}"'


def _own(row: sqlite3.Row) -> dict[str, str]:
    """What a row says beside what the standard has in every one."""
    told = zip(row.keys(), tuple(row), strict=True)
    return {
        key: _text(value)
        for key, value in told
        if not key.startswith("ocel_") and value is not None
    }


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value)
