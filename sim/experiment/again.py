"""Makes scenarios and models of a kept study again, from the texts in its manifest.

It refuses what is not the same: a file that has changed, or another model of the same files.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from sim.errors import RequestError, ScenarioError
from sim.language import say
from sim.model import Model
from sim.scenario import Scenario, load, resolve
from sim.wording import some

_DEPTH: Final = 32
"""Folders below which relative paths are laid out, so that ``..`` stays inside."""


def model_again(manifest: Mapping[str, Any], cell: Mapping[str, Any]) -> Model:
    """The model of a cell, equal to the one that was run.

    Parameters
    ----------
    manifest
        Of the study, see ``docs/results.md``.
    cell
        One of its ``cells``.

    Raises
    ------
    RequestError
        It cannot be made again: the files that are lacking or have changed are named.
    """
    with _laid_out(manifest) as first:
        try:
            scenario = load(first, variant=cell["variant"], settings=cell["settings"])
            model = resolve(scenario)
        except ScenarioError as error:
            raise RequestError(
                say("the scenario cannot be read again: {fault}", fault=error.faults[0])
            ) from None
    _refuse_changed(manifest, scenario)
    if model.fingerprint() != cell["model_sha256"]:
        raise RequestError(
            say(
                "lienthong {now} makes another model of the scenario than lienthong "
                "{then}, which made the study, did",
                now=version("lienthong"),
                then=manifest["versions"]["lienthong"],
            )
        )
    return model


def scenarios_again(
    manifest: Mapping[str, Any], cells: Sequence[Mapping[str, Any]]
) -> Iterator[Scenario]:
    """The scenario of each of some cells, one after the other, as it was read then.

    Parameters
    ----------
    cells
        Of ``cells`` of the manifest; what counts of each is ``variant`` and ``settings``.

    Raises
    ------
    RequestError
        As :func:`model_again`, but that this version may make another model of them.
    """
    with _laid_out(manifest) as first:
        for cell in cells:
            try:
                scenario = load(first, variant=cell["variant"], settings=cell["settings"])
            except ScenarioError as error:
                raise RequestError(
                    say("the scenario cannot be read again: {fault}", fault=error.faults[0])
                ) from None
            _refuse_changed(manifest, scenario)
            yield scenario


@contextmanager
def _laid_out(manifest: Mapping[str, Any]) -> Iterator[Path]:
    """The file of the scenario, in a folder that has all files that were read."""
    kept = manifest["scenario"]
    with tempfile.TemporaryDirectory(prefix="lienthong-") as folder:
        root = Path(folder)
        lacking = [path for path, file in kept.items() if not _lay_out(root, path, file)]
        if lacking:
            raise RequestError(
                say(
                    "the scenario cannot be read again: {names} changed or went since the "
                    "study was made, and the manifest does not hold the text",
                    names=some(lacking),
                )
            )
        yield _place(root, next(iter(kept)))


def _refuse_changed(manifest: Mapping[str, Any], scenario: Scenario) -> None:
    digests = {file["sha256"] for file in manifest["scenario"].values()}
    files = scenario.files.items()
    changed = [path for path, data in files if hashlib.sha256(data).hexdigest() not in digests]
    if changed:
        raise RequestError(say("{names} changed since the study was made", names=some(changed)))


def _place(root: Path, path: str) -> Path:
    """Where a file is laid out: files keep their places to each other."""
    inside = Path(path)
    if inside.is_absolute():
        place = root.joinpath("absolute", *inside.parts[1:])
    else:
        place = Path(root, "relative", *_DEPTH * ["d"], inside)
    return Path(os.path.normpath(place))


def _lay_out(root: Path, path: str, file: Mapping[str, str]) -> bool:
    """Write the text that is kept, else what is still there; False where neither is the same."""
    for data in _found(path, file):
        if hashlib.sha256(data).hexdigest() == file["sha256"]:
            place = _place(root, path)
            if not place.is_relative_to(root):  # a manifest may have been edited
                return False
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
            return True
    return False


def _found(path: str, file: Mapping[str, str]) -> Iterator[bytes]:
    if "text" in file:
        yield file["text"].encode()
    try:
        yield Path(path).read_bytes()
    except OSError:
        return
