"""How often intervals cover that were run to a precision: models whose answer is known.

``python benchmarks/precision.py`` takes a minute and writes ``recorded/precision.json``.
Replications are drawn here, as in ``intervals.py``; what is judged is when to stop.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from intervals import CASES, MACRO_RUNS, Trial, clustered, interval, of_queue, write_record

from sim.analysis.stopping import FIRST, next_number

MOST: Final = 400
"""Replications of a macro-run: more than any of them comes to."""

NEEDED: Final = (10, 20, 40, 80)
"""Replications that the wanted half-width takes, about: below, near and above the first stage."""

RECORD: Final = Path(__file__).parent / "recorded" / "precision.json"

Rule = Callable[[int, list[float], int], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What came of the macro-runs of a trial."""

    covers: float
    n_mean: float
    n_p95: float
    looks: float
    unmet: float


def one_more(n: int, excess: list[float], most: int) -> int:
    """Stop at the first interval that is narrow enough: the rule that ours stands against."""
    return n if max(excess) <= 1 else min(n + 1, most)


def run_to(trial: Trial, wanted: float, *, first: int = FIRST, rule: Rule = next_number) -> Ended:
    """Run each macro-run of a trial until its interval is no wider than ``wanted`` on each side."""
    most = trial.values.shape[1]
    held, numbers, looks, unmet = [], [], [], []
    for run in range(len(trial.values)):
        n, n_looks = first, 0
        while True:
            n_looks += 1
            found = interval(trial, run, n)
            excess = found.half_width / wanted
            after = rule(n, [excess], most)
            if after == n:
                break
            n = after
        held.append(found.holds(trial.truth))
        numbers.append(n)
        looks.append(n_looks)
        unmet.append(excess > 1)
    return Ended(
        covers=float(np.mean(held)),
        n_mean=float(np.mean(numbers)),
        n_p95=float(np.quantile(numbers, 0.95)),
        looks=float(np.mean(looks)),
        unmet=float(np.mean(unmet)),
    )


def width_for(trial: Trial, n: int) -> float:
    """The half-width that takes about ``n`` replications: from the spread over all of them."""
    base = 0.0 if trial.base is None else trial.base
    return 1.96 * float(np.std(trial.values - base)) / math.sqrt(n)


def shuffled(trial: Trial, macro_runs: int, *, seed: int) -> Trial:
    """Macro-runs of :data:`MOST` replications, drawn from all those of a trial."""
    drawn = np.random.default_rng(seed).integers(trial.values.size, size=(macro_runs, MOST))
    base = None if trial.base is None else trial.base.ravel()[drawn]
    kept = trial.batches
    batches = None if kept is None else kept.reshape(-1, kept.shape[-1])[drawn]
    values = trial.values.ravel()[drawn]
    # What is drawn from has a mean of its own, which is the answer.
    whole = trial.values if trial.base is None else trial.values - trial.base
    return replace(trial, values=values, base=base, batches=batches, truth=float(whole.mean()))


def trials(macro_runs: int = MACRO_RUNS) -> Iterator[Trial]:
    """Waits in M/M/1, shares of late cases in clusters, differences; and values drawn plainly."""
    random = np.random.default_rng(20261126)
    size = macro_runs, MOST
    yield Trial(model="normal", quantity="mean", truth=10.0, values=random.normal(10, 2, size))
    yield Trial(
        model="gamma of shape 1", quantity="mean", truth=1.0, values=random.gamma(1, 1, size)
    )
    wanted = ("mean", "90th percentile", "share 0.56", "share 0.99")
    for i, trial in enumerate(of_queue(500, 40)):
        if trial.quantity in wanted:
            yield shuffled(trial, macro_runs, seed=i)
    late = clustered(0.01, 5, size, CASES, seed=7)
    yield Trial(
        model="clusters of 5 late cases", quantity="share 0.99", truth=0.99,
        values=1 - late / CASES, out_of=CASES,
    )  # fmt: skip
    noise = random.normal(0, 1, size)
    yield Trial(
        model="no difference", quantity="difference", truth=0.0,
        values=noise + random.normal(10, 2, size), base=noise + random.normal(10, 2, size),
    )  # fmt: skip


def rows(found: Iterator[Trial]) -> Iterator[dict[str, Any]]:
    """What is recorded of each trial and width, shares in percent."""
    for trial in found:
        for n in NEEDED:
            wanted = width_for(trial, n)
            ended = run_to(trial, wanted)
            row = {
                "model": trial.model,
                "quantity": trial.quantity,
                "truth": trial.truth,
                "wanted_half_width": float(f"{wanted:.3g}"),
                "replications_needed": n,
                "covers": round(100 * ended.covers, 1),
                "replications": round(ended.n_mean, 1),
                "replications_p95": round(ended.n_p95),
                "looks": round(ended.looks, 1),
                "not_met": round(100 * ended.unmet, 1),
            }
            if n == 40:
                early = run_to(trial, wanted, first=3, rule=one_more)
                row["one_by_one_from_3_covers"] = round(100 * early.covers, 1)
            yield row


def main() -> int:
    """Measure and record."""
    found = []
    for row in rows(trials()):
        found.append(row)
        beside = row.get("one_by_one_from_3_covers")
        sys.stdout.write(
            f"{row['model']}, {row['quantity']}, needs {row['replications_needed']}: "
            f"{row['covers']} % with {row['replications']} replications in {row['looks']} looks"
            f"{'' if beside is None else f' (one by one from 3: {beside} %)'}\n"
        )
        sys.stdout.flush()
    write_record(RECORD, found, first=FIRST)
    return 0


if __name__ == "__main__":
    sys.exit(main())
