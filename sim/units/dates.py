"""Reads times of day and dates: ``07:30``, ``07:30-11:30``, ``2025-01-06``, ``06/01/2025``.

It refuses to guess: ``03/04/2025`` is a date only where dates are declared to be day first.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from sim.errors import ValueFault
from sim.language import day_and_month, later, say
from sim.units.spans import DAY, HOUR, MINUTE, SECOND
from sim.wording import retold

_TIME_OF_DAY: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]+))?)?")
_ZONE: Final = re.compile(r"[0-9]\s*(?:[zZ]|[+\-\u2212][0-9]{2}(?::?[0-9]{2})?)$")
_HOURS: Final = re.compile("\\s*[-\u2013]\\s*")
_YEAR_FIRST: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEAR_LAST: Final = re.compile(r"([0-9]{1,2})([/.\-])([0-9]{1,2})\2([0-9]{4})")

_WRITE_A_DATE: Final = later("Write for example 2025-01-06.")
_DECLARE: Final = later("say `dates: day first` in the scenario")


def parse_time_of_day(text: object) -> int:
    """Read a time of day such as ``07:30``, ``7:30``, ``24:00`` or ``08:15:30.250``.

    Returns
    -------
    int
        Microseconds since midnight, 0 to ``DAY``.

    Raises
    ------
    ValueFault
        No time of day, or one finer than a microsecond.
    """
    found = f"'{text}'"
    if isinstance(text, dt.time) and text.tzinfo is None:
        text = text.strftime("%H:%M:%S.%f")
    if not isinstance(text, str) or not (match := _TIME_OF_DAY.fullmatch(text.strip())):
        raise ValueFault(
            say("{found} is no time of day", found=found), way_out=say('Write for example "07:30".')
        )
    hours, minutes, seconds = int(match[1]), int(match[2]), int(match[3] or 0)
    fraction = (match[4] or "").rstrip("0")
    if len(fraction) > 6:
        raise ValueFault(
            say("{found} is finer than a microsecond", found=found),
            way_out=say("Leave six digits of the fraction."),
        )
    instant = hours * HOUR + minutes * MINUTE + seconds * SECOND + int(fraction.ljust(6, "0"))
    if minutes > 59 or seconds > 59 or instant > DAY:
        raise ValueFault(
            say("{found} is no time of day", found=found), way_out=say("Write 00:00 to 24:00.")
        )
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
    found = f"'{text}'"
    ends = _HOURS.split(text.strip()) if isinstance(text, str) else ()
    if len(ends) != 2:
        raise ValueFault(
            say("{found} is no pair of times", found=found),
            way_out=say('Write for example "07:30-11:30".'),
        )
    opening, closing = parse_time_of_day(ends[0]), parse_time_of_day(ends[1])
    if opening >= closing:
        raise ValueFault(
            say("{found} closes before it opens", found=found),
            way_out=say(
                "Split hours that pass midnight: 22:00-24:00 and, the next day, 00:00-06:00."
            ),
        )
    return opening, closing


def parse_date(value: object, *, day_first: bool = False) -> dt.date:
    """Read a date such as ``2025-01-06``; a date object passes through.

    Parameters
    ----------
    day_first
        Whether ``06/01/2025`` is declared to be the 6th of January.

    Raises
    ------
    ValueFault
        No date of the calendar, a date with a time of day, or one that does not begin with the
        year where nothing is declared: with its readings.
    """
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    text = value.strip() if isinstance(value, str) else ""
    try:
        if _YEAR_FIRST.fullmatch(text):
            return dt.date.fromisoformat(text)
        if match := _YEAR_LAST.fullmatch(text):
            if not day_first:
                raise _undeclared(text, match)
            return dt.date(int(match[4]), int(match[3]), int(match[1]))
    except ValueError as error:
        raise ValueFault(
            say("'{value}' is no date: {error}", value=value, error=retold(error)),
            way_out=say(_WRITE_A_DATE),
        ) from None
    raise ValueFault(say("'{value}' is no date", value=value), way_out=say(_WRITE_A_DATE))


def _undeclared(text: str, match: re.Match[str]) -> ValueFault:
    """What is wrong with a date that ends in its year where no order is declared."""
    left, right, year = int(match[1]), int(match[3]), int(match[4])
    by_day, by_month = _date(year, right, left), _date(year, left, right)
    if by_day is None:
        way_out = say(_WRITE_A_DATE) if by_month is None else say("Write {value}.", value=by_month)
        return ValueFault(
            say("'{text}' is no date that begins with the year", text=text), way_out=way_out
        )
    if by_month is None or by_month == by_day:
        return ValueFault(
            say("'{text}' does not begin with the year", text=text),
            way_out=say("Write {value}, or {declare}.", value=by_day, declare=say(_DECLARE)),
        )
    return ValueFault(
        say(
            "'{text}' can be {one} or {other} {year}",
            text=text,
            one=day_and_month(by_day),
            other=day_and_month(by_month),
            year=year,
        ),
        way_out=say(
            "Write {one} or {other}, or {declare}.",
            one=by_day,
            other=by_month,
            declare=say(_DECLARE),
        ),
    )


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def parse_datetime(value: object, *, day_first: bool = False) -> dt.datetime:
    """Read a date with a time of day, such as ``2025-01-06 08:00``, in local time.

    Parameters
    ----------
    day_first
        As for :func:`parse_date`.

    Raises
    ------
    ValueFault
        No date, no time of day, or a time zone (rule T1: time is local).
    """
    found = f"'{value}'"
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            raise ValueFault(
                say("{found} has a time zone", found=found),
                way_out=say("Write local time, without it."),
            )
        return value
    parts = re.split(r"[T\s]\s*", value.strip(), maxsplit=1) if isinstance(value, str) else ()
    if len(parts) != 2:
        raise ValueFault(
            say("{found} is no date with a time of day", found=found),
            way_out=say("Write for example 2025-01-06 08:00."),
        )
    if ":" in parts[1] and _ZONE.search(parts[1]):
        raise ValueFault(
            say("{found} has a time zone", found=found),
            way_out=say("Write local time, without it: {date} 08:00.", date=parts[0]),
        )
    midnight = dt.datetime.combine(parse_date(parts[0], day_first=day_first), dt.time())
    try:
        return midnight + dt.timedelta(microseconds=parse_time_of_day(parts[1]))
    except OverflowError:
        raise ValueFault(
            say("{found} is beyond the calendar", found=found), way_out=say(_WRITE_A_DATE)
        ) from None
