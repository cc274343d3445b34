"""How a range is written: ``8-15 min``, ``5-20 %``, ``0.5-2 x``, or a list of values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sim.errors import ValueFault
from sim.language import Phrases, later, say
from sim.scenario.schema.values import show
from sim.units import DIGITS, is_number, parse_amount, parse_number, parse_share, parse_span

_BETWEEN: Final = re.compile(r"\s*(?:[-–—]|\bto\b|\bđến\b)\s*")
_NUMBER_AND_UNIT: Final = re.compile(rf"({DIGITS})\s*(.*)")
_MONEY: Final = re.compile(r"[A-Z]{3}(?:\s*/\s*\w+)?")
_TIMES: Final = ("x", "×")
_WRITE: Final = later("Write for example 8-15 min, 5-20 %, 0.5-2 x, or a list of values.")


class Kind(StrEnum):
    """What an amount counts."""

    TIMES = "times"
    NUMBER = "number"
    SHARE = "share"
    MONEY = "money"
    TIME = "time"
    WORKING_DAYS = "working days"


KINDS: Final = Phrases(
    {
        Kind.TIMES: "times",
        Kind.NUMBER: "number",
        Kind.SHARE: "share",
        Kind.MONEY: "money",
        Kind.TIME: "time",
        Kind.WORKING_DAYS: "working days",
    }
)
"""What messages call the kinds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """What a value may be instead.

    Parameters
    ----------
    kind
        Of both ends: multiples of the value, or the value itself; None for ``choices``.
    low, high
        The ends, ``low`` below ``high``: multiples, numbers, shares of 1, units of a currency,
        microseconds or working days.
    choices
        Values as in YAML, in place of a stretch between two ends.
    """

    kind: Kind | None
    low: float = 0.0
    high: float = 0.0
    choices: tuple[Any, ...] = ()


def parse_range(value: Any) -> Range:
    """Read a range.

    Raises
    ------
    ValueFault
        It is none, or runs backwards.
    """
    if isinstance(value, list | tuple):
        return Range(kind=None, choices=_choices(value))
    if not isinstance(value, str):
        raise ValueFault(say("{value} is no range", value=show(value)), way_out=say(_WRITE))
    ends = _BETWEEN.split(value.strip())
    if len(ends) != 2 or not all(ends):
        raise ValueFault(say("{value} is no range", value=show(value)), way_out=say(_WRITE))
    low, high = ends
    unit = _NUMBER_AND_UNIT.fullmatch(high)
    if unit is not None and is_number(low):
        # A unit behind the second end is that of both: 8-15 min.
        low = f"{low} {unit[2]}".strip()
    (kind, least), (same, most) = (amount_of(end) for end in (low, high))
    if kind is not same:
        raise ValueFault(
            say(
                "{value} goes from {kind} to {same}",
                value=show(value),
                kind=KINDS[kind],
                same=KINDS[same],
            ),
            way_out=say("Give both ends in one unit."),
        )
    if least >= most:
        raise ValueFault(
            say("{value} does not go upwards", value=show(value)),
            way_out=say("Give the lower end first."),
        )
    return Range(kind=kind, low=least, high=most)


def amount_of(text: str) -> tuple[Kind, float]:
    """What one end of a range is, and how much of it.

    Raises
    ------
    ValueFault
        It is no amount.
    """
    if is_number(text):
        return Kind.NUMBER, parse_amount(text)
    if text.endswith("%"):
        return Kind.SHARE, parse_share(text)
    match = _NUMBER_AND_UNIT.fullmatch(text)
    if match is not None and match[2] in _TIMES:
        return Kind.TIMES, parse_number(match[1])
    if match is not None and _MONEY.fullmatch(match[2]):
        return Kind.MONEY, parse_amount(match[1])
    span = parse_span(text)
    return (Kind.WORKING_DAYS if span.in_working_days else Kind.TIME), span.amount


def _choices(values: list[Any] | tuple[Any, ...]) -> tuple[Any, ...]:
    if not values:
        raise ValueFault(say("a range without a value"), way_out=say("Give at least one."))
    for number, each in enumerate(values):
        if each in values[:number]:
            raise ValueFault(
                say("{value} is in the range twice", value=show(each)), way_out=say("Give it once.")
            )
    return tuple(values)
