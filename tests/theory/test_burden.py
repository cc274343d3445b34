"""The burden of one case to the đồng, on paper and online, worked out by hand (M1-M3).

An hour of an applicant is 30 000 VND, a trip 15 000, a copy 2 000, an hour of the clerk 50 000 and
one of the officer 72 000.  Four cases in 73 days, so 20 in a year: two on paper and two online.

| applicant | on paper | online |
|---|---:|---:|
| goes there, 75 min; pays at the counter, 10 min; fetches it, 60 min | 145 min: 72 500 | |
| fills in the form, 30 min | | 15 000 |
| trips | 2: 30 000 | |
| copies | 3: 6 000 | |
| fee, of the day of filing | 20 000, from 1 April 12 000 | the same |
| **burden**, March / April | **128 500 / 120 500** | **35 000 / 27 000** |

| offices | on paper | online |
|---|---:|---:|
| clerk | 12 min: 10 000 | |
| officer | 25 min: 30 000 | 20 min: 24 000 |
| **cost** | **40 000** | **24 000** |
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import api
from sim.engines import ENGINES, run
from sim.kpis import measure
from sim.model import Model
from sim.scenario import load, resolve

PAPER = """[
            {applicant: go, time: 0 min, effort: 75 min, trips: 1, copies: 3},
            {open: permit},
            {do: receive, role: clerk, time: 12 min},
            {do: decide, role: officer, time: 25 min},
            {pay: fee, fee: FEE, counter: {time: 10 min}},
            {close: permit},
            {applicant: fetch, time: 0 min, effort: 1 h, trips: 1}]"""

FEE = "{2025-03-03: 20 000 VND, 2025-04-01: 12 000 VND}"

SCENARIO = """
title: The burden of one case
period: {start: 2025-03-03, warm_up: 0 weeks, length: 73 d, run_out: 1 week}
staff:
  clerk: {office: commune, people: 1}
  officer: {office: commune, people: 1}
costs:
  hour: 30 000 VND/h
  trip: 15 000 VND
  copy: 2 000 VND
  pay: {clerk: 50 000 VND/h, officer: 72 000 VND/h}
bundles:
  life:
    procedures: {permit: {limit: 2 wd}}
    demand: {log: filings.csv}
    channels: {online: 50 %, paper: rest}
    regime: online
    regimes:
      counter:
        online: paper
        paper: PAPER
      online:
        paper: PAPER
        online:
          - {applicant: fill_in, time: 30 min}
          - {open: permit}
          - {do: decide, role: officer, time: 20 min}
          - {pay: fee, fee: FEE, online: 100 %}
          - {close: permit}
variants:
  before: {bundles.life.regime: counter}
  after: {bundles.life.regime: online}
""".replace("PAPER", PAPER).replace("FEE", FEE)

FILINGS = """filed_at,office,channel
2025-03-04 08:00,commune,paper
2025-03-05 08:00,commune,online
2025-04-02 08:00,commune,paper
2025-04-03 08:00,commune,online
"""

BEFORE = {
    "own_hours": 145 / 60,
    "trips": 2,
    "copies": 3,
    "fees": 16_000,
    "burden": 124_500,  # two of 128 500, two of 120 500
    "burden_a_year": 20 * 124_500,
    "office_hours": 37 / 60,
    "office_cost": 40_000,
    "office_cost_a_year": 800_000,
}
AFTER = {
    "own_hours": (145 + 30) / 2 / 60,
    "trips": 1,
    "copies": 1.5,
    "fees": 16_000,
    "burden": 77_750,  # 128 500, 120 500, 35 000 and 27 000
    "burden_a_year": 20 * 77_750,
    "office_hours": (37 + 20) / 2 / 60,
    "office_cost": 32_000,
    "office_cost_a_year": 640_000,
}
BY_CHANNEL = {"life": 77_750, "life/online": 31_000, "life/paper": 124_500}


def nearly(values: dict[str, float]) -> object:
    """The values but for the rounding of floats, a millionth of a đồng."""
    return pytest.approx(values, rel=0, abs=1e-6)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "filings.csv").write_text(FILINGS)
    (tmp_path / "burden.yaml").write_text(SCENARIO)
    return tmp_path / "burden.yaml"


def measured(model: Model, engine: str) -> dict[tuple[str, str], float]:
    left = run(model, seed=1, replication=0, engine=engine)
    return {(each.kpi, each.group): each.value for each in measure(model, left)}


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_each_case_is_burdened_and_costs_as_worked_out_by_hand(engine: str, path: Path) -> None:
    model = resolve(load(path))
    found = measured(model, engine)
    assert {kpi: found[kpi, "life"] for kpi in AFTER} == nearly(AFTER)
    burdens = {group: value for (kpi, group), value in found.items() if kpi == "burden"}
    assert burdens == nearly(BY_CHANNEL)
    assert found["paid_online_share", "life"] == 0.5
    assert found["office_hours", "life/clerk"] == pytest.approx(2 * 12 / 4 / 60)
    before = measured(resolve(load(path, variant="before")), engine)
    assert {kpi: before[kpi, "life"] for kpi in BEFORE} == nearly(BEFORE)


@pytest.mark.parametrize(
    "change",
    [
        {"costs.hour": "30 001 VND/h"},
        {"costs.trip": "15 001 VND"},
        {"costs.copy": "2 001 VND"},
        {"bundles.life.regimes.online.online.fill_in.time": "31 min"},
        {"bundles.life.regimes.online.online.fee.fee": "20 000 VND"},
    ],
    ids=["hour", "trip", "copy", "own time", "fee"],
)
def test_a_twin_with_one_amount_changed_has_another_burden(
    change: dict[str, str], path: Path
) -> None:
    found = measured(resolve(load(path, settings=change)), "fast")
    with pytest.raises(AssertionError):
        assert {kpi: found[kpi, "life"] for kpi in AFTER} == nearly(AFTER)


def test_a_saving_is_before_less_after_to_the_dong(path: Path) -> None:
    study = api.compare(path, variants=["before", "after"], replications=2)
    rows = study.estimates.query("group == 'life' and baseline == 'before'").set_index("kpi")
    saved = {kpi: BEFORE[kpi] - AFTER[kpi] for kpi in BEFORE}
    assert (-rows.loc[list(saved), "mean"]).to_dict() == nearly(saved)
    # All is certain here, so the interval is the mean.
    assert (rows["high"] - rows["low"])[list(saved)].abs().max() < 1e-6
    assert set(rows.loc[["fees", "burden", "office_cost"], "unit"]) == {"VND"}
    assert set(rows.loc[["burden_a_year", "office_cost_a_year"], "unit"]) == {"VND a year"}
    with pytest.raises(AssertionError):
        assert rows.loc[list(saved), "mean"].to_dict() == nearly(saved)
