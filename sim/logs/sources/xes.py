"""Reads an XES log, or an object-centric one in XML: the elements tell which it is."""

from __future__ import annotations

import io
import re
from typing import Any, Final

import numpy as np

from sim.errors import LogError
from sim.language import say
from sim.logs.sources.markup import DEEPEST, Attributes, TooDeepError, parse_xml
from sim.logs.sources.ocel import Ocel, OcelEvent, OcelObject, flattened
from sim.logs.sources.xes_flat import around_traces, read_flat
from sim.logs.table import RawTable, refuse

CASE: Final = "case:"
"""Stands before the names of what belongs to a trace, as other programs write it in tables."""

_ROOT: Final = re.compile(rb"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_TELLING: Final = re.compile(rb"<(?:[\w.-]+:)?(trace|object-types|event-types|objects|events)\b")


def read_xml(data: bytes, file: str, *, case: str) -> RawTable:
    """The events of a log in XML, a row each.

    Raises
    ------
    LogError
        It is no log, or no XML that is safe to read.
    """
    telling = _TELLING.search(data)
    if telling is not None and telling[1] != b"trace":
        objects = _Objects()
        parse_xml(io.BytesIO(data), file, objects, with_text=True)
        return flattened(Ocel(events=objects.events, objects=objects.objects), file, case=case)
    flat = _flat(data, file)
    if flat is not None:
        return flat
    traces = _Traces()
    parse_xml(io.BytesIO(data), file, traces, with_text=False)
    if not traces.traces:
        root = _ROOT.search(data)
        name = root[1].decode(errors="replace") if root else ""
        message = (
            say("no trace in it")
            if name == "log"
            else say("<{name}> where <log> belongs", name=name)
        )
        raise refuse(file, message, say("Give a log in XES or OCEL 2.0."))
    return traces.table(file)


def _flat(data: bytes, file: str) -> RawTable | None:
    """The log without the parser; None where only the parser can tell what it is, or its fault."""
    around = around_traces(data)
    if around is None:
        return None
    traces = _Traces()
    try:
        parse_xml(io.BytesIO(around), file, traces, with_text=False)
    except LogError:
        return None
    return read_flat(data, file, of_case=CASE) if traces.traces == [{}] else None


class _Traces:
    """Gathers traces and their events; attributes inside attributes are left out."""

    def __init__(self) -> None:
        self.depth = 0
        self.traces: list[Attributes] = []
        self.events: list[Attributes] = []
        self.of_trace: list[int] = []
        self.event: Attributes | None = None

    def begin(self, name: str, attributes: Attributes) -> None:
        self.depth = depth = self.depth + 1
        if depth == 4:
            if self.event is not None and "key" in attributes:
                self.event[attributes["key"]] = attributes.get("value", "")
        elif depth == 3:
            if name == "event" or name.endswith(":event"):
                if self.traces:
                    self.event = {}
            elif self.traces and "key" in attributes:
                self.traces[-1][attributes["key"]] = attributes.get("value", "")
        elif depth == 2:
            if name == "trace" or name.endswith(":trace"):
                self.traces.append({})
        elif depth > DEEPEST:
            raise TooDeepError

    def end(self, _: str) -> None:
        depth, self.depth = self.depth, self.depth - 1
        if depth == 3 and self.event is not None:
            self.events.append(self.event)
            self.of_trace.append(len(self.traces) - 1)
            self.event = None
        elif depth == 2 and self.traces:
            last = len(self.traces) - 1
            if not self.of_trace or self.of_trace[-1] != last:
                # A trace without an event is a case all the same.
                self.events.append({})
                self.of_trace.append(last)

    def text(self, _: str) -> None:
        """No attribute of XES stands in text."""

    def table(self, file: str) -> RawTable:
        import pyarrow as pa

        of_trace = pa.array(np.asarray(self.of_trace, np.int64))
        columns: dict[str, Any] = {}
        for key in dict.fromkeys(key for event in self.events for key in event):
            columns[key] = pa.array([event.get(key) for event in self.events], pa.string())
        for key in dict.fromkeys(key for trace in self.traces for key in trace):
            values = pa.array([trace.get(key) for trace in self.traces], pa.string())
            columns[CASE + key] = values.take(of_trace)
        return RawTable(file=file, columns=columns, rows=np.arange(1, len(self.events) + 1))


class _Objects:
    """Gathers the events and objects of an object-centric log."""

    def __init__(self) -> None:
        self.depth = 0
        self.events: list[OcelEvent] = []
        self.objects: dict[str, OcelObject] = {}
        self.at: OcelEvent | OcelObject | None = None
        self.attribute = ""
        self.words: list[str] = []

    def begin(self, name: str, attributes: Attributes) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooDeepError
        name = name.rpartition(":")[2]
        kind = attributes.get("type", "")
        if self.depth == 3 and name == "event":
            time = attributes.get("time", "")
            self.at = OcelEvent(name=attributes.get("id", ""), kind=kind, time=time)
        elif self.depth == 3 and name == "object":
            self.at = self.objects[attributes.get("id", "")] = OcelObject(kind=kind)
        elif self.at is not None and name == "attribute":
            self.attribute, self.words = attributes.get("name", ""), []
        elif self.at is not None and "object-id" in attributes:
            self.at.related.append(attributes["object-id"])

    def text(self, words: str) -> None:
        if self.attribute:
            self.words.append(words)

    def end(self, name: str) -> None:
        depth, self.depth = self.depth, self.depth - 1
        if self.at is None:
            return
        if self.attribute and name.endswith("attribute"):
            self.at.attributes[self.attribute] = "".join(self.words).strip()
            self.attribute = ""
        elif depth == 3:
            if isinstance(self.at, OcelEvent):
                self.events.append(self.at)
            self.at = None
