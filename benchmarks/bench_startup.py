"""What a person waits for before anything is simulated: whole processes, warm."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

from one_run import warm
from pytest_benchmark.fixture import BenchmarkFixture
from workloads import FOLDER

PROGRAM = str(Path(sys.executable).parent / "lienthong")
FIRST = str(FOLDER.parent / "scenarios" / "first.yaml")


def output_of(benchmark: BenchmarkFixture, *words: str, rounds: int) -> str:
    """Time a process; refuse one that fails."""
    start = partial(subprocess.run, words, check=True, capture_output=True, text=True, env=warm())
    start()  # compiled code and bytecode are kept from here on
    done: subprocess.CompletedProcess[str] = benchmark.pedantic(start, rounds=rounds)
    return done.stdout


def test_python_alone(benchmark: BenchmarkFixture) -> None:
    assert output_of(benchmark, sys.executable, "-c", "print(1)", rounds=10) == "1\n"


def test_import_sim(benchmark: BenchmarkFixture) -> None:
    said = output_of(benchmark, sys.executable, "-c", "import sim; print(sim.__name__)", rounds=10)
    assert said == "sim\n"


def test_help(benchmark: BenchmarkFixture) -> None:
    said = output_of(benchmark, PROGRAM, "--help", rounds=10)
    assert "sweep" in said


def test_check(benchmark: BenchmarkFixture) -> None:
    output_of(benchmark, PROGRAM, "check", FIRST, "--quiet", rounds=3)


def test_a_small_run(benchmark: BenchmarkFixture) -> None:
    words = ("run", FIRST, "--replications", "2", "--workers", "1", "--quiet")
    said = output_of(benchmark, PROGRAM, *words, rounds=3)
    assert "registration" in said or "residence" in said
