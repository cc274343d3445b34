"""The engines beside models written by hand in SimPy, in turn: ratios, whatever the machine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import by_hand
import one_run
import pytest
from answers import check, check_files, check_small_run
from growth import Tell
from ratio import Contestant, Ratio, in_turn, processor_time_of_children, timed
from workloads import FULL, SMALLEST, WORKLOADS

from sim import records
from sim.engines import fast, run
from sim.model import Model

N_CASES = 100_000 if FULL else 20_000
ROUNDS = 7


@lru_cache
def model_of(workload: str, n_cases: int) -> Model:
    return WORKLOADS[workload](n_cases)


def by_fast(workload: str, n_cases: int) -> Contestant:
    """The compiled engine: its event loop with all that it records, and the whole run."""
    model = model_of(workload, n_cases)
    finish = fast.finish

    def once(seed: int) -> Mapping[str, float]:
        in_loop: list[float] = []

        def finish_timed(*given: Any) -> Any:
            found, seconds = timed(partial(finish, *given))
            in_loop.append(seconds)
            return found

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fast, "finish", finish_timed)
            found, seconds = timed(partial(run, model, seed=seed, replication=0, engine="fast"))
        check(workload, n_cases, found.cases, found.work_items)
        return {"loop": in_loop[0], "run": seconds}

    return once


def by_reference(workload: str, n_cases: int) -> Contestant:
    model = model_of(workload, n_cases)

    def once(seed: int) -> Mapping[str, float]:
        found, seconds = timed(partial(run, model, seed=seed, replication=0, engine="reference"))
        check(workload, n_cases, found.cases, found.work_items)
        return {"run": seconds}

    return once


def by_simpy(workload: str, n_cases: int) -> Contestant:
    """A model by hand: its event loop with all that it records, and the whole run."""
    write = by_hand.BY_HAND[workload]

    def once(seed: int) -> Mapping[str, float]:
        ready, to_make = timed(partial(write, n_cases, seed))
        _, in_loop = timed(ready.env.run)
        (cases, work_items), to_tables = timed(ready.tables)
        check(workload, n_cases, cases, work_items)
        return {"loop": in_loop, "run": to_make + in_loop + to_tables}

    return once


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
    n_cases = SMALLEST
    ratio = in_turn(by_reference(workload, n_cases), by_simpy(workload, n_cases), rounds=ROUNDS)
    tell(f"{workload}, run of reference against SimPy by hand", ratio["run"])
    assert ratio["run"].median >= least


@pytest.mark.parametrize(("workload", "least"), [("linked", 4), ("tandem", 4)])
def test_a_whole_process(tell: Tell, tmp_path: Path, workload: str, least: float) -> None:
    """From the start of Python to Parquet, compiled code being kept from an earlier process."""

    def in_process(program: str, *words: str) -> Contestant:
        command = [sys.executable, program, *words, workload, str(N_CASES), str(tmp_path)]

        def once(_: int) -> Mapping[str, float]:
            call = partial(subprocess.run, command, check=True, capture_output=True)
            _, seconds = timed(call, clock=processor_time_of_children)
            check_files(workload, N_CASES, tmp_path)
            return {"process": seconds}

        return once

    fast_process = in_process(one_run.__file__, "fast")
    fast_process(0)  # compiles, where nothing is kept yet
    ratio = in_turn(fast_process, in_process(by_hand.__file__), rounds=3)["process"]
    tell(f"{workload}, whole process of fast against SimPy by hand", ratio)
    assert ratio.median >= least
