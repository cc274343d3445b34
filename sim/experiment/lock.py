"""Keeps a second process out of the folder of a study; one that dies leaves the folder free.

The lock is the kernel's, on a file that says whose it is: it goes with its process, however that
ends, and a file that is left behind holds nobody up.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from sim.errors import StoreError
from sim.language import say, why_not

LOCK: Final = "lock"
"""The file, in the folder of what is not yet finished."""

_TRIES: Final = 5
_BETWEEN_TRIES: Final = 0.05
"""Seconds."""

_UNKNOWN: Final = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP})
"""What a file system says that has no locks."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder for as long as the context lasts; a second one does not wait, but is refused.

    Raises
    ------
    StoreError
        Another process, or another study of this one, holds it; or it cannot be written.
    """
    path = folder / LOCK
    try:
        stream = _taken(path)
    except OSError as error:
        raise StoreError(
            say("cannot write to {path}: {why}", path=folder.parent, why=why_not(error))
        ) from None
    if stream is None:
        raise StoreError(
            say(
                "{folder} is being written by another study{whose}. Wait until that has "
                "ended, or give another folder.",
                folder=folder.parent,
                whose=_whose(path),
            )
        )
    try:
        yield
    finally:
        # Before it is let go: whoever has it open already finds that it is another file.
        with suppress(OSError):
            if _is_same(path, stream):
                path.unlink()
        stream.close()
        with suppress(OSError):
            folder.rmdir()


def is_held(folder: Path) -> bool:
    """Whether a study is being written into a folder now."""
    try:
        with (folder / LOCK).open("r+b") as stream:
            return not _lock(stream)
    except OSError:
        return False


def _taken(path: Path) -> IO[bytes] | None:
    """The locked file; None if another has it."""
    for _ in range(_TRIES):
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = path.open("a+b")
        try:
            if not _lock(stream):
                # Who only looks whether it is held has it for a moment too.
                time.sleep(_BETWEEN_TRIES)
            elif _is_same(path, stream):
                stream.truncate(0)
                stream.write(json.dumps(_self()).encode())
                stream.flush()
                return stream
        except BaseException:
            stream.close()
            raise
        stream.close()  # another has it, or its owner removed it in between
    return None


def _self() -> dict[str, Any]:
    since = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
    return {"process": os.getpid(), "host": socket.gethostname(), "since": since}


def _whose(path: Path) -> str:
    try:
        owner = json.loads(path.read_text("utf-8"))
        return say(
            ": process {process} on {host}, since {since}",
            process=owner["process"],
            host=owner["host"],
            since=owner["since"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _is_same(path: Path, stream: IO[bytes]) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(stream.fileno()))
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    _PLACE: Final = 1 << 30
    """Far behind what the file says: what is locked cannot be read."""

    def _lock(stream: IO[bytes]) -> bool:
        stream.seek(_PLACE)
        try:
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(stream: IO[bytes]) -> bool:
        try:
            fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno not in _UNKNOWN:
                raise
            warnings.warn(
                f"{Path(stream.name).parent.parent} is on a file system without locks: let no "
                "second study write there",
                stacklevel=2,
            )
        return True
