"""A register in two: what is learnt from, and what the learnt scenario is held against."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.estimate import Interval, estimate
from sim.errors import RequestError
from sim.language import say
from sim.logs.event_log import INSTANT, EventLog, instant_of
from sim.logs.intervals import share_of_some
from sim.logs.overview import arrivals_of, open_cases

SOJOURN: Final = "sojourn_days_mean"
ON_TIME: Final = "on_time_share"

_FEWEST_WEEKS: Final = 3
_DAY: Final = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Halves:
    """The part of a register before a day, as it stood then, and the cases filed from it on."""

    before: EventLog
    rest: EventLog
    day: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A figure of a register: weeks of filing are its independent values."""

    kpi: str
    bundle: str
    channel: str
    value: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A figure of the rest of a register beside that of the scenario learnt from the part before.

    They agree if their difference is within the 95 % interval of it.
    """

    seen: Seen
    model: Interval

    @property
    def agrees(self) -> bool:
        """Whether the two differ by no more than chance would have them."""
        reach = math.hypot(self.seen.value.half_width, self.model.half_width)
        return abs(self.seen.value.mean - self.model.mean) <= reach


def halves(log: EventLog, share: float) -> Halves:
    """Part a register by the day of filing.

    Parameters
    ----------
    share
        Of the cases, those that are learnt from.

    Raises
    ------
    RequestError
        The share is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise RequestError(
            say("the share to learn from is {share:g}. Give one between 0 and 1.", share=share)
        )
    filed = arrivals_of(log)
    known = np.sort(filed[~np.isnat(filed)])
    day = known[min(int(share * len(known)), len(known) - 1)].astype("datetime64[D]")
    cut = day.astype(INSTANT)
    return Halves(
        before=as_of(some(log, filed < cut), cut),
        rest=some(log, filed >= cut),
        day=day.item(),
    )


def some(log: EventLog, kept: NDArray[np.bool_]) -> EventLog:
    """A log of some of its cases."""
    cases = log.cases[kept].reset_index(drop=True)
    work = log.work[kept[log.case_of]].reset_index(drop=True)
    names = pd.CategoricalDtype(pd.Index(cases["case"].tolist(), dtype="str"))
    work["case"] = work["case"].astype("str").astype(names)
    return EventLog(name=log.name, work=work, cases=cases, mapping=log.mapping)


def as_of(log: EventLog, cut: np.datetime64) -> EventLog:
    """A log as it stood at an instant: without what came after."""
    work = log.work[instant_of(log.work) < cut].reset_index(drop=True)
    for name in ("started_at", "ended_at"):
        work.loc[work[name] >= cut, name] = pd.NaT
    cases = log.cases.copy()
    for name in ("done_at", "closed_at"):
        cases.loc[cases[name] >= cut, name] = pd.NaT
    return EventLog(name=log.name, work=work, cases=cases, mapping=log.mapping)


def seen(log: EventLog) -> Iterator[Seen]:
    """Figures of a register by bundle and channel, of the cases that had the time to end."""
    filed = arrivals_of(log)
    is_open, _ = open_cases(log)
    closed = log.cases["closed_at"].to_numpy(INSTANT)
    days = (closed - filed) / _DAY
    ended = ~is_open & ~np.isnat(closed) & ~np.isnat(filed)
    if not ended.any():
        return
    # A case filed near the end is seen only if it was quick.
    slow = np.timedelta64(int(np.quantile(days[ended], 0.99)) + 1, "D")
    counts = ended & (filed <= filed[~np.isnat(filed)].max() - slow)
    week = (filed - filed[~np.isnat(filed)].min()) // np.timedelta64(7, "D")
    due = log.cases["due_on"].to_numpy(INSTANT)
    done = log.cases["done_at"].to_numpy(INSTANT)
    on_time = (np.where(np.isnat(done), closed, done) < due + _DAY).astype(np.float64)
    on_time[np.isnat(due)] = np.nan
    bundles, channels = (log.cases[name].astype("object") for name in ("bundle", "channel"))
    bundle = bundles.where(log.cases["bundle"].notna(), "cases").to_numpy()
    channel = channels.where(log.cases["channel"].notna(), "any").to_numpy()
    for name in dict.fromkeys(bundle[counts].tolist()):
        mine = counts & (bundle == name)
        for way in ("", *dict.fromkeys(channel[mine].tolist())):
            which = mine & (channel == way) if way else mine
            for kpi, values in ((SOJOURN, days), (ON_TIME, on_time)):
                known = which & ~np.isnan(values)
                means = _by_week(week[known], values[known])
                if len(means) >= _FEWEST_WEEKS:
                    bounds = (0.0, 1.0) if kpi == ON_TIME else (0.0, math.inf)
                    found = estimate(means, bounds=bounds)
                    if kpi == ON_TIME and np.ptp(means) == 0:
                        # All weeks alike say nothing of how they spread: then cases do.
                        n = int(known.sum())
                        found = share_of_some(round(float(values[known].sum())), n)
                    yield Seen(kpi=kpi, bundle=str(name), channel=str(way), value=found)


def _by_week(week: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    names, at = np.unique(week, return_inverse=True)
    sums = np.bincount(at, weights=values, minlength=len(names))
    return sums / np.maximum(np.bincount(at, minlength=len(names)), 1)
