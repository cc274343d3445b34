"""What is not there is told with its reason."""

from __future__ import annotations

from dataclasses import replace

from sim.experiment.results import Omission, Results
from sim.report.gaps import gaps, has_cases, omissions


def without(results: Results, *kpis: str) -> Results:
    kept = tuple(each for each in results.estimates if each.kpi not in kpis)
    return replace(results, estimates=kept)


def test_where_all_is_there_nothing_is_told(one: Results) -> None:
    assert gaps(one, "birth") == ()
    assert omissions(one) == ()


def test_a_window_without_cases_says_so_and_nothing_else(one: Results) -> None:
    none = tuple(
        replace(each, mean=0.0) if each.kpi == "n_cases" else each for each in one.estimates
    )
    empty = replace(one, estimates=none)
    assert not has_cases(empty, "birth")
    (sentence,) = gaps(empty, "birth")
    assert sentence.startswith("No case in the measured window")
    assert has_cases(one, "birth")  # twin


def test_a_bundle_without_a_limit_says_so(one: Results) -> None:
    (sentence,) = gaps(without(one, "on_time_share"), "birth")
    assert sentence == "There is no legal limit, so nothing is on time or late."


def test_without_a_legal_clock_calendar_days_are_told(one: Results) -> None:
    (sentence,) = gaps(without(one, "working_days_mean", "on_time_share"), "birth")
    assert sentence.startswith("No working days: no legal clock ran to its end. From start to end")
    found = one.estimate(one.cells[0].name, "sojourn_days_mean", "birth")
    assert found is not None
    assert f"{found.mean:.1f}\u00a0d" in sentence


def test_a_setting_that_was_not_run_is_named_with_its_reason(one: Results) -> None:
    omission = Omission(cell="staffing 0.1 x", settings={}, reason="clerk: too much to do")
    assert omissions(replace(one, omissions=(omission,))) == (
        "“staffing 0.1 x”: clerk: too much to do",
    )
