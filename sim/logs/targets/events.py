"""A log as events of the lifecycle: schedule, start and complete of each performance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from sim.logs.event_log import INSTANT, EventLog

OFFSET: Final = "+07:00"
"""Written behind each instant, since both standards ask for one: the time of Viet Nam."""

_OF_INSTANT: Final = {"ready_at": "schedule", "started_at": "start", "ended_at": "complete"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleEvent:
    """An event; ``case`` is the row of its case, texts are None where nothing is known."""

    case: int
    at: str
    lifecycle: str
    instance: int
    texts: Mapping[str, str | None]


def lifecycle_events(log: EventLog) -> Iterator[LifecycleEvent]:
    """The events of a log, case by case in the order of time."""
    work = log.work
    instance = work.groupby(["case", "step"], observed=True).cumcount().to_numpy()
    names = ("step", "dossier", "officer", "role", "office")
    texts = [work[name].astype("object").where(work[name].notna(), None).tolist() for name in names]
    rows, kinds, instants = [], [], []
    for kind, column in enumerate(_OF_INSTANT):
        values = work[column].to_numpy(INSTANT)
        known = np.flatnonzero(~np.isnat(values))
        rows.append(known)
        kinds.append(np.full(len(known), kind))
        instants.append(values[known])
    row, kind_of = np.concatenate(rows), np.concatenate(kinds)
    instant = np.concatenate(instants)
    order = np.lexsort((kind_of, row, instant, log.case_of[row]))
    shown = np.datetime_as_string(instant[order], unit="us")
    words = list(_OF_INSTANT.values())
    cases = log.case_of
    for at, text in zip(order.tolist(), shown.tolist(), strict=True):
        which = int(row[at])
        yield LifecycleEvent(
            case=int(cases[which]),
            at=text + OFFSET,
            lifecycle=words[kind_of[at]],
            instance=int(instance[which]),
            texts={name: column[which] for name, column in zip(names, texts, strict=True)},
        )


def attributes_of(cases: pd.DataFrame, row: int) -> dict[str, tuple[str, str]]:
    """What is known of a case beside its name: by column, ``string`` or ``date`` and the text."""
    found: dict[str, tuple[str, str]] = {}
    for name in cases.columns[1:]:
        value: Any = cases[name].iat[row]
        if pd.isna(value):
            continue
        if isinstance(value, pd.Timestamp):
            found[name] = "date", value.isoformat(timespec="microseconds") + OFFSET
        else:
            found[name] = "string", str(value)
    return found
