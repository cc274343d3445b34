"""The log that an office of a study would have kept: from the tables of one run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from sim.errors import RequestError, StoreError
from sim.experiment.again import model_again
from sim.experiment.chosen import cell_named, check_replication
from sim.experiment.tables import Name
from sim.language import say
from sim.logs.event_log import CASES, INSTANT, PROPERTY, WORK, EventLog, instant_of
from sim.model import Model

_NEEDED: Final[tuple[Name, ...]] = ("cases", "work_items")


def log_of_study(
    manifest: Mapping[str, Any],
    tables: Mapping[Name, Path],
    *,
    variant: str | None = None,
    replication: int | None = None,
) -> EventLog:
    """What happened in one run, as its offices would have noted it.

    A case is filed when its first dossier is, or else when it begins; it is due as the legal clock
    has it at the end, extensions and days stopped included.

    Parameters
    ----------
    variant
        The name of a cell; may be left out where there is one alone.
    replication
        By default the first.

    Raises
    ------
    RequestError
        There is no such run, the study does not keep its tables, or its model cannot be made again.
    StoreError
        A table cannot be read.
    """
    lacking = [name for name in _NEEDED if name not in tables]
    if lacking:
        raise RequestError(
            say(
                "the study keeps no table of {names}. Run it again with --tables all "
                "(tables='all').",
                names=say(" and ").join(lacking),
            )
        )
    cell = cell_named(manifest, variant)
    place = cell["shares_runs_with"] or cell["name"]
    number = manifest["first_replication"] if replication is None else replication
    check_replication(manifest, number)
    model = model_again(manifest, cell)
    cases = _read(tables["cases"], place, number)
    if cases.empty:
        raise RequestError(
            say("replication {number} of '{cell}' has no case.", number=number, cell=cell["name"])
        )
    items = _read(tables["work_items"], place, number)
    return log_of_tables(cases, items, model, name=cell["name"])


def logs_of_study(manifest: Mapping[str, Any], tables: Mapping[Name, Path]) -> Iterator[EventLog]:
    """The log of each replication of a study of one cell that keeps its cases and work items."""
    (cell,) = manifest["cells"]
    model = model_again(manifest, cell)
    first = manifest["first_replication"]
    for number in range(first, first + manifest["replications"]):
        cases, items = (_read(tables[name], cell["name"], number) for name in _NEEDED)
        yield log_of_tables(cases, items, model, name=cell["name"])


def log_of_tables(cases: pd.DataFrame, items: pd.DataFrame, model: Model, *, name: str) -> EventLog:
    """What happened in one run, from its tables of cases and of work items as frames."""
    found = _cases(cases, model)
    return EventLog(name=name, work=_work(items, found), cases=found)


def _read(path: Path, variant: str, replication: int) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.dataset as ds

    wanted = (ds.field("variant").cast("string") == variant) & (
        ds.field("replication") == replication
    )
    try:
        frame: pd.DataFrame = ds.dataset(path).to_table(filter=wanted).to_pandas()
    except (OSError, pa.ArrowException) as error:
        raise StoreError(say("cannot read {path}: {error}", path=path, error=error)) from None
    return frame


def _cases(kept: pd.DataFrame, model: Model) -> pd.DataFrame:
    frame: dict[str, Any] = {
        "case": kept["case"].astype("int64").astype("str").reset_index(drop=True)
    }
    for name in ("bundle", "channel", "home", "outcome"):
        frame[name] = _texts(kept[name])
    filed_at = kept["received_at"].fillna(kept["arrives_at"])
    frame["filed_at"] = filed_at.to_numpy(INSTANT)
    frame["due_on"] = _due_on(kept, model)
    frame["done_at"] = kept["done_at"].to_numpy(INSTANT)
    frame["closed_at"] = kept["ended_at"].to_numpy(INSTANT)
    for name in kept.columns:
        if name.startswith(PROPERTY):
            frame[name] = _texts(kept[name])
    properties = [name for name in frame if name.startswith(PROPERTY)]
    return pd.DataFrame(frame)[[*CASES, *properties]]


def _texts(column: pd.Series) -> pd.Categorical:
    texts = column.astype("object")
    known = [str(each) for each in texts.dropna().unique()]
    return pd.Categorical(texts.to_numpy(), categories=pd.Index(known, dtype="str"))


def _due_on(kept: pd.DataFrame, model: Model) -> Any:
    """The due day of each case by its limit and the days its clock stood (L2, L4)."""
    start = np.datetime64(model.start, "D")
    due = np.full(len(kept), np.datetime64("NaT"), INSTANT)
    has_limit = (kept["limit_days"].notna() & kept["received_at"].notna()).to_numpy()
    received = kept["received_day"].to_numpy("datetime64[D]")
    days = (kept["limit_days"] + kept["stopped_days"]).fillna(0).to_numpy(np.int64)
    for row in np.flatnonzero(has_limit):
        day = int((received[row] - start).astype(int))
        found = model.working_days.due_day(day, int(days[row]))
        if found < 10**7:  # none lies beyond the days that the calendar knows
            due[row] = start + found
    return due


def _work(items: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    names = pd.Index(cases["case"], dtype="str")
    frame: dict[str, Any] = {
        "case": pd.Categorical(items["case"].astype("int64").astype("str"), categories=names)
    }
    columns = {"step": "activity", "dossier": "dossier", "officer": "staff"}
    for name in ("step", "dossier", "officer", "role", "office"):
        frame[name] = _texts(items[columns.get(name, name)])
    for name in ("ready_at", "started_at", "ended_at"):
        frame[name] = items[name].to_numpy(INSTANT)
    work = pd.DataFrame(frame)
    work = work[work["case"].notna()]
    order = np.lexsort((instant_of(work), work["case"].cat.codes))
    work = work.iloc[order].reset_index(drop=True)
    work["row"] = np.arange(1, len(work) + 1)
    return work[list(WORK)]
