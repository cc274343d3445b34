"""Two studies beside each other: what was written, what was asked, and what came out."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.analysis import paired, two_samples
from sim.answers.changes import KpiChange
from sim.answers.rewritten import changed, leaves
from sim.api import StudyChanges
from sim.cli import main
from sim.errors import RequestError, StoreError
from sim.experiment import store
from sim.experiment.journal import FOLDER
from sim.experiment.lock import held
from sim.report.changes import chance_words, value_words
from sim.report.summary import summary

SMALL = Path(__file__).parents[1] / "data" / "small.yaml"
HOW: dict[str, Any] = {
    "variants": ["paper", "online"],
    "replications": 5,
    "engine": "reference",
    "workers": 1,
    "tables": "none",
}
OPENS = '          - {open: registration}\n          - {do: register, role: clerk, time: "lognorm'


@pytest.fixture(scope="module")
def before() -> sim.Study:
    return sim.compare(SMALL, **HOW)


@pytest.fixture(scope="module")
def slower(tmp_path_factory: pytest.TempPathFactory) -> sim.Study:
    """The same seed; work on paper takes longer, and a step is put in."""
    path = tmp_path_factory.mktemp("slower") / "small.yaml"
    text = SMALL.read_text("utf-8").replace("mean 40 min", "mean 55 min")
    text = text.replace(OPENS, f"          - {{applicant: think, time: 5 min}}\n{OPENS}", 1)
    path.write_text(text, "utf-8")
    return sim.compare(path, **HOW)


@pytest.fixture(scope="module")
def other_seed() -> sim.Study:
    return sim.compare(SMALL, seed=2, **HOW)


def change_of(found: StudyChanges, kpi: str, cell: str = "paper") -> KpiChange:
    return next(
        each
        for each in found.changes.kpis
        if (each.cell, each.kpi, each.group) == (cell, kpi, "residence")
    )


def values_of(study: sim.Study, kpi: str) -> list[float]:
    rows = study.kpis.query(f"variant == 'paper' and kpi == '{kpi}' and group == 'residence'")
    return list(rows["value"])


def kept(study: sim.Study, out: Path, **changes: Any) -> Path:
    """A study in a folder, without its figures."""
    assert study.results is not None
    results = study.results
    files = store.files_of(results, {})
    files["summary.txt"] = lambda path: store.write_text(path, summary(results))
    store.publish(out, files, {**study.manifest, **changes})
    return out


def test_what_is_written_otherwise_is_told_by_path(before: sim.Study, slower: sim.Study) -> None:
    found = before.diff(slower).changes
    paper = "bundles.residence.regimes.today.paper"
    assert [(each.what, each.old, each.new, each.cell) for each in found.scenario] == [
        (
            paper,
            "applicant go, open registration, do register, appointment registration, "
            "close registration",
            "applicant go, applicant think, open registration, do register, "
            "appointment registration, close registration",
            "",
        ),
        (f"{paper}.applicant think.applicant", None, "think", ""),
        (f"{paper}.applicant think.time", None, "5 min", ""),
        (
            f"{paper}.do register.time",
            "lognormal(mean 40 min, cv 0.5)",
            "lognormal(mean 55 min, cv 0.5)",
            "",
        ),
    ]
    assert found.lacking == ""
    assert found.asked == ()


def test_twin_the_same_scenario_differs_in_nothing(
    before: sim.Study, other_seed: sim.Study
) -> None:
    found = before.diff(other_seed).changes
    assert found.scenario == ()
    assert [(each.what, each.old, each.new) for each in found.asked] == [("seed", "1", "2")]


def test_what_one_cell_alone_has_stands_under_its_name(before: sim.Study) -> None:
    set_in_both = sim.compare(SMALL, settings={"staffing": "2"}, **HOW | {"replications": 1})
    found = before.diff(set_in_both).changes.scenario
    assert [(each.what, each.new, each.cell) for each in found] == [("staff.clerk.people", "2", "")]
    mixed = sim.compare(SMALL, settings={"uptake": "40 %"}, **HOW | {"replications": 1})
    found = before.diff(mixed).changes.scenario
    assert [(each.old, each.new, each.cell) for each in found] == [
        ("0 %", "40 %", "paper"),
        ("100 %", "40 %", "online"),
    ]


def test_lines_are_told_by_what_they_say_and_not_by_where_they_stand() -> None:
    steps = [{"do": "see", "time": "1 min"}, {"do": "see", "time": "2 min"}, {"fork": [[1, 2]]}]
    old = leaves({"a": {"value": 3, "mark": "stated"}, "steps": steps, "days": ["Mon", "Tue"]})
    assert old == {
        "a": "3",
        "a.mark": "stated",
        "steps": "do see, do see (2), fork",
        "steps.do see.do": "see",
        "steps.do see.time": "1 min",
        "steps.do see (2).do": "see",
        "steps.do see (2).time": "2 min",
        "steps.fork.fork": "list",
        "steps.fork.fork.list": "1, 2",
        "days": "Mon, Tue",
    }
    new = leaves({"a": {"value": 3, "mark": "stated"}, "steps": steps[::-1], "days": ["Mon"]})
    assert {each.what for each in changed(old, new)} >= {"steps", "days"}
    assert changed(old, dict(old)) == ()


def test_replications_of_one_seed_are_paired(before: sim.Study, slower: sim.Study) -> None:
    each = change_of(before.diff(slower), "sojourn_days_mean")
    old, new = (values_of(study, "sojourn_days_mean") for study in (before, slower))
    wanted = paired.difference(old, new)
    found = each.difference
    assert each.is_paired
    assert (found.mean, found.low, found.high, found.n) == (
        wanted.mean,
        wanted.low,
        wanted.high,
        5,
    )
    assert each.p_value == paired.p_of(old, new)
    assert (each.old.mean, each.new.mean) == pytest.approx((np.mean(old), np.mean(new)))
    assert found.low != two_samples.difference(old, new)[0].low  # twin


def test_replications_that_one_alone_has_are_left_out_of_pairs(
    before: sim.Study, slower: sim.Study
) -> None:
    fewer = sim.compare(SMALL, **HOW | {"replications": 3})
    each = change_of(fewer.diff(slower), "sojourn_days_mean")
    old, new = (values_of(study, "sojourn_days_mean") for study in (fewer, slower))
    assert (each.difference.n, each.old.n, each.new.n) == (3, 3, 5)
    assert each.difference.mean == paired.difference(old, new[:3]).mean


def test_other_seeds_are_two_samples(before: sim.Study, other_seed: sim.Study) -> None:
    each = change_of(before.diff(other_seed), "sojourn_days_mean")
    old, new = (values_of(study, "sojourn_days_mean") for study in (before, other_seed))
    wanted, p = two_samples.difference(old, new)
    assert not each.is_paired
    assert (each.difference.low, each.difference.high, each.p_value) == (wanted.low, wanted.high, p)
    assert each.difference.low != paired.difference(old, new).low  # twin


def test_equal_runs_are_not_compared(before: sim.Study) -> None:
    found = before.diff(sim.compare(SMALL, **HOW | {"replications": 3}))
    assert found.changes.kpis == ()
    assert all(pair.is_same for pair in found.changes.pairs)
    assert "every replication of both is the same: paper, online" in str(found)
    assert "replications: 5 → 3" in str(found)


def test_chance_is_adjusted_for_all_that_are_compared(before: sim.Study, slower: sim.Study) -> None:
    whole = before.diff(slower)
    few = before.diff(slower, kpis="office_hours", groups=["residence"])
    assert {each.kpi for each in few.changes.kpis} == {"office_hours"}
    one, other = (change_of(found, "office_hours") for found in (whole, few))
    assert one.p_value == other.p_value < one.adjusted
    assert other.adjusted <= one.adjusted
    assert other.is_more_than_chance
    known = [each for each in whole.changes.kpis if not math.isnan(each.p_value)]
    assert whole.changes.n_compared == len(known) > 100
    least = min(known, key=lambda each: each.p_value)
    assert least.adjusted == pytest.approx(min(len(known) * least.p_value, 1))


def test_cells_of_one_study_alone_are_named_with_the_reason(before: sim.Study) -> None:
    grid = sim.compare(SMALL, **HOW | {"variants": ["paper"], "replications": 1})
    manifest = {**grid.manifest, "omissions": [{"name": "online", "reason": "clerk: too much"}]}
    found = before.diff(replace(grid, manifest=manifest))
    (alone,) = [each for each in found.changes.only_old if each.name == "online"]
    assert alone.reason == "clerk: too much"
    assert "online (the other left it out: clerk: too much)" in str(found)


def test_two_cells_alone_are_compared_whatever_they_are_called() -> None:
    how = {**HOW, "replications": 2}
    del how["variants"]
    found = sim.run(SMALL, **how).diff(sim.run(SMALL, settings={"uptake": "80 %"}, **how))
    (pair,) = found.changes.pairs
    assert (pair.old, pair.new) == ("as written", "uptake 80 %")
    assert "as written is compared with uptake 80 %" in str(found)
    assert "bundles.residence.channels.online: 50 % → 80 %" in str(found)


def test_what_is_not_there_is_refused_by_name(before: sim.Study, slower: sim.Study) -> None:
    with pytest.raises(RequestError, match="no KPI 'trip' in either; did you mean 'trips'"):
        before.diff(slower, kpis=["trip"])
    with pytest.raises(RequestError, match="no group 'residenc' in either"):
        before.diff(slower, groups="residenc")


def test_a_scenario_that_cannot_be_read_again_costs_the_rest_nothing(
    before: sim.Study, slower: sim.Study
) -> None:
    files = {path: {"sha256": "0" * 64} for path in slower.manifest["scenario"]}
    found = before.diff(replace(slower, manifest={**slower.manifest, "scenario": files}))
    assert "cannot be read again" in found.changes.lacking
    assert found.changes.kpis
    assert "Not compared: the scenario cannot be read again" in str(found)


def test_every_number_that_is_shown_has_its_interval(before: sim.Study, slower: sim.Study) -> None:
    each = change_of(before.diff(slower), "office_hours")
    old, new, difference = value_words(each)
    assert all("±" in words or " to " in words for words in (old, new, difference))
    assert difference.startswith("+")
    single = replace(each.difference, low=math.nan, high=math.nan, n=1)
    without = replace(each, difference=single, p_value=math.nan, adjusted=math.nan)
    assert value_words(without)[2].endswith("(no interval)")
    assert chance_words(without) == "–"
    assert chance_words(replace(each, adjusted=1e-5)) == "< 0.001"


def test_frames_have_what_is_shown(before: sim.Study, slower: sim.Study) -> None:
    found = before.diff(slower)
    frame = found.kpis
    assert len(frame) == len(found.changes.kpis)
    row = frame.query("cell == 'paper' and kpi == 'office_hours' and group == 'residence'").iloc[0]
    each = change_of(found, "office_hours")
    assert row["difference_low"] == each.difference.low
    assert row["adjusted"] == each.adjusted
    assert list(found.scenario["what"]) == [each.what for each in found.changes.scenario]
    assert len(found.asked) == 0


def states(folder: Path) -> dict[str, str]:
    return {each.name: str(each.state) for each in sim.results(folder).studies}


def test_every_study_below_a_folder_is_listed_and_nothing_else(
    before: sim.Study, tmp_path: Path
) -> None:
    kept(before, tmp_path / "one")
    kept(before, tmp_path / "deep" / "two", is_complete=False)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "manifest.json").write_text('{"name": "an app"}')
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "manifest.json").write_text('{"title": ')
    journal = tmp_path / "killed" / FOLDER
    journal.mkdir(parents=True)
    (journal / "finished.jsonl").write_text('{"key": "f 1 fast"}\n{"key": "f 1 fa')
    asked = {"title": "Births", "n_cells": 2, "replications": 5, "n_runs": 10, "command": "run it"}
    (journal / "asked.json").write_text(json.dumps(asked))
    wanted = {
        "broken": "unreadable",
        "deep/two": "interrupted",
        "killed": "interrupted",
        "one": "complete",
    }
    assert states(tmp_path) == wanted
    with held(tmp_path / "one" / FOLDER), held(journal):
        assert states(tmp_path) == wanted | {"one": "running", "killed": "running"}
    one, killed = (
        next(each for each in sim.results(tmp_path).studies if each.name == name)
        for name in ("one", "killed")
    )
    assert (one.n_cells, one.n_finished, one.n_runs, one.version) == (2, 10, 10, sim.__version__)
    assert (killed.title, killed.n_finished, killed.n_runs) == ("Births", 1, 10)
    text = str(sim.results(tmp_path))
    assert "interrupted at 1 of 10" in text
    assert "broken: cannot read" in text
    with pytest.raises(StoreError, match="no folder"):
        sim.results(tmp_path / "none")
    with pytest.raises(StoreError, match=r"not ended; finished replications: 1.*run it"):
        sim.Study.open(tmp_path / "killed")


def ends(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(words)
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_the_command_lists_shows_and_compares(
    before: sim.Study,
    slower: sim.Study,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    one, two = str(kept(before, tmp_path / "one")), str(kept(slower, tmp_path / "two"))
    code, out, err = ends(capsys, "results", "list", str(tmp_path))
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines() if "A small" in line] == ["one", "two"]
    code, out, _ = ends(capsys, "results", "show", one)
    assert (code, out) == (0, before.summary)
    assert "Differences from “paper”" in out
    assert out != slower.summary  # twin
    code, out, err = ends(capsys, "results", "diff", one, two, "--quiet")
    assert (code, err) == (0, "")
    assert "do register.time: lognormal(mean 40 min, cv 0.5) → lognormal(mean 55 min" in out
    assert "more than chance" in out
    code, out, _ = ends(capsys, "results", "diff", one, two, "--kpis", "trips", "--json")
    found = json.loads(out)
    assert {each["kpi"] for each in found["kpis"]} == {"trips"}
    assert found["scenario"][0]["what"].startswith("bundles.residence")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (lambda top: ("list", f"{top}/none"), "is no folder"),
        (lambda top: ("show", f"{top}/none"), "holds no results of lienthong"),
        (lambda top: ("diff", f"{top}/none", f"{top}/none"), "holds no results of lienthong"),
    ],
)
def test_folders_without_a_study_end_with_2(
    words: Callable[[Path], tuple[str, ...]],
    told: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = ends(capsys, "results", *words(tmp_path))
    assert (code, out) == (2, "")
    assert told in err
    code, out, _ = ends(capsys, "results", "list", str(tmp_path))
    assert code == 0
    assert out.startswith("No study of lienthong in")


def test_a_study_without_its_summary_says_where_to_look(before: sim.Study, tmp_path: Path) -> None:
    out = kept(before, tmp_path)
    (out / "summary.txt").unlink()
    with pytest.raises(StoreError, match=r"no summary\.txt.*report\.html"):
        _ = sim.Study.open(out).summary
