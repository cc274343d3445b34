"""The kinds of value in a scenario file: how each is written, and what it is read as.

Each kind is read by one function of a lower room and carries its own JSON Schema, so that an
editor helps with the same words that a fault uses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import (
    BeforeValidator,
    Discriminator,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Tag,
    WithJsonSchema,
)
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_before_validator_function

from sim.scenario.schema.base import reader, reader_of_dates
from sim.scenario.schema.money import Fee, Money, Pay, parse_fee, parse_money, parse_pay
from sim.scenario.schema.ranges import Range, parse_range
from sim.scenario.schema.values import (
    Condition,
    LimitByDate,
    PropertySource,
    SeriesSpec,
    by_weekday,
    check_clock_duration,
    check_duration,
    is_by_date,
    listed,
    number_from,
    parse_clock_span,
    parse_condition,
    parse_count,
    parse_limit,
    parse_moment,
    parse_name,
    parse_positive_count,
    parse_property,
    parse_series,
    parse_text,
    parse_whole,
    parse_working_days,
)
from sim.units import (
    HOUR,
    WEEK,
    Span,
    parse_amount,
    parse_date,
    parse_hours,
    parse_number,
    parse_share,
    parse_span,
    parse_time_of_day,
)

KIND: Final = "x-kind"
"""In the JSON Schema: says how a kind of value is written, whatever field has it."""

_NUMBER: Final = "number or text"

SHAPE: Final = "as:"
"""Begins the tag of one of several shapes of a value; no part of a path in the file."""


def _as(kind: str, description: str, *examples: object) -> WithJsonSchema:
    types: Any = ["number", "string"] if kind == _NUMBER else kind
    return WithJsonSchema({"type": types, KIND: description, "examples": list(examples)})


def shape_of(value: Any) -> str:
    """Tell the shapes of a value apart: a mapping, a list or a single value."""
    if isinstance(value, Mapping):
        return SHAPE + "mapping"
    return SHAPE + ("list" if isinstance(value, list | tuple) else "scalar")


def _by_date(
    parse_one: Callable[[Any], float],
    description: str,
    example: object,
    *,
    stand_in: float,
    or_rest: bool = False,
) -> tuple[BeforeValidator, WithJsonSchema]:
    """How a value is read, and described, that may be one or one for each of some dates (V1)."""

    def parse(value: Any, *, day_first: bool) -> Any:
        if or_rest and value == "rest":
            return value
        return parse_series(value, parse_one, day_first=day_first)

    types = ["number", "string"]
    return reader_of_dates(parse, stand_in), WithJsonSchema(
        {
            KIND: f"{description}, or one from each of some dates on; "
            "`between: straight` for a line from one to the next.",
            "anyOf": [
                {"type": types, "examples": [example]},
                {"type": "object", "additionalProperties": {"type": types}},
            ],
        }
    )


MAPPING: Final = Tag(SHAPE + "mapping")
LIST: Final = Tag(SHAPE + "list")
SCALAR: Final = Tag(SHAPE + "scalar")
BY_SHAPE: Final = Discriminator(shape_of, custom_error_type="shape", custom_error_message="shape")


def _is_in_percent(value: Any) -> bool:
    return isinstance(value, str) and value.rstrip().endswith("%")


_DURATION_HELP: Final = (
    "A duration: 10 min, 2 h 30 min, 1.5 wd (working days), or a distribution: "
    "lognormal(mean 25 min, cv 0.6), exponential(mean 10 min), uniform(1 wd, 2 wd), "
    "triangular(5 min, 8 min, 15 min), pert, normal, gamma, erlang, weibull, "
    "discrete(5 min 30 %, 10 min 70 %), empirical(file.csv)."
)

Text: TypeAlias = Annotated[str, reader(parse_text, "?"), _as("string", "Text.")]
RoleName: TypeAlias = Annotated[
    str, reader(parse_name, "?"), _as("string", "A name, without dots, brackets and stars.")
]
Name: TypeAlias = Annotated[
    str, reader(parse_name), _as("string", "A name, without dots, brackets and stars.")
]
Number: TypeAlias = Annotated[
    float,
    reader(number_from(), 0.0),
    _as(_NUMBER, "A number; blanks may part thousands.", 2300, "2 300"),
]
Figure: TypeAlias = Annotated[
    float,
    reader(lambda value: parse_share(value) if _is_in_percent(value) else parse_number(value)),
    _as(_NUMBER, "A number, or a share such as 95 %.", 4, "95 %"),
]
Weight: TypeAlias = Annotated[
    float, reader(number_from(least=0), 1.0), _as(_NUMBER, "A weight, not negative.", 1, 0.6)
]
Amount: TypeAlias = Annotated[
    float,
    reader(number_from(least=0, read=parse_amount), 1.0),
    _as(_NUMBER, "A number, not negative.", 140, "2 300"),
]
Positive: TypeAlias = Annotated[
    float, reader(number_from(above=0), 1.0), _as(_NUMBER, "A number above 0.", 1, 0.8)
]
Whole: TypeAlias = Annotated[int, reader(parse_whole, 0), _as("integer", "A whole number.", 0)]
Count: TypeAlias = Annotated[
    int, reader(parse_count, 0), _as("integer", "A whole number from 0.", 0, 1)
]
PositiveCount: TypeAlias = Annotated[
    int, reader(parse_positive_count, 1), _as("integer", "A whole number from 1.", 10)
]
Share: TypeAlias = Annotated[
    float, reader(parse_share, 0.0), _as(_NUMBER, "A share: 47.8 % or 0.478.", "47.8 %")
]
ShareByDate: TypeAlias = Annotated[
    float | SeriesSpec, *_by_date(parse_share, "A share: 47.8 % or 0.478", "47.8 %", stand_in=0.0)
]
ShareOrRestByDate: TypeAlias = Annotated[
    float | Literal["rest"] | SeriesSpec,
    *_by_date(
        parse_share, "A share: 47.8 % or 0.478; or rest", "47.8 %", stand_in=0.0, or_rest=True
    ),
]
AmountByDate: TypeAlias = Annotated[
    float | SeriesSpec,
    *_by_date(
        number_from(least=0, read=parse_amount), "A number, not negative", "2 300", stand_in=1.0
    ),
]
PositiveByDate: TypeAlias = Annotated[
    float | SeriesSpec, *_by_date(number_from(above=0), "A number above 0", 0.8, stand_in=1.0)
]
ClockSpan: TypeAlias = Annotated[
    int,
    reader(parse_clock_span, 8 * WEEK),
    _as("string", "A length of time: 8 weeks, 1 year, 90 days.", "8 weeks"),
]
"""In microseconds."""
ClockTime: TypeAlias = Annotated[
    int,
    reader(parse_clock_span, 0),
    _as("string", "A length of time: 15 min, 2 h.", "15 min"),
]
"""In microseconds."""
Length: TypeAlias = Annotated[
    Span,
    reader(parse_span, Span(amount=0.0, in_working_days=False)),
    _as("string", "A length of time: 4 h, 1 wd (working days).", "4 h", "1 wd"),
]
WorkingDayCount: TypeAlias = Annotated[
    int, reader(parse_working_days, 1), _as("string", "Whole working days: 3 wd.", "3 wd")
]
TimeOfDay: TypeAlias = Annotated[
    int, reader(parse_time_of_day, 0), _as("string", "A time of day: 15:00.", "15:00")
]
"""In microseconds after midnight."""
Hours: TypeAlias = Annotated[
    tuple[int, int],
    reader(parse_hours, (8 * HOUR, 16 * HOUR)),
    _as("string", "Hours: 07:30-11:30.", "07:30-11:30"),
]
"""From and to, in microseconds after midnight."""
Date: TypeAlias = Annotated[
    dt.date,
    reader_of_dates(parse_date, dt.date(2025, 1, 6)),
    _as("string", "A date: 2025-01-06.", "2025-01-06"),
]
Moment: TypeAlias = Annotated[
    dt.datetime,
    reader_of_dates(parse_moment, dt.datetime(2025, 1, 6)),
    _as("string", "A date, or a date with a time of day.", "2025-01-06", "2025-01-06 08:00"),
]
Duration: TypeAlias = Annotated[
    str,
    reader(check_duration, "1 min"),
    _as("string", _DURATION_HELP, "lognormal(mean 25 min, cv 0.6)", "2 wd"),
]
"""Text that ``parse_duration`` reads; kept as text because a file in it has a folder."""
ClockDuration: TypeAlias = Annotated[
    str,
    reader(check_clock_duration, "1 min"),
    _as("string", _DURATION_HELP + " Not in working days.", "lognormal(mean 25 min, cv 0.6)"),
]
Limit: TypeAlias = Annotated[
    LimitByDate,
    reader_of_dates(parse_limit, ()),
    WithJsonSchema(
        {
            KIND: "A limit in working days: 3 wd, none, or one by date of receipt.",
            "anyOf": [
                {"type": "string", "examples": ["3 wd", "none"]},
                {"type": "object", "additionalProperties": {"type": "string"}},
            ],
        }
    ),
]
PayPerHour: TypeAlias = Annotated[
    Pay, reader(parse_pay), _as("string", "Pay an hour: 45 000 VND/h.", "45 000 VND/h")
]
AmountOfMoney: TypeAlias = Annotated[
    Money,
    reader(parse_money, Money(amount=0.0, currency="VND")),
    _as("string", "An amount of money: 20 000 VND.", "20 000 VND"),
]
FeeByDate: TypeAlias = Annotated[
    Fee,
    reader_of_dates(parse_fee, Fee(amount=0.0, currency="VND")),
    WithJsonSchema(
        {
            KIND: "A fee: 8 000 VND, or one from each of some dates on.",
            "anyOf": [
                {"type": "string", "examples": ["8 000 VND"]},
                {"type": "object", "additionalProperties": {"type": "string"}},
            ],
        }
    ),
]
Multiple: TypeAlias = Annotated[
    float, reader(number_from(least=1), 1.0), _as(_NUMBER, "A number from 1.", 2, 1.5)
]
If: TypeAlias = Annotated[
    Condition,
    reader(parse_condition),
    _as(
        "string", "A condition on a property of the case.", "remote", "not remote", "age is over_80"
    ),
]
PropertyOfCases: TypeAlias = Annotated[
    PropertySource,
    reader_of_dates(parse_property),
    WithJsonSchema(
        {
            KIND: "A share of cases that have it; or {column: NAME} of the home office; "
            "or values with their shares, one of which may be rest.",
            "anyOf": [
                {"type": ["number", "string"], "examples": ["7 %"]},
                {"type": "object", "additionalProperties": {"type": ["number", "string"]}},
            ],
        }
    ),
]
RangeOfValues: TypeAlias = Annotated[
    Range,
    reader(parse_range),
    WithJsonSchema(
        {
            KIND: "From one value to another, as multiples, or a list of values.",
            "anyOf": [
                {"type": "string", "examples": ["8-15 min", "5-20 %", "0.5-2 x"]},
                {"type": "array", "items": {}},
            ],
        }
    ),
]
ByWeekday = reader(by_weekday)
"""Turns a mapping by groups of weekdays into one by weekday, 0 for Monday."""


class _Short:
    """Lets a shorter way of writing stand for a longer one, in the file and in the JSON Schema."""

    def __init__(self, lengthen: Callable[[Any], Any], shorter: Mapping[str, Any] | None) -> None:
        self.lengthen = lengthen
        self.shorter = shorter

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return no_info_before_validator_function(self.lengthen, handler(source))

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        longer = handler(core_schema)
        return {"anyOf": [self.shorter or longer["items"], longer]}


Listed = _Short(listed, None)
"""Lets a single item stand for a list of one."""


def short_for(name: str, shorter: Mapping[str, Any]) -> _Short:
    """Let a value, or a mapping from dates, stand for a mapping with one field."""

    def lengthen(value: Any) -> Any:
        return value if isinstance(value, dict) and not is_by_date(value) else {name: value}

    return _Short(lengthen, shorter)
