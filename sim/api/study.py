"""A study that was run, or read back from its folder: numbers as frames, a report, a folder."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.answers.changes import Side
from sim.answers.verdicts import FILE as VERDICTS
from sim.answers.verdicts import verdict_columns
from sim.api.frames import frame, frame_of_file
from sim.api.languages import in_language
from sim.api.notebook import in_words, main_rows
from sim.api.scenarios import AnyPath, OnProgress
from sim.errors import EngineError, RequestError, StoreError
from sim.experiment import store
from sim.experiment.columns import (
    Columns,
    by_office_columns,
    estimate_columns,
    kpi_columns,
    missing_columns,
    over_time_columns,
    read_columns,
)
from sim.experiment.identity import Identity
from sim.experiment.results import Results
from sim.experiment.tables import NAMES, Name
from sim.language import say, why_not
from sim.report.files import REPORT, SUMMARY, files_shown
from sim.report.headline import COLUMNS
from sim.report.html import Html, table
from sim.report.summary import summary
from sim.report.words import unit_in_short

if TYPE_CHECKING:
    import pandas as pd

    from sim.api.kept import StudyChanges
    from sim.api.stories import CaseStory

_COLUMNS: Final = {
    store.KPIS: kpi_columns,
    store.ESTIMATES: estimate_columns,
    store.OVER_TIME: over_time_columns,
    store.BY_OFFICE: by_office_columns,
    store.MISSING: missing_columns,
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
                say(
                    "{place} was written by another version of lienthong: its manifest has "
                    "no {names}. Run the study again.",
                    place=place,
                    names=", ".join(sorted(missing)),
                )
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
        if not self._has(VERDICTS, self.results and self.results.differences):
            raise RequestError(say("the study compares nothing. Take sim.compare or sim.sweep."))
        return frame(self._columns(VERDICTS))

    @property
    def over_time(self) -> pd.DataFrame:
        """What is followed over time, a row each period: see ``docs/results.md``."""
        if not self._has(store.OVER_TIME, self.results and self.results.over_time):
            raise RequestError(say("the study follows nothing over time. Ask: over_time='week'."))
        return frame(self._columns(store.OVER_TIME), dates=("date",))

    @property
    def by_office(self) -> pd.DataFrame:
        """Shares by home office, a row each share, group and office: see ``docs/results.md``."""
        if not self._has(store.BY_OFFICE, self.results and self.results.by_office):
            raise RequestError(say("the study counts nothing by office. Ask: by_office=True."))
        return frame(self._columns(store.BY_OFFICE))

    @property
    def missing(self) -> pd.DataFrame:
        """What was asked for and has no value: points left out, replications failed or not run."""
        return frame(self._columns(store.MISSING))

    @property
    def summary(self) -> str:
        """What a terminal shows at the end of the study.

        Raises
        ------
        StoreError
            It was saved without.
        """
        if self.results is not None:
            return summary(self.results)
        try:
            return (Path(self.folder or "") / SUMMARY).read_text("utf-8")
        except (OSError, ValueError):
            raise StoreError(
                say(
                    "{folder} has no {summary}: another version of lienthong wrote it. Open "
                    "its {report}, or run it again.",
                    folder=self.folder,
                    summary=SUMMARY,
                    report=REPORT,
                )
            ) from None

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
        lang: str | None = None,
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
        lang
            Language of the story: ``en`` or ``vi``; by default the one in use.
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

        with in_language(lang):
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

    def diff(
        self,
        other: Study,
        *,
        kpis: str | Sequence[str] = (),
        groups: str | Sequence[str] = (),
        lang: str | None = None,
        progress: OnProgress | None = None,
    ) -> StudyChanges:
        """Say what another, newer study differs in: what was asked, the scenario, the answer.

        Replications are paired where both studies have them with one seed.

        Parameters
        ----------
        kpis, groups
            Names to compare; by default all.  Chance is judged over all that are compared, so the
            fewer there are, the smaller a difference can be told from chance.
        lang
            The language that it is told in: ``en`` or ``vi``; by default the one in use.
        progress
            Called as ``progress(doing, done, total)``.

        Raises
        ------
        RequestError
            There is no KPI or group of a name, or no such language.
        """
        from sim.api.kept import changes_of

        with in_language(lang):
            return changes_of(self._side(), other._side(), kpis, groups, progress)

    def _side(self) -> Side:
        return Side(
            name=str(self.folder or self.manifest["title"]),
            manifest=self.manifest,
            kpis=self._columns(store.KPIS),
            estimates=self._columns(store.ESTIMATES),
        )

    def save(self, folder: AnyPath, *, replace: bool = False, lang: str | None = None) -> Study:
        """Write tables, figures and a report into a folder.

        Parameters
        ----------
        replace
            Replace the results of another study, which is refused otherwise.
        lang
            Language of report and figures: ``en`` or ``vi``; by default the one in use.  A study
            that was read back keeps its own.

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
        with in_language(lang), store.claim(place, Identity.of(self.manifest), replace=replace):
            if self.results is None:
                files = {name: self._copy(name) for name in self.manifest["files"]}
            else:
                files = store.files_of(self.results, {}) | files_shown(self.results)
                for name, path in self.tables.items():
                    files[store.table_file(name)] = partial(shutil.copyfile, path)
            store.publish(place, files, self.manifest)
        return Study.open(place)

    def report(self, path: AnyPath, *, lang: str | None = None) -> None:
        """Write the report: one HTML file that opens without a network.

        Parameters
        ----------
        lang
            Language of the report: ``en`` or ``vi``; by default the one in use.  A study that was
            read back has the report that was written with it, in its language.

        Raises
        ------
        StoreError
            There is none, or it cannot be written.
        """
        with in_language(lang):
            shown = {} if self.results is None else files_shown(self.results)
        if self.results is None:
            write = self._copy(REPORT)
        elif REPORT in shown:
            write = shown[REPORT]
        else:
            raise StoreError(say("there is no value to report"))
        try:
            write(Path(path))
        except OSError as error:
            raise StoreError(
                say("cannot write {path}: {why}", path=path, why=why_not(error))
            ) from None

    def _copy(self, name: str) -> store.Writer:
        if self.folder is None or not (self.folder / name).exists():
            raise StoreError(say("{folder} has no {name}", folder=self.folder, name=name))
        return partial(shutil.copyfile, self.folder / name)

    def _columns(self, file: str) -> Columns:
        if self.results is not None:
            if file != store.MISSING:
                self._refuse_nothing(self.results)
            return _COLUMNS[file](self.results)
        path = Path(self.folder or "") / file
        try:
            return read_columns(path)
        except FileNotFoundError:
            raise StoreError(
                say("{folder} has no {file}. Run the study again.", folder=self.folder, file=file)
            ) from None
        except (OSError, ValueError) as error:
            raise StoreError(say("cannot read {path}: {error}", path=path, error=error)) from None

    def _has(self, file: str, found: object) -> bool:
        """Whether there is a file that a study may lack; ``found`` says it of one in memory."""
        return bool(file in self.manifest["files"] if self.results is None else found)

    @staticmethod
    def _refuse_nothing(results: Results) -> None:
        """A study of which every replication failed has no numbers, and must not pass for one."""
        if results.failures and not len(results.measures):
            raise EngineError(
                say("no replication was finished: {error}", error=results.failures[0].error)
            )

    def _table(self, name: Name) -> pd.DataFrame:
        if name not in self.tables:
            raise RequestError(
                say("the study keeps no {name}. Ask for them: tables='all'.", name=name)
            )
        return frame_of_file(self.tables[name])

    def __repr__(self) -> str:
        return f"<Study {in_words(self.manifest)}>"

    def _repr_html_(self) -> str:
        """A small table of the main estimates, for notebooks."""
        words = in_words(self.manifest)
        caption = say("{study}. Means over replications (95 % intervals).", study=words)
        units = (f"{each.heading}, {unit_in_short(each.unit)}" for each in COLUMNS)
        heads = (say("Variant"), say("Less"), say("Group"), *units)
        rows = list(main_rows(self._columns(store.ESTIMATES)))
        if len(rows) > _MOST_SHOWN:
            caption += say(
                " The first {n} of {all} rows; see .estimates.", n=_MOST_SHOWN, all=len(rows)
            )
        return str(Html(table(heads, rows[:_MOST_SHOWN], caption=caption, numbers_from=3)))
