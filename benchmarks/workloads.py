"""Workloads that the benchmarks give to every simulator alike, as resolved models.

*tandem*: three stations in a row with 5, 8 and 4 servers, exponential service, load 0.8 each; one
arrival a minute, so that the closed form gives 20.033 minutes of mean sojourn.

*linked*: three procedures in one office with opening hours, online or on paper, see
``linked.yaml``; 5.28 work items a case.

*headline*: the births of ``scenarios/birth.yaml`` with everyday work at 41 offices, outages, legal
clocks and timetables; 2.5 work items a case.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.calendars import always_open
from sim.demand import ByDay, DatedFlow, Demand
from sim.distributions import Distribution, Exponential, sampler
from sim.legal import working_days
from sim.model import (
    LEAVE,
    NO_DOSSIER,
    Activity,
    Bundle,
    Flow,
    Model,
    Office,
    Order,
    Role,
    Staff,
)
from sim.profile import Profile
from sim.records import NOT_YET, Table
from sim.streams import name_key
from sim.units import DAY, HOUR, MINUTE, WEEK

FOLDER: Final = Path(__file__).parent

FULL: Final = os.environ.get("LIENTHONG_BENCH") == "full"
"""Whether every size is measured, in place of what four minutes allow."""

TANDEM_SERVERS = (5, 8, 4)
TANDEM_LOAD = 0.8
TANDEM_SOJOURN = 20.033
"""Mean sojourn of the tandem workload in minutes, by the closed form of M/M/c."""


def stations(
    servers: Sequence[int], services: Sequence[Distribution], *, n_cases: int, between: float
) -> Model:
    """Stations in a row, one office, Poisson arrivals, always open.

    Parameters
    ----------
    servers
        Members of staff at each station.
    services
        Service time at each station, in minutes.
    n_cases
        Expected number of cases.
    between
        Mean time between arrivals, in minutes.
    """
    horizon = round(n_cases * between * MINUTE)
    # A case is known by its block and its place in it, of which there are a million.
    n_blocks = 1 + n_cases // 500_000
    edges = np.linspace(0, horizon, n_blocks + 1).astype(np.int64)
    always = always_open()
    names = [f"station-{i + 1}" for i in range(len(servers))]
    elements = tuple(
        Activity(
            name=name,
            key=name_key(name, 32),
            then=i + 1 if i + 1 < len(servers) else LEAVE,
            role=i,
            service=i,
            systems=(),
            finish=False,
            priority=0,
            dossier=NO_DOSSIER,
        )
        for i, name in enumerate(names)
    )
    return Model(
        title="stations in a row",
        start=date(2025, 1, 6),
        warm_up_ends_at=0,
        measured_until=horizon,
        horizon=horizon + 30 * DAY,
        calendars=(always,),
        timetables=(),
        working_days=working_days(always, 0, horizon // DAY + 60),
        systems=(),
        samplers=tuple(sampler(service.scaled(MINUTE)) for service in services),
        levels=("office",),
        offices=(Office(name="office", label="office", level=0, parent=-1, calendar=0),),
        office_at=np.zeros((1, 1), np.int64),
        roles=tuple(Role(name=name, label=name, level=0, order=Order.FIRST_COME) for name in names),
        staff=tuple(
            Staff(name=f"{names[i]}-{k + 1}", office=0, roles=(i,), calendar=0, speed=1.0)
            for i, n in enumerate(servers)
            for k in range(n)
        ),
        channels=("all",),
        properties=(),
        procedures=(),
        bundles=(Bundle(name="bundle", label="bundle", procedures=(), cut_off=DAY),),
        outcomes=("open", "completed", "rejected"),
        flows=(
            Flow(
                name="flow",
                bundle=0,
                regime="only",
                channel=0,
                start=0,
                limits=(),
                bundle_limit=None,
            ),
        ),
        elements=elements,
        demands=(
            Demand(
                bundle=0,
                homes=np.array([0]),
                streams=np.array([name_key("bundle/office", 48)], np.uint64),
                yearly=np.array([float(n_cases)]),
                blocks=np.arange(n_blocks),
                block_shares=np.full(n_blocks, 1 / n_blocks),
                until=horizon,
                channels=np.array([0]),
                channel_shares=ByDay(from_days=np.zeros(1, int), rows=np.ones((1, 1))),
                profiles=(
                    Profile(
                        starts=edges[:-1],
                        ends=edges[1:],
                        shares=np.ones(n_blocks),
                        firsts=np.arange(n_blocks + 1),
                    ),
                ),
                flows=(DatedFlow(from_days=np.array([0]), flows=np.array([0])),),
                properties=(),
            ),
        ),
        case_list=None,
    )


def tandem(n_cases: int) -> Model:
    """The tandem workload with an expected number of cases."""
    services = [Exponential(mean=TANDEM_LOAD * servers) for servers in TANDEM_SERVERS]
    return stations(TANDEM_SERVERS, services, n_cases=n_cases, between=1.0)


LINKED_A_WEEK: Final = 1200
"""Arrivals of the linked workload: 0.5 a working minute, 2,400 of them a week."""

LINKED_SOJOURN: Final = (163.0, 3076.0)
"""Mean sojourn of the linked workload in minutes of opening hours, online and on paper.

Work takes 40.4 and 66.75 (online the longer of two branches counts), a file that goes back
0.08 × (1440 + 20.75) = 116.9, transport 3 × 960 = 2880; the rest is queues.
"""


def linked(n_cases: int) -> Model:
    """The linked workload, over the whole weeks that come nearest to a number of cases."""
    from sim.scenario import load, resolve  # here, for what runs stations only

    weeks = max(round(n_cases / LINKED_A_WEEK), 1)
    settings = {"period.length": f"{weeks} weeks", "period.run_out": "0 days"}
    model = resolve(load(FOLDER / "linked.yaml", settings=settings))
    # Nobody arrives in these weeks, and everybody who did can end.
    return replace(model, horizon=model.horizon + 8 * WEEK)


def working_minutes(cases: Table) -> list[float]:
    """Mean sojourn in the linked office, online and on paper, in minutes of its opening hours."""
    sojourn = _open_time(cases["ended_at"]) - _open_time(cases["arrives_at"])
    ended = cases["ended_at"] != NOT_YET
    return [
        float(sojourn[ended & (cases["channel"] == channel)].mean() / MINUTE)
        for channel in range(len(LINKED_SOJOURN))
    ]


def _open_time(at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Opening hours of the linked office since its first Monday, without a calendar."""
    day, since_midnight = at // DAY, at % DAY
    before = (day // 7 * 5 + np.minimum(day % 7, 5)) * 8 * HOUR
    today = sum(
        np.clip(since_midnight - opens, 0, 4 * HOUR) for opens in (450 * MINUTE, 780 * MINUTE)
    )
    return before + np.where(day % 7 < 5, today, 0)


HEADLINE_A_WEEK: Final = 1609
"""Arrivals of the headline workload a week: 2,300 births a year, the rest is everyday work."""


def headline(n_cases: int) -> Model:
    """The headline scenario, over the whole weeks that come nearest to a number of cases."""
    from sim.scenario import load, resolve

    weeks = max(round(n_cases / HEADLINE_A_WEEK) - 2, 1)
    settings = {
        "period.warm_up": "1 week",
        "period.length": f"{weeks} weeks",
        "period.run_out": "1 week",
    }
    return resolve(load(FOLDER.parent / "scenarios" / "birth.yaml", settings=settings))


WORKLOADS: Final[Mapping[str, Callable[[int], Model]]] = {
    "tandem": tandem,
    "linked": linked,
    "headline": headline,
}

SMALLEST: Final = 10_000

ITEMS: Final[Mapping[str, float]] = {
    "tandem": 3,
    "linked": 0.6 * 4 + 0.4 * 7 + 0.08,  # online, on paper, and again for a file that came back
    "headline": 2.45,  # measured
}
"""Work items a case."""
