"""The engines and the models by hand as contestants: each runs once a round, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

import by_hand
import pytest
from answers import check
from ratio import Contestant, timed
from workloads import WORKLOADS

from sim.engines import run
from sim.engines.fast import engine
from sim.model import Model


@lru_cache(maxsize=3)
def model_of(workload: str, n_cases: int) -> Model:
    return WORKLOADS[workload](n_cases)


def by_fast(workload: str, n_cases: int) -> Contestant:
    """The compiled engine: its event loop with all that it records, and the whole run."""
    model = model_of(workload, n_cases)
    compiled = engine.compiled

    def once(seed: int) -> Mapping[str, float]:
        in_loop: list[float] = []

        def loop_timed(*arrays: Any) -> Any:
            said, seconds = timed(partial(compiled("plain"), *arrays))
            in_loop.append(seconds)
            return said

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engine, "compiled", lambda _: loop_timed)
            found, seconds = timed(partial(run, model, seed=seed, replication=0, engine="fast"))
        check(workload, n_cases, found.cases, found.work_items)
        return {"loop": sum(in_loop), "run": seconds}

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
