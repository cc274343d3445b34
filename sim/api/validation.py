"""A learnt scenario held against the part of its register that it was not learnt from."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.analysis.estimate import Interval
from sim.api.logs import Log, read_log
from sim.api.scenarios import AnyPath, OnProgress
from sim.api.studies import run
from sim.errors import RequestError
from sim.language import date_in_words, say
from sim.logs.held_out import Held, halves, seen
from sim.logs.learning.learn import learn
from sim.report.held_out import held_lines
from sim.report.learnt import scenario_text
from sim.report.learnt_values import safe_name

if TYPE_CHECKING:
    import pandas as pd

_WEEK = dt.timedelta(weeks=1)
_WARM_UP = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Validation:
    """How a scenario learnt from the first part of a register agrees with the rest.

    Parameters
    ----------
    day
        The first day of the rest.
    held
        Each figure of the rest beside that of the scenario.
    """

    day: dt.date
    held: tuple[Held, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that are printed."""
        return held_lines(self.day, self.held)

    def __str__(self) -> str:
        return "\n".join(self.lines)

    __repr__ = __str__


def validate(
    log: Log | AnyPath,
    *,
    share: float = 0.6,
    replications: int = 10,
    seed: int = 1,
    progress: OnProgress | None = None,
) -> Validation:
    """Learn from the first part of a register, run what was learnt, and hold it against the rest.

    Parameters
    ----------
    share
        Of the cases, those that are learnt from, by day of filing.
    replications, seed
        Of the runs.

    Raises
    ------
    LogError
        The register cannot be read.
    RequestError
        There is too little to learn from, or to hold it against.
    ScenarioError
        What was learnt cannot be run, as when the staff seen cannot keep up.
    """
    register = log if isinstance(log, Log) else read_log(log, progress=progress)
    parts = halves(register.log, share)
    learnt = learn(parts.before)
    figures = tuple(seen(parts.rest))
    last = register.overview.last.date()
    n_weeks = (last - parts.day) // _WEEK
    if not figures or n_weeks < 1:
        raise RequestError(
            say(
                "too little is left after {day} to hold a scenario against. Give a smaller share.",
                day=date_in_words(parts.day, is_plain=True),
            )
        )
    start = parts.day - dt.timedelta(days=parts.day.weekday()) - _WARM_UP * _WEEK
    measured = f"warm_up: {_WARM_UP} weeks, length: {n_weeks} weeks, run_out: 8 weeks"
    period = f"{{start: {start}, {measured}}}"
    with tempfile.TemporaryDirectory(prefix="lienthong-") as folder:
        path = Path(folder) / "learnt.yaml"
        path.write_text(scenario_text(learnt, period=period), encoding="utf-8")
        study = run(path, replications=replications, seed=seed, progress=progress)
    estimates = study.estimates
    held = []
    for figure in figures:
        group = safe_name(figure.bundle)
        if figure.channel:
            group = f"{group}/{safe_name(figure.channel)}"
        model = _of(estimates, figure.kpi, group)
        if model is not None:
            held.append(Held(seen=figure, model=model))
    return Validation(day=parts.day, held=tuple(held))


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
