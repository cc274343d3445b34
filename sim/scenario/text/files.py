"""Reads ordinary files, and finds characters that a terminal would obey instead of showing."""

from __future__ import annotations

import errno
import os
import re
import stat
import unicodedata
from pathlib import Path as FilePath
from typing import Final

_KINDS: Final = (
    (stat.S_ISDIR, errno.EISDIR, "it is a folder"),
    (stat.S_ISFIFO, errno.EINVAL, "it is a pipe"),
    (stat.S_ISSOCK, errno.EINVAL, "it is a socket"),
    (stat.S_ISCHR, errno.EINVAL, "it is a device"),
    (stat.S_ISBLK, errno.EINVAL, "it is a device"),
)

# Control characters but for tab and newlines, and marks that turn the direction of writing.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ud800-\udfff]"  # halves of a pair: only an escape writes one, and no UTF-8 can
)


def read_ordinary(path: str | os.PathLike[str], *, most: int | None = None) -> bytes:
    """What is in a file, of which the first ``most`` bytes are read.

    Raises
    ------
    OSError
        It cannot be read, or is no ordinary file: a folder, a pipe, a device.  ``strerror`` says
        so.  A pipe would be waited for without end.
    """
    mode = FilePath(path).stat().st_mode
    for is_kind, code, words in _KINDS:
        if is_kind(mode):
            raise OSError(code, words, os.fspath(path))
    with FilePath(path).open("rb") as stream:
        return stream.read() if most is None else stream.read(most)


def unseen_in(text: str) -> tuple[int, str] | None:
    """Where the first character of a text that would not be shown stands, and what it is.

    Returns
    -------
    tuple[int, str] | None
        Its position, and its number and name, such as ``U+202E (RIGHT-TO-LEFT OVERRIDE)``.
    """
    found = _UNSEEN.search(text)
    if found is None:
        return None
    is_half = "\ud800" <= found[0] <= "\udfff"
    name = unicodedata.name(found[0], "half a character" if is_half else "a control character")
    return found.start(), f"U+{ord(found[0]):04X} ({name})"


def without_unseen(text: str) -> str:
    """A text with a mark in place of each character that would not be shown."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text)
