"""How like the rest of a register the runs of a scenario are, beside how like it is to itself."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.estimate import Interval, estimate
from sim.logs.distances import DISTANCES, Traces, traces_of
from sim.logs.event_log import INSTANT, EventLog
from sim.logs.held_out import as_of, some
from sim.logs.intervals import share_of_some
from sim.logs.overview import arrivals_of

Truths = NDArray[np.bool_]

MOST: Final = 1.25
"""A scenario is like its register where it is no further away than so many times its halves."""

_SPLITS: Final = 40
_FEWEST_STRETCHES: Final = 3
_FEWEST_CASES: Final = 20
_DAY: Final = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """A distance from the rest of a register to a scenario, beside that between its own halves.

    Parameters
    ----------
    measure
        One of :data:`sim.logs.distances.DISTANCES`.
    halves
        Between halves of the rest, its cases shared out by chance: the mean over many such pairs,
        with the interval in which 95 % of them lie.
    scenario
        From runs of the scenario to the rest, their mean with its 95 % interval.
    """

    measure: str
    halves: Interval
    scenario: Interval

    @property
    def times(self) -> Interval:
        """How many times as far the scenario is."""
        by = 1 / self.halves.mean if self.halves.mean else math.inf
        found = self.scenario
        return Interval(
            mean=found.mean * by,
            low=found.low * by,
            high=found.high * by,
            n=found.n,
            confidence=found.confidence,
        )

    @property
    def is_missed(self) -> bool:
        """Whether it is further than :data:`MOST` times."""
        return self.times.mean > MOST


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The share on time of the rest as a scenario foretold it, and as it was.

    Parameters
    ----------
    told
        With the interval in which the share of one such stretch of time lies.
    was
        Of the cases that were due before the register ends, as many as its ``n`` says.
    """

    told: Interval
    was: Interval

    @property
    def is_inside(self) -> bool:
        """Whether what happened lies in the interval."""
        return self.told.holds(self.was.mean)


def as_register(
    log: EventLog, since: np.datetime64, last: np.datetime64, names: Mapping[str, str]
) -> EventLog:
    """The log of a run as the register would have it: what was filed since a day, up to its end.

    Parameters
    ----------
    names
        What a step is called in the register, of those that a scenario calls otherwise.
    """
    filed = arrivals_of(log)
    found = as_of(some(log, (filed >= since) & (filed <= last)), last + np.timedelta64(1, "us"))
    steps = found.work["step"].astype("object").map(lambda step: names.get(step, step))
    return EventLog(
        name=log.name, work=found.work.assign(step=pd.Categorical(steps)), cases=found.cases
    )


def distances_of_halves(rest: Traces, seed: int) -> Mapping[str, Interval]:
    """Distances between halves of a log, by measure.

    Parameters
    ----------
    seed
        Of the chance by which cases are shared out.
    """
    draw = np.random.default_rng(seed)
    found: dict[str, list[float]] = {name: [] for name in DISTANCES}
    for _ in range(_SPLITS):
        kept = np.zeros(rest.n_cases, np.bool_)
        kept[draw.permutation(rest.n_cases)[: rest.n_cases // 2]] = True
        one, other = rest.some(kept), rest.some(~kept)
        for name, measure in DISTANCES.items():
            found[name].append(measure(one, other))
    return {name: _spread(values) for name, values in found.items()}


def likenesses(
    runs: Iterable[EventLog], rest: EventLog, halves: Mapping[str, Interval]
) -> tuple[Likeness, ...]:
    """How far some runs are from the rest of a register, by measure."""
    real = traces_of(rest, has_starts=rest.has_starts)
    found: dict[str, list[float]] = {name: [] for name in DISTANCES}
    for log in runs:
        run = traces_of(log, has_starts=rest.has_starts)
        for name, measure in DISTANCES.items():
            found[name].append(measure(run, real))
    return tuple(
        Likeness(
            measure=name,
            halves=halves[name],
            scenario=estimate(np.asarray(values), bounds=(0.0, math.inf)),
        )
        for name, values in found.items()
    )


def forecast_of(
    runs: Iterable[EventLog], before: EventLog, rest: EventLog, last: np.datetime64
) -> Forecast | None:
    """The share on time of the cases due before the register ends; None where too few are due.

    Notes
    -----
    Runs of a scenario differ by chance alone; an office also changes from one stretch of time to
    the next.  The interval is that of one more value (Student), with the larger of two standard
    deviations: between runs, and between stretches of the part before that are as long.
    """
    hits, is_due = _on_time(rest, last)
    if is_due.sum() < _FEWEST_CASES:
        return None
    shares = []
    for log in runs:
        mine, due = _on_time(log, last)
        if due.any():
            shares.append(float(mine[due].mean()))
    if len(shares) < 2:
        return None
    filed = arrivals_of(rest)[is_due]
    stretches = _by_stretch(before, filed.max() - filed.min() + _DAY)
    spreads = [(float(np.std(shares, ddof=1)), len(shares))]
    if len(stretches) >= _FEWEST_STRETCHES:
        spreads.append((float(np.std(stretches, ddof=1)), len(stretches)))
    told = _of_one_more(float(np.mean(shares)), max(each for each, _ in spreads), spreads[-1][1])
    n = int(is_due.sum())
    # Where runs hardly differ, so many cases would still do by chance.
    chance = share_of_some(round(told.mean * n), n)
    told = replace(told, low=min(told.low, chance.low), high=max(told.high, chance.high))
    return Forecast(told=told, was=share_of_some(int(hits[is_due].sum()), n))


def _of_one_more(mean: float, spread: float, n: int) -> Interval:
    from scipy.special import stdtrit

    reach = float(stdtrit(n - 1, 0.975)) * spread * math.sqrt(1 + 1 / n)
    low, high = max(mean - reach, 0.0), min(mean + reach, 1.0)
    return Interval(mean=mean, low=low, high=high, n=n, confidence=0.95)


def _on_time(log: EventLog, last: np.datetime64) -> tuple[Truths, Truths]:
    """Which cases were done by their due day, and which were due before an instant."""
    due = log.cases["due_on"].to_numpy(INSTANT).astype("datetime64[D]").astype(INSTANT) + _DAY
    done, closed = (log.cases[name].to_numpy(INSTANT) for name in ("done_at", "closed_at"))
    ended = np.where(np.isnat(done), closed, done)
    return ended < due, due <= last


def _by_stretch(before: EventLog, length: np.timedelta64) -> Sequence[float]:
    """The share on time of each stretch of filing before, from the last one backwards."""
    known = before.work["ended_at"].to_numpy(INSTANT)
    hits, is_due = _on_time(before, known[~np.isnat(known)].max())
    filed = arrivals_of(before)
    is_due &= ~np.isnat(filed)
    if not is_due.any():
        return ()
    back = (filed[is_due].max() - filed[is_due]) // length
    counts = np.bincount(back)
    sums = np.bincount(back, weights=hits[is_due])
    found: Sequence[float] = (sums / np.maximum(counts, 1))[counts >= _FEWEST_CASES].tolist()
    return found


def _spread(values: Sequence[float]) -> Interval:
    low, high = np.quantile(values, [0.025, 0.975])
    return Interval(
        mean=float(np.mean(values)),
        low=float(low),
        high=float(high),
        n=len(values),
        confidence=0.95,
    )
