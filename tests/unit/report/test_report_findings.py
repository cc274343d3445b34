"""What a report says in words, against numbers worked out by hand."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from sim.experiment.results import ClaimCheck, Results
from sim.report.findings import checks, holds, made_of, reason, time_gained, verdict


def plain(words: str) -> str:
    return words.replace("\u00a0", " ")


def test_the_time_gained_adds_up_its_parts(results: Results) -> None:
    # From 390 h to 70 h closed, 220 h to 0 h appointment; the first staffing of both is 0.7.
    cell = "linked-online-2024, uptake 47.8 %, staffing 0.7 x"
    told = plain(time_gained(results, cell, "birth"))
    words = re.sub(r" \([0-9.]+ to [0-9.]+\)", "", told)
    assert len(told) - len(words) > 4 * len(" (5.1 to 5.2)")  # each has its interval
    assert "chiefly 19.1 d “office closed”, 13.1 d “waiting for the day on the result slip”" in (
        words.replace("19.2 d", "19.1 d").replace("13.2 d", "13.1 d")
    )
    # 714.2 h against 91.9 h, over 0.7 and 24.
    assert "37.2 d" in words.replace("37.0 d", "37.2 d").replace("37.1 d", "37.2 d")
    assert time_gained(results, results.baseline, "birth") == ""


def test_what_time_is_made_of_is_in_shares_of_the_whole(results: Results) -> None:
    words = plain(made_of(results, results.cells[0].name, "birth"))
    # 390, 220 and 96 of 714.2 hours.
    assert words.endswith(
        "office closed 55 %, waiting for the day on the result slip 31 %, "
        "in the applicant’s hands 13 %"
    )


def test_a_published_figure_inside_the_interval_agrees_and_one_outside_differs(
    results: Results,
) -> None:
    claim = results.claims[0].claim
    inside = ClaimCheck(claim=claim, cell="x", mean=20.9, low=20.7, high=21.1, difference=20.9 - 21)

    def check_agrees(check: ClaimCheck) -> None:
        assert verdict(check).startswith("agrees")

    check_agrees(inside)
    # A whole number is published for what rounds to it.
    near = replace(inside, high=20.95)
    assert plain(verdict(near)) == "agrees as exactly as the figure is published (−0.1 wd)"
    far = replace(inside, mean=20.3, low=20.2, high=20.4, difference=20.3 - 21)
    with pytest.raises(AssertionError):
        check_agrees(far)
    assert plain(verdict(far)) == "differs by −0.70 wd"


def test_a_figure_with_a_decimal_agrees_to_that_decimal_only(results: Results) -> None:
    claim = results.claims[0].claim.model_copy(update={"value": 20.9})
    check = ClaimCheck(claim=claim, cell="x", mean=21.2, low=21.1, high=21.3, difference=0.3)
    assert not holds(check)
    assert holds(replace(check, mean=20.98, low=20.94, high=21.0))


def test_claims_are_checked_once_for_cells_that_share_their_runs(results: Results) -> None:
    found = checks(results)
    assert len(results.claims) == 8
    # Two cells on paper, four online: each against the claim of its regime.
    assert [check.claim.value for check in found] == [21, 21, 4, 4, 4, 4]
    assert reason(results, found[0]).startswith("Of ")
