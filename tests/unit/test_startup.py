"""The warm-up: what a start-up leaves is seen through a season, told, drawn, and warned of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.analysis.warmup import check_against, check_warm_up, mser5
from sim.cli import main
from sim.errors import RequestError
from sim.experiment.kinds import Kind, kind_of
from sim.experiment.plan import plan_run
from sim.experiment.request import request
from sim.experiment.results import Results
from sim.experiment.startup import LEAST_HEAD, WarmUp, check_startup
from sim.experiment.study import run_study
from sim.report.cautions import cautions
from sim.report.figures.startup import start_up
from sim.report.startup import kind_words, kinds_of, warm_up_lines

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "data" / "small.yaml"
FILINGS = ROOT / "tests" / "scenarios" / "valid" / "filings.yaml"
BUSY: dict[str, str] = {
    "period.warm_up": "0 days",
    "staff.clerk.people": "0.3",
    "period.length": "8 weeks",
}


# ------------------------------------------------------------------------------------ the series


def season(days: int) -> Any:
    return 100 + 30 * np.sin(2 * np.pi * np.arange(days) / days)


def started(days: int, *, fades_after: float, n: int = 6) -> tuple[Any, Any]:
    """Runs that start empty in a season, and the same under way for long: equal in the end."""
    chance = np.random.default_rng(3).normal(0, 4, (n, days))
    warm = season(days) + chance
    return warm * (1 - np.exp(-np.arange(days) / fades_after)), warm


def test_a_start_up_is_told_from_a_season_by_runs_of_the_same_days() -> None:
    series, warm = started(150, fades_after=6)
    found = check_against(series, warm, 40)
    assert found.n_needed is not None
    assert 10 <= found.n_needed <= 30
    assert found.is_long_enough
    assert not check_against(series, warm, 5).is_long_enough
    alone = check_warm_up(series, 40)
    assert not alone.is_long_enough  # twin: of itself it looks as if it did not settle


def test_a_longer_start_up_asks_for_a_longer_warm_up() -> None:
    days = [check_against(*started(300, fades_after=f), 40).n_needed or 0 for f in (4, 12, 30)]
    assert days == sorted(days)
    assert days[0] < days[2]


def test_a_late_blip_that_is_smaller_than_chance_does_not_hide_that_it_settled() -> None:
    series, warm = started(150, fades_after=4)
    series = series.copy()
    series[0, 110] += 3.0
    found = check_against(series, warm, 40).n_needed
    assert found is not None
    assert found <= 30
    assert mser5((series - warm).mean(0)) != found  # twin: without chance the blip decides


# ---------------------------------------------------------------------------------- the kind


def kind(path: Path, **settings: str) -> Kind:
    plan = plan_run(str(path), settings=settings)
    return kind_of(plan.scenario, plan.models[0], ())


def with_surge(folder: Path, start: str = "2025-03-10") -> Path:
    text = SMALL.read_text("utf-8").replace(
        "demand: {a_year: 800}",
        f"demand: {{a_year: 800, surges: [{{from: {start}, to: 2025-03-12, times: 2}}]}}",
    )
    path = folder / "surge.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_study_with_a_backlog_or_changes_is_terminating_and_says_why(tmp_path: Path) -> None:
    steady, full, dated = kind(SMALL), kind(FILINGS), kind(with_surge(tmp_path))
    assert (steady.is_terminating, steady.begins_full) == (False, False)
    assert full.begins_full
    assert "backlog" in full.reasons
    assert (dated.reasons, dated.begins_full) == (("changes",), False)
    assert kind_words(steady).startswith("Steady state")
    assert "10 Mar 2025: demand × 2 and 1 more" in kind_words(dated)
    assert "it begins with cases under way" in kind_words(full)
    assert "under way" not in kind_words(dated)


# ---------------------------------------------------------------------------------- the check


@pytest.fixture(scope="module")
def short() -> WarmUp:
    return check_startup(str(SMALL), settings=BUSY, replications=10)


@pytest.fixture(scope="module")
def enough() -> WarmUp:
    return check_startup(str(SMALL))


def test_runs_begun_earlier_have_the_same_state_once_the_start_up_is_over(
    enough: WarmUp, short: WarmUp
) -> None:
    cases = enough.series[0]
    assert cases.kpi == "open_cases"
    assert np.array_equal(cases.own[:, 7:], cases.earlier[:, 7:])
    assert not np.array_equal(cases.own, cases.earlier)  # twin: in the start-up they differ
    assert not np.array_equal(short.series[0].own[:, 7:], short.series[0].earlier[:, 7:])


def test_a_warm_up_is_long_enough_where_nothing_of_the_start_up_is_left(
    enough: WarmUp, short: WarmUp
) -> None:
    assert (enough.standing, short.standing) == ("enough", "short")
    assert [each.standing for each in enough.biases] == ["enough", "enough"]
    (sojourn,) = (each for each in short.biases if each.kpi == "sojourn_days_mean")
    assert sojourn.judgement.interval.high < 0
    assert (short.given, short.head, short.looked_at) == (0, 182, 56)


def test_the_answer_says_what_is_left_and_what_to_give(enough: WarmUp, short: WarmUp) -> None:
    said = "\n".join(warm_up_lines(short)).replace("\u00a0", " ")
    assert "The stated warm-up of 0 days is TOO SHORT" in said
    assert "Give period.warm_up: 1 week" in said
    assert "TOO MUCH" in said
    assert "A start-up that lasts longer than 26 weeks is in both" in said
    good = "\n".join(warm_up_lines(enough))
    assert "is long enough" in good
    assert "TOO" not in good
    unknown = replace(short, biases=short.biases[:1])
    assert "may be too short" in "\n".join(warm_up_lines(unknown))


def test_the_picture_has_both_runs_and_their_difference(enough: WarmUp, short: WarmUp) -> None:
    figure = start_up(short)
    assert figure is not None
    left, right = figure.axes[:2]
    assert [line.get_label() for line in left.get_lines()[:2]] == ["begun earlier", "as written"]
    own = left.get_lines()[1].get_ydata()
    gap = right.get_lines()[-2].get_ydata()
    earlier = left.get_lines()[0].get_ydata()
    assert np.allclose(gap, np.asarray(own) - np.asarray(earlier))
    assert not np.allclose(gap, own)  # twin
    assert len(start_up(enough).axes) == 4  # type: ignore[union-attr]


def test_a_study_that_begins_with_what_there_was_has_no_warm_up_to_check() -> None:
    found = sim.warmup(FILINGS)
    assert (found.is_long_enough, found.found.series) == (None, ())
    assert "A warm-up has no meaning here" in str(found)
    with pytest.raises(RequestError, match="nothing was run"):
        found.draw("never.png")


def test_rules_that_changed_shortly_before_leave_less_of_a_head_start(tmp_path: Path) -> None:
    text = SMALL.read_text("utf-8")

    def dated(day: str) -> Path:
        path = tmp_path / f"{day}.yaml"
        path.write_text(
            text.replace("clerk: {office: commune, people: 1}",
                         f"clerk: {{office: commune, people: {{2020-01-01: 2, {day}: 1}}}}"),
            "utf-8",
        )  # fmt: skip
        return path

    assert check_startup(str(dated("2025-01-20")), replications=2).head == 42
    with pytest.raises(RequestError, match="on 2025-02-24 something changes by date"):
        check_startup(str(dated("2025-02-24")), replications=2)
    assert LEAST_HEAD == 28


def test_frames_and_the_command_tell_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "start.svg"
    words = ["warmup", str(SMALL), "--quiet", "--replications", "2", "--out", str(picture)]
    assert main(words) == 0
    shown = capsys.readouterr().out
    found = sim.warmup(SMALL, replications=2)
    assert shown == f"{found}\n"
    assert picture.read_bytes().startswith(b"<?xml")
    assert found.is_long_enough is True
    assert list(found.biases["standing"]) == ["enough", "enough"]
    assert len(found.series) == 2 * 21
    other = sim.warmup(SMALL, replications=2, seed=2)
    assert shown != f"{other}\n"  # twin


def test_workers_change_no_digit_of_a_check(enough: WarmUp) -> None:
    two = check_startup(str(SMALL), workers=2)
    assert [each.judgement for each in two.biases] == [each.judgement for each in enough.biases]
    for a, b in zip(two.series, enough.series, strict=True):
        assert np.array_equal(a.earlier, b.earlier)
    other = check_startup(str(SMALL), seed=2)
    assert not np.array_equal(other.series[0].earlier, enough.series[0].earlier)  # twin


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--replications", "1"], "give a whole number from 2"),
        (["--out", "start.pdf"], "ends in .png or .svg"),
        (["--variants", "paper,online"], "takes one variant"),
        (["--variant", "papr"], "did you mean 'paper'?"),
        (["--set", "staff.clerk.people=0.1"], "the queue grows without end"),
    ],
)
def test_a_check_that_cannot_be_made_ends_with_2(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["warmup", str(SMALL), "--quiet", *words]) == 2
    assert message in capsys.readouterr().err


# --------------------------------------------------------------------------------- in a study


def studied(path: Path = SMALL, **settings: str) -> Results:
    plan = plan_run(str(path), settings=settings)
    return run_study(request(plan, command="x", replications=2, workers=1)).results


def test_a_study_says_its_kind_and_warns_of_a_warm_up_that_is_too_short() -> None:
    good, bad = studied(), studied(**{"period.warm_up": "1 day"})
    assert kinds_of(good)[0].startswith("Steady state")
    said = " ".join(cautions(bad, "residence")).replace("\u00a0", " ")
    days = bad.estimate("period.warm_up 1 day", "sojourn_days_mean", "residence")
    assert days is not None
    assert (
        f"The warm-up of 1 day is shorter than a case takes on average, {days.mean:.1f} d" in said
    )
    assert "lienthong warmup" in said
    assert "warm-up" not in " ".join(cautions(good, "residence"))  # twin
    full = studied(FILINGS)
    assert "warm-up" not in " ".join(cautions(full, "permit"))
    assert kinds_of(full)[0].startswith("Terminating")
