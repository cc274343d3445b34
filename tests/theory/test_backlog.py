"""A large backlog clears as a fluid does: at the rate by which capacity exceeds demand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from sim import engines
from sim.kpis import measure
from sim.kpis.over_time import over_time
from sim.scenario import load, resolve

BACKLOG = 5_000
DEMAND = 4_000
"""Dossiers a day; the capacity is a quarter more."""

CAPACITY = 5_000
REPLICATIONS = 25

WORLD = """
title: A backlog at an office that never closes
period: {{start: 2025-03-03, warm_up: 0 weeks, length: 8 days, run_out: 0 days}}
overload: allowed
staff: {{clerk: {{office: commune, people: 1, calendar: always}}}}
bundles:
  permit:
    demand: {{a_year: {a_year}}}
    regimes: {{now: {{counter: [{{do: check, role: clerk, time: {seconds} s}}]}}}}
backlog: backlog.csv
"""


@dataclass(frozen=True, kw_only=True)
class Cleared:
    """One entry a replication: days to the last case, to the empty queue; what waits by day."""

    last_case: np.ndarray
    empty_queue: np.ndarray
    waiting: np.ndarray


def clear(folder: Path, demand: float) -> Cleared:
    rows = ["permit,commune,check,2025-03-01"] * BACKLOG
    (folder / "backlog.csv").write_text("\n".join(["bundle,office,step,received_on", *rows]))
    text = WORLD.format(a_year=round(365 * demand), seconds=86_400 / CAPACITY)
    (folder / "world.yaml").write_text(text)
    model = resolve(load(folder / "world.yaml"))
    last, empty, waiting = [], [], []
    for replication in range(REPLICATIONS):
        run = engines.run(model, seed=1, replication=replication, engine="fast")
        found = {(m.kpi, m.group): m.value for m in measure(model, run)}
        last.append(found["backlog_days", "permit"])
        empty.append(found["backlog_queue_days", "clerk"])
        courses = over_time(model, run, step="day")
        waiting += [course.values for course in courses if course.kpi == "items_waiting"]
    return Cleared(last_case=np.array(last), empty_queue=np.array(empty), waiting=np.array(waiting))


@pytest.fixture(scope="module")
def cleared(tmp_path_factory: pytest.TempPathFactory) -> Cleared:
    return clear(tmp_path_factory.mktemp("backlog"), DEMAND)


def assert_clears_like_a_fluid(found: np.ndarray) -> None:
    """Within 2 % of backlog / (capacity - demand).

    The standard error of the mean of 25 replications is 0.6 %: the number of arrivals until then
    has a standard deviation of sqrt(4 000 x 5), of 5 000.  So a true clock fails for 1 seed in
    2 000.
    """
    assert np.mean(found) == pytest.approx(BACKLOG / (CAPACITY - DEMAND), rel=0.02)


def test_a_queue_of_5000_dossiers_is_empty_after_backlog_over_spare_capacity(
    cleared: Cleared,
) -> None:
    assert_clears_like_a_fluid(cleared.empty_queue)
    # Who is first to come is first served, so the backlog itself is over at the full capacity.
    assert np.mean(cleared.last_case) == pytest.approx(BACKLOG / CAPACITY, rel=1e-3)
    with pytest.raises(AssertionError):
        assert_clears_like_a_fluid(cleared.last_case)


def test_with_a_tenth_less_demand_the_limit_is_another(tmp_path: Path) -> None:
    empty_queue = clear(tmp_path, 0.9 * DEMAND).empty_queue
    with pytest.raises(AssertionError):
        assert_clears_like_a_fluid(empty_queue)
    assert np.mean(empty_queue) == pytest.approx(BACKLOG / (CAPACITY - 0.9 * DEMAND), rel=0.02)


def test_the_queue_over_time_goes_down_the_line_of_the_fluid(cleared: Cleared) -> None:
    noon = np.arange(4) + 0.5
    waiting = cleared.waiting.mean(0)[:4]
    assert waiting == pytest.approx(BACKLOG - (CAPACITY - DEMAND) * noon, rel=0.05)
    with pytest.raises(AssertionError):  # as if nothing came meanwhile
        assert waiting == pytest.approx(BACKLOG - CAPACITY * noon, rel=0.05)
