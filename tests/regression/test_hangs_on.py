"""What the birth study is recorded to hang on, and that it still does."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from sim.analysis.paired import difference
from sim.experiment.points import Points
from sim.scenario import load
from sim.scenario.ranges.factors import Factor, as_setting, factors

TOP = Path(__file__).parents[2]
RECORDED = TOP / "benchmarks" / "recorded" / "hangs-on" / "effects.csv"
CARD = "bundles.birth.regimes.separate-2006.limits.card"
LEADING = {
    "separate": {"slip", "days_2006", CARD},
    "online": {"slip_online", "inbox"},
    "separate less online": {"slip", "days_2006", CARD},
}
"""What nobody named beforehand and is to be found among the first five."""

Rows = list[dict[str, str]]


def recorded() -> Rows:
    with RECORDED.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def first_five(rows: Rows, outcome: str) -> set[str]:
    return {row["factor"] for row in rows if row["outcome"] == outcome and int(row["rank"]) <= 5}


def found_in() -> dict[str, Factor]:
    scenario = load(TOP / "scenarios" / "birth.yaml", variant="separate")
    return {factor.name: factor for factor in factors(scenario)[0]}


@pytest.mark.parametrize("outcome", LEADING)
def test_slip_inbox_and_the_reading_of_the_days_are_among_the_first_five(outcome: str) -> None:
    assert first_five(recorded(), outcome) >= LEADING[outcome]


@pytest.mark.parametrize("outcome", LEADING)
def test_a_ranking_the_other_way_round_is_refused(outcome: str) -> None:  # the twin
    rows = [{**row, "rank": str(1000 - int(row["rank"]))} for row in recorded()]
    assert not first_five(rows, outcome) >= LEADING[outcome]


def check_factors(rows: Rows) -> None:
    found = found_in()
    for row in rows:
        factor = found[row["factor"]]
        ends = [*factor.choices, *map(factor.value_of, factor.ends)]
        assert row["written"] == factor.written
        assert row["nearer"] or row["value"] in map(as_setting, ends)


def test_the_recorded_factors_and_ranges_are_those_of_the_scenario() -> None:
    check_factors(recorded())
    wrong = [
        {**row, "value": "12 wd"} if row["factor"] == "days_2006" else row for row in recorded()
    ]
    with pytest.raises(AssertionError):  # the twin
        check_factors(wrong)


def test_the_recorded_effect_of_the_days_comes_out_again() -> None:
    days = found_in()["days_2006"]
    cell = load(TOP / "scenarios" / "birth.yaml", variant="separate")
    points = Points(
        cells=(cell,), bundle="birth", kpi="working_days_mean", group="birth", seed=1,
        engine="fast", workers=2,
    )  # fmt: skip
    written, moved = points.as_written(), points.at([(days, "11 wd")])
    assert not isinstance(moved, str)
    every = range(10)
    points.measure([(written, every), (moved, every)])
    found = difference(points.values(written, every)[0], points.values(moved, every)[0])
    (row,) = (
        row
        for row in recorded()
        if (row["outcome"], row["factor"], row["value"]) == ("separate", "days_2006", "11 wd")
    )
    assert (found.mean, found.low, found.high) == tuple(
        pytest.approx(float(row[name]), abs=1e-9) for name in ("moves", "low", "high")
    )
    assert found.mean != pytest.approx(float(row["moves"]) + 0.01, abs=1e-3)  # the twin
