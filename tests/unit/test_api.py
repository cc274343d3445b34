"""The door for Python: light until used, typed, loud when wrong, and the same numbers as files."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from sim import engines
from sim.api import UnsavedError
from sim.errors import EngineError, RequestError, ScenarioError, StoreError
from sim.experiment import store
from sim.scenario import load

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "data" / "small.yaml"
QUICK: dict[str, Any] = {"replications": 2, "workers": 1, "engine": "reference"}


@pytest.fixture(scope="module")
def study() -> sim.Study:
    return sim.compare(SMALL, tables="all", **QUICK)


def test_the_package_offers_its_verbs_and_nothing_else() -> None:
    assert set(sim.__all__) <= set(dir(sim))
    assert all(callable(getattr(sim, name)) for name in sim.__all__ if name != "__version__")
    assert sim.__version__ == version("lienthong")
    with pytest.raises(AttributeError, match="'sim' has no attribute 'runn'"):
        sim.runn  # type: ignore[attr-defined]  # noqa: B018


def test_types_are_shipped_and_mypy_knows_the_verbs(tmp_path: Path) -> None:
    assert (ROOT / "sim" / "py.typed").exists()
    (tmp_path / "right.py").write_text("import sim\nsim.run('x.yaml', replications=2).save('y')\n")
    (tmp_path / "wrong.py").write_text("import sim\nsim.run('x.yaml', replications='2')\n")
    ended = subprocess.run(
        [sys.executable, "-m", "mypy", "--follow-imports=silent", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 'wrong.py:2: error: Argument "replications"' in ended.stdout
    assert "right.py" not in ended.stdout


def test_a_comparison_is_told_by_columns(study: sim.Study) -> None:
    rows = study.estimates.query("kpi == 'working_days_mean' and group == 'residence'")
    assert rows[["variant", "baseline"]].to_numpy().tolist() == [
        ["paper", ""],
        ["online", ""],
        ["online", "paper"],
    ]
    paper, online, between = rows["mean"]
    assert between == pytest.approx(online - paper, rel=1e-12)
    assert between != pytest.approx(paper - online, rel=1e-12)  # twin
    assert set(rows["unit"]) == {"wd"}


def test_frames_hold_what_was_run(study: sim.Study) -> None:
    assert study.results is not None
    assert len(study.kpis) == len(study.results.measures)
    assert len(study.cases) == sum(study.results.n_cases.values())
    assert set(study.work_items["case"]) <= set(study.cases["case"])
    assert str(study.cases["own_time"].dtype) == "timedelta64[us]"
    assert str(study.cases["working_days"].dtype) == "Int64"
    measured = study.cases.groupby("variant", observed=True)["measured"].sum()
    n_cases = study.kpis.query("kpi == 'n_cases' and group == 'residence'")
    assert measured.to_dict() == n_cases.groupby("variant")["value"].sum().to_dict()


def same(a: sim.Study, b: sim.Study) -> None:
    for name in ("estimates", "kpis", "cases", "dossiers", "work_items"):
        pd.testing.assert_frame_equal(getattr(a, name), getattr(b, name), check_exact=True)


def test_a_study_is_read_back_digit_for_digit(study: sim.Study, tmp_path: Path) -> None:
    saved = study.save(tmp_path / "one")
    same(saved, study)
    again = sim.Study.open(tmp_path / "one").save(tmp_path / "two")
    same(again, study)
    assert (tmp_path / "two" / "report.html").read_bytes() == (
        tmp_path / "one" / "report.html"
    ).read_bytes()
    other = sim.compare(SMALL, tables="all", seed=2, **QUICK)
    with pytest.raises(AssertionError):  # the twin
        same(other, study)


def test_out_leaves_the_folder_that_save_leaves(study: sim.Study, tmp_path: Path) -> None:
    there = sim.compare(SMALL, tables="all", out=tmp_path / "out", **QUICK)
    study.save(tmp_path / "saved")
    same(there, study)
    names = [
        json.loads((tmp_path / d / "manifest.json").read_text())["files"] for d in ("out", "saved")
    ]
    assert names[0].keys() == names[1].keys()
    assert names[0]["cases.parquet"] == names[1]["cases.parquet"]
    assert not (tmp_path / "out" / ".unfinished").exists()


def test_another_study_is_not_replaced_unasked(study: sim.Study, tmp_path: Path) -> None:
    study.save(tmp_path)
    study.save(tmp_path)
    other = sim.run(SMALL, **QUICK)
    with pytest.raises(StoreError, match="another study"):
        other.save(tmp_path)
    with pytest.raises(StoreError, match="another study"):
        sim.run(SMALL, out=tmp_path, **QUICK)
    same(sim.Study.open(tmp_path), study)
    other.save(tmp_path, replace=True)
    assert set(sim.Study.open(tmp_path).estimates["variant"]) == {"as written"}


def test_tables_without_a_folder_go_with_their_study() -> None:
    run = sim.run(SMALL, **QUICK)
    folder = run.tables["cases"].parent
    assert folder.exists()
    del run
    gc.collect()
    assert not folder.exists()


def test_the_engine_is_chosen_or_refused() -> None:
    assert sim.run(SMALL, replications=1).manifest["engine"] == "fast"
    with pytest.raises(EngineError, match="no engine 'quick'"):
        sim.run(SMALL, engine="quick")


def test_a_study_without_numbers_does_not_pass_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: object, **__: object) -> None:
        raise ValueError("no luck")

    monkeypatch.setattr(engines, "run", run)
    broken = sim.run(SMALL, **QUICK)
    assert "2 replications failed" in repr(broken)
    with pytest.raises(EngineError, match=r"no replication was finished: ValueError: no luck"):
        broken.estimates  # noqa: B018


def test_results_that_cannot_be_written_are_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("no space left")

    monkeypatch.setattr(store, "publish", full)
    with pytest.raises(UnsavedError, match="no space left") as caught:
        sim.run(SMALL, out=tmp_path, **QUICK)
    assert len(caught.value.study.estimates) > 20


def test_every_fault_is_told_in_the_text_of_the_error(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    text = SMALL.read_text("utf-8").replace("role: clerk", "rol: clerk", 1)
    wrong.write_text(text.replace("people: 1", "people: -1"), "utf-8")
    with pytest.raises(ScenarioError) as caught:
        sim.run(wrong)
    lines = str(caught.value).splitlines()
    assert len(lines) == len(caught.value.faults) == len(sim.check(wrong)) >= 2
    assert any("unknown field 'rol'; did you mean 'role'?" in line for line in lines)
    assert all(line.startswith(f"{wrong}:") for line in lines)
    shown = str(sim.check(wrong))
    assert shown.splitlines()[0] == f"{wrong}: {len(lines)} faults"
    assert list(sim.check(SMALL)) == []


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"variants": "papr"}, "did you mean 'paper'"),
        ({"settings": {"uptak": "5 %"}}, "did you mean 'uptake'"),
        ({"settings": {"uptake": [1]}}, "give text, such as '80 %', or a number"),
        ({"bundles": "residenc"}, "did you mean 'residence'"),
        ({"tables": "case"}, "no table 'case'"),
        ({"replications": 0}, "give a whole number from 1"),
    ],
)
def test_what_is_not_there_is_refused(asked: dict[str, Any], words: str) -> None:
    with pytest.raises((RequestError, ScenarioError), match=words):
        sim.run(SMALL, **asked)


def test_a_number_is_a_setting_like_its_text() -> None:
    text = sim.run(SMALL, settings={"uptake": "0.8"}, **QUICK)
    number = sim.run(SMALL, settings={"uptake": 0.8}, **QUICK)
    assert number.kpis["value"].tolist() == text.kpis["value"].tolist()
    other = sim.run(SMALL, settings={"uptake": 0.2}, **QUICK)
    assert other.kpis["value"].tolist() != text.kpis["value"].tolist()  # twin


def test_the_manifest_has_the_call_that_gives_the_numbers_again() -> None:
    study = sim.sweep(SMALL, vary={"uptake": ["20 %"]}, seed=0, **QUICK)
    call = study.manifest["command"]
    assert call == (
        f"sim.sweep({str(SMALL)!r}, vary={{'uptake': ['20 %']}}, replications=2, seed=0, "
        "engine='reference', workers=1)"
    )
    again = eval(call, {"sim": sim})
    assert again.kpis.equals(study.kpis)


def test_progress_is_told_what_is_done() -> None:
    seen: list[tuple[str, float, int]] = []
    sim.run(SMALL, progress=lambda *told: seen.append(told), **QUICK)
    assert [each for each in seen if each[0].startswith("simulating")][-1][1:] == (2, 2)
    assert seen[0] == (f"reading {SMALL}", 0, 1)


class Text(HTMLParser):
    """The tags and the text of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data.replace("\u00a0", " "))


def test_a_notebook_shows_the_main_estimates_and_no_markup_of_the_scenario(tmp_path: Path) -> None:
    marked = tmp_path / "marked.yaml"
    text = SMALL.read_text("utf-8").replace("A small study", "<script>alert(1)</script>")
    marked.write_text(text, "utf-8")
    study = sim.compare(marked, **QUICK)
    shown = Text(study._repr_html_())
    assert "script" not in shown.tags
    assert "<script>alert(1)</script>, 2 settings" in "".join(shown.words)
    mean = study.estimates.query("kpi == 'trips' and variant == 'paper'")["mean"].iloc[0]
    assert any(f"{mean:.1f}" in words and "trips" in words for words in shown.words)
    assert "<Study" in repr(study)


def test_a_report_is_written_on_its_own(study: sim.Study, tmp_path: Path) -> None:
    study.report(tmp_path / "r.html")
    assert (tmp_path / "r.html").read_text("utf-8").startswith("<!doctype html>")
    study.save(tmp_path / "saved").report(tmp_path / "again.html")
    assert "A small study" in (tmp_path / "again.html").read_text("utf-8")
    with pytest.raises(StoreError, match="cannot write"):
        study.report(tmp_path / "no" / "r.html")


def test_a_folder_without_results_is_refused(study: sim.Study, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"holds no results of lienthong: no manifest.json"):
        sim.Study.open(tmp_path)
    (tmp_path / "manifest.json").write_text('{"title": "x"}')
    with pytest.raises(StoreError, match=r"another version.*Run the study again"):
        sim.Study.open(tmp_path)
    with pytest.raises(RequestError, match=r"keeps no work_items.*tables='all'"):
        sim.run(SMALL, **QUICK).work_items  # noqa: B018


def test_explain_says_what_a_scenario_says() -> None:
    explained = sim.explain(SMALL, variant="online", settings={"staffing": "2 x"})
    loads = explained.loads.set_index(["role", "office"])
    assert set(loads.index.get_level_values("role")) == {"clerk"}
    assert loads["n_people"].iloc[0] == 2
    by_path = explained.values.set_index("path")
    assert by_path.loc["bundles.residence.channels.online", "mark"] == "set"
    scenario = load(SMALL, variant="online", settings={"staffing": "2 x"})
    assert (
        explained.scenario.digest
        == scenario.digest
        == sim.load(SMALL, variant="online", settings={"staffing": "2 x"}).digest
    )
    assert sim.load(SMALL).digest != scenario.digest  # twin
