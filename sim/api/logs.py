"""Event logs: a register read and looked through, and the log that a study would have left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.api.scenarios import AnyPath, OnProgress
from sim.api.study import Study
from sim.errors import StoreError
from sim.language import say, why_not
from sim.logs import mapping
from sim.logs.backlog import Backlog, backlog_on, csv_of
from sim.logs.event_log import EventLog, Finding
from sim.logs.flawed import flawed
from sim.logs.flaws import flaws_of
from sim.logs.learning.learn import learn as learn_from
from sim.logs.learning.parts import Learnt
from sim.logs.mapping import Reading
from sim.logs.of_study import log_of_study
from sim.logs.overview import Overview, overview
from sim.logs.reading import read_log as read
from sim.logs.targets import FORMATS, write_log
from sim.report.learnt import learnt_lines, scenario_text
from sim.report.log import log_lines
from sim.units import parse_date
from sim.wording import as_one_form

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Log:
    """A register; printed, what it shows and what is wrong with its data.

    Parameters
    ----------
    log
        Its work and its cases as frames.
    overview
        What it shows.
    findings
        What is wrong with its data, each with a count and an example.
    kept
        The file beside it in which the mapping of its columns is kept; None where it is not.
    """

    log: EventLog
    overview: Overview
    findings: tuple[Finding, ...]
    kept: Path | None = None

    @property
    def work(self) -> pd.DataFrame:
        """A row each performance of a step, see ``docs/logs.md``."""
        return self.log.work.copy()

    @property
    def cases(self) -> pd.DataFrame:
        """A row each case, see ``docs/logs.md``."""
        return self.log.cases.copy()

    @property
    def mapping(self) -> Mapping[str, str]:
        """By meaning, the heading of the column of the file."""
        return self.log.mapping

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that are printed."""
        return log_lines(self.overview, self.findings)

    def backlog(self, on: dt.date | str) -> pd.DataFrame:
        """The cases that were open when a day began, each with the step at which it stands.

        Raises
        ------
        RequestError
            The day is outside of the log, or no case was open.
        ValueFault
            ``on`` is no date.
        """
        return backlog_on(self.log, parse_date(on)).rows

    def write_backlog(self, on: dt.date | str, path: AnyPath) -> Backlog:
        """Write them as the CSV file that a scenario reads as its ``backlog``.

        Returns
        -------
        Backlog
            Its rows, of how many the step is a guess, and how many cases are left out.

        Raises
        ------
        StoreError
            It cannot be written; else as :meth:`backlog`.
        """
        found = backlog_on(self.log, parse_date(on))
        _write_text(Path(path), csv_of(found))
        return found

    def write(self, path: AnyPath, *, format: str) -> Path:  # noqa: A002 - the word of the command
        """Write it as ``xes``, ``ocel-json``, ``ocel-sqlite``, ``csv`` or ``register``.

        Raises
        ------
        RequestError
            There is no such format.
        StoreError
            It cannot be written.
        """
        write_log(self.log, Path(path), kind=format)
        return Path(path)

    def __str__(self) -> str:
        return "\n".join(self.lines)

    __repr__ = __str__


def read_log(
    path: AnyPath,
    *,
    columns: Mapping[str, str] | None = None,
    dates: str | None = None,
    zone: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    leave_out: bool = False,
    keep: bool = False,
    progress: OnProgress | None = None,
) -> Log:
    """Read a register: CSV, Excel, Parquet, XES or OCEL 2.0, packed with gzip or not.

    Parameters
    ----------
    columns
        By meaning, the heading of its column, as ``{"case": "Mã hồ sơ"}``; headings that are known
        in English or Vietnamese need none.
    dates
        ``day first`` or ``month first``, where dates do not begin with their year.
    zone
        The zone of the local time that is wanted, such as ``Asia/Ho_Chi_Minh``.
    encoding
        Of a CSV file that is neither UTF-8 nor UTF-16.
    sheet
        The sheet of a workbook; by default the first with something in it.
    leave_out
        Leave out, and count, rows that cannot be read.
    keep
        Keep all this in a file beside the log, so that it need not be said again.
    progress
        Told how far it is.

    Raises
    ------
    LogError
        It cannot be read, or can be read in two ways: every fault with its row and a way out.
    StoreError
        What is to be kept cannot be written.
    """
    place = Path(path)
    tell = progress or _nothing
    given = Reading(
        columns=dict(columns or {}),
        dates=dates,
        zone=zone,
        encoding=encoding,
        sheet=sheet,
        leaves_out=leave_out,
    )
    tell(say("reading {path}", path=place.name), 0, 0)
    log = read(place, given)
    tell(say("looking through {n} rows", n=len(log.work)), 0, 0)
    found = Log(log=log, overview=overview(log), findings=flaws_of(log))
    if not keep:
        return found
    reading = mapping.with_kept(place, given)
    kept = mapping.keep(place, reading, log.mapping)
    return Log(log=log, overview=found.overview, findings=found.findings, kept=kept)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LearntScenario:
    """A scenario learnt from a register; printed, how well it fits and what it lacks.

    Parameters
    ----------
    learnt
        The same as data.
    """

    learnt: Learnt

    @property
    def text(self) -> str:
        """The scenario as YAML, with a mark and a source at every value."""
        return scenario_text(self.learnt)

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that are printed."""
        return learnt_lines(self.learnt)

    def write(self, path: AnyPath) -> Path:
        """Write the scenario.

        Raises
        ------
        StoreError
            It cannot be written.
        """
        _write_text(Path(path), self.text)
        return Path(path)

    def __str__(self) -> str:
        return "\n".join(self.lines)

    __repr__ = __str__


def learn(
    log: Log | AnyPath, *, home: str | None = None, progress: OnProgress | None = None
) -> LearntScenario:
    """Learn a scenario from a register: hours, people, demand, channels, limits and flows.

    Parameters
    ----------
    log
        A register that was read, or the path of one whose columns are known.
    home
        The office at which cases are filed, where there are several.
    progress
        Told how far it is.

    Raises
    ------
    LogError
        The register cannot be read.
    RequestError
        There is too little to learn from, or several home offices and none is named.
    """
    tell = progress or _nothing
    register = log if isinstance(log, Log) else read_log(log, progress=progress)
    tell(say("learning from {n} cases", n=len(register.log.cases)), 0, 0)
    named = None if home is None else as_one_form(home)
    return LearntScenario(learnt=learn_from(register.log, home=named))


def export_log(
    folder: AnyPath,
    *,
    format: str,  # noqa: A002 - the word of the command
    out: AnyPath | None = None,
    variant: str | None = None,
    replication: int | None = None,
    flaws: int | None = None,
    progress: OnProgress | None = None,
) -> Path:
    """Write what happened in one run of a study as the register its offices would have kept.

    Parameters
    ----------
    folder
        A study that was kept with its cases and work items (``tables="all"``).
    format
        ``xes``, ``ocel-json``, ``ocel-sqlite``, ``csv`` or ``register``.
    out
        The file to write; by default ``register.csv``, or ``log`` with its ending, in the folder.
    variant
        The variant; may be left out where there is one alone.
    replication
        By default the first.
    flaws
        The seed of flaws to put in, as registers have them; by default none.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    RequestError
        There is no such run or format, or the study does not keep what is needed.
    StoreError
        The study cannot be read, or the log not be written.
    """
    tell = progress or _nothing
    tell(say("reading {path}", path=folder), 0, 0)
    study = Study.open(folder)
    log = log_of_study(
        study.manifest,
        study.tables,
        variant=None if variant is None else as_one_form(variant),
        replication=replication,
    )
    if flaws is not None:
        log = flawed(log, flaws)
    name = FORMATS[format][0] if format in FORMATS else "log"
    place = Path(folder) / name if out is None else Path(out)
    tell(say("writing {path}", path=place.name), 0, 0)
    write_log(log, place, kind=format)
    return place


def _write_text(place: Path, text: str) -> None:
    half = place.with_name(f".{place.name}.half")
    try:
        half.write_text(text, encoding="utf-8")
        half.replace(place)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise StoreError(
            say("cannot write {path}: {why}", path=place, why=why_not(error))
        ) from None


def _nothing(*_: object) -> None:
    """Nobody is told."""
