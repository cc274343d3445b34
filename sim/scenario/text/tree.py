"""A scenario as plain data: a tree of mappings, lists and values, and where each part stands.

It knows no field by name and no file format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, TypeAlias

from sim.errors import Fault

Path: TypeAlias = tuple[str | int, ...]
"""Keys and list indices from the root of the tree."""

COMMAND_LINE: Final = "--set"
"""Stands for the file of a value that was given on the command line."""

_PART: Final = re.compile(r"\[(\d+|\*)\]|([^.\[\]]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a value stands, and its key; lines and columns count from 1, 0 for nowhere."""

    file: str
    line: int
    column: int
    key_line: int
    key_column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How a value is known: ``stated``, ``measured``, ``derived``, ``assumed``, or ``set``.

    ``range`` is what it may be instead, as written; None where the value itself does not say.
    """

    mark: str
    source: str = ""
    note: str = ""
    range: Any = None


def dotted(path: Path) -> str:
    """A path as people read it: ``bundles.birth.regimes.linked.online[3].role``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def undotted(text: str) -> Path | None:
    """The path that a text names; None for no path. A ``*`` stands for any one part."""
    parts: list[str | int] = []
    at = 0
    while at < len(text):
        if at and text[at] == ".":
            at += 1
        match = _PART.match(text, at)
        if match is None:
            return None
        index, name = match.groups()
        parts.append(name or ("*" if index == "*" else int(index)))
        at = match.end()
    return tuple(parts) or None


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern names a dotted path or a part above it; ``*`` stands for any text."""
    return _compiled(pattern).fullmatch(path) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    named = ".*".join(map(re.escape, pattern.split("*")))
    return re.compile(rf"{named}(?:[.\[].*)?")


@dataclass(slots=True, kw_only=True)
class Document:
    """A tree with the places of its parts, the marks of its values and the faults in reading it.

    ``overridden`` are the paths that a variant or the command line set.
    """

    tree: dict[str, Any] = field(default_factory=dict)
    places: dict[Path, Place] = field(default_factory=dict)
    marks: dict[Path, Mark] = field(default_factory=dict)
    overridden: dict[Path, Mark] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def copy(self) -> Document:
        """The same document, in which overrides can be made without touching this one."""
        return Document(
            tree=deepcopy(self.tree),
            places=dict(self.places),
            marks=dict(self.marks),
            overridden=dict(self.overridden),
            faults=list(self.faults),
        )

    def get(self, path: Path) -> Any:
        """The part at a path, None where there is none."""
        node: Any = self.tree
        for part in path:
            if isinstance(node, list):
                if not isinstance(part, int) or part >= len(node):
                    return None
                node = node[part]
            elif isinstance(node, Mapping) and part in node:
                node = node[str(part)]
            else:
                return None
        return node

    def put(self, path: Path, value: Any, place: Place) -> None:
        """Set the part at a path, whose parents exist or are mappings to be made."""
        node: Any = self.tree
        for position, part in enumerate(path[:-1]):
            if isinstance(node, dict) and part not in node:
                node[part] = {}
                self.places[path[: position + 1]] = place
            node = node[part]
        self._forget(path)
        node[path[-1]] = value
        for below, _ in walk(value, path):
            self.places[below] = place

    def merge(self, over: Document) -> None:
        """Lay another document over this one: mappings merge, all else is replaced."""
        self._merge(self.tree, over.tree, (), over)
        self.faults.extend(over.faults)

    def _merge(self, base: dict[str, Any], top: dict[str, Any], path: Path, over: Document) -> None:
        for key, value in top.items():
            here = (*path, key)
            if isinstance(value, dict) and isinstance(base.get(key), dict):
                self.places[here] = over.places[here]
                self._merge(base[key], value, here, over)
                continue
            self._forget(here)
            base[key] = value
            for below, _ in walk(value, here):
                self.places[below] = over.places[below]
                if below in over.marks:
                    self.marks[below] = over.marks[below]

    def _forget(self, path: Path) -> None:
        for below, _ in walk(self.get(path), path):
            self.places.pop(below, None)
            self.marks.pop(below, None)

    def existing(self, path: Path) -> Path:
        """The longest beginning of a path that stands in the tree."""
        while path and self.get(path) is None:
            path = path[:-1]
        return path

    def fault(self, path: Path, message: str, way_out: str = "", *, key: str = "") -> Fault:
        """A fault at a path: at its value, or where that is a mapping or list, at its key.

        With ``key`` it stands at that key of the mapping at the path.
        """
        here = self.places.get((*path, key)) if key else None
        at_key = here is not None
        if here is None:
            known = self.existing(path)
            here = self.places.get(known)
            at_key = isinstance(self.get(known), dict | list)
        if here is None:
            return Fault(
                file="", line=0, column=0, path=dotted(path), message=message, way_out=way_out
            )
        return Fault(
            file=here.file,
            line=here.key_line if at_key else here.line,
            column=here.key_column if at_key else here.column,
            path=dotted(path),
            message=message,
            way_out=way_out,
        )


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every part of a tree with its path, parents first."""
    yield path, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from walk(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from walk(item, (*path, index))
