"""One side of a comparison of two revisions: runs rounds of a workload when it is told to.

The revision is whatever ``sim`` is found first by ``PYTHONPATH``; workloads and answers are those
beside this file.  Each line of the input names a task; each line of the output answers one, in
JSON: the work done and the processor time it took, or why it cannot be run.
"""

from __future__ import annotations

import gc
import itertools
import json
import os
import pickle
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

SEED: Final = 1

TASKS: Final[Mapping[str, tuple[str, str, int]]] = {
    "tandem": ("fast", "tandem", 20_000),
    "linked": ("fast", "linked", 10_000),
    "headline": ("fast", "headline", 10_000),
    "reference": ("reference", "tandem", 1_000),
}
"""Engine, workload and cases of each task.

A round takes 25 to 60 ms of processor time: two rounds that follow each other so soon mostly find
the machine alike, and there is time for many.
"""


@lru_cache
def model_of(task: str) -> Any:
    """The model of a task; only the first process of a side resolves it."""
    kept = Path(os.environ["NUMBA_CACHE_DIR"]) / f"{task}.model"
    if kept.exists():
        return pickle.loads(kept.read_bytes())
    from workloads import WORKLOADS

    _, workload, n_cases = TASKS[task]
    model = WORKLOADS[workload](n_cases)
    kept.parent.mkdir(exist_ok=True)
    kept.write_bytes(pickle.dumps(model))
    return model


REPLICATIONS: Final = {task: itertools.cycle(range(3)) for task in TASKS}


def forget_draws() -> None:
    """Have the next round draw its cases, as each replication of a study does."""
    from sim import arrivals

    kept: Any = getattr(arrivals, "_drawn", None)
    for forget in ("clear", "cache_clear"):  # the second in older revisions
        getattr(kept, forget, lambda: None)()


def round_of(task: str) -> dict[str, float]:
    """Run a task once; refuse it if it has not done its work, or has found something else."""
    from answers import check, check_amount
    from ratio import timed

    from sim.engines import run

    engine, workload, n_cases = TASKS[task]
    model = model_of(task)
    forget_draws()
    gc.collect()
    gc.freeze()  # the next collection looks at what is new only
    replication = next(REPLICATIONS[task])
    found, seconds = timed(partial(run, model, seed=SEED, replication=replication, engine=engine))
    n_found, n_items = len(found.cases["case"]), len(found.work_items["case"])
    if engine == "fast":
        check(workload, n_cases, found.cases, found.work_items)
    else:  # too few cases for a mean
        check_amount(workload, n_cases, n_found, n_items)
    return {"seconds": seconds, "n_cases": n_found, "n_items": n_items}


def answer(task: str) -> dict[str, Any]:
    try:
        return dict(round_of(task))
    except Exception as error:  # noqa: BLE001 - a revision may fail in any way; that is the answer
        said = str(error) or traceback.extract_tb(error.__traceback__)[-1].line or ""
        return {"error": f"{type(error).__name__}: {' '.join(said.split())[:200]}"}


def main() -> None:
    with suppress(ImportError):  # in a revision that has it: as a study runs
        from sim.experiment.memory import keep_freed

        keep_freed(0)
    said, sys.stdout = sys.stdout, sys.stderr  # what a revision prints is no answer
    for line in sys.stdin:
        said.write(json.dumps(answer(line.strip())) + "\n")
        said.flush()


if __name__ == "__main__":
    main()
