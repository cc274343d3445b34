"""A study that was run, or read back from its folder: numbers as frames, a report, a folder."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.answers.verdicts import FILE as VERDICTS
from sim.answers.verdicts import verdict_columns
from sim.api.frames import frame, frame_of_file
from sim.api.notebook import main_rows
from sim.api.scenarios import AnyPath, OnProgress
from sim.errors import EngineError, RequestError, StoreError
from sim.experiment import store
from sim.experiment.columns import (
    Columns,
    estimate_columns,
    kpi_columns,
    over_time_columns,
    read_columns,
)
from sim.experiment.results import Results
from sim.experiment.study import Output
from sim.experiment.tables import NAMES, Name, join
from sim.report.files import REPORT, files_shown
from sim.report.headline import COLUMNS
from sim.report.html import Html, table
from sim.report.words import counted

if TYPE_CHECKING:
    import pandas as pd

    from sim.api.stories import CaseStory

_COLUMNS: Final = {
    store.KPIS: kpi_columns,
    store.ESTIMATES: estimate_columns,
    store.OVER_TIME: over_time_columns,
    VERDICTS: verdict_columns,
}
"""What gives the columns of each CSV file."""

_MOST_SHOWN: Final = 40
"""Rows of the table that a notebook shows."""


class UnsavedError(StoreError):
    """Results that could not be written; ``study`` has them all the same."""

    def __init__(self, message: str, study: Study) -> None:
        super().__init__(message)
        self.study = study


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class Study:
    """A study: ``estimates``, ``kpis``, ``cases``, ``dossiers`` and ``work_items`` are frames.

    Parameters
    ----------
    manifest
        What it was made of: see ``docs/results.md`` for the keys.
    results
        All that is known of a study that was run; None for one that was read back.
    folder
        Where it is saved; None as long as it is not.
    tables
        The Parquet file of each table that it keeps.
    n_resumed
        Replications that an interrupted study of the same kind had finished before.
    """

    manifest: Mapping[str, Any]
    results: Results | None
    folder: Path | None
    tables: Mapping[Name, Path]
    n_resumed: int = 0

    @staticmethod
    def open(folder: AnyPath) -> Study:
        """Read back what :meth:`save`, or ``--out``, left in a folder.

        Raises
        ------
        StoreError
            The folder holds no results.
        """
        place = Path(folder)
        manifest = store.read_manifest(place)
        if missing := store.MANIFEST_KEYS - store.LATER_KEYS - manifest.keys():
            raise StoreError(
                f"{place} was written by another version of lienthong: its manifest has no "
                f"{', '.join(sorted(missing))}. Run the study again."
            )
        found = {name: place / store.table_file(name) for name in NAMES}
        return Study(
            manifest=manifest,
            results=None,
            folder=place,
            tables={name: path for name, path in found.items() if path.exists()},
        )

    @property
    def estimates(self) -> pd.DataFrame:
        """Mean and 95 % interval of each KPI, by variant and group.

        Differences from the baseline stand below: rows whose ``baseline`` is not empty.
        """
        return frame(self._columns(store.ESTIMATES))

    @property
    def kpis(self) -> pd.DataFrame:
        """The value of each KPI in each replication."""
        return frame(self._columns(store.KPIS))

    @property
    def verdicts(self) -> pd.DataFrame:
        """What can be told of each difference from the baseline: see ``docs/results.md``."""
        is_compared = (
            VERDICTS in self.manifest["files"]
            if self.results is None
            else bool(self.results.differences)
        )
        if not is_compared:
            raise RequestError("the study compares nothing. Take sim.compare or sim.sweep.")
        return frame(self._columns(VERDICTS))

    @property
    def over_time(self) -> pd.DataFrame:
        """What is followed over time, a row each period: see ``docs/results.md``."""
        is_followed = (
            store.OVER_TIME in self.manifest["files"]
            if self.results is None
            else self.results.over_time is not None
        )
        if not is_followed:
            raise RequestError("the study follows nothing over time. Ask: over_time='week'.")
        return frame(self._columns(store.OVER_TIME), dates=("date",))

    @property
    def cases(self) -> pd.DataFrame:
        """A row each case, of every variant and replication."""
        return self._table("cases")

    @property
    def dossiers(self) -> pd.DataFrame:
        """A row each dossier received."""
        return self._table("dossiers")

    @property
    def work_items(self) -> pd.DataFrame:
        """A row each piece of work; ask for it with ``tables="all"``."""
        return self._table("work_items")

    @property
    def is_complete(self) -> bool:
        """Whether no replication is missing because the study was interrupted."""
        return bool(self.manifest["is_complete"])

    def story(
        self,
        *,
        case: int | None = None,
        which: str | None = None,
        variant: str | None = None,
        replication: int | None = None,
        bundle: str | None = None,
        progress: OnProgress | None = None,
    ) -> CaseStory:
        """Tell what happened to one case of the tables kept, event by event; ``print`` shows it.

        Its replication is run again on the reference engine, offices that share no case with it
        left out.  Where that would take too long, or the scenario has changed, the tables alone
        are told, and what they do not have is named.

        Parameters
        ----------
        case
            Its number, as in ``cases``.
        which
            In place of a number: ``slowest``, ``typical``, ``rejected`` or ``late``.
        variant
            May be left out where the study has one alone.
        replication
            By default the first; with ``which`` any.
        bundle
            With ``which``, the bundle to choose among; by default all that are kept.
        progress
            Called as ``progress(doing, done, total)``.

        Raises
        ------
        RequestError
            There is no such case, or the study keeps no table of cases.
        EngineError
            The case, run again, is not the one that was kept.
        """
        from sim.api.stories import story_of

        return story_of(
            self.manifest,
            self.tables,
            progress,
            case=case,
            which=which,
            variant=variant,
            replication=replication,
            bundle=bundle,
        )

    def save(self, folder: AnyPath, *, replace: bool = False) -> Study:
        """Write tables, figures and a report into a folder.

        Parameters
        ----------
        replace
            Replace the results of another study, which is refused otherwise.

        Returns
        -------
        Study
            The one in the folder.

        Raises
        ------
        StoreError
            It cannot be written, or the folder holds something else.
        """
        place = Path(folder)
        store.claim(place, store.Identity.of(self.manifest), replace=replace)
        if self.results is None:
            files = {name: self._copy(name) for name in self.manifest["files"]}
        else:
            files = store.files_of(self.results, {}) | files_shown(self.results)
            for name, path in self.tables.items():
                files[store.table_file(name)] = partial(shutil.copyfile, path)
        store.publish(place, files, self.manifest)
        return Study.open(place)

    def report(self, path: AnyPath) -> None:
        """Write the report: one HTML file that opens without a network.

        Raises
        ------
        StoreError
            There is none, or it cannot be written.
        """
        if self.results is None:
            write = self._copy(REPORT)
        elif REPORT in (shown := files_shown(self.results)):
            write = shown[REPORT]
        else:
            raise StoreError("there is no value to report")
        try:
            write(Path(path))
        except OSError as error:
            raise StoreError(f"cannot write {path}: {error.strerror or error}") from None

    def _copy(self, name: str) -> store.Writer:
        if self.folder is None or not (self.folder / name).exists():
            raise StoreError(f"{self.folder} has no {name}")
        return partial(shutil.copyfile, self.folder / name)

    def _columns(self, file: str) -> Columns:
        if self.results is not None:
            self._refuse_nothing(self.results)
            return _COLUMNS[file](self.results)
        path = Path(self.folder or "") / file
        try:
            return read_columns(path)
        except (OSError, ValueError) as error:
            raise StoreError(f"cannot read {path}: {error}") from None

    @staticmethod
    def _refuse_nothing(results: Results) -> None:
        """A study of which every replication failed has no numbers, and must not pass for one."""
        if results.failures and not len(results.measures):
            raise EngineError(f"no replication was finished: {results.failures[0].error}")

    def _table(self, name: Name) -> pd.DataFrame:
        if name not in self.tables:
            raise RequestError(f"the study keeps no {name}. Ask for them: tables='all'.")
        return frame_of_file(self.tables[name])

    def __repr__(self) -> str:
        return f"<Study {self._in_words()}>"

    def _repr_html_(self) -> str:
        """A small table of the main estimates, for notebooks."""
        caption = self._in_words() + ". Means over replications (95 % intervals)."
        heads = ("Variant", "Less", "Group", *(f"{each.heading}, {each.unit}" for each in COLUMNS))
        rows = list(main_rows(self._columns(store.ESTIMATES)))
        if len(rows) > _MOST_SHOWN:
            caption += f" The first {_MOST_SHOWN} of {len(rows)} rows; see .estimates."
        return str(Html(table(heads, rows[:_MOST_SHOWN], caption=caption, numbers_from=3)))

    def _in_words(self) -> str:
        manifest = self.manifest
        n_failed = len(manifest["failures"])
        words = [
            manifest["title"],
            counted(len(manifest["cells"]), "setting"),
            counted(manifest["replications"], "replication"),
            f"seed {manifest['seed']}",
            f"engine {manifest['engine']}",
        ]
        if n_failed:
            words.append(f"{counted(n_failed, 'replication')} failed")
        if manifest["omissions"]:
            words.append(f"{counted(len(manifest['omissions']), 'setting')} left out")
        return ", ".join(words if self.is_complete else [*words, "interrupted"])


def study_of(
    output: Output, *, started_at: datetime, workers: int, out: Path | None, scratch: Path | None
) -> Study:
    """What came of a request, written into its folder if it has one.

    Parameters
    ----------
    scratch
        Where the tables of a study without a folder lie; it is removed with the study.

    Raises
    ------
    UnsavedError
        It cannot be written.
    """
    results = output.results
    ended_at = datetime.now(UTC).astimezone()
    manifest = store.manifest_of(results, started_at=started_at, ended_at=ended_at, workers=workers)
    made = partial(Study, results=results, n_resumed=output.n_resumed)
    if out is not None:
        files = store.files_of(results, output.tables) | files_shown(results)
        try:
            store.publish(out, files, manifest)
        except StoreError as error:
            unsaved = made(manifest=manifest, folder=None, tables={})
            raise UnsavedError(str(error), unsaved) from None
        if output.journal is not None and results.is_complete:
            output.journal.drop()
        saved = Study.open(out)
        return made(manifest=saved.manifest, folder=out, tables=saved.tables)
    tables: dict[Name, Path] = {}
    for name, parts in output.tables.items():
        if parts and scratch is not None:
            tables[name] = scratch / store.table_file(name)
            join(tables[name], parts)
    if output.journal is not None:
        output.journal.drop()
    study = made(manifest=manifest, folder=None, tables=tables)
    if scratch is not None:
        weakref.finalize(study, shutil.rmtree, scratch, ignore_errors=True)
    return study
