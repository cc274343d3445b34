"""Single values as people write them in a scenario file: what each is read as, or why it is not."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.distributions import parse_duration
from sim.errors import ScenarioError
from sim.scenario import load, resolve
from sim.scenario.schema.money import Pay
from sim.scenario.schema.sections import ScenarioSpec
from sim.units import DAY, MINUTE, WEEK, YEAR

SCENARIO = """
title: TITLE
DATES
period: {start: START, length: LENGTH}
calendars:
  office:
    hours: {WEEKDAYS: "07:30-11:30"}
    closed: [CLOSED]
levels: [district, commune]
offices: {xa-0: {level: district, births: 3}, xa-1: {births: COLUMN}, xa-2: {births: 20}}
staff:
  clerk: {office: commune, people: PEOPLE, speed: SPEED, pay: PAY}
replications: REPLICATIONS
bundles:
  permit:
    procedures: {permit: {limit: LIMIT}}
    demand: {a_year: CASES, by: births}
    channels: {online: SHARE, counter: rest}
    regimes:
      today:
        from: FROM
        online: counter
        counter:
          - {open: permit}
          - {do: receive, role: clerk, time: "TIME"}
          - {close: permit}
"""
DEFAULTS = {
    "TITLE": "One office",
    "DATES": "",
    "START": "2025-02-03",
    "LENGTH": "5 weeks",
    "WEEKDAYS": "sat",
    "CLOSED": "2025-03-05",
    "COLUMN": "33",
    "PEOPLE": "7",
    "SPEED": "3",
    "PAY": "1 VND/h",
    "REPLICATIONS": "10",
    "LIMIT": "9 wd",
    "CASES": "77",
    "SHARE": "11 %",
    "FROM": "2020-01-01",
    "TIME": "11 min",
}


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def write(folder: Path, **parts: str) -> Path:
    text = SCENARIO
    for name, default in DEFAULTS.items():
        text = text.replace(name, parts.get(name, default))
    path = folder / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(ScenarioError) as caught:
        resolve(load(path))
    return [(fault.message, fault.way_out) for fault in caught.value.faults]


def mean_time(spec: ScenarioSpec) -> float:
    time = spec.bundles["permit"].regimes["today"].channels["counter"][1].time
    return round(parse_duration(time, folder=None).distribution.mean / MINUTE, 9)


READ: dict[str, Callable[[ScenarioSpec], Any]] = {
    "TITLE": lambda spec: spec.title,
    "START": lambda spec: spec.period.start,
    "LENGTH": lambda spec: spec.period.length,
    "WEEKDAYS": lambda spec: sorted(spec.calendars["office"].hours),
    "CLOSED": lambda spec: spec.calendars["office"].closed[0],
    "COLUMN": lambda spec: spec.offices.named["xa-1"].__pydantic_extra__["births"],
    "PEOPLE": lambda spec: spec.staff["clerk"].people.times,
    "SPEED": lambda spec: spec.staff["clerk"].speed,
    "PAY": lambda spec: spec.staff["clerk"].pay,
    "REPLICATIONS": lambda spec: spec.replications,
    "LIMIT": lambda spec: spec.bundles["permit"].procedures["permit"].limit[0][1],
    "CASES": lambda spec: spec.bundles["permit"].demand.a_year,
    "SHARE": lambda spec: spec.bundles["permit"].channels["online"].share,
    "FROM": lambda spec: spec.bundles["permit"].regimes["today"].start,
    "TIME": mean_time,
}

VALID: list[tuple[str, str, Any]] = [
    ("TITLE", '"Birth: online"', "Birth: online"),
    ("TITLE", nfd("Hộ tịch"), "Hộ tịch"),
    ("TITLE", "Khai sinh 07:30", "Khai sinh 07:30"),
    ("LENGTH", "8 tuần", 8 * WEEK),
    ("LENGTH", nfd("8 tuần"), 8 * WEEK),
    ("LENGTH", "8 TUAN", 8 * WEEK),
    ("LENGTH", "1 năm", YEAR),
    ("LENGTH", "90 ngày", 90 * DAY),
    ("LENGTH", '"8,5 tuần"', 8.5 * WEEK),
    ("LENGTH", "26 weeks 3 ngày", 26 * WEEK + 3 * DAY),
    ("WEEKDAYS", "T2-T6", [0, 1, 2, 3, 4]),
    ("WEEKDAYS", "t2-t7", [0, 1, 2, 3, 4, 5]),
    ("WEEKDAYS", "thứ hai - thứ sáu", [0, 1, 2, 3, 4]),
    ("WEEKDAYS", nfd("thứ hai - chủ nhật"), [0, 1, 2, 3, 4, 5, 6]),
    ("WEEKDAYS", "T3 T5 CN", [1, 3, 6]),
    ("WEEKDAYS", '"T3, T5"', [1, 3]),
    ("WEEKDAYS", "thu ba thu", [1, 3]),
    ("WEEKDAYS", "mon T7", [0, 5]),
    ("LIMIT", "3 ngày làm việc", 3),
    ("LIMIT", "7 ngay lam viec", 7),
    ("LIMIT", nfd("3 Ngày làm việc"), 3),
    ("TIME", "20 phút", 20),
    ("TIME", "1 giờ 30 phút", 90),
    ("TIME", "1,5 giờ", 90),
    ("TIME", "90 giây", 1.5),
    ("TIME", "lognormal(mean 20 phút, cv 0.5)", 20),
    ("TIME", "lognormal(mean 1,5 giờ, cv 0,5)", 90),
    ("TIME", nfd("exponential(mean 20 phút)"), 20),
    ("TIME", "uniform(5 phút, 15 phút)", 10),
    ("TIME", "uniform(0,5 phút,1,5 phút)", 1),
    ("TIME", "uniform(5 min,15 min)", 10),
    ("TIME", "discrete(5 phút 30,5 %, 10 phút 69,5 %)", 8.475),
    ("TIME", "0.125 h", 7.5),
    ("TIME", "1.125 h", 67.5),
    ("CASES", "1200", 1200),
    ("CASES", "1 200", 1200),
    ("CASES", "1\u2009200", 1200),
    ("CASES", "1.2", 1.2),
    ("CASES", "1.20", 1.2),
    ("CASES", "0.125", 0.125),
    ("CASES", "1.1250", 1.125),
    ("CASES", "1234.567", 1234.567),
    ("CASES", '"1200,5"', 1200.5),
    ("CASES", "1e3", 1000),
    ("COLUMN", "40", 40),
    ("COLUMN", '"40,5"', 40.5),
    ("COLUMN", "xa", "xa"),
    ("PEOPLE", "1.5", 1.5),
    ("PEOPLE", '"1,5"', 1.5),
    ("SPEED", "1.125", 1.125),
    ("SPEED", '"0,8"', 0.8),
    ("SHARE", '"47,8 %"', 0.478),
    ("SHARE", "47.125 %", 0.47125),
    ("SHARE", "0.125", 0.125),
    ("PAY", "45 000 VND/giờ", Pay(amount=45000, currency="VND")),
    ("PAY", "45000 đồng/gio", Pay(amount=45000, currency="VND")),
    ("PAY", "45 000 đ/h", Pay(amount=45000, currency="VND")),
    ("PAY", "45 000₫/giờ", Pay(amount=45000, currency="VND")),
    ("PAY", nfd("45 000 VNĐ/giờ"), Pay(amount=45000, currency="VND")),
    ("PAY", "45 EUR/h", Pay(amount=45, currency="EUR")),
    ("START", "2025-03-03", dt.date(2025, 3, 3)),
]

INVALID: list[tuple[str, str, str, str]] = [
    ("CASES", "1.200", "'1.200' can be 1200 or 1.2", "Write 1200 or 1.2."),
    ("CASES", '"1.200"', "'1.200' can be 1200 or 1.2", "Write 1200 or 1.2."),
    ("CASES", "1.125", "'1.125' can be 1125 or 1.125", "Write 1125 or 1.1250."),
    ("CASES", "3,600", "'3,600' can be 3600 or 3.6", "Write 3600 or 3.6."),
    ("CASES", '"3,600"', "'3,600' can be 3600 or 3.6", "Write 3600 or 3.6."),
    ("CASES", "1,200,000", "'1,200,000' parts thousands with commas", "Write 1200000."),
    ("CASES", "1.200.000", "'1.200.000' parts thousands with points", "Write 1200000."),
    ("CASES", '"1.200,5"', "'1.200,5' parts thousands with points", "Write 1200.5."),
    ("CASES", "1,5", "'1' is cut off: a comma ends a value inside braces", 'into quotes: "1,5".'),
    ("PEOPLE", "1,5", "'1' is cut off: a comma ends a value inside braces", 'into quotes: "1,5".'),
    ("PEOPLE", "1.500", "'1.500' can be 1500 or 1.5", "Write 1500 or 1.5."),
    ("COLUMN", "1.200", "column 'births': '1.200' can be 1200 or 1.2", "Write 1200 or 1.2."),
    ("COLUMN", '"1,200"', "column 'births': '1,200' can be 1200 or 1.2", "Write 1200 or 1.2."),
    ("REPLICATIONS", "1.000", "'1.000' can be 1000 or 1", "Write 1000 or 1."),
    ("PAY", "45.000 VND/h", "'45.000' can be 45000 or 45", "Write 45000 or 45."),
    ("PAY", "45 000 VND/ngày", "'45 000 VND/ngày' is no pay", "45 000 VND/h"),
    ("LENGTH", "3 tháng", "'3 tháng': a month has no fixed length", "30 days"),
    ("LENGTH", "3 thang", "'3 thang': a month has no fixed length", "weeks (tuần)"),
    ("LENGTH", "8 tuân", "'8 tuân': unknown unit 'tuân'", "week (tuần)"),
    ("LENGTH", "1,200 giờ", "'1,200' can be 1200 or 1.2", "Write 1200 or 1.2."),
    ("LENGTH", "1,5 tuần", "'1' is cut off: a comma ends a value", 'into quotes: "1,5 tuần".'),
    ("WEEKDAYS", "T8", "'T8' is no weekday", "T2-T6"),
    ("WEEKDAYS", "CN-T2", "'CN-T2' runs backwards", "T2 to CN"),
    ("TIME", "2 ngày làm việc", "'2 ngày làm việc' is in working days", "20 min"),
    ("TIME", "uniform(0,5 min)", "'uniform(0,5 min)': 'max' is missing", "uniform(5 min, 15 min)"),
    ("START", "03/04/2025", "'03/04/2025' can be 3 April or 4 March 2025", "dates: day first"),
    ("START", "13/04/2025", "'13/04/2025' does not begin with the year", "Write 2025-04-13, or"),
    ("CLOSED", "{from: 2025-03-05, to: 2025-03-05}", "ends as it begins", "`to` is not in it"),
    ("CLOSED", "{from: 05/03/2025 08:00, to: 2025-06-03}", "can be 5 March or 3 May", "day first"),
    ("FROM", "01/07/2021", "'01/07/2021' can be 1 July or 7 January 2021", "Write 2021-07-01 or"),
    ("LIMIT", "{01/07/2021: 3 wd}", "can be 1 July or 7 January 2021", "Write 2021-07-01 or"),
    ("DATES", "dates: dd/mm", "found 'dd/mm'", "'year first' or 'day first'"),
    ("TITLE", "Birth: online", "not YAML: mapping values", 'into quotes: title: "Birth: online".'),
]


@pytest.mark.parametrize(("name", "text", "value"), VALID)
def test_a_value_reads_as_it_is_meant(tmp_path: Path, name: str, text: str, value: Any) -> None:
    spec = load(write(tmp_path, **{name: text})).spec
    assert READ[name](spec) == value
    other = load(write(tmp_path)).spec
    assert READ[name](other) != value


@pytest.mark.parametrize(("name", "text", "message", "way_out"), INVALID)
def test_a_value_with_two_readings_is_refused(
    tmp_path: Path, name: str, text: str, message: str, way_out: str
) -> None:
    (fault,) = faults_of(write(tmp_path, **{name: text}))
    assert message in fault[0]
    assert way_out in fault[1]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("START", "03/04/2025", dt.date(2025, 4, 3)),
        ("START", "2025-04-03", dt.date(2025, 4, 3)),
        ("CLOSED", "13/4/2025", dt.date(2025, 4, 13)),
        ("FROM", "01/07/2021", dt.date(2021, 7, 1)),
    ],
)
def test_declared_dates_read_day_first(tmp_path: Path, name: str, text: str, value: Any) -> None:
    spec = load(write(tmp_path, DATES="dates: day first", **{name: text})).spec
    assert READ[name](spec) == value
    assert spec == load(write(tmp_path, DATES="dates: day first", **{name: str(value)})).spec


def test_a_limit_by_day_first_dates_is_that_by_dates_of_the_year(tmp_path: Path) -> None:
    declared = {"DATES": "dates: day first"}
    limits = [
        load(write(tmp_path, LIMIT=text, **declared)).spec.bundles["permit"].procedures["permit"]
        for text in ("{01/07/2021: 3 wd}", "{2021-07-01: 3 wd}", "{2021-01-07: 3 wd}")
    ]
    assert limits[0] == limits[1]
    assert limits[0] != limits[2]


@pytest.mark.parametrize(
    ("time", "change", "minutes"),
    [
        ("20 phút", "0.5 x", 10),
        ("20 phút", "0,5 x", 10),
        ("lognormal(mean 20 phút, cv 0.5)", "0.5 x", 10),
        ("lognormal(mean 1,5 giờ, cv 0,5)", "2 x", 180),
        (nfd("uniform(10 phút, 20 PHÚT)"), "2 x", 30),
        ("2h30min", "2 x", 300),
        ("20 phút", "+ 5 min", 25),
        ("20 phút", "- 5 phút", 15),
    ],
)
def test_a_change_finds_the_amounts_in_both_languages(
    tmp_path: Path, time: str, change: str, minutes: float
) -> None:
    path = "bundles.permit.regimes.today.counter.receive.time"
    changed = load(write(tmp_path, TIME=time), settings={path: change})
    assert mean_time(changed.spec) == minutes
    assert mean_time(load(write(tmp_path, TIME=time)).spec) != minutes


@pytest.mark.parametrize("change", ["0.5 x", "+ 1"])
def test_a_change_of_a_count_with_two_readings_is_refused(tmp_path: Path, change: str) -> None:
    with pytest.raises(ScenarioError, match=r"'1\.200' can be 1200 or 1\.2"):
        load(write(tmp_path, CASES="1.200"), settings={"bundles.permit.demand.a_year": change})
    changed = load(write(tmp_path, CASES="1.2"), settings={"bundles.permit.demand.a_year": change})
    assert changed.spec.bundles["permit"].demand.a_year == {"0.5 x": 0.6, "+ 1": 2.2}[change]


def test_a_setting_with_two_readings_is_refused(tmp_path: Path) -> None:
    path = "bundles.permit.demand.a_year"
    with pytest.raises(ScenarioError, match=r"'1\.200' can be 1200 or 1\.2"):
        load(write(tmp_path), settings={path: "1.200"})
    assert load(write(tmp_path), settings={path: "1.2"}).spec.bundles["permit"].demand.a_year == 1.2


def test_composed_and_decomposed_names_are_one(tmp_path: Path) -> None:
    named = write(tmp_path).read_text(encoding="utf-8").replace("xa-1", "Xã Bình")
    prints = []
    for text in (named, nfd(named), named.replace("Xã Bình", "Xã Binh")):
        (tmp_path / "named.yaml").write_text(text, encoding="utf-8")
        prints.append(resolve(load(tmp_path / "named.yaml")).fingerprint())
    assert prints[0] == prints[1]
    assert prints[0] != prints[2]


def test_a_value_is_told_as_it_was_written(tmp_path: Path) -> None:
    read = READ["SPEED"](load(write(tmp_path, SPEED="1.250")).spec)
    assert read == 1.25
    assert load(write(tmp_path, SPEED="1.250")).tree["staff"]["clerk"]["speed"] == "1.250"
