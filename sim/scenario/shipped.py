"""Finds the scenarios that lienthong is shipped with, by name: ``lienthong:birth``."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Final

from sim.errors import ValueFault
from sim.language import say
from sim.wording import did_you_mean

PREFIX: Final = "lienthong:"
"""Opens the name of a shipped scenario where the path of a file may stand as well."""

_PACKAGE: Final = FilePath(__file__).parents[1]


def folder() -> FilePath:
    """Where the shipped scenarios are: inside the installed package, in a checkout beside it."""
    inside = _PACKAGE / "_scenarios"
    return inside if inside.is_dir() else _PACKAGE.parent / "scenarios"


def names() -> tuple[str, ...]:
    """The names of all shipped files, without suffix; those of places begin with ``places/``."""
    root = folder()
    files = (file.relative_to(root) for file in root.rglob("*.yaml"))
    return tuple(sorted(file.with_suffix("").as_posix() for file in files))


def path_of(name: str) -> FilePath:
    """The file of a shipped scenario, named with or without :data:`PREFIX`.

    Raises
    ------
    ValueFault
        None has that name.
    """
    bare = name.removeprefix(PREFIX)
    known = names()
    if bare not in known:
        message = say("no shipped scenario has the name '{bare}'", bare=bare)
        raise ValueFault(message, way_out=did_you_mean(bare, known))
    return folder() / f"{bare}.yaml"


def way_out_for(path: str) -> str:
    """What to write in place of a path that leads nowhere, where a shipped scenario was meant."""
    name = path.removesuffix(".yaml")
    if name not in names():
        return ""
    return say("The shipped one is {name}.", name=PREFIX + name)


def start_from(path: str) -> str:
    """How a file is begun from the shipped scenario that was meant by a path to none."""
    name = path.removeprefix(PREFIX).removesuffix(".yaml")
    if name not in names():
        return ""
    return say("Start from it: lienthong new --from {name} mine.yaml", name=name)
