"""Working days and shares on time, by hand."""

from __future__ import annotations

import pytest


def received(world, day, **rest):
    """A case received at eight in the morning, under a limit of three working days."""
    at = world.at(day, 8)
    start = {"arrives_at": at, "received_at": at, "received_day": day, "limit_days": 3}
    return start | rest


def done(world, working_days, **rest):
    end = {"outcome": 1, "ended_at": world.at(20), "working_days": working_days}
    return received(world, 8) | end | rest


@pytest.mark.parametrize(
    ("statistic", "birth"), [("mean", 7 / 3), ("median", 2.0), ("p90", 3.6), ("p95", 3.8)]
)
def test_working_days_are_those_of_completed_bundles(world, statistic, birth):
    cases = [done(world, 2), done(world, 4), done(world, 1), received(world, 8)]
    run = world.run(cases=cases)
    kpi = f"working_days_{statistic}"
    world.assert_kpi(run, kpi, {"birth": birth, "birth/paper": birth})
    cases[0] = done(world, 3)
    with pytest.raises(AssertionError):
        world.assert_kpi(world.run(cases=cases), kpi, {"birth": birth, "birth/paper": birth})


def test_working_days_of_dossiers_are_kept_by_procedure(world):
    cases = [done(world, 4), {"arrives_at": world.at(6)}]
    dossiers = [
        {"procedure": 0, "working_days": 1},
        {"procedure": 1, "working_days": 4},
        {"procedure": 1, "working_days": 2},
        {"procedure": 1},
        {"case": 1, "procedure": 1, "working_days": 30},  # of a case before the measured window
    ]
    expected = {"birth/registration": 1.0, "birth/residence": 3.0}
    kpi = "dossier_working_days_mean"
    world.assert_kpi(world.run(cases=cases, dossiers=dossiers), kpi, expected)
    cases[1] = {"arrives_at": world.at(7)}
    with pytest.raises(AssertionError):
        world.assert_kpi(world.run(cases=cases, dossiers=dossiers), kpi, expected)


def test_a_case_is_on_time_if_its_working_days_do_not_exceed_its_limit(world):
    cases = [done(world, 3), done(world, 4), done(world, 0, channel=1)]
    expected = {"birth": 2 / 3, "birth/paper": 1 / 2, "birth/online": 1.0}
    world.assert_kpi(world.run(cases=cases), "on_time_share", expected)
    cases[0]["working_days"] = 4
    with pytest.raises(AssertionError):
        world.assert_kpi(world.run(cases=cases), "on_time_share", expected)


# Received on Monday 20 January, day 14.  The run ends with day 27, a Sunday; a result on Monday,
# day 28, would be there on the tenth working day.
@pytest.mark.parametrize(
    ("limit", "stopped", "is_late"), [(9, 0, True), (10, 0, False), (8, 1, True), (8, 2, False)]
)
def test_an_open_case_is_late_once_no_result_can_be_in_time(world, limit, stopped, is_late):
    open_case = received(world, 14, limit_days=limit, stopped_days=stopped)
    run = world.run(cases=[done(world, 1), open_case])
    share, waiting = (0.5, 0) if is_late else (1.0, 1)
    world.assert_kpi(run, "on_time_share", {"birth": share, "birth/paper": share})
    counts = {"birth": waiting, "birth/paper": waiting, "birth/online": 0, "everyday": 0}
    world.assert_kpi(run, "n_not_yet_due", counts | {"everyday/paper": 0})
    with pytest.raises(AssertionError):  # dropping the open case in silence
        world.assert_kpi(run, "on_time_share", {"birth": 1.5 - share, "birth/paper": 1.5 - share})


@pytest.mark.parametrize(
    "left_out",
    [
        {"outcome": 2, "ended_at": 10**12},  # rejected
        {"outcome": 3, "ended_at": 10**12},  # withdrawn
        {"limit_days": -1},
        {"received_at": -(2**62), "received_day": -1, "limit_days": -1},
        {"outcome": 1, "ended_at": 10**12},  # completed without a result
    ],
)
def test_a_case_without_limit_or_ended_without_result_is_neither_late_nor_due(world, left_out):
    cases = [done(world, 2), received(world, 7) | left_out]
    run = world.run(cases=cases)
    world.assert_kpi(run, "on_time_share", {"birth": 1.0, "birth/paper": 1.0})
    assert not any(world.values(run, "n_not_yet_due").values())
    cases[1] = received(world, 7)
    with pytest.raises(AssertionError):
        world.assert_kpi(
            world.run(cases=cases), "on_time_share", {"birth": 1.0, "birth/paper": 1.0}
        )


def test_a_case_received_before_the_start_of_the_run_may_have_day_minus_one(world):
    case = done(world, 2, received_at=world.at(-1, 9), received_day=-1)
    world.assert_kpi(world.run(cases=[case]), "on_time_share", {"birth": 1.0, "birth/paper": 1.0})
    case["received_at"] = -(2**62)
    with pytest.raises(AssertionError):
        world.assert_kpi(
            world.run(cases=[case]), "on_time_share", {"birth": 1.0, "birth/paper": 1.0}
        )


def test_a_dossier_counts_with_its_result_even_if_its_case_is_rejected_later(world):
    cases = [
        done(world, 2),
        received(world, 8, outcome=2, ended_at=world.at(9)),
        received(world, 8),
    ]
    dossiers = [
        {"case": 0, "procedure": 0, "limit_days": 0, "working_days": 0},
        {"case": 0, "procedure": 1, "limit_days": 2, "working_days": 2},
        {"case": 1, "procedure": 0, "limit_days": 0, "working_days": 0},
        {"case": 1, "procedure": 1, "limit_days": 2},  # never decided: left out
        {"case": 2, "procedure": 0, "limit_days": 0},  # open, past its limit
        {"case": 2, "procedure": 1, "limit_days": 60},  # open, not yet due
    ]
    run = world.run(cases=cases, dossiers=dossiers)
    expected = {"birth/registration": 2 / 3, "birth/residence": 1.0}
    world.assert_kpi(run, "dossier_on_time_share", expected)
    counts = {"birth/registration": 0, "birth/residence": 1}
    world.assert_kpi(run, "n_dossiers_not_yet_due", counts)
    with pytest.raises(AssertionError):
        world.assert_kpi(run, "dossier_on_time_share", expected | {"birth/registration": 1.0})
    with pytest.raises(AssertionError):
        world.assert_kpi(run, "n_dossiers_not_yet_due", counts | {"birth/residence": 2})
