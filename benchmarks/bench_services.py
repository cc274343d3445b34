"""The services of a place at once, beside each in a run of its own: growth with their number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np
import pytest
from growth import Tell
from ratio import in_turn, timed
from workloads import FOLDER, FULL

from sim.engines import make_ready, run
from sim.model import Model
from sim.records import Keep
from sim.scenario import load, resolve

LEAST = {"ward-2025": 1.0, "nghe-an-2024": 0.67}
"""In a province an item may take half as long again: fewer of all open cases fit in a cache."""

WEEKS = {"ward-2025": 40, "nghe-an-2024": 4}
ROUNDS = 7 if FULL else 3
KEEP = Keep(bundles=("marriage",), work_items=False)


@lru_cache
def whole(place: str) -> Model:
    """A place with all services."""
    weeks = {
        "period.warm_up": "2 weeks",
        "period.length": f"{WEEKS[place]} weeks",
        "period.run_out": "2 weeks",
    }
    return resolve(load(FOLDER.parent / f"scenarios/places/{place}.yaml", settings=weeks))


@lru_cache
def services(place: str) -> tuple[Model, ...]:
    """The place with the demand of one bundle each."""
    model = whole(place)
    found: dict[int, list[int]] = {}
    for index, demand in enumerate(model.demands):
        flow = int(demand.flows[0].flows[0])
        found.setdefault(model.flows[flow].bundle, []).append(index)
    return tuple(
        replace(model, demands=tuple(model.demands[index] for index in mine))
        for mine in found.values()
    )


def an_item(models: tuple[Model, ...], number: int) -> Mapping[str, float]:
    def made() -> int:
        runs = (run(each, seed=number, replication=0, engine="fast", keep=KEEP) for each in models)
        return sum(int(np.sum(each.queues["n_begun"])) for each in runs)

    items, seconds = timed(made)
    assert items > 50_000
    return {"an item": seconds / items}


def apart(place: str, number: int) -> Mapping[str, float]:
    return an_item(services(place), 2 * number + 1)  # else what one has drawn the other has


def together(place: str, number: int) -> Mapping[str, float]:
    return an_item((whole(place),), 2 * number)


@pytest.mark.parametrize("place", LEAST)
def test_growth_with_the_number_of_services_is_about_linear(tell: Tell, place: str) -> None:
    make_ready("fast", (whole(place), *services(place)), lambda: None)
    assert len(services(place)) >= 14
    for each in (apart, together):  # laid out, and the code warm
        each(place, 0)
    ratio = in_turn(partial(together, place), partial(apart, place), rounds=ROUNDS)["an item"]
    tell(f"{len(services(place))} bundles of {place} together, beside one after the other", ratio)
    assert ratio.median >= LEAST[place]
