"""Reads and writes lengths of time: ``2 h 30 min``, ``4 wd``, ``30 phút``, ``4 ngày làm việc``.

The words for units stand here and nowhere else: in English and in Vietnamese, the latter with or
without their diacritics.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from sim.errors import ValueFault
from sim.language import later, say
from sim.units.numbers import DIGITS, is_number, parse_number

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
WEEK: Final = 7 * DAY
YEAR: Final = 365 * DAY

NEVER: Final = 2**62
"""An instant that does not come: beyond the calendar, or never."""

_CLOCK_WORDS: Final = {
    SECOND: ("s", "sec", "secs", "second", "seconds", "giây", "giay"),
    MINUTE: ("min", "mins", "minute", "minutes", "phút", "phut"),
    HOUR: ("h", "hr", "hrs", "hour", "hours", "giờ", "gio"),
    DAY: ("d", "day", "days", "ngày", "ngay"),
    WEEK: ("w", "wk", "wks", "week", "weeks", "tuần", "tuan"),
    YEAR: ("y", "yr", "yrs", "year", "years", "năm", "nam"),
}
_CLOCK_UNITS: Final = {word: size for size, words in _CLOCK_WORDS.items() for word in words}
_WORKING_DAY: Final = frozenset(
    {"wd", "wds", "working day", "working days", "ngày làm việc", "ngay lam viec"}
)
_MONTH: Final = frozenset({"mo", "mon", "month", "months", "tháng", "thang"})

# The longest first: `ngày làm việc` is no `ngày`.
_WORDS: Final = sorted((*_CLOCK_UNITS, *_WORKING_DAY), key=lambda word: (-len(word), word))
_UNIT: Final = "|".join(word.replace(" ", r"\s+") for word in _WORDS)
_SEVERAL_WORDS: Final = "|".join(word.replace(" ", r"\s+") for word in _WORDS if " " in word)
_SPAN_PART: Final = re.compile(rf"\s*({DIGITS})\s*({_SEVERAL_WORDS}|[^\W\d_]+)\s*", re.IGNORECASE)
AMOUNT: Final = re.compile(
    rf"(?P<number>{DIGITS})(?P<unit>\s*(?:{_UNIT})(?![^\W\d_]))", re.IGNORECASE
)
"""A number with a unit of time, wherever it stands in a text; the text is in NFC."""

_WRITE_A_SPAN: Final = later("Write for example 10 min, 2 h 30 min, 3 days or 4 wd.")
_USE_A_UNIT: Final = later(
    "Use s (giây), min (phút), h (giờ), day (ngày), week (tuần), year (năm), "
    "or wd (ngày làm việc) for working days."
)


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
                say("{found} is no length of time", found=self.amount),
                way_out=say("Give a length that is not negative and ends within 100 000 years."),
            )


def parse_span(text: object) -> Span:
    """Read a length of time such as ``2 h 30 min``, ``8 weeks`` or ``4 wd``.

    Parameters
    ----------
    text
        Numbers with units: s, min, h, d, week, year (365 days) or wd (working days), singular,
        plural, abbreviated or in Vietnamese, each unit at most once. A bare 0 needs no unit.

    Returns
    -------
    Span
        In microseconds, or in working days.

    Raises
    ------
    ValueFault
        No unit, an unknown one, a month, a number that can be read in two ways, or working days
        mixed with the clock.
    """
    found = f"'{text}'"
    if isinstance(text, int | float) and not isinstance(text, bool):
        text = str(text)
    if not isinstance(text, str):
        raise ValueFault(
            say("{found} is no length of time", found=found), way_out=say(_WRITE_A_SPAN)
        )
    if is_number(text):
        number = parse_number(text)
        if number == 0:
            return Span(amount=0.0, in_working_days=False)
        if number < 0:
            raise ValueFault(say("{found} is negative", found=found), way_out=say(_WRITE_A_SPAN))
        raise ValueFault(
            say("{found} has no unit", found=found),
            way_out=say("Give a unit, e.g. {number} min.", number=text.strip()),
        )
    text = unicodedata.normalize("NFC", text)
    if text.lstrip()[:1] in ("-", "\u2212"):
        raise ValueFault(say("{found} is negative", found=found), way_out=say(_WRITE_A_SPAN))
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
                say("{found}: a month has no fixed length", found=found),
                way_out=say(
                    "Write days (ngày), weeks (tuần) or working days, e.g. 30 days or 22 wd."
                ),
            )
        size = _CLOCK_UNITS.get(unit)
        if size is None and unit not in _WORKING_DAY:
            raise ValueFault(
                say("{found}: unknown unit {unit}", found=found, unit=repr(part[2])),
                way_out=say(_USE_A_UNIT),
            )
        if size in clock or (size is None and working_days is not None):
            raise ValueFault(
                say("{found} gives {unit} twice", found=found, unit=repr(part[2])),
                way_out=say("Give each unit once."),
            )
        if size is None:
            working_days = number
        else:
            clock[size] = number * size
    if at < len(text) or not (clock or working_days is not None):
        raise ValueFault(
            say("{found} is no length of time", found=found), way_out=say(_WRITE_A_SPAN)
        )
    if working_days is None:
        return Span(amount=math.fsum(clock.values()), in_working_days=False)
    if clock:
        raise ValueFault(
            say("{found} mixes working days with clock time", found=found),
            way_out=say("Use one of them: 1.5 wd, or 36 h."),
        )
    return Span(amount=working_days, in_working_days=True)


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
