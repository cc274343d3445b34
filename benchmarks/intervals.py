"""How often intervals cover: models whose answer is known, run over and over, kept in ``recorded``.

``python benchmarks/intervals.py`` takes half a minute and writes ``recorded/intervals.json``.
The models are drawn here and not by an engine, which is about the judging of replications alone.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.analysis.design_effect import design_effect
from sim.analysis.estimate import Interval, estimate
from sim.analysis.paired import difference
from sim.analysis.shares import estimate_share
from sim.kpis.batches import batches

MACRO_RUNS: Final = 1_000
REPLICATIONS: Final = (4, 10)
CASES: Final = 4_400
LOAD: Final = 0.8
QUICKER: Final = 0.95
"""Service time of the variant over that of the baseline."""

Values = NDArray[np.float64]
RECORD: Final = Path(__file__).parent / "recorded" / "intervals.json"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trial:
    """Something with a known answer: values of shape (macro-runs, replications).

    ``base`` is set for a difference, ``out_of`` for shares of counts; ``batches`` are of these,
    where more than the counts is known, with a last axis for those of a replication.
    """

    model: str
    quantity: str
    truth: float
    values: Values
    base: Values | None = None
    out_of: int = 0
    batches: Values | None = None


def interval(trial: Trial, run: int, n: int) -> Interval:
    """The interval that a study of n replications has."""
    values, out_of = trial.values[run, :n], np.full(n, trial.out_of)
    if trial.base is not None:
        return difference(trial.base[run, :n], values, out_of=out_of)
    if trial.out_of:
        effect = 1.0 if trial.batches is None else design_effect(trial.batches[run, :n], out_of)
        return estimate_share(values, out_of, design_effect=effect)
    return estimate(values, bounds=(0.0, math.inf))


def student(trial: Trial, run: int, n: int) -> Interval:
    """Student's t interval of the same replications."""
    base = 0.0 if trial.base is None else trial.base[run, :n]
    return estimate(trial.values[run, :n] - base)


def coverage(trial: Trial, n: int, of: Callable[[Trial, int, int], Interval] = interval) -> float:
    """Share of the macro-runs whose interval holds the truth."""
    return float(
        np.mean([of(trial, run, n).holds(trial.truth) for run in range(len(trial.values))])
    )


def waits(shape: tuple[int, int], n: int, *, seed: int) -> tuple[Values, Values]:
    """Waits in M/M/1 in units of the service time, and with quicker service of the same cases.

    By Lindley's recursion, from a wait of the stationary distribution on; of shape (*shape, n).
    """
    random = np.random.default_rng(seed)
    between = random.exponential(1 / LOAD, (*shape, n))
    service = random.exponential(1, (*shape, n))
    chance, first = random.random(shape), random.exponential(1, shape)
    found = []
    for factor in (1.0, QUICKER):
        load = LOAD * factor
        steps = factor * service - between
        steps[..., 0] = np.where(chance < load, first * factor / (1 - load), 0.0)
        walk = np.cumsum(steps, axis=-1)
        found.append(walk - np.minimum(np.minimum.accumulate(walk, axis=-1), 0.0))
    return found[0], found[1]


def wait_beyond(chance: float, factor: float = 1.0) -> float:
    """The wait that a case exceeds with this chance, in units of the service time."""
    load = LOAD * factor
    return math.log(load / chance) * factor / (1 - load)


def chance_beyond(wait: float, factor: float = 1.0) -> float:
    """The chance that a case waits longer."""
    load = LOAD * factor
    return load * math.exp(-wait * (1 - load) / factor)


def mean_wait(factor: float = 1.0) -> float:
    """The mean wait, in units of the service time of the baseline."""
    load = LOAD * factor
    return load * factor / (1 - load)


def clustered(
    share: float, size: float, shape: tuple[int, int], n: int, *, seed: int
) -> NDArray[np.int64]:
    """Numbers of late cases among n: Poisson clusters, each geometric with a mean size."""
    random = np.random.default_rng(seed)
    clusters = random.poisson(share * n / size, shape)
    more = random.negative_binomial(np.maximum(clusters, 1), 1 / size) if size > 1 else 0
    return np.minimum(clusters + np.where(clusters > 0, more, 0), n)


def of_queue(macro_runs: int, replications: int, *, seed: int = 1) -> Iterator[Trial]:
    """Means, 90th percentiles and shares of waits, and their differences from quicker service."""
    lates = {share: wait_beyond(1 - share) for share in (0.56, 0.99, 0.9937, 0.9999, 0.99993)}
    rows, kept = [], []
    for run in range(macro_runs):
        both = waits((1, replications), CASES, seed=seed * 1_000_003 + run)
        kept.append([batches(mine) for mine in both[0][0]])
        rows.append(
            [
                (
                    w.mean(-1),
                    *np.quantile(w, (0.9, 0.95), axis=-1),
                    *((w <= x).mean(-1) for x in lates.values()),
                )
                for w in both
            ]
        )
    # Shape (variant, quantity, macro-run, replication).
    found = np.array(rows)[:, :, :, 0, :].transpose(1, 2, 0, 3)
    truths = [
        (
            mean_wait(f),
            wait_beyond(0.1, f),
            wait_beyond(0.05, f),
            *(1 - chance_beyond(x, f) for x in lates.values()),
        )
        for f in (1.0, QUICKER)
    ]
    names = ("mean", "90th percentile", "95th percentile", *(f"share {share}" for share in lates))
    for i, name in enumerate(names):
        out_of = CASES if name.startswith("share") else 0
        yield Trial(
            model="waits in M/M/1",
            quantity=name,
            truth=truths[0][i],
            values=found[0, i],
            out_of=out_of,
            batches=np.array(kept),
        )
        yield Trial(
            model="waits in M/M/1, service 5 % shorter less as it is",
            quantity=name,
            truth=truths[1][i] - truths[0][i],
            values=found[1, i],
            base=found[0, i],
            out_of=out_of,
        )


def of_clusters(macro_runs: int, replications: int, *, seed: int = 1) -> Iterator[Trial]:
    """Shares on time where cases are late alone or in clusters; and with a tenth of them mended."""
    shape = (macro_runs, replications)
    for size in (1, 3, 10):
        for i, share in enumerate((0.56, 0.99, 0.9937, 0.9999, 0.99993)):
            late = clustered(1 - share, size, shape, CASES, seed=seed * 1_009 + 10 * size + i)
            left = np.random.default_rng(seed * 1_013 + i).binomial(late, 0.9)
            model = f"clusters of {size} late cases" if size > 1 else "late cases alone"
            on_time, mended = 1 - late / CASES, 1 - left / CASES
            yield Trial(
                model=model, quantity=f"share {share}", truth=share, values=on_time, out_of=CASES
            )
            yield Trial(
                model=f"{model}, a tenth mended",
                quantity=f"share {share}",
                truth=0.1 * (1 - share),
                values=mended,
                base=on_time,
                out_of=CASES,
            )


def rows(trials: Iterator[Trial]) -> Iterator[dict[str, Any]]:
    """What is recorded of each trial and number of replications, shares in percent."""
    for trial in trials:
        for n in REPLICATIONS:
            found = [interval(trial, run, n) for run in range(len(trial.values))]
            widths = [each.high - each.low for each in found]
            yield {
                "model": trial.model,
                "quantity": trial.quantity,
                "truth": trial.truth,
                "replications": n,
                "covers": round(100 * float(np.mean([i.holds(trial.truth) for i in found])), 1),
                "lies_above": round(100 * float(np.mean([i.low > trial.truth for i in found])), 1),
                "lies_below": round(100 * float(np.mean([i.high < trial.truth for i in found])), 1),
                "median_width": float(f"{np.median(widths):.3g}"),
                "student_covers": round(100 * coverage(trial, n, student), 1),
            }


def write_record(path: Path, rows: Sequence[Mapping[str, Any]], **also: int) -> None:
    """Keep rows of the benchmark of the same name, and by what they were made."""
    record = {"command": f"python benchmarks/{path.stem}.py", "macro_runs": MACRO_RUNS, **also}
    record |= {"numpy": np.__version__, "rows": rows}
    path.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> int:
    """Measure and record."""
    size = MACRO_RUNS, max(REPLICATIONS)
    found = [*rows(of_queue(*size)), *rows(of_clusters(*size))]
    write_record(RECORD, found, cases_a_replication=CASES)
    for row in found:
        sys.stdout.write(
            f"{row['model']}, {row['quantity']}, n = {row['replications']}: {row['covers']} % "
            f"(t {row['student_covers']} %)\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
