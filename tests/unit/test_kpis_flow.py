"""Numbers of cases and how they end, by hand."""

from __future__ import annotations

import pytest

NONE = {"birth": 0, "birth/paper": 0, "birth/online": 0, "everyday": 0, "everyday/paper": 0}


@pytest.fixture
def run(world):
    at = world.at
    return world.run(
        cases=[
            world.completed(at(7), at(9), n_returns=1),
            {"arrives_at": at(20, 23), "ended_at": at(21), "outcome": 2},
            {"arrives_at": at(8), "channel": 1},
            {"arrives_at": at(8), "ended_at": at(9), "outcome": 3, "channel": 1},
            world.completed(at(8), at(9), bundle=1),
            {"arrives_at": at(25)},  # open, after the measured window
            {"arrives_at": at(6), "n_returns": 1},  # open, before it
        ],
    )


@pytest.mark.parametrize(
    ("kpi", "expected"),
    [
        ("n_cases", {"birth": 4, "birth/paper": 2, "birth/online": 2, "everyday": 1}),
        ("n_open", {"birth": 1, "birth/paper": 0, "birth/online": 1, "everyday": 0}),
        ("open_share", {"birth": 1 / 4, "birth/paper": 0, "birth/online": 1 / 2, "everyday": 0}),
        ("rejected_share", {"birth": 1 / 4, "birth/paper": 0.5, "birth/online": 0, "everyday": 0}),
        (
            "other_outcome_share",
            {"birth": 1 / 4, "birth/paper": 0, "birth/online": 0.5, "everyday": 0},
        ),
        ("returned_share", {"birth": 1 / 4, "birth/paper": 0.5, "birth/online": 0, "everyday": 0}),
    ],
)
def test_counts_and_shares_are_over_all_measured_cases(world, run, kpi, expected):
    expected = expected | {"everyday/paper": expected["everyday"]}
    world.assert_kpi(run, kpi, expected)
    with pytest.raises(AssertionError):  # over the cases that ended, the open one dropped
        world.assert_kpi(run, kpi, expected | {"birth": expected["birth"] * 4 / 3})


def test_the_stock_at_the_end_holds_every_open_case(world, run):
    world.assert_kpi(run, "open_cases_at_end", {"birth": 3, "everyday": 0})
    with pytest.raises(AssertionError):  # the measured ones only
        world.assert_kpi(run, "open_cases_at_end", {"birth": 1, "everyday": 0})


def test_the_measured_window_is_closed_on_the_left_and_open_on_the_right(world):
    instants = [world.at(7) - 1, world.at(7), world.at(21) - 1, world.at(21)]
    run = world.run(cases=[{"arrives_at": t} for t in instants])
    world.assert_kpi(run, "n_cases", NONE | {"birth": 2, "birth/paper": 2})
    with pytest.raises(AssertionError):
        world.assert_kpi(run, "n_cases", NONE | {"birth": 3, "birth/paper": 3})
