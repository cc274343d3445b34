"""The forms that numbers and dates have in the language in use."""

from __future__ import annotations

import datetime as dt
from functools import cache

from sim.language.catalogue import ENGLISH
from sim.language.speech import language

_GAP = "\u00a0"


def marks() -> tuple[str, str]:
    """What stands before decimals, and between thousands.

    In English a point and a blank, as the International System of Units has it; in another
    language as the Unicode CLDR says.
    """
    return _marks(language())


def date_in_words(day: dt.date, *, is_plain: bool = False) -> str:
    """A date: "5 May 2025", as ``is_plain`` "2025-05-05"; "05/05/2025" in Vietnamese."""
    if language() == ENGLISH:
        return f"{day}" if is_plain else f"{day.day} {day:%b %Y}"
    return _format(day, "dd/MM/yyyy")


def day_and_month(day: dt.date) -> str:
    """A day of any year: "5 May", or "5 tháng 5" in Vietnamese."""
    return f"{day.day} {day:%B}" if language() == ENGLISH else _format(day, "d MMMM")


def weekday_in_words(day: dt.date) -> str:
    """A date with its weekday: "Monday 5 May 2025", or "Thứ Hai, 05/05/2025" in Vietnamese."""
    if language() == ENGLISH:
        return f"{day:%A} {day.day} {day:%B} {day.year}"
    return _format(day, "EEEE, dd/MM/yyyy")


@cache
def _marks(spoken: str) -> tuple[str, str]:
    if spoken == ENGLISH:
        return ".", _GAP
    from babel.numbers import get_decimal_symbol, get_group_symbol

    return get_decimal_symbol(spoken), get_group_symbol(spoken)


def _format(day: dt.date, pattern: str) -> str:
    from babel.dates import format_date

    return format_date(day, pattern, locale=language())
