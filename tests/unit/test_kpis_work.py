"""How much work a case makes, and how near to its limit it is begun, by hand."""

from __future__ import annotations

import pytest

from sim.units import HOUR

# Birth on paper: by the clerk, and on the residence by the police; online: by the clerk, on the
# registration; everyday work: by the registrar.
WORK = {
    0: {"work_time": 6 * HOUR, "n_limited": 4, "n_last_day": 1},
    1: {"work_time": 3 * HOUR, "n_limited": 2, "n_last_day": 2},
    2: {"work_time": HOUR, "n_limited": 4},
    3: {"work_time": 5 * HOUR},
}


@pytest.fixture
def run(world):
    cases = [
        world.completed(world.at(7), world.at(8)),
        world.completed(world.at(7), world.at(8), channel=1),
        {"arrives_at": world.at(7), "ended_at": world.at(8), "outcome": 2},
        {"arrives_at": world.at(7)},  # open
        {"arrives_at": world.at(6)},  # not measured
        {"arrives_at": world.at(7), "bundle": 1},
        {"arrives_at": world.at(7), "bundle": 1},
    ]
    return world.run(cases=cases, activities=WORK)


def test_work_begun_on_the_last_day_is_a_share_of_the_work_under_a_limit(world, run):
    expected = {
        "birth": 3 / 10,
        "birth/registration": 0.0,
        "birth/residence": 1.0,
        "clerk": 1 / 8,
        "police": 1.0,
    }
    world.assert_kpi(run, "begun_on_last_day_share", expected)
    with pytest.raises(AssertionError):  # what has no limit counted
        world.assert_kpi(run, "begun_on_last_day_share", expected | {"registrar": 0.0})
    with pytest.raises(AssertionError):  # the mean of the activities
        world.assert_kpi(run, "begun_on_last_day_share", expected | {"birth": 1.25 / 3})


def test_office_hours_are_those_of_all_measured_cases_open_or_rejected(world, run):
    expected = {
        "birth": 10 / 4,
        "birth/clerk": 7 / 4,
        "birth/police": 3 / 4,
        "everyday": 5 / 2,
        "everyday/registrar": 5 / 2,
    }
    world.assert_kpi(run, "office_hours", expected)
    with pytest.raises(AssertionError):  # completed cases only
        world.assert_kpi(run, "office_hours", expected | {"birth": 10 / 2})


def test_a_bundle_without_a_measured_case_has_no_office_hours(world):
    run = world.run(cases=[{"arrives_at": world.at(7), "bundle": 1}], activities=WORK)
    world.assert_kpi(run, "office_hours", {"everyday": 5.0, "everyday/registrar": 5.0})
    with pytest.raises(AssertionError):
        world.assert_kpi(run, "office_hours", {"everyday": 5.0})
