"""Reads ordinary files; behind a gate, only those that were let through.

Who serves others closes the gate around what they send: a scenario of theirs can name shipped files
and what came with it, and nothing else of the machine.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_KINDS: Final = (
    (stat.S_ISDIR, errno.EISDIR, "it is a folder"),
    (stat.S_ISFIFO, errno.EINVAL, "it is a pipe"),
    (stat.S_ISSOCK, errno.EINVAL, "it is a socket"),
    (stat.S_ISCHR, errno.EINVAL, "it is a device"),
    (stat.S_ISBLK, errno.EINVAL, "it is a device"),
)

_SUFFIXES: Final = (".yaml", ".csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What can be read: ``held`` in memory, by path; all YAML and CSV in ``folder``; ``named``.

    Paths are compared as written, without ``..``; those below ``folder`` after links are followed.
    """

    folder: Path
    held: Mapping[str, bytes] = field(default_factory=dict)
    named: frozenset[str] = frozenset()

    def content(self, path: str) -> bytes | None:
        """What is held of a path; None where the file may be read.

        Raises
        ------
        FileNotFoundError
            It is neither.
        """
        plain = os.path.normpath(path)
        if plain in self.held:
            return self.held[plain]
        real = Path(plain).resolve()
        is_shipped = real.suffix in _SUFFIXES and real.is_relative_to(self.folder.resolve())
        if is_shipped or plain in self.named:
            return None
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)


_GATE: Final[ContextVar[Gate | None]] = ContextVar("gate", default=None)


@contextmanager
def only_through(gate: Gate) -> Iterator[None]:
    """Let nothing but what a gate lets through be read within a ``with``."""
    token = _GATE.set(gate)
    try:
        yield
    finally:
        _GATE.reset(token)


def read_ordinary(path: str | os.PathLike[str], *, most: int | None = None) -> bytes:
    """What is in a file, of which the first ``most`` bytes are read.

    Raises
    ------
    OSError
        It cannot be read, or is no ordinary file: a folder, a pipe, a device.  ``strerror`` says
        so.  A pipe would be waited for without end.
    """
    gate = _GATE.get()
    held = None if gate is None else gate.content(os.fspath(path))
    if held is not None:
        return held if most is None else held[:most]
    mode = Path(path).stat().st_mode
    for is_kind, code, words in _KINDS:
        if is_kind(mode):
            raise OSError(code, words, os.fspath(path))
    with Path(path).open("rb") as stream:
        return stream.read() if most is None else stream.read(most)


def size_of(path: str | os.PathLike[str]) -> int:
    """The bytes of a file.

    Raises
    ------
    OSError
        It is not there, or not let through.
    """
    gate = _GATE.get()
    held = None if gate is None else gate.content(os.fspath(path))
    return Path(path).stat().st_size if held is None else len(held)


def names_beside(folder: Path, pattern: str) -> list[str]:
    """The names of the files in a folder, for advice; none behind a gate."""
    if _GATE.get() is not None:
        return []
    return sorted(path.name for path in folder.glob(pattern))
