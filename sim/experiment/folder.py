"""Writes the files of an answer into a folder of their own, or an answer into one file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sim.errors import StoreError
from sim.language import say, why_not

MARK: Final = "hangs-on.html"
"""The file that what a figure hangs on always has: by it a folder is known to hold one."""


def claim_folder(folder: Path, *, replace: bool, mark: str = MARK) -> None:
    """Make a folder for an answer, before hours are spent on finding it.

    Parameters
    ----------
    mark
        The file that answers of this kind always have.

    Raises
    ------
    StoreError
        It cannot be made, is a file, or holds something else; or another answer, and ``replace``
        does not say that it may go.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = {path.name for path in folder.iterdir()}
    except (FileExistsError, NotADirectoryError):
        raise StoreError(say("{path} is a file. Give --out a folder.", path=folder)) from None
    except OSError as error:
        raise StoreError(
            say("cannot write to {path}: {why}", path=folder, why=why_not(error))
        ) from None
    if held and mark not in held:
        raise StoreError(
            say(
                "{folder} holds other files. Give --out a new folder, or an empty one.",
                folder=folder,
            )
        )
    if held and not replace:
        raise StoreError(
            say(
                "{folder} holds an answer already. Give another folder, or say that it "
                "may be replaced (--replace, replace=True).",
                folder=folder,
            )
        )


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files by name; a name may have folders, parted by ``/``.

    Raises
    ------
    StoreError
        One cannot be written.
    """
    try:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            half = _half(path)
            half.write_bytes(content)
            half.replace(path)
    except OSError as error:
        raise StoreError(
            say("cannot write to {path}: {why}", path=folder, why=why_not(error))
        ) from None


def claim_file(path: Path, *, replace: bool) -> None:
    """See that a file can be written, before hours are spent on what is to stand in it.

    Raises
    ------
    StoreError
        It cannot be written, or is no file; or there is one, and ``replace`` does not say that it
        may go.
    """
    try:
        if path.is_dir():
            raise StoreError(say("{path} is a folder. Give --out a file.", path=path))
        if path.exists() and not path.is_file():
            raise StoreError(say("{path} is a device, no file. Give --out a file.", path=path))
        if path.exists() and not replace:
            raise StoreError(
                say(
                    "{path} exists already. Give another file, or say that it may be "
                    "replaced (--replace, replace=True).",
                    path=path,
                )
            )
        half = _half(path)
        half.touch()
        half.unlink()
    except OSError as error:
        raise StoreError(say("cannot write {path}: {why}", path=path, why=why_not(error))) from None


def write_file(path: Path, content: bytes, *, replace: bool) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    StoreError
        As for :func:`claim_file`; what was there before is as it was.
    """
    claim_file(path, replace=replace)
    half = _half(path)
    try:
        half.write_bytes(content)
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise StoreError(say("cannot write {path}: {why}", path=path, why=why_not(error))) from None


def _half(path: Path) -> Path:
    return path.with_name(f".{path.name}.half")
