"""Writes a log as XES (IEEE 1849-2016): names, times, lifecycle and staff by its extensions."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Final, TextIO
from xml.sax.saxutils import quoteattr

from sim.logs.event_log import EventLog
from sim.logs.targets.events import LifecycleEvent, attributes_of, lifecycle_events

_HEAD: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><string key="concept:name" value=""/>\
<string key="lifecycle:transition" value="complete"/></global>
<classifier name="Step" keys="concept:name"/>
"""

_KEYS: Final = {
    "step": "concept:name",
    "dossier": "dossier",
    "officer": "org:resource",
    "role": "org:role",
    "office": "org:group",
}


def write_xes(log: EventLog, path: Path) -> None:
    """Write a log as XES: a trace each case, up to three events each performance of a step.

    Raises
    ------
    OSError
        It cannot be written.
    """
    names = log.cases["case"].tolist()
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(_HEAD)
        stream.write(f"<string key={_KEY} value={quoteattr(log.name)}/>\n")
        next_case = 0
        for case, events in groupby(lifecycle_events(log), key=lambda event: event.case):
            for idle in range(next_case, case):
                _write_trace(stream, log, idle, names[idle], [])
            _write_trace(stream, log, case, names[case], list(events))
            next_case = case + 1
        for idle in range(next_case, len(names)):
            _write_trace(stream, log, idle, names[idle], [])
        stream.write("</log>\n")


_KEY: Final = '"concept:name"'


def _write_trace(
    stream: TextIO, log: EventLog, row: int, name: str, events: list[LifecycleEvent]
) -> None:
    lines = ["<trace>", _string("concept:name", name)]
    for key, (kind, value) in attributes_of(log.cases, row).items():
        lines.append(f"<{kind} key={quoteattr(key)} value={quoteattr(value)}/>")
    for event in events:
        parts = [
            _string(key, str(event.texts[column]))
            for column, key in _KEYS.items()
            if event.texts[column] is not None
        ]
        parts.append(_string("concept:instance", str(event.instance)))
        parts.append(_string("lifecycle:transition", event.lifecycle))
        parts.append(f'<date key="time:timestamp" value="{event.at}"/>')
        lines.append(f"<event>{''.join(parts)}</event>")
    lines.append("</trace>\n")
    stream.write("\n".join(lines))


def _string(key: str, value: str) -> str:
    return f'<string key="{key}" value={quoteattr(value)}/>'
