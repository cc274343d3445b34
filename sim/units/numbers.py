"""Reads numbers and shares as people write them: ``2 300``, ``0.5``, ``1,5``, ``47.8 %``.

It refuses to guess: ``3,600`` may be 3600 or 3.6, and so may 3.600 where things are counted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Final

from sim.errors import ValueFault
from sim.language import later, say

# Blank, no-break, figure, thin and narrow no-break space: all part thousands in print.
_BLANKS: Final = " \u00a0\u2007\u2009\u202f"
DIGITS: Final = rf"(?:[0-9]{{1,3}}(?:[{_BLANKS}][0-9]{{3}})+|[0-9]+)(?:[.,][0-9]+)?"
"""A number without sign and exponent, for patterns that have one as a part."""

_SIGN: Final = "[+\\-\u2212]?"
NUMBER: Final = re.compile(rf"{_SIGN}{DIGITS}(?:[eE][+-]?[0-9]+)?")
_TWO_READINGS: Final = re.compile(rf"({_SIGN}[1-9][0-9]{{0,2}})([.,])([0-9]{{3}})(?![0-9.,])")
_IN_GROUPS: Final = re.compile(
    rf"({_SIGN}[1-9][0-9]{{0,2}})(?:"
    r"((?:,[0-9]{3})+)\.([0-9]+)|((?:\.[0-9]{3})+),([0-9]+)"
    r"|((?:,[0-9]{3}){2,})|((?:\.[0-9]{3}){2,}))(?![0-9.,])"
)
_PLAIN: Final = str.maketrans({**dict.fromkeys(_BLANKS, ""), "\u2212": "-", ",": "."})

_WRITE_A_NUMBER: Final = later("Write for example 2300 or 0.5.")


def parse_number(value: object) -> float:
    """Read a number, or a text such as ``2 300``, ``1 234.5`` or ``1,5``.

    Parameters
    ----------
    value
        An int, a float, or a text with a point or a comma before the decimals and blanks (or thin
        spaces) between groups of three digits.

    Returns
    -------
    float
        The number, finite.

    Raises
    ------
    ValueFault
        No number, one that is not finite, or one whose comma may part thousands: ``3,600``.
    """
    found = f"'{value}'"
    if isinstance(value, str):
        text = value.strip()
        refuse_two_readings(text)
        if not NUMBER.fullmatch(text):
            raise ValueFault(say("{found} is no number", found=found), way_out=say(_WRITE_A_NUMBER))
        number = float(text.translate(_PLAIN))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
    elif isinstance(value, Mapping):
        raise ValueFault(
            say("values by date, where one number belongs"), way_out=say("Give one number.")
        )
    else:
        raise ValueFault(say("{found} is no number", found=found), way_out=say(_WRITE_A_NUMBER))
    if not math.isfinite(number):
        raise ValueFault(
            say("{found} is not a finite number", found=found),
            way_out=say("Write for example 2300."),
        )
    return number


def parse_amount(value: object) -> float:
    """Read a number of things that are counted: cases, births, people, money.

    Unlike :func:`parse_number` it refuses a text such as ``1.200``, whose point may part thousands.
    """
    if isinstance(value, str):
        refuse_two_readings(value.strip(), points=True)
    return parse_number(value)


def is_number(text: str) -> bool:
    """Whether a text is a number and nothing else, whatever its value."""
    return NUMBER.fullmatch(text.strip()) is not None


def has_two_readings(text: str) -> bool:
    """Whether a number may be read with its point or comma before decimals, or before thousands."""
    return _TWO_READINGS.fullmatch(text) is not None


def refuse_two_readings(text: str, *, points: bool = False) -> None:
    """Refuse a text that begins with a number whose comma may part thousands.

    Parameters
    ----------
    points
        Whether a point may part thousands too.

    Raises
    ------
    ValueFault
        With both readings; or with the only one, where the number has several groups.
    """
    if match := _TWO_READINGS.match(text):
        sign_and_head, mark, tail = match.groups()
        if mark == "," or points:
            whole, fraction = f"{sign_and_head}{tail}", _decimal(sign_and_head, tail)
            raise ValueFault(
                say(
                    "'{text}' can be {whole} or {fraction}",
                    text=match[0],
                    whole=whole,
                    fraction=fraction,
                ),
                way_out=say("Write {whole} or {fraction}.", whole=whole, fraction=fraction),
            )
    if match := _IN_GROUPS.match(text):
        groups = next(filter(None, match.group(2, 4, 6, 7)))
        decimals = match[3] or match[5]
        plain = match[1] + re.sub("[.,]", "", groups) + (f".{decimals}" if decimals else "")
        told = (
            later("'{text}' parts thousands with commas")
            if groups[0] == ","
            else later("'{text}' parts thousands with points")
        )
        raise ValueFault(
            say(told, text=match[0]),
            way_out=say("Write {value}.", value=plain),
        )


def _decimal(head: str, tail: str) -> str:
    """The reading as decimals, with such digits that it cannot be read in two ways again."""
    kept = tail.rstrip("0")
    return f"{head}.{kept + '0' if len(kept) == 3 else kept}".rstrip(".")


def parse_share(value: object) -> float:
    """Read a share such as ``47.8 %``, ``47,8 %`` or ``0.478``.

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
    if isinstance(value, str) and value.rstrip().endswith("%"):
        share = parse_number(value.rstrip()[:-1]) / 100
        way_out = say("Give a share from 0 % to 100 %.")
    else:
        share = parse_number(value)
        way_out = say("Give a share from 0 to 1.")
        if 1 < share <= 100:
            way_out = say("Give a share from 0 to 1, or {share} %.", share=f"{share:.15g}")
    if not 0 <= share <= 1:
        raise ValueFault(say("'{value}' is no share", value=value), way_out=way_out)
    # Turns -0.0 into 0.0.
    return share + 0.0
