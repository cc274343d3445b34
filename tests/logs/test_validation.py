"""A learnt scenario agrees with the part of its register that it was not learnt from."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from measure_learning import register_of
from reader_of_pages import read
from truths import truth

import sim
from sim.errors import RequestError, ScenarioError
from sim.language import speaking
from sim.logs.event_log import EventLog
from sim.logs.held_out import SOJOURN, Held, halves, seen
from sim.logs.learning.learn import learn
from sim.logs.overview import overview
from sim.report.held_out import held_cells
from sim.report.learnt import scenario_text
from sim.report.likeness import likeness_cells

NUMBER = 2


@pytest.fixture(name="register", scope="module")
def fixture_register(tmp_path_factory: pytest.TempPathFactory) -> EventLog:
    text = truth(NUMBER).text.replace("length: 30 weeks", "length: 16 weeks")
    return register_of(text, tmp_path_factory.mktemp("truth"), NUMBER)


@pytest.fixture(name="validated", scope="module")
def fixture_validated(register: EventLog) -> sim.Validation:
    log = sim.Log(log=register, overview=overview(register), findings=())
    return sim.validate(log, share=0.6, replications=3)


def test_the_part_before_knows_nothing_of_what_came_after(register: EventLog) -> None:
    parts = halves(register, 0.6)
    cut = np.datetime64(parts.day, "us")
    assert len(parts.before.cases) == pytest.approx(0.6 * len(register.cases), rel=0.02)
    assert len(parts.before.cases) + len(parts.rest.cases) == len(register.cases)
    for name in ("filed_at", "done_at", "closed_at"):
        assert (parts.before.cases[name].dropna() < cut).all()
    for name in ("started_at", "ended_at"):
        assert (parts.before.work[name].dropna() < cut).all()
    assert (parts.rest.cases["filed_at"] >= cut).all()
    assert not (register.work["ended_at"].dropna() < cut).all()
    with pytest.raises(RequestError, match="between 0 and 1"):
        halves(register, 1.0)


def test_what_is_learnt_of_a_known_office_agrees_with_the_rest_of_its_register(
    register: EventLog, validated: sim.Validation
) -> None:
    found = validated
    sojourns = [held for held in found.held if held.seen.kpi == SOJOURN]
    assert {held.seen.channel for held in sojourns} == {"", "paper", "online"}
    assert sum(held.agrees for held in sojourns) >= 2
    assert any(f"of {len(found.held)} agree" in line for line in found.lines)
    # Beside a register in which everything takes three days longer, none agrees.
    rest = halves(register, 0.6).rest
    cases = rest.cases.assign(closed_at=rest.cases["closed_at"] + np.timedelta64(3, "D"))
    slower = {
        (each.bundle, each.channel): each
        for each in seen(EventLog(name="slower", work=rest.work, cases=cases))
        if each.kpi == SOJOURN
    }
    others = [
        Held(seen=slower[held.seen.bundle, held.seen.channel], model=held.model)
        for held in sojourns
    ]
    assert not any(held.agrees for held in others)


def test_a_scenario_of_ones_own_is_held_against_the_same_rest(
    register: EventLog, tmp_path: Path
) -> None:
    log = sim.Log(log=register, overview=overview(register), findings=())
    text = scenario_text(learn(halves(register, 0.6).before))
    file = tmp_path / "office.yaml"
    file.write_text(text, encoding="utf-8")
    found = sim.validate(log, scenario=file, share=0.6, replications=2)
    assert max(each.times.mean for each in (*found.drawn, *found.as_filed)) < 2
    # Who waits a day more before each case ends is told apart.
    file.write_text(text.replace("- {close:", "- {delay: rest, time: 24 h}\n          - {close:"))
    slower = sim.validate(log, scenario=file, share=0.6, replications=2)
    assert all(
        more.model.mean > held.model.mean + 0.9
        for held, more in zip(found.held, slower.held, strict=True)
        if held.seen.kpi == SOJOURN
    )
    file.write_text(text.replace("online", "by post").replace("paper", "at the desk"))
    with pytest.raises(RequestError, match=r"channel at the desk, by post; home"):
        sim.validate(log, scenario=file, share=0.6, replications=2)
    with pytest.raises(ScenarioError, match=r"no\.yaml"):
        sim.validate(log, scenario=tmp_path / "no.yaml", share=0.6, replications=2)


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_page_has_the_words_of_the_terminal_and_three_pictures(
    register: EventLog, validated: sim.Validation, tmp_path: Path, language: str
) -> None:
    with speaking(language):
        validated.save(tmp_path)
        lines = validated.lines
        cells = [*map(held_cells, validated.held)]
        cells += map(likeness_cells, validated.drawn, validated.as_filed)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    html = read(page)
    assert (html.unclosed, html.faults) == ([], [])
    assert f'<html lang="{language}">' in page
    assert "default-src 'none'" in unescape(page)
    assert {cell for row in cells for cell in row} <= set(html.words)
    # Lines with a blank before them are the rows of the tables.
    assert {line for line in lines if not line.startswith(" ")} <= set(html.words)
    assert len(html.links) == 3
    assert all(link.startswith("data:image/svg+xml;base64,") for link in html.links)
    drawn = {path.name for path in (tmp_path / "figures").iterdir()}
    stems = ("times", "weeks", "hours")
    assert drawn == {f"{stem}.{form}" for stem in stems for form in ("svg", "png")}
    with (tmp_path / "distances.csv").open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    told = (*validated.drawn, *validated.as_filed)
    assert [row["measure"] for row in rows] == [each.measure for each in told]
    assert [row["filings"] for row in rows] == ["drawn"] * 6 + ["true"] * 6
    for row, each in zip(rows, told, strict=True):
        assert float(row["low"]) <= float(row["mean"]) <= float(row["high"])
        assert float(row["factor"]) == pytest.approx(float(row["mean"]) / float(row["halves"]))
        assert row["missed"] == str(each.is_missed)


def test_a_picture_shows_every_case_that_it_should(
    register: EventLog, validated: sim.Validation
) -> None:
    rest, shapes = halves(register, 0.6).rest, validated.shapes
    known = rest.work.assign(of=rest.case_of).dropna(subset=["started_at", "ended_at"])
    work = known.groupby("of")
    begun, ended = work["started_at"].min(), work["ended_at"].max()
    days = np.sort((ended - begun) / np.timedelta64(1, "D"))
    assert shapes.rest.times == pytest.approx(days)
    since = [(each.date() - shapes.day) // dt.timedelta(weeks=1) for each in begun]
    n_weeks = len(shapes.rest.by_week)
    assert shapes.rest.by_week.tolist() == [since.count(week) for week in range(n_weeks)]
    assert n_weeks in (max(since), max(since) + 1)
    instants = np.concatenate((known["started_at"], known["ended_at"]))
    at_nine = np.mean(instants.astype("datetime64[h]").astype(int) % 24 == 9)
    assert shapes.rest.by_hour[9] == pytest.approx(at_nine)
    # Cases filed when they were: as many as there are, in each run.
    assert len(shapes.as_filed) == len(shapes.drawn) == 3
    assert all(len(run.times) == pytest.approx(len(days), rel=0.05) for run in shapes.as_filed)
    assert len({tuple(run.by_week) for run in shapes.drawn}) == 3


def test_the_clock_stands_while_a_supplement_is_awaited_if_due_dates_say_so(
    register: EventLog, tmp_path: Path
) -> None:
    text = scenario_text(learn(register))
    assert text.count("- {stop: residence}") == 2
    (bundle,) = learn(register).bundles
    assert bundle.limit is not None
    assert bundle.limit.days == 7
    # Without due dates nothing says so.
    log = replace(register, cases=register.cases.assign(due_on=np.datetime64("NaT", "us")))
    assert "stop:" not in scenario_text(learn(log))
