"""What a person waits for before anything is simulated: whole processes, warm."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from growth import Tell
from one_run import warm
from pytest_benchmark.fixture import BenchmarkFixture
from ratio import Contestant, in_turn, processor_time_of_children, timed
from workloads import FOLDER

PROGRAM = str(Path(sys.executable).parent / "lienthong")
FIRST = str(FOLDER.parent / "scenarios" / "first.yaml")
ROUNDS = 9


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


@pytest.mark.parametrize(
    ("words", "most"),
    [
        (("check", FIRST), 6),
        (("run", FIRST), 11),
        (("run", FIRST, "--out", "{folder}", "--replace"), 20),
    ],
    ids=["check", "run", "run --out"],
)
def test_a_command_beside_the_loading_of_numpy(
    tell: Tell, tmp_path: Path, words: tuple[str, ...], most: float
) -> None:
    """How many times as long a command takes as ``import numpy``, from the start of Python on."""
    numpy = (sys.executable, "-c", "import numpy; print(numpy.__name__)")
    command = (PROGRAM, *(word.format(folder=tmp_path / "out") for word in words))

    def in_process(words: tuple[str, ...], wanted: str) -> Contestant:
        call = partial(
            subprocess.run, words, check=True, capture_output=True, text=True, env=warm()
        )

        def once(_: int) -> Mapping[str, float]:
            done, seconds = timed(call, clock=processor_time_of_children)
            assert wanted in done.stdout
            return {"process": seconds}

        once(0)  # compiled code and bytecode are kept from here on
        return once

    wanted = "no faults" if words[0] == "check" else "Registering a residence"
    ratio = in_turn(in_process(numpy, "numpy"), in_process(command, wanted), rounds=ROUNDS)
    named = " ".join(Path(word).name for word in command)
    tell(f"{named} beside import numpy, time", ratio["process"])
    assert ratio["process"].median <= most
