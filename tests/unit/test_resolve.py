"""From a scenario to a model: offices, people, calendars, limits, and what makes models equal."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.calendars import Calendar
from sim.distributions import TABLE
from sim.errors import ScenarioError
from sim.experiment.checks import resolve_checked
from sim.model import LEAVE, Model, Order
from sim.scenario.load import load
from sim.scenario.resolve.model import Shared, holidays_used, resolve
from sim.streams import name_key
from sim.units import DAY, HOUR, WEEK
from sim.workload import mean_of

HEAD = "title: Places\nperiod: {start: 2025-01-06, warm_up: 1 week, length: 4 weeks}\n"
STAFF = "staff: {clerk: {office: commune, people: 1}}\n"
BUNDLE = """
bundles:
  b:
    procedures: {p: {limit: 5 wd}}
    demand: {a_year: 100}
    regimes:
      r: {desk: [open: p, {do: work, role: clerk, time: 5 min}, close: p]}
"""


def model_of(folder: Path, text: str, **settings: str) -> Model:
    file = folder / "places.yaml"
    file.write_text(text, encoding="utf-8")
    return resolve(load(file, settings=settings))


def open_days(calendar: Calendar, first: int, last: int) -> list[int]:
    return [d for d in range(first, last) if calendar.open_between(d * DAY, (d + 1) * DAY)]


def test_a_run_warms_up_is_measured_and_runs_out(tmp_path: Path) -> None:
    model = model_of(tmp_path, HEAD + STAFF + BUNDLE)
    assert model.start == dt.date(2025, 1, 6)
    assert (model.warm_up_ends_at, model.measured_until) == (WEEK, 5 * WEEK)
    assert model.horizon == 13 * WEEK


def test_calendars_reach_four_hundred_days_beyond_both_ends(tmp_path: Path) -> None:
    model = model_of(tmp_path, HEAD + STAFF + BUNDLE)
    office = model.calendars[model.offices[0].calendar]
    assert -400 * DAY <= office.opens[0] < -397 * DAY
    last = 13 * 7 + 400
    assert (last - 3) * DAY < office.closes[-1] <= (last + 1) * DAY
    assert model.working_days.first_day == -400
    assert len(model.working_days.count) == 400 + last + 1


def test_holidays_close_the_office_and_working_saturdays_open_it(tmp_path: Path) -> None:
    file = tmp_path / "places.yaml"
    file.write_text(HEAD + STAFF + BUNDLE, encoding="utf-8")
    scenario = load(file)
    model = resolve(scenario)
    office = model.calendars[model.offices[0].calendar]
    # Tết 2025: from Saturday 25 January to Sunday 2 February.
    assert open_days(office, 18, 30) == [18, 28, 29]
    # The Saturday 26 April 2025 replaced Friday 2 May.
    day = (dt.date(2025, 4, 26) - model.start).days
    assert office.open_between(day * DAY, (day + 1) * DAY) == 8 * HOUR
    assert model.working_days.is_working(day)
    used = holidays_used(scenario)
    assert used is not None
    assert used.country == "VN"
    assert dt.date(2025, 5, 2) in dict(used.days_off)


def test_closed_days_stretches_and_extra_openings_count(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        HEAD
        + STAFF
        + BUNDLE
        + "calendars:\n"
        + "  office:\n"
        + "    hours: {mon-fri: 08:00-16:00}\n"
        + "    closed: [2025-01-07, {from: 2025-01-08 12:00, to: 2025-01-09 10:00}]\n"
        + "    also_open: {2025-01-11: 09:00-10:00}\n",
    )
    office = model.calendars[0]
    found = [office.open_between(d * DAY, (d + 1) * DAY) // HOUR for d in range(7)]
    assert found == [8, 0, 4, 6, 8, 1, 0]


def test_offices_come_from_a_file_and_from_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(
        "office,level,parent,label,births\n"
        "north,district,,Bắc,\n"
        "south,district,,,\n"
        "xa-1,commune,north,,10\n"
        "xa-2,,south,,20\n",
        encoding="utf-8",
    )
    model = model_of(
        tmp_path,
        HEAD
        + STAFF
        + BUNDLE.replace("a_year: 100", "a_year: 100, by: births")
        + "levels: [province, district, commune]\n"
        + "offices: {file: o.csv, xa-2: {births: 30}, xa-3: {parent: south, births: 60}}\n",
    )
    assert [o.name for o in model.offices] == ["north", "south", "xa-1", "xa-2", "xa-3"]
    assert [o.label for o in model.offices][:2] == ["Bắc", "south"]
    assert model.office_at.tolist() == [
        [-1, 0, -1],
        [-1, 1, -1],
        [-1, 0, 2],
        [-1, 1, 3],
        [-1, 1, 4],
    ]
    np.testing.assert_allclose(
        model.demands[0].means / model.demands[0].means.sum(), [0.1, 0.3, 0.6]
    )


def test_the_only_office_above_is_the_parent(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        HEAD + STAFF + BUNDLE + "levels: [nation, province, commune]\n"
        "offices: {n: {level: nation}, a: {}, b: {}}\n",
    )
    assert [office.parent for office in model.offices] == [-1, 0, 0]


def test_without_offices_there_is_one_on_each_level(tmp_path: Path) -> None:
    model = model_of(tmp_path, HEAD + STAFF + BUNDLE + "levels: [district, commune]\n")
    assert [(o.name, o.parent) for o in model.offices] == [("district", -1), ("commune", 0)]


def test_a_fraction_of_a_person_is_on_duty_on_that_share_of_the_half_days(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        HEAD
        + "calendars: {office: {hours: {mon-sun: [08:00-12:00, 13:00-17:00]}}}\n"
        + "offices: {a: {n: 1}, b: {n: 2}, c: {n: 0.4}}\n"
        + "staff: {clerk: {office: commune, people: {column: n, times: 0.6}}}\n"
        + BUNDLE,
    )
    assert [person.name for person in model.staff] == [
        "a/clerk/1",
        "b/clerk/1",
        "b/clerk/2",
        "c/clerk/1",
    ]
    whole = model.calendars[0]
    shares = [
        model.calendars[person.calendar].open_between(0, 400 * DAY)
        / whole.open_between(0, 400 * DAY)
        for person in model.staff
    ]
    np.testing.assert_allclose(shares, [0.6, 1.0, 0.2, 0.24], atol=0.002)
    # The offset by office: half a person at `a` and half a person at `b` take turns.
    again = model_of(
        tmp_path,
        HEAD
        + "offices: {a: {}, b: {}, c: {}}\n"
        + "staff: {clerk: {office: commune, people: 0.5}}\n"
        + BUNDLE,
    )
    a, b, c = (again.calendars[person.calendar] for person in again.staff)
    assert a == c
    assert not set(a.opens) & set(b.opens)


def test_people_are_scaled_by_a_lever_as_a_number_or_a_column(tmp_path: Path) -> None:
    model = model_of(tmp_path, HEAD + STAFF + BUNDLE, **{"staff.clerk.people": "2.5"})
    assert len(model.staff) == 3
    assert model.staff[0].calendar == model.staff[1].calendar != model.staff[2].calendar


def test_roles_are_those_of_the_groups_in_their_order(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        HEAD
        + "staff:\n"
        + "  deputy: {office: commune, roles: [officer, clerk], speed: 0.8}\n"
        + "  clerk: {office: commune, label: Thư ký, first: earliest_due}\n"
        + "  officer: {office: commune, first: earliest_due}\n"
        + BUNDLE,
    )
    assert [(r.name, r.label, r.order == Order.EARLIEST_DUE) for r in model.roles] == [
        ("officer", "officer", True),
        ("clerk", "Thư ký", True),
    ]
    assert [person.roles for person in model.staff] == [(0, 1), (1,), (0,)]
    assert model.staff[0].speed == 0.8


def test_limits_are_dated_and_a_regime_overrides_them(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        HEAD
        + STAFF
        + """
bundles:
  b:
    procedures:
      p: {limit: {2007-07-01: 15 wd, 2021-07-01: 7 wd}, cut_off: 16:00}
      q: {limit: 3 wd, label: Cấp thẻ}
      s: {}
    limit: 9 wd
    cut_off: 14:00
    demand: {a_year: 100}
    regimes:
      r:
        limits: {q: none, bundle: {2025-02-01: 4 wd}}
        desk: [{do: work, role: clerk, time: 5 min}]
""",
    )
    flow = model.flows[0]
    p, q, s = flow.limits
    assert p is not None
    assert q is None
    assert s is None
    before, since = ((dt.date(2021, 7, 1) - model.start).days - shift for shift in (1, 0))
    assert (p.on(before), p.on(since), p.on(-20_000)) == (15, 7, None)
    assert flow.bundle_limit is not None
    assert (flow.bundle_limit.on(25), flow.bundle_limit.on(26)) == (None, 4)
    assert [(each.label, each.cut_off // HOUR) for each in model.procedures] == [
        ("p", 16),
        ("Cấp thẻ", 15),
        ("s", 15),
    ]
    assert model.bundles[0].cut_off == 14 * HOUR
    with pytest.raises(AssertionError):
        assert p.on(before) == 7


def test_the_share_of_time_up_makes_the_time_between_outages(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        HEAD
        + STAFF
        + BUNDLE
        + "systems:\n"
        + "  portal: {up: 99 %, outage: 2 h}\n"
        + "  register: {planned: {from: 2025-01-07 08:00, to: 2025-01-07 10:00}}\n",
    )
    portal, register = model.systems
    assert portal.outages is not None
    (good,), bad = portal.outages.good, portal.outages.bad
    assert good is not None
    assert good.kind == TABLE
    assert mean_of(good) == pytest.approx(2 * HOUR * 99, rel=2e-5)
    assert mean_of(bad) == 2 * HOUR
    assert portal.stream == name_key("system/portal", 48)
    assert register.outages is None
    assert register.planned == ((DAY + 8 * HOUR, DAY + 10 * HOUR),)
    with pytest.raises(AssertionError):
        assert mean_of(good) == pytest.approx(2 * HOUR * 100, rel=2e-5)


def test_a_timetable_keeps_to_days_on_which_its_calendar_opens(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        HEAD
        + STAFF
        + "timetables:\n"
        + "  courier: {departures: {tue thu: [15:00, 09:00]}}\n"
        + "  idle: {departures: {mon: 15:00}}\n"
        + BUNDLE.replace("[open", "[timetable: courier, open"),
    )
    (instants,) = model.timetables
    # Tết takes away the last week of January 2025.
    expected = [day * DAY + hour * HOUR for day in (1, 3, 8, 10, 15, 17, 29) for hour in (9, 15)]
    assert list(instants[:14]) == expected
    with pytest.raises(AssertionError):
        assert list(instants[:14]) == sorted([*expected[:-1], 22 * DAY + 9 * HOUR])


def test_equal_calendars_are_one(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        HEAD
        + "calendars: {desk: {hours: {mon-fri: [07:30-11:30, 13:00-17:00]}, holidays: VN}}\n"
        + "staff: {clerk: {office: commune, calendar: desk}}\n"
        + BUNDLE,
    )
    assert len(model.calendars) == 1


def test_what_is_not_in_force_is_not_in_the_model(tmp_path: Path) -> None:
    idle = "      old: {desk: [{delay: wait, time: 3 h}, {end: lost}]}\n"
    without = model_of(tmp_path, HEAD + STAFF + BUNDLE)
    chosen = BUNDLE.replace("    regimes:", "    regime: r\n    regimes:")
    assert model_of(tmp_path, HEAD + STAFF + chosen + idle).fingerprint() == without.fingerprint()
    other = model_of(tmp_path, HEAD + STAFF + chosen.replace("regime: r", "regime: old") + idle)
    assert other.fingerprint() != without.fingerprint()


def test_a_scenario_resolves_to_the_same_model_again(tmp_path: Path) -> None:
    models = [model_of(tmp_path, HEAD + STAFF + BUNDLE) for _ in range(2)]
    assert models[0].fingerprint() == models[1].fingerprint()
    slower = model_of(tmp_path, HEAD + STAFF + BUNDLE.replace("5 min", "6 min"))
    assert slower.fingerprint() != models[0].fingerprint()


def test_overload_is_refused_unless_it_is_allowed(tmp_path: Path) -> None:
    busy = HEAD + STAFF + BUNDLE.replace("a_year: 100", "a_year: 90 000")
    path = tmp_path / "busy.yaml"
    path.write_text(busy, "utf-8")
    with pytest.raises(ScenarioError, match="the queue grows without end"):
        resolve_checked(load(path))
    path.write_text(busy + "overload: allowed\n", "utf-8")
    assert resolve_checked(load(path)).elements[-1].then == LEAVE


def test_faults_of_all_kinds_are_told_together_and_in_the_order_of_their_places(
    tmp_path: Path,
) -> None:
    with pytest.raises(ScenarioError) as caught:
        model_of(
            tmp_path,
            HEAD
            + "staff: {clerk: {office: comune, people: 1, calendar: offise}}\n"
            + BUNDLE.replace("role: clerk", "role: clark").replace("open: p", "open: q"),
        )
    found = [(fault.line, fault.path) for fault in caught.value.faults]
    flow = "bundles.b.regimes.r.desk"
    assert found == [
        (3, "staff.clerk.office"),
        (3, "staff.clerk.calendar"),
        (10, f"{flow}[0].open"),
        (10, f"{flow}[1].role"),
        (10, f"{flow}[2].close"),
    ]


def test_a_nation_of_ten_thousand_communes_resolves_in_seconds(tmp_path: Path) -> None:
    rows = ["office,level,parent,births,n", *(f"d{d},district,,," for d in range(705))]
    rows += [f"c{c},commune,d{c % 705},{100 + c % 90},{2 + c % 7 / 10}" for c in range(10_035)]
    (tmp_path / "o.csv").write_text("\n".join(rows), encoding="utf-8")
    bundle = (
        "  b{i}: {demand: {a_year: 1 400 000, by: births}, "
        "regimes: {r: {desk: [{do: work, role: clerk, time: 5 min}]}}}\n"
    )
    text = (
        HEAD
        + "levels: [district, commune]\noffices: {file: o.csv}\n"
        + "staff: {clerk: {office: commune, people: {column: n}}, "
        + "chair: {office: commune, people: 0.5}}\n"
        + "bundles:\n"
        + "".join(bundle.replace("{i}", str(i)) for i in range(3))
    )
    began = time.perf_counter()
    model = model_of(tmp_path, text)
    assert time.perf_counter() - began < 30  # about 3 s on an idle machine
    assert len(model.staff) > 35_000
    assert sum(len(demand.homes) for demand in model.demands) == 30_105


IDLE = BUNDLE.replace("regimes:", "regime: r\n    regimes:") + (
    "      idle: {desk: [open: p, {do: rest, role: clerk, time: 5 min}, close: p]}\n"
)


def test_scenarios_that_share_their_ground_are_what_they_are_alone(tmp_path: Path) -> None:
    file = tmp_path / "places.yaml"
    file.write_text(HEAD + STAFF + IDLE, encoding="utf-8")
    cells = [
        {},
        {"bundles.b.demand.a_year": "200"},
        {"bundles.b.regime": "idle"},
        {"staff.clerk.people": "2"},
    ]
    shared = Shared()
    models = [resolve(load(file, settings=cell), shared) for cell in cells]
    alone = [resolve(load(file, settings=cell)) for cell in cells]
    assert [m.fingerprint() for m in models] == [m.fingerprint() for m in alone]
    assert len({m.fingerprint() for m in models}) == 4
    assert models[0].staff is models[1].staff is models[2].staff
    assert (len(models[0].staff), len(models[3].staff)) == (1, 2)
    assert len(shared.settings) == 2


def test_a_name_in_quotes_is_the_same_with_spaces_around_it(tmp_path: Path) -> None:
    plain = model_of(tmp_path, HEAD + STAFF + BUNDLE)
    spaced = BUNDLE.replace("  b:", '  " b ":', 1)
    assert spaced != BUNDLE
    assert model_of(tmp_path, HEAD + STAFF + spaced).fingerprint() == plain.fingerprint()
    with pytest.raises(ScenarioError, match="'b' is given twice"):
        model_of(tmp_path, HEAD + STAFF + spaced + BUNDLE.removeprefix("\nbundles:\n"))


def test_a_fault_is_told_in_each_scenario_whatever_the_others_said(tmp_path: Path) -> None:
    file = tmp_path / "places.yaml"
    file.write_text(HEAD + STAFF + IDLE, encoding="utf-8")
    shared = Shared()
    resolve(load(file), shared)
    for settings, told in (
        ({"bundles.b.regimes.idle.desk.rest.role": "nobody"}, "unknown role 'nobody'"),
        ({"staff.clerk.office": "moon"}, "unknown level 'moon'"),
        ({"staff.clerk.office": "moon"}, "unknown level 'moon'"),
    ):
        with pytest.raises(ScenarioError) as refused:
            resolve(load(file, settings=settings), shared)
        assert told in {fault.message for fault in refused.value.faults}
    assert len(shared.settings) == 1


def test_one_name_of_a_file_in_two_folders_is_two_grounds(tmp_path: Path) -> None:
    below = tmp_path / "below"
    below.mkdir()
    (below / "places.csv").write_text("office\nAn\nBinh\n", encoding="utf-8")
    (below / "base.yaml").write_text(HEAD + "offices: {file: places.csv}\n" + STAFF + BUNDLE)
    (tmp_path / "places.csv").write_text("office\nChau\n", encoding="utf-8")
    file = tmp_path / "top.yaml"
    file.write_text("extends: below/base.yaml\n", encoding="utf-8")
    shared = Shared()
    first = resolve(load(file), shared)
    second = resolve(load(file, settings={"offices.file": "places.csv"}), shared)
    assert [office.name for office in first.offices] == ["An", "Binh"]
    assert [office.name for office in second.offices] == ["Chau"]


def test_a_fingerprint_tells_numbers_apart_that_are_equal_and_written_otherwise(
    tmp_path: Path,
) -> None:
    model = model_of(tmp_path, HEAD + STAFF + BUNDLE)
    whole = replace(model, staff=tuple(replace(each, speed=1) for each in model.staff))
    assert whole.staff == model.staff
    assert whole.fingerprint() != model.fingerprint()
    same = replace(model, staff=tuple(replace(each) for each in model.staff))
    assert same.staff is not model.staff
    assert same.fingerprint() == model.fingerprint()


STARTS_MONDAY = HEAD.replace(
    "2025-01-06, warm_up: 1 week, length: 4 weeks", "2025-03-03, length: 4 weeks"
)


def half_days(model: Model, person: int, days: int) -> list[str]:
    """Monday morning is ``0a``: the half-days of the first days on which somebody is on duty."""
    opens = model.calendars[model.staff[person].calendar].opens
    return [
        f"{at // DAY}{'a' if at % DAY < 12 * HOUR else 'p'}" for at in opens if 0 <= at < days * DAY
    ]


def test_each_person_of_a_dated_number_has_the_half_days_on_which_it_is_reached(
    tmp_path: Path,
) -> None:
    people = "{2025-03-03: 1, 2025-03-04: 2.5, 2025-03-05: 0.5, 2025-03-06: 2}"
    model = model_of(
        tmp_path, STARTS_MONDAY + STAFF.replace("people: 1", f"people: {people}") + BUNDLE
    )
    assert [person.name for person in model.staff] == [f"commune/clerk/{n}" for n in (1, 2, 3)]
    first, second, third = (half_days(model, person, 4) for person in range(3))
    assert first in (["0a", "0p", "1a", "1p", half, "3a", "3p"] for half in ("2a", "2p"))
    assert second == ["1a", "1p", "3a", "3p"]
    assert third in (["1a"], ["1p"])
    whole = model.offices[0].calendar
    assert [person.full_time for person in model.staff] == [whole] * 3
    # Half a person has every other half-day, as where the number never changes (S8).
    half = model_of(tmp_path, STARTS_MONDAY + STAFF.replace("people: 1", "people: 0.5") + BUNDLE)
    assert [each for each in half_days(half, 0, 4) if each[0] == "1"] == third
    assert [each for each in half_days(half, 0, 4) if each[0] == "2"] == first[4:5]


def test_a_column_of_people_can_be_multiplied_by_date(tmp_path: Path) -> None:
    offices = "offices: {an: {clerks: 2}, binh: {clerks: 0}}\n"
    people = "people: {column: clerks, times: {2025-03-03: 0.5, 2025-03-10: 1}}"
    text = STARTS_MONDAY + offices + STAFF.replace("people: 1", people) + BUNDLE
    model = model_of(tmp_path, text)
    assert [person.name for person in model.staff] == ["an/clerk/1", "an/clerk/2"]
    assert half_days(model, 1, 9) == ["7a", "7p", "8a", "8p"]
    again = model_of(tmp_path, text, **{"staff.clerk.people": "2 x"})
    assert len(again.staff) == 4
    assert half_days(again, 3, 9) == ["7a", "7p", "8a", "8p"]


ABSENT = (
    "absence: {share: 20 %, spell: 2 wd}, away: [{from: 2025-03-10, to: 2025-03-12, offices: binh}]"
)


def test_absence_has_the_share_and_the_spells_that_are_given(tmp_path: Path) -> None:
    offices = "offices: {an: {}, binh: {}}\n"
    text = STARTS_MONDAY + offices + STAFF.replace("people: 1", f"people: 2, {ABSENT}") + BUNDLE
    model = model_of(tmp_path, text)
    (absence,) = model.absences
    # A working day of the office is 8 h; away for 16 h of 80 h are 20 %.
    assert mean_of(absence.spell) == 16 * HOUR
    assert mean_of(absence.present) == pytest.approx(64 * HOUR, rel=1e-5)
    assert [person.absence for person in model.staff] == [0] * 4
    streams = [person.stream for person in model.staff]
    assert streams == [name_key(f"staff/{person.name}", 48) for person in model.staff]
    assert len(set(streams)) == 4
    away = (7 * DAY, 9 * DAY)
    assert [person.away for person in model.staff] == [(), (), (away,), ()]
    never = model_of(tmp_path, text, **{"staff.clerk.absence.share": "0 %"})
    assert (never.absences, {person.absence for person in never.staff}) == ((), {-1})


def test_staff_of_a_role_help_each_other_under_one_office_or_one_text(tmp_path: Path) -> None:
    places = """
levels: [district, commune]
offices:
  d1: {level: district}
  d2: {level: district}
  an: {parent: d1, ward: north}
  binh: {parent: d2, ward: south}
  chau: {parent: d1, ward: south}
"""
    helps = "people: 1, helps: {who: district, after: 4 h}"
    text = STARTS_MONDAY + places + STAFF.replace("people: 1", helps) + BUNDLE
    group = model_of(tmp_path, text).roles[0].help
    assert group is not None
    assert (group.group_of, group.after) == ((-1, -1, 0, 1, 0), 4 * HOUR)
    other = model_of(tmp_path, text, **{"staff.clerk.helps": "{who: ward, after: 0.5 wd}"})
    by_text = other.roles[0].help
    assert by_text is not None
    assert (by_text.group_of, by_text.after) == ((-1, -1, 0, 1, 1), 4 * HOUR)


def test_costs_are_kept_in_one_currency_and_pay_of_groups_stands_in(tmp_path: Path) -> None:
    staff = "staff: {clerk: {office: commune, pay: 45 000 VND/h}, chair: {office: commune}}\n"
    costs = "costs: {hour: 30 000 VND/h, trip: 20 000 VND}\n"
    found = model_of(tmp_path, STARTS_MONDAY + staff + costs + BUNDLE).costs
    assert found is not None
    assert (found.currency, found.hour, found.trip, found.copy) == ("VND", 30_000, 20_000, None)
    assert found.pay == (45_000, None)
    said = costs.replace("}", ", pay: {clerk: 50 000 VND/h, chair: 70 000 VND/h}}")
    other = model_of(tmp_path, STARTS_MONDAY + staff + said + BUNDLE).costs
    assert other is not None
    assert other.pay == (50_000, 70_000)
    assert model_of(tmp_path, STARTS_MONDAY + STAFF + BUNDLE).costs is None


def test_a_system_is_up_and_fast_by_the_shares_of_each_date(tmp_path: Path) -> None:
    systems = """
systems:
  portal:
    up: {2025-03-03: 50 %, 2025-03-10: 100 %, 2025-03-17: 80 %}
    outage: 2 h
    slow: {share: 25 %, factor: 1.5, spell: 1 h}
"""
    (portal,) = model_of(tmp_path, STARTS_MONDAY + systems + STAFF + BUNDLE).systems
    assert portal.outages is not None
    assert portal.outages.from_days == (0, 7, 14)
    up = [None if good is None else mean_of(good) / HOUR for good in portal.outages.good]
    assert up == [pytest.approx(2, rel=1e-5), None, pytest.approx(8, rel=1e-5)]
    assert portal.slow is not None
    (fast,) = portal.slow.good
    assert fast is not None
    assert mean_of(fast) == pytest.approx(3 * HOUR, rel=1e-5)
    assert (mean_of(portal.slow.bad), portal.factor) == (HOUR, 150)
