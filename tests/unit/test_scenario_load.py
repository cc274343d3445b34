from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from unicodedata import normalize

import pytest

from sim.errors import Fault, ScenarioError
from sim.files import read_ordinary
from sim.scenario import Scenario, load, schema, schema_text, show_faults, values
from sim.scenario.schema.base import Sourced
from sim.scenario.schema.money import Pay
from sim.scenario.schema.sections import ScenarioSpec
from sim.scenario.schema.values import Condition, parse_condition
from sim.scenario.text.source import MOST_BYTES
from sim.scenario.text.tree import dotted, matches, undotted
from sim.scenario.text.yaml import read_value
from sim.units import DAY, HOUR, WEEK, YEAR, parse_days

SCENARIOS = Path(__file__).parents[1] / "scenarios"
VALID = SCENARIOS / "valid"
MINIMAL = (VALID / "minimal.yaml").read_text(encoding="utf-8")


def written(folder: Path, text: str, name: str = "scenario.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def faults(path: Path) -> tuple[Fault, ...]:
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return caught.value.faults


@pytest.fixture(scope="module")
def district() -> Scenario:
    return load(VALID / "extends.yaml")


def test_what_is_not_written_has_a_default() -> None:
    spec = load(VALID / "minimal.yaml").spec
    assert spec.levels == ("commune",)
    assert (spec.period.warm_up, spec.period.length, spec.period.run_out) == (
        8 * WEEK,
        YEAR,
        8 * WEEK,
    )
    assert (spec.replications, spec.seed, spec.overload) == (10, 1, "refused")
    assert spec.calendars["office"].holidays == "VN"
    assert spec.calendars["office"].hours[4] == (
        (7 * HOUR + HOUR // 2, 11 * HOUR + HOUR // 2),
        (13 * HOUR, 17 * HOUR),
    )
    assert 5 not in spec.calendars["office"].hours
    assert (spec.legal_clock.calendar, spec.legal_clock.cut_off) == ("office", 15 * HOUR)
    assert spec.staff["clerk"].people.times == 1
    assert spec.filing == {}


def test_a_calendar_of_ones_own_leaves_the_office_hours_as_they_were(tmp_path: Path) -> None:
    text = MINIMAL + "calendars:\n  night: {hours: {mon-sun: 00:00-06:00}}\n"
    assert set(load(written(tmp_path, text)).spec.calendars) == {"office", "night"}


def test_values_are_read_with_their_units(tmp_path: Path) -> None:
    text = MINIMAL.replace("a_year: 100", "a_year: 2 300, months: {file: months.csv}")
    text += (
        "timetables: {courier: {departures: {tue thu: [11:00, 16:00]}}}\n"
        "systems: {portal: {up: 99.5 %, outage: 2 h}}\n"
        "filing: {paper: {weekdays: {mon: 1.2}, hours: {07:30-09:30: 2}}}\n"
    )
    spec = load(written(tmp_path, text)).spec
    assert spec.bundles["permit"].demand.a_year == 2300
    assert spec.timetables["courier"].departures == dict.fromkeys((1, 3), (11 * HOUR, 16 * HOUR))
    assert spec.systems["portal"].up == pytest.approx(0.995)
    assert spec.filing["paper"].weekdays == {0: 1.2}
    assert spec.filing["paper"].hours == {(15 * HOUR // 2, 19 * HOUR // 2): 2.0}


def test_a_file_lies_over_what_it_extends(district: Scenario) -> None:
    spec = district.spec
    assert spec.title == "A district with one clerk"
    assert spec.period.length == 8 * WEEK
    assert spec.staff["clerk"].people.times == 1
    assert spec.staff["clerk"].pay == Pay(amount=45000, currency="VND")
    assert set(spec.offices.named) == {"Anh Son", "Cam Son", "Hoa Son"}
    assert (spec.offices.named["Cam Son"].model_extra or {})["births"] == 120


def test_of_several_files_extended_the_later_wins_and_lists_are_replaced(tmp_path: Path) -> None:
    written(tmp_path, "levels: [district, commune]\nseed: 2\nreplications: 3\n", "one.yaml")
    written(tmp_path, "levels: [commune]\nseed: 3\n", "two.yaml")
    spec = load(written(tmp_path, MINIMAL + "extends: [one.yaml, two.yaml]\nseed: 4\n")).spec
    assert (spec.levels, spec.seed, spec.replications) == (("commune",), 4, 3)


def test_what_several_of_them_extend_is_laid_once_beneath_them_all(tmp_path: Path) -> None:
    written(tmp_path, "seed: 1\nreplications: 1\n", "place.yaml")
    written(tmp_path, "extends: place.yaml\nseed: 2\n", "marriage.yaml")
    written(tmp_path, "extends: place.yaml\nreplications: 3\n", "residence.yaml")
    both = MINIMAL + "extends: [marriage.yaml, residence.yaml]\n"
    spec = load(written(tmp_path, both)).spec
    assert (spec.seed, spec.replications) == (2, 3)
    named = load(written(tmp_path, both.replace("]", ", place.yaml]"))).spec
    assert (named.seed, named.replications) == (1, 1)


def test_a_file_is_sought_beside_the_file_that_names_it(district: Scenario, tmp_path: Path) -> None:
    assert district.folder(("offices",)) == VALID / "bases"
    assert district.folder(("bundles", "birth")) == VALID
    (tmp_path / "places").mkdir()
    written(tmp_path / "places", "extends: ../base.yaml\n", "place.yaml")
    written(tmp_path, "seed: 5\n", "base.yaml")
    assert load(written(tmp_path, MINIMAL + "extends: places/place.yaml\n")).spec.seed == 5


def test_all_files_read_are_kept_for_the_manifest(district: Scenario) -> None:
    assert [Path(path).name for path in district.files] == ["extends.yaml", "district.yaml"]
    assert district.files[str(VALID / "extends.yaml")].startswith(b"# What stands here")


def test_limits_are_dated_and_may_be_none(district: Scenario, tmp_path: Path) -> None:
    birth = district.spec.bundles["birth"]
    assert birth.procedures["birth_registration"].limit == ((dt.date.min, 0),)
    assert birth.procedures["residence"].limit == (
        (dt.date(2007, 7, 1), 15),
        (dt.date(2021, 7, 1), 7),
    )
    assert birth.limit == ()
    text = MINIMAL.replace("demand", "limit: none\n    demand")
    assert load(written(tmp_path, text)).spec.bundles["permit"].limit == ()


def test_properties_are_chances_columns_or_shares(district: Scenario) -> None:
    properties = district.spec.bundles["birth"].properties
    assert properties["remote"].column == "remote"
    assert properties["verification"].shares == {"yes": pytest.approx(0.07), "no": "rest"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("remote", Condition(property="remote", value="yes", negated=False)),
        ("not remote", Condition(property="remote", value="yes", negated=True)),
        ("age is over 80", Condition(property="age", value="over 80", negated=False)),
        ("age is not over_80", Condition(property="age", value="over_80", negated=True)),
    ],
)
def test_conditions_are_short_sentences(text: str, expected: Condition) -> None:
    assert parse_condition(text) == expected


def test_weekdays_are_named_singly_or_as_a_range() -> None:
    assert parse_days("mon-fri sun") == (0, 1, 2, 3, 4, 6)


def test_marks_come_from_the_value_then_the_section_then_the_longest_pattern(
    district: Scenario,
) -> None:
    marks = {value.path: (value.mark, value.source) for value in values(district)}
    assert marks["staff.clerk.people"] == ("stated", "A visit")
    assert marks["staff.clerk.pay"] == ("assumed", "")
    assert marks["staff.chief.people"] == ("assumed", "")
    source = "Law on Civil Status 2014"
    assert marks["bundles.birth.procedures.birth_registration.limit"] == ("stated", source)
    time = "bundles.birth.regimes.today.counter.register.time"
    assert marks[time] == ("assumed", "")
    assert marks["bundles.birth.demand.a_year"] == ("unmarked", "")


def test_a_file_over_another_keeps_the_pattern_of_provenance_that_is_not_overridden() -> None:
    base = load(VALID / "extends.yaml", settings={"staff.clerk.people": "3"})
    marks = {value.path: value.mark for value in values(base)}
    assert marks["staff.clerk.people"] == "set"


def test_every_value_knows_its_line(district: Scenario) -> None:
    found = {value.path: (Path(value.file).name, value.line) for value in values(district)}
    assert found["staff.clerk.people"] == ("extends.yaml", 5)
    assert found["staff.chief.people"] == ("district.yaml", 10)


def test_names_and_remarks_are_no_values(district: Scenario) -> None:
    paths = {value.path for value in values(district)}
    assert not [path for path in paths if path.endswith((".source", ".do", "title"))]


def test_a_marked_value_stands_where_its_value_stands(tmp_path: Path) -> None:
    text = MINIMAL.replace("100", "{value: many, mark: assumed}")
    (fault,) = faults(written(tmp_path, text))
    assert (fault.line, fault.column) == (8, text.splitlines()[7].index("many") + 1)


def test_a_fault_points_at_a_value_and_at_the_key_of_a_section(district: Scenario) -> None:
    value = district.fault(("staff", "clerk", "people"), "too few")
    assert (value.line, value.column, value.path) == (5, 27, "staff.clerk.people")
    section = district.fault(("bundles", "birth", "demand"), "odd")
    assert (section.line, section.column) == (11, 5)
    above = district.fault(("staff", "clerk", "calendar"), "unknown")
    assert (above.line, above.column) == (5, 3)


def test_comments_and_blanks_do_not_change_the_digest(tmp_path: Path) -> None:
    plain = load(VALID / "minimal.yaml")
    again = load(
        written(tmp_path, "# a remark\n\n" + MINIMAL.replace("{a_year: 100}", "{ a_year:   100 }"))
    )
    other = load(written(tmp_path, MINIMAL.replace("100", "101")))
    assert plain.digest == again.digest
    assert plain.digest != other.digest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("07:30", "07:30"),
        ("2025-01-06", "2025-01-06"),
        ("12", 12),
        ("-1", -1),
        ("+ 1", "+ 1"),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("true", True),
        ("'12'", "12"),
        ("47.8 %", "47.8 %"),
        ("[1, a]", [1, "a"]),
        ("{column: deputies}", {"column": "deputies"}),
    ],
)
def test_a_value_is_what_yaml_1_2_says(text: str, value: object) -> None:
    assert read_value(text) == value
    assert type(read_value(text)) is type(value)


def test_a_missing_file_is_named_with_the_nearest_one() -> None:
    (fault,) = faults(VALID / "minimel.yaml")
    assert fault.message.startswith("no such file")
    assert fault.way_out == "did you mean 'minimal.yaml'?"


def test_a_folder_is_no_scenario(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path)
    assert "cannot be read" in fault.message


def test_a_file_beyond_four_megabytes_is_refused_unread(tmp_path: Path) -> None:
    (fault,) = faults(written(tmp_path, "#" * (MOST_BYTES + 1)))
    assert "larger than 4 MB" in fault.message


def test_endless_nesting_is_refused(tmp_path: Path) -> None:
    (fault,) = faults(written(tmp_path, "title: " + "[" * 500 + "]" * 500))
    assert "nested deeper" in fault.message


@pytest.mark.parametrize(
    ("title", "character", "column"),
    [
        ("a\x07b", "U+0007", 9),
        ("a\x1b[31mb", "U+001B", 9),
        ("a\u202eb", "U+202E (RIGHT-TO-LEFT OVERRIDE)", 9),
        ("a\u2066b", "U+2066", 9),
        ('"a\\x1b[31mb"', "U+001B", 8),
        ('"a\\u202eb"', "U+202E", 8),
        ('"a\\nb"', "a new line or a tab", 8),
        ("|\n  a\n  b", "a new line or a tab", 8),
    ],
)
def test_a_character_that_a_terminal_obeys_is_a_fault(
    tmp_path: Path, title: str, character: str, column: int
) -> None:
    (fault,) = faults(written(tmp_path, MINIMAL.replace("title: One office", f"title: {title}")))
    assert character in fault.message
    assert not any(sign in fault.message for sign in "\x07\x1b\u202e\u2066\n")
    assert (fault.line, fault.column) == (2, column)


def test_a_description_has_lines_and_tabs_but_nothing_unseen(tmp_path: Path) -> None:
    text = MINIMAL + "description: |\n  One.\n  Two,\twith a tab.\n"
    assert load(written(tmp_path, text)).spec.description == "One.\nTwo,\twith a tab."
    (fault,) = faults(written(tmp_path, text.replace("One.", "One\u202e.")))  # the twin
    assert "U+202E" in fault.message


def test_a_name_is_one_however_its_letters_are_put_together(tmp_path: Path) -> None:
    whole, apart = (normalize(form, "Xã Ân") for form in ("NFC", "NFD"))
    assert whole != apart
    text = MINIMAL + f'offices: {{"{apart}": {{births: 1}}, "{whole} 2": {{label: {apart}}}}}\n'
    named = load(written(tmp_path, text)).spec.offices.named
    assert list(named) == [whole, f"{whole} 2"]
    assert named[f"{whole} 2"].label == whole
    twice = text.replace(f"{whole} 2", whole)
    (fault,) = faults(written(tmp_path, twice))  # the twin: two of one name
    assert "given twice" in fault.message


@pytest.mark.parametrize("kind", ["folder", "pipe", "device"])
def test_only_an_ordinary_file_is_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "scenario.yaml"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path = Path("/dev/null")
    (fault,) = faults(path)
    assert fault.message.startswith(f"cannot be read: it is a {kind}")
    assert fault.way_out == "Give the path of an ordinary file."
    with pytest.raises(OSError, match=f"it is a {kind}"):
        read_ordinary(path)
    assert read_ordinary(written(tmp_path, "ab", "ordinary.txt"), most=1) == b"a"  # the twin


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "marked.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + MINIMAL.encode())
    assert load(path).title == "One office"


def test_one_value_wrong_in_two_ways_does_not_hide_the_next(tmp_path: Path) -> None:
    text = MINIMAL.replace("2025-01-06", "soon").replace("a_year: 100", "a_year: many")
    assert [fault.path for fault in faults(written(tmp_path, text))] == [
        "period.start",
        "bundles.permit.demand.a_year",
    ]


def test_faults_are_lined_up_under_the_file() -> None:
    two = [
        Fault(
            file="a.yaml",
            line=14,
            column=9,
            path="x[2]",
            message="unknown field 'rol'",
            way_out="did you mean 'role'?",
        ),
        Fault(file="b.yaml", line=3, column=12, path="staff.y", message="too much.", way_out=""),
    ]
    assert show_faults("a.yaml", two) == (
        "a.yaml: 2 faults\n"
        "  14:9         x[2]: unknown field 'rol'; did you mean 'role'?\n"
        "  b.yaml:3:12  staff.y: too much."
    )


@pytest.mark.parametrize(
    "path",
    [("bundles", "birth", "regimes", "linked-2024", "online", 3, "role"), ("a",), ("a", 0, 1)],
)
def test_a_path_survives_being_written(path: tuple[str | int, ...]) -> None:
    assert undotted(dotted(path)) == path


@pytest.mark.parametrize("text", ["", ".", "a..b", "a[x]", "[", "a."])
def test_what_is_no_path_is_not_read_as_one(text: str) -> None:
    assert undotted(text) is None


def test_a_pattern_covers_what_lies_below_it() -> None:
    path = "bundles.birth.regimes.new.online[3].time"
    assert matches("bundles.birth.regimes.*.time", path)
    assert matches("bundles.birth", path)
    assert matches(path, path)
    assert matches("bundles.birth.regimes.new.online", path)
    assert not matches("bundles.birth.regimes.*.share", path)
    assert not matches("bundles.bir", path)


def test_the_schema_for_editors_describes_every_field() -> None:
    given = schema()
    assert set(given["properties"]) == set(ScenarioSpec.fields())
    for name, part in given["$defs"].items():
        for field, about in part.get("properties", {}).items():
            assert "description" in about or "$ref" in about, f"{name}.{field}"


def test_the_schema_for_editors_lets_a_value_carry_a_mark() -> None:
    share = schema()["$defs"]["AbsenceSpec"]["properties"]["share"]
    assert {"$ref": "#/$defs/Marked"} in share["anyOf"]
    assert "47.8 %" in share["description"]
    one, by_date = schema()["$defs"]["SystemSpec"]["properties"]["up"]["anyOf"]
    assert {"$ref": "#/$defs/Marked"} in one["anyOf"]
    assert {"$ref": "#/$defs/Marked"} in by_date["additionalProperties"]["anyOf"]


def test_the_schema_for_editors_asks_for_nothing_that_an_extended_file_may_give() -> None:
    definitions = schema()["$defs"]
    assert "required" not in schema()
    assert "required" not in definitions["BundleSpec"]
    assert definitions["Do"]["required"] == ["do", "role", "time"]


def test_the_shipped_schema_is_the_present_one() -> None:
    shipped = Path(__file__).parents[2] / "scenarios" / "scenario.schema.json"
    assert json.loads(shipped.read_text(encoding="utf-8")) == json.loads(schema_text())


def test_sections_with_values_can_say_where_they_come_from() -> None:
    assert {"mark", "source", "note"} <= set(Sourced.fields())


def test_a_day_is_a_day(tmp_path: Path) -> None:
    spec = load(written(tmp_path, MINIMAL.replace("2025-01-06", "2025-01-06, length: 1 d"))).spec
    assert spec.period.length == DAY
