"""How single values are written, beyond what the lower rooms read: names, limits, weekdays, pay.

Each function reads one kind of value and raises ``ValueFault`` with what was found and a way out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from sim.distributions import parse_duration
from sim.errors import ValueFault
from sim.language import say
from sim.units import (
    parse_amount,
    parse_date,
    parse_datetime,
    parse_days,
    parse_number,
    parse_share,
    parse_span,
)
from sim.units.weekdays import NAMES

BY_CHANCE_YES: Final = "yes"
BY_CHANCE_NO: Final = "no"
BETWEEN: Final = "between"
"""Says in a mapping from dates how a value moves from one to the next."""

_MOST_WHOLE: Final = 10**15
"""Up to here every whole number is a float of its own."""

_MOST_COUNTED: Final = 10**9
"""So large a number of trips still adds up over all cases of a run."""

_NOT_IN_NAMES: Final = re.compile(r"[.\[\]*]")
_LIKE_A_DATE: Final = re.compile(r"\s*[0-9]{1,4}([/.\-])[0-9]{1,2}\1[0-9]{1,4}\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Holds if the case's value of ``property`` is ``value``; not ``value`` if ``negated``."""

    property: str
    value: str
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesSpec:
    """A value from each of some dates on, in their order (rule V1).

    With ``is_straight`` it moves in equal steps from day to day between them.
    """

    dates: tuple[dt.date, ...]
    values: tuple[float, ...]
    is_straight: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertySource:
    """Where cases get a property: a column of their home office, or shares of its values."""

    column: str | None
    shares: Mapping[str, float | Literal["rest"] | SeriesSpec]


LimitByDate: TypeAlias = tuple[tuple[dt.date, int | None], ...]
"""A limit in working days from each date on, in order; None for none, empty for no limit ever."""


def parse_text(value: object) -> str:
    """Text; a whole number is taken as written, a fraction must stand in quotes."""
    if isinstance(value, str) and value.strip():
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    raise ValueFault(
        say("{value} is no text", value=show(value)), way_out=say("Put text into quotes.")
    )


def show(value: object) -> str:
    """A value as a message quotes it: short, and a mapping or list by its kind."""
    if isinstance(value, Mapping):
        return say("a mapping")
    if isinstance(value, list | tuple):
        return say("a list")
    text = f"'{value}'"
    return text if len(text) <= 60 else text[:56] + "...'"


def parse_name(value: object) -> str:
    """Text that can be a part of a path."""
    text = parse_text(value)
    if _NOT_IN_NAMES.search(text):
        raise ValueFault(
            say("{value} cannot be a name", value=show(text)),
            way_out=say("Leave out dots, brackets and stars."),
        )
    return text


def number_from(
    *,
    above: float | None = None,
    least: float | None = None,
    read: Callable[[Any], float] = parse_number,
) -> Callable[[Any], float]:
    """A reader of numbers above a bound, or not below one."""

    def parse(value: Any) -> float:
        number = read(value)
        if above is not None and number <= above:
            raise ValueFault(
                say("{value} is not above {above}", value=show(value), above=f"{above:g}"),
                way_out=say("Give more than {above}.", above=f"{above:g}"),
            )
        if least is not None and number < least:
            raise ValueFault(
                say("{value} is below {least}", value=show(value), least=f"{least:g}"),
                way_out=say("Give {least} or more.", least=f"{least:g}"),
            )
        return number

    return parse


def parse_whole(value: Any) -> int:
    """A whole number."""
    number = parse_amount(value)
    if number != int(number):
        raise ValueFault(
            say("{value} is no whole number", value=show(value)), way_out=say("Round it.")
        )
    if abs(number) > _MOST_WHOLE:
        raise ValueFault(
            say("{value} is too large", value=show(value)), way_out=say("Give at most 15 digits.")
        )
    return int(number)


def parse_count(value: Any) -> int:
    """A whole number from 0."""
    number = parse_whole(value)
    if number < 0:
        raise ValueFault(
            say("{value} is below 0", value=show(value)), way_out=say("Give 0 or more.")
        )
    return _countable(number, value)


def parse_positive_count(value: Any) -> int:
    """A whole number from 1."""
    number = parse_whole(value)
    if number < 1:
        raise ValueFault(
            say("{value} is below 1", value=show(value)), way_out=say("Give 1 or more.")
        )
    return _countable(number, value)


def _countable(number: int, value: Any) -> int:
    if number > _MOST_COUNTED:
        raise ValueFault(
            say("{value} is too large", value=show(value)),
            way_out=say("Give at most 1 000 000 000."),
        )
    return number


def parse_clock_span(value: Any) -> int:
    """A length of time in microseconds, not counted in working days."""
    span = parse_span(value)
    if span.in_working_days:
        raise ValueFault(
            say("{value} is in working days", value=show(value)),
            way_out=say("Write days or weeks."),
        )
    return round(span.amount)


def parse_working_days(value: Any) -> int:
    """A whole number of working days: ``3 wd``."""
    if re.fullmatch(r"[1-9][0-9]*", str(value).strip()):
        raise ValueFault(
            say("{value} has no unit", value=show(value)),
            way_out=say("Write {value} wd.", value=value),
        )
    span = parse_span(value)
    if not (span.in_working_days or span.amount == 0) or span.amount != int(span.amount):
        raise ValueFault(
            say("{value} is no whole number of working days", value=show(value)),
            way_out=say("Write for example 3 wd."),
        )
    return int(span.amount)


def parse_limit(value: Any, *, day_first: bool = False) -> LimitByDate:
    """A limit in working days, ``none``, or a mapping from dates to such limits (rule L7)."""
    if value == "none":
        return ()
    if not isinstance(value, Mapping):
        return ((dt.date.min, parse_working_days(value)),)
    dated: dict[dt.date, int | None] = {}
    for day, days in value.items():
        dated[parse_date(day, day_first=day_first)] = (
            None if days == "none" else parse_working_days(days)
        )
    return tuple(sorted(dated.items()))


def is_by_date(value: Any) -> bool:
    """Whether a value is a mapping from dates."""
    return isinstance(value, Mapping) and any(
        _LIKE_A_DATE.fullmatch(str(key)) is not None for key in value
    )


def parse_series(
    value: Any, parse_one: Callable[[Any], float], *, day_first: bool = False
) -> float | SeriesSpec:
    """A value, or one for each of some dates: ``{2025-03-03: 30 %, 2025-09-01: 80 %}``.

    With ``between: straight`` beside the dates it moves from one to the next in a straight line.
    """
    if not isinstance(value, Mapping):
        return parse_one(value)
    between = value.get(BETWEEN)
    if between not in (None, "straight"):
        raise ValueFault(
            say("between is {between}", between=show(between)),
            way_out=say("Write between: straight."),
        )
    dated = {
        parse_date(day, day_first=day_first): parse_one(one)
        for day, one in value.items()
        if day != BETWEEN
    }
    if not dated:
        raise ValueFault(say("no date is given"), way_out=say("Write for example {2025-03-03: …}."))
    if between is not None and len(dated) == 1:
        raise ValueFault(say("a line between one date"), way_out=say("Give a second date."))
    dates = tuple(sorted(dated))
    return SeriesSpec(
        dates=dates,
        values=tuple(dated[date] for date in dates),
        is_straight=between is not None,
    )


def parse_moment(value: Any, *, day_first: bool = False) -> dt.datetime:
    """A date, which is its midnight, or a date with a time of day."""
    if isinstance(value, str) and ":" in value:
        return parse_datetime(value, day_first=day_first)
    return dt.datetime.combine(parse_date(value, day_first=day_first), dt.time())


def by_weekday(value: Any) -> Any:
    """Spread ``{mon-fri: x}`` over the days, each at most once."""
    if not isinstance(value, Mapping):
        raise ValueFault(
            say("found {value} where weekdays belong", value=show(value)),
            way_out=say("Write for example {mon-fri: …}."),
        )
    spread: dict[int, Any] = {}
    for text, item in value.items():
        for day in parse_days(parse_text(text)):
            if day in spread:
                raise ValueFault(
                    say("{day} is given twice", day=NAMES[day]),
                    way_out=say("Name each day once."),
                )
            spread[day] = item
    return spread


def listed(value: Any) -> Any:
    """A list; a single item stands for a list of one."""
    return value if isinstance(value, list | tuple) else [value]


def check_duration(value: Any) -> str:
    """The text of a duration that can be read; one in a file is read where its folder is known."""
    text = value if isinstance(value, str) else parse_text(value)
    # A file of values is read where its folder is known.
    if not text.startswith("empirical"):
        parse_duration(text, folder=None)
    return text


def check_clock_duration(value: Any) -> str:
    """The text of a duration that is not counted in working days."""
    text = check_duration(value)
    if not text.startswith("empirical") and parse_duration(text, folder=None).in_working_days:
        raise ValueFault(
            say("{value} is in working days", value=show(text)),
            way_out=say("Give clock time here, e.g. 20 min."),
        )
    return text


def parse_condition(value: Any) -> Condition:
    """A condition: ``remote``, ``not remote``, ``age is over_80``, ``age is not over_80``."""
    words = parse_text(value).split()
    if len(words) == 1:
        return Condition(property=words[0], value=BY_CHANCE_YES, negated=False)
    if len(words) == 2 and words[0] == "not":
        return Condition(property=words[1], value=BY_CHANCE_YES, negated=True)
    if len(words) >= 3 and words[1] == "is":
        negated = len(words) > 3 and words[2] == "not"
        value_text = " ".join(words[3 if negated else 2 :])
        return Condition(property=words[0], value=value_text, negated=negated)
    raise ValueFault(
        say("{value} is no condition", value=show(value)),
        way_out=say("Write a property: 'remote', 'not remote' or 'age is over_80'."),
    )


def parse_property(value: Any, *, day_first: bool = False) -> PropertySource:
    """A share of cases, a column of the home office, or shares of values."""
    if not isinstance(value, Mapping) or is_by_date(value):
        share = parse_series(value, parse_share, day_first=day_first)
        return PropertySource(column=None, shares={BY_CHANCE_YES: share, BY_CHANCE_NO: "rest"})
    if set(value) == {"column"}:
        return PropertySource(column=parse_text(value["column"]), shares={})
    if not value:
        way_out = say("Give a share, column: NAME, or values with their shares.")
        raise ValueFault(say("a property without values"), way_out=way_out)
    return PropertySource(
        column=None,
        shares={
            parse_name(name): "rest"
            if share == "rest"
            else parse_series(share, parse_share, day_first=day_first)
            for name, share in value.items()
        },
    )
