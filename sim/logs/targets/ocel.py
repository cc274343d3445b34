"""Writes a log as OCEL 2.0, with cases, bundles, dossiers, officers and offices as objects."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sim.logs.event_log import EventLog
from sim.logs.targets.events import OFFSET, LifecycleEvent, attributes_of, lifecycle_events

KINDS: Final = ("case", "bundle", "dossier", "officer", "office")
"""The types of objects: a citizen's case, and what takes part in it."""

_SINCE: Final = f"1970-01-01T00:00:00{OFFSET}"
"""The time of every attribute of an object, as the standard wants one: they do not change here."""

_OF_EVENT: Final = ("lifecycle", "instance", "role", "dossier")


@dataclass(slots=True, kw_only=True)
class _Object:
    name: str
    kind: str
    attributes: dict[str, tuple[str, str]] = field(default_factory=dict)
    related: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class _Event:
    name: str
    kind: str
    at: str
    attributes: dict[str, str]
    related: dict[str, str]


def write_ocel_json(log: EventLog, path: Path) -> None:
    """Write a log as OCEL 2.0 in JSON.

    Raises
    ------
    OSError
        It cannot be written.
    """
    objects, events = _parts(log)
    tree = {
        "objectTypes": [
            {"name": kind, "attributes": _attributes_of_kind(objects.values(), kind)}
            for kind in KINDS
        ],
        "eventTypes": [
            {"name": kind, "attributes": [{"name": name, "type": "string"} for name in _OF_EVENT]}
            for kind in dict.fromkeys(event.kind for event in events)
        ],
        "objects": [
            {
                "id": each.name,
                "type": each.kind,
                "attributes": [
                    {"name": name, "time": _SINCE, "value": value}
                    for name, (_, value) in each.attributes.items()
                ],
                "relationships": _relations(each.related),
            }
            for each in objects.values()
        ],
        "events": [
            {
                "id": each.name,
                "type": each.kind,
                "time": each.at,
                "attributes": [
                    {"name": name, "value": value} for name, value in each.attributes.items()
                ],
                "relationships": _relations(each.related),
            }
            for each in events
        ],
    }
    with path.open("w", encoding="utf-8") as stream:
        json.dump(tree, stream, ensure_ascii=False, separators=(",", ":"))


def _relations(related: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"objectId": name, "qualifier": how} for name, how in related.items()]


def _attributes_of_kind(objects: Any, kind: str) -> list[dict[str, str]]:
    found: dict[str, str] = {}
    for each in objects:
        if each.kind == kind:
            for name, (what, _) in each.attributes.items():
                found[name] = "time" if what == "date" else "string"
    return [{"name": name, "type": what} for name, what in found.items()]


def _parts(log: EventLog) -> tuple[dict[str, _Object], list[_Event]]:
    """The objects by name, the cases first, and the events."""
    objects: dict[str, _Object] = {}
    names = log.cases["case"].tolist()

    def named(kind: str, name: str) -> _Object:
        whole = f"{kind}:{name}"
        return objects.setdefault(whole, _Object(name=whole, kind=kind))

    cases = [named("case", name) for name in names]
    for row, case in enumerate(cases):
        case.attributes = attributes_of(log.cases, row)
        for column, kind in (("bundle", "bundle"), ("home", "office")):
            if column in case.attributes:
                other = named(kind, case.attributes[column][1])
                case.related[other.name] = "of" if kind == "bundle" else "filed at"
    events = []
    for number, event in enumerate(lifecycle_events(log), start=1):
        events.append(_event(number, event, cases[event.case], names[event.case], named))
    return objects, events


def _event(number: int, event: LifecycleEvent, case: _Object, case_name: str, named: Any) -> _Event:
    texts = event.texts
    related = {case.name: "case"}
    if texts["dossier"] is not None:
        dossier = named("dossier", f"{case_name}/{texts['dossier']}")
        dossier.related[case.name] = "part of"
        related[dossier.name] = "dossier"
    office = None
    if texts["office"] is not None:
        office = named("office", str(texts["office"]))
        related[office.name] = "at"
    if texts["officer"] is not None:
        officer = named("officer", str(texts["officer"]))
        related[officer.name] = "done by"
        if office is not None:
            officer.related[office.name] = "works at"
    attributes = {"lifecycle": event.lifecycle, "instance": str(event.instance)}
    attributes |= {
        name: str(texts[name]) for name in ("role", "dossier") if texts[name] is not None
    }
    return _Event(
        name=f"e{number}",
        kind=str(texts["step"]),
        at=event.at,
        attributes=attributes,
        related=related,
    )


def write_ocel_sqlite(log: EventLog, path: Path) -> None:
    """Write a log as OCEL 2.0 in SQLite.

    Raises
    ------
    OSError
        It cannot be written.
    """
    objects, events = _parts(log)
    try:
        with closing(sqlite3.connect(path)) as base, base:
            _write_tables(base, list(objects.values()), events)
    except sqlite3.Error as error:
        raise OSError(0, str(error)) from None


def _write_tables(
    base: sqlite3.Connection, objects: Sequence[_Object], events: Sequence[_Event]
) -> None:
    base.executescript(
        """
        CREATE TABLE event (ocel_id TEXT PRIMARY KEY, ocel_type TEXT);
        CREATE TABLE object (ocel_id TEXT PRIMARY KEY, ocel_type TEXT);
        CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT);
        CREATE TABLE object_object
            (ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT);
        CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
        CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
        """
    )
    base.executemany("INSERT INTO event VALUES (?, ?)", ((e.name, e.kind) for e in events))
    base.executemany("INSERT INTO object VALUES (?, ?)", ((o.name, o.kind) for o in objects))
    base.executemany(
        "INSERT INTO event_object VALUES (?, ?, ?)",
        ((e.name, name, how) for e in events for name, how in e.related.items()),
    )
    base.executemany(
        "INSERT INTO object_object VALUES (?, ?, ?)",
        ((o.name, name, how) for o in objects for name, how in o.related.items()),
    )
    for kind in KINDS:
        columns = [each["name"] for each in _attributes_of_kind(objects, kind)]
        rows = [
            (o.name, _SINCE, None, *(o.attributes.get(c, ("", None))[1] for c in columns))
            for o in objects
            if o.kind == kind
        ]
        fixed = ("ocel_id", "ocel_time", "ocel_changed_field")
        _write_kind(base, "object", kind, kind, (*fixed, *columns), rows)
    for number, kind in enumerate(dict.fromkeys(event.kind for event in events), start=1):
        told = [
            (e.name, e.at, *(e.attributes.get(name) for name in _OF_EVENT))
            for e in events
            if e.kind == kind
        ]
        columns = ["ocel_id", "ocel_time", *_OF_EVENT]
        _write_kind(base, "event", kind, f"step{number}", columns, told)


def _write_kind(
    base: sqlite3.Connection,
    what: str,
    kind: str,
    short: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str | None]],
) -> None:
    """The table of one type; ``short`` is what its name ends with."""
    quoted = ", ".join('"' + name.replace('"', '""') + '" TEXT' for name in columns)
    base.execute(f'CREATE TABLE "{what}_{short}" ({quoted})')
    places = ", ".join("?" * len(columns))
    base.executemany(f'INSERT INTO "{what}_{short}" VALUES ({places})', rows)  # noqa: S608
    base.execute(f"INSERT INTO {what}_map_type VALUES (?, ?)", (kind, short))  # noqa: S608
