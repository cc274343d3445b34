"""All KPIs together: what each says of itself, their order, and runs with little in them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.kpis import KPIS, measure
from sim.kpis.legal import _days_after
from sim.kpis.registry import kpi, spread
from sim.kpis.window import open_between
from sim.units import DAY, HOUR


def test_every_kpi_says_what_it_is():
    for name, entry in KPIS.items():
        assert entry.name == name
        assert entry.label
        assert entry.equation
        assert entry.unit in {
            "d", "wd", "h", "min", "share", "cases", "dossiers", "items", "trips", "times",
            "copies", "people", "currency", "currency a year",
        }  # fmt: skip
        assert entry.better in {"lower", "higher", "neither"}
        assert name.endswith("_share") <= (entry.unit == "share")


def test_two_kpis_of_one_name_are_refused():
    before = dict(KPIS)
    about = {"unit": "h", "label": "again", "equation": "none", "better": "lower"}
    with pytest.raises(ValueError, match="'trips'"):
        kpi(name="trips", **about)(lambda window: ())
    with pytest.raises(ValueError, match="'waiting_p90'"):
        spread(name="waiting", statistics=("p90",), **about)(lambda window: ())
    assert before == KPIS


def full_run(world, *, reverse=False):
    at = world.at
    late = {"received_at": at(7), "received_day": 7, "limit_days": 2, "working_days": 1}
    cases = [
        world.completed(at(7), at(9), n_trips=1, **late, n_paid=1, fees=8_000),
        world.completed(at(7), at(12), channel=1, **late),
        world.completed(at(8), at(9), bundle=1),
    ]
    dossiers = [
        {"case": i, "procedure": p, "working_days": 1, "limit_days": 2}
        for i in (0, 1)
        for p in (0, 1)
    ]
    items = [
        {"case": i, "role": r, "office": o, "ready_at": at(8, 8), "started_at": at(8, 9)}
        for i in (0, 1, 2)
        for r, o in ((0, 0), (0, 1), (1, 0), (2, 2))
    ]
    staff = [{"on_shift_time": DAY, "busy_time": DAY // 2}] * 4
    order = slice(None, None, -1) if reverse else slice(None)
    work = {i: {"n_begun": 1, "work_time": HOUR, "n_limited": 1} for i in range(4)}
    return world.run(
        cases=cases,
        dossiers=dossiers[order],
        work_items=items[order],
        staff=staff,
        activities=work,
    )


def test_measures_come_by_kpi_then_group_each_in_the_order_of_the_model(world):
    measures = measure(world.model, full_run(world))
    names = list(dict.fromkeys(row.kpi for row in measures))
    # The world has no backlog.
    assert names == [name for name in KPIS if not name.startswith("backlog_")]
    assert [row.kpi for row in measures] == sorted((row.kpi for row in measures), key=names.index)
    assert len({(row.kpi, row.group) for row in measures}) == len(measures)
    units = {name: entry.unit.replace("currency", "VND") for name, entry in KPIS.items()}
    assert all(row.unit == units[row.kpi] for row in measures)
    assert all(type(row.value) is float and math.isfinite(row.value) for row in measures)
    assert measures == measure(world.model, full_run(world, reverse=True))
    with pytest.raises(AssertionError):
        assert measures == measures[::-1]


def test_a_run_without_cases_gives_counts_and_nothing_to_take_a_mean_of(world):
    measures = measure(world.model, world.run())
    assert {row.kpi for row in measures} == {
        "n_not_yet_due",
        "n_dossiers_not_yet_due",
        "n_cases",
        "n_open",
        "open_cases_at_end",
        "n_waiting",
        "n_items",
        "overtime_hours",
        "people_present",
    }
    assert {row.value for row in measures} == {0.0}
    with pytest.raises(AssertionError):
        assert {row.value for row in measure(world.model, full_run(world))} == {0.0}


def test_open_time_in_columns_is_that_of_the_calendar(world):
    random = np.random.default_rng(20250106)
    office = random.integers(0, 3, 2000)
    a, b = np.sort(random.integers(-10 * DAY, 70 * DAY, (2, 2000)), axis=0)
    a[::7] -= a[::7] % (DAY // 24)  # on opening and closing instants, too
    found = open_between(world.model, office, a, b)
    calendars = [world.model.calendars[o.calendar] for o in world.model.offices]
    expected = [
        calendars[o].open_between(int(f), int(t)) for o, f, t in zip(office, a, b, strict=True)
    ]
    assert found.tolist() == expected
    with pytest.raises(AssertionError):
        assert open_between(world.model, office, a, b + 1).tolist() == expected


def test_working_days_in_columns_are_those_of_the_legal_clock(world):
    office = world.model.working_days
    days = np.concatenate([np.arange(-12, 70), [2**62]])
    for last in (-10, 0, 5, 28, 60, 80):
        found = _days_after(office, days, last)
        expected = [office.between(int(day), last) for day in days]
        assert found.tolist() == expected
    with pytest.raises(AssertionError):
        assert _days_after(office, days + 1, 28).tolist() == [
            office.between(int(day), 28) for day in days
        ]
