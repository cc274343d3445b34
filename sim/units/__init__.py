"""Reads and writes what people say of time, numbers and shares: "2 h 30 min", "4 wd", "47.8 %".

==========  =======================================================================================
`numbers`   numbers, amounts of things that are counted, shares
`spans`     lengths of time, with the words for their units in English and Vietnamese
`dates`     times of day, opening hours, dates
`weekdays`  the days of the week in English and Vietnamese
==========  =======================================================================================

It refuses to guess: a bare number has no unit, a month has no length, and a comma before three
digits may part decimals or thousands.

Time is a whole number of microseconds since midnight of the scenario's start date, local time
(rule T1).
"""

from sim.units.dates import parse_date, parse_datetime, parse_hours, parse_time_of_day
from sim.units.numbers import (
    DIGITS,
    has_two_readings,
    is_number,
    parse_amount,
    parse_number,
    parse_share,
    refuse_two_readings,
)
from sim.units.spans import (
    AMOUNT,
    DAY,
    HOUR,
    MINUTE,
    NEVER,
    SECOND,
    WEEK,
    YEAR,
    Span,
    format_duration,
    parse_span,
)
from sim.units.weekdays import parse_days

__all__ = [
    "AMOUNT",
    "DAY",
    "DIGITS",
    "HOUR",
    "MINUTE",
    "NEVER",
    "SECOND",
    "WEEK",
    "YEAR",
    "Span",
    "format_duration",
    "has_two_readings",
    "is_number",
    "parse_amount",
    "parse_date",
    "parse_datetime",
    "parse_days",
    "parse_hours",
    "parse_number",
    "parse_share",
    "parse_span",
    "parse_time_of_day",
    "refuse_two_readings",
]
