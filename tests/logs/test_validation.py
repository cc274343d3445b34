"""A learnt scenario agrees with the part of its register that it was not learnt from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from measure_learning import register_of
from truths import truth

import sim
from sim.errors import RequestError, ScenarioError
from sim.logs.event_log import EventLog
from sim.logs.held_out import SOJOURN, Held, halves, seen
from sim.logs.learning.learn import learn
from sim.logs.overview import overview
from sim.report.learnt import scenario_text

NUMBER = 2


@pytest.fixture(name="register", scope="module")
def fixture_register(tmp_path_factory: pytest.TempPathFactory) -> EventLog:
    text = truth(NUMBER).text.replace("length: 30 weeks", "length: 16 weeks")
    return register_of(text, tmp_path_factory.mktemp("truth"), NUMBER)


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
    register: EventLog,
) -> None:
    log = sim.Log(log=register, overview=overview(register), findings=())
    found = sim.validate(log, share=0.6, replications=3)
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
