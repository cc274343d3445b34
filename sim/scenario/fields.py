"""The kinds of value in a scenario file: how each is written, and what it is read as.

Each kind is read by one function of a lower room and carries its own JSON Schema, so that an
editor helps with the same words that a fault uses.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    ModelWrapValidatorHandler,
    Tag,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from sim.distributions import parse_duration
from sim.errors import ValueFault
from sim.units import (
    parse_date,
    parse_datetime,
    parse_hours,
    parse_number,
    parse_share,
    parse_span,
    parse_time_of_day,
)

SHAPE: Final = "as:"
"""Begins the tag of one of several shapes of a value; no part of a path in the file."""

BY_CHANCE_YES: Final = "yes"
BY_CHANCE_NO: Final = "no"

_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NOT_IN_NAMES: Final = re.compile(r"[.\[\]*]")


class Section(BaseModel):
    """A mapping of the file with fields of its own; an unknown field is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    @classmethod
    def fields(cls) -> tuple[str, ...]:
        """The names of the fields as the file has them."""
        return tuple(info.alias or name for name, info in cls.model_fields.items())

    @model_validator(mode="wrap")
    @classmethod
    def _name_known_fields(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(value)
        except ValidationError as refused:
            errors = refused.errors(include_url=False)
            if not any(error["type"] == "extra_forbidden" for error in errors):
                raise
            raise ValidationError.from_exception_data(
                cls.__name__, [cls._with_known_fields(error) for error in errors]
            ) from None

    @classmethod
    def _with_known_fields(cls, error: ErrorDetails) -> InitErrorDetails:
        kind, context = error["type"], error.get("ctx", {})
        if kind == "extra_forbidden" and len(error["loc"]) == 1:
            kind, context = "unknown_field", {"known": cls.fields()}
        return InitErrorDetails(
            type=PydanticCustomError(kind, "{text}", {"text": error["msg"], **context}),  # type: ignore[arg-type]
            loc=error["loc"],
            input=error["input"],
        )


class Sourced(Section):
    """A section that can say where its values come from."""

    mark: Literal["stated", "derived", "assumed"] | None = None
    """How the values of this section are known: stated by a source, derived, or assumed."""
    source: str | None = None
    """Where the values of this section come from. Without `mark` they are stated."""
    note: str | None = None
    """A remark for readers; the simulation does not use it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay:
    """Gross pay of one person: an amount of a currency an hour."""

    amount: float
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Holds if the case's value of ``property`` is ``value``; not ``value`` if ``negated``."""

    property: str
    value: str
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertySource:
    """Where cases get a property: a column of their home office, or shares of its values."""

    column: str | None
    shares: Mapping[str, float | Literal["rest"]]


LimitByDate: TypeAlias = tuple[tuple[dt.date, int | None], ...]
"""A limit in working days from each date on, in order; None for none, empty for no limit ever."""


def _fault(message: str, way_out: str = "") -> PydanticCustomError:
    return PydanticCustomError("value", "{message}", {"message": message, "way_out": way_out})


def reader(parse: Callable[[Any], Any]) -> BeforeValidator:
    """Make a function that raises ValueFault into a validator."""

    def read(value: Any) -> Any:
        try:
            return parse(value)
        except ValueFault as fault:
            raise _fault(fault.message, fault.way_out) from None

    return BeforeValidator(read)


def _as(kind: str, description: str, *examples: object) -> WithJsonSchema:
    return WithJsonSchema(
        {"type": kind, "description": description, "examples": list(examples)}
        if kind != "number or text"
        else {"type": ["number", "string"], "description": description, "examples": list(examples)}
    )


def _text(value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    raise ValueFault(f"{show(value)} is no text", way_out="Put text into quotes.")


def show(value: object) -> str:
    """A value as a message quotes it: short, and a mapping or list by its kind."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = f"'{value}'"
    return text if len(text) <= 60 else text[:56] + "...'"


def _name(value: object) -> str:
    text = _text(value)
    if _NOT_IN_NAMES.search(text):
        raise ValueFault(
            f"{show(text)} cannot be a name", way_out="Leave out dots, brackets and stars."
        )
    return text


def _number(*, above: float | None = None, least: float | None = None) -> Callable[[Any], float]:
    def parse(value: Any) -> float:
        number = parse_number(value)
        if above is not None and number <= above:
            raise ValueFault(f"{show(value)} is not above {above:g}")
        if least is not None and number < least:
            raise ValueFault(f"{show(value)} is below {least:g}")
        return number

    return parse


def _whole(value: Any) -> int:
    number = parse_number(value)
    if number != int(number):
        raise ValueFault(f"{show(value)} is no whole number")
    return int(number)


def _count(value: Any) -> int:
    number = _whole(value)
    if number < 0:
        raise ValueFault(f"{show(value)} is below 0")
    return number


def _positive_count(value: Any) -> int:
    number = _whole(value)
    if number < 1:
        raise ValueFault(f"{show(value)} is below 1")
    return number


def _share_or_rest(value: Any) -> float | str:
    return "rest" if value == "rest" else parse_share(value)


def _clock_span(value: Any) -> int:
    span = parse_span(value)
    if span.in_working_days:
        raise ValueFault(f"{show(value)} is in working days", way_out="Write days or weeks.")
    return round(span.amount)


def _working_days(value: Any) -> int:
    span = parse_span(value)
    if not (span.in_working_days or span.amount == 0) or span.amount != int(span.amount):
        raise ValueFault(
            f"{show(value)} is no whole number of working days", way_out="Write for example 3 wd."
        )
    return int(span.amount)


def _limit(value: Any) -> LimitByDate:
    if value == "none":
        return ()
    if not isinstance(value, Mapping):
        return ((dt.date.min, _working_days(value)),)
    dated: dict[dt.date, int | None] = {}
    for day, days in value.items():
        dated[parse_date(day)] = None if days == "none" else _working_days(days)
    return tuple(sorted(dated.items()))


def _moment(value: Any) -> dt.datetime:
    if isinstance(value, str) and ":" in value:
        return parse_datetime(value)
    return dt.datetime.combine(parse_date(value), dt.time())


def parse_days(text: object) -> tuple[int, ...]:
    """Read weekdays such as ``mon``, ``mon-fri`` or ``tue thu``: 0 for Monday to 6 for Sunday."""
    days: list[int] = []
    for part in _text(text).lower().replace(",", " ").split():
        ends = part.split("-")
        if len(ends) > 2 or any(end not in _WEEKDAYS for end in ends):
            raise ValueFault(
                f"{show(part)} is no weekday", way_out="Write for example mon, mon-fri or tue thu."
            )
        first, last = _WEEKDAYS.index(ends[0]), _WEEKDAYS.index(ends[-1])
        if first > last:
            raise ValueFault(f"{show(part)} runs backwards", way_out="A week runs mon to sun.")
        days.extend(range(first, last + 1))
    return tuple(days)


def _by_weekday(value: Any) -> Any:
    """Spread ``{mon-fri: x}`` over the days, each at most once."""
    if not isinstance(value, Mapping):
        raise ValueFault(
            f"found {show(value)} where weekdays belong", way_out="Write for example {mon-fri: …}."
        )
    spread: dict[int, Any] = {}
    for text, item in value.items():
        for day in parse_days(text):
            if day in spread:
                raise ValueFault(f"{_WEEKDAYS[day]} is given twice", way_out="Name each day once.")
            spread[day] = item
    return spread


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


def _duration(value: Any) -> str:
    text = value if isinstance(value, str) else _text(value)
    # A file of values is read where its folder is known.
    if not text.startswith("empirical"):
        parse_duration(text, folder=None)
    return text


def _clock_duration(value: Any) -> str:
    text = _duration(value)
    if not text.startswith("empirical") and parse_duration(text, folder=None).in_working_days:
        raise ValueFault(
            f"{show(text)} is in working days", way_out="Give clock time here, e.g. 20 min."
        )
    return text


def _pay(value: Any) -> Pay:
    match = re.fullmatch(r"(.+?)\s*([^\W\d_]{2,})\s*/\s*h", value) if isinstance(value, str) else None
    if match is None:
        raise ValueFault(f"{show(value)} is no pay", way_out="Write for example 45 000 VND/h.")
    return Pay(amount=parse_number(match[1]), currency=match[2])


def _condition(value: Any) -> Condition:
    words = _text(value).split()
    if len(words) == 1:
        return Condition(property=words[0], value=BY_CHANCE_YES, negated=False)
    if len(words) == 2 and words[0] == "not":
        return Condition(property=words[1], value=BY_CHANCE_YES, negated=True)
    if len(words) >= 3 and words[1] == "is":
        negated = len(words) > 3 and words[2] == "not"
        value_text = " ".join(words[3 if negated else 2 :])
        return Condition(property=words[0], value=value_text, negated=negated)
    raise ValueFault(
        f"{show(value)} is no condition",
        way_out="Write a property: 'remote', 'not remote' or 'age is over_80'.",
    )


def _property(value: Any) -> PropertySource:
    if not isinstance(value, Mapping):
        return PropertySource(
            column=None, shares={BY_CHANCE_YES: parse_share(value), BY_CHANCE_NO: "rest"}
        )
    if set(value) == {"column"}:
        return PropertySource(column=_text(value["column"]), shares={})
    shares: dict[str, float | Literal["rest"]] = {}
    for name, share in value.items():
        shares[_name(name)] = "rest" if share == "rest" else parse_share(share)
    return PropertySource(column=None, shares=shares)


def shape_of(value: Any) -> str:
    """Tell the shapes of a value apart: a mapping, a list or a single value."""
    if isinstance(value, Mapping):
        return SHAPE + "mapping"
    return SHAPE + ("list" if isinstance(value, list | tuple) else "scalar")


MAPPING: Final = Tag(SHAPE + "mapping")
LIST: Final = Tag(SHAPE + "list")
SCALAR: Final = Tag(SHAPE + "scalar")
BY_SHAPE: Final = Discriminator(shape_of, custom_error_type="shape", custom_error_message="shape")

_NUMBER: Final = "number or text"
_DURATION_HELP: Final = (
    "A duration: 10 min, 2 h 30 min, 1.5 wd (working days), or a distribution: "
    "lognormal(mean 25 min, cv 0.6), exponential(mean 10 min), uniform(1 wd, 2 wd), "
    "triangular(5 min, 8 min, 15 min), pert, normal, gamma, erlang, weibull, "
    "discrete(5 min 30 %, 10 min 70 %), empirical(file.csv)."
)

Text: TypeAlias = Annotated[str, reader(_text), _as("string", "Text.")]
Name: TypeAlias = Annotated[
    str, reader(_name), _as("string", "A name, without dots, brackets and stars.")
]
Number: TypeAlias = Annotated[
    float, reader(_number()), _as(_NUMBER, "A number; blanks may part thousands.", 2300, "2 300")
]
Weight: TypeAlias = Annotated[
    float, reader(_number(least=0)), _as(_NUMBER, "A weight, not negative.", 1, 0.6)
]
Amount: TypeAlias = Annotated[
    float, reader(_number(least=0)), _as(_NUMBER, "A number, not negative.", 140, "2 300")
]
Positive: TypeAlias = Annotated[
    float, reader(_number(above=0)), _as(_NUMBER, "A number above 0.", 1, 0.8)
]
Whole: TypeAlias = Annotated[int, reader(_whole), _as("integer", "A whole number.", 0)]
Count: TypeAlias = Annotated[int, reader(_count), _as("integer", "A whole number from 0.", 0, 1)]
PositiveCount: TypeAlias = Annotated[
    int, reader(_positive_count), _as("integer", "A whole number from 1.", 10)
]
Share: TypeAlias = Annotated[
    float, reader(parse_share), _as(_NUMBER, "A share: 47.8 % or 0.478.", "47.8 %")
]
ShareOrRest: TypeAlias = Annotated[
    float | Literal["rest"],
    reader(_share_or_rest),
    _as(_NUMBER, "A share: 47.8 % or 0.478; or rest, for what the others leave.", "47.8 %", "rest"),
]
ClockSpan: TypeAlias = Annotated[
    int, reader(_clock_span), _as("string", "A length of time: 8 weeks, 1 year, 90 days.", "8 weeks")
]
"""In microseconds."""
WorkingDayCount: TypeAlias = Annotated[
    int, reader(_working_days), _as("string", "Whole working days: 3 wd.", "3 wd")
]
TimeOfDay: TypeAlias = Annotated[
    int, reader(parse_time_of_day), _as("string", "A time of day: 15:00.", "15:00")
]
"""In microseconds after midnight."""
Hours: TypeAlias = Annotated[
    tuple[int, int], reader(parse_hours), _as("string", "Hours: 07:30-11:30.", "07:30-11:30")
]
"""From and to, in microseconds after midnight."""
Date: TypeAlias = Annotated[
    dt.date, reader(parse_date), _as("string", "A date: 2025-01-06.", "2025-01-06")
]
Moment: TypeAlias = Annotated[
    dt.datetime,
    reader(_moment),
    _as("string", "A date, or a date with a time of day.", "2025-01-06", "2025-01-06 08:00"),
]
Duration: TypeAlias = Annotated[
    str, reader(_duration), _as("string", _DURATION_HELP, "lognormal(mean 25 min, cv 0.6)", "2 wd")
]
"""Text that ``parse_duration`` reads; kept as text because a file in it has a folder."""
ClockDuration: TypeAlias = Annotated[
    str,
    reader(_clock_duration),
    _as("string", _DURATION_HELP + " Not in working days.", "lognormal(mean 25 min, cv 0.6)"),
]
Limit: TypeAlias = Annotated[
    LimitByDate,
    reader(_limit),
    WithJsonSchema(
        {
            "description": "A limit in working days: 3 wd, none, or one by date of receipt.",
            "anyOf": [
                {"type": "string", "examples": ["3 wd", "none"]},
                {"type": "object", "additionalProperties": {"type": "string"}},
            ],
        }
    ),
]
PayPerHour: TypeAlias = Annotated[
    Pay, reader(_pay), _as("string", "Pay an hour: 45 000 VND/h.", "45 000 VND/h")
]
If: TypeAlias = Annotated[
    Condition,
    reader(_condition),
    _as("string", "A condition on a property of the case.", "remote", "not remote", "age is over_80"),
]
PropertyOfCases: TypeAlias = Annotated[
    PropertySource,
    reader(_property),
    WithJsonSchema(
        {
            "description": "A share of cases that have it; or {column: NAME} of the home office; "
            "or values with their shares, one of which may be rest.",
            "anyOf": [
                {"type": ["number", "string"], "examples": ["7 %"]},
                {"type": "object", "additionalProperties": {"type": ["number", "string"]}},
            ],
        }
    ),
]
ByWeekday = reader(_by_weekday)
"""Turns a mapping by groups of weekdays into one by weekday, 0 for Monday."""
Listed = BeforeValidator(_listed)
"""Lets a single item stand for a list of one."""
