"""Numbers as a planner reads them, and what a report shows of cells."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis.estimate import Estimate
from sim.experiment.results import Results
from sim.records import LEDGER
from sim.report import headline
from sim.report.grid import Goal, goal, grids
from sim.report.view import amounts, bundles, channels, distinct, levers, shown_as, tick
from sim.report.words import (
    NOTHING,
    PARTS,
    amount,
    between,
    counted,
    decimals,
    difference,
    in_full,
    in_short,
    listed,
    none_of,
    number,
    signed,
)
from sim.wording import visible


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (number(2300), "2 300"),
        (number(-0.04, 1), "0.0"),
        (number(-1.26, 1), "−1.3"),
        (number(math.nan, 1), NOTHING),
        (signed(0.26, 1), "+0.3"),
        (signed(0.04, 1), "0.0"),
        (amount(0.982, "share"), "98.2 %"),
        (amount(4, "wd", 0), "4 wd"),
        (difference(-0.125, "share"), "−12.5 points"),
        (between(0.9, 0.95, "share"), "90.0 to 95.0"),
        (between(math.nan, math.nan), ""),
        (listed(["a"]), "a"),
        (listed(["a", "b", "c"]), "a, b and c"),
        (counted(1, "setting"), "1 setting"),
        (counted(1200, "setting"), "1 200 settings"),
    ],
)
def test_numbers_read_as_people_write_them(words: str, expected: str) -> None:
    assert words.replace("\u00a0", " ") == expected


def estimate(mean: float, low: float, high: float, unit: str = "wd", n: int = 4) -> Estimate:
    return Estimate(
        variant="x", kpi="working_days_mean", group="birth", mean=mean, low=low, high=high, n=n,
        unit=unit,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (in_full(estimate(3.42, 3.3, 3.5), 4), "3.4 working days (95 % interval 3.3 to 3.5)"),
        (in_full(estimate(0.931, 0.92, 0.94, "share"), 4), "93.1 % (95 % interval 92.0 to 94.0)"),
        (in_short(estimate(3.42, 3.3, 3.5), 4), "3.4 wd (3.3 to 3.5)"),
        # Three of four replications had a value; then one.
        (in_short(estimate(3.42, 3.3, 3.5, n=3), 4), "3.4 wd (3.3 to 3.5, n = 3)"),
        (
            in_full(estimate(3.42, math.nan, math.nan, n=1), 4),
            "3.4 working days (n = 1, no interval)",
        ),
    ],
)
def test_a_mean_is_shown_with_its_interval_and_what_that_rests_on(
    words: str, expected: str
) -> None:
    assert words.replace("\u00a0", " ") == expected


def share(kpi: str, mean: float, out_of: int = 4400, baseline: str = "") -> Estimate:
    return Estimate(
        variant="x", baseline=baseline, kpi=kpi, group="birth", mean=mean, low=0.9992 * mean,
        high=mean or 0.0008, n=4, unit="share", out_of=out_of,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (share("on_time_share", 1), "0 of 4 400 late"),
        (share("paid_online_share", 1), "all of 4 400"),
        (share("rejected_share", 0), "0 of 4 400"),
        (share("on_time_share", 0.9999), ""),
        # No counts; a difference.
        (share("utilisation", 1, out_of=0), ""),
        (share("on_time_share", 0, baseline="y"), ""),
    ],
)
def test_a_share_of_none_or_all_is_told_as_a_count(found: Estimate, expected: str) -> None:
    assert none_of(found).replace("\u00a0", " ") == expected


def test_the_count_stands_beside_the_share_and_its_interval() -> None:
    def check(words: str, expected: str) -> None:
        assert words.replace("\u00a0", " ") == expected

    all_ = share("on_time_share", 1)
    check(in_full(all_, 4), "100.00 % (0 of 4 400 late, 95 % interval 99.92 to 100.00)")
    check(in_short(all_, 4), "100.00 % (0 of 4 400 late, 99.92 to 100.00)")
    check(headline.text(all_, places=1, replications=4), "100.0 (0 of 4 400 late, 99.9 to 100.0)")
    none = share("rejected_share", 0)
    check(headline.text(none, places=1, replications=4), "0.0 ± 0.1")
    with pytest.raises(AssertionError):  # the twin: one of them late
        check(in_short(share("on_time_share", 4399 / 4400), 4), "100.00 % (0 of 4 400 late)")


def test_what_steers_a_terminal_or_turns_a_text_is_written_out() -> None:
    assert visible("a\u202eb\x1b[31mc\u2066") == "a\\u202eb\\x1b[31mc\\u2066"
    assert visible("Nghệ An\n\tthẻ") == "Nghệ An\n\tthẻ"


def test_narrow_intervals_show_a_second_decimal() -> None:
    assert decimals([0.02, 0.03, 0.4], "wd") == 2
    assert decimals([0.2, 0.3, 0.04], "wd") == 1
    # The same width is a hundred times as wide in percent.
    assert decimals([0.02], "share") == 1
    assert decimals([math.nan], "wd") == 1


def test_money_is_shown_in_whole_units_unless_it_is_known_better() -> None:
    assert decimals([1_250.0], "VND") == decimals([math.nan], "đồng a year") == 0
    assert decimals([0.25], "USD") == 1
    assert decimals([1_250.0], "h") == 1


def test_every_part_of_the_ledger_has_words_in_its_order() -> None:
    assert [f"{part}_time" for part in PARTS] == list(LEDGER)


def test_settings_are_numbers_only_in_one_unit() -> None:
    assert amounts(["47.8 %", "95 %"]) == {"47.8 %": 47.8, "95 %": 95.0}
    assert amounts(["0.7 x", "1 x"]) == {"0.7 x": 0.7, "1 x": 1.0}
    assert amounts(["47.8 %", "0.7 x"]) is None
    assert amounts(["separate-2006", "linked-online-2024"]) is None
    assert tick("0.7 x") == "×\u00a00.7"
    assert tick("47.8 %") == "47.8\u00a0%"


def test_the_bundle_of_the_target_and_of_the_claims_is_what_a_report_is_about(
    results: Results,
) -> None:
    assert bundles(results) == ("birth",)
    assert channels(results, results.cells[-1].name, "birth") == ("birth/online", "birth/paper")
    assert channels(results, results.cells[0].name, "birth") == ("birth/paper",)


def test_cells_that_share_their_runs_are_shown_once_without_the_lever_that_does_not_matter(
    results: Results,
) -> None:
    shown = distinct(results)
    assert len(results.cells) == 8
    assert [each.stands_for for each in shown] == [2, 2, 1, 1, 1, 1]
    assert shown[0].group == "Three offices, on paper (law of 2006)"
    assert shown[0].rest == "Staff ×\u00a00.7"
    assert shown[0].settings == (("uptake", "any"), ("staffing", "×\u00a00.7"))
    assert "Share filed online 47.8\u00a0%" in shown[2].label
    # The third cell has the runs of the first.
    assert shown_as(results, results.cells[2].name) == shown[0].label
    assert [lever.name for lever in levers(results)] == ["regime", "uptake", "staffing"]


def test_a_single_cell_is_called_by_its_name(one: Results) -> None:
    assert [each.label for each in distinct(one)] == [one.cells[0].name]


def test_a_grid_has_the_means_of_its_cells_in_their_places(results: Results) -> None:
    panels = grids(results, "working_days_mean", "birth")
    assert [panel.title for panel in panels] == [
        "Three offices, on paper (law of 2006)",
        "One form, online (Decree 63/2024)",
    ]
    panel = panels[1]
    assert (panel.across.name, panel.down.name) == ("uptake", "staffing")

    def check(row: int, column: int, cell: str) -> None:
        found = results.estimate(cell, "working_days_mean", "birth")
        assert found is not None
        assert panel.mean[row, column] == found.mean
        assert (panel.low[row, column], panel.high[row, column]) == (found.low, found.high)

    check(1, 0, "linked-online-2024, uptake 47.8 %, staffing 1 x")
    with pytest.raises(AssertionError):
        check(0, 1, "linked-online-2024, uptake 47.8 %, staffing 1 x")


def test_a_target_is_kept_at_its_bound_and_never_without_a_value() -> None:
    means = np.array([3.9, 4.0, 4.1, math.nan])
    at_most = Goal(kpi="working_days_mean", value=4.0, at_most=True)
    assert at_most.is_met(means).tolist() == [True, True, False, False]
    at_least = Goal(kpi="on_time_share", value=0.9, at_most=False)
    assert at_least.is_met(np.array([0.89, 0.9])).tolist() == [False, True]
    assert at_most.words == "at most 4\u00a0wd"
    assert at_least.words == "at least 90\u00a0%"
    none = Goal(kpi="working_days_mean", value=None, at_most=True)
    assert not none.is_met(means).any()


def test_the_goal_of_a_bundle_without_a_target_is_its_working_days(results: Results) -> None:
    assert goal(results, "birth").value == 4
    assert goal(results, "death") == Goal(kpi="working_days_mean", value=None, at_most=True)
