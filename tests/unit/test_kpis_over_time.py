"""The state over time of small worlds, by hand: each value has a wrong one beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim import engines
from sim.absences import Absence
from sim.distributions import Exponential, sampler
from sim.engines.protocol import shifts
from sim.kpis import KPIS, measure
from sim.kpis.over_time import FOLLOWED, Periods, over_time
from sim.model import DatedLimit, Model
from sim.scenario import load, resolve
from sim.streams import key_of
from sim.units import DAY

SMALL = Path(__file__).parents[1] / "data" / "small.yaml"
N_DAYS = 28


def course(model: Model, run, kpi: str, group: str, step: str = "day") -> np.ndarray:
    found = {(c.kpi, c.group): c for c in over_time(model, run, step=step)}
    assert found[kpi, group].unit == FOLLOWED[kpi].unit
    return found[kpi, group].values


def by_day(values: dict[int, float], elsewhere: float = 0.0, n: int = N_DAYS) -> list[float]:
    return [values.get(day, elsewhere) for day in range(n)]


def assert_course(found: Sequence[float], expected: Sequence[float]) -> None:
    """Equal to 12 digits, and not equal to what is off by a hundredth anywhere it is not 0."""
    assert list(found) == pytest.approx(list(expected), rel=1e-12, abs=1e-12, nan_ok=True)
    wrong = [1.01 * each for each in expected]
    with pytest.raises(AssertionError):
        assert list(found) == pytest.approx(wrong, rel=1e-12, abs=1e-12, nan_ok=True)


@pytest.fixture
def run(world):
    at = world.at
    return world.run(
        cases=[
            world.completed(at(7), at(9)),
            world.completed(at(8, 12), at(9, 6), channel=1),
            {"arrives_at": at(8, 18), "ended_at": at(9), "outcome": 2},
            {"arrives_at": at(26)},
            world.completed(at(7), at(8), bundle=1),
        ],
        work_items=[
            {"role": 0, "ready_at": at(7, 8), "started_at": at(7, 20)},
            {"role": 0, "office": 1, "ready_at": at(7, 20), "started_at": at(9)},
            {"role": 2, "office": 2, "ready_at": at(27, 12)},
        ],
    )


def test_open_cases_are_the_mean_over_the_clock_time_of_a_day(world, run):
    found = course(world.model, run, "open_cases", "birth")
    assert_course(found, by_day({7: 1, 8: 1 + 1 / 2 + 1 / 4, 9: 1 / 4, 26: 1, 27: 1}))


def test_a_week_has_the_mean_of_its_seven_days(world, run):
    found = course(world.model, run, "open_cases", "birth", "week")
    assert_course(found, [0, (1 + 1.75 + 0.25) / 7, 0, 2 / 7])


def test_arrivals_and_completions_are_counted_on_their_days(world, run):
    assert_course(course(world.model, run, "cases_arrived", "birth"), by_day({7: 1, 8: 2, 26: 1}))
    # The rejected case is not among those completed.
    assert_course(course(world.model, run, "cases_completed", "birth"), by_day({9: 2}))
    assert_course(course(world.model, run, "cases_completed", "everyday"), by_day({8: 1}))


def test_uptake_is_a_share_of_the_arrivals_and_none_where_nobody_comes(world, run):
    shares = by_day({7: 0.0, 8: 1 / 2, 26: 0.0}, np.nan)
    assert_course(course(world.model, run, "uptake", "birth/online"), shares)
    assert_course(
        course(world.model, run, "uptake", "birth/online", "week"), [np.nan, 1 / 3, np.nan, 0]
    )


def test_work_waits_from_ready_to_begun_by_night_too(world, run):
    found = course(world.model, run, "items_waiting", "clerk")
    assert_course(found, by_day({7: 12 / 24 + 4 / 24, 8: 1}))
    assert_course(course(world.model, run, "items_waiting", "police"), by_day({27: 1 / 2}))


def test_people_are_present_on_the_days_on_which_their_office_is_open(world, run):
    weekend = (5, 6, 12, 13, 19, 20, 26, 27)
    found = course(world.model, run, "people_present", "clerk")
    # Nga is on duty all day at an office that opens in the morning, so she counts twice.
    assert_course(found, by_day(dict.fromkeys(weekend, np.nan), 4))
    assert_course(course(world.model, run, "people_present", "clerk", "week"), [4] * 4)


def test_who_is_away_for_a_part_of_a_day_counts_by_the_time_on_duty(world, run):
    lan, minh, nga, phong = world.model.staff
    staff = (
        replace(lan, away=((world.at(7), world.at(8, 13)),)),
        minh,
        replace(nga, calendar=1),  # mornings only
        phong,
    )
    model = replace(world.model, staff=staff)
    found = course(model, run, "people_present", "clerk")
    days = {**dict.fromkeys((5, 6, 12, 13, 19, 20, 26, 27), np.nan), 7: 2.0, 8: 2.5}
    assert_course(found, by_day(days, 3))
    assert_course(course(model, run, "people_present", "clerk", "week"), [3, 2.7, 3, 3])
    assert_course(course(model, run, "people_present", "registrar"), by_day(
        dict.fromkeys((5, 6, 12, 13, 19, 20, 26, 27), np.nan), 1)
    )  # fmt: skip


def test_the_absences_are_those_that_were_drawn_for_the_replication(world, run):
    hour = DAY // 24
    kind = Absence(
        present=sampler(Exponential(mean=30 * hour)), spell=sampler(Exponential(mean=10 * hour))
    )
    staff = tuple(replace(s, absence=0, stream=7 + i) for i, s in enumerate(world.model.staff))
    model = replace(world.model, staff=staff, absences=(kind,))
    drawn = shifts(model, key_of(run.seed, run.replication))
    at_office = (0, 0, 1)  # the calendars of their offices
    share = sum(
        drawn.calendars[drawn.calendar_of[person]].open_between(0, 28 * DAY)
        / model.calendars[hours].open_between(0, 28 * DAY)
        for person, hours in enumerate(at_office)
    )
    # Twenty working days of one length: the mean of their shares is the share of the whole.
    present = np.nanmean(course(model, run, "people_present", "clerk"))
    assert 0 < share < 4
    assert present == pytest.approx(share, rel=1e-12)
    other = course(model, replace(run, replication=1), "people_present", "clerk")
    assert np.nanmean(other) != pytest.approx(share, rel=1e-3)


def test_a_dossier_is_overdue_from_the_end_of_its_due_day_to_its_result(world):
    at = world.at
    limit = DatedLimit(from_days=(0,), days=(2,))
    flows = tuple(replace(flow, limits=(limit, None)) for flow in world.model.flows)
    model = replace(world.model, flows=flows)
    run = world.run(
        cases=[
            world.completed(at(7), at(12)),
            world.completed(at(7), at(14)),
            {"arrives_at": at(7)},
        ],
        dossiers=[
            # Received on Monday the 7th: due on Wednesday the 9th, so late from the 10th on.
            {"case": 0, "limit_days": 2, "done_at": at(11, 12)},
            # Two days on which the clock stood still: due on Friday the 11th.
            {"case": 1, "limit_days": 2, "stopped_days": 2, "done_at": at(13)},
            {"case": 2, "limit_days": 2, "done_at": at(9, 23)},
            {"case": 2, "procedure": 1, "received_at": at(7)},  # no limit
        ],
    )
    found = course(model, run, "overdue_dossiers", "birth/registration")
    assert_course(found, by_day({10: 1, 11: 0.5, 12: 1}))
    groups = {c.group for c in over_time(model, run, step="day") if c.kpi == "overdue_dossiers"}
    assert groups == {"birth/registration"}


def test_results_stand_in_the_period_of_arrival_and_add_up_to_the_kpi(tmp_path: Path) -> None:
    model = resolve(load(SMALL))
    run = engines.run(model, seed=1, replication=0)
    kpis = {m.kpi: m.value for m in measure(model, run) if m.group == "residence"}
    measured = model.is_measured(run.cases["arrives_at"])
    counted = {
        "working_days_mean": measured & (run.cases["working_days"] >= 0),
        "on_time_share": measured & (run.cases["limit_days"] >= 0),
    }
    for kpi, rows in counted.items():
        found = course(model, run, kpi, "residence", "week")
        week = run.cases["arrives_at"][rows] // (7 * DAY)
        n = np.bincount(week, minlength=len(found))
        assert np.isnan(found[0])  # the warm-up
        assert np.nansum(found * n) / n.sum() == pytest.approx(kpis[kpi], rel=1e-12)
        with pytest.raises(AssertionError):
            assert np.nansum(found[:-2] * n[:-2]) / n.sum() == pytest.approx(kpis[kpi], rel=1e-12)
        assert KPIS[kpi].unit == FOLLOWED[kpi].unit


def test_what_is_left_of_a_week_is_no_period_unless_there_is_no_whole_one(world):
    model = world.model
    assert Periods.of(replace(model, horizon=16 * DAY), "week").ends == (7, 14)
    assert Periods.of(replace(model, horizon=3 * DAY), "week").ends == (3,)
    assert Periods.of(replace(model, horizon=3 * DAY), "day").ends == (1, 2, 3)


def test_the_last_day_of_a_run_may_be_short(world):
    model = replace(world.model, horizon=world.at(27, 6))
    run = world.run(cases=[{"arrives_at": world.at(27, 3)}])
    assert_course(course(model, run, "open_cases", "birth"), by_day({27: 1 / 2}))


def test_bundles_that_are_not_kept_are_not_followed(world, run):
    groups = {c.group for c in over_time(world.model, run, ("everyday",), step="week")}
    assert "everyday" in groups
    assert "clerk" in groups
    assert not any(group.startswith("birth") for group in groups)


LOGGED = """
title: Cases that all end
period: {start: 2025-03-03, warm_up: 0 weeks, length: 2 weeks, run_out: 3 weeks}
staff: {clerk: {office: commune, people: 1}}
bundles:
  permit:
    procedures: {permit: {limit: 2 wd}}
    demand: {log: filings.csv}
    regimes:
      now:
        counter:
          - {open: permit}
          - {do: check, role: clerk, time: "exponential(mean 90 min)"}
          - {close: permit}
"""


def littles_law(model: Model, run, values: np.ndarray) -> None:
    """Time average of what is open = rate of arrivals x mean time from arrival to end."""
    kpis = {m.kpi: m.value for m in measure(model, run) if m.group == "permit"}
    n_days = model.horizon / DAY
    assert kpis["n_cases"] > 30
    assert kpis["n_open"] == 0
    rate = kpis["n_cases"] / n_days
    assert np.mean(values) == pytest.approx(rate * kpis["sojourn_days_mean"], rel=1e-12)


@pytest.mark.parametrize("engine", ["reference", "fast"])
def test_open_cases_over_time_keep_littles_law(tmp_path: Path, engine: str) -> None:
    (tmp_path / "logged.yaml").write_text(LOGGED)
    filings = [f"2025-03-{3 + i // 4:02} {8 + i % 4 * 2:02}:10,commune" for i in range(40)]
    (tmp_path / "filings.csv").write_text("\n".join(["filed_at,office", *filings]))
    model = resolve(load(tmp_path / "logged.yaml"))
    run = engines.run(model, seed=1, replication=0, engine=engine)
    for step in ("day", "week"):
        values = course(model, run, "open_cases", "permit", step)
        littles_law(model, run, values)
        with pytest.raises(AssertionError):  # as if nothing were open at first
            littles_law(model, run, np.append(0.0, values[1:]))
    items = run.work_items
    waited = (items["started_at"] - items["ready_at"]).sum() / model.horizon
    waiting = course(model, run, "items_waiting", "clerk")
    assert np.mean(waiting) == pytest.approx(waited, rel=1e-12)
    assert np.mean(waiting[:-20]) != pytest.approx(waited, rel=1e-3)
