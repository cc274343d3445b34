"""Writes a study into a folder: every file whole or not at all, the manifest last.

It refuses a folder that holds something else than results.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final, TypeAlias

from sim.errors import StoreError
from sim.experiment.columns import (
    by_office_columns,
    estimate_columns,
    kpi_columns,
    missing_columns,
    over_time_columns,
    write_columns,
)
from sim.experiment.identity import Identity
from sim.experiment.journal import FOLDER, asked_for, n_kept, others
from sim.experiment.lock import held
from sim.experiment.results import Results
from sim.experiment.tables import Name, join
from sim.language import say, why_not

MANIFEST: Final = "manifest.json"
KPIS: Final = "kpis.csv"
ESTIMATES: Final = "estimates.csv"
OVER_TIME: Final = "over_time.csv"
BY_OFFICE: Final = "by_office.csv"
MISSING: Final = "missing.csv"
LONGEST_TEXT: Final = 100_000
"""Characters up to which the manifest holds the text of a file that was read."""

MANIFEST_KEYS: Final = frozenset(
    {
        "title",
        "command",
        "is_complete",
        "seed",
        "replications",
        "first_replication",
        "precision",
        "engine",
        "workers",
        "started_at",
        "ended_at",
        "elapsed_seconds",
        "versions",
        "baseline",
        "varied",
        "bundles",
        "cells",
        "omissions",
        "failures",
        "holidays",
        "scenario",
        "files",
    }
)
"""What every manifest has: see ``docs/results.md``."""

LATER_KEYS: Final = frozenset({"precision"})
"""Keys that a study may lack that was kept before there were any; nothing hangs on them."""

Writer: TypeAlias = Callable[[Path], None]
"""Writes one file at the path it is given."""


@contextmanager
def claim(
    out: Path, study: Identity, *, kind: str | None = None, replace: bool = False
) -> Iterator[None]:
    """Make the folder of the results, or take one of the same study, and hold it in the context.

    Parameters
    ----------
    kind
        What replications on the way must be to be taken up, see
        :func:`sim.experiment.journal.kind_of`; None for any.
    replace
        Take one of any other study too.

    Raises
    ------
    StoreError
        It cannot be made, is no folder, holds something else, or is being written by another study.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        names = {path.name for path in out.iterdir()}
    except (FileExistsError, NotADirectoryError):
        raise StoreError(say("{path} is a file. Give --out a folder.", path=out)) from None
    except OSError as error:
        raise StoreError(
            say("cannot write to {path}: {why}", path=out, why=why_not(error))
        ) from None
    if names and FOLDER not in names and not _listed(out):
        raise StoreError(
            say(
                "{out} holds other files and no results of lienthong. Give --out a new "
                "folder, or an empty one.",
                out=out,
            )
        )
    if not os.access(out, os.W_OK):
        raise StoreError(
            say("cannot write to {out}: no permission. Give --out another folder.", out=out)
        )
    with held(out / FOLDER):
        if not replace:
            _refuse_others(out, study, kind)
        yield


def _refuse_others(out: Path, study: Identity, kind: str | None) -> None:
    ways_out = say(
        "Give another folder, or say that they may be replaced (--replace, replace=True)."
    )
    if (out / MANIFEST).exists():
        manifest = read_manifest(out)
        try:
            unlike = study.unlike(Identity.of(manifest))
        except (KeyError, TypeError):
            unlike = say("written by another version")
        if unlike:
            raise StoreError(
                say(
                    "{out} holds the results of another study, or of one that has changed "
                    "({unlike}): {command}. {ways_out}",
                    out=out,
                    unlike=unlike,
                    command=manifest.get("command", say("unknown")),
                    ways_out=ways_out,
                )
            )
    try:
        unlike = others(out, [model for _, model, _ in study.cells], study.seed, kind)
    except OSError as error:
        raise StoreError(say("cannot read {path}: {why}", path=out, why=why_not(error))) from None
    if unlike:
        held = say(
            "{out} holds replications of another study, not yet ended ({unlike})",
            out=out,
            unlike=unlike,
        )
        command = asked_for(out).get("command")
        raise StoreError(f"{held}{f': {command}' if command else ''}. {ways_out}")


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of the results in a folder.

    Raises
    ------
    StoreError
        There is none, or it cannot be read.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        if n := n_kept(folder):
            command = asked_for(folder).get("command", say("the same command"))
            raise StoreError(
                say(
                    "{folder} holds a study that has not ended; finished replications: {n}. "
                    "Take it up: {command}",
                    folder=folder,
                    n=n,
                    command=command,
                )
            ) from None
        raise StoreError(
            say(
                "{folder} holds no results of lienthong: no {file}.",
                folder=folder,
                file=MANIFEST,
            )
        ) from None
    except (OSError, ValueError) as error:
        raise StoreError(
            say("cannot read {path}: {error}", path=folder / MANIFEST, error=error)
        ) from None
    if not isinstance(manifest, dict):
        raise StoreError(say("cannot read {file}: it is no manifest.", file=folder / MANIFEST))
    return manifest


def files_of(
    results: Results, tables: Mapping[Name, Sequence[tuple[str, int, Path]]]
) -> dict[str, Writer]:
    """The files that hold the numbers of a study, each with what writes it."""

    def of(found: Sequence[tuple[str, int, Path]]) -> Writer:
        return lambda path: join(path, found)

    files: dict[str, Writer] = {
        KPIS: lambda path: write_columns(path, kpi_columns(results)),
        ESTIMATES: lambda path: write_columns(path, estimate_columns(results)),
        MISSING: lambda path: write_columns(path, missing_columns(results)),
    }
    if results.over_time is not None:
        files[OVER_TIME] = lambda path: write_columns(path, over_time_columns(results))
    if results.by_office is not None:
        files[BY_OFFICE] = lambda path: write_columns(path, by_office_columns(results))
    return files | {table_file(name): of(found) for name, found in tables.items() if found}


def table_file(name: Name) -> str:
    """What the file of a table is called."""
    return f"{name}.parquet"


def publish(out: Path, files: Mapping[str, Writer], manifest: Mapping[str, Any]) -> None:
    """Write all files, then put them in place together, and the manifest last.

    Parameters
    ----------
    files
        By name; a name may have folders, parted by ``/``.
    manifest
        What to write into it beside the list of the files.

    Raises
    ------
    StoreError
        A file cannot be written: what was in the folder before is as it was.
    """
    staged = out / FOLDER / "staged"
    try:
        listed = {name: _stage(staged / name, write) for name, write in files.items()}
        text = json.dumps({**manifest, "files": listed}, ensure_ascii=False, indent=1) + "\n"
        _stage(staged / MANIFEST, lambda path: write_text(path, text))
        before = _listed(out)
        # From here to its replacement no manifest vouches for a mixture of old and new files.
        (out / MANIFEST).unlink(missing_ok=True)
        for name in files:
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (staged / name).replace(out / name)
        for name in before - set(files):
            (out / name).unlink(missing_ok=True)
        (staged / MANIFEST).replace(out / MANIFEST)
    except OSError as error:
        raise StoreError(
            say(
                "cannot write the results to {out}: {why}. Finished replications are "
                "safe: make room, then give the same command again and it takes them up.",
                out=out,
                why=why_not(error),
            )
        ) from None
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, with the line ends it has."""
    path.write_bytes(text.encode())


def write_bytes(path: Path, data: bytes) -> None:
    """Write bytes as they are."""
    path.write_bytes(data)


def manifest_of(
    results: Results, *, started_at: datetime, ended_at: datetime, workers: int
) -> dict[str, Any]:
    """What a study was made of: enough to make it again.

    Every file read stands in it once, by path, with its digest, and its text unless that is long.
    """
    sources = {path: data for cell in results.cells for path, data in cell.scenario.files.items()}
    runs = zip(results.measures.cell, results.measures.replication.tolist(), strict=True)
    finished = Counter(name for name, _ in set(runs))
    return {
        "title": results.title,
        "command": results.command,
        "is_complete": results.is_complete,
        "seed": results.seed,
        "replications": results.replications,
        "first_replication": results.first,
        "precision": {} if results.precision is None else results.precision.as_dict(),
        "engine": results.engine,
        "workers": workers,
        "started_at": started_at.isoformat(timespec="seconds"),
        "ended_at": ended_at.isoformat(timespec="seconds"),
        "elapsed_seconds": round(results.elapsed, 3),
        "versions": dict(results.versions),
        "baseline": results.baseline,
        "varied": list(results.varied),
        "bundles": list(results.bundles),
        "cells": [
            {
                "name": cell.name,
                "variant": cell.variant,
                "settings": dict(cell.settings),
                "scenario_sha256": cell.scenario.digest,
                "model_sha256": cell.fingerprint,
                "shares_runs_with": cell.shares_runs_with,
                "baseline": cell.baseline,
                "n_cases": results.n_cases[cell.name],
                "n_finished": finished[cell.name],
            }
            for cell in results.cells
        ],
        "omissions": [
            {"name": each.cell, "settings": dict(each.settings), "reason": each.reason}
            for each in results.omissions
        ],
        "failures": [
            {"cell": each.cell, "replication": each.replication, "error": each.error}
            for each in results.failures
        ],
        "holidays": dict(results.holidays),
        "scenario": {path: _described(data) for path, data in sources.items()},
    }


def _described(data: bytes) -> dict[str, str]:
    """A file that was read: its digest, and its text unless that is long or not UTF-8."""
    digest = {"sha256": hashlib.sha256(data).hexdigest()}
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return digest
    return digest | ({"text": text} if len(text) <= LONGEST_TEXT else {})


def _stage(path: Path, write: Writer) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path)
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}


def _listed(out: Path) -> set[str]:
    """The files that the manifest of a folder lists, and itself; none without a manifest."""
    try:
        listed = json.loads((out / MANIFEST).read_text("utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    # A manifest may have been edited: nothing outside of the folder is ours.
    inside = {name for name in listed if _is_inside(PurePosixPath(name))}
    return {MANIFEST, *inside}


def _is_inside(path: PurePosixPath) -> bool:
    return not path.is_absolute() and ".." not in path.parts
