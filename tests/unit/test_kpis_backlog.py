"""How long a backlog takes to clear, in worlds small enough to be worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.arrivals import AT_START, CaseTable
from sim.experiment.checks import check
from sim.kpis import measure
from sim.model import Model
from sim.records import WORK_ITEMS, table

CLAIM = """
title: A backlog and a wish
period: {start: 2025-03-03, warm_up: 0 weeks, length: 2 weeks}
staff: {clerk: {office: commune, people: 1}}
bundles:
  permit:
    demand: {a_year: 100}
    regimes: {now: {counter: [{do: check, role: clerk, time: 10 min}]}}
backlog: backlog.csv
target: {bundle: permit, kpi: backlog_days, at_most: 5}
"""


def with_backlog(model: Model, entries: list[int], arrives_at: int = 0) -> Model:
    """The model with cases listed: at the start of their flow, or under way at an element."""
    n = len(entries)
    zeros = np.zeros(n, np.int64)
    listed = CaseTable(
        stream=zeros.astype(np.uint64),
        number=np.arange(n),
        channel=zeros,
        flow=zeros,
        home=zeros,
        arrives_at=zeros + arrives_at,
        received_at=zeros,
        entry=np.array(entries, np.int64),
        properties=np.zeros((n, 0), np.int64),
    )
    return replace(model, case_list=listed)


def values(model: Model, run, kpi: str) -> dict[str, float]:
    return {m.group: m.value for m in measure(model, run) if m.kpi == kpi}


@pytest.fixture
def run(world):
    at = world.at
    return world.run(
        cases=[
            world.completed(0, at(3)),
            world.completed(0, at(5, 12)),
            {"arrives_at": 0, "ended_at": at(4), "outcome": 2, "channel": 1},
            world.completed(0, at(20)),  # listed, but at the start of its flow
            world.completed(at(1), at(25)),  # new
        ],
        work_items=[
            {"case": 0, "ready_at": at(0), "started_at": at(1)},
            {"case": 1, "ready_at": at(0), "started_at": at(2)},
            # A new case stands behind the backlog, and another joins before it is taken.
            {"case": 4, "ready_at": at(1), "started_at": at(3)},
            {"case": 3, "ready_at": at(2, 12), "started_at": at(3, 12)},
            {"case": 4, "ready_at": at(6), "started_at": at(7)},
            # At the other office only one waits.
            {"case": 2, "office": 1, "ready_at": at(0, 1), "started_at": at(0, 8)},
            # Later work of the backlog, of another role.
            {"case": 0, "role": 2, "office": 2, "ready_at": at(2), "started_at": at(9)},
        ],
    )


def test_the_backlog_has_ended_with_its_last_case(world, run):
    model = with_backlog(world.model, [0, 0, 0, AT_START])
    found = values(model, run, "backlog_days")
    assert found == {"birth": 5.5, "birth/paper": 5.5, "birth/online": 4.0}
    every = values(with_backlog(world.model, [0, 0, 0, 0]), run, "backlog_days")
    assert every["birth"] == 20  # the twin: one more of them was under way
    assert values(world.model, run, "backlog_days") == {}


def test_a_backlog_with_an_open_case_has_not_ended(world):
    run = world.run(cases=[world.completed(0, world.at(3)), {"arrives_at": 0}])
    assert values(with_backlog(world.model, [0, 0]), run, "backlog_days") == {}
    assert values(with_backlog(world.model, [0, AT_START]), run, "backlog_days")["birth"] == 3


def test_the_queue_is_empty_when_who_came_meanwhile_is_taken_too(world, run):
    model = with_backlog(world.model, [0, 0, 0, AT_START])
    found = values(model, run, "backlog_queue_days")
    assert found == {"clerk": 3.5}  # not 2, when the last case of the backlog is taken
    # Not of the police, to whom no case of the backlog comes first.
    only_other = with_backlog(world.model, [AT_START, AT_START, 0, AT_START])
    assert values(only_other, run, "backlog_queue_days") == {"clerk": pytest.approx(8 / 24)}
    assert values(world.model, run, "backlog_queue_days") == {}


def test_a_queue_that_never_empties_has_no_value_nor_has_one_whose_items_are_not_kept(world):
    at = world.at
    items = [
        {"case": 0, "ready_at": 0, "started_at": at(2)},
        {"case": 1, "ready_at": at(1)},
    ]
    cases = [world.completed(0, at(3)), {"arrives_at": at(1)}]
    model = with_backlog(world.model, [0])
    assert values(model, world.run(cases=cases, work_items=items), "backlog_queue_days") == {}
    whole = world.run(cases=cases, work_items=items[:1])
    assert values(model, whole, "backlog_queue_days") == {"clerk": 2}
    left_out = replace(whole, work_items=table(WORK_ITEMS, ()))
    assert values(model, left_out, "backlog_queue_days") == {}


def test_a_target_may_ask_how_long_the_backlog_takes_if_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "backlog.csv").write_text(
        "bundle,office,step,received_on\npermit,commune,check,2025-02-20\n"
    )
    (tmp_path / "claim.yaml").write_text(CLAIM)
    assert not check(tmp_path / "claim.yaml")
    (tmp_path / "claim.yaml").write_text(CLAIM.replace("backlog: backlog.csv\n", ""))
    (fault,) = check(tmp_path / "claim.yaml")
    assert fault.message == (
        "'backlog_days' is never measured: no case of 'permit' is in a backlog"
    )
    assert fault.way_out == "Give backlog: a file of cases under way."
