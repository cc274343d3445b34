"""Which studies lie under a folder, and how far each is."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from sim.errors import StoreError
from sim.experiment.journal import FOLDER, asked_for, n_kept
from sim.experiment.lock import is_held
from sim.experiment.store import LATER_KEYS, MANIFEST, MANIFEST_KEYS, read_manifest
from sim.language import say

_NO_STUDIES: Final = frozenset({"figures"})
"""Folders of a study, in which no other study lies."""


class State(StrEnum):
    """How far a study is."""

    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    RUNNING = "running"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A study in a folder.

    Parameters
    ----------
    name
        Of its folder, from the one that was looked through.
    started_at
        ISO 8601, local time with its zone; empty where it is not known.
    n_cells, replications
        What was asked for.
    n_finished, n_runs
        Replications that are there, and how many are wanted: cells with equal models share theirs.
    n_failed, n_omitted
        Replications that raised, and points that were left out.
    fault
        Why it cannot be read; empty where it can.
    """

    folder: Path
    name: str
    state: State
    title: str = ""
    started_at: str = ""
    seed: int | None = None
    n_cells: int = 0
    replications: int = 0
    n_finished: int = 0
    n_runs: int = 0
    n_failed: int = 0
    n_omitted: int = 0
    version: str = ""
    fault: str = ""


def studies_in(folder: Path) -> tuple[Listed, ...]:
    """The studies in a folder and below it, by name; one that has no results yet is among them.

    Raises
    ------
    StoreError
        There is no such folder.
    """
    if not folder.is_dir():
        raise StoreError(say("{folder} is no folder. Give one that holds studies.", folder=folder))
    return tuple(sorted(_studies(folder), key=lambda each: each.name))


def _studies(top: Path) -> Iterator[Listed]:
    for place, below, files in os.walk(top):
        folder = Path(place)
        name = "." if folder == top else folder.relative_to(top).as_posix()
        if MANIFEST in files:
            found = _of_manifest(folder, name)
        else:
            found = _on_its_way(folder, name) if FOLDER in below else None
        if found is not None:
            yield found
        below[:] = [each for each in below if each[0] != "." and each not in _NO_STUDIES]


def _of_manifest(folder: Path, name: str) -> Listed | None:
    """A study with results; None for a manifest of something else."""
    try:
        manifest = read_manifest(folder)
        if lacking := MANIFEST_KEYS - LATER_KEYS - manifest.keys():
            if len(lacking) > len(MANIFEST_KEYS) // 2:
                return None
            raise StoreError(say("its manifest has no {names}", names=", ".join(sorted(lacking))))
        return _described(folder, name, manifest)
    except (StoreError, KeyError, TypeError, AttributeError) as error:
        return Listed(folder=folder, name=name, state=State.UNREADABLE, fault=str(error))


def _described(folder: Path, name: str, manifest: Mapping[str, Any]) -> Listed:
    own = [cell for cell in manifest["cells"] if cell["shares_runs_with"] is None]
    state = State.COMPLETE if manifest["is_complete"] else State.INTERRUPTED
    return Listed(
        folder=folder,
        name=name,
        state=State.RUNNING if is_held(folder / FOLDER) else state,
        title=manifest["title"],
        started_at=manifest["started_at"],
        seed=manifest["seed"],
        n_cells=len(manifest["cells"]),
        replications=manifest["replications"],
        n_finished=sum(cell["n_finished"] for cell in own),
        n_runs=len(own) * manifest["replications"],
        n_failed=len(manifest["failures"]),
        n_omitted=len(manifest["omissions"]),
        version=manifest["versions"]["lienthong"],
    )


def _on_its_way(folder: Path, name: str) -> Listed:
    """A study that has left no results: it runs, or was killed."""
    asked = asked_for(folder)
    return Listed(
        folder=folder,
        name=name,
        state=State.RUNNING if is_held(folder / FOLDER) else State.INTERRUPTED,
        title=asked.get("title", ""),
        started_at=asked.get("started_at", ""),
        seed=asked.get("seed"),
        n_cells=asked.get("n_cells", 0),
        replications=asked.get("replications", 0),
        n_finished=n_kept(folder),
        n_runs=asked.get("n_runs", 0),
        version=asked.get("version", ""),
    )
