"""How often intervals of shares near 1 cover: queues whose answer is known, run over and over.

``python benchmarks/rare.py`` takes twenty minutes and writes ``recorded/rare.json``.  Queues are
drawn here, case by case, as in ``intervals.py``; ``tests/theory/test_rare.py`` runs one by engine.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from intervals import (
    MACRO_RUNS,
    REPLICATIONS,
    Trial,
    Values,
    coverage,
    interval,
    write_record,
)
from precision import run_to, shuffled
from scipy.special import gammainccinv

from sim.analysis.estimate import Interval
from sim.kpis.batches import batches

WANTED: Final = {0.56: 0.02, 0.99: 0.004, 0.9937: 0.003, 0.9999: 0.0005}
"""Shares on time, and the half-width that each is run to."""

RUNS_AT_ONCE: Final = 500
CASES_AT_ONCE: Final = 80_000_000
RECORD: Final = Path(__file__).parent / "recorded" / "rare.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A queue, or two alike one behind the other, with a load and cases a replication.

    ``times`` draws a time of each case, of shape (runs, cases), in units of the service time;
    ``beyond`` gives the time that a case exceeds with a chance.
    """

    name: str
    load: float
    cases: int
    times: Callable[[int, int, np.random.Generator], Values]
    beyond: Callable[[float], float]


def waits_behind(between: Values, service: Values, free_at: Values) -> Values:
    """Waits of cases in turn (Kiefer and Wolfowitz), of shape (runs, cases).

    ``between`` is the time from each case to the next, ``free_at`` the time from the first until
    each server is free, of shape (runs, servers).
    """
    waits = np.empty_like(service)
    for i in range(service.shape[1]):
        free_at.sort(axis=1)
        waits[:, i] = free_at[:, 0]
        free_at[:, 0] += service[:, i]
        free_at -= between[:, i, None]
        np.maximum(free_at, 0, out=free_at)
    return waits


def waits_in_turn(between: Values, service: Values, free_at: Values) -> Values:
    """Waits of cases behind one server (Lindley): what has come, above the least that it ever was.

    Shapes are those of :func:`waits_behind`, ten times as fast.
    """
    waits = np.empty_like(service)
    waits[:, 0] = 0
    np.cumsum(service[:, :-1] - between[:, :-1], axis=1, out=waits[:, 1:])
    least = np.minimum.accumulate(waits, axis=1)
    waits[:, 0] = free_at[:, 0]
    waits[:, 1:] -= np.minimum(least[:, 1:], -free_at)
    return waits


def chances(servers: int, load: float) -> Values:
    """How likely a case finds 0, 1 … of the servers busy; the last of these: it waits."""
    weights = [(servers * load) ** k / math.factorial(k) for k in range(servers + 1)]
    weights[-1] /= 1 - load
    return np.array(weights) / sum(weights)


def found_at_first(servers: int, load: float, runs: int, random: np.random.Generator) -> Values:
    """When each server is free for the first case of a queue that has always been there."""
    busy = random.choice(servers + 1, runs, p=chances(servers, load))[:, None]
    left = np.where(np.arange(servers) < busy, random.exponential(1, (runs, servers)), 0)
    wait = random.exponential(1 / (servers * (1 - load)), (runs, 1))
    left[:, :1] = np.where(busy == servers, 0, left[:, :1])
    return np.asarray(left + np.where(busy == servers, wait, 0))


def station(servers: int, load: float, cases: int) -> Queue:
    """Waits in M/M/c."""

    def times(runs: int, n: int, random: np.random.Generator) -> Values:
        between = random.exponential(1 / (servers * load), (runs, n))
        service = random.exponential(1, (runs, n))
        behind = waits_in_turn if servers == 1 else waits_behind
        return behind(between, service, found_at_first(servers, load, runs, random))

    waiting = float(chances(servers, load)[-1])
    return Queue(
        name=f"waits in M/M/{servers}",
        load=load,
        cases=cases,
        times=times,
        beyond=lambda chance: math.log(waiting / chance) / (servers * (1 - load)),
    )


def tandem(load: float, cases: int) -> Queue:
    """Times in two M/M/1 queues, one behind the other: independent of each other (Reich 1963)."""

    def times(runs: int, n: int, random: np.random.Generator) -> Values:
        between = random.exponential(1 / load, (runs, n))
        within: Values = np.zeros((runs, n))
        for _ in range(2):
            service = random.exponential(1, (runs, n))
            mine = waits_behind(between, service, found_at_first(1, load, runs, random)) + service
            within += mine
            between[:, :-1] += np.diff(mine, axis=1)  # the next queue sees the departures
        return within

    return Queue(
        name="times in two M/M/1",
        load=load,
        cases=cases,
        times=times,
        beyond=lambda chance: float(gammainccinv(2, chance)) / (1 - load),
    )


QUEUES: Final = (
    station(1, 0.8, 4_400),
    station(1, 0.5, 4_400),
    station(1, 0.9, 4_400),
    station(2, 0.8, 4_400),
    tandem(0.8, 4_400),
    station(1, 0.8, 400),
    station(1, 0.8, 20_000),
    station(1, 0.5, 400_000),  # as many as a province has in a quarter of a year
    station(1, 0.5, 1_400_000),  # as many as the country has births in a year
)


def trials(queue: Queue, macro_runs: int, replications: int, *, seed: int = 1) -> list[Trial]:
    """The shares on time of a queue under limits that as many cases keep as said."""
    random = np.random.default_rng(seed)
    on_time: list[list[Values]] = [[] for _ in WANTED]
    kept = []
    left = macro_runs * replications
    while left:
        at_once = min(RUNS_AT_ONCE, CASES_AT_ONCE // queue.cases, left)
        times = queue.times(at_once, queue.cases, random)
        left -= len(times)
        kept += [batches(each) for each in times]
        for share, found in zip(WANTED, on_time, strict=True):
            found.append((times <= queue.beyond(1 - share)).mean(axis=1))
    shape = macro_runs, replications
    return [
        Trial(
            model=f"{queue.name}, load {queue.load}, {queue.cases} cases",
            quantity=f"share {share}",
            truth=share,
            values=np.concatenate(found).reshape(shape),
            out_of=queue.cases,
            batches=np.array(kept).reshape(*shape, -1),
        )
        for share, found in zip(WANTED, on_time, strict=True)
    ]


def counts_alone(trial: Trial, run: int, n: int) -> Interval:
    """The interval that takes cases of which none is late as independent."""
    return interval(replace(trial, batches=None), run, n)


def rows(queue: Queue) -> Iterator[dict[str, Any]]:
    """What is recorded of a queue, shares in percent."""
    found = trials(queue, MACRO_RUNS, max(REPLICATIONS))
    for trial, (share, wanted) in zip(found, WANTED.items(), strict=True):
        of = {"model": trial.model, "share": share}
        for n in REPLICATIONS:
            intervals = [interval(trial, run, n) for run in range(len(trial.values))]
            widths = [each.high - each.low for each in intervals]
            yield of | {
                "replications": n,
                "covers": percent([each.holds(share) for each in intervals]),
                "lies_above": percent([each.low > share for each in intervals]),
                "lies_below": percent([each.high < share for each in intervals]),
                "median_width": float(f"{np.median(widths):.3g}"),
                "mean_width": float(f"{np.mean(widths):.3g}"),
                "none_late": percent((trial.values[:, :n] == 1).all(axis=1)),
                "counts_alone_cover": round(100 * coverage(trial, n, counts_alone), 1),
            }
        ended = run_to(shuffled(trial, MACRO_RUNS, seed=1), wanted)
        yield of | {
            "wanted_half_width": wanted,
            "covers": round(100 * ended.covers, 1),
            "replications": round(ended.n_mean, 1),
            "replications_p95": round(ended.n_p95),
            "not_met": round(100 * ended.unmet, 1),
        }


def percent(truths: Any) -> float:
    """How many of them are true, of a hundred."""
    return round(100 * float(np.mean(truths)), 1)


def main() -> int:
    """Measure and record."""
    found = []
    for queue in QUEUES:
        for row in rows(queue):
            found.append(row)
            beside = row.get("counts_alone_cover")
            sys.stdout.write(
                f"{row['model']}, share {row['share']}: {row['covers']} % with "
                f"{row['replications']} replications"
                f"{' to a precision' if beside is None else f' (by counts alone {beside} %)'}\n"
            )
            sys.stdout.flush()
    write_record(RECORD, found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
