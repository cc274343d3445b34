"""Shares that make up a whole, by the day (V1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.demand import DIGITS, ByDay
from sim.language import date_in_words, say
from sim.model.graph import NOTHING_LOST
from sim.model.series import Series, on
from sim.scenario.faults import Faults
from sim.scenario.resolve.times.period import Range, series_of
from sim.scenario.schema.values import SeriesSpec
from sim.scenario.text.tree import Path
from sim.wording import percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """The share of each of some things from each of ``days`` on, the first also before."""

    days: tuple[int, ...]
    of: Mapping[str, tuple[float, ...]]

    def most(self, name: str) -> float:
        """The largest share that one ever has; 0 for one that is not there."""
        return max(self.of.get(name, (0.0,)))

    def cumulated(self, names: tuple[str, ...]) -> ByDay:
        """Cumulated shares over the names, in their order; what is not there has none."""
        none = (0.0,) * len(self.days)
        shares = np.array([self.of.get(name, none) for name in names]).T
        rows = np.round(np.cumsum(shares, axis=1), DIGITS)
        rows[:, -1] = 1.0
        return by_day(self.days, rows)


def by_day(days: tuple[int, ...], rows: np.ndarray) -> ByDay:
    """Numbers by the day, without the days on which nothing changes."""
    changes = np.ones(len(rows), bool)
    changes[1:] = (np.diff(rows.reshape(len(rows), -1), axis=0) != 0).any(axis=1)
    if changes.sum() == 1:
        days = (0,) * len(rows)
    return ByDay(from_days=np.array(days, np.int64)[changes], rows=rows[changes])


def shares_of(
    shares: Mapping[str, float | Literal["rest"] | SeriesSpec],
    path: Path,
    what: str,
    time: Range,
    faults: Faults,
) -> Shares:
    """Shares that make up a whole, with ``rest`` filled in; any other sum is a fault."""
    rests = [name for name, share in shares.items() if share == "rest"]
    values = {name: series_of(share, time) for name, share in shares.items() if share != "rest"}
    changes = {
        day for each in values.values() if isinstance(each, Series) for day in each.from_days
    }
    days = tuple(sorted(changes)) or (0,)
    totals = [sum(on(each, day) for each in values.values()) for day in days]
    most = max(totals)
    least = min(totals)
    if len(rests) > 1:
        faults.add(
            path, say("`rest` is given {n} times", n=len(rests)), say("Give it to one of them.")
        )
    if most > 1 + NOTHING_LOST:
        found = _sum(most, days[totals.index(most)], what, time, is_dated=len(days) > 1)
        faults.add(path, found, say("Lower one of them."))
    elif not rests and least < 1 - NOTHING_LOST:
        found = _sum(least, days[totals.index(least)], what, time, is_dated=len(days) > 1)
        faults.add(
            path,
            say("{found}, not to 100 %", found=found),
            say("Write `rest` for the share of one of them."),
        )
    left = tuple(max(0.0, 1.0 - total) for total in totals)
    return Shares(
        days=days,
        of={
            name: left if share == "rest" else tuple(on(values[name], day) for day in days)
            for name, share in shares.items()
        },
    )


def _sum(total: float, day: int, what: str, time: Range, *, is_dated: bool) -> str:
    if not is_dated:
        return say(
            "the shares of the {what} add up to {total}", what=say(what), total=percent(total)
        )
    date = date_in_words(time.date(max(day, 0)), is_plain=True)
    return say(
        "the shares of the {what} add up to {total} on {date}",
        what=say(what),
        total=percent(total),
        date=date,
    )
