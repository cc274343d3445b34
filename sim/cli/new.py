"""Starts a scenario of one's own from a shipped one: a file that extends it, or a copy of it all.

It never writes over a file.
"""

from __future__ import annotations

import json
import shlex
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.cli import shelf
from sim.errors import LienthongError, RequestError, ScenarioError, StoreError
from sim.language import later, say, say_of_scenario, several, why_not
from sim.wording import some, visible

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.scenario.text.tree import Document

_BASE: Final = "birth"
"""What a new scenario starts from unless another is named."""

_SCHEMA: Final = "scenario.schema.json"

_HEAD: Final = later(
    """\
# What you write here goes before what {name} says; all that you do not write is as it is there.
#   lienthong check {file}       is everything in order?
#   lienthong explain {file}     each value, where it comes from, and how busy each role will be
#   lienthong run {file}         run it; "lienthong compare {file}" runs its variants side by side
title: {title}
extends: {base}
"""
)

_LEVERS: Final = later(
    """
# A what-if of your own: take away the # before what you change, down from "variants:".
# The values are those of {name}; 0.8 x multiplies a value, + 1 and - 1 add to it.
# Then: lienthong run {file} --variant what-if
# variants:
#   what-if:
"""
)


def new(args: Namespace) -> int:
    """Write a scenario that starts from a shipped one, or list those.

    Raises
    ------
    RequestError
        There is such a file already, or words are missing or clash.
    StoreError
        A file cannot be written.
    """
    if args.file is None or args.list:
        if args.file is not None:
            raise RequestError(say("--list writes nothing. Leave out --list or the file."))
        if args.base is not None or args.copy:
            raise RequestError(say("no file to write. Name one: lienthong new my-district.yaml"))
        shelf.show(_BASE)
        return 0
    name = args.base or _BASE
    path = Path(args.file)
    texts = _copies(name, path) if args.copy else {path: _extending(name, path).encode()}
    _write(texts)
    told = [say("wrote {path}", path=each) for each in texts]
    told.append(say("next: {command}", command=f"lienthong check {path}"))
    sys.stdout.write(visible("".join(f"{line}\n" for line in told)))
    return 0


def _extending(name: str, path: Path, base_file: str = "") -> str:
    """A short scenario that extends a shipped one, or its copy; it shows levers as a comment."""
    from sim.scenario import shipped
    from sim.scenario.load import read

    file = shipped.path_of(name)
    name = name.removeprefix(shipped.PREFIX)
    document, files = read(str(file))
    is_plain = path.name.isprintable()  # what is not would end the comment, or be no UTF-8
    words = {
        "name": name,
        "file": shlex.quote(path.name) if is_plain else say("FILE"),
        "title": _in_yaml(path.stem.replace("-", " ") if is_plain else name),
        "base": _in_yaml(base_file or f"{shipped.PREFIX}{name}"),
    }
    levers = "".join(
        f"#     {f'{lever}: {value}':<34}  # {label}\n"
        for lever, value, label in _levers(document, files)
    )
    return say(_HEAD, **words) + (say(_LEVERS, **words) + levers if levers else "")


def _levers(document: Document, files: dict[str, bytes]) -> Iterator[tuple[str, str, str]]:
    """Each lever, a value that leaves it as it is, and its label."""
    from sim.scenario.load import scenario_of
    from sim.scenario.overrides.override import levers_of
    from sim.scenario.text.tree import undotted

    paths = levers_of(document.copy())

    def base(settings: Mapping[str, str]) -> Scenario:
        copy = document.copy()
        return scenario_of("", copy, files, variant=None, settings=settings, levers=paths)

    for name, lever in base({}).levers.items():
        label = say_of_scenario(lever.label or name)
        path = undotted(lever.paths[0]) if len(lever.paths) == 1 else None
        value = document.get(path) if path is not None else None
        if value is not None and not isinstance(value, dict | list):
            yield name, _in_yaml(value), label
            continue
        try:
            base({name: "1 x"})
            yield name, "1 x", label
        except ScenarioError:
            # No number: what a single path holds can be shown, several would differ.
            if value is not None:
                yield name, _in_yaml(value), label


def _copies(name: str, path: Path) -> Mapping[Path, bytes]:
    """A shipped scenario and all that it needs, by the paths that they get around a file.

    One in a folder, such as a service, stays in it, and the file extends it.
    """
    from sim.scenario import load, resolve, shipped

    file = shipped.path_of(name)
    scenario = load(file)
    resolve(scenario)  # reads the tables that it names
    root = shipped.folder()
    is_apart = file.parent != root
    needed = {
        path.parent / Path(each).relative_to(root): data
        for each, data in scenario.files.items()
        if is_apart or Path(each) != file
    }
    if path in needed:
        raise RequestError(
            say(
                "{name} needs a file {file} itself. Give yours another name.",
                name=name,
                file=path.name,
            )
        )
    schema = path.parent / _SCHEMA
    own = file.read_bytes()
    if is_apart:
        own = _extending(name, path, file.relative_to(root).as_posix()).encode()
    return {path: own, **needed, schema: (root / _SCHEMA).read_bytes()}


def _write(texts: Mapping[Path, bytes]) -> None:
    there = [str(path) for path in texts if path.exists() or path.is_symlink()]
    if there:
        raise RequestError(
            several(
                len(there),
                "{files} is there already. Give another name or folder.",
                "{files} are there already. Give another name or folder.",
                files=some(there),
            )
        )
    for path, data in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as stream:
                stream.write(data)
        except OSError as error:
            raise StoreError(
                say("cannot write {path}: {why}", path=path, why=why_not(error))
            ) from None


def _in_yaml(value: Any) -> str:
    """A value as it may stand in a scenario: as it is where that reads back, else in quotes."""
    from sim.scenario.text.yaml import read_value

    plain = str(value)
    if isinstance(value, bool):
        return plain.lower()
    if isinstance(value, str | int | float) and plain.isprintable():
        try:
            if read_value(plain) == value:
                return plain
        except LienthongError:
            pass
    return json.dumps(value, ensure_ascii=False)
