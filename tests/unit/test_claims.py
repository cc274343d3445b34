"""Which figures a claim or a target can ask for, against what a run really measures."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import engines
from sim.experiment.claims import (
    NEEDS_AMOUNTS,
    NEEDS_ANY_LIMIT,
    NEEDS_LIMIT,
    NEEDS_PAYMENT,
    NEEDS_RECEIPT,
    OF_BACKLOG,
    OF_NO_BUNDLE,
    OF_NO_CHANNEL,
    OF_OTHER_OUTCOMES,
    measured_in,
)
from sim.kpis import KPIS, measure
from sim.scenario import load, resolve

TWO_BUNDLES = """
title: Two bundles
period: {start: 2025-01-06, warm_up: 0 weeks, length: 26 weeks}
staff: {clerk: {office: commune, people: 1}}
bundles:
  permit:
    procedures: {permit: {limit: 5 wd}}
    demand: {a_year: 500}
    regimes:
      r:
        counter:
          - {open: permit}
          - {do: sign, role: clerk, time: 10 min}
          - {close: permit}
  visit:
    demand: {a_year: 500}
    regimes: {r: {counter: [{do: greet, role: clerk, time: 10 min}]}}
target: {bundle: permit, kpi: on_time_share, at_least: 95 %}
"""


def test_a_run_measures_for_bundles_what_a_claim_may_ask_for(tmp_path: Path) -> None:
    file = tmp_path / "two.yaml"
    file.write_text(TWO_BUNDLES, encoding="utf-8")
    model = resolve(load(file))
    measures = measure(model, engines.run(model, seed=1, replication=0, engine="reference"))
    found = {
        bundle: {e.kpi for e in measures if e.group == bundle} for bundle in ("permit", "visit")
    }
    of_money = NEEDS_AMOUNTS | NEEDS_PAYMENT
    never = OF_NO_BUNDLE | OF_OTHER_OUTCOMES | OF_BACKLOG | of_money
    assert found["permit"] == KPIS.keys() - never
    # A number of cases is 0 where there are none.
    of_law = NEEDS_RECEIPT | NEEDS_LIMIT | NEEDS_ANY_LIMIT
    assert found["permit"] - found["visit"] == of_law - {"n_not_yet_due"}


COSTS = "costs: {hour: 30 000 VND/h, trip: 20 000 VND, pay: {clerk: 50 000 VND/h}}\n"
PAYS = "- {pay: fee, fee: 8 000 VND, online: 50 %, counter: {trips: 1, time: 1 h}}"


@pytest.mark.parametrize(
    ("change", "kpis"),
    [
        ((), NEEDS_AMOUNTS | NEEDS_PAYMENT),
        (("trip: 20 000 VND, ", ""), {"fees", "office_cost", "office_cost_a_year"} | NEEDS_PAYMENT),
        ((", pay: {clerk: 50 000 VND/h}", ""), {"fees", "burden", "burden_a_year"} | NEEDS_PAYMENT),
        ((PAYS, ""), {"fees", "office_cost", "office_cost_a_year"}),
    ],
    ids=["all", "no trip", "no pay", "nothing is paid"],
)
def test_a_figure_in_money_may_be_asked_for_where_a_run_measures_it(
    tmp_path: Path, change: tuple[str, str], kpis: set[str]
) -> None:
    file = tmp_path / "two.yaml"
    text = COSTS + TWO_BUNDLES.replace("- {open: permit}", f"{PAYS}\n          - {{open: permit}}")
    text = text.replace(*change) if change else text
    of_money = NEEDS_AMOUNTS | NEEDS_PAYMENT
    asked = set()
    for kpi in of_money:
        target = text.replace("on_time_share, at_least: 95 %", f"{kpi}, at_most: 1")
        file.write_text(target, encoding="utf-8")
        scenario = load(file)
        model = resolve(scenario)
        asked |= {kpi} if measured_in(scenario, model) else set()
    measures = measure(model, engines.run(model, seed=1, replication=0, engine="reference"))
    assert asked == {e.kpi for e in measures if e.group == "permit"} & of_money
    assert asked == kpis


def test_channels_have_all_figures_of_a_bundle_but_those_named(tmp_path: Path) -> None:
    file = tmp_path / "two.yaml"
    text = COSTS + TWO_BUNDLES.replace("- {open: permit}", f"{PAYS}\n          - {{open: permit}}")
    file.write_text(text, encoding="utf-8")
    model = resolve(load(file))
    measures = measure(model, engines.run(model, seed=1, replication=0, engine="reference"))
    found = {
        group: {e.kpi for e in measures if e.group == group}
        for group in ("permit", "permit/counter")
    }
    assert found["permit"] - found["permit/counter"] == OF_NO_CHANNEL


def test_a_bundle_of_one_procedure_has_its_limit_and_its_extensions(tmp_path: Path) -> None:
    file = tmp_path / "two.yaml"
    text = TWO_BUNDLES.replace("{do: sign", "{extend: permit, by: 2 wd}\n          - {do: sign")
    file.write_text(text, encoding="utf-8")
    scenario = load(file)
    model = resolve(scenario)
    assert measured_in(scenario, model) == {("target",)}
    run = engines.run(model, seed=1, replication=0, engine="reference")
    permit = run.cases["bundle"] == 0
    assert set(run.cases["limit_days"][permit].tolist()) == {7}
    assert set(run.dossiers["limit_days"].tolist()) == {7}
    # The twins: a limit of its own counts, and `none` sets none.
    for limit, days in (("6 wd", 6), ("none", -1)):
        file.write_text(
            text.replace("    procedures: {p", f"    limit: {limit}\n    procedures: {{p")
        )
        own = load(file)
        model = resolve(own)
        assert (measured_in(own, model) == {("target",)}) == (days > 0)
        run = engines.run(model, seed=1, replication=0, engine="reference")
        assert set(run.cases["limit_days"][run.cases["bundle"] == 0].tolist()) == {days}
