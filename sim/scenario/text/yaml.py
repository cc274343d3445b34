"""Reads YAML into plain data with the place of every value.  The only room that knows YAML.

It reads YAML 1.2 and refuses what makes a file surprising: anchors, tags, keys given twice, empty
values, several documents in one file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from unicodedata import normalize

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from sim.errors import Fault, ScenarioError, ValueFault
from sim.language import say
from sim.scenario.text.advice import advice, problem_in_words
from sim.scenario.text.files import unseen_in, without_unseen
from sim.scenario.text.source import UnreadableError, bytes_of, fault_of, text_of
from sim.scenario.text.tree import Document, Mark, Path, Place, dotted
from sim.units import has_two_readings, refuse_two_readings

_DEEPEST: Final = 60

_INT: Final = re.compile(r"-?[0-9]+")
_FLOAT: Final = re.compile(r"-?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
# Behind a digit in braces: a comma before decimals, or between thousands.
_REST_OF_NUMBER: Final = re.compile(r"(?:,[0-9][^,:{}\[\]\n]*)+(?=\s*[,}])")
_BREAK: Final = re.compile(r"[\n\r\t\x85]")
_OF_MANY_LINES: Final = (("description",), ("note",))
_MARKED: Final = frozenset({"value", "mark", "source", "note", "range"})
_MARKS: Final = ("stated", "measured", "derived", "assumed")


def read_file(file: str) -> tuple[bytes, Document]:
    """Read one file.

    Returns
    -------
    tuple[bytes, Document]
        What is in it, and what it says.

    Raises
    ------
    UnreadableError
        Nothing of it can be used.
    """
    data = bytes_of(file)
    composer = _Composer(file=file, text=text_of(data, file))
    tree = composer.compose()
    if not isinstance(tree, dict):
        found = say("nothing") if tree is None else say("no mapping")
        message = say("{found} in it, where a scenario belongs", found=found)
        raise UnreadableError(fault_of(file, message, say("Begin with title: …")))
    composer.document.tree = tree
    return data, composer.document


def read_value(text: str) -> Any:
    """A value as it would be read from a file: a number, true, false, text, a list or a mapping.

    Raises
    ------
    ScenarioError
        No YAML.
    """
    composer = _Composer(file="", text=text)
    try:
        value = composer.compose()
    except UnreadableError as unreadable:
        raise ScenarioError([unreadable.fault]) from None
    if composer.document.faults:
        raise ScenarioError(composer.document.faults)
    return value


@dataclass(slots=True, kw_only=True)
class _Composer:
    """Makes plain data of the events of a YAML stream."""

    file: str
    text: str
    document: Document = field(default_factory=Document)
    events: Iterator[Any] = field(init=False)
    cut_until: int = field(init=False, default=0)

    def compose(self) -> Any:
        """The value of the only document; None for an empty one."""
        self.text = self._shown(normalize("NFC", self.text))
        reader = YAML(typ="safe", pure=True)
        self.events = iter(reader.parse(self.text))
        try:
            while not isinstance(event := next(self.events), NodeEvent | StreamEndEvent):
                pass
            value = None
            if isinstance(event, NodeEvent):
                value = self._node(event, (), None)
            for event in self.events:
                if isinstance(event, DocumentStartEvent):
                    self._fault(
                        event, (), say("a second document"), say("Use one file for each scenario.")
                    )
                    break
        except MarkedYAMLError as error:
            raise UnreadableError(self._syntax(error)) from None
        except YAMLError as error:
            message = say(
                "not YAML: {problem}", problem=problem_in_words(str(error).splitlines()[0])
            )
            raise UnreadableError(fault_of(self.file, message, say("Leave it out."))) from None
        return value

    def _shown(self, text: str) -> str:
        """The text without what a terminal would obey, which is a fault."""
        found = unseen_in(text)
        if found is not None:
            position, character = found
            self.document.faults.append(
                Fault(
                    file=self.file,
                    line=text.count("\n", 0, position) + 1,
                    column=position - text.rfind("\n", 0, position),
                    path="",
                    message=say(
                        "found the character {character}, which nobody sees", character=character
                    ),
                    way_out=say("Delete it."),
                )
            )
        return without_unseen(text)

    def _syntax(self, error: MarkedYAMLError) -> Fault:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or say("no YAML")
        lines = self.text.splitlines()
        line = lines[mark.line] if mark and mark.line < len(lines) else ""
        return Fault(
            file=self.file,
            line=mark.line + 1 if mark else 0,
            column=mark.column + 1 if mark else 0,
            path="",
            message=say("not YAML: {problem}", problem=problem_in_words(problem)),
            way_out=advice(problem, line),
        )

    def _node(self, event: Any, path: Path, key: ScalarEvent | None) -> Any:
        mark, key_mark = event.start_mark, (key or event).start_mark
        self.document.places[path] = Place(
            file=self.file,
            line=mark.line + 1,
            column=mark.column + 1,
            key_line=key_mark.line + 1,
            key_column=key_mark.column + 1,
        )
        if isinstance(event, AliasEvent) or event.anchor is not None:
            sign = "*" if isinstance(event, AliasEvent) else "&"
            self._fault(
                event,
                path,
                say("found an anchor or alias: {sign}{anchor}", sign=sign, anchor=event.anchor),
                say("Write the value out, or put what files share into one that they extend."),
            )
            if isinstance(event, AliasEvent):
                return None
        tag = getattr(event, "tag", None) or getattr(event, "ctag", None)
        if tag and str(tag) != "!":
            self._fault(event, path, say("found a tag: {tag}", tag=tag), say("Leave it out."))
        if len(path) > _DEEPEST:
            fault = self._located_fault(
                event, path, say("nested deeper than {most}", most=_DEEPEST), ""
            )
            raise UnreadableError(fault)
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(event := next(self.events), SequenceEndEvent):
                if not self._is_cut_off(event):
                    items.append(self._node(event, (*path, len(items)), None))
            return items
        return self._scalar(event, path)

    def _mapping(self, path: Path) -> Any:
        mapping: dict[str, Any] = {}
        while not isinstance(key := next(self.events), MappingEndEvent):
            if not isinstance(key, ScalarEvent):
                fault = self._located_fault(key, path, say("a key that is no plain text"), "")
                raise UnreadableError(fault)
            if self._is_cut_off(key):
                next(self.events)
                continue
            # In quotes a name may have spaces around it, which say nothing.
            name = self._clean(key, path, str(key.value)).strip()
            here = (*path, name)
            if name in mapping:
                first = self.document.places[here]
                message = say(
                    "'{name}' is given twice; the first is on line {line}",
                    name=name,
                    line=first.key_line,
                )
                self._fault(key, path, message, say("Keep one of them."))
                kept = {
                    known: place
                    for known, place in self.document.places.items()
                    if known[: len(here)] == here
                }
                self._node(next(self.events), here, key)
                self.document.places.update(kept)
            else:
                mapping[name] = self._node(next(self.events), here, key)
        if "value" in mapping and mapping.keys() <= _MARKED:
            return self._marked(mapping, path)
        return mapping

    def _marked(self, mapping: dict[str, Any], path: Path) -> Any:
        """The value of a marked value, which takes the place of the mapping."""
        document = self.document
        mark = mapping.get("mark", "stated" if "source" in mapping else "unmarked")
        if "mark" in mapping and mark not in _MARKS:
            self._fault_at(
                document.places[(*path, "mark")],
                (*path, "mark"),
                say("found '{mark}'", mark=mark),
                say("Write one of {names}.", names=", ".join(_MARKS)),
            )
        document.marks[path] = Mark(
            mark=str(mark),
            source=str(mapping.get("source", "")),
            note=str(mapping.get("note", "")),
            range=mapping.get("range"),
        )
        depth = len(path)
        key = document.places[path]
        below = [known for known in document.places if known[:depth] == path and known != path]
        moved = {known: document.places.pop(known) for known in below}
        for known, place in moved.items():
            if known[depth] == "value":
                document.places[(*path, *known[depth + 1 :])] = place
        value = moved[(*path, "value")]
        document.places[path] = Place(
            file=value.file,
            line=value.line,
            column=value.column,
            key_line=key.key_line,
            key_column=key.key_column,
        )
        return mapping["value"]

    def _scalar(self, event: Any, path: Path) -> Any:
        text = self._clean(event, path, str(event.value))
        if event.style:
            return text
        if text.count("(") > text.count(")"):
            start = event.start_mark.index
            line = self.text[start:].split("\n", 1)[0]
            return self._cut_at_comma(event, path, line[: line.find(")") + 1] or line)
        cut = _REST_OF_NUMBER.match(self.text, event.end_mark.index)
        if cut and text[-1:].isdigit() and path and isinstance(path[-1], str):
            return self._cut_at_comma(event, path, (text + cut[0]).rstrip())
        if text in ("", "~", "null", "Null", "NULL"):
            if path:
                self._fault(event, path, say("has no value"), say("Give one, or delete the line."))
            return None
        if text in ("true", "True", "TRUE"):
            return True
        if text in ("false", "False", "FALSE"):
            return False
        if _INT.fullmatch(text) and len(text) < 300:
            return int(text)
        # Who reads the value knows whether 1.200 can be 1200.
        if _FLOAT.fullmatch(text) and not has_two_readings(text):
            return float(text)
        return text

    def _clean(self, event: Any, path: Path, text: str) -> str:
        """A text without characters that were written as escapes, and on one line."""
        found = unseen_in(text)
        if found is None and path[-1:] not in _OF_MANY_LINES and _BREAK.search(text.strip()):
            found = 0, say("of a new line or a tab")
        if found is None:
            return text
        message = say("holds the character {character}", character=found[1])
        self._fault(
            event, path, message, say("Leave it out; only a description or a note has lines.")
        )
        return _BREAK.sub(" ", without_unseen(text))

    def _cut_at_comma(self, event: Any, path: Path, meant: str) -> str:
        """Refuse a text with a comma inside braces, where YAML cuts it."""
        self.cut_until = event.start_mark.index + len(meant)
        message = say("'{value}' is cut off: a comma ends a value inside braces", value=event.value)
        way_out = say('Put it into quotes: "{meant}".', meant=meant)
        try:
            refuse_two_readings(meant)
        except ValueFault as fault:
            message, way_out = fault.message, fault.way_out
        self._fault(event, path, message, way_out)
        return meant

    def _is_cut_off(self, event: Any) -> bool:
        return bool(event.start_mark.index < self.cut_until)

    def _fault(self, event: Any, path: Path, message: str, way_out: str) -> None:
        self.document.faults.append(self._located_fault(event, path, message, way_out))

    def _fault_at(self, place: Place, path: Path, message: str, way_out: str) -> None:
        self.document.faults.append(
            Fault(
                file=place.file,
                line=place.line,
                column=place.column,
                path=dotted(path),
                message=message,
                way_out=way_out,
            )
        )

    def _located_fault(self, event: Any, path: Path, message: str, way_out: str) -> Fault:
        return Fault(
            file=self.file,
            line=event.start_mark.line + 1,
            column=event.start_mark.column + 1,
            path=dotted(path),
            message=message,
            way_out=way_out,
        )
