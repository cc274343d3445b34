"""What the answer box says: verdicts first, like beside like, limits, and what spoils a mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.experiment.results import Results
from sim.report.answer import answer
from sim.report.cautions import cautions
from sim.report.limits import limits
from sim.units import WEEK
from sim.workload import RoleLoad

SEPARATE = "Three offices, on paper (law of 2006)"
LINKED = "One form, online (Decree 63/2024)"


def plain(sentences: tuple[str, ...]) -> list[str]:
    return [sentence.replace("\u00a0", " ") for sentence in sentences]


def with_means(results: Results, kpi: str, mean: float) -> Results:
    """The same study with one mean for a KPI in every setting, and no interval around it."""
    return replace(
        results,
        estimates=tuple(
            replace(each, mean=mean, low=mean, high=mean) if each.kpi == kpi else each
            for each in results.estimates
        ),
    )


def test_the_verdict_on_each_published_figure_comes_first(results: Results) -> None:
    sentences = plain(answer(results, "birth"))
    assert sentences[0].startswith(f"Published 21 wd for “{SEPARATE}”: the simulation ")
    assert sentences[1].startswith(f"Published 4 wd for “{LINKED}”, filed online: the simulation ")
    assert "in all 4 settings" in sentences[1]
    assert all("calendar days" in sentence for sentence in sentences[:2])
    assert not answer(replace(results, claims=()), "birth")[0].startswith("Published")


def test_the_target_counts_settings_once_by_regime_and_names_the_lowest_that_keeps_it(
    results: Results,
) -> None:
    (sentence,) = (s for s in plain(answer(results, "birth")) if s.startswith("The target"))
    # Eight cells are six settings: on paper uptake does not matter.
    assert "kept on average in 2 of 6 settings" in sentence
    assert f"0 of 2 with “{SEPARATE}”" in sentence
    assert f"2 of 4 with “{LINKED}”, at the lowest with “Share filed online 95 %, Staff × 0.7”" in (
        sentence
    )
    assert "Staff × 1”" not in sentence


def test_of_settings_that_are_as_good_the_lowest_is_named(line: Results) -> None:
    tied = with_means(line, "working_days_mean", 3.0)
    (sentence,) = (s for s in plain(answer(tied, "birth")) if s.startswith("The target"))
    assert "3 of 3 settings" in sentence
    assert "at the lowest with “Share filed online 0 %”, 3.0 wd" in sentence
    assert "100 %" not in sentence


def test_settings_are_compared_one_lever_at_a_time(results: Results) -> None:
    sentences = plain(answer(results, "birth"))
    (regime,) = (s for s in sentences if " instead of “" in s)
    # Like with like: both at the uptake and staff of the baseline.
    assert regime.startswith(
        f"“{LINKED}” instead of “{SEPARATE}” (at Share filed online 47.8 % and Staff × 0.7): "
    )
    assert "calendar days" in regime
    (staff,) = (s for s in sentences if s.startswith("Staff from × 0.7 to × 1 "))
    assert "(at Share filed online 47.8 %)" in staff
    assert SEPARATE in staff
    assert LINKED in staff
    (uptake,) = (s for s in sentences if s.startswith("Share filed online from 47.8 % to 95 %"))
    # On paper it does not matter.
    assert SEPARATE not in uptake
    assert not any("Share filed online 95 %, Staff × 1”" in s for s in sentences)


def test_a_study_of_one_setting_says_its_mean_its_calendar_days_and_what_they_rest_on(
    one: Results,
) -> None:
    sentences = plain(answer(one, "birth"))
    (chief,) = (s for s in sentences if s.startswith("Working days"))
    assert "working days (n = 1, no interval)" in chief
    assert "calendar days from filing to end" in chief
    assert not any("95 % interval" in s for s in sentences)


def test_the_answer_of_a_bundle_that_has_no_numbers_is_empty(results: Results) -> None:
    assert answer(results, "death") == ()


def test_limits_stand_by_regime_and_channel_with_their_extensions(
    results: Results, one: Results
) -> None:
    assert plain(tuple(limits(results, "birth"))) == [
        f"Legal limit: “{SEPARATE}” none; “{LINKED}” 3 wd (extended for 12.0 % of the cases, to "
        "5 wd) filed online, 12 wd filed paper."
    ]
    bare = replace(one, histograms=())
    assert list(limits(bare, "birth")) == []


def load(office: str | None, share: float) -> RoleLoad:
    return RoleLoad(
        role="officer", level="commune", office=office, n_people=1, offered=share, load=share,
        lasting=share, shared_with=(),
    )  # fmt: skip


def test_offices_that_cannot_keep_up_are_named_with_their_load_the_worst_first(
    one: Results,
) -> None:
    offices = tuple(
        load(name, x) for name, x in zip("ABCDE", (1.1, 1.28, 1.0, 1.2, 1.3), strict=True)
    )
    (sentence,) = (
        s
        for s in plain(cautions(replace(one, overloads={one.cells[0].name: offices}), "birth"))
        if s.startswith("Cannot keep up")
    )
    assert (
        "Civil-status officer at E (130 % load), B (128 % load), D (120 % load) and 2 more."
    ) in sentence
    assert not any(s.startswith("Cannot keep up") for s in cautions(one, "birth"))


def test_a_log_that_does_not_fit_is_not_said_to_grow_without_end(one: Results) -> None:
    listed = replace(load("B", 1.28), lasting=0.0)
    cell = one.cells[0].name
    found = plain(cautions(replace(one, overloads={cell: (load("A", 1.1), listed)}), "birth"))
    assert found[0].startswith("Cannot keep up: Civil-status officer at A (110 % load). Where")
    assert found[1] == (
        "Too much for the run: Civil-status officer at B (128 % load). The filings of the log are "
        "more work there than its people can do until the run ends."
    )
    many = replace(with_means(one, "open_share", 0.15), overloads={cell: (listed,)})
    assert "give period.run_out at least" in plain(cautions(many, "birth"))[1]


def test_only_the_settings_that_cannot_keep_up_are_named(results: Results) -> None:
    cell = results.cells[0].name
    found = plain(cautions(replace(results, overloads={cell: (load(None, 1.04),)}), "birth"))
    assert f"Cannot keep up with “{SEPARATE}, Staff × 0.7”" in found[0]
    assert "over all offices (104 % load)" in found[0]


def test_cases_still_open_are_told_with_their_share_and_the_run_out_that_would_let_them_end(
    one: Results,
) -> None:
    many = with_means(one, "open_share", 0.15)
    (sentence,) = plain(cautions(many, "birth"))
    assert "Still open when the run ended: 15.0 % of the measured cases." in sentence
    weeks = 2 * one.cells[0].scenario.spec.period.run_out // WEEK
    assert f"give period.run_out at least {weeks} weeks" in sentence
    overloaded = replace(many, overloads={one.cells[0].name: (load(None, 1.1),)})
    assert "does not help" in plain(cautions(overloaded, "birth"))[1]
    assert cautions(with_means(one, "open_share", 0.0), "birth") == ()


@pytest.mark.parametrize("kpi", ["working_days_mean", "sojourn_days_mean"])
def test_the_answer_does_not_need_every_kpi(results: Results, kpi: str) -> None:
    bare = replace(results, estimates=tuple(each for each in results.estimates if each.kpi != kpi))
    assert answer(bare, "birth") == () if kpi == "working_days_mean" else answer(bare, "birth")
