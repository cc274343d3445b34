"""The reference engine beside a model written by hand in the style of SimPy's documentation."""

from __future__ import annotations

import by_hand
import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from ratio import in_turn
from workloads import TANDEM_LOAD, TANDEM_SERVERS, TANDEM_SOJOURN, tandem

from sim.engines import run
from sim.records import Table
from sim.units import MINUTE

N_CASES = 20_000
ROUNDS = 9
LEAST = 0.9
"""The reference engine may be this much slower, no more, for all that it does besides."""


def by_reference(seed: int) -> tuple[Table, Table]:
    outcome = run(tandem(N_CASES), seed=seed, replication=0, engine="reference")
    return outcome.cases, outcome.work_items


def by_simpy(seed: int) -> tuple[Table, Table]:
    return by_hand.stations(
        TANDEM_SERVERS,
        [TANDEM_LOAD * servers for servers in TANDEM_SERVERS],
        n_cases=N_CASES,
        between=1.0,
        seed=seed,
    )


def check(tables: tuple[Table, Table]) -> None:
    """The work is done and the answer is right, before any time counts."""
    cases, items = tables
    assert len(cases["case"]) == pytest.approx(N_CASES, rel=0.03)
    assert len(items["case"]) == 3 * len(cases["case"])
    sojourn = (cases["ended_at"] - cases["arrives_at"]).mean() / MINUTE
    assert sojourn == pytest.approx(TANDEM_SOJOURN, rel=0.15)


@pytest.mark.parametrize("simulator", [by_reference, by_simpy], ids=["reference", "by hand"])
def test_tandem(benchmark: BenchmarkFixture, simulator: object) -> None:
    assert callable(simulator)
    check(benchmark.pedantic(simulator, args=(1,), rounds=3, warmup_rounds=1))


def test_the_reference_engine_keeps_up_with_a_model_written_by_hand() -> None:
    check(by_reference(0))
    check(by_simpy(0))
    ratio = in_turn(by_reference, by_simpy, rounds=ROUNDS)
    print(f"\nreference engine against a model written by hand: {ratio} times as fast")
    assert ratio.median >= LEAST
