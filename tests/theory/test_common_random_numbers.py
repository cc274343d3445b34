"""A change leaves every draw that it does not concern as it was (R1, R2, R4)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from sim.arrivals import CaseTable
from sim.calendars import intersection
from sim.engines import run
from sim.engines.protocol import prepare
from sim.model import Activity, Model
from sim.records import NOT_YET, Run
from sim.scenario import load, resolve
from sim.units import DAY

BIRTH = Path(__file__).parents[2] / "scenarios" / "birth.yaml"
SHORT = {"period.warm_up": "1 week", "period.length": "3 weeks", "period.run_out": "4 weeks"}


def model(**settings: str) -> Model:
    return resolve(load(BIRTH, settings=SHORT | settings))


Services = dict[tuple[int, str, int], int]


def services(model: Model, found: Run) -> Services:
    """Service time of each work item by case, activity and visit, whoever did it and when.

    It is the time in which the work made progress: on shift, and with its systems up (T4).
    """
    inputs = prepare(model, seed=found.seed, replication=found.replication)
    items = {
        name: column[found.work_items["ended_at"] != NOT_YET]
        for name, column in found.work_items.items()
    }
    service = np.zeros(len(items["case"]), np.int64)
    shift = np.array([member.calendar for member in model.staff])[items["staff"]]
    for activity, calendar in np.unique(np.stack((items["activity"], shift)), axis=1).T:
        mine = (items["activity"] == activity) & (shift == calendar)
        element = model.elements[activity]
        assert isinstance(element, Activity)
        hours = intersection(model.calendars[calendar], inputs.all_up(element.systems), "hours")
        ended, started = items["ended_at"][mine], items["started_at"][mine]
        service[mine] = hours.open_until(ended) - hours.open_until(started)
    keys = zip(
        items["case"].tolist(),
        [model.elements[activity].name for activity in items["activity"]],
        items["visit"].tolist(),
        strict=True,
    )
    return dict(zip(keys, service.tolist(), strict=True))


def same_share(a: Services, b: Services) -> float:
    both = a.keys() & b.keys()
    assert len(both) > 5_000
    return sum(a[item] == b[item] for item in both) / len(both)


def names(cases: CaseTable) -> dict[tuple[int, int], tuple[int, ...]]:
    """What is drawn of each case, by its stream and its number in it."""
    rows = zip(
        cases.arrives_at.tolist(),
        cases.channel.tolist(),
        cases.home.tolist(),
        *cases.properties.T.tolist(),
        strict=True,
    )
    keys = zip(cases.stream.tolist(), cases.number.tolist(), strict=True)
    return dict(zip(keys, rows, strict=True))


@pytest.fixture(scope="module")
def base() -> tuple[Run, Services]:
    found = run(model(), seed=5, replication=1)
    return found, services(model(), found)


@pytest.mark.parametrize(
    "change",
    [{"staffing": "1.3 x"}, {"courier": '{mon-fri: "15:00"}'}, {"up_time": "97 %"}],
    ids=["staff", "courier", "systems"],
)
def test_a_change_of_staff_courier_or_systems_leaves_every_service_time_as_it_was(
    base: tuple[Run, Services], change: dict[str, str]
) -> None:
    changed = model(**change)
    found = run(changed, seed=5, replication=1)
    assert same_share(base[1], services(changed, found)) == 1.0
    assert not np.array_equal(base[0].cases["ended_at"], found.cases["ended_at"])


def test_another_seed_or_replication_changes_service_times(base: tuple[Run, Services]) -> None:
    for seed, replication in ((6, 1), (5, 2)):  # the twins
        other = run(model(), seed=seed, replication=replication)
        assert same_share(base[1], services(model(), other)) < 0.2


def test_raising_demand_adds_cases_and_leaves_the_others_as_they_were() -> None:  # R4
    few = names(prepare(model(), seed=5, replication=1).cases)
    many = names(prepare(model(births="1.5 x", everyday="1.2 x"), seed=5, replication=1).cases)
    assert len(many) > 1.15 * len(few)
    assert all(many[case] == drawn for case, drawn in few.items())
    fewer = names(prepare(model(births="0.5 x"), seed=5, replication=1).cases)
    assert not all(fewer.get(case) == drawn for case, drawn in few.items())  # twin


def cases_until(
    day: dt.date, *, seed: int = 5, **settings: str
) -> dict[tuple[int, int], tuple[int, ...]]:
    """What is drawn of each case that arrives before a day, its arrival counted from that day."""
    changed = model(**settings)
    end = (day - changed.start).days * DAY
    found = names(prepare(changed, seed=seed, replication=1).cases)
    return {case: (at - end, *rest) for case, (at, *rest) in found.items() if 0 <= at < end}


DECEMBER_20 = dt.date(2024, 12, 20)


@pytest.mark.parametrize(
    "change",
    [
        {"period.run_out": "9 weeks"},
        {"period.length": "6 weeks"},
        {"period.warm_up": "3 weeks"},
        {"period.length": "1 week", "period.run_out": "3 weeks"},
    ],
    ids=["run-out", "length", "warm-up", "a shorter run"],
)
def test_cases_are_the_same_in_the_time_that_two_runs_share(change: dict[str, str]) -> None:  # R4
    base, changed = cases_until(DECEMBER_20), cases_until(DECEMBER_20, **change)
    assert len(base) > 5_000
    assert base == changed
    assert base != cases_until(DECEMBER_20, seed=6)  # twin


def test_a_run_that_begins_earlier_has_the_same_cases_on_the_same_dates() -> None:  # R4
    early = cases_until(DECEMBER_20, **{"period.start": "2024-10-14", "period.run_out": "9 weeks"})
    base = cases_until(DECEMBER_20)
    since = min(at for at, *_ in base.values()) - 1
    assert base == {case: drawn for case, drawn in early.items() if drawn[0] > since}
    assert len(early) > 1.5 * len(base)


def test_raising_uptake_moves_only_cases_at_the_margin() -> None:  # R2
    tables = [
        prepare(model(uptake=uptake), seed=5, replication=1).cases for uptake in ("40 %", "60 %")
    ]
    low, high = (
        {
            (int(stream), int(number)): int(channel)
            for stream, number, channel in zip(
                table.stream, table.number, table.channel, strict=True
            )
        }
        for table in tables
    )
    online = model().channels.index("online")
    # One that goes online arrives at another instant: at the edges, in the run or no more.
    assert len(low.keys() ^ high.keys()) < 0.001 * len(low)
    assert all(high.get(case) == online for case, channel in low.items() if channel == online)
    assert all(low.get(case) == channel for case, channel in high.items() if channel != online)
    went_online = {case for case in low.keys() & high.keys() if low[case] != high[case]}
    assert len(went_online) > 50
    assert all(high[case] == online for case in went_online)
