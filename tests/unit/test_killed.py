"""A study that is killed, once and again, goes on where it was, and ends with the same digits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.errors import StoreError
from sim.experiment.journal import FOLDER

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")

ROOT = Path(__file__).parents[2]
SMALL = str(ROOT / "tests" / "data" / "small.yaml")
N = 24
HOW: dict[str, Any] = {"replications": N, "engine": "reference", "tables": "cases"}
WORDS = ("run", SMALL, "--replications", str(N), "--engine", "reference", "--tables", "cases")
PATIENCE = 120


def started(out: Path, *words: str) -> subprocess.Popen[str]:
    program = "import sys; from sim.cli import main; sys.exit(main())"
    return subprocess.Popen(
        [sys.executable, "-c", program, *WORDS, "--out", str(out), *words],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def n_lines(out: Path) -> int:
    journal = out / FOLDER / "finished.jsonl"
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def killed_at(n: int, out: Path, *words: str) -> int:
    """Kill a study when its journal has some lines; give how many it has then."""
    with started(out, *words) as program:
        patience = time.monotonic() + PATIENCE
        while n_lines(out) < n and program.poll() is None and time.monotonic() < patience:
            time.sleep(0.002)
        program.kill()
        program.communicate()
    assert program.returncode == -signal.SIGKILL
    assert not (out / "manifest.json").exists()
    return n_lines(out)


def test_a_study_that_is_killed_twice_ends_with_the_digits_of_one_that_is_not(
    tmp_path: Path,
) -> None:
    # Alone, then in processes: the next one finds the files of these, and not them.
    kept = [killed_at(n, tmp_path, "--workers", w) for n, w in ((1, "1"), (6, "2"))]
    assert kept == sorted(kept)
    assert 0 < kept[-1] < N
    with pytest.raises(StoreError, match=r"not yet ended \(seed 1, not 2\): lienthong run"):
        sim.run(SMALL, seed=2, out=tmp_path, **HOW)
    study = sim.run(SMALL, workers=1, out=tmp_path, **HOW)
    assert kept[-1] <= study.n_resumed < N
    whole = sim.run(SMALL, workers=1, **HOW)
    assert_same(study, whole)
    assert_same(sim.Study.open(tmp_path), whole)
    assert study.is_complete
    assert not (tmp_path / FOLDER).exists()
    with pytest.raises(AssertionError):  # twin
        assert_same(sim.run(SMALL, seed=2, workers=1, **HOW | {"replications": 2}), whole)


def assert_same(study: sim.Study, other: sim.Study) -> None:
    assert study.kpis.equals(other.kpis)
    assert study.estimates.equals(other.estimates)
    assert study.cases.equals(other.cases)


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")
def test_the_workers_of_a_study_that_is_killed_end_with_it(tmp_path: Path) -> None:
    with started(tmp_path, "--workers", "2") as program:
        patience = time.monotonic() + PATIENCE
        while n_lines(tmp_path) < 1 and time.monotonic() < patience:
            time.sleep(0.01)
        workers = children(program.pid)
        assert workers
        program.kill()
        program.communicate()
    while any(is_alive(pid) for pid in workers) and time.monotonic() < patience:
        time.sleep(0.01)
    assert [pid for pid in workers if is_alive(pid)] == []
    assert is_alive(os.getpid())  # twin


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
