"""Waiting work and busy staff, by hand."""

from __future__ import annotations

import pytest

from sim.units import HOUR

GROUPS = (
    "clerk",
    "clerk @ An",
    "clerk @ Binh",
    "registrar",
    "registrar @ An",
    "registrar @ Binh",
    "police",
    "police @ district",
)


@pytest.fixture
def run(world):
    at = world.at
    return world.run(
        cases=[{}],
        work_items=[
            {"ready_at": at(6, 9), "started_at": at(7, 9)},  # ready before the window
            {"ready_at": at(7, 8), "started_at": at(7, 8)},
            {"ready_at": at(7, 11, 30), "started_at": at(7, 13, 15)},
            {"office": 1, "ready_at": at(7, 11, 30), "started_at": at(8, 8, 10)},
            {"role": 2, "office": 2, "ready_at": at(11, 16, 30), "started_at": at(14, 8, 30)},
            {"ready_at": at(20, 9)},  # waits for ever
            {"role": 2, "office": 2, "ready_at": at(20, 9), "started_at": at(21, 9)},
            {"ready_at": at(21)},  # ready after the window
        ],
        staff=[
            {"on_shift_time": 40 * HOUR, "busy_time": 10 * HOUR, "overtime": HOUR},
            {"on_shift_time": 20 * HOUR, "busy_time": 15 * HOUR, "overtime": 2 * HOUR},
            {"on_shift_time": 20 * HOUR, "busy_time": 5 * HOUR},
            {"on_shift_time": 0, "busy_time": 0, "overtime": 4 * HOUR},
        ],
    )


def test_waiting_counts_the_opening_minutes_of_the_office(world, run):
    # An: 0 and 30 + 15; Binh, closed in the afternoon: 30 + 10; district, over a weekend: 30 + 30,
    # and on Monday morning 60.
    mean = {"clerk": 85 / 3, "clerk @ An": 22.5, "clerk @ Binh": 40.0}
    mean |= {"police": 60.0, "police @ district": 60.0}
    p90 = mean | {"clerk": 44.0, "clerk @ An": 40.5}
    world.assert_kpi(run, "waiting_mean", mean)
    world.assert_kpi(run, "waiting_p90", p90)
    with pytest.raises(AssertionError):  # the lunch break counted
        world.assert_kpi(run, "waiting_mean", mean | {"clerk": 145 / 3, "clerk @ An": 52.5})
    with pytest.raises(AssertionError):
        world.assert_kpi(run, "waiting_p90", p90 | {"clerk": 45.0})


def test_items_that_still_wait_are_counted_where_their_waiting_is_not(world, run):
    expected = dict.fromkeys(GROUPS, 0) | {"clerk": 1, "clerk @ An": 1}
    world.assert_kpi(run, "n_waiting", expected)
    with pytest.raises(AssertionError):  # with the one that is ready after the window
        world.assert_kpi(run, "n_waiting", expected | {"clerk": 2, "clerk @ An": 2})


def test_items_are_counted_in_the_window_in_which_they_begin(world, run):
    world.assert_kpi(run, "n_items", {"clerk": 4, "registrar": 0, "police": 1})
    with pytest.raises(AssertionError):
        world.assert_kpi(run, "n_items", {"clerk": 3, "registrar": 0, "police": 2})


def test_utilisation_is_busy_time_over_time_on_shift_of_all_who_hold_the_role(world, run):
    expected = {
        "clerk": 30 / 80,
        "clerk @ An": 25 / 60,
        "clerk @ Binh": 5 / 20,
        "registrar": 15 / 20,
        "registrar @ An": 15 / 20,
    }
    world.assert_kpi(run, "utilisation", expected)
    with pytest.raises(AssertionError):  # the mean of the shares of three people
        world.assert_kpi(run, "utilisation", expected | {"clerk": (0.25 + 0.75 + 0.25) / 3})


def test_overtime_adds_up_over_all_who_hold_the_role(world, run):
    world.assert_kpi(run, "overtime_hours", {"clerk": 3, "registrar": 2, "police": 4})
    with pytest.raises(AssertionError):
        world.assert_kpi(run, "overtime_hours", {"clerk": 3, "registrar": 0, "police": 4})


def test_a_working_day_is_the_open_day_of_the_office(world):
    at = world.at
    days = [
        {"ready_at": at(7, 9), "started_at": at(8, 9)},  # 8 h: a day of An
        {"ready_at": at(8, 9), "started_at": at(9, 9, 1)},  # and a minute
        {"ready_at": at(9, 9)},  # waits for ever
        {"office": 1, "ready_at": at(7, 9), "started_at": at(8, 9)},  # 4 h: a day of Binh
        {"office": 1, "ready_at": at(8, 9), "started_at": at(9, 9, 1)},
        {"ready_at": at(6, 9), "started_at": at(7, 9)},  # ready before the window
    ]
    expected = {"clerk": 2 / 5, "clerk @ An": 1 / 3, "clerk @ Binh": 1 / 2}
    world.assert_kpi(world.run(work_items=days), "begun_within_a_day_share", expected)
    days[1]["started_at"] = at(9, 9)
    expected |= {"clerk": 3 / 5, "clerk @ An": 2 / 3}
    world.assert_kpi(world.run(work_items=days), "begun_within_a_day_share", expected)
    with pytest.raises(AssertionError):  # without the one that still waits
        world.assert_kpi(
            world.run(work_items=days[:2] + days[3:]), "begun_within_a_day_share", expected
        )


def test_people_present_are_time_on_shift_over_open_time(world, run):
    # In the window An and the district are open for 80 h, Binh for 40 h.
    expected = {
        "clerk": 60 / 80 + 20 / 40,
        "clerk @ An": 60 / 80,
        "clerk @ Binh": 20 / 40,
        "registrar": 20 / 80,
        "registrar @ An": 20 / 80,
        "police": 0.0,
    }
    world.assert_kpi(run, "people_present", expected)
    with pytest.raises(AssertionError):  # the hours of An everywhere
        world.assert_kpi(run, "people_present", expected | {"clerk": 1.0, "clerk @ Binh": 0.25})
