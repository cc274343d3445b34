"""Verdicts: what is said of a difference holds, also where several are judged together."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

import sim
from sim.analysis.estimate import Interval
from sim.analysis.verdicts import Finding, Judgement, Pair, judge
from sim.answers.verdicts import MEANINGS, Verdict, family, verdict_columns, verdicts
from sim.errors import RequestError
from sim.experiment.columns import read_columns
from sim.experiment.plan import plan_compare, plan_sweep
from sim.experiment.request import request
from sim.experiment.results import Results
from sim.experiment.study import run_study
from sim.report.answer import answer
from sim.report.page import page
from sim.report.pictures import Pictures
from sim.report.tables import show_results
from sim.report.verdicts import verdict_words

SMALL = str(Path(__file__).parents[1] / "data" / "small.yaml")


def pair(values: Any, margin: float = 1.0) -> Pair:
    variant = np.asarray(values, float)
    return Pair(
        base=np.zeros(len(variant)),
        variant=variant,
        out_of=np.zeros(len(variant), np.int64),
        margin=margin,
    )


def around(mean: float, *, n: int = 10, spread: float = 1.0) -> Any:
    """Values of an exact mean and spread."""
    values = np.random.default_rng(n).normal(size=n)
    return mean + spread * (values - values.mean()) / values.std(ddof=1)


def findings(pairs: list[Pair]) -> list[Finding]:
    return [each.finding for each in judge(pairs)]


# ------------------------------------------------------------------------------------- judging


def test_one_difference_is_judged_by_its_interval() -> None:
    means = {2.0: "more", -2.0: "less", 0.1: "alike", 0.5: "unknown"}
    for mean, finding in means.items():
        (found,) = judge([pair(around(mean))])
        assert (found.finding, found.judged, found.n_together) == (finding, found.interval, 1)
    assert findings([pair(around(0.1), margin=0.5)]) == ["unknown"]  # twin: a narrower margin


def p_value(each: Pair) -> float:
    """The level at which the interval just reaches 0."""
    low, high = 1e-12, 1 - 1e-12
    for _ in range(40):
        middle = (low + high) / 2
        found = each.interval(1 - middle)
        low, high = (low, middle) if found.low > 0 or found.high < 0 else (middle, high)
    return high


def by_holm(pairs: list[Pair], level: float = 0.05) -> set[int]:
    """The hypotheses rejected, as Holm's paper has it: by p-values in order."""
    found = [p_value(each) for each in pairs]
    rejected = set()
    for step, i in enumerate(sorted(range(len(pairs)), key=found.__getitem__)):
        if found[i] > level / (len(pairs) - step):
            break
        rejected.add(i)
    return rejected


def test_several_differences_are_told_as_in_the_step_down_of_holm() -> None:
    random = np.random.default_rng(5)
    n_seen = n_unadjusted = 0
    for _ in range(25):
        pairs = [pair(random.normal(mean, 1, 12)) for mean in (0, 0.5, 0.8, 0.9, 2)]
        told = {i for i, found in enumerate(findings(pairs)) if found in ("less", "more")}
        assert told == by_holm(pairs)
        alone = {i for i in range(5) if findings([pairs[i]]) in (["less"], ["more"])}
        n_seen += len(told)
        n_unadjusted += alone != told
    assert n_seen > 25
    assert n_unadjusted > 3  # twin: each by itself would tell other ones


def test_where_there_is_no_difference_none_is_told_more_often_than_said() -> None:
    random = np.random.default_rng(20261126)
    n = 400
    together = alone = 0
    for _ in range(n):
        pairs = [pair(each) for each in random.normal(0, 1, (5, 10))]
        together += any(found in ("less", "more") for found in findings(pairs))
        alone += any(findings([each])[0] in ("less", "more") for each in pairs)
    most = 0.05 + 4.42 * math.sqrt(0.05 * 0.95 / n)
    assert together / n < most
    assert not alone / n < most  # twin: without judging together


def test_a_difference_as_large_as_the_margin_is_seldom_called_alike() -> None:
    random = np.random.default_rng(20261126)
    n = 1_000
    values = random.normal(1.0, 0.5, (n, 12))
    wrong = sum(findings([pair(each)]) == ["alike"] for each in values) / n
    most = 0.05 + 4.42 * math.sqrt(0.05 * 0.95 / n)
    assert wrong < most
    inside = sum(findings([pair(each - 0.9)]) == ["alike"] for each in values) / n
    assert not inside < most  # twin: a difference well within


def test_the_same_runs_are_alike_and_no_part_of_the_family() -> None:
    same = Pair(base=np.ones(5), variant=np.ones(5), out_of=None, margin=0.0)
    found = judge([same, pair(around(2.0))])
    assert [(each.finding, each.n_together) for each in found] == [("alike", 1), ("more", 1)]
    other = Pair(base=np.ones(5), variant=np.ones(5) + 1e-9 * np.arange(5), out_of=None, margin=0.0)
    assert judge([other])[0].finding != "alike"  # twin


def test_without_an_interval_nothing_is_told() -> None:
    (found,) = judge([pair([3.0])])
    assert (found.finding, found.needed) == ("unknown", 0)
    assert findings([pair([3.0, 3.1, 3.05])]) == ["more"]  # twin


@pytest.mark.parametrize(("mean", "margin"), [(0.5, 0.2), (0.1, 0.6), (0.2, 0.3)])
def test_the_forecast_of_what_would_tell_is_about_right(mean: float, margin: float) -> None:
    (found,) = judge([pair(around(mean), margin)])
    assert found.finding == "unknown"
    told = [pair(around(mean, n=n), margin) for n in (found.needed, found.needed // 3)]
    assert findings([told[0]]) != ["unknown"]
    assert findings([told[1]]) == ["unknown"]  # twin: far fewer would not


# --------------------------------------------------------------------------------------- words


def said(
    finding: Finding, mean: float, low: float, high: float, unit: str = "wd", needed: int = 0
) -> str:
    interval = Interval(mean=mean, low=low, high=high, n=20, confidence=0.95)
    judgement = Judgement(
        finding=finding, interval=interval, judged=interval, margin=0.4, needed=needed, n_together=1
    )
    return verdict_words(
        Verdict(variant="a", baseline="b", kpi="k", group="g", unit=unit, judgement=judgement)
    ).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (("less", -17.3, -17.7, -16.9), "shorter by 17.3 (16.9 to 17.7) wd"),
        (("more", 0.52, 0.5, 0.54), "longer by 0.52 (0.50 to 0.54) wd"),
        (("more", 0.3, 0.2, 0.4), "longer by 0.3 (0.2 to 0.4) wd, too little to matter"),
        (("less", -0.532, -0.535, -0.529, "share"), "lower by 53.2 (52.9 to 53.5) points"),
        (("more", 2.0, 1.5, 2.5, "trips"), "higher by 2.0 (1.5 to 2.5) trips"),
        (("alike", 0.1, -0.11, 0.31), "no difference larger than 0.4 wd (−0.1 to 0.3)"),
        (("alike", 0.0, 0.0, 0.0), "no difference"),
        (("unknown", 0.25, -0.4, 0.9), "cannot tell (−0.4 to 0.9 wd)"),
        (
            ("unknown", 0.25, -0.4, 0.9, "wd", 143),
            "cannot tell (−0.4 to 0.9 wd); about 130 more replications would tell",
        ),
        (
            ("unknown", 0.25, math.nan, math.nan),
            "cannot tell: 20 pairs of replications, no interval",
        ),
    ],
)
def test_a_verdict_in_words(found: Any, words: str) -> None:
    assert said(*found) == words
    other = ("alike" if found[0] != "alike" else "more", 0.6, 0.5, 0.7)
    assert said(*other) != words


# --------------------------------------------------------------------------------- of a study


def compared(**wanted: Any) -> Results:
    how: dict[str, Any] = {"command": "x", "replications": 4, "workers": 1, "engine": "fast"}
    return run_study(request(plan_compare(SMALL), **how | wanted)).results


@pytest.fixture(scope="module")
def results() -> Results:
    return compared()


def test_a_study_is_judged_on_its_target_and_on_what_is_always_asked(results: Results) -> None:
    found = {each.kpi: each for each in verdicts(results)}
    assert list(found) == ["working_days_mean", "sojourn_days_mean", "on_time_share"]
    days = found["sojourn_days_mean"]
    row = results.difference("online", "sojourn_days_mean", "residence")
    base = results.estimate("paper", "sojourn_days_mean", "residence")
    assert row is not None
    assert base is not None
    assert (days.finding, days.judgement.interval.low) == ("less", row.low)
    assert days.judgement.margin == pytest.approx(0.05 * base.mean)
    assert found["on_time_share"].judgement.margin == 0.01
    assert found["on_time_share"].finding == "unknown"
    assert days.judgement.interval.low != row.high  # twin


def test_the_margin_is_twice_the_precision_asked_for() -> None:
    asked = compared(precision=[("sojourn_days_mean", "0.5 d")], replications=10)
    (found,) = family(asked, "sojourn_days_mean", "residence")
    assert found.judgement.margin == 1.0
    (other,) = family(asked, "working_days_mean", "residence")
    assert other.judgement.margin != 1.0  # twin


def test_cells_that_share_their_runs_are_one_difference() -> None:
    plan = plan_sweep(SMALL, vary={"regime": ["before", "today"], "uptake": ["20 %", "80 %"]})
    how: dict[str, Any] = {"command": "x", "replications": 3, "workers": 1, "engine": "fast"}
    swept = run_study(request(plan, **how)).results
    found = family(swept, "working_days_mean", "residence")
    n_runs = len({cell.shares_runs_with or cell.name for cell in swept.cells})
    base = swept.cell(swept.baseline).fingerprint
    others = {cell.fingerprint for cell in swept.cells} - {base}
    assert len(found) == len(swept.cells) - 1
    assert {each.judgement.n_together for each in found} == {len(others)}
    assert n_runs == len(others) + 1


def test_verdicts_stand_in_the_terminal_on_the_page_and_in_the_answer(results: Results) -> None:
    into = Console(width=200, file=io.StringIO())
    show_results(into, results)
    terminal = into.file.getvalue()  # type: ignore[attr-defined]
    for text in (terminal, page(results, Pictures())):
        assert "What can be told against “paper”" in text
        assert "shorter by 2.0 (2.0 to 2.0)" in text
        assert "longer by 2.0" not in text
    sentences = " ".join(answer(results, "residence"))
    assert "cannot tell" not in sentences


def test_verdicts_are_kept_and_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.report.files.pictures", lambda _: Pictures())
    how: dict[str, Any] = {"replications": 3, "workers": 1, "tables": "none"}
    study = sim.compare(SMALL, **how)
    assert study.results is not None
    frame = study.verdicts
    assert [name for name in frame.columns if name != "uptake"] == list(MEANINGS)
    assert frame["verdict"].tolist() == ["less", "less", "unknown"]
    sim.compare(SMALL, **how, out=tmp_path)
    assert read_columns(tmp_path / "verdicts.csv") == verdict_columns(study.results)
    assert sim.Study.open(tmp_path).verdicts.equals(frame)
    with pytest.raises(RequestError, match="compares nothing"):
        _ = sim.run(SMALL, **how).verdicts
