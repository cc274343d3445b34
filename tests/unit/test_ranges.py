"""What of a scenario may be otherwise, and from where to where."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import ValueFault
from sim.scenario import load, resolve
from sim.scenario.ranges.factors import Factor, Origin, factors, scenario_with
from sim.scenario.ranges.quantities import quantity_of
from sim.scenario.schema.ranges import Kind, parse_range
from sim.units import MINUTE

TOP = Path(__file__).parents[2]

TEXT = """
title: A clerk
period: {start: 2025-03-03, warm_up: 1 weeks, length: 4 weeks}
staff:
  clerk: {office: commune, people: 1, mark: stated, source: Roster}
bundles:
  residence:
    procedures: {registration: {limit: {value: 7 wd, mark: assumed, range: 5-10 wd}}}
    demand: {a_year: {value: 3 600, mark: stated, source: Book}}
    properties: {remote: {value: 90 %, mark: assumed}, old: {value: 3 %, mark: stated, source: x}}
    regimes:
      today:
        paper:
          - {open: registration}
          - {do: receive, role: clerk, time: "lognormal(mean 10 min, cv 0.5)"}
          - {delay: post, time: 1 wd}
          - {appointment: registration, slip: 100 %}
          - {close: registration}
readings:
  one: {slip: 100 %}
  other: {slip: 0 %}
reading: one
levers:
  slip: bundles.residence.regimes.*.paper.*.slip
provenance:
  bundles.residence.regimes.*.receive.time: {mark: assumed}
  bundles.residence.regimes.*.time: {mark: assumed, range: 0.8-3 x}
"""


def found_in(text: str, tmp_path: Path, **how: object) -> dict[str, Factor]:
    path = tmp_path / "a.yaml"
    path.write_text(text.replace(".receive.time", ".paper[1].time"), "utf-8")
    return {factor.name: factor for factor in factors(load(path, **how))[0]}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "kind", "low", "high"),
    [
        ("8-15 min", Kind.TIME, 8 * MINUTE, 15 * MINUTE),
        ("8 phút – 15 phút", Kind.TIME, 8 * MINUTE, 15 * MINUTE),
        ("1 wd to 3 wd", Kind.WORKING_DAYS, 1, 3),
        ("5-20 %", Kind.SHARE, 0.05, 0.2),
        ("0.5-2 x", Kind.TIMES, 0.5, 2),
        ("1 500-3 000", Kind.NUMBER, 1500, 3000),
        ("40 000-60 000 VND/h", Kind.MONEY, 40_000, 60_000),
    ],
)
def test_a_range_has_two_ends_of_one_kind(text: str, kind: Kind, low: float, high: float) -> None:
    found = parse_range(text)
    assert (found.kind, found.low, found.high) == (kind, low, high)


@pytest.mark.parametrize("text", ["8", "15-8 min", "8 min-3 wd", "5-120 %", 7, [], ["a", "a"]])
def test_what_is_no_range_is_refused(text: object) -> None:
    with pytest.raises(ValueFault):
        parse_range(text)


def test_a_distribution_keeps_its_shape_at_another_amount() -> None:
    found = quantity_of("lognormal(mean 10 min, cv 0.5)", ("time",))
    assert found is not None
    assert found.written_at(25 * MINUTE) == "lognormal(mean 25 min, cv 0.5)"
    assert found.written_at(20 * MINUTE) != "lognormal(mean 25 min, cv 0.5)"  # the twin


def test_a_value_has_its_own_range_before_that_of_a_pattern_and_of_its_kind(
    tmp_path: Path,
) -> None:
    found = found_in(TEXT, tmp_path)
    limit = found["bundles.residence.procedures.registration.limit"]
    post = found["bundles.residence.regimes.today.paper.post.time"]
    remote = found["bundles.residence.properties.remote"]
    assert (limit.origin, limit.ends) == (Origin.STATED, (5, 10))
    assert (post.origin, post.ends) == (Origin.STATED, (pytest.approx(0.8), pytest.approx(3)))
    assert remote.origin is Origin.DEFAULT
    assert remote.ends == (pytest.approx(0.85), pytest.approx(0.95))


def test_what_a_source_states_and_gives_no_range_is_no_factor(tmp_path: Path) -> None:
    name = "bundles.residence.properties.old"
    assert name not in found_in(TEXT, tmp_path)
    ranged = TEXT.replace("3 %, mark: stated,", "3 %, mark: stated, range: 2-4 %,")
    assert name in found_in(ranged, tmp_path)  # the twin


def test_multiples_for_many_do_not_move_counts_and_all_of_something(tmp_path: Path) -> None:
    text = TEXT.replace("bundles.residence.regimes.*.time:", "bundles.*:")
    text = text.replace("{delay: post, time: 1 wd}", "{applicant: go, time: 1 wd, trips: 2}")
    found = found_in(text.replace("{value: 90 %, mark: assumed}", "100 %"), tmp_path)
    assert "bundles.residence.regimes.today.paper.go.time" in found
    assert "bundles.residence.regimes.today.paper.go.trips" not in found
    assert "bundles.residence.properties.remote" not in found
    assert "bundles.residence.properties.remote" in found_in(text, tmp_path)  # the twin


def test_a_lever_that_readings_set_is_a_factor_with_their_other_values(tmp_path: Path) -> None:
    assert found_in(TEXT, tmp_path)["slip"].choices == ("0 %",)
    other = found_in(TEXT, tmp_path, settings={"reading": "other"})
    assert other["slip"].choices == ("100 %",)


def test_what_is_asked_for_is_no_factor(tmp_path: Path) -> None:
    assert "slip" not in found_in(TEXT, tmp_path, settings={"slip": "50 %"})


def test_half_of_the_positions_of_a_stretch_lie_below_what_is_written(tmp_path: Path) -> None:
    limit = found_in(TEXT, tmp_path)["bundles.residence.procedures.registration.limit"]
    assert limit.stretch is not None
    assert [limit.stretch.at(u) for u in (0, 0.25, 0.5, 0.75, 1)] == [5, 6, 7, 8.5, 10]
    assert [limit.value_at(u) for u in (0, 0.5, 1)] == ["5 wd", "7 wd", "10 wd"]


def test_a_factor_makes_the_model_that_its_setting_makes(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(TEXT.replace(".receive.time", ".paper[1].time"), "utf-8")
    scenario = load(path)
    for factor in factors(scenario)[0]:
        value = factor.choices[0] if factor.choices else factor.value_of(factor.ends[0])
        moved = resolve(scenario_with(scenario, [(factor, value)])).fingerprint()
        asked = resolve(load(path, settings={factor.name: str(value)})).fingerprint()
        assert moved == asked
        assert moved != resolve(scenario).fingerprint()  # the twin


def test_ranges_change_no_model(tmp_path: Path) -> None:
    with_ranges, without = tmp_path / "a.yaml", tmp_path / "b.yaml"
    text = TEXT.replace(".receive.time", ".paper[1].time")
    with_ranges.write_text(text, "utf-8")
    without.write_text(
        text.replace(", range: 5-10 wd", "").replace(", range: 0.8-3 x", ""), "utf-8"
    )
    models = [resolve(load(path)).fingerprint() for path in (with_ranges, without)]
    assert models[0] == models[1]
    twin = resolve(load(with_ranges, settings={"slip": "0 %"})).fingerprint()
    assert twin != models[0]


def test_the_habits_and_readings_of_the_birth_study_are_factors_of_it() -> None:
    found, left = factors(load(TOP / "scenarios" / "birth.yaml", variant="separate"))
    by_name = {factor.name: factor for factor in found}
    for name in ("slip", "slip_online", "inbox", "held", "absence", "days_2006"):
        assert name in by_name
    assert set(by_name["days_2006"].choices) == {"11 wd", "7 wd"}
    card = by_name["bundles.birth.regimes.separate-2006.limits.card"]
    assert card.ends == (10,)  # 5 as written
    assert len(found) > 200
    assert not {entry.path for entry in left} & set(by_name)
