"""Says which versions numbers depend on: of Python, of lienthong and of libraries."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

_LIBRARIES: Final = ("lienthong", "numpy", "scipy", "simpy", "numba", "holidays")
_NOT_RUN: Final = frozenset({"holidays"})
"""Libraries that scenarios are read with, and no replication is run with."""


def versions() -> dict[str, str]:
    """The versions of Python, lienthong and the libraries that numbers depend on, by name."""
    found = {"python": platform.python_version()}
    return found | {name: _version_of(name) for name in _LIBRARIES}


@cache  # each question of a page has it, and the file system is asked for it
def _version_of(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"


@cache
def versions_run() -> dict[str, str]:
    """What must be equal wherever replications of one study run: same versions, same digits.

    ``code`` is a digest of the program's own files: a version may have been changed by hand.
    """
    python = ".".join(platform.python_version_tuple()[:2])
    found = {name: known for name, known in versions().items() if name not in _NOT_RUN}
    return found | {"python": python, "code": _code()}


def _code() -> str:
    digest = hashlib.sha256()
    folder = Path(__file__).parents[1]
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode())
        # Git may change the ends of lines between machines.
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]
