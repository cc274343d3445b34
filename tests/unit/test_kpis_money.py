"""What a case burdens and costs in money, by hand; nothing is taken for 0."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.kpis import measure
from sim.kpis.money import Lacking, lacking
from sim.units import HOUR

# An hour 30 000, a trip 20 000, a copy 2 000; an hour of the clerk 50 000, of the registrar 40 000,
# of the police 60 000.
ON_PAPER = {"own_time": 2 * HOUR, "n_trips": 1, "n_copies": 3, "n_paid": 1, "fees": 8_000}
ONLINE = {"own_time": HOUR // 2, "n_paid": 2, "n_paid_online": 2, "fees": 4_000}
PAPER_VND = 2 * 30_000 + 20_000 + 3 * 2_000 + 8_000
ONLINE_VND = 15_000 + 4_000

A_YEAR = 365 / 14
"""Measured windows of 14 days in a year."""


@pytest.fixture
def run(world):
    at = world.at
    cases = [
        world.completed(at(7), at(8), **ON_PAPER),
        world.completed(at(7), at(8), channel=1, **ONLINE),
        {"arrives_at": at(7), "ended_at": at(8), "outcome": 2, **ON_PAPER},  # rejected
        {"arrives_at": at(7), "channel": 1, **ON_PAPER},  # open
        {"arrives_at": at(6), **ON_PAPER},  # not measured
        world.completed(at(7), at(8), bundle=1),
    ]
    work = {0: {"work_time": 7 * HOUR}, 1: {"work_time": 3 * HOUR}, 3: {"work_time": 5 * HOUR}}
    return world.run(cases=cases, activities=work)


def test_the_burden_is_own_hours_trips_and_copies_at_their_cost_and_the_fees(world, run):
    expected = {
        "birth": (PAPER_VND + ONLINE_VND) / 2,
        "birth/paper": PAPER_VND,
        "birth/online": ONLINE_VND,
    }
    world.assert_kpi(run, "burden", expected)
    # Of all cases in a year, as of those that were completed.
    n_cases = {"birth": 4, "birth/paper": 2, "birth/online": 2}
    a_year = {group: n_cases[group] * A_YEAR * expected[group] for group in expected}
    world.assert_kpi(run, "burden_a_year", a_year)
    with pytest.raises(AssertionError):  # without the fee
        world.assert_kpi(run, "burden", expected | {"birth/paper": PAPER_VND - 8_000})
    with pytest.raises(AssertionError):  # of completed cases only
        world.assert_kpi(run, "burden_a_year", a_year | {"birth/paper": PAPER_VND * A_YEAR})


def test_what_a_case_costs_the_offices_is_the_hours_of_each_role_at_its_pay(world, run):
    expected = {"birth": (7 * 50_000 + 3 * 60_000) / 4, "everyday": 5 * 40_000}
    world.assert_kpi(run, "office_cost", expected)
    a_year = {"birth": 4 * A_YEAR * expected["birth"], "everyday": A_YEAR * expected["everyday"]}
    world.assert_kpi(run, "office_cost_a_year", a_year)
    with pytest.raises(AssertionError):  # all at the pay of the clerk
        world.assert_kpi(run, "office_cost", expected | {"birth": 10 * 50_000 / 4})
    with pytest.raises(AssertionError):
        world.assert_kpi(run, "office_cost_a_year", expected)


def test_fees_and_the_share_of_them_paid_online(world, run):
    fees = {"birth": 6_000, "birth/paper": 8_000, "birth/online": 4_000}
    world.assert_kpi(run, "fees", fees | {"everyday": 0.0, "everyday/paper": 0.0})
    online = {"birth": 2 / 3, "birth/paper": 0.0, "birth/online": 1.0}
    world.assert_kpi(run, "paid_online_share", online)
    with pytest.raises(AssertionError):  # the mean of the cases
        world.assert_kpi(run, "paid_online_share", online | {"birth": 0.5})
    with pytest.raises(AssertionError):  # a bundle in which nobody pays
        world.assert_kpi(run, "paid_online_share", online | {"everyday": 0.0})


def without(world, **changes):
    """The same world with other costs."""
    return replace(world, model=replace(world.model, costs=replace(world.model.costs, **changes)))


@pytest.mark.parametrize("name", ["hour", "trip", "copy"])
def test_without_an_amount_that_is_needed_there_is_no_burden(world, run, name):
    lacks = without(world, **{name: None})
    lacks.assert_kpi(run, "burden", {})
    lacks.assert_kpi(run, "burden_a_year", {})
    assert lacking(lacks.model)["birth"] == Lacking(asks_applicants=True, burden=(name,), pay=())
    assert list(lacks.values(run, "office_cost")) == ["birth", "everyday"]
    assert lacking(world.model)["birth"] == Lacking(asks_applicants=True, burden=(), pay=())
    with pytest.raises(AssertionError):
        world.assert_kpi(run, "burden", {})


def test_without_a_pay_that_is_needed_there_is_no_cost_for_offices(world, run):
    lacks = without(world, pay=(50_000.0, 40_000.0, None))
    lacks.assert_kpi(run, "office_cost", {"everyday": 200_000.0})
    lacks.assert_kpi(run, "office_cost_a_year", {"everyday": 200_000.0 * A_YEAR})
    assert lacking(lacks.model)["birth"].pay == ("police",)
    assert lacking(lacks.model)["everyday"].pay == ()
    assert list(lacks.values(run, "burden")) == ["birth", "birth/paper", "birth/online"]
    with pytest.raises(AssertionError):
        world.assert_kpi(run, "office_cost", {"everyday": 200_000.0})


def test_a_bundle_that_asks_nothing_of_applicants_has_no_burden(world, run):
    its = lacking(world.model)["everyday"]
    assert its == Lacking(asks_applicants=False, burden=(), pay=())
    assert "everyday" not in world.values(run, "burden")
    assert "everyday" in world.values(run, "office_cost")


def test_without_any_amount_nothing_is_computed_and_nothing_is_lacking(world, run):
    bare = replace(world.model, costs=None)
    money = {"fees", "burden", "burden_a_year", "office_cost", "office_cost_a_year"}
    assert not money & {row.kpi for row in measure(bare, run)}
    assert lacking(bare) == {}
    assert money <= {row.kpi for row in measure(world.model, run)}


def test_amounts_are_in_the_currency_of_the_scenario(world, run):
    other = without(world, currency="đồng")
    units = {row.kpi: row.unit for row in measure(other.model, run)}
    assert (units["burden"], units["office_cost_a_year"]) == ("đồng", "đồng a year")
    assert units["own_hours"] == "h"
    assert {row.kpi: row.unit for row in measure(world.model, run)}["burden"] == "VND"
