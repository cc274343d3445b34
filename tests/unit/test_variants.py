from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario import Scenario, load, values
from sim.scenario.overrides import changes
from sim.scenario.schema.base import Section
from sim.scenario.schema.values import SeriesSpec
from sim.units import HOUR

FILE = Path(__file__).parents[1] / "scenarios" / "valid" / "variants.yaml"
RECEIVE = "bundles.permit.regimes.new.paper.receive.time"


def changed(**settings: str) -> Scenario:
    return load(FILE, settings={key.replace("__", "."): text for key, text in settings.items()})


def message(**settings: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        changed(**settings)
    (fault,) = caught.value.faults
    assert fault.file == "--set"
    return f"{fault.path}: {fault.message} / {fault.way_out}"


def text_at(scenario: Scenario, path: str) -> str:
    return {value.path: value.text for value in values(scenario)}[path]


def test_without_a_variant_the_file_counts() -> None:
    scenario = load(FILE)
    assert scenario.spec.bundles["permit"].regime == "old"
    assert scenario.variants == ("reform", "fewer", "later", "faster")
    assert set(scenario.levers) == {"uptake", "regime", "staffing", "handling"}


def test_a_variant_moves_levers() -> None:
    permit = load(FILE, variant="reform").spec.bundles["permit"]
    assert permit.regime == "new"
    shares = {name: each.share for name, each in permit.channels.items()}
    assert shares == {"online": 1.0, "paper": "rest"}


def test_a_variant_starts_from_another() -> None:
    spec = load(FILE, variant="fewer").spec
    assert spec.bundles["permit"].regime == "new"
    assert spec.staff["clerk"].people.times == 2
    assert spec.staff["chief"].people.times == 1


def test_a_variant_may_name_paths_and_set_what_stood_at_its_default() -> None:
    spec = load(FILE, variant="later").spec
    assert spec.bundles["permit"].procedures["permit"].limit[0][1] == 7
    assert spec.legal_clock.cut_off == 16 * HOUR


def test_a_path_finds_a_step_by_its_name_inside_branches_too() -> None:
    scenario = load(FILE, variant="faster")
    regimes = "bundles.permit.regimes"
    assert text_at(scenario, f"{regimes}.new.online.receive.time") == "2 min"
    assert text_at(scenario, f"{regimes}.new.paper.receive.time") == "5 min"
    assert text_at(scenario, f"{regimes}.old.paper.receive.time") == "lognormal(mean 5 min, cv 0.5)"


def test_the_command_line_counts_before_the_variant() -> None:
    scenario = load(FILE, variant="reform", settings={"uptake": "70 %"})
    assert scenario.spec.bundles["permit"].channels["online"].share == pytest.approx(0.7)


def test_a_change_is_made_on_what_stands_before_it() -> None:
    scenario = load(FILE, variant="fewer", settings={"staff.clerk.people": "+ 1"})
    assert scenario.spec.staff["clerk"].people.times == 3


@pytest.mark.parametrize(
    ("path", "change", "result"),
    [
        ("staff.clerk.people", "3", "3"),
        ("staff.clerk.people", "0.7 x", "2.8"),
        ("staff.clerk.people", "- 1", "3"),
        ("staff.clerk.people", "{column: clerks}", ""),
        ("bundles.permit.demand.a_year", "1.5 x", "1800"),
        ("bundles.permit.demand.a_year", "+ 100", "1300"),
        ("bundles.permit.channels.online", "1.5 x", "60 %"),
        ("bundles.permit.channels.online", "+ 10 %", "50 %"),
        ("bundles.permit.channels.online", "0.1 x", "4 %"),
        ("systems.portal.outage", "1.5 x", "3 h"),
        ("systems.portal.outage", "+ 30 min", "2 h 30 min"),
        ("bundles.permit.procedures.permit.limit", "- 1 wd", "4 wd"),
        (RECEIVE, "uniform(5 min, 10 min)", "uniform(5 min, 10 min)"),
    ],
)
def test_an_override_replaces_multiplies_or_adds(path: str, change: str, result: str) -> None:
    scenario = load(FILE, settings={path: change})
    found = {value.path: value.text for value in values(scenario) if value.mark == "set"}
    if result:
        assert list(found.values()) == [result]
    else:
        assert scenario.spec.staff["clerk"].people.column == "clerks"


RAMP = "{2025-03-03: 30 %, 2025-09-01: 80 %, between: straight}"


def test_a_series_replaces_a_value_and_a_change_changes_each_of_its_values() -> None:
    share = changed(uptake=RAMP).spec.bundles["permit"].channels["online"].share
    assert share == SeriesSpec(
        dates=(dt.date(2025, 3, 3), dt.date(2025, 9, 1)), values=(0.3, 0.8), is_straight=True
    )
    at = "bundles.permit.channels.online"
    # What the command line gives is made in its order: the path finds what the lever left.
    for change, expected in (("0.5 x", (0.15, 0.4)), ("+ 10 %", (0.4, 0.9))):
        found = load(FILE, settings={"uptake": RAMP, at: change}).spec.bundles["permit"]
        series = found.channels["online"].share
        assert isinstance(series, SeriesSpec)
        assert series.values == pytest.approx(expected)
        assert series.values != pytest.approx((0.3, 0.8))
        assert series.is_straight
    scalar = load(FILE, settings={"uptake": RAMP, at: "35 %"}).spec.bundles["permit"]
    assert scalar.channels["online"].share == pytest.approx(0.35)
    with pytest.raises(ScenarioError, match="'160 %' is no share"):
        load(FILE, settings={"uptake": RAMP, at: "2 x"})


def test_a_share_keeps_what_stands_beside_it() -> None:
    at = "bundles.permit.channels.online"
    asks = {"uptake": "{share: 30 %, only_if: account}"}
    for value, share in (("50 %", 0.5), ("0.5 x", 0.15), ("{share: 10 %}", 0.1)):
        found = load(FILE, settings=asks | {at: value}).spec.bundles["permit"].channels["online"]
        assert found.share == pytest.approx(share)
        assert (found.only_if is None) == value.startswith("{")


def test_another_result_is_noticed() -> None:
    with pytest.raises(AssertionError):
        test_an_override_replaces_multiplies_or_adds("staff.clerk.people", "0.7 x", "2.7")


def test_a_star_moves_every_part_that_it_names() -> None:
    staff = changed(staffing="2 x").spec.staff
    assert (staff["clerk"].people.times, staff["chief"].people.times) == (8, 4)


def test_a_number_of_people_at_its_default_can_be_multiplied(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(FILE.read_text(encoding="utf-8").replace(", people: 4", ""), encoding="utf-8")
    assert load(path, settings={"staffing": "0.5 x"}).spec.staff["clerk"].people.times == 0.5


def test_what_was_set_says_so_and_by_whom() -> None:
    scenario = load(FILE, variant="reform", settings={"staff.clerk.people": "2"})
    marks = {value.path: (value.mark, value.source, value.line) for value in values(scenario)}
    assert marks["staff.clerk.people"] == ("set", "--set", 0)
    assert marks["bundles.permit.regime"] == ("set", "variant reform", 41)
    assert marks["staff.chief.people.times"] == ("unmarked", "", 7)


def test_a_typo_on_the_command_line_is_refused_with_a_way_out() -> None:
    assert message(uptak="3 %") == (
        "uptak: 'uptak' is neither a lever nor a path of the scenario / did you mean 'uptake'?"
    )
    assert message(staff__clrk__people="3") == (
        "staff.clrk.people: no 'clrk' in staff / did you mean 'clerk'?"
    )


def test_a_value_that_does_not_fit_is_refused_at_the_place_that_gave_it() -> None:
    assert message(uptake="120 %").startswith("bundles.permit.channels.online: '120 %' is no share")
    assert message(replications="0").startswith("replications: '0' is below 1")


def test_a_field_that_a_section_does_not_have_is_refused() -> None:
    assert "unknown field 'each'" in message(staff__clerk__each="3")


def test_an_empty_setting_is_refused() -> None:
    assert message(uptake="") == "uptake: has no value / Give one after the =."


def test_broken_yaml_on_the_command_line_is_refused() -> None:
    assert "not YAML" in message(uptake="[1")


def test_an_amount_of_money_is_multiplied_and_keeps_its_currency() -> None:
    cheaper = load(FILE, settings={"costs.trip": "10 000 VND", "costs.hour": "25 500 VND/h"})
    for path, factor, text in (("trip", 0.2, "2000 VND"), ("hour", 2, "51000 VND/h")):
        at = ("costs", path)
        assert cheaper.document.get(at) != text
        assert changes.changed(cheaper.document, at, f"{factor} x") == (at, text)


def test_a_change_without_a_single_value_to_change_is_refused() -> None:
    assert "has no single value" in message(bundles__permit__channels="2 x")
    assert "cannot be multiplied" in message(title="2 x")
    assert "cannot be added" in message(uptake="+ 1 wd")


def test_an_unknown_variant_is_named_with_the_nearest_one() -> None:
    with pytest.raises(ScenarioError) as caught:
        load(FILE, variant="refrom")
    (fault,) = caught.value.faults
    assert fault.message == "no variant 'refrom'"
    assert fault.way_out == "did you mean 'reform'?"


def test_a_variant_does_not_change_the_file_for_the_next() -> None:
    before = load(FILE).digest
    assert load(FILE, variant="reform").digest != before
    assert load(FILE).digest == before


def test_every_section_tells_its_fields() -> None:
    assert all(section.fields() for section in Section.__subclasses__() if section.model_fields)


TWO_ROUNDS = """
title: Two rounds of signing
period: {start: 2025-01-06, length: 8 weeks}
timetables: {signing: {departures: {mon-fri: "15:00"}}, courier: {departures: {tue: "15:00"}}}
staff: {clerk: {office: commune, people: 1}}
bundles:
  b:
    demand: {a_year: 100}
    regimes:
      r:
        ch:
          - {do: receive, role: clerk, time: 5 min}
          - {timetable: signing}
          - choose:
              - share: 10 %
                steps: [{timetable: signing}, {do: ask, role: clerk, time: 1 min}]
          - {return: receive, share: 5 %}
"""


def test_the_second_step_of_a_name_is_set_by_its_number_and_the_first_by_none(
    tmp_path: Path,
) -> None:
    file = tmp_path / "rounds.yaml"
    file.write_text(TWO_ROUNDS, encoding="utf-8")
    flow = "bundles.b.regimes.r.ch"
    scenario = load(
        file,
        settings={
            f"{flow}.timetable:signing.note": "first",
            f"{flow}.timetable:signing#2.timetable": "courier",
            f"{flow}.choose.choose[0].share": "20 %",
            f"{flow}.return:receive.share": "7 %",
            f"{flow}[2].choose[0].steps.ask.time": "2 min",
        },
    )
    steps = scenario.spec.bundles["b"].regimes["r"].channels["ch"]
    assert (steps[1].timetable, steps[1].note) == ("signing", "first")
    assert steps[2].choose[0].steps[0].timetable == "courier"
    assert steps[2].choose[0].share == 0.2
    assert steps[2].choose[0].steps[1].time == "2 min"
    assert steps[3].share == 0.07
    with pytest.raises(ScenarioError, match="signing#3"):  # the twin
        load(file, settings={f"{flow}.timetable:signing#3.timetable": "courier"})


def test_values_are_shown_by_paths_that_can_be_set(tmp_path: Path) -> None:
    file = tmp_path / "rounds.yaml"
    file.write_text(TWO_ROUNDS, encoding="utf-8")
    shown = {each.path: each.text for each in values(load(file))}
    assert shown["bundles.b.regimes.r.ch.choose.choose[0].share"] == "10 %"
    for path, text in shown.items():
        load(file, settings={path: text} if ", " not in text else {})
    with pytest.raises(ScenarioError):  # the twin
        load(file, settings={"bundles.b.regimes.r.ch.chose.choose[0].share": "10 %"})


READ = """
title: Two readings
period: {start: 2025-01-06, length: 8 weeks}
staff:
  clerk: {office: commune, people: 1}
  chief: {office: commune, people: 1}
bundles:
  b:
    procedures: {p: {limit: 5 wd}}
    demand: {a_year: 100}
    regimes:
      r:
        ch:
          - open: p
          - {do: receive, role: clerk, time: 5 min}
          - choose:
              - share: 10 %
                steps: [{do: ask, role: chief, time: 1 min}]
          - close: p
levers:
  looks_in: staff.*.looks_in
  begins: bundles.*.regimes.*.*.*.begins
  habits: reading
readings:
  rules: {label: As the rules are}
  habits:
    looks_in: "14:00"
    begins: {share: {value: 40 %, mark: assumed, source: Talks}, before_due: 2 wd}
    staff.clerk.people: 3
variants:
  busy: {staff.clerk.people: + 1}
  as_usual: {habits: habits, staff.clerk.people: + 1}
  by_rule: {from: as_usual, reading: rules}
"""


@pytest.fixture
def read_file(tmp_path: Path) -> Path:
    file = tmp_path / "readings.yaml"
    file.write_text(READ, encoding="utf-8")
    return file


def people(scenario: Scenario) -> object:
    return scenario.spec.staff["clerk"].people.times


def test_a_reading_is_made_before_the_variant_and_the_command_line(read_file: Path) -> None:
    assert load(read_file).readings == ("rules", "habits")
    assert people(load(read_file)) == 1
    assert people(load(read_file, settings={"reading": "habits"})) == 3
    assert people(load(read_file, variant="busy", settings={"reading": "habits"})) == 4
    assert people(load(read_file, variant="as_usual")) == 4
    assert people(load(read_file, variant="by_rule")) == 2
    assert people(load(read_file, variant="as_usual", settings={"reading": "rules"})) == 2
    assert people(load(read_file, settings={"habits": "habits", "staff.clerk.people": "2 x"})) == 6


def test_the_file_itself_can_choose_a_reading(read_file: Path) -> None:
    read_file.write_text(READ + "reading: habits\n", encoding="utf-8")
    assert people(load(read_file)) == 3
    assert people(load(read_file, settings={"reading": "rules"})) == 1


def test_a_star_adds_a_field_to_every_section_and_step_that_may_have_it(read_file: Path) -> None:
    spec = load(read_file, settings={"reading": "habits"}).spec
    assert [group.looks_in for group in spec.staff.values()] == [(14 * HOUR,)] * 2
    steps = spec.bundles["b"].regimes["r"].channels["ch"]
    assert steps[1].begins.before_due == 2
    assert steps[2].choose[0].steps[0].begins.share == 0.4
    # No other kind of step has the field, and without the reading none has it.
    assert not any(hasattr(step, "begins") for step in (steps[0], steps[2], steps[3]))
    plain = load(read_file).spec.bundles["b"].regimes["r"].channels["ch"]
    assert plain[1].begins is None


def test_a_change_by_a_star_finds_only_what_is_there(read_file: Path) -> None:
    path = "bundles.b.regimes.r.ch.*.priority"
    set_to = load(read_file, settings={path: "2"}).spec.bundles["b"].regimes["r"].channels["ch"]
    assert (set_to[1].priority, set_to[2].choose[0].steps[0].priority) == (2, 2)
    with pytest.raises(ScenarioError, match="no 'priority'"):
        load(read_file, settings={path: "+ 1"})
    with pytest.raises(ScenarioError, match="no 'prioritie'"):  # no field of a step
        load(read_file, settings={path.replace("priority", "prioritie"): "2"})


def test_a_value_in_a_reading_keeps_its_own_mark(read_file: Path) -> None:
    scenario = load(read_file, settings={"reading": "habits"})
    marks = {value.path: (value.mark, value.source) for value in values(scenario)}
    step = "bundles.b.regimes.r.ch.receive.begins"
    assert marks[f"{step}.share"] == ("assumed", "Talks")
    assert marks[f"{step}.before_due"] == ("set", "reading habits")
    again = load(read_file, settings={"reading": "habits", f"{step}.share": "50 %"})
    marks = {value.path: (value.mark, value.source) for value in values(again)}
    assert marks[f"{step}.share"] == ("set", "--set")


def test_a_reading_that_nobody_wrote_is_a_fault(read_file: Path) -> None:
    with pytest.raises(ScenarioError) as refused:
        load(read_file, settings={"reading": "habit"})
    (fault,) = refused.value.faults
    assert (fault.file, fault.message) == ("--set", "no reading 'habit'")
    assert fault.way_out == "did you mean 'habits'?"


def test_a_change_of_a_value_by_date_changes_each_of_its_values(read_file: Path) -> None:
    share = "bundles.b.regimes.r.ch.choose.choose[0].share"
    given = "{2025-01-06: 10 %, 2025-02-03: 20 %, between: straight}"
    read_file.write_text(READ.replace("share: 10 %", f"share: {given}"), encoding="utf-8")
    choice = (
        load(read_file, settings={share: "2 x"}).spec.bundles["b"].regimes["r"].channels["ch"][2]
    )
    assert choice.choose[0].share.values == (0.2, 0.4)
    assert choice.choose[0].share.is_straight
    more = (
        load(read_file, settings={share: "+ 5 %"}).spec.bundles["b"].regimes["r"].channels["ch"][2]
    )
    assert more.choose[0].share.values == pytest.approx((0.15, 0.25))
    with pytest.raises(ScenarioError, match="cannot be added"):
        load(read_file, settings={share: "+ 5 min"})
