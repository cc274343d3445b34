"""Each engine on each workload: time of a run from the model to its tables, memory, and growth."""

from __future__ import annotations

import itertools
from typing import Any

import one_run
import pytest
from answers import check, check_amount, check_small_run
from contestants import by_fast, model_of
from growth import Found, Row, Tell
from pytest_benchmark.fixture import BenchmarkFixture
from ratio import in_turn
from workloads import FULL, SMALLEST

from sim.engines import run
from sim.model import Model
from sim.records import Run

MEDIUM, LARGE = 100_000, 1_000_000

MOST = 1.3
"""A case of the largest run may take this many times as long as one of the medium run.

That holds for the loop and for the run with all its tables; the median of rounds counts, for the
first large run of a process pays for its pages.
"""

SIZES = {
    ("reference", "tandem"): [SMALLEST, MEDIUM] if FULL else [SMALLEST],
    ("reference", "linked"): [SMALLEST, MEDIUM] if FULL else [SMALLEST],
    ("reference", "headline"): [SMALLEST, MEDIUM] if FULL else [SMALLEST],
    ("fast", "tandem"): [SMALLEST, MEDIUM, LARGE],
    ("fast", "linked"): [SMALLEST, MEDIUM, LARGE],
    ("fast", "headline"): [SMALLEST, MEDIUM, LARGE] if FULL else [SMALLEST, MEDIUM],
}


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("engine", "workload", "n_cases"),
    [(*pair, size) for pair, sizes in SIZES.items() for size in sizes],
)
def test_a_run(
    benchmark: BenchmarkFixture, found: Found, engine: str, workload: str, n_cases: int
) -> None:
    check_small_run(workload)
    outside = one_run.in_a_process(engine, workload, n_cases)
    check_amount(workload, n_cases, outside["n_cases"], outside["n_items"])

    replications = itertools.count()  # another each time: what is drawn is kept for a while

    def setup() -> tuple[tuple[Model], dict[str, Any]]:
        again = {"seed": 1, "replication": next(replications), "engine": engine}
        return (model_of(workload, n_cases),), again

    made: Run = benchmark.pedantic(
        run,
        setup=setup,
        rounds=3 if n_cases == SMALLEST or (engine, n_cases) == ("fast", MEDIUM) else 1,
    )
    check(workload, n_cases, made.cases, made.work_items)
    row = Row(
        engine=engine,
        workload=workload,
        n_cases=len(made.cases["case"]),
        n_items=len(made.work_items["case"]),
        seconds=benchmark.stats.stats.min,
        peak_mib=outside["peak_mib"],
    )
    benchmark.extra_info.update(
        n_cases=row.n_cases, n_items=row.n_items, peak_mib=round(row.peak_mib, 1)
    )
    found.rows.append(row)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "workload", ["tandem", "linked", "headline"] if FULL else ["tandem", "linked"]
)
def test_a_case_takes_no_longer_among_many(tell: Tell, workload: str) -> None:
    check_small_run(workload)
    growth = in_turn(by_fast(workload, MEDIUM), by_fast(workload, LARGE), rounds=3)
    for part, ratio in growth.items():
        tell(f"{workload}, {part} of {LARGE:,} cases against {MEDIUM:,} on fast", ratio)
    for part in ("loop", "run"):
        assert growth[part].median <= MOST * LARGE / MEDIUM
