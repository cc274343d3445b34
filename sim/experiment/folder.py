"""Writes the files of an answer into a folder of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sim.errors import StoreError

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
        raise StoreError(f"{folder} is a file. Give --out a folder.") from None
    except OSError as error:
        raise StoreError(f"cannot write to {folder}: {error.strerror or error}") from None
    if held and mark not in held:
        raise StoreError(f"{folder} holds other files. Give --out a new folder, or an empty one.")
    if held and not replace:
        raise StoreError(
            f"{folder} holds an answer already. Give another folder, or say that it may be "
            "replaced (--replace, replace=True)."
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
            half = path.with_name(f".{path.name}.half")
            half.write_bytes(content)
            half.replace(path)
    except OSError as error:
        raise StoreError(f"cannot write to {folder}: {error.strerror or error}") from None
