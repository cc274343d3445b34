"""Systems that are down or slow: times drawn before a run, and the pace they leave (T4, Y1)."""

from __future__ import annotations

import pytest

from sim.calendars import Calendar
from sim.distributions import parse_duration, sampler
from sim.outages import Pace, Renewal, pace
from sim.streams import key_of
from sim.units import DAY, HOUR, MINUTE, NEVER

KEY = key_of(1, 0)
NAMES = (1, 2)


def of(text: str):
    return sampler(parse_duration(text, folder=None).distribution)


def times(renewal: Renewal, horizon: int) -> list[tuple[int, int]]:
    return renewal.bad_times(KEY, 7, NAMES, horizon)


def test_good_and_bad_times_follow_each_other_good_first() -> None:
    renewal = Renewal(from_days=(0,), good=(of("10 h"),), bad=of("2 h"))
    found = times(renewal, 30 * HOUR)
    assert found == [(10 * HOUR, 12 * HOUR), (22 * HOUR, 24 * HOUR)]


def test_at_the_day_of_another_value_a_good_time_begins_anew() -> None:
    """Good times of 10 h, from the second day of 3 h, from the third day on for ever."""
    renewal = Renewal(from_days=(0, 1, 2), good=(of("10 h"), of("3 h"), None), bad=of("2 h"))
    assert times(renewal, 4 * DAY) == [
        (10 * HOUR, 12 * HOUR),
        (22 * HOUR, 24 * HOUR),
        *((hour * HOUR, (hour + 2) * HOUR) for hour in (27, 32, 37, 42, 47)),
    ]


def test_a_bad_time_outlasts_the_day_of_another_value() -> None:
    renewal = Renewal(from_days=(0, 1), good=(of("23 h"), of("5 h")), bad=of("3 h"))
    assert times(renewal, 40 * HOUR) == [
        (23 * HOUR, 26 * HOUR),
        (31 * HOUR, 34 * HOUR),
        (39 * HOUR, 42 * HOUR),
    ]


def test_draws_of_later_times_do_not_depend_on_the_horizon() -> None:
    renewal = Renewal(
        from_days=(0,), good=(of("exponential(mean 5 h)"),), bad=of("exponential(mean 1 h)")
    )
    long = times(renewal, 4000 * HOUR)
    assert times(renewal, 400 * HOUR) == [each for each in long if each[0] < 400 * HOUR]
    assert len(long) > 256  # more than a block of draws


OFFICE = Calendar(name="office", opens=(8 * HOUR, 13 * HOUR), closes=(12 * HOUR, 17 * HOUR))


def test_without_slow_times_the_pace_is_that_of_the_calendar() -> None:
    plain = pace(OFFICE, [])
    for begin in range(7 * HOUR, 18 * HOUR, 13 * MINUTE):
        for work in (0, 1, HOUR, 5 * HOUR, 8 * HOUR):
            assert plain.add_open(begin, work) == OFFICE.add_open(begin, work)


def test_work_takes_the_factor_of_its_time_while_a_system_is_slow() -> None:
    # Slow by 2 from 9 to 11: 1 h at full pace, 2 h give 1 h, 1 h at full pace: 3 h until noon.
    slow = pace(OFFICE, [([(9 * HOUR, 11 * HOUR)], 200)])
    assert slow.add_open(8 * HOUR, 1 * HOUR) == 9 * HOUR
    assert slow.add_open(8 * HOUR, 90 * MINUTE) == 10 * HOUR
    assert slow.add_open(8 * HOUR, 3 * HOUR) == 12 * HOUR
    assert slow.add_open(8 * HOUR, 3 * HOUR + 1) == 13 * HOUR + 1
    assert slow.add_open(16 * HOUR, 2 * HOUR) == NEVER
    assert pace(OFFICE, []).add_open(8 * HOUR, 90 * MINUTE) != 10 * HOUR  # twin


def test_the_factors_of_two_slow_systems_multiply() -> None:
    both = pace(OFFICE, [([(8 * HOUR, 10 * HOUR)], 150), ([(9 * HOUR, 10 * HOUR)], 200)])
    assert both == Pace(
        opens=(8 * HOUR, 9 * HOUR, 10 * HOUR, 13 * HOUR),
        closes=(9 * HOUR, 10 * HOUR, 12 * HOUR, 17 * HOUR),
        factors=(150, 300, 100, 100),
    )
    # 40 minutes of work take the first hour, 20 minutes the second, the rest its time.
    assert both.add_open(8 * HOUR, 65 * MINUTE) == 10 * HOUR + 5 * MINUTE


@pytest.mark.parametrize("work", [1, 2, 3, 7, 10**6 + 1])
def test_no_work_is_lost_where_the_pace_changes(work: int) -> None:
    slow = pace(OFFICE, [([(8 * HOUR + 1, 8 * HOUR + 2)], 300)])
    end = slow.add_open(8 * HOUR, work)
    assert work <= end - 8 * HOUR <= work + 3
