"""The workloads written by hand in the style of SimPy's own documentation.

A process for each case, a ``Resource`` for each station, ``random`` for the times, and the same
records as lienthong's engines leave: a row a work item and a row a case with its ledger, turned
into the same tables at the end.

As a program it runs a workload and writes its tables as Parquet:
``python by_hand.py linked 20000 FOLDER``.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import simpy
from numpy.typing import NDArray

from sim import records
from sim.records import NOT_YET, Table

Process = Generator[simpy.Event, Any, Any]

MINUTE: Final = 60_000_000
SERVERS: Final = (5, 8, 4)
MEANS: Final = (4.0, 6.4, 3.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A model by hand, ready to run: ``env.run()`` is its loop, ``tables()`` what it leaves."""

    env: simpy.Environment
    tables: Callable[[], tuple[Table, Table]]

    def run(self) -> tuple[Table, Table]:
        """Run it and return the cases and the work items, as :mod:`sim.records` has them."""
        self.env.run()
        return self.tables()


case_row, item_row = records.packer(records.CASES), records.packer(records.WORK_ITEMS)


def in_order(cases: Table, work_items: Table) -> tuple[Table, Table]:
    return (
        records.in_order(cases, ("case",)),
        records.in_order(work_items, ("ready_at", "case", "activity", "visit")),
    )


# -- tandem --------------------------------------------------------------------------------------


def tandem(n_cases: int, seed: int) -> Ready:
    """Three stations in a row, always open."""
    env = simpy.Environment()
    draw = random.Random(seed)
    desks = [simpy.Resource(env, capacity=n) for n in SERVERS]
    work_items: list[bytes] = []
    cases: list[bytes] = []

    def case(number: int) -> Process:
        arrives_at = env.now
        service_time = queue_time = 0
        for station, desk in enumerate(desks):
            ready_at = env.now
            with desk.request() as turn:
                yield turn
                started_at = env.now
                yield env.timeout(round(draw.expovariate(1 / MEANS[station]) * MINUTE))
                ended_at = env.now
            queue_time += started_at - ready_at
            service_time += ended_at - started_at
            work_items.append(
                item_row(number, -1, station, station, -1, 0, ready_at, started_at, ended_at, 0)
            )
        cases.append(
            case_row(
                number, 0, 0, 0, 0, arrives_at, env.now, 1, NOT_YET, -1, NOT_YET, -1, 0, -1,
                *[0] * 8, service_time, queue_time, *[0] * 11,
            )
        )  # fmt: skip

    def arrivals() -> Process:
        for number in range(n_cases):
            yield env.timeout(round(draw.expovariate(1) * MINUTE))
            env.process(case(number))

    env.process(arrivals())
    return Ready(
        env=env,
        tables=lambda: in_order(
            records.table(records.CASES, cases), records.table(records.WORK_ITEMS, work_items)
        ),
    )


# -- linked --------------------------------------------------------------------------------------

HALF_DAY: Final = 4 * 60 * MINUTE
WORKING_DAY: Final = 2 * HALF_DAY
OPENS: Final = (450 * MINUTE, 780 * MINUTE)
"""When the halves of a working day open: 7:30 and 13:00."""
DAY: Final = 24 * 60 * MINUTE

POOLS: Final = (7, 14, 9, 6)
DESK, CIVIL, POLICE, INSURANCE = range(4)
(
    TAKE_IN_BIRTH, REGISTER, REGISTER_AGAIN, TAKE_IN_RESIDENCE, RESIDENCE, TAKE_IN_CARD, CARD,
    RESULT,
) = range(8)  # fmt: skip
ACTIVITIES: Final = (
    (DESK, 6.0), (CIVIL, 20.75), (CIVIL, 20.75), (DESK, 6.0), (POLICE, 14.4), (DESK, 6.0),
    (INSURANCE, 9.6), (DESK, 4.0),
)  # fmt: skip
"""Who does each activity, and its mean time in minutes."""
SPREAD: Final = math.sqrt(math.log(1 + 0.5**2))
LOCATIONS: Final = tuple(math.log(mean) - SPREAD**2 / 2 for _, mean in ACTIVITIES)
"""The parameters of lognormal times with a coefficient of variation of 0.5."""


def calendar_time(worked: Any) -> Any:
    """The instant on the calendar at which so much open time has passed since a Monday."""
    half_days = worked // HALF_DAY
    day, half = half_days // 2, half_days % 2
    opens = OPENS[0] + half * (OPENS[1] - OPENS[0])
    return (day // 5 * 7 + day % 5) * DAY + opens + worked % HALF_DAY


def linked(n_cases: int, seed: int) -> Ready:
    """Three procedures in one office, in working time: SimPy's clock stands while it is closed."""
    env = simpy.Environment()
    draw = random.Random(seed)
    pools = [simpy.Resource(env, capacity=n) for n in POOLS]
    work_items: list[bytes] = []
    cases: list[bytes] = []

    def work(number: int, activity: int) -> Process:
        pool = ACTIVITIES[activity][0]
        ready_at = env.now
        with pools[pool].request() as turn:
            yield turn
            started_at = env.now
            minutes = draw.lognormvariate(LOCATIONS[activity], SPREAD)
            yield env.timeout(round(minutes * MINUTE))
            ended_at = env.now
        work_items.append(
            item_row(number, -1, activity, pool, -1, 0, ready_at, started_at, ended_at, 0)
        )
        return started_at - ready_at, ended_at - started_at, ended_at

    def wait(days: float, more: float) -> Process:
        begun = env.now
        yield env.timeout(round((days + more * draw.random()) * WORKING_DAY))
        return calendar_time(env.now) - calendar_time(begun)

    def register(number: int) -> Process:
        queued, served, _ = yield from work(number, REGISTER)
        delayed = 0
        if draw.random() < 0.08:
            delayed = yield from wait(2, 2)
            again = yield from work(number, REGISTER_AGAIN)
            queued += again[0]
            served += again[1]
        return queued, served, delayed

    def online(number: int) -> Process:
        arrives_at = env.now
        queued, served, delayed = yield from register(number)
        branches = [env.process(work(number, each)) for each in (RESIDENCE, CARD)]
        yield env.all_of(branches)
        last = max((branch.value for branch in branches), key=lambda value: value[2])
        result = yield from work(number, RESULT)
        record(number, 0, arrives_at, queued + last[0] + result[0], served + last[1] + result[1],
               delayed)  # fmt: skip

    def paper(number: int) -> Process:
        arrives_at = env.now
        queued, served, _ = yield from work(number, TAKE_IN_BIRTH)
        registered = yield from register(number)
        queued += registered[0]
        served += registered[1]
        delayed = registered[2]
        for activities in ((TAKE_IN_RESIDENCE, RESIDENCE), (TAKE_IN_CARD, CARD), (RESULT,)):
            delayed += yield from wait(1, 2)
            for activity in activities:
                done = yield from work(number, activity)
                queued += done[0]
                served += done[1]
        record(number, 1, arrives_at, queued, served, delayed)

    def record(
        number: int, channel: int, began: int, queued: int, served: int, delayed: int
    ) -> None:
        arrives_at, ended_at = calendar_time(began), calendar_time(env.now)
        closed = ended_at - arrives_at - queued - served - delayed
        cases.append(
            case_row(
                number, 0, channel, channel, 0, arrives_at, ended_at, 1, NOT_YET, -1, NOT_YET, -1,
                0, -1, *[0] * 8, served, queued, closed, *[0] * 5, delayed, *[0] * 4,
            )
        )  # fmt: skip

    def arrivals() -> Process:
        for number in range(n_cases):
            yield env.timeout(round(draw.expovariate(0.5) * MINUTE))
            env.process(online(number) if draw.random() < 0.6 else paper(number))

    def tables() -> tuple[Table, Table]:
        items = records.table(records.WORK_ITEMS, work_items)
        on_the_calendar: dict[str, NDArray[np.int64]] = {
            column: calendar_time(items[column])
            for column in ("ready_at", "started_at", "ended_at")
        }
        return in_order(records.table(records.CASES, cases), items | on_the_calendar)

    env.process(arrivals())
    return Ready(env=env, tables=tables)


BY_HAND: Final[Mapping[str, Callable[[int, int], Ready]]] = {"tandem": tandem, "linked": linked}


def main(words: Sequence[str]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    workload, n_cases, folder = words
    for name, table in zip(
        ("cases", "work_items"), BY_HAND[workload](int(n_cases), 1).run(), strict=True
    ):
        parquet.write_table(pa.table(dict(table)), Path(folder) / f"{name}.parquet")


if __name__ == "__main__":
    main(sys.argv[1:])
