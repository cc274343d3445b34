"""A scenario held against the part of a register that it was not learnt from."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.analysis.estimate import Interval
from sim.api.logs import Log, read_log
from sim.api.scenarios import AnyPath, OnProgress
from sim.api.studies import run
from sim.api.study import Study
from sim.errors import RequestError
from sim.experiment.folder import claim_folder, write_files
from sim.language import date_in_words, say
from sim.logs.distances import traces_of
from sim.logs.event_log import EventLog
from sim.logs.held_out import Halves, Held, halves, seen, some
from sim.logs.learning.learn import learn
from sim.logs.likeness import (
    Forecast,
    Likeness,
    as_register,
    distances_of_halves,
    forecast_of,
    likenesses,
)
from sim.logs.of_study import logs_of_study
from sim.logs.overview import arrivals_of
from sim.logs.shapes import Shape, Shapes, shape_of
from sim.report.held_out import held_lines
from sim.report.learnt import scenario_text
from sim.report.learnt_values import safe_name
from sim.report.likeness import likeness_lines
from sim.report.validation_page import DISTANCES, files_of
from sim.scenario import Scenario, load

if TYPE_CHECKING:
    import pandas as pd

_WEEK: Final = dt.timedelta(weeks=1)
_WARM_UP: Final = 4
_RUN_OUT: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Validation:
    """How a scenario agrees with the rest of a register, from the first part of which it is learnt.

    Parameters
    ----------
    day
        The first day of the rest.
    held
        Each figure of the rest beside that of the scenario.
    drawn
        Distances of runs from the rest, cases filed by chance.
    as_filed
        The same with cases filed when they were.
    forecast
        The share on time, None where too few cases of the rest are due.
    shapes
        What the pictures show: times of cases, first events by week, events by hour.
    """

    day: dt.date
    held: tuple[Held, ...]
    drawn: tuple[Likeness, ...]
    as_filed: tuple[Likeness, ...]
    forecast: Forecast | None
    shapes: Shapes

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that are printed."""
        return (
            *held_lines(self.day, self.held),
            *likeness_lines(self.drawn, self.as_filed, self.forecast),
        )

    def save(self, folder: AnyPath, *, replace: bool = False) -> None:
        """Write a page with pictures, the pictures as SVG and PNG, and the distances as CSV.

        Raises
        ------
        StoreError
            The folder holds something else, or an answer that ``replace`` does not let go, or it
            cannot be written to.
        """
        place = Path(folder)
        claim_folder(place, replace=replace, mark=DISTANCES)
        write_files(
            place, files_of(self.held, self.drawn, self.as_filed, self.forecast, self.shapes)
        )

    def __str__(self) -> str:
        return "\n".join(self.lines)

    __repr__ = __str__


def validate(
    log: Log | AnyPath,
    *,
    scenario: AnyPath | None = None,
    share: float = 0.8,
    replications: int = 10,
    seed: int = 1,
    progress: OnProgress | None = None,
) -> Validation:
    """Learn from the first part of a register, run what was learnt, and hold it against the rest.

    Parameters
    ----------
    scenario
        A scenario to run in place of what would be learnt, such as one that was learnt and changed.
    share
        Of the cases, those that are learnt from, by day of filing.
    replications, seed
        Of the runs.

    Raises
    ------
    LogError
        The register cannot be read.
    RequestError
        There is too little to learn from, or to hold it against; or fewer than 2 replications.
    ScenarioError
        The scenario cannot be run, as when the staff seen cannot keep up.
    """
    if replications < 2:
        raise RequestError(
            say("{n} replications have no interval. Give 2 or more.", n=replications)
        )
    register = log if isinstance(log, Log) else read_log(log, progress=progress)
    parts = halves(register.log, share)
    figures = tuple(seen(parts.rest))
    last = register.overview.last
    days = last.date() - parts.day
    if days < _WEEK:
        raise RequestError(
            say(
                "too little is left after {day} to hold a scenario against. Give a smaller share.",
                day=date_in_words(parts.day, is_plain=True),
            )
        )
    with tempfile.TemporaryDirectory(prefix="lienthong-") as name:
        folder = Path(name)
        path = Path(scenario) if scenario is not None else folder / "learnt.yaml"
        if scenario is None:
            path.write_text(scenario_text(learn(parts.before)), encoding="utf-8")
        runs = _Runs(
            path=path,
            folder=folder,
            parts=parts,
            last=np.datetime64(last, "us"),
            replications=replications,
            seed=seed,
            progress=progress,
        )
        drawn, logs = runs.drawn()
        filings = runs.filings(logs)
        logs = [some(log, log.cases["bundle"].isin(list(filings)).to_numpy()) for log in logs]
        has_starts = parts.rest.has_starts
        real = traces_of(parts.rest, has_starts=has_starts)
        apart = distances_of_halves(real, seed)
        as_filed = runs.as_filed(filings)

        def shape(log: EventLog) -> Shape:
            return shape_of(log, parts.day, runs.last, has_starts=has_starts)

        return Validation(
            day=parts.day,
            held=tuple(_held(figures, drawn.estimates)),
            drawn=likenesses(logs, parts.rest, apart),
            as_filed=likenesses(as_filed, parts.rest, apart),
            forecast=forecast_of(logs, parts.before, parts.rest, runs.last),
            shapes=Shapes(
                day=parts.day,
                rest=shape(parts.rest),
                drawn=tuple(map(shape, logs)),
                as_filed=tuple(map(shape, as_filed)),
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Runs:
    """Runs of a scenario over the time of the rest of a register."""

    path: Path
    folder: Path
    parts: Halves
    last: np.datetime64
    replications: int
    seed: int
    progress: OnProgress | None

    def drawn(self) -> tuple[Study, list[EventLog]]:
        """With cases filed by chance."""
        day = self.parts.day
        start = day - dt.timedelta(days=day.weekday()) - _WARM_UP * _WEEK
        # Cases that are filed in the run-out, up to the end of the register, are in the log too.
        n_weeks = (self.last.astype("datetime64[D]").item() - day) // _WEEK
        period = self._period(start, f"{_WARM_UP} weeks", n_weeks)
        study = self._run("drawn", period)
        return study, list(self._logs(study))

    def as_filed(self, filings: Mapping[str, Path]) -> list[EventLog]:
        """With cases filed when they were."""
        day = self.parts.day
        n_weeks = -((day - self.last.astype("datetime64[D]").item()) // _WEEK)
        demands = {
            f"bundles.{bundle}.demand": f"{{log: {file}}}" for bundle, file in filings.items()
        }
        study = self._run("as_filed", {**self._period(day, "0 weeks", n_weeks), **demands})
        return [
            some(log, log.cases["bundle"].isin(list(filings)).to_numpy())
            for log in self._logs(study)
        ]

    def filings(self, drawn: list[EventLog]) -> Mapping[str, Path]:
        """Files of the cases of the rest as they were filed, by bundle.

        Homes and channels are those of cases that were drawn; what is of others is left out.

        Raises
        ------
        RequestError
            Nothing is left, or a run had no case in that time.
        """
        cases = self.parts.rest.cases
        texts = {
            column: cases[column].astype("object").map(safe_name, na_action="ignore")
            for column in ("bundle", "channel", "home")
        }
        known = {
            column: {str(each) for log in drawn for each in log.cases[column].dropna().unique()}
            for column in texts
        }
        frame = cases[["filed_at"]].assign(filed_at=arrivals_of(self.parts.rest))
        for column, values in texts.items():
            # Where there is one alone, the register may say nothing of it, or call it otherwise.
            only = next(iter(known[column])) if len(known[column]) == 1 else None
            frame[column] = values if only is None else only
            frame = frame[frame[column].isin(known[column])]
        found: dict[str, Path] = {}
        for bundle, mine in frame.dropna().groupby("bundle", observed=True):
            found[str(bundle)] = self.folder / f"filings-{len(found)}.csv"
            columns = ["filed_at", "home", *(["channel"] if len(known["channel"]) > 1 else [])]
            table = mine.sort_values("filed_at")[columns].rename(columns={"home": "office"})
            table.to_csv(found[str(bundle)], index=False, date_format="%Y-%m-%d %H:%M")
        if not found or not all(len(log.work) for log in drawn):
            told = "; ".join(
                f"{column} {', '.join(sorted(names)) or say('none')}"
                for column, names in known.items()
            )
            raise RequestError(
                say(
                    "nothing of the register is of the scenario, which has from {day} on: {what}. "
                    "Name them as the register does, and give it cases.",
                    day=date_in_words(self.parts.day, is_plain=True),
                    what=told,
                )
            )
        return found

    def _period(self, start: dt.date, warm_up: str, n_weeks: int) -> dict[str, Any]:
        return {
            "period.start": str(start),
            "period.warm_up": warm_up,
            "period.length": f"{n_weeks} weeks",
            "period.run_out": f"{_RUN_OUT} weeks",
        }

    def _run(self, name: str, settings: Mapping[str, Any]) -> Study:
        return run(
            self.path,
            settings=settings,
            replications=self.replications,
            seed=self.seed,
            tables="all",
            out=self.folder / name,
            progress=self.progress,
        )

    def _logs(self, study: Study) -> Iterator[EventLog]:
        names = _names_of_steps(load(str(self.path)), self.parts.rest)
        since = np.datetime64(self.parts.day, "us")
        for log in logs_of_study(study.manifest, study.tables):
            yield as_register(log, since, self.last, names)


def _names_of_steps(scenario: Scenario, rest: EventLog) -> Mapping[str, str]:
    """What the register calls the steps of a scenario."""
    called = {safe_name(str(step)): str(step) for step in rest.work["step"].cat.categories}
    return {
        name: called.get(work, work) for name, work in _named_work(scenario.tree["bundles"])
    } | called


def _named_work(tree: Any) -> Iterator[tuple[str, str]]:
    """Work that has a name of its own beside what is done."""
    if isinstance(tree, Mapping):
        if "do" in tree and "name" in tree:
            yield str(tree["name"]), str(tree["do"])
        tree = tree.values()
    elif not isinstance(tree, list | tuple):
        return
    for part in tree:
        yield from _named_work(part)


def _held(figures: tuple[Any, ...], estimates: pd.DataFrame) -> Iterator[Held]:
    for figure in figures:
        group = safe_name(figure.bundle)
        if figure.channel:
            group = f"{group}/{safe_name(figure.channel)}"
        model = _of(estimates, figure.kpi, group)
        if model is not None:
            yield Held(seen=figure, model=model)


def _of(estimates: pd.DataFrame, kpi: str, group: str) -> Interval | None:
    rows = estimates[(estimates["kpi"] == kpi) & (estimates["group"] == group)]
    if rows.empty:
        return None
    row = rows.iloc[0]
    return Interval(
        mean=float(row["mean"]),
        low=float(row["low"]),
        high=float(row["high"]),
        n=int(row["n"]),
        confidence=0.95,
    )
