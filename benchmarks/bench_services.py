"""The services of a province at once, beside each in a run of its own: growth with their number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np
from growth import Tell
from ratio import in_turn, timed
from workloads import FOLDER, FULL

from sim.engines import make_ready, run
from sim.model import Model
from sim.records import Keep
from sim.scenario import load, resolve

LEAST = 0.67
"""Together an item may take half as long again: fewer of all open cases fit in a cache."""

ROUNDS = 7 if FULL else 3
KEEP = Keep(bundles=("marriage",), work_items=False)


@lru_cache
def province() -> Model:
    """The desks of a province with all services, for eight weeks."""
    weeks = {"period.warm_up": "2 weeks", "period.length": "4 weeks", "period.run_out": "2 weeks"}
    return resolve(load(FOLDER.parent / "scenarios/places/nghe-an-2024.yaml", settings=weeks))


@lru_cache
def services() -> tuple[Model, ...]:
    """The province with the demand of one bundle each."""
    model = province()
    found: dict[int, list[int]] = {}
    for index, demand in enumerate(model.demands):
        flow = int(demand.flows[0].flows[0])
        found.setdefault(model.flows[flow].bundle, []).append(index)
    return tuple(
        replace(model, demands=tuple(model.demands[index] for index in mine))
        for mine in found.values()
    )


def items_of(models: tuple[Model, ...], number: int) -> tuple[int, float]:
    def made() -> int:
        runs = (run(each, seed=number, replication=0, engine="fast", keep=KEEP) for each in models)
        return sum(int(np.sum(each.queues["n_begun"])) for each in runs)

    return timed(made)


def apart(number: int) -> Mapping[str, float]:
    items, seconds = items_of(services(), 2 * number + 1)  # else what one has drawn the other has
    assert items > 100_000
    return {"an item": seconds / items}


def together(number: int) -> Mapping[str, float]:
    items, seconds = items_of((province(),), 2 * number)
    assert items > 100_000
    return {"an item": seconds / items}


def test_growth_with_the_number_of_services_is_about_linear(tell: Tell) -> None:
    make_ready("fast", (province(), *services()), lambda: None)
    assert len(services()) >= 15
    for first in (apart, together):  # laid out, and the code warm
        first(0)
    ratio = in_turn(together, apart, rounds=ROUNDS)["an item"]
    tell(f"{len(services())} bundles of a province together, against one after the other", ratio)
    assert ratio.median >= LEAST
