"""How often cases come to a step, wait there and are worked on, by hand."""

from __future__ import annotations

import pytest

from sim.units import HOUR, MINUTE

# Birth on paper goes through 4 (the applicant), 0 and 1; online through 2; everyday work through 3.
PASSED = {
    4: {"n_passes": 2, "stay_time": 3 * HOUR},
    0: {"n_passes": 3, "stay_time": 10 * HOUR},
    1: {"n_passes": 1},
    2: {"n_passes": 1, "stay_time": HOUR},
    3: {"n_passes": 7, "stay_time": 7 * HOUR},
}
WORK = {
    0: {"n_begun": 2, "work_time": 50 * MINUTE},
    2: {"n_begun": 1, "work_time": 8 * MINUTE},
    3: {"n_begun": 7, "work_time": 70 * MINUTE},
}


@pytest.fixture
def run(world):
    cases = [
        world.completed(world.at(7), world.at(8)),
        {"arrives_at": world.at(7)},  # open, on paper
        {"arrives_at": world.at(7), "channel": 1, "flow": 1},
        {"arrives_at": world.at(6)},  # not measured
    ]
    return world.run(cases=cases, activities=WORK, elements=PASSED)


def test_passes_are_a_measured_case_of_the_flow(world, run):
    expected = {"paper/work 0": 1.5, "paper/work 1": 0.5, "paper/go": 1.0, "online/work 2": 1.0}
    world.assert_kpi(run, "step_passes", expected)
    with pytest.raises(AssertionError):  # of all cases, those not measured too
        world.assert_kpi(run, "step_passes", expected | {"paper/work 0": 1.0})


def test_a_step_of_staff_waits_until_work_begins_and_another_until_it_is_over(world, run):
    expected = {"paper/work 0": 5.0, "paper/go": 1.5, "online/work 2": 1.0, "counter/work 3": 1.0}
    world.assert_kpi(run, "step_waiting_hours", expected)
    with pytest.raises(AssertionError):  # of all that came, not of those begun
        world.assert_kpi(run, "step_waiting_hours", expected | {"paper/work 0": 10 / 3})
    with pytest.raises(AssertionError):  # what nobody began has no wait
        world.assert_kpi(run, "step_waiting_hours", expected | {"paper/work 1": 0.0})


def test_work_is_that_of_each_time_it_is_begun(world, run):
    expected = {"paper/work 0": 25.0, "online/work 2": 8.0, "counter/work 3": 10.0}
    world.assert_kpi(run, "step_work_minutes", expected)
    with pytest.raises(AssertionError):  # a case, not a piece of work
        world.assert_kpi(run, "step_work_minutes", expected | {"paper/work 0": 50.0})
