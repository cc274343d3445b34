"""The workloads written by hand in the style of SimPy's own documentation.

A process for each case, a ``Resource`` for each station, ``random.expovariate`` for the times,
and the same records as lienthong's engines leave: a row a work item and a row a case with its
ledger, turned into the same tables at the end.
"""

from __future__ import annotations

import random
from collections.abc import Generator, Sequence
from typing import Any

import simpy

from sim import records
from sim.records import NOT_YET, Table


def stations(
    servers: Sequence[int], means: Sequence[float], *, n_cases: int, between: float, seed: int
) -> tuple[Table, Table]:
    """Run stations in a row; times in minutes, records in microseconds.

    Returns
    -------
    tuple
        The cases and the work items, as :mod:`sim.records` has them.
    """
    env = simpy.Environment()
    draw = random.Random(seed)
    desks = [simpy.Resource(env, capacity=n) for n in servers]
    work_items: list[tuple[int, ...]] = []
    cases: list[tuple[int, ...]] = []

    def case(number: int) -> Generator[simpy.Event, Any, None]:
        arrives_at = env.now
        service_time = queue_time = 0
        for station, desk in enumerate(desks):
            ready_at = env.now
            with desk.request() as turn:
                yield turn
                started_at = env.now
                yield env.timeout(round(draw.expovariate(1 / means[station]) * 60e6))
                ended_at = env.now
            queue_time += started_at - ready_at
            service_time += ended_at - started_at
            work_items.append(
                (number, -1, station, station, -1, 0, ready_at, started_at, ended_at, 0)
            )
        cases.append(
            (number, 0, 0, 0, 0, arrives_at, env.now, 1, NOT_YET, -1, NOT_YET, -1, 0, -1, 0, 0, 0,
             service_time, queue_time, 0, 0, 0, 0, 0, 0, 0)
        )  # fmt: skip

    def arrivals() -> Generator[simpy.Event, Any, None]:
        for number in range(n_cases):
            yield env.timeout(round(draw.expovariate(1 / between) * 60e6))
            env.process(case(number))

    env.process(arrivals())
    env.run()
    return (
        records.in_order(records.table(records.CASES, cases), ("case",)),
        records.in_order(
            records.table(records.WORK_ITEMS, work_items),
            ("ready_at", "case", "activity", "visit"),
        ),
    )
