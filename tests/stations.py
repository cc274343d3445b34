"""Stations in a row, built without a scenario: the model of closed forms of queueing theory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from sim.calendars import always_open
from sim.demand import ByDay, DatedFlow, Demand
from sim.distributions import Distribution, sampler
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
from sim.streams import name_key
from sim.units import DAY, MINUTE


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
