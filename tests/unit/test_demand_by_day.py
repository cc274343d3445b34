"""Arrivals when shares and rates change by the day, when channels ask for a property, and when
cases are filed at another office than their home's (V1, V2, A1, B1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sim.arrivals import CaseTable, draw_cases
from sim.errors import ScenarioError
from sim.model import Model
from sim.scenario.load import load
from sim.scenario.resolve.model import resolve
from sim.streams import key_of, name_key, uniforms
from sim.units import DAY, HOUR, MINUTE
from sim.workload import work_by_office

KEY = key_of(1, 0)
START = dt.date(2025, 1, 1)
HEAD = """
title: By day
period: {start: 2025-01-01, warm_up: 0 days, length: 365 days, run_out: 0 days}
overload: allowed
staff: {clerk: {office: commune, people: 9}, officer: {office: commune, people: 9}}
levels: [district, commune]
offices:
  d-1: {level: district}
  d-2: {level: district}
  xa-1: {parent: d-1, births: 100, town: a}
  xa-2: {parent: d-1, births: 300, town: b}
  xa-3: {parent: d-1, births: 200, town: a}
  xa-4: {parent: d-2, births: 400, town: c}
"""
BOTH = (
    "{online: [{do: read, role: clerk, time: 1 min}], paper: [{do: write, role: officer, "
    "time: 10 min}]}"
)


def day(month: int, of_month: int) -> int:
    """The day of the run of a date in 2025."""
    return (dt.date(2025, month, of_month) - START).days


def model_of(folder: Path, bundle: str, more: str = "") -> Model:
    file = folder / "by-day.yaml"
    text = f"{HEAD}bundles:\n  b: {{{bundle}, regimes: {{r: {BOTH}}}}}\n{more}"
    file.write_text(text, encoding="utf-8")
    return resolve(load(file))


def faults(folder: Path, bundle: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        model_of(folder, bundle)
    return [fault.message for fault in caught.value.faults]


def cases_of(model: Model) -> CaseTable:
    return draw_cases(model.demands, n_properties=len(model.properties), key=KEY)


Names = dict[tuple[int, int], int]


def by_name(cases: CaseTable, column: np.ndarray) -> Names:
    names = zip(cases.stream.tolist(), cases.number.tolist(), strict=True)
    return dict(zip(names, column.tolist(), strict=True))


def draws(cases: CaseTable, name: str) -> np.ndarray:
    return uniforms(KEY, cases.stream, cases.number, name_key(name, 32), 0)


def channels(model: Model) -> Names:
    cases = cases_of(model)
    online = model.channels.index("online")
    return by_name(cases, cases.channel == online)


# -- shares by the day ---------------------------------------------------------------------------

SHARES = "demand: {a_year: 4000}, channels: {online: SHARE, paper: rest}"
RAMP = "{2025-03-03: 30 %, 2025-09-01: 80 %, between: straight}"


def assert_ramp(model: Model, *, first: int = day(3, 3), last: int = day(9, 1)) -> None:
    """By hand: whose draw lies below the point of the line that its day is at files online."""
    cases = cases_of(model)
    way = np.clip((cases.arrives_at // DAY - first) / (last - first), 0, 1)
    expected = draws(cases, "case:channel") < 0.3 + 0.5 * way
    np.testing.assert_array_equal(cases.channel == model.channels.index("online"), expected)


def test_on_a_ramp_the_cases_below_the_line_of_their_day_file_online(tmp_path: Path) -> None:
    model = model_of(tmp_path, SHARES.replace("SHARE", RAMP))
    assert_ramp(model)
    with pytest.raises(AssertionError):
        assert_ramp(model, first=day(3, 13))
    stepped = model_of(tmp_path, SHARES.replace("SHARE", RAMP.replace(", between: straight", "")))
    with pytest.raises(AssertionError):
        assert_ramp(stepped)


def test_a_ramp_moves_only_the_cases_between_its_ends(tmp_path: Path) -> None:
    low, ramp, high = (
        channels(model_of(tmp_path, SHARES.replace("SHARE", share)))
        for share in ("30 %", RAMP, "80 %")
    )
    assert low.keys() == ramp.keys() == high.keys()
    assert all(low[case] <= ramp[case] <= high[case] for case in low)
    assert sum(low.values()) + 300 < sum(ramp.values()) < sum(high.values()) - 300
    other = channels(model_of(tmp_path, SHARES.replace("SHARE", "90 %")))
    assert not all(ramp[case] >= other[case] for case in low)  # twin


def test_a_share_is_that_of_the_day_on_which_a_case_would_arrive_on_the_channel(
    tmp_path: Path,
) -> None:
    """Paper is filed on Mondays, online at any time: one draw of an instant, two days."""
    model = model_of(
        tmp_path,
        SHARES.replace("SHARE", "{2025-01-01: 20 %, 2025-06-16: 60 %}"),
        "filing: {paper: {weekdays: {tue-sun: 0}}}",
    )
    cases = cases_of(model)
    is_online = cases.channel == model.channels.index("online")
    u = draws(cases, "case:channel")
    days = cases.arrives_at // DAY
    assert (u[is_online] < np.where(days[is_online] < day(6, 16), 0.2, 0.6)).all()
    june = (days >= day(6, 1)) & (days < day(7, 1))
    # The instant of a case on the other channel, by hand: June has 30 days and five Mondays.
    v = draws(cases, "case:instant")
    would_be = day(6, 1) + 30 * v
    expected = u[june] >= np.where(would_be[june] < day(6, 16), 0.2, 0.6)
    np.testing.assert_array_equal(~is_online[june], expected)
    with pytest.raises(AssertionError):  # as if it were the day on which it is filed on paper
        np.testing.assert_array_equal(
            ~is_online[june], u[june] >= np.where(days[june] < day(6, 16), 0.2, 0.6)
        )


def test_shares_of_a_property_hold_on_the_day_of_arrival(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        "demand: {a_year: 4000}, channels: {online: 50 %, paper: rest}, "
        "properties: {account: {2025-01-01: 20 %, 2025-07-01: 70 %}, "
        "age: {young: {2025-01-01: 10 %, 2025-07-01: 40 %}, old: rest}}",
    )
    cases = cases_of(model)
    late = cases.arrives_at >= day(7, 1) * DAY
    account = draws(cases, "property:account") < np.where(late, 0.7, 0.2)
    young = draws(cases, "property:age") < np.where(late, 0.4, 0.1)
    np.testing.assert_array_equal(cases.properties, np.column_stack((~account, ~young)))
    with pytest.raises(AssertionError):
        np.testing.assert_array_equal(cases.properties[:, 0] == 0, ~account)


def test_one_date_and_equal_values_are_as_no_date(tmp_path: Path) -> None:
    plain, one, equal, other = (
        model_of(tmp_path, SHARES.replace("SHARE", share)).fingerprint()
        for share in (
            "30 %",
            "{2025-03-03: 30 %}",
            "{2025-03-03: 30 %, 2025-05-01: 0.3}",
            "{2025-03-03: 30 %, 2025-05-01: 31 %}",
        )
    )
    assert plain == one == equal != other


def test_shares_that_do_not_add_up_are_refused_with_the_day(tmp_path: Path) -> None:
    channels = "demand: {a_year: 4}, channels: {online: {2025-01-01: 30 %, 2025-05-01: 80 %}, "
    assert faults(tmp_path, channels + "paper: 70 %}") == [
        "the shares of the channels add up to 150 % on 2025-05-01"
    ]
    assert faults(tmp_path, channels + "paper: 20 %}") == [
        "the shares of the channels add up to 50 % on 2025-01-01, not to 100 %"
    ]


@pytest.mark.parametrize(
    ("share", "message"),
    [
        ("{2025-01-01: 30 %, 2025-13-01: 80 %}", "'2025-13-01' is no date"),
        ("{2025-01-01: 30 %, between: line, 2025-02-01: 40 %}", "between is 'line'"),
        ("{2025-01-01: 30 %, between: straight}", "a line between one date"),
        ("{2025-01-01: 130 %}", "'130 %' is no share"),
        ("{2025-01-01: rest}", "'rest' is no"),
    ],
)
def test_a_series_that_cannot_be_read_says_why(tmp_path: Path, share: str, message: str) -> None:
    (found,) = faults(tmp_path, SHARES.replace("SHARE", share))
    assert found.startswith(message)


# -- rates by the day ----------------------------------------------------------------------------


def test_a_surge_adds_cases_while_it_lasts_and_leaves_the_others(tmp_path: Path) -> None:
    calm, surge = (
        cases_of(
            model_of(
                tmp_path,
                f"demand: {{a_year: 6000{surges}}}, channels: {{online: 0 %, paper: rest}}",
            )
        )
        for surges in ("", ", surges: [{from: 2025-12-01, to: 2026-01-01, times: 2}]")
    )
    before, after = by_name(calm, calm.arrives_at), by_name(surge, surge.arrives_at)
    assert before.items() < after.items()
    added = np.array([at for case, at in after.items() if case not in before])
    in_december = int((calm.arrives_at >= day(12, 1) * DAY).sum())
    assert added.min() >= day(12, 1) * DAY
    assert abs(len(added) - in_december) < 4 * np.sqrt(2 * in_december)
    assert not abs(len(added) - in_december / 2) < 4 * np.sqrt(2 * in_december)  # twin


def test_a_rate_keeps_of_the_first_layer_what_it_is_and_adds_the_rest(tmp_path: Path) -> None:
    """3 650 a year are 10 a day: 5 from May on, 25 from September on, 40 in the last ten days."""
    demand = (
        "demand: {a_year: {2025-01-01: 3 650, 2025-05-01: 1 825, 2025-09-01: 9 125}, "
        "surges: [{from: 2025-12-22, to: 2026-01-01, times: 1.6}]}, "
        "channels: {online: 0 %, paper: rest}"
    )
    model = model_of(tmp_path, demand)
    first = cases_of(
        model_of(tmp_path, "demand: {a_year: 3 650}, channels: {online: 0 %, paper: rest}")
    )
    cases = cases_of(model)
    expected = 10 * day(5, 1) + 5 * (day(9, 1) - day(5, 1)) + 25 * (day(12, 22) - day(9, 1)) + 400
    assert model.expected_cases() == pytest.approx(expected)
    assert abs(len(cases) - expected) < 4 * np.sqrt(expected)
    names, base = by_name(cases, cases.arrives_at), by_name(first, first.arrives_at)
    late = {case for case, at in base.items() if at >= day(9, 1) * DAY}
    early = {case for case, at in base.items() if at < day(5, 1) * DAY}
    between = base.keys() - late - early
    assert late | early <= names.keys()
    u = draws(first, "case:rate")
    half = {case for case, drawn in by_name(first, u).items() if case in between and drawn < 0.5}
    assert between & names.keys() == half
    assert half < between
    with pytest.raises(AssertionError):
        assert model.expected_cases() == pytest.approx(25 * 365)


def test_a_higher_rate_has_the_cases_of_a_lower_one(tmp_path: Path) -> None:
    found = []
    for times in ("0.5", "1.5", "3", "3.5", "7"):
        surge = f"surges: [{{from: 2025-06-10, to: 2025-06-20, times: {times}}}]"
        model = model_of(
            tmp_path, f"demand: {{a_year: 6000, {surge}}}, channels: {{online: 0 %, paper: rest}}"
        )
        cases = cases_of(model)
        found.append(by_name(cases, cases.arrives_at))
        june = sum(day(6, 10) * DAY <= at < day(6, 20) * DAY for at in found[-1].values())
        mean = float(times) * 6000 * 10 / 365
        assert abs(june - mean) < 4 * np.sqrt(mean)
    for lower, higher in pairwise(found):
        assert lower.items() < higher.items()
    assert not found[1].items() < found[0].items()  # twin


def test_a_rate_of_0_at_first_counts_from_the_first_that_is_not(tmp_path: Path) -> None:
    rate = "demand: {each: {2025-01-01: 0, 2025-07-01: 730}}, channels: {online: 0 %, paper: rest}"
    cases = cases_of(model_of(tmp_path, rate))
    assert cases.arrives_at.min() >= day(7, 1) * DAY
    flat = cases_of(model_of(tmp_path, "demand: {each: 730}, channels: {online: 0 %, paper: rest}"))
    late = flat.rows(flat.arrives_at >= day(7, 1) * DAY)
    np.testing.assert_array_equal(cases.number, late.number)
    assert len(late) < len(flat)
    assert (
        model_of(
            tmp_path, "demand: {each: 0}, channels: {online: 0 %, paper: rest}"
        ).expected_cases()
        == 0
    )


def test_surges_that_mean_nothing_are_refused(tmp_path: Path) -> None:
    surge = "demand: {a_year: 4, surges: [{from: 2025-12-01, to: 2025-12-01, times: 2}]}"
    assert faults(tmp_path, surge + ", channels: {online: 0 %, paper: rest}") == [
        "ends before it begins"
    ]
    (tmp_path / "log.csv").write_text("filed_at,office,channel\n2025-02-03 08:00,xa-1,paper\n")
    log = surge.replace("a_year: 4", "log: log.csv").replace("to: 2025-12-01", "to: 2025-12-02")
    elsewhere = (
        ", channels: {online: 0 %, paper: rest}, files_elsewhere: {share: 10 %, among: district}"
    )
    assert faults(tmp_path, log + elsewhere) == 2 * [
        "changes nothing, since the log lists each case"
    ]


# -- channels that ask for a property ------------------------------------------------------------

ASKS = (
    "demand: {a_year: 4000}, properties: {account: 72 %}, "
    "channels: {online: {share: SHARE, only_if: account}, paper: rest}"
)


def assert_takes(model: Model, share: float) -> None:
    cases = cases_of(model)
    has = draws(cases, "property:account") < 0.72
    expected = has & (draws(cases, "case:channel") < share)
    np.testing.assert_array_equal(cases.channel == model.channels.index("online"), expected)


def test_who_lacks_the_property_passes_the_channel_over(tmp_path: Path) -> None:
    model = model_of(tmp_path, ASKS.replace("SHARE", "80 %"))
    assert_takes(model, 0.8)
    marked = ASKS.replace("SHARE", "{value: 80 %, mark: assumed, note: a guess}")
    assert model_of(tmp_path, marked).fingerprint() == model.fingerprint()
    assert_takes(model_of(tmp_path, ASKS.replace("SHARE", "100 %")), 1.0)
    with pytest.raises(AssertionError):
        assert_takes(
            model_of(
                tmp_path,
                ASKS.replace("only_if: account", "only_if: not account").replace("SHARE", "80 %"),
            ),
            0.8,
        )


def test_with_three_channels_the_shares_of_those_that_admit_a_case_add_up(tmp_path: Path) -> None:
    file = tmp_path / "three.yaml"
    steps = "[{do: read, role: clerk, time: 1 min}]"
    file.write_text(
        f"{HEAD}bundles:\n  b:\n    demand: {{a_year: 4000}}\n"
        "    properties: {account: 72 %}\n"
        "    channels: {online: {share: 30 %, only_if: account}, post: 30 %, paper: rest}\n"
        f"    regimes: {{r: {{online: {steps}, post: {steps}, paper: {steps}}}}}\n",
        encoding="utf-8",
    )
    model = resolve(load(file))
    cases = cases_of(model)
    has, u = draws(cases, "property:account") < 0.72, draws(cases, "case:channel")
    online, post, paper = (model.channels.index(name) for name in ("online", "post", "paper"))
    expected = np.where(has & (u < 0.3), online, np.where(u < np.where(has, 0.6, 0.3), post, paper))
    np.testing.assert_array_equal(cases.channel, expected)
    assert not np.array_equal(cases.channel == post, (u >= 0.3) & (u < 0.6))  # twin


def test_somebody_must_have_a_channel_and_the_property_must_be_there(tmp_path: Path) -> None:
    whole = ASKS.replace("SHARE", "80 %").replace("paper: rest", "paper: 20 %")
    assert faults(tmp_path, whole) == [
        "no channel is left for cases that lack what `only_if` asks for"
    ]
    assert faults(tmp_path, ASKS.replace("SHARE", "80 %").replace("only_if: account", "only_if: x"))
    assert faults(
        tmp_path, ASKS.replace("SHARE", "80 %").replace("only_if: account", "only_if: account is 3")
    ) == ["property 'account' is never '3'"]


# -- filing elsewhere ----------------------------------------------------------------------------

HOMES = "demand: {a_year: 10 000, by: births}, channels: {online: 50 %, paper: rest}"
AMONG = ", files_elsewhere: {share: 10 %, among: GROUP}"


@pytest.mark.parametrize(
    ("group", "groups"),
    [("district", [[2, 3, 4], [5]]), ("town", [[2, 4], [3], [5]])],
)
def test_filing_elsewhere_moves_cases_to_offices_of_the_group_and_no_draws(
    tmp_path: Path, group: str, groups: list[list[int]]
) -> None:
    home = cases_of(model_of(tmp_path, HOMES))
    moved = cases_of(model_of(tmp_path, HOMES + AMONG.replace("GROUP", group)))
    for column in ("stream", "number", "channel", "flow", "arrives_at", "properties"):
        np.testing.assert_array_equal(getattr(home, column), getattr(moved, column))
    of_office = {office: each for each in groups for office in each}
    size = np.array([len(of_office[office]) for office in home.home.tolist()])
    goes = (draws(home, "case:elsewhere") < 0.1) & (size > 1)
    np.testing.assert_array_equal(home.home != moved.home, goes)
    for one in home.home[goes], moved.home[goes]:
        assert set(one.tolist()) <= {o for each in groups if len(each) > 1 for o in each}
    for a, b in zip(home.home[goes].tolist(), moved.home[goes].tolist(), strict=True):
        assert b in of_office[a]
    with pytest.raises(AssertionError):
        np.testing.assert_array_equal(home.home != moved.home, draws(home, "case:elsewhere") < 0.2)


def test_each_other_office_of_the_group_is_as_likely(tmp_path: Path) -> None:
    home = cases_of(model_of(tmp_path, HOMES))
    far = HOMES + AMONG.replace("GROUP", "district").replace("10 %", "100 %")
    moved = cases_of(model_of(tmp_path, far))
    from_2 = np.bincount(moved.home[home.home == 3], minlength=6)
    assert from_2[3] == from_2[5] == 0
    n = int(from_2.sum())
    assert abs(from_2[2] - n / 2) < 4 * np.sqrt(n / 4)
    assert not abs(from_2[2] - n) < 4 * np.sqrt(n / 4)  # twin


def test_groups_that_nobody_shares_are_refused(tmp_path: Path) -> None:
    assert faults(tmp_path, HOMES + AMONG.replace("GROUP", "births")) == [
        "no office has another in its group of 'births'"
    ]
    (message,) = faults(tmp_path, HOMES + AMONG.replace("GROUP", "distric"))
    assert "distric" in message


# -- what is to be expected ----------------------------------------------------------------------


def work_of(model: Model) -> np.ndarray:
    """Minutes of work by office and role, clerk and officer."""
    roles = [[role.name for role in model.roles].index(name) for name in ("clerk", "officer")]
    return work_by_office(model)[:, roles] / MINUTE


def test_the_work_to_expect_follows_shares_of_the_day_and_surges(tmp_path: Path) -> None:
    """100 a day at xa-1 to xa-4 as 10, 30, 20 and 40; three halves of that in the last ten days."""
    model = model_of(
        tmp_path,
        "demand: {a_year: 36 500, by: births, surges: "
        "[{from: 2025-12-22, to: 2026-01-01, times: 1.5}]}, "
        "channels: {online: {2025-01-01: 30 %, 2025-07-01: 80 %}, paper: rest}",
    )
    early, late = day(7, 1), 365 - day(7, 1) + 0.5 * 10
    online, paper = 0.3 * early + 0.8 * late, 0.7 * early + 0.2 * late
    by_home = np.array([0, 0, 10, 30, 20, 40])[:, np.newaxis]
    expected = by_home * [online, 10 * paper]
    np.testing.assert_allclose(work_of(model), expected, rtol=1e-9)
    assert model.expected_cases() == pytest.approx(100 * (early + late))
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(work_of(model), expected[:, ::-1], rtol=1e-9)


def test_the_work_to_expect_follows_a_line_day_by_day(tmp_path: Path) -> None:
    model = model_of(tmp_path, SHARES.replace("SHARE", RAMP).replace("4000", "36 500, by: births"))
    way = np.clip((np.arange(365) - day(3, 3)) / (day(9, 1) - day(3, 3)), 0, 1)
    online = float((0.3 + 0.5 * way).sum())
    expected = np.array([100 * online, 1000 * (365 - online)])
    np.testing.assert_allclose(work_of(model).sum(axis=0), expected, rtol=1e-9)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(work_of(model).sum(axis=0), expected * 1.001, rtol=1e-9)


def test_the_work_to_expect_follows_what_channels_ask_for(tmp_path: Path) -> None:
    asks = ASKS.replace("SHARE", "80 %").replace("4000", "36 500, by: births")
    a_day = work_of(model_of(tmp_path, asks)).sum(axis=0) / 365
    np.testing.assert_allclose(a_day, [57.6, 424], rtol=1e-9)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(a_day, [80, 200], rtol=1e-9)
    # Those of town a, with 30 of 100 births, may file online.
    of_home = asks.replace("account: 72 %", "town: {column: town}")
    of_home = of_home.replace("only_if: account", "only_if: town is a")
    a_day = work_of(model_of(tmp_path, of_home)) / 365
    expected = [[0, 0], [0, 0], [8, 20], [0, 300], [16, 40], [0, 400]]
    np.testing.assert_allclose(a_day, expected, rtol=1e-9, atol=1e-9)


def test_the_work_to_expect_is_where_cases_are_filed(tmp_path: Path) -> None:
    """Of 10, 30 and 20 a day a tenth goes, in halves, to the two others of the district."""
    paper = HOMES.replace("10 000", "36 500").replace("50 %", "0 %")
    model = model_of(tmp_path, paper + AMONG.replace("GROUP", "district"))
    a_day = work_of(model)[:, 1] / 10 / 365
    expected = np.array([0, 0, 9 + 1.5 + 1, 27 + 0.5 + 1, 18 + 0.5 + 1.5, 40])
    np.testing.assert_allclose(a_day, expected, rtol=1e-9)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(a_day, [0, 0, 10, 30, 20, 40], rtol=1e-9)


def test_what_is_to_be_expected_is_the_mean_of_what_is_drawn(tmp_path: Path) -> None:
    """All at once, on channels of other hours: within 4 standard errors over 60 replications."""
    model = model_of(
        tmp_path,
        "demand: {a_year: {2025-01-01: 1000, 2025-06-01: 2500}, by: births, surges: "
        "[{from: 2025-02-10, to: 2025-02-20, times: 3}]}, properties: {account: 60 %}, "
        "channels: {online: {share: {2025-01-15: 20 %, 2025-11-15: 90 %, between: straight}, "
        "only_if: account}, paper: rest}, "
        "files_elsewhere: {share: {2025-01-01: 10 %, 2025-08-01: 50 %}, among: district}",
        "filing: {paper: {weekdays: {tue-sun: 0}}}",
    )
    counts = np.zeros((60, 6, 2))
    for replication in range(len(counts)):
        key = key_of(1, replication)
        cases = draw_cases(model.demands, n_properties=1, key=key)
        online = cases.channel == model.channels.index("online")
        np.add.at(counts[replication], (cases.home, np.where(online, 0, 1)), 1)
    expected = work_of(model) / [1, 10]
    error = np.sqrt(expected / len(counts))
    assert (abs(counts.mean(axis=0) - expected) <= 4 * error).all()
    assert expected.sum() == pytest.approx(model.expected_cases())
    wrong = work_of(
        replace(model, demands=tuple(replace(each, elsewhere=None) for each in model.demands))
    ) / [1, 10]
    assert not (abs(counts.mean(axis=0) - wrong) <= 4 * error).all()  # twin


def test_a_run_that_begins_later_has_the_cases_of_the_same_dates(tmp_path: Path) -> None:
    demand = (
        "demand: {a_year: {2024-01-01: 2000, 2025-04-10: 3000}}, "
        "channels: {online: {2024-06-01: 10 %, 2026-06-01: 90 %, between: straight}, paper: rest}"
    )
    early = cases_of(model_of(tmp_path, demand))
    text = (tmp_path / "by-day.yaml").read_text(encoding="utf-8")
    later = tmp_path / "later.yaml"
    later.write_text(text.replace("start: 2025-01-01", "start: 2025-03-20"), encoding="utf-8")
    late = cases_of(resolve(load(later)))
    shift = day(3, 20) * DAY
    same = (early.arrives_at >= shift, late.arrives_at < 365 * DAY - shift)
    for column in ("stream", "number", "channel", "home"):
        one, other = getattr(early, column)[same[0]], getattr(late, column)[same[1]]
        np.testing.assert_array_equal(one, other)
    assert same[0].sum() > 1000
    assert (late.arrives_at[same[1]] + shift == early.arrives_at[same[0]]).all()
    assert not np.array_equal(early.number[: same[0].sum()], late.number[same[1]])  # twin


def test_filing_hours_hold_on_each_channel_with_shares_by_the_day(tmp_path: Path) -> None:
    hours = "filing: {paper: {hours: {00:00-08:00: 0, 12:00-24:00: 0}}}"
    model = model_of(tmp_path, SHARES.replace("SHARE", RAMP), hours)
    cases = cases_of(model)
    paper = cases.channel == model.channels.index("paper")
    time = cases.arrives_at % DAY
    assert ((time[paper] >= 8 * HOUR) & (time[paper] < 12 * HOUR)).all()
    assert not (time[~paper] >= 8 * HOUR).all()
