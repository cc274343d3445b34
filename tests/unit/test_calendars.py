"""Calendars against hand-drawn weeks and against a slow count, instant by instant."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.calendars import (
    Calendar,
    always_open,
    build,
    intersection,
    share_of,
    without,
)
from sim.errors import ValueFault
from sim.language import speaking
from sim.public_holidays import (
    ANNOUNCED,
    KEPT,
    SWAPS,
    Holidays,
    Swap,
    public_holidays,
    text_to_keep,
)
from sim.units import DAY, HOUR, NEVER, parse_hours

MORNING = parse_hours("07:30-11:30")
AFTERNOON = parse_hours("13:00-17:00")
OFFICE_WEEK = dict.fromkeys(range(5), (MORNING, AFTERNOON))
MONDAY = dt.date(2025, 1, 6)

TWO_SHIFTS = Calendar(name="two shifts", opens=(-10, 5), closes=(-4, 8))


def _office(first_day: int = 0, last_day: int = 13) -> Calendar:
    return build("office", start=MONDAY, first_day=first_day, last_day=last_day, weekly=OFFICE_WEEK)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Draw a calendar of up to six short intervals between -30 and 30."""
    ends = sorted(draw(st.sets(st.integers(-30, 30), max_size=12)))
    pairs = list(zip(ends[::2], ends[1::2], strict=False))
    return Calendar(
        name="drawn",
        opens=tuple(opening for opening, _ in pairs),
        closes=tuple(closing for _, closing in pairs),
    )


INSTANTS = st.integers(-40, 40)


def _open_instants(calendar: Calendar) -> set[int]:
    pairs = zip(calendar.opens, calendar.closes, strict=True)
    return {t for opening, closing in pairs for t in range(opening, closing)}


def test_an_interval_is_closed_on_the_left_and_open_on_the_right() -> None:
    assert [TWO_SHIFTS.is_open(t) for t in (-11, -10, -5, -4, 4, 5, 7, 8)] == [
        False,
        True,
        True,
        False,
        False,
        True,
        True,
        False,
    ]


def test_the_next_opening_is_now_when_open_and_never_past_the_end() -> None:
    assert [TWO_SHIFTS.next_open(t) for t in (-99, -10, -7, -4, 0, 7, 8)] == [
        -10,
        -10,
        -7,
        5,
        5,
        7,
        NEVER,
    ]


def test_closes_after_gives_the_closing_of_the_interval_at_hand() -> None:
    assert TWO_SHIFTS.closes_after(-10) == -4
    assert TWO_SHIFTS.closes_after(7) == 8
    with pytest.raises(ValueError, match="closed at 0"):
        TWO_SHIFTS.closes_after(0)


def test_open_time_passes_only_while_open() -> None:
    assert TWO_SHIFTS.passed == (0, 6)
    at = np.array([99, -11, -10, -7, -4, 0, 6, 8])
    assert TWO_SHIFTS.open_until(at).tolist() == [9, 0, 0, 3, 6, 6, 7, 9]
    assert TWO_SHIFTS.open_until(at[:0]).tolist() == []
    assert TWO_SHIFTS.open_between(-7, 6) == 4
    assert TWO_SHIFTS.open_between(6, -7) == -4


def test_added_open_time_ends_at_closing_and_goes_on_at_the_next_opening() -> None:
    assert TWO_SHIFTS.add_open(-7, 3) == -4
    assert TWO_SHIFTS.add_open(-7, 4) == 6
    assert TWO_SHIFTS.add_open(0, 3) == 8
    assert TWO_SHIFTS.add_open(0, 4) == NEVER
    assert TWO_SHIFTS.add_open(NEVER, 1) == NEVER


def test_no_open_time_is_added_in_no_time_even_while_closed() -> None:
    assert TWO_SHIFTS.add_open(0, 0) == 0
    with pytest.raises(ValueError, match="cannot add"):
        TWO_SHIFTS.add_open(0, -1)


def test_an_empty_calendar_never_opens() -> None:
    empty = Calendar(name="empty", opens=(), closes=())
    assert not empty.is_open(0)
    assert empty.next_open(0) == empty.add_open(0, 1) == NEVER
    assert empty.open_until(np.array([-99, 99])).tolist() == [0, 0]


def test_a_calendar_that_is_always_open_counts_time_as_it_is() -> None:
    always = always_open()
    assert always.is_open(-DAY)
    assert always.add_open(-DAY, 3 * DAY) == 2 * DAY
    assert always.open_between(-DAY, DAY) == 2 * DAY


@pytest.mark.parametrize(
    ("opens", "closes"),
    [((0,), (0,)), ((5, 0), (8, 3)), ((0, 3), (3, 5)), ((0, 2), (3, 5)), ((0,), ())],
)
def test_intervals_that_are_empty_unsorted_touching_or_overlapping_are_refused(
    opens: tuple[int, ...], closes: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match="out of order"):
        Calendar(name="wrong", opens=opens, closes=closes)


def _assert_agrees_with_a_slow_count(calendar: Calendar, is_open: set[int], a: int, b: int) -> None:
    assert calendar.is_open(a) == (a in is_open)
    assert calendar.next_open(a) == min((t for t in is_open if t >= a), default=NEVER)
    assert calendar.open_between(a, b) == sum(t in is_open for t in range(a, b)) - sum(
        t in is_open for t in range(b, a)
    )


@given(calendars(), INSTANTS, INSTANTS)
def test_a_calendar_agrees_with_a_slow_count(calendar: Calendar, a: int, b: int) -> None:
    _assert_agrees_with_a_slow_count(calendar, _open_instants(calendar), a, b)


def _assert_passes(calendar: Calendar, is_open: set[int], at: list[int]) -> None:
    found = calendar.open_until(np.array(at, np.int64))
    assert found.dtype == np.int64
    assert found.tolist() == [sum(u < t for u in is_open) for t in at]


@given(calendars(), st.lists(INSTANTS))
def test_open_time_before_many_instants_agrees_with_a_slow_count(
    calendar: Calendar, at: list[int]
) -> None:
    _assert_passes(calendar, _open_instants(calendar), at)


def test_a_calendar_that_disagrees_with_the_slow_count_is_noticed() -> None:
    for wrong in (_open_instants(TWO_SHIFTS) | {0}, _open_instants(TWO_SHIFTS) - {5}):
        with pytest.raises(AssertionError):
            _assert_agrees_with_a_slow_count(TWO_SHIFTS, wrong, -4, 7)
        with pytest.raises(AssertionError):
            _assert_passes(TWO_SHIFTS, wrong, [-4, 7])


@given(calendars(), INSTANTS, st.integers(1, 70))
def test_adding_open_time_is_the_inverse_of_measuring_it(
    calendar: Calendar, t: int, w: int
) -> None:
    end = calendar.add_open(t, w)
    slow = next((u for u in range(t, t + 200) if calendar.open_between(t, u) == w), NEVER)
    assert end == slow
    if end < NEVER:
        assert calendar.open_between(t, end) == w
        # The earliest such instant: the moment before it was open.
        assert calendar.is_open(end - 1)


@given(calendars(), INSTANTS)
def test_an_open_calendar_stays_open_until_it_closes(calendar: Calendar, t: int) -> None:
    if calendar.is_open(t):
        end = calendar.closes_after(t)
        assert not calendar.is_open(end)
        assert calendar.open_between(t, end) == end - t


@given(calendars(), calendars())
def test_an_intersection_is_open_where_both_are(a: Calendar, b: Calendar) -> None:
    both = intersection(a, b, "both")
    assert _open_instants(both) == _open_instants(a) & _open_instants(b)
    assert both.name == "both"


@given(calendars(), st.lists(st.tuples(st.integers(-35, 35), st.integers(-35, 35)), max_size=4))
def test_what_is_taken_away_is_closed(a: Calendar, taken: list[tuple[int, int]]) -> None:
    gone = {t for since, to in taken for t in range(since, to)}
    assert _open_instants(without(a, taken)) == _open_instants(a) - gone


def test_arrays_hold_what_the_tuples_hold() -> None:
    opens, closes, passed = TWO_SHIFTS.arrays()
    assert {opens.dtype, closes.dtype, passed.dtype} == {np.dtype(np.int64)}
    assert (opens.tolist(), closes.tolist(), passed.tolist()) == ([-10, 5], [-4, 8], [0, 6])


def test_an_office_week_has_ten_half_days_of_four_hours() -> None:
    office = _office(last_day=6)
    assert len(office.opens) == 10
    assert office.open_between(0, 7 * DAY) == 40 * HOUR
    assert office.opens[0] == MORNING[0]
    assert office.closes[-1] == 4 * DAY + AFTERNOON[1]


def test_days_before_the_start_are_negative() -> None:
    # Day -3 is the Friday before; the weekend between is closed.
    office = _office(first_day=-3, last_day=0)
    assert office.opens[0] == -3 * DAY + MORNING[0]
    assert office.next_open(-2 * DAY) == MORNING[0]


def test_extra_hours_win_over_days_off_and_closures_over_all() -> None:
    office = build(
        "office",
        start=MONDAY,
        first_day=0,
        last_day=5,
        weekly=OFFICE_WEEK,
        days_off={MONDAY, MONDAY + dt.timedelta(days=1)},
        extra={MONDAY: (MORNING,), MONDAY + dt.timedelta(days=5): (AFTERNOON,)},
        closures=[(2 * DAY, 4 * DAY + 8 * HOUR)],
    )
    assert list(zip(office.opens, office.closes, strict=True)) == [
        MORNING,
        (4 * DAY + 8 * HOUR, 4 * DAY + MORNING[1]),
        (4 * DAY + AFTERNOON[0], 4 * DAY + AFTERNOON[1]),
        (5 * DAY + AFTERNOON[0], 5 * DAY + AFTERNOON[1]),
    ]


def test_hours_that_meet_at_midnight_are_one_interval() -> None:
    night = {0: ((22 * HOUR, DAY),), 1: ((0, 6 * HOUR),)}
    shift = build("night", start=MONDAY, first_day=0, last_day=6, weekly=night)
    assert (shift.opens, shift.closes) == ((22 * HOUR,), (30 * HOUR,))


def test_a_share_of_half_days_is_spread_evenly_and_shifted_by_the_offset() -> None:
    office = _office(last_day=4)
    kept = [
        [office.opens.index(opening) for opening in share_of(office, 2, 5, offset, "part").opens]
        for offset in (0, 1)
    ]
    # (k + offset) * 2 mod 5 < 2, by hand: 0 2 4 1 3 | 0 2 4 1 3.
    assert kept == [[0, 3, 5, 8], [2, 4, 7, 9]]


@given(st.integers(1, 12), st.integers(0, 12), st.integers(-20, 20))
def test_a_share_is_exact_over_its_denominator(denominator: int, n: int, offset: int) -> None:
    numerator = min(n, denominator)
    calendar = Calendar(name="ticks", opens=tuple(range(0, 96, 2)), closes=tuple(range(1, 97, 2)))
    kept = share_of(calendar, numerator, denominator, offset, "part")
    windows = [
        sum(2 * k <= opening < 2 * (k + denominator) for opening in kept.opens)
        for k in range(48 - denominator)
    ]
    assert set(windows) <= {numerator}
    gaps = {(b - a) // 2 for a, b in pairwise(kept.opens)}
    assert not gaps or max(gaps) - min(gaps) <= 1


def test_a_share_above_one_is_refused() -> None:
    with pytest.raises(ValueError, match="3/2"):
        share_of(TWO_SHIFTS, 3, 2, 0, "wrong")


def _assert_off(found: Holidays, date: str, *, off: bool) -> None:
    assert (dt.date.fromisoformat(date) in found.dates_off()) == off


# Decisions on public holidays: Tet 2025 from 25 January to 2 February; 2 May 2025 swapped for
# Saturday 26 April; 29 April 2024 swapped for Saturday 4 May.
VIETNAM = {
    "2025-01-24": False,
    "2025-01-27": True,
    "2025-01-31": True,
    "2025-02-03": False,
    "2025-05-02": True,
    "2025-09-01": True,
    "2024-04-29": True,
    "2024-05-02": False,
}


@pytest.mark.parametrize("date", VIETNAM)
def test_vietnam_takes_its_public_holidays_off(date: str) -> None:
    found = public_holidays("VN", (2024, 2025))
    _assert_off(found, date, off=VIETNAM[date])
    with pytest.raises(AssertionError):
        _assert_off(found, date, off=not VIETNAM[date])


def test_a_saturday_worked_for_a_day_off_names_that_day_off() -> None:
    found = public_holidays("VN", (2024, 2025))
    assert [date.isoformat() for date, _ in found.working_saturdays] == ["2024-05-04", "2025-04-26"]
    names = dict(found.days_off)
    assert found.working_saturdays[0][1] == names[dt.date(2024, 4, 29)]
    assert found.working_saturdays[1][1] == names[dt.date(2025, 5, 2)]


def test_a_swap_that_the_library_does_not_know_is_added() -> None:
    found = public_holidays("VN", (2026,))
    day_off, worked_on = dt.date(2026, 1, 2), dt.date(2026, 1, 10)
    assert dict(found.days_off)[day_off] == "Ngày nghỉ (thay cho ngày 10/01/2026)"
    assert dict(found.working_saturdays)[worked_on] == dict(found.days_off)[day_off]
    assert [date for date, _ in found.days_off] == sorted({date for date, _ in found.days_off})
    # The swap of 31 August for 22 August, which the library knows, stands there once.
    assert [date.isoformat() for date, _ in found.working_saturdays] == ["2026-01-10", "2026-08-22"]


def test_a_swap_that_the_library_knows_too_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = public_holidays("VN", (2025,))
    (other,) = SWAPS["VN"]
    day_off, worked_on = dt.date(2025, 5, 2), dt.date(2025, 4, 26)
    known = replace(other, day_off=day_off, worked_on=worked_on, name="other")
    monkeypatch.setitem(SWAPS, "VN", (known,))
    assert public_holidays("VN", (2025,)) == before
    monkeypatch.setitem(SWAPS, "VN", (replace(known, day_off=dt.date(2025, 5, 5)),))
    assert public_holidays("VN", (2025,)) != before  # twin


@pytest.mark.parametrize("swap", SWAPS["VN"], ids=lambda swap: swap.day_off.isoformat())
def test_an_official_swap_is_of_a_working_day_and_a_day_on_the_weekend(swap: Swap) -> None:
    assert swap.day_off.weekday() < 5 <= swap.worked_on.weekday()
    assert f"{swap.worked_on:%d/%m/%Y}" in swap.name
    assert swap.source
    assert swap.day_off.year <= ANNOUNCED["VN"].last_year


def test_holidays_say_which_years_are_announced_and_which_projected() -> None:
    found = public_holidays("VN", (2026, 2027, 2028))
    plain = found.as_dict()
    assert plain["announced_until"] == 2026
    assert plain["announced_by"] == ANNOUNCED["VN"].source
    assert found.standing(2025, 2026) == f"as announced ({found.announced_by})"
    assert found.standing(2026, 2027).endswith("; 2027 projected, swaps may follow")
    assert found.standing(2026, 2028).endswith("; 2027 to 2028 projected, swaps may follow")
    assert found.standing(2029, 2029).endswith("; 2029 projected, swaps may follow")
    abroad = public_holidays("TH", (2026,))
    assert abroad.standing(2026, 2026).endswith("not checked")
    with speaking("vi"):
        assert found.standing(2025, 2026).startswith("theo thông báo (Văn phòng Chính phủ, ngày 13")
        assert "năm 2027 đến 2028 là dự kiến" in found.standing(2026, 2028)
        assert abroad.standing(2026, 2026).endswith("chưa kiểm tra")
        assert found.as_dict() == plain


def test_a_saturday_in_december_worked_for_january_is_found_in_its_own_year() -> None:
    found = public_holidays("VN", (2014,))
    assert dt.date(2014, 12, 27) in dict(found.working_saturdays)
    assert dict(found.working_saturdays)[dt.date(2014, 12, 27)]
    assert {date.year for date, _ in found.days_off} == {2014}


def test_holidays_are_named_alike_on_every_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    names = []
    for language in ("en_US.UTF-8", "vi_VN.UTF-8"):
        monkeypatch.setenv("LANGUAGE", language)
        names.append(public_holidays("VN", (2025,)))
    assert names[0] == names[1]
    assert dict(names[0].days_off)[dt.date(2025, 9, 2)] == "Quốc khánh"


def test_holidays_go_into_a_result_as_plain_data() -> None:
    plain = public_holidays("VN", (2025,)).as_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["country"] == "VN"
    assert plain["library_version"]


def test_a_working_saturday_has_the_hours_of_monday_unless_saturday_has_its_own() -> None:
    found = public_holidays("VN", (2025,))
    saturday = dt.date(2025, 4, 26)
    assert found.hours_of_working_saturdays(OFFICE_WEEK) == {saturday: (MORNING, AFTERNOON)}
    with_saturdays = {**OFFICE_WEEK, 5: (MORNING,)}
    assert found.hours_of_working_saturdays(with_saturdays) == {saturday: (MORNING,)}


def test_the_holidays_kept_are_what_the_library_says() -> None:
    # Another version of the library? `make holidays` asks it.
    kept = KEPT.read_text(encoding="utf-8")
    assert kept == text_to_keep()
    assert kept.replace('"2025-09-02"', '"2025-09-03"') != text_to_keep()


@pytest.mark.parametrize("years", [(2025,), (2014, 2015), (1999,), (2050, 2051)])
def test_holidays_are_the_same_whether_kept_or_asked_for(
    years: tuple[int, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = public_holidays("VN", years)
    monkeypatch.setattr("sim.public_holidays.KEPT", other_version := tmp_path / "kept.json")
    other_version.write_text(_kept_wrongly(library_version="0.1"), encoding="utf-8")
    assert public_holidays("VN", years) == found


def test_holidays_kept_count_for_their_version_and_years_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sim.public_holidays.KEPT", wrong := tmp_path / "kept.json")
    wrong.write_text(_kept_wrongly(), encoding="utf-8")
    assert public_holidays("VN", (2025,)).days_off == ()
    assert public_holidays("VN", (2050, 2051)).days_off
    assert public_holidays("TH", (2025,)).days_off
    wrong.write_text(_kept_wrongly(library_version="0.1"), encoding="utf-8")
    assert public_holidays("VN", (2025,)).days_off


def _kept_wrongly(**other: str) -> str:
    """The file of the holidays kept, without any."""
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    return json.dumps(kept | {"days_off": {}, "working_saturdays": {}} | other)


def test_a_country_without_known_holidays_is_refused() -> None:
    with pytest.raises(ValueFault, match="'XX'") as caught:
        public_holidays("XX", (2025,))
    assert "VN" in caught.value.way_out


def test_days_open_are_the_days_with_some_open_time() -> None:
    office = _office()
    assert office.days_open(0, 14 * DAY) == 10
    assert office.days_open(0, 7 * DAY) == 5
    # From Monday noon on: the afternoon; up to Tuesday's opening: nothing of it.
    assert office.days_open(12 * HOUR, DAY + 7 * HOUR) == 1
    assert office.days_open(0, DAY + 8 * HOUR) == 2
    assert office.days_open(5 * DAY, 7 * DAY) == 0
    assert always_open().days_open(0, 14 * DAY) == 14
    with pytest.raises(AssertionError):  # half-days counted
        assert office.days_open(0, 14 * DAY) == 20
