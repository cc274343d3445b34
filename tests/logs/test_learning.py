"""What is learnt from the register of an office that is known, and what cannot be."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from measure_learning import compare, register_of
from registers import csv_text, read, rows
from truths import truth

import sim
from sim.errors import RequestError
from sim.logs.event_log import EventLog
from sim.logs.learning.learn import learn
from sim.logs.learning.parts import Learnt
from sim.logs.learning.people import _part
from sim.report.learnt import learnt_lines, scenario_text
from sim.scenario import load
from sim.scenario.ranges.factors import factors

NUMBER = 3
"""A truth with a choice, parts side by side, ways back, a delay and set times."""


@pytest.fixture(name="register", scope="module")
def fixture_register(tmp_path_factory: pytest.TempPathFactory) -> EventLog:
    text = truth(NUMBER).text.replace("length: 30 weeks", "length: 14 weeks")
    return register_of(text, tmp_path_factory.mktemp("truth"), NUMBER)


@pytest.fixture(name="learnt", scope="module")
def fixture_learnt(register: EventLog) -> Learnt:
    return learn(register)


def test_what_is_true_of_an_office_lies_in_what_is_learnt(learnt: Learnt) -> None:
    found = compare(truth(NUMBER), learnt)
    assert all(found["hours"])
    assert all(found["people"])
    assert sum(found["share"]) >= len(found["share"]) - 1
    assert sum(found["mean"]) >= len(found["mean"]) - 1
    assert min(len(each) for each in found.values()) >= 1


def test_another_truth_would_be_noticed(learnt: Learnt) -> None:
    made = truth(NUMBER)
    made.hours = '{mon-fri: ["07:30-11:30", "13:00-16:00"]}'
    made.people["clerk"] += 1
    made.shares["online"] += 0.2
    made.means = {key: 1.3 * mean for key, mean in made.means.items()}
    found = compare(made, learnt)
    assert not any(found["hours"])
    assert sum(found["people"]) == len(found["people"]) - 1
    assert not found["share"][0]
    assert sum(found["mean"]) < len(found["mean"]) / 2


def test_the_scenario_passes_the_check_and_says_where_values_come_from(
    learnt: Learnt, tmp_path: Path
) -> None:
    file = tmp_path / "office.yaml"
    file.write_text(scenario_text(learnt), encoding="utf-8")
    assert sim.check(file).faults == ()
    entries = {entry.path: entry for entry in sim.explain(file).entries}
    people = entries["staff.officer.people"]
    assert (people.mark, people.source.partition(":")[0]) == ("measured", "register")
    measured = [entry for entry in entries.values() if entry.mark == "measured"]
    assert all("n " in entry.source or "seen" in entry.source for entry in measured[:3])
    assert len(measured) > 25
    file.write_text(scenario_text(learnt).replace("role: clerk", "role: clark"), encoding="utf-8")
    assert sim.check(file).faults


def test_what_an_answer_hangs_on_is_asked_over_the_intervals_of_what_is_learnt(
    learnt: Learnt, tmp_path: Path
) -> None:
    file = tmp_path / "office.yaml"
    text = scenario_text(learnt).replace("length: 26 weeks", "length: 2 weeks")
    file.write_text(text, encoding="utf-8")
    found = sim.hangs_on(file, kpi="working_days_mean", replications=2, shares=False).found
    by_name = {each.factor.name: each.factor for each in found.weighed}
    stretch = by_name["bundles.residence.demand.a_year"].stretch
    (bundle,) = learnt.bundles
    assert stretch is not None
    assert (stretch.low, stretch.high) == (round(bundle.a_year.low), round(bundle.a_year.high))
    measured = [name for name, each in by_name.items() if each.mark == "measured"]
    assert sum(name.endswith(".time") for name in measured) >= 8
    # Without a range what is measured stays.
    file.write_text(re.sub(r", range: [^}]*", "", text), encoding="utf-8")
    left, _ = factors(load(file))
    assert [each.name for each in left if each.mark == "measured"] == []


def test_every_case_is_replayed_and_a_log_with_other_ways_is_not(
    learnt: Learnt, register: EventLog
) -> None:
    (bundle,) = learnt.bundles
    for flow in bundle.flows:
        assert flow.n_replayed == flow.n_ended > 100
    work = register.work.copy()
    # One case in fifty has its first step behind all others: too few to change the flow.
    swapped = work["case"].astype("str").astype("int64") % 50 == 7
    for name in ("ready_at", "started_at", "ended_at"):
        first = work["step"].isin(["receive", "check"]) & swapped
        work.loc[first, name] += np.timedelta64(60, "D")
    order = np.lexsort((work["started_at"], work["case"].cat.codes))
    log = EventLog(name="x", work=work.iloc[order].reset_index(drop=True), cases=register.cases)
    for flow in learn(log).bundles[0].flows:
        assert 0.9 * flow.n_ended < flow.n_replayed < flow.n_ended


def test_a_log_of_ends_alone_gives_bounds_and_says_what_it_lacks(register: EventLog) -> None:
    nothing = np.datetime64("NaT", "us")
    work = register.work.assign(started_at=nothing, ready_at=nothing)
    work = work[work["ended_at"].notna()].reset_index(drop=True)
    learnt = learn(EventLog(name="ends.csv", work=work, cases=register.cases))
    text = scenario_text(learnt)
    assert "ends.csv has ends alone: the mean is between 0 and" in text
    assert "mark: assumed" in text
    assert any("minutes of work" in line for line in learnt_lines(learnt))
    assert all(step.times is None for step in learnt.bundles[0].flows[0].steps.values())
    assert not any("minutes of work" in line for line in learnt_lines(learn(register)))


def test_without_ready_instants_waits_are_told_from_what_idle_staff_begin(
    register: EventLog,
) -> None:
    work = register.work.assign(ready_at=np.datetime64("NaT", "us"))
    work = work[work["started_at"].notna()].reset_index(drop=True)
    learnt = learn(EventLog(name="register", work=work, cases=register.cases))
    (paper,) = (flow for flow in learnt.bundles[0].flows if flow.channel == "paper")
    kinds = {name: step.wait and step.wait.kind for name, step in paper.steps.items()}
    assert kinds["sign"] == "timetable"
    assert kinds["receive"] is None
    assert kinds["register"] is None


def test_too_little_and_several_home_offices_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text(csv_text(rows(6)), encoding="utf-8")
    with pytest.raises(RequestError, match="6 cases are too few"):
        learn(read(path))
    cells = [[*row, f"Xã {at % 2}"] for at, row in enumerate(rows(40))]
    headings = ("case", "step", "officer", "start", "end", "channel", "due", "home")
    path.write_text(csv_text(cells, headings=headings), encoding="utf-8")
    with pytest.raises(RequestError, match=r"2 home offices.*--home: Xã 0, Xã 1"):
        learn(read(path))
    with pytest.raises(RequestError, match="no home office 'Xã 2'"):
        learn(read(path), home="Xã 2")


@pytest.mark.parametrize("part", [50, 25, 75, 33])
def test_a_part_of_a_post_is_seen_from_half_days_and_few_of_them_tell_nothing(part: int) -> None:
    places = np.arange(400)
    on_duty = places[places * part % 100 < part]
    found, _ = _part(on_duty)
    assert found == part
    assert _part(on_duty[:5])[0] == 100
    assert _part(places)[0] == 100


def odd_registers() -> dict[str, list[list[str]]]:
    """Registers that lack something, or have names that a scenario cannot have as they are."""
    plain = rows(60)
    named = {"Tiếp nhận": "yes", "Thẩm định": "A.B[1]*: c", "Ký duyệt": "#3, {x}"}
    return {
        "names": [[row[0], named[row[1]], f'"{row[2]}" : #', *row[3:]] for row in plain],
        "no officers": [[*row[:2], "", *row[3:]] for row in plain],
        "one step": plain[::3],
        "one channel": [[*row[:5], "", row[6]] for row in plain],
        "no due dates": [[*row[:6], ""] for row in plain],
    }


@pytest.mark.parametrize("name", odd_registers())
def test_a_scenario_from_an_odd_register_passes_the_check(name: str, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    cells = [[cell.replace('"', '""') for cell in row] for row in odd_registers()[name]]
    cells = [[f'"{cell}"' for cell in row] for row in cells]
    path.write_text(csv_text(cells), encoding="utf-8")
    file = tmp_path / "office.yaml"
    file.write_text(scenario_text(learn(read(path))), encoding="utf-8")
    assert sim.check(file).faults == ()


def test_what_looks_like_an_appointment_is_a_delay_where_no_limit_is_known(
    register: EventLog,
) -> None:
    cases = register.cases.copy()
    due = cases["closed_at"].dt.normalize()
    cases["closed_at"] = due + np.timedelta64(8, "h") + np.timedelta64(3, "D")
    cases["due_on"] = due + np.timedelta64(3, "D")
    log = EventLog(name="register", work=register.work, cases=cases)
    assert all(bundle.limit is None for bundle in learn(log).bundles)
    assert "appointment" not in scenario_text(learn(log))
