"""A study over time: bands, what asks for it, what it leaves in files, and dates of change."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.analysis.estimate import bounds_of, estimate
from sim.analysis.over_time import band
from sim.cli import main
from sim.errors import RequestError
from sim.experiment import request as asked
from sim.experiment.dated import DatedChange, dated_changes
from sim.experiment.journal import Journal
from sim.experiment.plan import plan_run
from sim.experiment.replication import Finished, Job, replicate
from sim.experiment.request import request
from sim.scenario import load

SMALL = Path(__file__).parents[1] / "data" / "small.yaml"

DATED = f"""
extends: {SMALL}
systems:
  portal: {{up: 100 %, planned: [{{from: "2025-03-10 08:00", to: 2025-03-11}}]}}
staff:
  clerk:
    people: {{2025-03-03: 1, 2025-03-17: 2}}
    speed: {{2025-03-03: 1, 2025-03-18: 1.2, between: straight}}
    away: [{{from: 2025-03-12, to: 2025-03-14}}]
bundles:
  residence:
    demand: {{surges: [{{from: 2025-03-20, to: 2026-01-01, times: 2}}]}}
    channels: {{online: {{2025-01-01: 20 %, 2025-03-24: 80 %, 2025-06-01: 90 %}}}}
"""


def write(folder: Path, text: str, name: str = "dated.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# -- bands ---------------------------------------------------------------------------------------


def test_a_band_has_in_each_period_the_interval_of_its_values() -> None:
    values = np.random.default_rng(1).gamma(0.4, 2.0, (6, 30))
    values[0, :10] = np.nan
    values[1:, 3] = np.nan
    values[:, 4] = np.nan
    values[:, 5] = 0.7
    for unit in ("share", "cases"):
        found = band(values, bounds=bounds_of(unit))
        for period in range(values.shape[1]):
            one = estimate(values[:, period], bounds=bounds_of(unit))
            mine = [found.mean[period], found.low[period], found.high[period], found.n[period]]
            expected = [one.mean, one.low, one.high, one.n]
            assert mine == pytest.approx(expected, rel=1e-12, abs=1e-12, nan_ok=True)
            if unit == "cases" and one.half_width > 0.01:
                narrower = estimate(values[:, period], 0.9)
                assert found.high[period] != pytest.approx(narrower.high, rel=1e-3)


# -- what asks for it ----------------------------------------------------------------------------


def step_of(path: Path, **wanted: str | None) -> str | None:
    return request(plan_run(str(path)), command="", **wanted).over_time


def test_nothing_is_followed_unless_it_is_asked_for_or_something_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dated = write(tmp_path, DATED)
    assert step_of(SMALL) is None
    assert step_of(SMALL, over_time="day") == "day"
    assert step_of(dated) == "week"
    assert step_of(dated, over_time="none") is None
    rows = "bundle,channel,office,step,received_on,verification\n" + (
        "residence,online,commune,register,2025-02-28,no\n"
    )
    (tmp_path / "backlog.csv").write_text(rows)
    held = write(tmp_path, f"extends: {SMALL}\nbacklog: backlog.csv\n", "held.yaml")
    assert step_of(held) == "week"
    monkeypatch.setattr(asked, "MOST_CASES", 10)
    assert step_of(dated) is None
    assert step_of(dated, over_time="week") == "week"


def test_what_is_not_followed_leaves_no_file_and_keeps_no_work_items(tmp_path: Path) -> None:
    plain = Job(models=plan_run(str(SMALL)).models, seed=1, engine="reference")
    assert not plain.keep.work_items
    assert Job(models=plain.models, seed=1, engine="reference", over_time="day").keep.work_items
    study = sim.run(SMALL, replications=2, out=tmp_path, engine="reference", workers=1)
    assert not (tmp_path / "over_time.csv").exists()
    for each in (study, sim.Study.open(tmp_path)):
        with pytest.raises(RequestError, match="follows nothing over time"):
            _ = each.over_time


def test_another_word_than_day_week_or_none_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(RequestError, match="over time by 'month': give one of day, week, none"):
        sim.run(SMALL, over_time="month")
    with pytest.raises(SystemExit) as ended:
        main(["run", str(SMALL), "--over-time", "month"])
    assert ended.value.code == 2
    assert "found 'month'; give day, week or none" in capsys.readouterr().err


# -- what it leaves ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("study")
    sim.compare(SMALL, replications=3, over_time="week", out=out, engine="reference", workers=1)
    return out


def test_the_frame_of_a_study_is_that_of_its_file(folder: Path) -> None:
    frame = sim.Study.open(folder).over_time
    assert set(frame["variant"]) == {"paper", "online"}
    assert set(frame["baseline"]) == {""}
    assert frame["date"].dtype.kind == "M"
    assert frame["date"].min() == pd.Timestamp("2025-03-03")
    of_one = frame.query("variant == 'paper' and kpi == 'open_cases'")["date"]
    assert of_one.diff().dropna().dt.days.tolist() == [7, 7, 7]
    shares = frame.query("kpi == 'uptake' and variant == 'online' and group == 'residence/online'")
    assert (shares["mean"] == 1).all()
    assert len(shares) == 4


def test_the_mean_over_replications_is_that_of_each_alone(folder: Path) -> None:
    whole = sim.Study.open(folder).over_time.query("variant == 'paper' and kpi == 'open_cases'")
    alone = [
        sim.run(
            SMALL, variants="paper", only_replication=i, over_time="week", engine="reference"
        ).over_time.query("kpi == 'open_cases'")
        for i in range(3)
    ]
    means = np.mean([each["mean"] for each in alone], axis=0)
    assert whole["mean"].tolist() == pytest.approx(means.tolist(), rel=1e-12)
    assert whole["mean"].tolist() != pytest.approx(alone[0]["mean"].tolist(), rel=1e-6)
    assert alone[0]["low"].isna().all()  # one value has no interval
    assert (whole["low"] < whole["mean"]).all()


def test_engines_and_workers_change_no_digit(tmp_path: Path, folder: Path) -> None:
    sim.compare(SMALL, replications=3, over_time="week", out=tmp_path, engine="fast", workers=2)
    assert (tmp_path / "over_time.csv").read_bytes() == (folder / "over_time.csv").read_bytes()
    other = tmp_path / "other"
    sim.compare(SMALL, replications=3, over_time="week", out=other, seed=2, workers=1)
    assert (other / "over_time.csv").read_bytes() != (folder / "over_time.csv").read_bytes()


def test_what_an_interrupted_study_followed_is_taken_up_digit_for_digit(tmp_path: Path) -> None:
    plan = plan_run(str(SMALL))
    job = Job(models=plan.models, seed=1, engine="reference", over_time="day")
    done = replicate(job, 0, 0)
    assert isinstance(done, Finished)

    def journal(over_time: str | None) -> Journal:
        changed = Job(models=plan.models, seed=1, engine="reference", over_time=over_time)
        return Journal(folder=tmp_path, job=changed, fingerprints=plan.fingerprints, version="0")

    assert journal("day").resume() == ()
    journal("day").keep(done)
    (again,) = journal("day").resume()
    assert [c.kpi for c in again.courses] == [c.kpi for c in done.courses]
    for mine, theirs in zip(again.courses, done.courses, strict=True):
        np.testing.assert_array_equal(mine.values, theirs.values)
    # A study by other periods has to run it again.
    assert journal("week").resume() == ()


def test_the_terminal_shows_a_row_each_week_where_it_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["run", str(SMALL), "--replications", "2", "--engine", "reference", "--quiet"]
    assert main([*words, "--over-time"]) == 0
    shown = capsys.readouterr().out
    for date in ("3 Mar 2025", "10 Mar 2025", "17 Mar 2025", "24 Mar 2025"):
        assert date in shown
    assert main(words) == 0
    assert "10 Mar 2025" not in capsys.readouterr().out
    dated = write(tmp_path, DATED)
    assert main(["run", str(dated), *words[2:]]) == 0
    assert "17 Mar 2025" not in capsys.readouterr().out  # in the report, but not in the terminal


def test_as_json_it_has_the_rows_of_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run", str(SMALL), "--replications", "2", "--engine", "reference", "--json"]
    assert main([*words, "--over-time", "day", "--quiet"]) == 0
    rows = json.loads(capsys.readouterr().out)["over_time"]
    assert {row["date"] for row in rows} >= {"2025-03-03", "2025-03-30"}
    assert main([*words, "--quiet"]) == 0
    assert "over_time" not in json.loads(capsys.readouterr().out)


def test_a_lever_that_is_varied_has_its_column(tmp_path: Path) -> None:
    sim.sweep(
        SMALL, vary={"uptake": ["20 %", "80 %"]}, replications=2, over_time="week", out=tmp_path
    )
    with (tmp_path / "over_time.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {(row["variant"], row["uptake"]) for row in rows} == {
        ("uptake 20 %", "20 %"),
        ("uptake 80 %", "80 %"),
    }


# -- dates of change -----------------------------------------------------------------------------


def march(day: int, label: str) -> DatedChange:
    return DatedChange(date=dt.date(2025, 3, day), label=label)


def test_what_changes_by_date_is_found_with_its_new_value(tmp_path: Path) -> None:
    scenario = load(write(tmp_path, DATED))
    assert dated_changes(scenario, 28) == (
        march(10, "portal down"),
        march(11, "portal up"),
        march(12, "clerk: 1 away"),
        march(14, "clerk: 1 back"),
        march(17, "clerk: 2"),
        march(18, "clerk speed: 1.2"),
        march(20, "demand × 2"),
        march(24, "online: 80 %"),
    )
    assert dated_changes(scenario, 15) == dated_changes(scenario, 28)[:5]
    assert dated_changes(load(SMALL), 28) == ()


def test_a_line_begins_to_move_at_its_first_date(tmp_path: Path) -> None:
    series = "{2025-03-10: 20 %, 2025-03-17: 80 %}"
    text = f"extends: {SMALL}\nbundles: {{residence: {{channels: {{online: {series}}}}}}}\n"
    steps = dated_changes(load(write(tmp_path, text)), 28)
    assert steps == (march(17, "online: 80 %"),)
    straight = text.replace("80 %}", "80 %, between: straight}")
    line = dated_changes(load(write(tmp_path, straight)), 28)
    assert line == (march(10, "online: 20 %"), *steps)


def test_regimes_change_by_date_if_they_are_dated(tmp_path: Path) -> None:
    dates = "today: {from: 2020-01-01}, before: {from: 2025-03-12, label: As it was}"
    text = f"extends: {SMALL}\nbundles: {{residence: {{regime: dated, regimes: {{{dates}}}}}}}\n"
    assert dated_changes(load(write(tmp_path, text)), 28) == (march(12, "As it was"),)
    by_name = text.replace("regime: dated", "regime: today")
    assert dated_changes(load(write(tmp_path, by_name)), 28) == ()


def test_dates_may_be_written_day_first(tmp_path: Path) -> None:
    text = DATED.replace("\nsystems:", "\ndates: day first\nsystems:").replace(
        "2025-03-24: 80 %", "24/03/2025: 80 %"
    )
    found = dated_changes(load(write(tmp_path, text)), 28)
    assert march(24, "online: 80 %") in found
    assert len(found) == 8


def test_a_value_is_named_by_what_it_is_of(tmp_path: Path) -> None:
    text = f"""
extends: {SMALL}
systems:
  portal_a: {{slow: {{share: {{2025-03-01: 1 %, 2025-03-12: 2 %}}, factor: 2, spell: 1 h}}}}
bundles:
  residence:
    demand: {{a_year: {{2025-03-01: 800, 2025-03-13: 900}}}}
    regimes:
      today:
        online:
          - {{open: registration}}
          - {{incomplete: registration, share: {{2025-03-01: 1 %, 2025-03-14: 3 %}},
             supplement: 1 wd, within: 5 wd, back_to: register}}
          - {{do: register, role: clerk, time: 30 min}}
          - {{close: registration}}
"""
    assert dated_changes(load(write(tmp_path, text)), 28) == (
        march(12, "portal a slow: 2 %"),
        march(13, "residence demand a year: 900"),
        march(14, "incomplete registration: 3 %"),
    )
