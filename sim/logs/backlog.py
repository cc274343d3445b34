"""The cases that are open on a day, each with the step at which it stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import RequestError
from sim.language import date_in_words, say
from sim.logs.event_log import INSTANT, PROPERTY, EventLog
from sim.logs.overview import arrivals_of, open_cases

Truths = NDArray[np.bool_]

COLUMNS: Final = ("bundle", "channel", "office", "step", "received_on")
"""What a scenario reads of a backlog; properties follow."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Backlog:
    """Open cases of a day, at its first instant.

    Parameters
    ----------
    rows
        A row each, with the columns of :data:`COLUMNS` and those of properties, the longest open
        first.
    n_guessed
        Of how many the step is not known and that after which nothing is noted stands for it.
    n_left_out
        How many more waited for nothing but their end: all their work was done.
    """

    on: dt.date
    rows: pd.DataFrame
    n_guessed: int
    n_left_out: int


def backlog_on(log: EventLog, on: dt.date) -> Backlog:
    """Find the cases that were open when a day began.

    A case stands at the first step that has not ended, or else at the next that it will have.

    Raises
    ------
    RequestError
        The day is outside of the log, or no case was open.
    """
    at = np.datetime64(on, "us")
    filed = arrivals_of(log)
    known = filed[~np.isnat(filed)]
    last = log.when[~np.isnat(log.when)].max()
    if not known.min() <= at <= last + np.timedelta64(1, "D"):
        first, end = (
            date_in_words(each.astype("datetime64[D]").item(), is_plain=True)
            for each in (known.min(), last)
        )
        raise RequestError(
            say(
                "{on} is outside of {name}. Give a day from {first} to {end}.",
                on=date_in_words(on, is_plain=True),
                name=log.name,
                first=first,
                end=end,
            )
        )
    is_open = _open_on(log, filed, at)
    if not is_open.any():
        raise RequestError(
            say(
                "no case of {name} was open when {on} began.",
                name=log.name,
                on=date_in_words(on, is_plain=True),
            )
        )
    standing = _standing(log, at)
    is_closed = log.cases["closed_at"].notna().to_numpy()
    is_done = is_open & (standing.left == "") & is_closed
    is_open &= ~is_done
    guessed = is_open & (standing.left == "")
    steps = np.where(guessed, standing.done, standing.left)[is_open]
    cases = log.cases[is_open]
    bundle = cases["bundle"].astype("object")
    home = cases["home"].astype("object")
    frame = pd.DataFrame(
        {
            "bundle": bundle.where(cases["bundle"].notna(), "cases"),
            "channel": cases["channel"].astype("object"),
            "office": home.where(cases["home"].notna(), "commune"),
            "step": steps,
            "received_on": np.datetime_as_string(filed[is_open], unit="s"),
        }
    )
    for name in cases:
        if name.startswith(PROPERTY):
            frame[name.removeprefix(PROPERTY)] = cases[name].astype("object")
    frame["received_on"] = frame["received_on"].str.replace("T", " ")
    frame = frame.sort_values("received_on", kind="stable").reset_index(drop=True)
    return Backlog(on=on, rows=frame, n_guessed=int(guessed.sum()), n_left_out=int(is_done.sum()))


def _open_on(log: EventLog, filed: NDArray[np.datetime64], at: np.datetime64) -> Truths:
    """Which cases had come and not ended."""
    still_open, says_so = open_cases(log)
    closed = log.cases["closed_at"].to_numpy(INSTANT)
    if not says_so:
        closed = np.full(len(log.cases), np.datetime64("NaT"), INSTANT)
        ended = log.work["ended_at"].to_numpy(INSTANT)
        last = np.full(len(log.cases), np.iinfo(np.int64).min)
        known = ~np.isnat(ended)
        np.maximum.at(last, log.case_of[known], ended[known].astype(np.int64))
        closed = last.astype(INSTANT)
        closed[still_open | (last == np.iinfo(np.int64).min)] = np.datetime64("NaT")
    found: Truths = (filed < at) & (np.isnat(closed) | (closed >= at))
    return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Standing:
    """By case, the first step that is left and the last that is done; empty for none."""

    left: NDArray[np.object_]
    done: NDArray[np.object_]


def _standing(log: EventLog, at: np.datetime64) -> _Standing:
    is_done = log.work["ended_at"].to_numpy(INSTANT) < at
    case = log.case_of
    names = log.work["step"].astype("str").to_numpy(object)
    left, done = (np.full(len(log.cases), "", object) for _ in range(2))
    rows = np.flatnonzero(~is_done)[::-1]
    left[case[rows]] = names[rows]
    rows = np.flatnonzero(is_done)
    done[case[rows]] = names[rows]
    return _Standing(left=left, done=done)


def csv_of(backlog: Backlog) -> str:
    """The backlog as the CSV file that a scenario reads."""
    rows = backlog.rows
    kept = [name for name in rows if not rows[name].isna().all()]
    text: str = rows[kept].to_csv(index=False, lineterminator="\n")
    return text
