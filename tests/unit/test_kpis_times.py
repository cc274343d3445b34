"""Times of cases, by hand."""

from __future__ import annotations

import pytest

from sim.records import LEDGER
from sim.units import HOUR


@pytest.fixture
def run(world):
    at = world.at
    return world.run(
        cases=[
            world.completed(at(7, 8), at(8, 8)),
            world.completed(at(7, 8), at(10, 8), channel=1),
            world.completed(at(11, 16), at(14, 9), home=1),
            world.completed(at(6, 23), at(12)),  # before the measured window
            world.completed(at(21), at(22)),  # after it
            {"arrives_at": at(8)},  # open
        ]
    )


# Days of the three measured cases: 1, 3, and 2 days 17 hours; the last one is on paper.
THIRD = 2 + 17 / 24


@pytest.mark.parametrize(
    ("statistic", "both", "paper"),
    [
        ("mean", (4 + THIRD) / 3, (1 + THIRD) / 2),
        ("median", THIRD, (1 + THIRD) / 2),
        ("p90", THIRD + 0.8 * (3 - THIRD), 1 + 0.9 * (THIRD - 1)),
        ("p95", THIRD + 0.9 * (3 - THIRD), 1 + 0.95 * (THIRD - 1)),
    ],
)
def test_sojourn_runs_from_arrival_to_end_over_measured_completed_cases(
    world, run, statistic, both, paper
):
    expected = {"birth": both, "birth/paper": paper, "birth/online": 3.0}
    world.assert_kpi(run, f"sojourn_days_{statistic}", expected)
    with pytest.raises(AssertionError):
        world.assert_kpi(run, f"sojourn_days_{statistic}", expected | {"birth": both + 1e-6})


def test_open_hours_are_those_of_the_home_office(world, run):
    # 8 h and 24 h in An; Friday 16:00 to Monday 9:00 is one hour in Binh, open in the morning.
    expected = {"birth": 11.0, "birth/paper": 4.5, "birth/online": 24.0}
    world.assert_kpi(run, "open_hours_mean", expected)
    world.assert_kpi(run, "open_hours_median", {**expected, "birth": 8.0})
    with pytest.raises(AssertionError):  # the hours of An for the case of Binh
        world.assert_kpi(run, "open_hours_mean", expected | {"birth": 34 / 3, "birth/paper": 5.0})


@pytest.mark.parametrize("column", LEDGER)
def test_each_part_of_the_ledger_has_its_mean_and_its_share(world, column):
    at = world.at
    part = column.removesuffix("_time")
    rest = "delay_time" if column != "delay_time" else "service_time"
    run = world.run(
        cases=[
            {"arrives_at": at(7), "ended_at": at(7, 10), "outcome": 1}
            | {column: 4 * HOUR, rest: 6 * HOUR},
            {"arrives_at": at(7), "ended_at": at(8, 6), "outcome": 1, "channel": 1}
            | {column: 2 * HOUR, rest: 28 * HOUR},
            {"arrives_at": at(7)},
        ]
    )
    hours = {"birth": 3.0, "birth/paper": 4.0, "birth/online": 2.0}
    shares = {"birth": 6 / 40, "birth/paper": 0.4, "birth/online": 2 / 30}
    world.assert_kpi(run, f"ledger_{part}_hours", hours)
    world.assert_kpi(run, f"ledger_{part}_share", shares)
    with pytest.raises(AssertionError):  # the mean of the shares is not the share of the time
        world.assert_kpi(run, f"ledger_{part}_share", shares | {"birth": (0.4 + 2 / 30) / 2})


def test_a_case_of_no_length_has_hours_but_no_shares(world):
    run = world.run(cases=[world.completed(world.at(7), world.at(7))])
    world.assert_kpi(run, "ledger_queue_hours", {"birth": 0.0, "birth/paper": 0.0})
    world.assert_kpi(run, "ledger_queue_share", {})
    with pytest.raises(AssertionError):
        world.assert_kpi(run, "ledger_queue_share", {"birth": 0.0, "birth/paper": 0.0})
