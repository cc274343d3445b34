"""Loads a scenario: its file, all that it extends, and the overrides of a variant."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Final

from sim.errors import Fault, ScenarioError, ValueFault
from sim.language import say
from sim.scenario import shipped
from sim.scenario.messages import schema_faults
from sim.scenario.overrides.override import override
from sim.scenario.ranges.faults import range_faults
from sim.scenario.resolve.model import unknown_names
from sim.scenario.scenario import Scenario
from sim.scenario.schema.sections import read_names, read_spec
from sim.scenario.text.source import UnreadableError
from sim.scenario.text.tree import Document, Path, dotted, matches, walk
from sim.scenario.text.yaml import read_file
from sim.wording import did_you_mean

_CSV: Final = re.compile(r"[^\s()\"',]+\.csv")


def load(
    path: str | os.PathLike[str],
    *,
    variant: str | None = None,
    settings: Mapping[str, str] | None = None,
) -> Scenario:
    """Read a scenario, or one of its variants.

    Parameters
    ----------
    path
        The YAML file.
    variant
        The name of a variant whose overrides count.
    settings
        Overrides by lever or path, made after those of the variant: values as in YAML, or
        ``0.7 x``, ``+ 1``, ``- 1``.

    Returns
    -------
    Scenario
        Each value is well-formed; whether names fit together is for ``resolve``.

    Raises
    ------
    ScenarioError
        With all faults of the file, of what it extends and of the overrides.
    """
    name = os.fspath(path)
    document, files = read(name)
    return scenario_of(name, document, files, variant=variant, settings=dict(settings or {}))


def read(path: str) -> tuple[Document, dict[str, bytes]]:
    """What a file and all that it extends say, and what is in each file by its path.

    Raises
    ------
    ScenarioError
        Nothing of the file can be used; all other faults stand in the document.
    """
    files: dict[str, bytes] = {}
    try:
        document = _read(path, files, ())
    except UnreadableError as unreadable:
        fault = unreadable.fault
        way_out = fault.way_out if fault.line else shipped.start_from(path) or fault.way_out
        raise ScenarioError([replace(fault, way_out=way_out)]) from None
    document.faults.extend(_idle_patterns(document))
    document.faults.extend(range_faults(document))
    return document, files


def scenario_of(
    path: str,
    document: Document,
    files: dict[str, bytes],
    *,
    variant: str | None,
    settings: Mapping[str, str],
    entries: Sequence[Path] = (),
    levers: Mapping[str, tuple[str, ...]] | None = None,
) -> Scenario:
    """The scenario that a document is after overrides, which are made in it.

    Parameters
    ----------
    entries, levers
        See :func:`sim.scenario.overrides.override.override`.

    Raises
    ------
    ScenarioError
        With all faults of the document and of the overrides.
    """
    override(document, variant, settings, entries, levers)
    spec, errors = read_spec(document.tree)
    document.faults.extend(schema_faults(errors, document))
    spec_of_names = read_names(document.tree) if spec is None else spec
    if spec_of_names is None:
        raise ScenarioError(_placed(document.faults, path))
    scenario = Scenario(
        path=path,
        variant=variant,
        settings=settings,
        spec=spec_of_names,
        files=files,
        document=document,
    )
    if document.faults:
        # Values that cannot be read must not hide names that nothing has.
        unknown = [
            fault
            for fault in unknown_names(scenario)
            if not any(matches(refused.path, fault.path) for refused in document.faults)
        ]
        raise ScenarioError(_placed([*document.faults, *unknown], path))
    return scenario


def _placed(faults: Sequence[Fault], path: str) -> list[Fault]:
    return list({fault if fault.file else replace(fault, file=path) for fault in faults})


def _read(file: str, files: dict[str, bytes], above: tuple[str, ...]) -> Document:
    """A file laid over what it extends.

    ``files`` holds what was read so far.  What lies beneath is laid once: a second time, above
    others, it would take back what they say.  In its own list a file counts where it is named.
    """
    before = frozenset(files)
    files[file], own = read_file(file)
    bases = own.tree.get("extends", [])
    merged = Document()
    for index, base in enumerate(bases if isinstance(bases, list) else [bases]):
        if not isinstance(base, str):
            continue
        at: Path = ("extends", index) if isinstance(bases, list) else ("extends",)
        try:
            target = _target(base, file)
        except ValueFault as unknown:
            own.faults.append(own.fault(at, unknown.message, unknown.way_out))
            continue
        if target in (*above, file):
            circle = " → ".join(map(os.path.basename, (*above, file, target)))
            own.faults.append(
                own.fault(
                    at,
                    say("leads back to itself: {circle}", circle=circle),
                    say("Break the circle."),
                )
            )
            continue
        if target in before:
            continue
        try:
            below = _read(target, files, (*above, file))
        except UnreadableError as unreadable:
            fault = unreadable.fault
            if not fault.line:  # a file that is not there has no place of its own
                way_out = shipped.way_out_for(base) or fault.way_out
                fault = own.fault(at, fault.message, way_out)
            own.faults.append(fault)
            continue
        below.tree.pop("extends", None)
        merged.merge(below)
    merged.merge(own)
    return merged


def _target(base: str, file: str) -> str:
    """The path of what a file extends: beside it, or shipped with the program."""
    if base.startswith(shipped.PREFIX):
        return str(shipped.path_of(base))
    return os.path.normpath(FilePath(file).parent / base)


def _idle_patterns(document: Document) -> Iterator[Fault]:
    """A pattern of ``provenance`` that names nothing is a typo."""
    patterns = document.tree.get("provenance")
    if not isinstance(patterns, dict):
        return
    paths = [dotted(path) for path, _ in walk(document.tree) if path[:1] != ("provenance",)]
    for pattern in patterns:
        if not any(matches(pattern, path) for path in paths):
            way_out = say("A star stands for any text.")
            if "*" not in pattern:
                way_out = did_you_mean(pattern, filter(None, paths))
            message = say("the pattern '{pattern}' names nothing in the scenario", pattern=pattern)
            yield document.fault(("provenance",), message, way_out, key=pattern)


def files_named(document: Document, path: str) -> Iterator[str]:
    """The CSV files that values of a document name, wherever they stand in it."""
    for at, value in walk(document.tree):
        place = document.places.get(at)
        if isinstance(value, str) and place is not None:
            for name in _CSV.findall(value):
                yield os.path.normpath(FilePath(place.file or path).parent / name)
