"""Trees, families of times and waits, each from numbers that are known."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.calendars import Calendar, build
from sim.logs.learning.censored import times_between
from sim.logs.learning.hours import EPOCH, Hours
from sim.logs.learning.mining import Visits, mine, seen_at_once
from sim.logs.learning.rows import NONE
from sim.logs.learning.times import times_of
from sim.logs.learning.tree import InOrder, Leaf, OneOf, SideBySide, accepts
from sim.logs.learning.waits import last_free, wait_of
from sim.units import DAY, HOUR, MINUTE

A, B, C, D = (Leaf(step=name) for name in "abcd")


def visits(*cases: str) -> Visits:
    """Cases as texts: ``ab`` is a, then b; ``(bc)`` begin together."""
    come, gone = np.full((len(cases), 4), np.nan), np.full((len(cases), 4), np.nan)
    for row, case in enumerate(cases):
        at, is_together = 0.0, False
        for sign in case:
            if sign in "()":
                is_together = sign == "("
                at += 10 * (sign == ")")
                continue
            column = "abcd".index(sign)
            come[row, column], gone[row, column] = at, at + 5
            at += 0 if is_together else 10
    return Visits(steps=tuple("abcd"), come=come, gone=gone)


TREES = {
    "sequence": (["abc"] * 50, InOrder(parts=(A, B, C))),
    "choice": (
        ["abd"] * 30 + ["acd"] * 20,
        InOrder(parts=(A, OneOf(parts=(B, C), counts=(30, 20), out_of=50), D)),
    ),
    "skipped": (
        ["abd"] * 30 + ["ad"] * 20,
        InOrder(parts=(A, OneOf(parts=(B,), counts=(30,), out_of=50), D)),
    ),
    "side by side": (["a(bc)d"] * 50, InOrder(parts=(A, SideBySide(parts=(B, C)), D))),
    "in any order": (
        ["abcd"] * 25 + ["acbd"] * 25, InOrder(parts=(A, SideBySide(parts=(B, C)), D))
    ),
    "two skipped": (
        ["abcd"] * 20 + ["abd"] * 20 + ["acd"] * 20 + ["ad"] * 20,
        InOrder(
            parts=(
                A,
                OneOf(parts=(B,), counts=(40,), out_of=80),
                OneOf(parts=(C,), counts=(40,), out_of=80),
                D,
            )
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TREES)
def test_the_tree_of_some_cases_is_the_one_that_made_them(name: str) -> None:
    cases, tree = TREES[name]
    assert mine(visits(*cases)) == tree
    others = [other for each, (_, other) in TREES.items() if each not in (name, "in any order")]
    assert mine(visits(*cases)) not in [other for other in others if other != tree]


def test_a_stray_case_changes_no_tree_and_is_not_accepted() -> None:
    tree = mine(visits(*["abc"] * 200, "bac"))
    assert tree == InOrder(parts=(A, B, C))
    assert accepts(tree, "abc")
    assert not accepts(tree, "bac")
    assert not accepts(tree, "ab")
    beside = SideBySide(parts=(InOrder(parts=(A, B)), C))
    assert accepts(beside, "acb")
    assert not accepts(beside, "bca")


@pytest.mark.parametrize("family", ["lognormal", "gamma", "weibull", "uniform"])
def test_the_family_of_many_times_is_the_one_that_made_them(family: str) -> None:
    stream = np.random.default_rng(5)
    draws = {
        "lognormal": stream.lognormal(2, 0.5, 3000),
        "gamma": stream.gamma(3, 4, 3000),
        "weibull": 10 * stream.weibull(1.8, 3000),
        "uniform": stream.uniform(2, 9, 3000),
    }
    cvs = {"lognormal": 0.533, "gamma": 0.577, "weibull": 0.575, "uniform": 0.367}
    found = times_of(draws[family])
    assert found is not None
    assert found.family == family
    assert found.cv == pytest.approx(cvs[family], rel=0.04)
    assert found.mean.holds(draws[family].mean())
    assert not found.mean.holds(1.1 * draws[family].mean())


def test_the_interval_of_a_mean_time_is_above_nothing() -> None:
    few = times_of(np.array([1.0, 2.0, 30.0]))
    assert few is not None
    # 2 n mean / chi2 with 6 degrees of freedom.
    assert (few.mean.low, few.mean.high) == (
        pytest.approx(6 * 11 / 14.449, rel=1e-3),
        pytest.approx(6 * 11 / 1.2373, rel=1e-3),
    )
    skewed = times_of(np.array([1.0] * 9 + [2.0, 90.0]))
    assert skewed is not None
    assert 0 < skewed.mean.low < skewed.mean.mean < skewed.mean.high
    alike = times_of(np.array([9.0, 10.0, 11.0] * 4))
    assert alike is not None
    assert alike.mean.high - 10 == pytest.approx(10 - alike.mean.low)


def test_times_of_which_bounds_are_known_have_the_mean_that_made_them() -> None:
    stream = np.random.default_rng(6)
    times = stream.uniform(3, 30, 1500)
    clock = stream.uniform(0, 24, 1500)
    # Each is seen when the next of two set times of the day comes.
    ends = clock + times
    after = np.ceil((ends - 10) / 12) * 12 + 10
    least, most = np.maximum(after - 12 - clock, 0), after - clock
    found = times_between(least, most)
    assert found is not None
    assert found.family == "uniform"
    assert found.mean.holds(16.5)
    assert not found.mean.holds(float(most.mean()))
    assert (found.least, found.most) == (pytest.approx(3, abs=1), pytest.approx(30, abs=1))


HOURS = {day: [(8 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR)] for day in range(5)}
CALENDAR = build("office", start=EPOCH, first_day=20_000, last_day=20_100, weekly=HOURS)
MONDAY = (dt.date(2024, 10, 14) - EPOCH).days * DAY


def days_of(calendar: Calendar) -> NDArray[np.int64]:
    return np.unique(np.asarray(calendar.opens) // DAY) * DAY


def test_waits_are_told_apart_by_when_they_end() -> None:
    stream = np.random.default_rng(7)
    since = MONDAY + (stream.integers(0, 60, 300) * DAY) + stream.integers(11, 16, 300) * HOUR
    none = np.full(300, np.iinfo(np.int64).min)
    assert wait_of(since, since + 3, none, CALENDAR) is None
    delay = wait_of(since, since + stream.integers(1, 30 * HOUR, 300), none, CALENDAR)
    assert delay is not None
    assert delay.kind == "delay"
    at_ten = (since // DAY + 1) * DAY + 10 * HOUR
    timetable = wait_of(since, at_ten, none, CALENDAR)
    assert timetable is not None
    assert (timetable.kind, timetable.times) == ("timetable", None)
    assert {times for _, times in timetable.departures} == {(10 * HOUR,)}
    opens = np.asarray(CALENDAR.opens)
    until = opens[np.searchsorted(opens, since + 2 * DAY)]
    until = until // DAY * DAY + 8 * HOUR
    slip = wait_of(since, until, until // DAY, CALENDAR)
    assert slip is not None
    assert slip.kind == "appointment"
    without = wait_of(since, until, none, CALENDAR)
    assert without is not None
    assert without.kind != "appointment"


def test_a_departure_at_which_nobody_is_on_duty_shows_in_what_went_on_without_one() -> None:
    # Signed every day at 10:00; what is ready by 16:00 is on the table in the morning.
    stream = np.random.Generator(np.random.PCG64(1))
    day = MONDAY + np.arange(5, dtype=np.int64).repeat(30) * DAY
    early, at_ten = day + 8 * HOUR + stream.integers(0, 2 * HOUR, len(day)), day + 10 * HOUR
    none = np.full(len(day), NONE)
    day = day[:-30]
    late = day + 13 * HOUR + stream.integers(0, 3 * HOUR, len(day))
    morning = day + DAY + 8 * HOUR
    hidden = late, np.zeros(len(day), np.int64), morning - late
    timetable = wait_of(early, at_ten, none, CALENDAR, hidden)
    assert timetable is not None
    assert {times for _, times in timetable.departures} == {(10 * HOUR, 16 * HOUR)}
    # What is on the table behind ten o'clock alone tells of no other departure.
    behind = late, np.zeros(len(day), np.int64), day + DAY + 11 * HOUR - late
    timetable = wait_of(early, at_ten, none, CALENDAR, behind)
    assert timetable is not None
    assert {times for _, times in timetable.departures} == {(10 * HOUR,)}


@pytest.mark.parametrize("is_told", [True, False])
def test_a_departure_that_nobody_sees_is_found_behind_a_delay(is_told: bool) -> None:
    # A courier takes 3 to 30 hours; what he brings is signed at 10:00 and 15:00, and who signs is
    # there in the morning alone: what left at 15:00 is begun at 8:00 (a bound), unless all is told.
    stream = np.random.default_rng(8)
    since = MONDAY + stream.integers(0, 80, 1500) * DAY + stream.integers(8, 17, 1500) * HOUR
    since += stream.integers(0, HOUR, 1500)
    left = np.sort(np.concatenate([days_of(CALENDAR) + at * HOUR for at in (10, 15)]))
    ready = left[np.searchsorted(left, since + stream.integers(3 * HOUR, 30 * HOUR, 1500))]
    mornings = days_of(CALENDAR) + 8 * HOUR
    begun = np.where(ready % DAY == 10 * HOUR, ready, mornings[np.searchsorted(mornings, ready)])
    free = np.where(begun == ready, ready, ready // DAY * DAY + 12 * HOUR)
    is_seen = (begun == ready) | is_told
    hidden = (
        since[~is_seen],
        np.maximum(free - since, 0)[~is_seen],
        (begun - since)[~is_seen],
    )
    found = wait_of(since[is_seen], ready[is_seen], np.full(1500, NONE)[is_seen], CALENDAR, hidden)
    assert found is not None
    assert found.times is not None
    assert found.times.family == "uniform"
    assert found.times.mean.mean == pytest.approx(16.5, rel=0.05)
    assert [day for day, _ in found.departures] == list(range(5))
    for _, (ten, later) in found.departures:
        assert ten == 10 * HOUR
        assert later == pytest.approx(15 * HOUR, abs=0 if is_told else 45 * MINUTE)


def test_a_time_of_other_days_is_also_one_of_a_day_on_which_nobody_sees_it() -> None:
    # Signed at 10:00 and 15:00 after 3 to 30 hours; on Fridays nobody is there in the afternoon.
    stream = np.random.default_rng(9)
    since = MONDAY + stream.integers(0, 80, 1500) * DAY + stream.integers(8, 17, 1500) * HOUR
    left = np.sort(np.concatenate([days_of(CALENDAR) + at * HOUR for at in (10, 15)]))
    ready = left[np.searchsorted(left, since + stream.integers(3 * HOUR, 30 * HOUR, 1500))]
    is_seen = (ready - MONDAY) // DAY % 7 * 24 + ready % DAY // HOUR != 4 * 24 + 15
    noon = ready[~is_seen] // DAY * DAY + 12 * HOUR
    hidden = (
        since[~is_seen],
        np.maximum(noon - since[~is_seen], 0),
        noon + 68 * HOUR - since[~is_seen],
    )
    none = np.full(int(is_seen.sum()), NONE)
    found = wait_of(since[is_seen], ready[is_seen], none, CALENDAR, hidden)
    assert found is not None
    assert dict(found.departures) == dict.fromkeys(range(5), (10 * HOUR, 15 * HOUR))
    # Without those that nothing else tells, Friday has the morning alone.
    none = np.full(0, np.int64(0))
    found = wait_of(
        since[is_seen], ready[is_seen], np.full(int(is_seen.sum()), NONE), CALENDAR,
        (none, none, none),
    )  # fmt: skip
    assert found is not None
    assert dict(found.departures)[4] == (10 * HOUR,)


def test_times_of_which_none_comes_twice_on_a_day_of_the_week_are_no_timetable() -> None:
    day = np.arange(20, dtype=np.int64)
    until = MONDAY + (day % 5 + 7 * (day // 5)) * DAY + (9 + day // 5) * HOUR
    found = wait_of(until - HOUR - day * MINUTE, until, np.full(20, NONE), CALENDAR)
    assert found is not None
    assert found.kind == "delay"


def test_steps_that_are_at_work_at_one_time_are_told() -> None:
    assert seen_at_once(visits(*["abc"] * 97, *["a(bc)"] * 3)) == {("b", "c"), ("c", "b")}
    assert seen_at_once(visits(*["abc"] * 97, *["acb"] * 3)) == set()
    assert seen_at_once(visits(*["abc"] * 997, *["a(bc)"] * 3)) == set()


NAMED = np.zeros((1, 0), np.bool_)
"""Of registers in which every row names who did the work."""


def test_what_idle_staff_begin_waited_for_nobody() -> None:
    begun = MONDAY + np.array([8 * HOUR, 9 * HOUR, 9 * HOUR + 10 * MINUTE, 11 * HOUR, 13 * HOUR])
    ended = begun + 10 * MINUTE
    one, office = np.zeros(5, np.int64), np.zeros(5, np.int64)
    free = last_free(one, begun, ended, office, [CALENDAR], NAMED)
    assert (free == begun).tolist() == [False, True, False, True, False]
    # What is begun right behind other work came after that was begun; at 13:00, after 12:00.
    assert free[2] == begun[1]
    assert free[4] == MONDAY + 12 * HOUR
    others = np.arange(5)
    all_named = np.zeros((5, 0), np.bool_)
    assert not (last_free(others, begun, ended, office, [CALENDAR], all_named) == begun).any()


def test_nothing_is_known_behind_work_of_which_the_start_or_who_did_it_is_not() -> None:
    begun = MONDAY + np.array([8 * HOUR, 9 * HOUR, 9 * HOUR + 10 * MINUTE, 11 * HOUR])
    ended = begun + 10 * MINUTE
    one, office = np.zeros(4, np.int64), np.zeros(4, np.int64)
    assert last_free(one, begun, ended, office, [CALENDAR], NAMED)[2] == begun[1]
    without_start = np.where(np.arange(4) == 1, NONE, begun)
    free = last_free(one, without_start, ended, office, [CALENDAR], NAMED)
    assert free[2] == NONE
    assert free[3] == begun[3]
    nameless = np.where(np.arange(4) == 1, -1, 0)
    for may, expected in ((True, NONE), (False, begun[2])):
        free = last_free(nameless, begun, ended, office, [CALENDAR], np.array([[may]]))
        assert free[2] == expected


def test_who_is_not_seen_before_an_opening_may_have_been_away() -> None:
    opening, days = MONDAY + 13 * HOUR, np.array([0, 0, 1])
    begun = opening + days * DAY - np.array([4 * HOUR, 0, 0])
    ended = begun + 10 * MINUTE
    one, office = np.zeros(3, np.int64), np.zeros(3, np.int64)
    free = last_free(one, begun, ended, office, [CALENDAR], NAMED)
    # On Monday they had been there until noon; on Tuesday morning nobody saw them.
    assert free[1] == MONDAY + 12 * HOUR
    assert ended[1] < free[2] <= ended[1] + 1


def test_an_office_that_keeps_holidays_works_on_the_saturdays_that_stand_in_for_them() -> None:
    morning = (8 * HOUR, 12 * HOUR)
    common = {"n_holidays": 4, "n_worked": 0, "closed": (), "n": 1_000}
    weekly = dict.fromkeys(range(5), (morning,))
    saturday = dt.date(2024, 5, 4)  # stood in for 29 April

    def opens_on(*, holidays: bool) -> bool:
        hours = Hours(weekly=weekly, holidays=holidays, **common)  # type: ignore[arg-type]
        opens = np.asarray(hours.calendar(dt.date(2024, 4, 22), dt.date(2024, 5, 10)).opens)
        return bool((opens // DAY == (saturday - EPOCH).days).any())

    assert opens_on(holidays=True)
    assert not opens_on(holidays=False)


def test_few_waits_among_many_that_are_none_are_no_delay() -> None:
    since = MONDAY + np.arange(100, dtype=np.int64) * HOUR
    none = np.full(100, NONE)
    lag = np.where(np.arange(100) < 8, 5 * HOUR, 0)
    assert wait_of(since, since + lag, none, CALENDAR) is None
    # Those of which bounds are known speak too: here most waited, whatever hides how long.
    hidden = since[:40], np.full(40, 3 * HOUR), np.full(40, 6 * HOUR)
    delay = wait_of(since[:5], since[:5] + 5 * HOUR, none[:5], CALENDAR, hidden)
    assert delay is not None
    assert delay.kind == "delay"
    assert delay.times is not None
    assert 3 < delay.times.mean.mean < 6
    nothing = since[0] + np.zeros(900, np.int64), np.zeros(900, np.int64), np.full(900, HOUR)
    assert wait_of(since, since + lag, none, CALENDAR, nothing) is None
