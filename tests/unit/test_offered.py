"""The load of each role before a run, against sums by hand."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np
import pytest

from sim.distributions import Discrete, Exponential, sampler
from sim.experiment.loads import load_faults, overloaded
from sim.model import Model
from sim.scenario.load import load
from sim.scenario.resolve.model import resolve
from sim.units import DAY, MINUTE
from sim.workload import (
    RoleLoad,
    even_loads,
    mean_of,
    offered_load,
    share_above,
    work_by_office,
)

HEAD = """
title: Loads
period: {start: 2025-01-06, warm_up: 0 days, length: 365 days, run_out: 0 days}
overload: allowed
legal_clock: {calendar: always}
"""


def model_of(tmp_path: Path, text: str) -> Model:
    file = tmp_path / "loads.yaml"
    file.write_text(HEAD + text, encoding="utf-8")
    return resolve(load(file))


def in_all(model: Model) -> dict[str, RoleLoad]:
    return {each.role: each for each in offered_load(model) if each.office is None}


def test_one_clerk_who_works_ten_minutes_on_a_hundred_cases_a_day(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        """
staff: {clerk: {office: commune, people: 2, speed: 2}}
bundles:
  b:
    demand: {a_year: 36 500}
    regimes: {r: {desk: [{do: work, role: clerk, time: exponential(mean 10 min)}]}}
""",
    )
    load_of_clerk = in_all(model)["clerk"]
    # 1000 minutes of work a day at speed 1, 500 at speed 2, of 1440.
    assert load_of_clerk.offered == pytest.approx(500 / 1440, rel=2e-5)
    assert load_of_clerk.n_people == pytest.approx(2)
    assert load_of_clerk.load == pytest.approx(250 / 1440, rel=2e-5)
    with pytest.raises(AssertionError):
        assert load_of_clerk.load == pytest.approx(500 / 1440, rel=2e-5)


def test_visits_come_from_returns_options_branches_and_ends(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        """
staff: {a: {office: commune, people: 9}, b: {office: commune, people: 9},
        c: {office: commune, people: 9}, d: {office: commune, people: 9}}
bundles:
  x:
    demand: {a_year: 365}
    properties: {remote: 25 %}
    regimes:
      r:
        desk:
          - {do: one, role: a, time: 1 min}
          - {return: one, share: 20 %}
          - choose: [{if: remote, share: 50 %, steps: [{do: two, role: b, time: 1 min}]}]
            name: remote_or_not
          - together:
              - [{do: three, role: c, time: 1 min}, {return: three, share: 50 %}]
              - [choose: [{share: 10 %, steps: [end: rejected]}]]
          - {do: four, role: d, time: 1 min}
""",
    )
    minutes = work_by_office(model)[0] / MINUTE / 365
    # 1 / (1 - 0.2); 0.25 of 0.5; 1 / (1 - 0.5); 1 - 0.1.
    expected = [1.25, 0.125, 2.0, 0.9]
    np.testing.assert_allclose(minutes, expected, rtol=1e-9)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(minutes, [1.2, 0.125, 2.0, 0.9], rtol=1e-9)


def test_work_goes_to_the_office_above_the_home_and_waits_for_systems(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        """
levels: [district, commune]
offices:
  north: {level: district}
  south: {level: district}
  n1: {parent: north, births: 1, far: yes}
  n2: {parent: north, births: 2, far: no}
  s1: {parent: south, births: 3, far: no}
staff: {police: {office: district, people: 1}}
systems: {portal: {up: 80 %, outage: 1 h}}
bundles:
  x:
    demand: {a_year: 365, by: births}
    properties: {far: {column: far}}
    regimes:
      r:
        desk:
          - {do: work, role: police, time: 8 min, needs: portal}
          - choose: [{if: far, steps: [{do: travel, role: police, time: 60 min}]}]
""",
    )
    minutes = work_by_office(model)[:, 0] / MINUTE / 365
    # Half of the cases live in the north, a sixth of all far away; 8 min at 80 % up take 10.
    expected = [0.5 * 10 + 60 / 6, 0.5 * 10, 0, 0, 0]
    np.testing.assert_allclose(minutes, expected, rtol=2e-5)
    rows = {each.office: each.load for each in offered_load(model)}
    assert rows["north"] == pytest.approx(15 / 1440, rel=2e-5)
    assert rows[None] == pytest.approx(10 / 1440, rel=2e-5)


def test_late_supplements_come_back_no_more(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        """
staff: {clerk: {office: commune, people: 9}}
bundles:
  x:
    procedures: {p: {limit: 9 wd}}
    demand: {a_year: 365}
    regimes:
      r:
        desk:
          - open: p
          - {do: work, role: clerk, time: 1 min}
          - {incomplete: p, share: 50 %, supplement: "discrete(1 wd 60 %, 9 wd 40 %)", within: 5 wd,
             back_to: work}
          - close: p
""",
    )
    # Each visit is followed by another with probability 0.5 of 0.6.
    assert work_by_office(model)[0, 0] / MINUTE / 365 == pytest.approx(1 / (1 - 0.3))


def test_a_log_counts_case_by_case(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(
        "filed_at,office,remote\n2025-01-07,commune,yes\n2025-01-08 09:00,commune,no\n"
    )
    model = model_of(
        tmp_path,
        """
staff: {clerk: {office: commune, people: 9}}
bundles:
  x:
    demand: {log: log.csv}
    properties: {remote: 99 %}
    regimes:
      r: {desk: [{do: work, role: clerk, time: 7 min},
                 {choose: [{if: remote, steps: [{do: more, role: clerk, time: 30 min}]}]}]}
""",
    )
    assert work_by_office(model)[0, 0] / MINUTE == pytest.approx(7 * 2 + 30)


def test_the_working_days_of_a_deadline_are_those_of_the_run(tmp_path: Path) -> None:
    closed = """
calendars:
  office: {{hours: {{mon-sun: "08:00-16:00"}}, closed: {{from: {day} 10:00, to: {day} 16:00}}}}
staff: {{clerk: {{office: commune, people: 9}}}}
legal_clock: {{calendar: office}}
bundles:
  x:
    procedures: {{p: {{limit: 9 wd}}}}
    demand: {{a_year: 365}}
    regimes:
      r:
        desk:
          - open: p
          - {{do: work, role: clerk, time: 1 min}}
          - {{incomplete: p, share: 50 %, supplement: 40 h, calendar: office, within: 5 wd,
             back_to: work}}
          - close: p
"""
    head = HEAD.replace("legal_clock: {calendar: always}\n", "")

    def visits(day: str) -> float:
        file = tmp_path / "days.yaml"
        file.write_text(head + closed.format(day=day), encoding="utf-8")
        model = resolve(load(file))
        return float(work_by_office(model)[0, 0] / MINUTE / 365)

    # A supplement of five days of 8 h comes in time. Behind the run a day is shorter, in it not.
    assert visits("2026-02-02") == pytest.approx(1 / (1 - 0.5))
    # Twin: a shorter day in the run makes the mean day shorter, and the supplement late.
    assert visits("2025-02-03") == pytest.approx(1)


HABITS = """
title: Habits
period: {{start: 2025-01-06, warm_up: 0 days, length: 10 weeks, run_out: 0 days}}
overload: allowed
calendars: {{office: {{hours: {{mon-fri: "08:00-16:00"}}}}}}
staff: {{clerk: {{office: commune, people: 1{staff}}}}}
systems: {{portal: {{{system}}}}}
bundles:
  b:
    procedures: {{p: {{limit: 5 wd}}}}
    demand: {{a_year: 1 000}}
    regimes:
      r:
        desk:
          - {{open: p}}
          - {{do: work, role: clerk, time: 30 min, needs: portal{work}}}
          - {{return: work, share: {again}}}
          - {{close: p}}
"""


@pytest.mark.parametrize(
    ("habit", "factor"),
    [
        ({"staff": ", absence: {share: 20 %, spell: 2 wd}"}, 1 / 0.8),
        ({"staff": ", away: {from: 2025-02-03, to: 2025-02-15}"}, 10 / 8),
        ({"staff": ", away: {from: 2024-02-03, to: 2025-01-11}"}, 10 / 9),
        # Eight weeks at 1 and two at 2.
        ({"staff": ", speed: {2025-01-06: 1, 2025-03-03: 2}"}, 10 / 12),
        # In straight steps up to Friday of the second week, and 2 from the Monday behind it on.
        (
            {"staff": ", speed: {2025-01-06: 1, 2025-01-20: 2, between: straight}"},
            50 / (40 * 2 + 10 + sum((0, 1, 2, 3, 4, 7, 8, 9, 10, 11)) / 14),
        ),
        ({"system": "slow: {share: 20 %, factor: 2, spell: 1 h}"}, 1 / (0.8 + 0.2 / 2)),
        (
            {"system": "up: 90 %, outage: 1 h, slow: {share: 20 %, factor: 2, spell: 1 h}"},
            1 / 0.9 / (0.8 + 0.2 / 2),
        ),
        ({"work": ", batch: {size: 10, at_most: 1 wd, setup: 1 h}"}, 36 / 30),
        # The mean of the shares over the days of the run: 50 % for a fifth of them, then none.
        ({"again": "{2025-01-06: 50 %, 2025-01-20: 0 %}"}, 1 / 0.9),
        ({"again": "{2024-06-03: 50 %, 2025-01-06: 0 %}"}, 1),
    ],
)
def test_habits_weigh_on_the_load(tmp_path: Path, habit: dict[str, str], factor: float) -> None:
    def loaded(**parts: str) -> float:
        plain = {"staff": "", "system": "up: 100 %, outage: 1 h", "work": "", "again": "0 %"}
        file = tmp_path / "habits.yaml"
        file.write_text(HABITS.format(**(plain | parts)), encoding="utf-8")
        return in_all(resolve(load(file)))["clerk"].load

    assert loaded(**habit) / loaded() == pytest.approx(factor, rel=1e-4)
    if factor != 1:
        with pytest.raises(AssertionError):  # the twin: without the habit
            assert loaded() == pytest.approx(loaded(**habit), rel=1e-4)


LOG = """
title: A log
period: {{start: 2025-01-06, warm_up: 0 days, length: 1 week, run_out: {run_out}}}
calendars: {{office: {{hours: {{mon-fri: "08:00-16:00"}}}}}}
staff: {{clerk: {{office: commune, people: 1}}}}
bundles:
  listed:
    demand: {{log: log.csv}}
    regimes: {{r: {{desk: [{{do: work, role: clerk, time: {time}}}]}}}}
{more}
"""
BY_CHANCE = """
  other:
    demand: {{a_year: {cases}}}
    regimes: {{r: {{desk: [{{do: others, role: clerk, time: 1 h}}]}}}}
"""


@pytest.mark.parametrize(
    ("time", "run_out", "cases", "load_of_all", "lasting", "words"),
    [
        ("60 min", "0 days", None, 1.0, 0.0, ""),
        ("60 min", "1 week", None, 0.5, 0.0, ""),
        (
            "90 min",
            "0 days",
            None,
            1.5,
            0.0,
            "offered load 1.5 exceeds 1 person; the log is more work than fits into the run. "
            "Give 2 people in all, a longer period.run_out, or set overload: allowed.",
        ),
        ("90 min", "1 week", None, 0.75, 0.0, ""),
        (
            "120 min",
            "0 days",
            None,
            2.0,
            0.0,
            "offered load 2 exceeds 1 person; the log is more work than fits into the run. "
            "Give 2 people",
        ),
        ("60 min", "0 days", "1 043", 1.5, 0.5, "the log is more work than fits into the run"),
        ("60 min", "0 days", "4 172", 3.0, 2.0, "exceeds 1 person; the queue grows without end"),
    ],
)
def test_a_log_has_an_end_and_only_what_comes_by_chance_grows_without(
    tmp_path: Path,
    time: str,
    run_out: str,
    cases: str | None,
    load_of_all: float,
    lasting: float,
    words: str,
) -> None:
    # Forty filings in a week of 40 h.
    rows = [f"2025-01-{6 + n % 5:02} {8 + n // 5:02}:00,commune" for n in range(40)]
    (tmp_path / "log.csv").write_text("\n".join(["filed_at,office", *rows]), "utf-8")
    more = "" if cases is None else BY_CHANCE.format(cases=cases)
    file = tmp_path / "log.yaml"
    file.write_text(LOG.format(time=time, run_out=run_out, more=more), "utf-8")
    scenario = load(file)
    model = resolve(scenario)
    clerk = in_all(model)["clerk"]
    assert clerk.load == pytest.approx(load_of_all, rel=1e-3)
    assert clerk.lasting == pytest.approx(lasting, rel=1e-3)
    told = " ".join(f"{each.message}. {each.way_out}" for each in load_faults(scenario, model))
    assert (words in told) if words else (told == "")
    assert bool(overloaded(model)) == bool(words)


def test_twin_what_comes_by_chance_and_takes_all_the_time_grows_without_end(
    tmp_path: Path,
) -> None:
    file = tmp_path / "full.yaml"
    # 52 weeks of 40 h, and 2080 cases in them of an hour each.
    text = DESK.format(people=1, cases="10428.571428571429")
    file.write_text(text, "utf-8")
    scenario = load(file)
    model = resolve(scenario)
    assert in_all(model)["clerk"].load == pytest.approx(1, rel=1e-9)
    (fault,) = load_faults(scenario, model)
    assert "offered load 1 equals 1 person; the queue grows without end" in fault.message


def test_of_the_offices_only_those_where_nobody_does_the_work_are_told(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        """
offices: {a: {}, b: {}}
staff: {clerk: {office: commune, people: 1}}
bundles:
  b:
    demand: {a_year: 36 500}
    regimes: {r: {desk: [{do: work, role: clerk, time: 10 min}]}}
""",
    )
    without_b = replace(model, staff=model.staff[:1])

    def words_of(of: Model) -> list[tuple[str | None, float]]:
        return [(each.office, each.load) for each in offered_load(of, every_office=False)]

    load_of_all = 1000 / 1440
    assert words_of(without_b) == [(None, pytest.approx(load_of_all)), ("b", inf)]
    assert words_of(model) == [(None, pytest.approx(load_of_all / 2))]
    assert set(offered_load(without_b, every_office=False)) < set(offered_load(without_b))


def test_an_office_that_cannot_keep_up_is_found_though_its_level_keeps_up(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        """
offices: {a: {}, b: {}}
staff: {clerk: {office: commune, people: 1}}
bundles:
  b:
    demand: {a_year: 36 500}
    regimes: {r: {desk: [{do: work, role: clerk, time: 20 min}]}}
""",
    )
    # 1000 minutes of work a day at each of two offices, of 1440.
    assert overloaded(model) == ()
    (demand,) = model.demands
    skewed = replace(demand, yearly=np.array([0.8, 0.2]) * demand.yearly.sum())
    (found,) = overloaded(replace(model, demands=(skewed,)))
    assert (found.office, found.load) == ("a", pytest.approx(1600 / 1440))
    doubled = replace(demand, yearly=2 * demand.yearly)
    assert [each.office for each in overloaded(replace(model, demands=(doubled,)))] == [None]


def test_people_of_several_roles_divide_their_time_evenly() -> None:
    # One of a's own, one of b's own, and one for both: 0.5 + 0.9 of work for three.
    loads = even_loads(
        np.array([[0.5, 0.9]]),
        np.array([[1.0, 1.0, 1.0]]),
        [0, 1],
        [frozenset({0}), frozenset({1}), frozenset({0, 1})],
    )
    np.testing.assert_allclose(loads, [[1.4 / 3, 1.4 / 3]])


def test_a_role_that_others_cannot_relieve_is_busier_than_they() -> None:
    # Ten of a's own; b has only the one who holds both, and leaves that one no time for a.
    loads = even_loads(
        np.array([[1.0, 0.9], [1.0, 0.0]]),
        np.array([[10.0, 1.0], [10.0, 1.0]]),
        [4, 7],
        [frozenset({4}), frozenset({4, 7})],
    )
    np.testing.assert_allclose(loads, [[0.1, 0.9], [1 / 11, 1 / 11]])
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(loads[0], [1.9 / 11, 1.9 / 11])


def test_work_that_nobody_can_do_is_an_infinite_load() -> None:
    loads = even_loads(np.array([[1.0, 1.0]]), np.array([[2.0]]), [0, 1], [frozenset({0})])
    assert loads.tolist() == [[0.5, inf]]


@pytest.mark.parametrize("n_roles", [3, 9])
def test_loads_of_random_teams_agree_with_a_linear_programme(n_roles: int) -> None:
    from scipy.optimize import linprog

    random = np.random.default_rng(3)
    kinds = [frozenset(random.choice(n_roles, 2, replace=False).tolist()) for _ in range(n_roles)]
    kinds += [frozenset({role}) for role in range(n_roles)]
    work, people = random.random((1, n_roles)), random.random((1, len(kinds)))
    loads = even_loads(work, people, list(range(n_roles)), kinds)
    # The busiest is as busy as in the programme: least z with time x[k, r], sum_k x = work,
    # sum_r x <= z * people.
    pairs = [(k, r) for k, kind in enumerate(kinds) for r in sorted(kind)]
    equal = [[float(r == role) for _, r in pairs] + [0.0] for role in range(n_roles)]
    upper = [
        [float(k == kind) for k, _ in pairs] + [-people[0, kind]] for kind in range(len(kinds))
    ]
    best = linprog(
        [0.0] * len(pairs) + [1.0], A_ub=upper, b_ub=[0.0] * len(kinds), A_eq=equal, b_eq=work[0]
    )
    if n_roles == 3:
        assert loads.max() == pytest.approx(best.fun)
    # Where not every set of roles is looked at, the load found is never too high.
    assert loads.max() <= best.fun + 1e-9


def test_the_mean_of_a_sampler_is_that_of_its_distribution() -> None:
    assert mean_of(sampler(Exponential(mean=1e9))) == pytest.approx(1e9, rel=2e-5)
    stepped = sampler(Discrete(values=(1e6, 3e6), shares=(0.25, 0.75)))
    assert mean_of(stepped) == pytest.approx(2.5e6)
    with pytest.raises(AssertionError):
        assert mean_of(stepped) == pytest.approx(2e6)


def test_the_share_above_a_limit_is_the_tail() -> None:
    found = share_above(sampler(Exponential(mean=float(DAY))), 2.0 * DAY)
    assert found == pytest.approx(np.exp(-2), abs=1e-3)


DESK = """
title: One desk
period: {{start: 2025-01-06, warm_up: 0 days, length: 52 weeks, run_out: 0 days}}
calendars: {{office: {{hours: {{mon-fri: ["07:30-11:30", "13:00-17:00"]}}}}}}
staff: {{clerk: {{office: commune, people: {people}}}}}
bundles:
  b:
    demand: {{a_year: {cases}}}
    regimes: {{r: {{desk: [{{do: work, role: clerk, time: 12 min}}]}}}}
"""


def desk_of(tmp_path: Path, people: str, cases: str) -> tuple[RoleLoad, str]:
    """The load of the clerk, and what a study says of it."""
    file = tmp_path / "desk.yaml"
    file.write_text(DESK.format(people=people, cases=cases), encoding="utf-8")
    scenario = load(file)
    model = resolve(scenario)
    words_of = " ".join(f"{each.message}. {each.way_out}" for each in load_faults(scenario, model))
    return in_all(model)["clerk"], words_of


@pytest.mark.parametrize(
    ("people", "cases", "n_people", "fault"),
    [
        ("1", "6 000", 1, ""),
        ("0.5", "6 000", 0.5, "offered load 0.5753 exceeds 0.5 people|Give 0.6 people"),
        ("0.6", "6 000", 0.6, ""),
        ("1", "12 000", 1, "offered load 1.151 exceeds 1 person|Give 2 people"),
        ("2", "12 000", 2, ""),
        ("1.5", "20 000", 1.5, "offered load 1.918 exceeds 1.5 people|Give 1.95 people"),
        ("1", "20 000", 1, "offered load 1.918 exceeds 1 person|Give 2 people"),
    ],
)
def test_people_are_counted_full_time_as_they_are_given(
    tmp_path: Path, people: str, cases: str, n_people: float, fault: str
) -> None:
    clerk, words_of = desk_of(tmp_path, people, cases)
    # 52 weeks of 40 h are 124 800 minutes; in 364 of 365 days come 364/365 of a year's cases.
    offered = float(cases.replace(" ", "")) * 12 * 364 / 365 / 124_800
    assert clerk.n_people == pytest.approx(n_people, rel=1e-9)
    assert clerk.offered == pytest.approx(offered, rel=1e-6)
    assert clerk.load == pytest.approx(offered / n_people, rel=1e-6)
    assert bool(words_of) == bool(fault)
    for words in filter(None, fault.split("|")):
        assert words in words_of
    with pytest.raises(AssertionError):  # the twin: a part-time person is no whole one
        assert clerk.offered == pytest.approx(2 * offered, rel=1e-6)


AWAY = """
calendars: {office: {hours: {mon-fri: "08:00-16:00"}, holidays: none}}
staff: {clerk: {office: commune, calendar: office, people: 2}}
bundles:
  b:
    demand: {a_year: 3 650}
    regimes: {r: {desk: [{do: work, role: clerk, time: 10 min}]}}
"""


def test_people_who_are_away_are_not_there_to_work(tmp_path: Path) -> None:
    whole = in_all(model_of(tmp_path, AWAY))["clerk"]
    by_chance = ', absence: {share: 20 %, spell: "2 wd"}}'
    absent = in_all(model_of(tmp_path, AWAY.replace("people: 2}", f"people: 2{by_chance}")))[
        "clerk"
    ]
    assert absent.n_people == pytest.approx(0.8 * 2, rel=1e-4)
    assert absent.load == pytest.approx(whole.load / 0.8, rel=1e-4)
    assert absent.offered == whole.offered
    # One of two is on leave for the first half of the 261 working days: 131 of them.
    leave = ", away: [{from: 2025-01-06, to: 2025-07-08, people: 1}]}"
    on_leave = in_all(model_of(tmp_path, AWAY.replace("people: 2}", f"people: 2{leave}")))["clerk"]
    assert on_leave.n_people == pytest.approx(1 + 130 / 261)
    both = AWAY.replace("people: 2}", f"people: 2{leave[:-1]}{by_chance}")
    assert in_all(model_of(tmp_path, both))["clerk"].n_people == pytest.approx(
        0.8 * (1 + 130 / 261), rel=1e-4
    )
    with pytest.raises(AssertionError):
        assert whole.n_people == pytest.approx(0.8 * 2, rel=1e-4)
