"""The engines beside models written by hand in SimPy, in turn: ratios, whatever the machine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path

import by_hand
import one_run
import pytest
from answers import check_files, check_small_run
from contestants import by_fast, by_reference, by_simpy
from growth import Tell
from one_run import warm
from ratio import Contestant, Ratio, in_turn, processor_time_of_children, timed
from workloads import FULL, SMALLEST

from sim import records

N_CASES = 100_000 if FULL else 20_000
ROUNDS = 5

IN_A_PROCESS = 100_000
"""Cases of a whole process; with few, what counts is the start of Python and its libraries."""


@lru_cache
def race(workload: str) -> dict[str, Ratio]:
    check_small_run(workload)  # and compiles
    return in_turn(by_fast(workload, N_CASES), by_simpy(workload, N_CASES), rounds=ROUNDS)


def test_linked_by_hand_keeps_a_ledger_that_balances() -> None:
    cases, _ = by_hand.linked(2_000, 1).run()
    ledger = sum(cases[part] for part in records.LEDGER)
    assert (ledger == cases["ended_at"] - cases["arrives_at"]).all()


@pytest.mark.parametrize(("workload", "least"), [("linked", 40), ("tandem", 60)])
def test_the_loop_of_the_compiled_engine(tell: Tell, workload: str, least: float) -> None:
    ratio = race(workload)["loop"]
    tell(f"{workload}, loop of fast against SimPy by hand", ratio)
    assert ratio.median >= least


@pytest.mark.parametrize(("workload", "least"), [("linked", 15), ("tandem", 15)])
def test_a_run_of_the_compiled_engine(tell: Tell, workload: str, least: float) -> None:
    """From the resolved model to the tables, with all draws made."""
    ratio = race(workload)["run"]
    tell(f"{workload}, run of fast against SimPy by hand", ratio)
    assert ratio.median >= least


@pytest.mark.parametrize(("workload", "least"), [("tandem", 0.9)])
def test_a_run_of_the_reference_engine(tell: Tell, workload: str, least: float) -> None:
    """It may be this much slower, no more, for all that it does besides."""
    n_cases = 20_000
    ratio = in_turn(by_reference(workload, n_cases), by_simpy(workload, n_cases), rounds=9)
    tell(f"{workload}, run of reference against SimPy by hand", ratio["run"])
    assert ratio["run"].median >= least


@pytest.mark.parametrize(("workload", "least"), [("linked", 4), ("tandem", 2)])
def test_a_whole_process(tell: Tell, tmp_path: Path, workload: str, least: float) -> None:
    """From the start of Python to Parquet, compiled code being kept from an earlier process."""

    def in_process(program: str, *words: str) -> Contestant:
        command = [sys.executable, program, *words, workload, str(IN_A_PROCESS), str(tmp_path)]

        def once(_: int) -> Mapping[str, float]:
            call = partial(subprocess.run, command, check=True, capture_output=True, env=warm())
            _, seconds = timed(call, clock=processor_time_of_children)
            check_files(workload, IN_A_PROCESS, tmp_path)
            return {"process": seconds}

        return once

    for command in ([one_run.__file__, "fast"], [by_hand.__file__]):  # compiles, and keeps it
        words = [sys.executable, *command, workload, str(SMALLEST), str(tmp_path)]
        subprocess.run(words, check=True, capture_output=True, env=warm())
    ratio = in_turn(
        in_process(one_run.__file__, "fast"),
        in_process(by_hand.__file__),
        rounds=ROUNDS if FULL else 2,
    )["process"]
    tell(f"{workload}, whole process of fast against SimPy by hand", ratio)
    assert ratio.median >= least
