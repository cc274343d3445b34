"""Keeps each finished replication of a study on disk until the study is written.

So a crash, a full disk or a cut of power loses nothing that was finished: the same command, asked
again, takes it up.  One line of JSON a replication; a line cut in half is as if it were not there.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from sim.errors import StoreError
from sim.experiment.lock import LOCK
from sim.experiment.replication import DayCounts, Finished, Job
from sim.kpis import Measure
from sim.kpis.by_office import OfficeCounts
from sim.kpis.over_time import Course
from sim.language import say, why_not

FOLDER: Final = ".unfinished"
"""Lies in the folder of the results while a study is on its way."""

_FILE: Final = "finished.jsonl"
_ASKED: Final = "asked.json"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Journal:
    """The journal of one study in the folder of its results.

    A replication is taken up again only by a study of an equal model, with the same seed, engine,
    bundles, version, periods of what is followed over time, and counts by office.  ``fingerprints``
    are those of the job's models.
    """

    folder: Path
    job: Job
    fingerprints: tuple[str, ...]
    version: str

    def resume(self) -> tuple[Finished, ...]:
        """Give what an interrupted study of the same kind has finished, and begin to keep more.

        Raises
        ------
        StoreError
            The journal cannot be read or written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            model_of = {self._key(index): index for index in range(len(self.job.models))}
            kept = [line for line in _lines(self.folder / _FILE) if line["key"] in model_of]
            finished = [_read(line, model_of[line["key"]]) for line in kept]
            found = {(each.model, each.replication): each for each in finished if self._has(each)}
            resumed = tuple(found.values())
            # Written anew, for its last line may be cut.
            self._write(resumed)
            self._clear(resumed)
        except OSError as error:
            raise _refused(self.folder, error) from None
        return resumed

    def keep(self, finished: Finished) -> None:
        """Add one replication, safe on disk before this returns.

        Raises
        ------
        StoreError
            It cannot be written.
        """
        try:
            with (self.folder / _FILE).open("a", encoding="utf-8") as stream:
                stream.write(self._line(finished))
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise _refused(self.folder, error) from None

    def tidy(self) -> None:
        """Remove what a worker that was ended in the middle of writing has left."""
        for half in self.folder.glob("*.half"):
            half.unlink(missing_ok=True)

    def note(self, asked: Mapping[str, Any]) -> None:
        """Keep what was asked for, so that a study of which nothing else is left can be named.

        Raises
        ------
        StoreError
            It cannot be written.
        """
        half = self.folder / f"{_ASKED}.half"
        try:
            half.write_text(json.dumps(asked, ensure_ascii=False), "utf-8")
            half.replace(self.folder / _ASKED)
        except OSError as error:
            raise _refused(self.folder, error) from None

    def drop(self) -> None:
        """Remove the journal: the study is written."""
        # The lock is for its holder to remove, as the last.
        for path in self.folder.glob("*"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != LOCK:
                with suppress(OSError):
                    path.unlink()
        with suppress(OSError):
            self.folder.rmdir()

    def files_of(self, finished: Finished) -> tuple[Path, ...]:
        """The files with the tables of a replication, in the order of the names wanted."""
        tables = self.job.tables
        if tables is None:
            return ()
        fingerprint = self.fingerprints[finished.model]
        return tuple(tables.path(name, fingerprint, finished.replication) for name in tables.names)

    def _key(self, model: int) -> str:
        job = self.job
        kind = kind_of(
            job.engine, self.version, job.over_time, job.bundles, is_by_office=job.by_office
        )
        return f"{self.fingerprints[model]} {self.job.seed} {kind}"

    def _has(self, finished: Finished) -> bool:
        """Whether the tables of a replication are there, where they are wanted."""
        return all(path.exists() for path in self.files_of(finished))

    def _line(self, finished: Finished) -> str:
        row = {"key": self._key(finished.model)} | asdict(finished)
        text = json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=np.ndarray.tolist)
        return text + "\n"

    def _write(self, finished: tuple[Finished, ...]) -> None:
        path = self.folder / _FILE
        half = path.with_suffix(".half")
        half.write_text("".join(map(self._line, finished)), "utf-8")
        half.replace(path)

    def _clear(self, finished: tuple[Finished, ...]) -> None:
        """Remove what belongs to no finished replication."""
        wanted = {self.folder / _FILE, self.folder / LOCK}
        wanted.update(path for each in finished for path in self.files_of(each))
        for path in self.folder.iterdir():
            if path not in wanted and path.is_file():
                path.unlink()


def kind_of(
    engine: str,
    version: str,
    over_time: str | None,
    bundles: Collection[str],
    *,
    is_by_office: bool = False,
) -> str:
    """What replications of one model and seed must have in common to be taken up together."""
    followed = (f"by {over_time}",) if over_time is not None else ()
    counted = ("by office",) if is_by_office else ()
    return " ".join((engine, version, *followed, *counted, *bundles))


def others(folder: Path, fingerprints: Collection[str], seed: int, kind: str | None = None) -> str:
    """Say of what other study a folder has replications in its journal; empty for none.

    Parameters
    ----------
    kind
        As of :func:`kind_of`; None for any.

    Raises
    ------
    OSError
        It cannot be read.
    """
    for line in _lines(folder / FOLDER / _FILE):
        model, its_seed, its_kind = (*str(line["key"]).split(" ", 2), "", "")[:3]
        if model not in fingerprints:
            return say("another scenario, or one that has changed since")
        if its_seed != str(seed):
            return say("seed {its}, not {mine}", its=its_seed, mine=seed)
        if kind is not None and its_kind != kind:
            return say("another kind: {its}, not {mine}", its=its_kind, mine=kind)
    return ""


def asked_for(folder: Path) -> dict[str, Any]:
    """What the study asks for that is on its way in a folder; empty where none is, or unknown."""
    try:
        found = json.loads((folder / FOLDER / _ASKED).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def n_kept(folder: Path) -> int:
    """How many replications the journal in a folder has; 0 without one."""
    try:
        return len(_lines(folder / FOLDER / _FILE))
    except OSError:
        return 0


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    found = []
    for text in path.read_text("utf-8", errors="replace").splitlines():
        try:
            row = json.loads(text)
        except json.JSONDecodeError:
            continue
        if isinstance(row, dict) and "key" in row:
            found.append(row)
    return found


def _read(line: Mapping[str, Any], model: int) -> Finished:
    return Finished(
        model=model,
        replication=line["replication"],
        measures=tuple(Measure(**each) for each in line["measures"]),
        days=tuple(
            DayCounts(
                group=each["group"],
                days=tuple((days, count) for days, count in each["days"]),
                limits=tuple((limit, count) for limit, count in each["limits"]),
            )
            for each in line["days"]
        ),
        n_cases=line["n_cases"],
        courses=tuple(
            Course(**each | {"values": np.array(each["values"], float)}) for each in line["courses"]
        ),
        offices=tuple(
            OfficeCounts(
                kpi=each["kpi"],
                group=each["group"],
                part=np.array(each["part"], np.int64),
                whole=np.array(each["whole"], np.int64),
                batches=np.array(each["batches"], np.float64),
            )
            for each in line.get("offices", ())  # one kept before there were any has none
        ),
    )


def _refused(folder: Path, error: OSError) -> StoreError:
    return StoreError(
        say(
            "cannot keep finished replications in {folder}: {why}. Those finished "
            "before are safe: make room, then give the same command again and it "
            "takes them up.",
            folder=folder,
            why=why_not(error),
        )
    )
