"""Reads and writes what people say of time, numbers and shares: "2 h 30 min", "4 wd", "47.8 %".

It refuses to guess: a bare number has no unit, a month has no length, and a comma may be a
decimal or a thousands sign.

Time is a whole number of microseconds since midnight of the scenario's start date, local time
(rule T1).
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import Final

from sim.errors import ValueFault

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
WEEK: Final = 7 * DAY
YEAR: Final = 365 * DAY

NEVER: Final = 2**62
"""An instant that does not come: beyond the calendar, or never."""

_CLOCK_UNITS: Final = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), SECOND),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), MINUTE),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), HOUR),
    **dict.fromkeys(("d", "day", "days"), DAY),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), WEEK),
    **dict.fromkeys(("y", "yr", "yrs", "year", "years"), YEAR),
}
_WORKING_DAY: Final = frozenset({"wd", "wds", "working day", "working days"})
_MONTH: Final = frozenset({"mo", "mon", "month", "months"})

# Blank, no-break, figure, thin and narrow no-break space: all part thousands in print.
_BLANKS: Final = " \u00a0\u2007\u2009\u202f"
_DIGITS: Final = rf"(?:[0-9]{{1,3}}(?:[{_BLANKS}][0-9]{{3}})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
_NUMBER: Final = re.compile(rf"[+\-\u2212]?{_DIGITS}(?:[eE][+-]?[0-9]+)?")
_SPAN_PART: Final = re.compile(rf"\s*({_DIGITS})\s*(working\s+days?|[^\W\d_]+)\s*", re.IGNORECASE)
_TIME_OF_DAY: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_HOURS: Final = re.compile("\\s*[-\u2013]\\s*")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_WRITE_A_SPAN: Final = "Write for example 10 min, 2 h 30 min, 3 days or 4 wd."


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A length of time: of the clock, or of working days.

    Parameters
    ----------
    amount
        Microseconds, or working days where ``in_working_days``; not negative.
    in_working_days
        Whether the length is counted in working days (rule L3).
    """

    amount: float
    in_working_days: bool

    def __post_init__(self) -> None:
        # Also false for nan.
        if not 0 <= self.amount < NEVER:
            raise ValueFault(
                f"{self.amount} is no length of time",
                way_out="Give a length that is not negative and ends within 100 000 years.",
            )


def parse_span(text: object) -> Span:
    """Read a length of time such as ``2 h 30 min``, ``8 weeks`` or ``4 wd``.

    Parameters
    ----------
    text
        Numbers with units: s, min, h, d, week, year (365 days) or wd (working days), singular,
        plural or abbreviated, each unit at most once. A bare 0 needs no unit.

    Returns
    -------
    Span
        In microseconds, or in working days.

    Raises
    ------
    ValueFault
        No unit, an unknown one, a month, a comma, or working days mixed with the clock.
    """
    found = _quoted(text)
    if isinstance(text, int | float) and not isinstance(text, bool):
        text = str(text)
    if not isinstance(text, str):
        raise ValueFault(f"{found} is no length of time", way_out=_WRITE_A_SPAN)
    if _NUMBER.fullmatch(text.strip()):
        number = parse_number(text)
        if number == 0:
            return Span(amount=0.0, in_working_days=False)
        if number < 0:
            raise ValueFault(f"{found} is negative", way_out=_WRITE_A_SPAN)
        raise ValueFault(f"{found} has no unit", way_out=f"Give a unit, e.g. {text.strip()} min.")
    _refuse_comma(text, found)
    if text.lstrip()[:1] in ("-", "\u2212"):
        raise ValueFault(f"{found} is negative", way_out=_WRITE_A_SPAN)
    return _sum_of_parts(text, found)


def _sum_of_parts(text: str, found: str) -> Span:
    clock: dict[int, float] = {}
    working_days: float | None = None
    at = 0
    while at < len(text):
        part = _SPAN_PART.match(text, at)
        if part is None:
            break
        at = part.end()
        number = parse_number(part[1])
        unit = " ".join(part[2].lower().split())
        if unit in _MONTH:
            raise ValueFault(
                f"{found}: a month has no fixed length",
                way_out="Write days, weeks or working days, e.g. 30 days or 22 wd.",
            )
        size = _CLOCK_UNITS.get(unit)
        if size is None and unit not in _WORKING_DAY:
            raise ValueFault(
                f"{found}: unknown unit {part[2]!r}",
                way_out="Use s, min, h, d, week, year, or wd for working days.",
            )
        if size in clock or (size is None and working_days is not None):
            raise ValueFault(f"{found} gives {part[2]!r} twice", way_out="Give each unit once.")
        if size is None:
            working_days = number
        else:
            clock[size] = number * size
    if at < len(text) or not (clock or working_days is not None):
        raise ValueFault(f"{found} is no length of time", way_out=_WRITE_A_SPAN)
    if working_days is None:
        return Span(amount=math.fsum(clock.values()), in_working_days=False)
    if clock:
        raise ValueFault(
            f"{found} mixes working days with clock time",
            way_out="Use one of them: 1.5 wd, or 36 h.",
        )
    return Span(amount=working_days, in_working_days=True)


def parse_number(value: object) -> float:
    """Read a number, or a text such as ``2 300`` or ``1 234.5``.

    Parameters
    ----------
    value
        An int, a float, or a text with a decimal point and blanks (or thin spaces) between
        groups of three digits.

    Returns
    -------
    float
        The number, finite.

    Raises
    ------
    ValueFault
        No number, a comma, or a number that is not finite.
    """
    found = _quoted(value)
    if isinstance(value, str):
        _refuse_comma(value, found)
        text = value.strip()
        if not _NUMBER.fullmatch(text):
            raise ValueFault(f"{found} is no number", way_out="Write for example 2300 or 0.5.")
        number = float(text.translate(_PLAIN))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
    else:
        raise ValueFault(f"{found} is no number", way_out="Write for example 2300 or 0.5.")
    if not math.isfinite(number):
        raise ValueFault(f"{found} is not a finite number", way_out="Write for example 2300.")
    return number


_PLAIN: Final = str.maketrans({**dict.fromkeys(_BLANKS, ""), "\u2212": "-"})


def parse_share(value: object) -> float:
    """Read a share such as ``47.8 %`` or ``0.478``.

    Parameters
    ----------
    value
        A text that ends in ``%``, or a bare number from 0 to 1.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ValueFault
        No number, or outside 0 to 1.
    """
    found = _quoted(value)
    if isinstance(value, str) and value.rstrip().endswith("%"):
        share = parse_number(value.rstrip()[:-1]) / 100
        way_out = "Give a share from 0 % to 100 %."
    else:
        share = parse_number(value)
        way_out = "Give a share from 0 to 1"
        way_out += f", or {share:.15g} %." if 1 < share <= 100 else "."
    if not 0 <= share <= 1:
        raise ValueFault(f"{found} is no share", way_out=way_out)
    # Turns -0.0 into 0.0.
    return share + 0.0


def parse_time_of_day(text: object) -> int:
    """Read a time of day such as ``07:30``, ``7:30`` or ``24:00``.

    Returns
    -------
    int
        Microseconds since midnight, 0 to ``DAY``.

    Raises
    ------
    ValueFault
        No time of day.
    """
    found = _quoted(text)
    if isinstance(text, dt.time) and text.tzinfo is None:
        text = text.strftime("%H:%M:%S")
    if not isinstance(text, str) or not (match := _TIME_OF_DAY.fullmatch(text.strip())):
        raise ValueFault(f"{found} is no time of day", way_out='Write for example "07:30".')
    hours, minutes, seconds = int(match[1]), int(match[2]), int(match[3] or 0)
    instant = hours * HOUR + minutes * MINUTE + seconds * SECOND
    if minutes > 59 or seconds > 59 or instant > DAY:
        raise ValueFault(f"{found} is no time of day", way_out="Write 00:00 to 24:00.")
    return instant


def parse_hours(text: object) -> tuple[int, int]:
    """Read opening hours such as ``07:30-11:30``.

    Returns
    -------
    tuple[int, int]
        Opening and closing, in microseconds since midnight; the first before the second.

    Raises
    ------
    ValueFault
        No pair of times of day, or a closing that is not after the opening.
    """
    found = _quoted(text)
    ends = _HOURS.split(text.strip()) if isinstance(text, str) else ()
    if len(ends) != 2:
        raise ValueFault(f"{found} is no pair of times", way_out='Write for example "07:30-11:30".')
    opening, closing = parse_time_of_day(ends[0]), parse_time_of_day(ends[1])
    if opening >= closing:
        raise ValueFault(
            f"{found} closes before it opens",
            way_out="Split hours that pass midnight: 22:00-24:00 and, the next day, 00:00-06:00.",
        )
    return opening, closing


def parse_date(value: object) -> dt.date:
    """Read a date such as ``2025-01-06``; a date object passes through.

    Raises
    ------
    ValueFault
        No date of the calendar, or a date with a time of day.
    """
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if isinstance(value, str) and _DATE.fullmatch(value.strip()):
        try:
            return dt.date.fromisoformat(value.strip())
        except ValueError as error:
            raise ValueFault(
                f"{_quoted(value)} is no date: {error}", way_out="Write for example 2025-01-06."
            ) from None
    raise ValueFault(f"{_quoted(value)} is no date", way_out="Write for example 2025-01-06.")


def parse_datetime(value: object) -> dt.datetime:
    """Read a date with a time of day, such as ``2025-01-06 08:00``, in local time.

    Raises
    ------
    ValueFault
        No date, no time of day, or a time zone (rule T1: time is local).
    """
    found = _quoted(value)
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            raise ValueFault(f"{found} has a time zone", way_out="Write local time, without it.")
        return value
    parts = re.split(r"[T\s]\s*", value.strip()) if isinstance(value, str) else ()
    if len(parts) != 2:
        raise ValueFault(
            f"{found} is no date with a time of day", way_out="Write for example 2025-01-06 08:00."
        )
    midnight = dt.datetime.combine(parse_date(parts[0]), dt.time())
    return midnight + dt.timedelta(microseconds=parse_time_of_day(parts[1]))


def format_duration(microseconds: int) -> str:
    """Write a length of time for reading, to the nearest second: ``2 h 30 min``, ``3 d 4 h``.

    Parameters
    ----------
    microseconds
        The length; may be negative. ``NEVER`` and above read "never".

    Returns
    -------
    str
        What :func:`parse_span` reads back, unless negative or never.
    """
    if microseconds >= NEVER:
        return "never"
    seconds = (abs(microseconds) + SECOND // 2) // SECOND
    if seconds == 0:
        return "0 min"
    parts = []
    for unit, size in (("d", DAY), ("h", HOUR), ("min", MINUTE), ("s", SECOND)):
        count, seconds = divmod(seconds, size // SECOND)
        if count:
            parts.append(f"{count} {unit}")
    return ("-" if microseconds < 0 else "") + " ".join(parts)


def _quoted(value: object) -> str:
    return f"'{value}'"


def _refuse_comma(text: str, found: str) -> None:
    if "," in text:
        raise ValueFault(
            f"{found} has a comma, which may part decimals or thousands",
            way_out="Write a point for decimals and a blank for thousands: 1 234.5.",
        )
