"""The legal clock against dates worked out by hand from the Vietnamese calendar."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.calendars import Calendar, build
from sim.legal import LegalClock, WorkingDays, day_of, working_days
from sim.public_holidays import public_holidays
from sim.units import DAY, HOUR, NEVER, parse_hours

CUT_OFF = 15 * HOUR
HOURS = (parse_hours("07:30-11:30"), parse_hours("13:00-17:00"))
OFFICE_WEEK = dict.fromkeys(range(5), HOURS)
START = dt.date(2023, 1, 1)
FIRST, LAST = -10, 1600

ROWS = list(
    csv.DictReader(
        (Path(__file__).parents[1] / "data" / "legal_clock.csv").read_text("utf-8").splitlines()
    )
)


def _days(text: str) -> int:
    return (dt.date.fromisoformat(text) - START).days


def _microseconds(text: str) -> int:
    return (dt.datetime.fromisoformat(text) - dt.datetime.combine(START, dt.time())) // (
        dt.timedelta(microseconds=1)
    )


@pytest.fixture(scope="module")
def vietnam() -> WorkingDays:
    """Office days of a commune, 2023 to 2027: Monday to Friday, holidays, working Saturdays."""
    holidays = public_holidays("VN", range(2022, 2028))
    office = build(
        "office",
        start=START,
        first_day=FIRST,
        last_day=LAST,
        weekly=OFFICE_WEEK,
        days_off=holidays.dates_off(),
        extra=holidays.hours_of_working_saturdays(OFFICE_WEEK),
    )
    return working_days(office, FIRST, LAST)


def _week(first_day: int = 0, last_day: int = 27) -> WorkingDays:
    """Four plain weeks; day 0 is a Monday."""
    office = build(
        "office",
        start=dt.date(2025, 1, 6),
        first_day=first_day,
        last_day=last_day,
        weekly=OFFICE_WEEK,
    )
    return working_days(office, first_day, last_day)


WEEK = _week()


def _clock(limit: int | None = 3, at: int = 9 * HOUR) -> LegalClock:
    clock = LegalClock(office=WEEK)
    clock.start(at, CUT_OFF, lambda _day: limit)
    return clock


def _assert_row(office: WorkingDays, row: dict[str, str]) -> None:
    filed_at = _microseconds(row["filed_at"])
    received_day = office.day_of_receipt(filed_at, CUT_OFF)
    assert received_day == _days(row["received_on"])
    limit = int(row["limit_working_days"])
    due_day = office.due_day(received_day, limit)
    assert due_day == _days(row["due_on"])
    assert office.between(received_day, due_day) == limit
    clock = LegalClock(office=office)
    clock.start(filed_at, CUT_OFF, lambda _day: limit)
    assert clock.due_day(filed_at) == due_day
    clock.close(office.closing(due_day) - 1)
    assert (clock.working_days(), clock.is_on_time()) == (limit, True)
    clock.close(office.opening(office.next_working(due_day + 1)))
    assert (clock.working_days(), clock.is_on_time()) == (limit + 1, False)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["filed_at"])
def test_a_filing_is_received_and_due_on_the_days_worked_out_by_hand(
    vietnam: WorkingDays, row: dict[str, str]
) -> None:
    _assert_row(vietnam, row)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["filed_at"])
@pytest.mark.parametrize("column", ["received_on", "due_on"])
@pytest.mark.parametrize("shift", [-1, 1])
def test_a_day_of_receipt_or_due_day_that_is_off_by_one_is_noticed(
    vietnam: WorkingDays, row: dict[str, str], column: str, shift: int
) -> None:
    wrong = (dt.date.fromisoformat(row[column]) + dt.timedelta(days=shift)).isoformat()
    with pytest.raises(AssertionError):
        _assert_row(vietnam, {**row, column: wrong})


def test_the_table_of_hand_worked_days_is_complete() -> None:
    assert len(ROWS) == 27


def test_a_filing_at_the_cut_off_is_received_on_the_next_working_day() -> None:
    assert WEEK.day_of_receipt(CUT_OFF - 1, CUT_OFF) == 0
    assert WEEK.day_of_receipt(CUT_OFF, CUT_OFF) == 1
    # Friday at the cut-off, and any time at the weekend: Monday.
    assert WEEK.day_of_receipt(4 * DAY + CUT_OFF, CUT_OFF) == 7
    assert WEEK.day_of_receipt(5 * DAY + 1, CUT_OFF) == 7
    # No cut-off.
    assert WEEK.day_of_receipt(DAY - 1, DAY) == 0


def test_a_limit_ends_on_the_nth_working_day_after_the_day_of_receipt() -> None:
    assert [WEEK.due_day(3, n) for n in range(4)] == [3, 4, 7, 8]


def test_working_days_are_counted_after_the_first_day_up_to_and_with_the_last() -> None:
    assert WEEK.between(0, 0) == 0
    assert WEEK.between(0, 1) == 1
    assert WEEK.between(4, 6) == 0
    assert WEEK.between(4, 7) == 1
    assert WEEK.between(7, 4) == 0


def test_a_working_day_opens_first_and_closes_last() -> None:
    assert WEEK.opening(1) == DAY + HOURS[0][0]
    assert WEEK.closing(1) == DAY + HOURS[1][1]
    assert WEEK.opening(5) == WEEK.closing(5) == NEVER


def test_a_night_shift_makes_both_of_its_days_working_days() -> None:
    night = Calendar(name="night", opens=(22 * HOUR,), closes=(30 * HOUR,))
    office = working_days(night, 0, 2)
    assert office.days == (0, 1)
    assert office.opens == (22 * HOUR, DAY)
    assert office.closes == (DAY, 30 * HOUR)


def test_what_lies_beyond_the_range_never_comes() -> None:
    last = WEEK.days[-1]
    assert WEEK.next_working(last) == last
    assert WEEK.next_working(last + 1) == NEVER
    assert WEEK.due_day(last, 1) == NEVER
    assert WEEK.due_day(NEVER, 0) == WEEK.due_day(NEVER, 3) == NEVER
    assert WEEK.day_of_receipt(NEVER, CUT_OFF) == NEVER
    assert WEEK.between(last, NEVER) == 0
    assert WEEK.opening(NEVER) == WEEK.closing(-1) == NEVER
    assert not WEEK.is_working(NEVER)
    assert day_of(NEVER) == NEVER
    assert day_of(-1) == -1


def test_a_clock_received_beyond_the_range_breaks_nothing() -> None:
    clock = LegalClock(office=WEEK)
    clock.start(400 * DAY, CUT_OFF, lambda day: 1 // (day < NEVER))
    clock.stop(401 * DAY)
    clock.resume(402 * DAY, CUT_OFF)
    clock.close(403 * DAY)
    assert clock.due_day(403 * DAY) == NEVER
    assert (clock.working_days(), clock.is_on_time()) == (0, None)


@given(st.integers(-5, 32), st.integers(-5, 32), st.integers(0, 12))
def test_working_days_agree_with_a_slow_count(a: int, b: int, n: int) -> None:
    office = _week(-7, 27)
    listed = [day for day in range(-7, 28) if day % 7 < 5]
    assert office.between(a, b) == sum(a < day <= b for day in listed)
    assert office.is_working(a) == (a in listed)
    assert office.next_working(a) == min((day for day in listed if day >= a), default=NEVER)
    after = [day for day in listed if day > a]
    expected = office.next_working(a) if n == 0 else (after[n - 1] if n <= len(after) else NEVER)
    assert office.due_day(a, n) == expected


def test_arrays_answer_as_the_methods_do() -> None:
    count, days, opens, closes = WEEK.arrays()
    for day in range(28):
        k = count[day - WEEK.first_day]
        assert (k > 0 and days[k - 1] == day) == WEEK.is_working(day)
        if WEEK.is_working(day):
            assert (opens[k - 1], closes[k - 1]) == (WEEK.opening(day), WEEK.closing(day))


def test_a_clock_not_started_has_no_due_day_and_an_open_one_no_count() -> None:
    clock = LegalClock(office=WEEK)
    assert clock.due_day(0) == NEVER
    clock.start(9 * HOUR, CUT_OFF, lambda _day: 3)
    assert clock.due_day(9 * HOUR) == 3
    assert (clock.working_days(), clock.is_on_time()) == (None, None)


def test_the_limit_is_the_one_in_force_on_the_day_of_receipt() -> None:
    clock = LegalClock(office=WEEK)
    # Filed on Monday after the cut-off: Tuesday's limit.
    clock.start(16 * HOUR, CUT_OFF, {0: 5, 1: 2}.get)
    assert (clock.received_day, clock.limit, clock.due_day(16 * HOUR)) == (1, 2, 3)


def test_a_bundle_is_received_with_its_first_dossier_and_done_with_its_last() -> None:
    clock = _clock(limit=3)
    clock.start(2 * DAY, CUT_OFF, lambda _day: 9)
    assert (clock.received_at, clock.limit) == (9 * HOUR, 3)
    clock.close(DAY + 9 * HOUR)
    clock.close(3 * DAY + 9 * HOUR)
    assert (clock.working_days(), clock.closed_day) == (3, 3)


def test_a_clock_without_a_limit_counts_days_but_is_never_late() -> None:
    clock = _clock(limit=None)
    clock.close(8 * DAY)
    assert clock.due_day(8 * DAY) == NEVER
    assert (clock.working_days(), clock.is_on_time()) == (6, None)


def test_an_extension_adds_its_working_days_to_the_limit() -> None:
    clock = _clock(limit=1)
    clock.extend(2)
    assert clock.due_day(DAY) == 3
    clock.close(3 * DAY)
    assert (clock.working_days(), clock.is_on_time()) == (3, True)


def test_a_result_before_the_day_of_receipt_takes_no_working_day() -> None:
    clock = _clock(limit=0, at=16 * HOUR)
    clock.close(16 * HOUR + 1)
    assert (clock.received_day, clock.closed_day) == (1, 0)
    assert (clock.working_days(), clock.is_on_time()) == (0, True)


def test_a_stopped_clock_goes_on_with_the_days_left_when_the_supplement_is_received() -> None:
    # Received Monday, 3 wd. Stopped Tuesday; supplement Friday 15:00, so received next Monday (7).
    clock = _clock(limit=3)
    clock.stop(DAY + 10 * HOUR)
    clock.resume(4 * DAY + CUT_OFF, CUT_OFF)
    # Wednesday to Monday, four working days, do not count: Tuesday was the first, two are left.
    assert clock.stopped_days == 4
    assert clock.due_day(7 * DAY) == 9
    clock.close(9 * DAY + 9 * HOUR)
    assert (clock.working_days(), clock.is_on_time()) == (3, True)


def test_stops_that_overlap_take_each_day_off_once() -> None:
    clock = _clock()
    clock.stop(DAY)
    clock.stop(2 * DAY)
    clock.resume(3 * DAY, CUT_OFF)
    assert (clock.stopped_days, clock.depth) == (0, 1)
    clock.resume(4 * DAY, CUT_OFF)
    assert (clock.stopped_days, clock.depth) == (3, 0)


def test_a_stop_on_the_day_of_a_resumption_takes_that_day_off_once() -> None:
    clock = _clock()
    clock.stop(DAY)
    # After the cut-off: received on Wednesday, day 2.
    clock.resume(DAY + 16 * HOUR, CUT_OFF)
    clock.stop(DAY + 17 * HOUR)
    clock.resume(3 * DAY + 9 * HOUR, CUT_OFF)
    # Days 2 and 3.
    assert clock.stopped_days == 2


def test_a_stop_before_the_day_of_receipt_counts_from_that_day() -> None:
    clock = _clock(at=16 * HOUR)
    clock.stop(16 * HOUR + 1)
    clock.resume(3 * DAY, CUT_OFF)
    # Received Tuesday; Wednesday and Thursday do not count; Friday, Monday, Tuesday (8) are left.
    assert (clock.stopped_days, clock.due_day(3 * DAY)) == (2, 8)


def test_a_supplement_without_a_cut_off_gives_no_day_back() -> None:
    clock = _clock()
    clock.stop(DAY)
    clock.resume(DAY + 16 * HOUR, CUT_OFF)
    clock.stop(DAY + 17 * HOUR)
    clock.resume(DAY + 18 * HOUR, DAY)
    clock.stop(DAY + 19 * HOUR)
    clock.resume(2 * DAY, CUT_OFF)
    # Wednesday, once.
    assert (clock.covered_until, clock.stopped_days) == (2, 1)


def test_a_count_of_working_days_is_never_negative() -> None:
    clock = _clock()
    clock.stop(9 * HOUR)
    clock.resume(16 * HOUR, CUT_OFF)
    # The supplement counts as received on Tuesday, but the result is out on Monday evening.
    clock.close(16 * HOUR + 1)
    assert (clock.stopped_days, clock.working_days()) == (1, 0)


def test_a_stop_behind_the_result_changes_nothing() -> None:
    clock = _clock()
    clock.close(DAY + 9 * HOUR)
    clock.stop(7 * DAY)
    clock.resume(9 * DAY, CUT_OFF)
    assert clock.working_days() == 1
    clock.close(9 * DAY + HOUR)  # but a later result counts, and then the stop does
    assert clock.working_days() == 5


def test_a_result_while_the_clock_stands_still_counts_the_days_up_to_the_stop() -> None:
    clock = _clock()
    clock.stop(DAY)
    clock.close(3 * DAY + 9 * HOUR)
    assert clock.working_days() == 1


def _assert_same(a: LegalClock, b: LegalClock, at: int) -> None:
    for clock in (a, b):
        clock.close(at)
    seen = [
        (clock.depth, clock.stopped_days, clock.covered_until, clock.due_day(at), clock.closed_at)
        for clock in (a, b)
    ]
    assert seen[0] == seen[1]
    assert a.working_days() == b.working_days()


@given(st.integers(0, 20), st.integers(0, 23), st.integers(0, 10), st.integers(0, 23))
def test_a_stop_and_a_resumption_at_one_instant_commute(
    stop_day: int, hour: int, length: int, end_hour: int
) -> None:
    at = stop_day * DAY + hour * HOUR
    last = at + length * DAY + end_hour * HOUR
    clocks = (_clock(), _clock())
    for clock in clocks:
        clock.stop(9 * HOUR)
    clocks[0].stop(max(at, 9 * HOUR))
    clocks[0].resume(max(at, 9 * HOUR), CUT_OFF)
    clocks[1].resume(max(at, 9 * HOUR), CUT_OFF)
    clocks[1].stop(max(at, 9 * HOUR))
    for clock in clocks:
        clock.resume(max(last, 9 * HOUR), CUT_OFF)
    _assert_same(*clocks, max(last, 9 * HOUR) + DAY)


def test_clocks_that_differ_by_a_day_are_noticed() -> None:
    a, b = _clock(), _clock()
    for clock, end in ((a, 3 * DAY), (b, 4 * DAY)):
        clock.stop(DAY)
        clock.resume(end, CUT_OFF)
    with pytest.raises(AssertionError):
        _assert_same(a, b, 7 * DAY)
