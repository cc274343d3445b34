"""What a case costs the applicant, by hand."""

from __future__ import annotations

import pytest

from sim.units import MINUTE


@pytest.mark.parametrize(
    ("kpi", "column", "unit"),
    [
        ("trips", "n_trips", 1),
        ("times_given", "n_given", 1),
        ("copies", "n_copies", 1),
        ("own_hours", "own_time", 60 * MINUTE),
    ],
)
def test_the_burden_is_the_mean_over_completed_cases(world, kpi, column, unit):
    cases = [
        world.completed(world.at(7), world.at(8)) | {column: 5 * unit},
        world.completed(world.at(7), world.at(8)) | {column: 2 * unit},
        world.completed(world.at(7), world.at(8), channel=1) | {column: 0},
        {"arrives_at": world.at(7), column: 9 * unit},  # open
        {"arrives_at": world.at(7), "ended_at": world.at(8), "outcome": 2, column: 9 * unit},
        world.completed(world.at(6), world.at(8)) | {column: 9 * unit},  # not measured
    ]
    expected = {"birth": 7 / 3, "birth/paper": 3.5, "birth/online": 0.0}
    world.assert_kpi(world.run(cases=cases), kpi, expected)
    cases[3]["outcome"] = 1
    with pytest.raises(AssertionError):
        world.assert_kpi(world.run(cases=cases), kpi, expected)
