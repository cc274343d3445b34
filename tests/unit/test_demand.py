"""How many cases come from where, when they come, and cases that are given."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.arrivals import AT_START, draw_cases
from sim.demand import Demand
from sim.errors import ScenarioError
from sim.model import Model
from sim.scenario.load import load
from sim.scenario.resolve.model import resolve
from sim.streams import key_of, name_key
from sim.units import DAY, HOUR, YEAR

HEAD = """
title: Demand
period: {start: 2025-01-06, warm_up: 0 days, length: 364 days, run_out: 0 days}
overload: allowed
staff: {clerk: {office: commune, people: 9}}
offices:
  xa-1: {births: 10, far: yes, region: hills}
  xa-2: {births: 30, far: no, region: coast}
"""
WORK = "[{do: work, role: clerk, time: 1 min}]"


def model_of(folder: Path, bundle: str, more: str = "", **overrides: str) -> Model:
    file = folder / "demand.yaml"
    text = HEAD + "bundles:\n  b: " + bundle.replace("WORK", WORK) + "\n" + more
    for old, new in overrides.items():
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    return resolve(load(file))


def faults(folder: Path, bundle: str, more: str = "") -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        model_of(folder, bundle, more)
    return [fault.message for fault in caught.value.faults]


def share_in(demand: Demand, since: int, until: int, place: int = 0) -> float:
    """The share of a year's cases that come on a channel between two instants, by its bins."""
    profile = demand.profiles[place]
    inside = np.minimum(profile.ends, min(until, demand.until)) - np.maximum(
        profile.starts, max(since, 0)
    )
    inside = np.clip(inside, 0, None) / (profile.ends - profile.starts)
    in_month = demand.block_shares[profile.block_of_bin()] * profile.widths()
    return float(np.diff(demand.channel_shares.rows[0], prepend=0.0)[place] * in_month @ inside)


FEBRUARY = range(26, 54)
"""Days of the run; each weekday comes four times, from a Saturday on."""


def in_february(demand: Demand, since: int = 0, until: int = DAY) -> NDArray[np.float64]:
    """The shares of the weekdays in the cases of February, between two times of day."""
    whole = share_in(demand, 26 * DAY, 54 * DAY)
    shares = [share_in(demand, day * DAY + since, day * DAY + until) for day in FEBRUARY]
    return np.bincount(np.array(FEBRUARY) % 7, shares) / whole


def test_cases_of_a_year_spread_by_a_column_over_the_homes(tmp_path: Path) -> None:
    demand = model_of(tmp_path, "{demand: {a_year: 400, by: births}, regimes: {r: {d: WORK}}}")
    means = demand.demands[0].means
    np.testing.assert_allclose(means, np.array([100.0, 300.0]) * 364 / 365)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(means, [100.0, 300.0])


def test_without_a_column_they_spread_evenly_and_each_is_for_each_home(tmp_path: Path) -> None:
    evenly = model_of(tmp_path, "{demand: {a_year: 400}, regimes: {r: {d: WORK}}}")
    np.testing.assert_allclose(evenly.demands[0].means, [200 * 364 / 365] * 2)
    each = model_of(tmp_path, "{demand: {each: 140}, regimes: {r: {d: WORK}}}")
    np.testing.assert_allclose(each.demands[0].means, [140 * 364 / 365] * 2)


def test_with_a_column_each_is_for_each_one_that_it_counts(tmp_path: Path) -> None:
    means = [
        model_of(tmp_path, f"{{demand: {rate}, regimes: {{r: {{d: WORK}}}}}}").demands[0].means
        for rate in ("{each: 0.5, by: births}", "{a_year: 0.5, by: births}")
    ]
    np.testing.assert_allclose(means[0], np.array([5.0, 15.0]) * 364 / 365)
    assert means[0].sum() > 2 * means[1].sum()


def test_a_home_draws_by_the_name_of_bundle_and_office(tmp_path: Path) -> None:
    demand = model_of(tmp_path, "{demand: {a_year: 400}, regimes: {r: {d: WORK}}}").demands[0]
    assert demand.streams.tolist() == [name_key("b/xa-1", 48), name_key("b/xa-2", 48)]
    assert demand.homes.tolist() == [0, 1]


def test_at_any_time_means_one_bin_a_month_and_months_are_whole(tmp_path: Path) -> None:
    demand = model_of(tmp_path, "{demand: {a_year: 400}, regimes: {r: {d: WORK}}}").demands[0]
    (profile,) = demand.profiles
    # The run is from 6 January 2025 up to 5 January 2026.
    assert (profile.starts[:2] // DAY).tolist() == [-5, 26]
    assert (profile.ends[-2:] // DAY).tolist() == [360, 391]
    assert profile.shares.tolist() == [1.0] * 13
    assert profile.firsts.tolist() == list(range(14))
    np.testing.assert_allclose(demand.block_shares[:2], [31 / 365, 28 / 365])
    assert np.diff(demand.blocks).tolist() == [1] * 12


def test_weights_of_days_and_hours_multiply_and_what_is_not_listed_weighs_one(
    tmp_path: Path,
) -> None:
    model = model_of(
        tmp_path,
        "{demand: {a_year: 400}, regimes: {r: {desk: WORK}}}",
        "filing: {desk: {weekdays: {mon: 2, sat sun: 0}, hours: {08:00-10:00: 3, 10:00-24:00: 0}}}",
    )
    demand = model.demands[0]
    np.testing.assert_allclose(in_february(demand), np.array([2, 1, 1, 1, 1, 0, 0]) / 6)
    # From midnight eight hours of weight 1, then two of weight 3.
    mondays = in_february(demand, 8 * HOUR, 10 * HOUR)[0]
    assert mondays == pytest.approx(2 / 6 * 6 / 14)
    with pytest.raises(AssertionError):
        assert mondays == pytest.approx(2 / 6 * 6 / 24)


def test_while_open_keeps_arrivals_to_the_hours_of_a_calendar(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        "{demand: {a_year: 400}, regimes: {r: {desk: WORK}}}",
        "calendars: {office: {hours: {mon-fri: [07:30-11:30, 13:00-17:00]}}}\n"
        "filing: {desk: {while_open: office, hours: {07:30-09:30: 2}}}",
    )
    open_hours = {7.5: 2 / 10 * 2, 9.5: 2 / 10, 11.5: 0.0, 13.0: 4 / 10, 17.0: 0.0}
    times = [*open_hours, 24.0]
    found = [
        in_february(model.demands[0], int(a * HOUR), int(b * HOUR)).sum()
        for a, b in itertools.pairwise(times)
    ]
    np.testing.assert_allclose(found, list(open_hours.values()), atol=1e-12)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(found[1:], list(open_hours.values())[:-1], atol=1e-12)


def test_a_month_has_its_share_whatever_its_working_days(tmp_path: Path) -> None:
    months = "months: [0, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]"
    model = model_of(
        tmp_path,
        f"{{demand: {{a_year: 400, {months}}}, regimes: {{r: {{desk: WORK}}}}}}",
        "filing: {desk: {while_open: office}}",
    )
    demand = model.demands[0]
    # The office calendar has the holidays of Tết, which fall into January and February 2025.
    assert share_in(demand, 26 * DAY, 54 * DAY) == pytest.approx(0.25)
    assert share_in(demand, 54 * DAY, 85 * DAY) == pytest.approx(0.75)
    assert demand.means.sum() == pytest.approx(400)
    with pytest.raises(AssertionError):
        assert share_in(demand, 26 * DAY, 54 * DAY) == pytest.approx(28 / 59)


def test_without_months_each_has_its_share_by_its_days(tmp_path: Path) -> None:
    """So how long a run is, and which holidays it meets, changes no rate."""
    desk = "filing: {desk: {while_open: office}}"
    model = model_of(tmp_path, "{demand: {a_year: 365}, regimes: {r: {desk: WORK}}}", desk)
    demand = model.demands[0]
    assert share_in(demand, 26 * DAY, 54 * DAY) == pytest.approx(28 / 365)
    assert share_in(demand, 54 * DAY, 85 * DAY) == pytest.approx(31 / 365)
    with pytest.raises(AssertionError):
        assert share_in(demand, 26 * DAY, 54 * DAY) == pytest.approx(28 / 364)


def test_a_month_in_which_the_office_never_opens_has_no_cases(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        "{demand: {a_year: 365}, regimes: {r: {desk: WORK}}}",
        "calendars: {hall: {hours: {mon-sun: 08:00-12:00}, "
        "closed: [{from: 2025-02-01, to: 2025-03-01}]}}\n"
        "filing: {desk: {while_open: hall}}",
    )
    demand = model.demands[0]
    assert share_in(demand, 26 * DAY, 54 * DAY) == 0
    assert demand.means.sum() == pytest.approx(364 - 28)
    cases = draw_cases(model.demands, n_properties=0, key=key_of(1, 0))
    month = np.searchsorted([26 * DAY, 54 * DAY], cases.arrives_at)
    assert np.bincount(month).tolist()[1] == 0 < len(cases)


def test_a_month_that_the_run_cuts_counts_as_far_as_it_goes(tmp_path: Path) -> None:
    january = "months: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]"
    bundle = f"{{demand: {{a_year: 310, {january}}}, regimes: {{r: {{d: WORK}}}}}}"
    model = model_of(tmp_path, bundle)
    # From 6 January 2025 on are 26 of its 31 days, and in 2026 the run has 4 more.
    assert model.demands[0].means.sum() == pytest.approx(260 + 40)
    # At weekends: 3 of 4 of them in January 2025, and one of 4 Saturdays and Sundays in 2026.
    weekends = model_of(tmp_path, bundle, "filing: {d: {weekdays: {mon-fri: 0}}}")
    assert weekends.demands[0].means.sum() == pytest.approx(310 * 6 / 8 + 310 * 2 / 9)


def test_too_many_cases_a_month_for_one_office_are_refused_by_name(tmp_path: Path) -> None:
    bundle = "{demand: {each: 12 000 000}, regimes: {r: {d: WORK}}}"
    assert "1019178 cases a month come to one office" in faults(tmp_path, bundle)
    assert model_of(tmp_path, bundle.replace("12 000 000", "11 700 000"))


def test_a_run_with_more_months_than_have_numbers_is_refused(tmp_path: Path) -> None:
    bundle = "{demand: {a_year: 4}, regimes: {r: {d: WORK}}}"
    with pytest.raises(ScenarioError, match="lasts for more than 300 years"):
        model_of(tmp_path, bundle, **{"length: 364 days": "length: 301 years"})


def test_months_come_from_a_file_too(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(
        "month,births\n" + "".join(f"{month},{month}\n" for month in range(12, 0, -1))
    )
    written = "months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]"
    listed = model_of(
        tmp_path, f"{{demand: {{a_year: 9, {written}}}, regimes: {{r: {{d: WORK}}}}}}"
    )
    filed = model_of(
        tmp_path, "{demand: {a_year: 9, months: {file: m.csv}}, regimes: {r: {d: WORK}}}"
    )
    assert filed.fingerprint() == listed.fingerprint()


def test_a_channel_served_as_another_has_its_share_merged_and_uptake_does_not_matter(
    tmp_path: Path,
) -> None:
    bundle = (
        "{demand: {a_year: 400}, channels: {online: UPTAKE, post: 10 %, paper: rest}, "
        "regimes: {r: {paper: WORK, online: paper, post: WORK}}}"
    )
    models = [model_of(tmp_path, bundle, UPTAKE=uptake) for uptake in ("0 %", "47.8 %", "90 %")]
    assert len({model.fingerprint() for model in models}) == 1
    demand = models[0].demands[0]
    assert [models[0].channels[c] for c in demand.channels.tolist()] == ["paper", "post"]
    assert demand.channel_shares.rows.tolist() == [[0.9, 1.0]]
    other = model_of(tmp_path, bundle.replace("10 %", "11 %"), UPTAKE="0 %")
    assert other.fingerprint() != models[0].fingerprint()


def test_by_date_a_channel_is_served_by_the_regime_of_the_day(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        "{demand: {a_year: 400}, channels: {online: 40 %, paper: rest}, regime: dated, regimes: "
        "{old: {from: 2020-01-01, paper: WORK, online: paper}, "
        "new: {from: 2025-03-03, paper: WORK, online: WORK}, "
        "far: {from: 2031-01-01, paper: WORK, online: WORK}}}",
        "filing: {paper: {weekdays: {mon: 0}}, online: {weekdays: {tue: 0}}}",
    )
    demand = model.demands[0]
    assert [flow.name for flow in model.flows] == ["b/old/paper", "b/new/online", "b/new/paper"]
    online = demand.flows[0]
    assert online.at(np.array([0, 55, 56, 300])).tolist() == [0, 0, 1, 1]
    assert demand.channel_shares.rows.tolist() == [[0.4, 1.0]]
    # Until 3 March what is filed online comes at the hours of paper: never on a Monday.
    assert share_in(demand, 0, DAY) == 0 < share_in(demand, DAY, 2 * DAY)
    assert share_in(demand, 57 * DAY, 58 * DAY) == 0 < share_in(demand, 56 * DAY, 57 * DAY)


def test_properties_come_by_chance_or_from_the_home(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        "{demand: {a_year: 4000}, properties: {verified: 7 %, age: {young: 45 %, old: rest}, "
        "far: {column: far}, region: {column: region}}, regimes: {r: {d: WORK}}}",
    )
    assert [(p.name, p.values) for p in model.properties] == [
        ("verified", ("yes", "no")),
        ("age", ("young", "old")),
        ("far", ("yes", "no")),
        ("region", ("coast", "hills")),
    ]
    by_chance, age, far, region = model.demands[0].properties
    assert by_chance.shares is not None
    assert by_chance.shares.rows.tolist() == [[0.07, 1.0]]
    assert age.shares is not None
    assert age.shares.rows.tolist() == [[0.45, 1.0]]
    assert far.of_home is not None
    assert far.of_home.tolist() == [0, 1]
    assert region.of_home is not None
    assert region.of_home.tolist() == [1, 0]
    cases = draw_cases(model.demands, n_properties=4, key=key_of(1, 0))
    assert np.array_equal(cases.properties[:, 2], cases.home)


def test_the_same_property_in_two_bundles_has_the_values_of_both(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        "{demand: {a_year: 4}, properties: {kind: {a: 40 %, b: rest}}, regimes: {r: {d: WORK}}}",
        "  c: {demand: {a_year: 4}, properties: {kind: {c: 10 %, b: rest}}, regimes: {r: {d: "
        + WORK
        + "}}}\n",
    )
    assert model.properties[0].values == ("a", "b", "c")
    shares = [demand.properties[0].shares for demand in model.demands]
    assert [s.rows.tolist() for s in shares if s is not None] == [
        [[0.4, 1.0, 1.0]],
        [[0.0, 0.9, 1.0]],
    ]


def test_a_log_gives_the_cases_of_its_bundle(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(
        "office,filed_at,channel,far,verified\n"
        "xa-2,2025-01-08 09:30,paper,no,yes\n"
        "xa-1,2025-01-07,online,yes,no\n"
        "xa-2,2025-01-07 10:00,paper,no,no\n"
        "xa-2,2024-12-31 10:00,paper,no,no\n"
    )
    model = model_of(
        tmp_path,
        "{demand: {log: log.csv}, channels: {online: 1 %, paper: rest}, "
        "properties: {verified: 1 %, far: {column: far}}, "
        "regimes: {r: {paper: WORK, online: WORK}}}",
    )
    given = model.case_list
    assert given is not None
    assert model.demands == ()
    assert given.arrives_at.tolist() == [DAY, DAY + 10 * HOUR, 2 * DAY + 9 * HOUR + HOUR // 2]
    assert given.home.tolist() == [0, 1, 1]
    assert given.number.tolist() == [0, 0, 1]
    assert [model.channels[c] for c in given.channel.tolist()] == ["online", "paper", "paper"]
    assert [model.flows[f].name for f in given.flow.tolist()] == [
        "b/r/online",
        "b/r/paper",
        "b/r/paper",
    ]
    assert given.entry.tolist() == [AT_START] * 3
    assert given.properties.tolist() == [[1, 0], [1, 1], [0, 1]]
    with pytest.raises(AssertionError):
        assert given.properties.tolist() == [[0, 0], [0, 1], [1, 1]]


def test_a_backlog_stands_at_its_steps_and_keeps_the_day_of_receipt(tmp_path: Path) -> None:
    (tmp_path / "backlog.csv").write_text(
        "bundle,channel,office,step,received_on\n"
        "b,paper,xa-1,work,2024-12-30\n"
        "b,paper,xa-1,open:p,2025-01-03 14:00\n"
    )
    model = model_of(
        tmp_path,
        "{demand: {a_year: 4}, procedures: {p: {}}, channels: {paper: 100 %}, "
        "regimes: {r: {paper: [open: p, {do: work, role: clerk, time: 1 min}, close: p]}}}",
        "backlog: backlog.csv\n",
    )
    given = model.case_list
    assert given is not None
    assert given.arrives_at.tolist() == [0, 0]
    assert given.received_at.tolist() == [-7 * DAY, -3 * DAY + 14 * HOUR]
    assert [model.elements[e].name for e in given.entry.tolist()] == ["work", "open:p"]
    assert given.stream.tolist() == [name_key("backlog/b/xa-1", 48)] * 2
    assert given.number.tolist() == [0, 1]


def test_how_long_a_run_is_changes_no_time_in_working_days(tmp_path: Path) -> None:  # F2
    desk = "calendars: {desk: {hours: {mon-fri: 08:00-16:00, sat: 08:00-12:00}, holidays: VN}}"
    bundle = "{demand: {a_year: 400}, regimes: {r: {d: [{delay: x, time: 1 wd, calendar: desk}]}}}"
    short, long = (
        model_of(tmp_path, bundle, desk, **{"run_out: 0 days": f"run_out: {run_out}"})
        for run_out in ("0 days", "40 weeks")
    )
    assert short.horizon < long.horizon
    assert [each.values.tolist() for each in short.samplers] == [[44 * HOUR / 6]]
    assert [each.values.tolist() for each in long.samplers] == [[44 * HOUR / 6]]


def test_a_channel_without_cases_need_not_be_offered(tmp_path: Path) -> None:
    bundle = (
        "{demand: {a_year: 4}, channels: {online: UPTAKE, paper: rest}, "
        "regimes: {r: {paper: WORK}}}"
    )
    model = model_of(tmp_path, bundle, UPTAKE="0 %")
    assert model.demands[0].channel_shares.rows.tolist() == [[1.0]]
    assert (
        "says nothing of channel 'online'" in faults(tmp_path, bundle.replace("UPTAKE", "1 %"))[0]
    )


def test_a_year_has_365_days(tmp_path: Path) -> None:
    model = model_of(tmp_path, "{demand: {a_year: 400}, regimes: {r: {d: WORK}}}")
    assert model.demands[0].means.sum() == pytest.approx(400 * model.horizon / YEAR)
