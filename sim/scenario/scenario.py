"""A scenario as a person wrote it, checked value by value, with the place of each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from operator import eq
from pathlib import Path as FilePath
from typing import Any, Final

from sim.errors import Fault
from sim.scenario.schema.sections import Claim, LeverSpec, ScenarioSpec, Target
from sim.scenario.schema.step_names import step_names
from sim.scenario.schema.steps import VERBS
from sim.scenario.text.tree import COMMAND_LINE, Document, Mark, Path, Place, dotted, matches

_NOT_VALUES: Final = frozenset(
    {
        "title",
        "description",
        "extends",
        "dates",
        "reading",
        "readings",
        "levers",
        "variants",
        "reforms",
        "bottlenecks",
        "claims",
        "target",
        "provenance",
    }
)
_NAMING: Final = frozenset({"label", "name", "source", "note", "mark"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A value of the scenario, as written, and how it is known.

    ``mark`` is ``stated``, ``measured``, ``derived``, ``assumed``, ``set`` (by a variant or on the
    command line) or ``unmarked``.
    """

    path: str
    text: str
    mark: str
    source: str
    note: str
    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scenario:
    """What a person wrote, after ``extends`` and overrides.

    Parameters
    ----------
    path
        The file, as the user gave it.
    variant
        The name of the variant it is, None for the scenario itself.
    settings
        Overrides from the command line, by lever or path.
    spec
        The scenario, value by value.
    files
        What is in every file read, by path; :func:`resolve` adds the tables that values name.
    """

    path: str
    variant: str | None
    settings: Mapping[str, str]
    spec: ScenarioSpec
    files: dict[str, bytes]
    document: Document = field(repr=False)

    @property
    def title(self) -> str:
        """One line that says what it is about."""
        return self.spec.title

    @property
    def tree(self) -> Mapping[str, Any]:
        """What is written, as plain mappings, lists and values."""
        return self.document.tree

    @property
    def places(self) -> Mapping[Path, Place]:
        """Where each part of the tree stands."""
        return self.document.places

    @property
    def variants(self) -> tuple[str, ...]:
        """The names of the variants, as written."""
        return tuple(self.spec.variants)

    @property
    def readings(self) -> tuple[str, ...]:
        """The names of the readings, as written."""
        return tuple(self.spec.readings)

    @property
    def levers(self) -> Mapping[str, LeverSpec]:
        """The levers by name."""
        return self.spec.levers

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Published figures that the study is held against."""
        return self.spec.claims

    @property
    def target(self) -> Target | None:
        """What a planner wants to reach."""
        return self.spec.target

    @property
    def digest(self) -> str:
        """SHA-256 of what is written after ``extends`` and overrides; comments do not count."""
        text = json.dumps(self.tree, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def text_at(self, *paths: Path) -> str:
        """What is written at some paths, and the files of what was set there since.

        Where it is equal in two scenarios from one file, both mean the same.
        """
        since = [
            (dotted(known), self.places[known].file)
            for known in self.document.overridden
            if known in self.places and any(all(map(eq, known, path)) for path in paths)
        ]
        parts = [self.document.get(path) for path in paths]
        return json.dumps([parts, since], ensure_ascii=False, separators=(",", ":"))

    def fault(self, path: Path, message: str, way_out: str = "") -> Fault:
        """A fault at a path, with its place in the files; where nothing is written, just above."""
        fault = self.document.fault(path, message, way_out)
        return fault if fault.file else replace(fault, file=self.path)

    def folder(self, path: Path) -> FilePath:
        """The folder against which a file named at a path is looked up: that of its own file."""
        place = self.places.get(self.document.existing(path))
        file = self.path if place is None or place.file == COMMAND_LINE else place.file
        return FilePath(file).parent

    def mark(self, path: Path) -> Mark | None:
        """How the value at a path is known.

        The nearest counts: an override, a mark at the value, one in a section around it, then the
        longest pattern of ``provenance``.
        """
        for end in range(len(path), 0, -1):
            if path[:end] in self.document.overridden:
                return self.document.overridden[path[:end]]
        if path in self.document.marks:
            return self.document.marks[path]
        for end in range(len(path) - 1, 0, -1):
            around = self.document.get(path[:end])
            if isinstance(around, Mapping) and ("mark" in around or "source" in around):
                return Mark(
                    mark=str(around.get("mark", "stated")),
                    source=str(around.get("source", "")),
                    note=str(around.get("note", "")),
                )
        pattern = _longest(tuple(self.spec.provenance), dotted(path))
        if pattern is None:
            return None
        origin = self.spec.provenance[pattern]
        return Mark(mark=origin.mark, source=origin.source or "", note=origin.note or "")


@lru_cache(maxsize=2**14)  # the settings of a study have the same patterns and paths
def _longest(patterns: tuple[str, ...], path: str) -> str | None:
    """The longest of the patterns that name a path."""
    return max((each for each in patterns if matches(each, path)), key=len, default=None)


def values(scenario: Scenario) -> tuple[Entry, ...]:
    """Every value written in a scenario, with how it is known and where it stands.

    Returns
    -------
    tuple[Entry, ...]
        In the order of the tree.  Defaults are not written, so they are not among them; a list of
        plain values is one value.
    """
    return tuple(entry for _, entry in values_by_path(scenario))


def values_by_path(scenario: Scenario) -> Iterator[tuple[Path, Entry]]:
    """As :func:`values`, each with its place in the tree."""
    return _values(scenario, scenario.tree, (), "", {})


def _values(
    scenario: Scenario, node: Any, path: Path, shown: str, steps: Mapping[Path, str]
) -> Iterator[tuple[Path, Entry]]:
    """Walk the tree; a step is shown by its name below its flow, as in the path of a lever."""
    if isinstance(node, Mapping):
        for key, item in node.items():
            is_name = key in _NAMING or (key in VERBS and path[:1] == ("bundles",))
            is_name = is_name and not isinstance(item, list | Mapping)
            if not is_name and (path or key not in _NOT_VALUES):
                below = f"{shown}.{key}" if shown else str(key)
                yield from _values(scenario, item, (*path, key), below, steps)
    elif isinstance(node, list) and any(isinstance(item, list | Mapping) for item in node):
        if not steps:
            steps = {at: f"{shown}.{name}" for at, name in step_names(node, path).items()}
        for index, item in enumerate(node):
            here = (*path, index)
            below = steps.get(here, f"{shown}[{index}]")
            yield from _values(scenario, item, here, below, steps)
    else:
        mark = scenario.mark(path) or Mark(mark="unmarked")
        place = scenario.places[path]
        entry = Entry(
            path=shown,
            text=", ".join(map(str, node)) if isinstance(node, list) else str(node),
            mark=mark.mark,
            source=mark.source,
            note=mark.note,
            file=place.file,
            line=place.line,
        )
        yield path, entry
