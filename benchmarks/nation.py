"""Runs a year of births in the whole country, or in a sixty-third of it, in a process of its own.

``python nation.py whole|part``: everyday work included, the rows of births kept.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from typing import Final

import numpy as np
from one_run import peak_mib
from workloads import FOLDER

from sim.engines import make_ready, run
from sim.engines.fast.parts import parts
from sim.experiment.memory import keep_freed
from sim.kpis import measure
from sim.model import Model
from sim.records import Keep
from sim.scenario import load, resolve

PROVINCES: Final = 63
THREADS: Final = 2


def country() -> Model:
    """All provinces, as they were before July 2025."""
    return resolve(load(FOLDER.parent / "scenarios" / "birth-viet-nam-2024.yaml"))


def average_province(model: Model) -> Model:
    """The country without demand but in the province whose cases come nearest to an equal share."""
    whole = model.expected_cases()
    found = [replace(model, demands=part.demands) for part in parts(model)]
    return min(found, key=lambda each: abs(each.expected_cases() - whole / PROVINCES))


def main(which: str) -> None:
    model = country() if which == "whole" else average_province(country())
    make_ready("fast", [model], lambda: None)
    keep_freed(model.expected_cases())
    keep = Keep(bundles=("birth",), work_items=False)
    begun = time.perf_counter()
    made = run(model, seed=1, replication=0, engine="fast", keep=keep, threads=THREADS)
    measures = measure(model, made, keep.bundles)
    said = {
        "seconds": time.perf_counter() - begun,
        "processor_seconds": time.process_time(),
        "n_cases": made.n_cases,
        "n_births": len(made.cases["case"]),
        "n_items": int(np.sum(made.queues["n_begun"])),
        "working_days": next(
            each.value
            for each in measures
            if (each.kpi, each.group) == ("working_days_mean", "birth")
        ),
        "peak_mib": peak_mib(),
    }
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
