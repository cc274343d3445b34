"""Twelve citizens worked out by hand, to the minute.

Monday 28 and Tuesday 29 April 2025 are worked, 30 April to 2 May are off, then a weekend; the next
working days are 5, 6, 7 and 8 May.  The comments follow each citizen through the offices.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from sim.engines import ENGINES, run
from sim.engines.protocol import prepare
from sim.model import Model, Outcome
from sim.records import LEDGER, Run
from sim.scenario import load, resolve
from sim.streams import name_key, uniforms
from sim.units import MINUTE

SCENARIO = Path(__file__).parent / "citizens" / "citizens.yaml"
START = datetime(2025, 4, 28)
SEED = 14
"""With it the doubtful citizen is sent back once, and not a second time (checked below)."""

ENDS = [
    # 0  paper: clerk 8:00-8:10; officer busy with 1 until 8:27, 8:27-8:47; courier Tue 15:00;
    #    stamp 15:00-15:15; received Mon, due 3 wd later: 29 Apr, 5 May, 6 May 7:30; collects 30 min
    "2025-05-06 08:00",
    # 1  online: 5 min under way; officer 8:07-8:27; residence 8:27-8:57, card 8:27-8:37 + 1 h
    "2025-04-28 09:37",
    # 2  paper: clerk 8:10-8:20; officer 8:47-9:07; courier Tue 15:00; stamp 15:15-15:30; due 6 May
    "2025-05-06 08:00",
    # 3  paper, sent back: clerk 10:00-10:10; 8 h of open time pass until Tue 10:10; clerk
    #    10:10-10:20; officer 10:20-10:40; courier 15:00; stamp 15:30-15:45; due a day later, 7 May
    "2025-05-07 08:00",
    # 4  paper after the cut-off: clerk 15:30-15:40; officer 15:40-16:00; courier Tue 15:00; stamp
    #    15:45-16:00; received Tue, due 5, 6, 7 May
    "2025-05-07 08:00",
    # 5  online at night: officer Tue 7:30-7:50; residence until 8:20, card 7:50-8:00 + 1 h
    "2025-04-29 09:00",
    # 6  online, 2 min under way, portal down 10:00-11:00, 3 min more: 11:03; officer 11:03-11:23;
    #    residence 7 min, pause, until 13:23; card 11:23-11:30, pause, 13:00-13:03 + 1 h
    "2025-04-29 14:03",
    # 7  paper before the holidays: clerk 14:50-15:00; officer 15:00-15:20; next courier Tue 6 May
    #    15:00; stamp 15:00-15:15; received 29 Apr, due 7 May
    "2025-05-07 08:00",
    # 8  paper at closing: clerk 16:55-17:00, pause, 5 May 7:30-7:35; officer after 9: 7:50-8:10;
    #    courier 6 May 15:00; stamp 15:15-15:30; received 5 May, due 8 May
    "2025-05-08 08:00",
    # 9  online on a holiday: officer 5 May 7:30-7:50; card 7:50-8:00 + 1 h
    "2025-05-05 09:00",
    # 10 online: ready 7:35, behind 9 and 8: 8:10-8:30; residence 8:30-9:00; card until 9:40
    "2025-05-05 09:40",
    # 11 online at the same instant, a later number: 8:30-8:50; residence 9:00-9:30; card to 10:00
    "2025-05-05 10:00",
]

WORKING_DAYS = [3, 0, 3, 3, 3, 0, 0, 3, 3, 0, 0, 0]

MINUTES = {  # service, queue, closed, timetable, transfer, outage, applicant, appointment, delay
    # (nothing is unseen, held, in a batch or put down by somebody away)
    0: [45, 17, 0, 1813, 0, 0, 30, 9615, 0],
    3: [55, 30, 0, 260, 0, 0, 1440 + 30, 11025, 0],
    6: [30, 0, 90, 0, 5, 60, 0, 0, 60],
    8: [45, 30, 8070, 1850, 0, 0, 30, 2400, 0],
    11: [30, 55, 0, 0, 5, 0, 0, 0, 60],
}


@pytest.fixture(scope="module")
def model() -> Model:
    return resolve(load(SCENARIO))


@pytest.fixture(scope="module", params=sorted(ENGINES))
def outcome(model: Model, request: pytest.FixtureRequest) -> Run:
    return run(model, seed=SEED, replication=0, engine=request.param)


def ends_of(cases: dict[str, np.ndarray]) -> list[str]:
    return [str(START + timedelta(microseconds=int(at)))[:16] for at in cases["ended_at"]]


def test_the_doubtful_citizen_draws_one_return_and_no_second(model: Model) -> None:
    inputs = prepare(model, seed=SEED, replication=0)
    cases = inputs.cases
    key = name_key("incomplete:registration", 32)
    draws = [
        float(uniforms(inputs.key, cases.stream[3:4], cases.number[3:4], key, visit)[0])
        for visit in (0, 1)
    ]
    assert draws[0] < 0.5 <= draws[1]


def test_every_citizen_is_done_at_the_minute_worked_out_by_hand(outcome: Run) -> None:
    assert ends_of(outcome.cases) == ENDS
    assert (outcome.cases["ended_at"] % MINUTE == 0).all()
    assert (outcome.cases["outcome"] == Outcome.COMPLETED).all()


def test_working_days_and_limits_are_those_worked_out_by_hand(outcome: Run) -> None:
    assert outcome.cases["working_days"].tolist() == WORKING_DAYS
    assert (outcome.cases["limit_days"] == 3).all()
    assert outcome.cases["stopped_days"].tolist() == [0, 0, 0, 1, *[0] * 8]


@pytest.mark.parametrize("case", MINUTES)
def test_the_ledger_splits_the_time_as_worked_out_by_hand(case: int, outcome: Run) -> None:
    parts = [int(outcome.cases[name][case]) / MINUTE for name in LEDGER]
    assert parts == MINUTES[case] + [0] * 4


def test_trips_are_counted(outcome: Run) -> None:
    assert outcome.cases["n_trips"].tolist() == [1, 0, 1, 2, 1, 0, 0, 1, 1, 0, 0, 0]


@pytest.mark.parametrize(
    "change",
    [
        {"timetables.courier.departures": '{fri: "15:00"}'},
        {"calendars.office.holidays": "none"},
        {"bundles.birth.procedures.registration.limit": "4 wd"},
        {"bundles.birth.regimes.linked.online.print.time": "61 min"},
        {"legal_clock.cut_off": "16:00"},
    ],
    ids=["courier", "holidays", "limit", "branch", "cut-off"],
)
def test_a_twin_with_one_rule_changed_is_not_done_at_those_minutes(change: dict[str, str]) -> None:
    twin = run(resolve(load(SCENARIO, settings=change)), seed=SEED, replication=0)
    assert ends_of(twin.cases) != ENDS
