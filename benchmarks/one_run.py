"""Runs one workload on one engine in a process of its own, and says what it took.

``python one_run.py ENGINE WORKLOAD CASES [FOLDER]``; with a folder, the cases and the work items
are written there as Parquet.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from workloads import FOLDER, WORKLOADS

from sim.engines import run
from sim.experiment.memory import keep_freed

STATUS: Final = Path("/proc/self/status")


def peak_mib() -> float:
    """The most memory that this process has held, in MiB.

    On Linux by its status: what ``getrusage`` gives there is at least what the parent had.
    """
    if STATUS.exists():
        found = [line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(found[0].split()[1]) / 1024
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def main(words: Sequence[str]) -> None:
    engine, workload, n_cases, *folder = words
    model = WORKLOADS[workload](int(n_cases))
    keep_freed(model.expected_cases())
    found = run(model, seed=1, replication=0, engine=engine)
    if folder:
        from sim.experiment.tables import write_part

        for name in ("cases", "work_items"):
            write_part(Path(folder[0]) / f"{name}.parquet", name, model, found)
    said = {
        "n_cases": len(found.cases["case"]),
        "n_items": len(found.work_items["case"]),
        "peak_mib": peak_mib(),
    }
    sys.stdout.write(json.dumps(said) + "\n")


def warm() -> dict[str, str]:
    """An environment in which Python keeps compiled modules, in a folder of their own."""
    kept = FOLDER.parent / ".benchmarks" / "bytecode"
    others = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return others | {"PYTHONPYCACHEPREFIX": str(kept)}


def in_a_process(engine: str, workload: str, n_cases: int, *folder: str) -> dict[str, Any]:
    """Run this file as a program and return what it says."""
    words = [sys.executable, __file__, engine, workload, str(n_cases), *folder]
    done = subprocess.run(words, check=True, capture_output=True, text=True, env=warm())
    said: dict[str, Any] = json.loads(done.stdout)
    return said


if __name__ == "__main__":
    main(sys.argv[1:])
