"""Intervals hold a known answer as often as they say, over many studies of it.

Seeds are fixed.  A coverage may lie 4.42 standard errors below 95 %, and above it where an interval
is not meant to be cautious: with a true 95 %, one test in 100,000 would fail by chance.
"""

from __future__ import annotations

import math

import pytest
from intervals import CASES, Trial, clustered, coverage, of_queue, student

FEW = 1_000
"""Cases a replication."""


def allowed(macro_runs: int) -> float:
    """How far a coverage may lie from 95 % by chance."""
    return 4.42 * math.sqrt(0.95 * 0.05 / macro_runs)


def on_time(share: float, size: float, *, cases: int = CASES) -> Trial:
    """Shares on time where cases are late in clusters of a mean size, of 2,000 studies."""
    late = clustered(1 - share, size, (2_000, 10), cases, seed=20250106)
    return Trial(model="", quantity="", truth=share, values=1 - late / cases, out_of=cases)


@pytest.mark.parametrize(("size", "n"), [(5, 4), (10, 10)])
def test_a_share_near_all_is_covered_though_its_cases_come_in_clusters(size: int, n: int) -> None:
    trial = on_time(0.99, size, cases=FEW)
    least = 0.95 - allowed(len(trial.values))
    assert coverage(trial, n) > least
    assert not coverage(trial, n, student) > least  # twin: Student's interval


@pytest.mark.parametrize("n", [4, 10])
def test_a_share_in_the_middle_is_covered_no_more_often_than_said(n: int) -> None:
    trial = on_time(0.56, 5)
    assert abs(coverage(trial, n) - 0.95) < allowed(len(trial.values))
    other = on_time(0.55, 5)
    missed = Trial(model="", quantity="", truth=0.56, values=other.values, out_of=CASES)
    assert not abs(coverage(missed, n) - 0.95) < allowed(len(trial.values))  # twin


def test_a_share_of_which_nearly_every_study_sees_none_late_is_covered() -> None:
    trial = on_time(0.99993, 3)
    assert coverage(trial, 4) > 0.95
    assert not coverage(trial, 4, student) > 0.5  # twin: an interval of width 0


def test_waits_and_what_quicker_service_saves_of_them_are_covered() -> None:
    n_studies = 400
    trials = [each for each in of_queue(n_studies, 4) if "share" not in each.quantity]
    assert len(trials) == 6
    for trial in trials:
        assert abs(coverage(trial, 4) - 0.95) < allowed(n_studies), trial.quantity
        wrong = Trial(
            model="", quantity="", truth=1.5 * trial.truth, values=trial.values, base=trial.base
        )
        assert not abs(coverage(wrong, 4) - 0.95) < allowed(n_studies)  # twin


def test_a_paired_difference_of_shares_is_covered_where_half_of_the_late_cases_are_mended() -> None:
    trial = on_time(0.99, 5, cases=FEW)
    half = Trial(
        model="", quantity="", truth=0.005, values=(1 + trial.values) / 2, base=trial.values,
        out_of=FEW,
    )  # fmt: skip
    assert coverage(half, 10) > 0.95 - allowed(2_000)
    wrong = Trial(model="", quantity="", truth=0.01, values=half.values, base=half.base, out_of=FEW)
    assert not coverage(wrong, 10) > 0.95 - allowed(2_000)  # twin
