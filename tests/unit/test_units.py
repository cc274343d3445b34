"""What people write of time, numbers and shares, and what is refused."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import ValueFault
from sim.units import (
    DAY,
    HOUR,
    MINUTE,
    NEVER,
    SECOND,
    WEEK,
    YEAR,
    Span,
    format_duration,
    parse_amount,
    parse_date,
    parse_datetime,
    parse_days,
    parse_hours,
    parse_number,
    parse_share,
    parse_span,
    parse_time_of_day,
)

SPANS = {
    "2 h 30 min": (9_000_000_000, False),
    "2h30min": (9_000_000_000, False),
    "30 min 2 h": (9_000_000_000, False),
    "10 min": (600_000_000, False),
    "1 minute": (60_000_000, False),
    "90 Minutes": (5_400_000_000, False),
    "1 200 min": (72_000_000_000, False),
    "45 s": (45_000_000, False),
    "0.5 sec": (500_000, False),
    "1.5 hours": (5_400_000_000, False),
    "3 days": (259_200_000_000, False),
    "1 d": (86_400_000_000, False),
    "8 weeks": (4_838_400_000_000, False),
    "1 year": (31_536_000_000_000, False),
    "0": (0, False),
    "0 min": (0, False),
    "4 wd": (4, True),
    "1.5 wd": (1.5, True),
    "0 wd": (0, True),
    "1 working day": (1, True),
    "3  working  days": (3, True),
    "1,5 h": (5_400_000_000, False),
    "0,125 h": (450_000_000, False),
    "45 giây": (45_000_000, False),
    "45 giay": (45_000_000, False),
    "20 phút": (1_200_000_000, False),
    "20 PHÚT": (1_200_000_000, False),
    "20phut": (1_200_000_000, False),
    "2 giờ 30 phút": (9_000_000_000, False),
    "2 gio 30 min": (9_000_000_000, False),
    "1,5 giờ": (5_400_000_000, False),
    "3 ngày": (259_200_000_000, False),
    "3 ngay": (259_200_000_000, False),
    "8 tuần": (4_838_400_000_000, False),
    "8 tuan": (4_838_400_000_000, False),
    "1 năm": (31_536_000_000_000, False),
    "1 nam": (31_536_000_000_000, False),
    "3 ngày làm việc": (3, True),
    "1,5 Ngày  Làm Việc": (1.5, True),
    "3 ngay lam viec": (3, True),
    unicodedata.normalize("NFD", "2 giờ 30 phút"): (9_000_000_000, False),
    unicodedata.normalize("NFD", "4 ngày làm việc"): (4, True),
}


def _assert_reads(text: object, amount: float, *, in_working_days: bool) -> None:
    assert parse_span(text) == Span(amount=amount, in_working_days=in_working_days)


@pytest.mark.parametrize("text", SPANS)
def test_a_span_reads_as_written(text: str) -> None:
    amount, in_working_days = SPANS[text]
    _assert_reads(text, amount, in_working_days=in_working_days)


@pytest.mark.parametrize("text", SPANS)
def test_a_span_read_wrongly_is_noticed(text: str) -> None:
    amount, in_working_days = SPANS[text]
    with pytest.raises(AssertionError):
        _assert_reads(text, amount + 1, in_working_days=in_working_days)
    with pytest.raises(AssertionError):
        _assert_reads(text, amount, in_working_days=not in_working_days)


def test_a_bare_zero_of_any_kind_is_a_span() -> None:
    assert parse_span(0) == parse_span(0.0) == parse_span("0") == parse_span("0 s")


def test_units_are_multiples_of_one_microsecond() -> None:
    assert (SECOND, MINUTE, HOUR) == (1_000_000, 60_000_000, 3_600_000_000)
    assert (DAY, WEEK, YEAR) == (86_400_000_000, 604_800_000_000, 31_536_000_000_000)
    assert NEVER == 4_611_686_018_427_387_904


def day_first(value: object) -> dt.date:
    return parse_date(value, day_first=True)


PARSERS: tuple[Callable[[object], object], ...] = (
    parse_span,
    parse_number,
    parse_amount,
    parse_share,
    parse_time_of_day,
    parse_hours,
    parse_date,
    day_first,
    parse_datetime,
)

REFUSED: list[tuple[Callable[[object], object], object, str, str]] = [
    (parse_span, "10", "'10' has no unit", "10 min"),
    (parse_span, 10, "'10' has no unit", "10 min"),
    (parse_span, 2.5, "'2.5' has no unit", "2.5 min"),
    (parse_span, "3 months", "'3 months': a month has no fixed length", "30 days"),
    (parse_span, "1 wd 2 h", "'1 wd 2 h' mixes working days with clock time", "1.5 wd"),
    (parse_span, "2 h 1 wd", "mixes working days", "1.5 wd"),
    (parse_span, "5 fortnights", "unknown unit 'fortnights'", "week"),
    (parse_span, "2 h 3 h", "gives 'h' twice", "each unit once"),
    (parse_span, "2 wd 3 working days", "gives 'working days' twice", "each unit once"),
    (parse_span, "-5 min", "'-5 min' is negative", "10 min"),
    (parse_span, -5, "'-5' is negative", "10 min"),
    (parse_span, "1,500 h", "'1,500' can be 1500 or 1.5", "Write 1500 or 1.5."),
    (parse_span, "3 tháng", "'3 tháng': a month has no fixed length", "30 days"),
    (parse_span, "3 thang", "'3 thang': a month has no fixed length", "22 wd"),
    (parse_span, "2 ngày làm việc 3 giờ", "mixes working days with clock time", "1.5 wd"),
    (parse_span, "2 giờ 3 h", "gives 'h' twice", "each unit once"),
    (parse_span, "3 ngày làm", "'3 ngày làm' is no length of time", "3 days"),
    (parse_span, "5 phủt", "unknown unit 'phủt'", "min (phút)"),
    (parse_span, "5 phút rưỡi", "'5 phút rưỡi' is no length of time", "10 min"),
    (parse_span, "2 h 30", "'2 h 30' is no length of time", "2 h 30 min"),
    (parse_span, "2 h, 30 min", "'2 h, 30 min' is no length of time", "2 h 30 min"),
    (parse_span, "soon", "'soon' is no length of time", "2 h 30 min"),
    (parse_span, "", "'' is no length of time", "2 h 30 min"),
    (parse_span, None, "'None' is no length of time", "2 h 30 min"),
    (parse_span, True, "'True' is no length of time", "2 h 30 min"),
    (parse_span, "999999 years", "is no length of time", "100 000 years"),
    (parse_number, "1,234", "'1,234' can be 1234 or 1.234", "Write 1234 or 1.2340."),
    (parse_number, "-3,600", "'-3,600' can be -3600 or -3.6", "Write -3600 or -3.6."),
    (parse_number, "2,000", "'2,000' can be 2000 or 2", "Write 2000 or 2."),
    (parse_number, "1,234,567", "'1,234,567' parts thousands with commas", "Write 1234567."),
    (parse_number, "1.234.567", "'1.234.567' parts thousands with points", "Write 1234567."),
    (parse_number, "1.234,5", "'1.234,5' parts thousands with points", "Write 1234.5."),
    (parse_number, "1,234.5", "'1,234.5' parts thousands with commas", "Write 1234.5."),
    (parse_number, "1,2,3", "'1,2,3' is no number", "2300"),
    (parse_amount, "1.200", "'1.200' can be 1200 or 1.2", "Write 1200 or 1.2."),
    (parse_amount, "1.125", "'1.125' can be 1125 or 1.125", "Write 1125 or 1.1250."),
    (parse_amount, "12,345", "'12,345' can be 12345 or 12.345", "Write 12345 or 12.3450."),
    (parse_number, "12 34", "'12 34' is no number", "2300"),
    (parse_number, "nan", "'nan' is no number", "2300"),
    (parse_number, float("nan"), "'nan' is not a finite number", "2300"),
    (parse_number, float("inf"), "'inf' is not a finite number", "2300"),
    (parse_number, 10**400, "is not a finite number", "2300"),
    (parse_number, "1e999", "'1e999' is not a finite number", "2300"),
    (parse_number, True, "'True' is no number", "2300"),
    (parse_number, [1], "'[1]' is no number", "2300"),
    (parse_number, {"2024-01-01": 1}, "values by date, where one number belongs", "one number"),
    (parse_share, 47.8, "'47.8' is no share", "47.8 %"),
    (parse_share, 1000, "'1000' is no share", "from 0 to 1"),
    (parse_share, "120 %", "'120 %' is no share", "100 %"),
    (parse_share, "-1 %", "'-1 %' is no share", "0 %"),
    (parse_share, -0.1, "'-0.1' is no share", "from 0 to 1"),
    (parse_share, "rest", "'rest' is no number", "0.5"),
    (parse_time_of_day, "24:01", "'24:01' is no time of day", "24:00"),
    (parse_time_of_day, "12:60", "'12:60' is no time of day", "24:00"),
    (parse_time_of_day, "7h30", "'7h30' is no time of day", "07:30"),
    (parse_time_of_day, 450, "'450' is no time of day", "07:30"),
    (parse_hours, "11:30-07:30", "closes before it opens", "22:00-24:00"),
    (parse_hours, "07:30-07:30", "closes before it opens", "22:00-24:00"),
    (parse_hours, "07:30", "'07:30' is no pair of times", "07:30-11:30"),
    (parse_hours, "07:30-noon", "'noon' is no time of day", "07:30"),
    (parse_hours, 730, "'730' is no pair of times", "07:30-11:30"),
    (parse_date, "2025-02-30", "'2025-02-30' is no date: day", "2025-01-06"),
    (
        parse_date,
        "03/04/2025",
        "'03/04/2025' can be 3 April or 4 March 2025",
        "Write 2025-04-03 or 2025-03-04, or say `dates: day first`",
    ),
    (
        parse_date,
        "13/04/2025",
        "'13/04/2025' does not begin with the year",
        "Write 2025-04-13, or say `dates: day first`",
    ),
    (parse_date, "4.4.2025", "'4.4.2025' does not begin with the year", "Write 2025-04-04, or"),
    (parse_date, "04/13/2025", "no date that begins with the year", "Write 2025-04-13."),
    (parse_date, "31/02/2025", "no date that begins with the year", "Write for example 2025-01-06"),
    (parse_date, "03/04/25", "'03/04/25' is no date", "2025-01-06"),
    (day_first, "04/13/2025", "'04/13/2025' is no date: month", "2025-01-06"),
    (day_first, "03/04-2025", "'03/04-2025' is no date", "2025-01-06"),
    (parse_date, dt.datetime(2025, 1, 6, 8), "is no date", "2025-01-06"),
    (parse_datetime, "2025-01-06", "no date with a time of day", "08:00"),
    (parse_datetime, dt.datetime(2025, 1, 6, tzinfo=dt.UTC), "has a time zone", "local"),
    (parse_datetime, "2025-03-03T08:15:30.250+07:00", "has a time zone", "2025-03-03 08:00"),
    (parse_datetime, "2025-03-03T08:15:30Z", "has a time zone", "Write local time, without it"),
    (parse_datetime, "2025-03-03 08:15 -0700", "has a time zone", "Write local time, without it"),
    (parse_datetime, "2025-03-03 08:15:30.1234567", "finer than a microsecond", "six digits"),
    (parse_datetime, "2025-03-03 08:15 AM", "'08:15 AM' is no time of day", "07:30"),
    (parse_datetime, "03/04/2025 08:15", "can be 3 April or 4 March 2025", "2025-04-03"),
    (parse_datetime, "9999-12-31 24:00", "is beyond the calendar", "2025-01-06"),
    (parse_datetime, 20250106, "no date with a time of day", "08:00"),
]


def _assert_refuses(
    parse: Callable[[object], object], value: object, message: str, way_out: str
) -> None:
    with pytest.raises(ValueFault) as caught:
        parse(value)
    assert message in caught.value.message
    assert way_out in caught.value.way_out


@pytest.mark.parametrize(("parse", "value", "message", "way_out"), REFUSED)
def test_a_value_that_needs_a_guess_is_refused_with_a_way_out(
    parse: Callable[[object], object], value: object, message: str, way_out: str
) -> None:
    _assert_refuses(parse, value, message, way_out)


@pytest.mark.parametrize(("parse", "value", "message", "way_out"), REFUSED)
def test_a_refusal_in_other_words_is_noticed(
    parse: Callable[[object], object], value: object, message: str, way_out: str
) -> None:
    with pytest.raises(AssertionError):
        _assert_refuses(parse, value, message + " at all", way_out)
    with pytest.raises(AssertionError):
        _assert_refuses(parse, value, message, way_out + " or so")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("2 300", 2300.0),
        ("45 000", 45000.0),
        ("1\u2009234.5", 1234.5),
        ("1\u00a0234\u202f567", 1234567.0),
        ("-3", -3.0),
        ("\u22123.5", -3.5),
        ("1e3", 1000.0),
        ("1,5", 1.5),
        ("0,125", 0.125),
        ("1234,567", 1234.567),
        ("2 300,5", 2300.5),
        ("1.200", 1.2),
        (7, 7.0),
        (0.25, 0.25),
    ],
)
def test_a_number_reads_with_blanks_between_thousands(value: object, number: float) -> None:
    assert parse_number(value) == number


@pytest.mark.parametrize(
    ("value", "share"),
    [
        ("47.8 %", 0.478),
        ("47,8 %", 0.478),
        ("47.8%", 0.478),
        ("0,478", 0.478),
        (0.478, 0.478),
        ("0.478", 0.478),
        ("100 %", 1.0),
        (0, 0),
    ],
)
def test_a_share_reads_in_per_cent_or_bare(value: object, share: float) -> None:
    assert parse_share(value) == share


def test_a_time_of_day_counts_from_midnight_up_to_24_00() -> None:
    assert parse_time_of_day("07:30") == parse_time_of_day("7:30") == 27_000_000_000
    assert parse_time_of_day("00:00") == 0
    assert parse_time_of_day("24:00") == DAY
    assert parse_time_of_day("08:15:30.250") == 8 * HOUR + 15 * MINUTE + 30_250_000
    assert parse_time_of_day("08:15:30,25000000") == 8 * HOUR + 15 * MINUTE + 30_250_000
    assert parse_time_of_day("08:00:05") == 8 * HOUR + 5 * SECOND
    assert parse_time_of_day(dt.time(15, 0)) == 15 * HOUR


def test_hours_read_with_a_hyphen_or_a_dash() -> None:
    expected = (27_000_000_000, 41_400_000_000)
    assert parse_hours("07:30-11:30") == expected
    assert parse_hours("7:30 \u2013 11:30") == expected


def test_dates_read_from_text_or_pass_through() -> None:
    assert parse_date("2025-01-06") == parse_date(dt.date(2025, 1, 6)) == dt.date(2025, 1, 6)
    morning = dt.datetime(2025, 1, 6, 8)
    assert parse_datetime("2025-01-06 08:00") == parse_datetime("2025-01-06T08:00") == morning
    assert parse_datetime(morning) == morning
    assert parse_datetime("2025-01-06T08:00:00.000001").microsecond == 1
    assert parse_datetime("2025-01-06 24:00") == dt.datetime(2025, 1, 7)


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (0, "0 min"),
        (45 * SECOND, "45 s"),
        (150 * MINUTE, "2 h 30 min"),
        (76 * HOUR, "3 d 4 h"),
        (DAY + SECOND, "1 d 1 s"),
        (60 * SECOND - 1, "1 min"),
        (499_999, "0 min"),
        (-90 * SECOND, "-1 min 30 s"),
        (NEVER, "never"),
    ],
)
def test_a_duration_is_written_for_reading(microseconds: int, text: str) -> None:
    assert format_duration(microseconds) == text


@given(st.integers(min_value=0, max_value=200 * 365 * 86_400))
def test_a_written_duration_reads_back(seconds: int) -> None:
    assert parse_span(format_duration(seconds * SECOND)).amount == seconds * SECOND


@given(st.text(max_size=20))
def test_any_text_reads_or_is_refused_but_never_breaks(text: str) -> None:
    faults = []
    for parse in PARSERS:
        try:
            parse(text)
        except ValueFault as fault:
            faults.append(fault)
    assert all(fault.message and fault.way_out for fault in faults)


DAYS = {
    "mon-fri": (0, 1, 2, 3, 4),
    "tue thu": (1, 3),
    "T2-T6": (0, 1, 2, 3, 4),
    "t2 \u2013 t6": (0, 1, 2, 3, 4),
    "T3 T5": (1, 3),
    "T3, T5,CN": (1, 3, 6),
    "T7-CN": (5, 6),
    "thứ hai - thứ sáu": (0, 1, 2, 3, 4),
    "Thứ Tư": (2,),
    "thứ năm, chủ nhật": (3, 6),
    "thứ 7": (5,),
    "thu hai-thu bay": (0, 1, 2, 3, 4, 5),
    "thu": (3,),
    "thu thu hai": (3, 0),
    "tue thu sat": (1, 3, 5),
    "chu nhat": (6,),
    unicodedata.normalize("NFD", "thứ ba chủ nhật"): (1, 6),
}


@pytest.mark.parametrize("text", DAYS)
def test_weekdays_read_in_both_languages(text: str) -> None:
    assert parse_days(text) == DAYS[text]
    assert parse_days(text) != parse_days("wed T4")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("T8", "'T8' is no weekday"),
        ("T2-", "'T2-' is no weekday"),
        ("T2-T6-T7", "'T2-T6-T7' is no weekday"),
        ("monday", "'monday' is no weekday"),
        ("thứ tám", "'thứ' is no weekday"),
        ("CN-T7", "'CN-T7' runs backwards"),
    ],
)
def test_what_is_no_weekday_is_refused_in_both_languages(text: str, message: str) -> None:
    with pytest.raises(ValueFault) as caught:
        parse_days(text)
    assert caught.value.message == message
    assert "T2" in caught.value.way_out


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("03/04/2025", dt.date(2025, 4, 3)),
        ("3/4/2025", dt.date(2025, 4, 3)),
        ("13-04-2025", dt.date(2025, 4, 13)),
        ("13.04.2025", dt.date(2025, 4, 13)),
        ("2025-04-03", dt.date(2025, 4, 3)),
    ],
)
def test_dates_that_are_declared_to_be_day_first_read_so(text: str, date: dt.date) -> None:
    assert parse_date(text, day_first=True) == date
    moment = parse_datetime(f"{text} 08:10", day_first=True)
    assert moment == dt.datetime(date.year, date.month, date.day, 8, 10)
    assert parse_date(text, day_first=True) != dt.date(2025, 3, 4)
