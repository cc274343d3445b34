"""Parts a list of values at its commas, and refuses one whose comma may stand before decimals.

A comma in brackets or quotes belongs to its value. Whole numbers alone, ``1,2,3``, are a list.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from sim.errors import ValueFault
from sim.language import say

_QUOTES: Final = "\"'"
_ENDS: Final = {"(": ")", "[": "]", "{": "}"} | {quote: quote for quote in _QUOTES}
_WHOLE: Final = re.compile(r"0|[1-9][0-9]*")
# The number at the end of what stands before a comma, unless it is part of a date, a time of day
# or a decimal number.
_HEAD: Final = re.compile(r"(?:^|\s|(?<=\s)[+\-\u2212]|^[+\-\u2212])([0-9]+)$")
_TAIL: Final = re.compile(r"([0-9]+)(?![0-9:/\-])(\.[0-9]+)?")


def part_values(text: str) -> tuple[str, ...]:
    """The values of a list, without the blanks around them.

    Raises
    ------
    ValueFault
        With both readings of a comma between two digits: ``0,8 x`` may be 0.8 x, or 0 and 8 x.
    """
    values = _at_commas(text)
    is_list = all(_WHOLE.fullmatch(value.strip()) for value in values)
    for before, behind in pairwise(values):
        _refuse_decimals(before, behind, is_list=is_list)
    return tuple(value.strip() for value in values)


def _at_commas(text: str) -> list[str]:
    """What stands between the commas that are in no brackets and in no quotes."""
    values = [""]
    ends: list[str] = []
    for place, sign in enumerate(text):
        if sign == "," and not ends:
            values.append("")
            continue
        values[-1] += sign
        if ends and sign == ends[-1]:
            ends.pop()
        elif sign in _ENDS and not (ends and ends[-1] in _QUOTES):
            # A quotation mark alone is an apostrophe.
            ends += [end for end in _ENDS[sign] if end in text[place + 1 :]]
    return values


def _refuse_decimals(before: str, behind: str, *, is_list: bool) -> None:
    head, tail = _HEAD.search(before), _TAIL.match(behind)
    if head is None or tail is None:
        return
    parts_thousands = head[1] != "0" and len(head[1]) <= 3 and len(tail[1]) == 3
    has_decimals = bool(tail[2])
    if not parts_thousands and (has_decimals or (is_list and head[1] != "0")):
        return
    first, second = before.strip(), behind.strip()
    readings = [f"{first}{second}"] if parts_thousands else []
    if not has_decimals:
        digits = tail[1].rstrip("0") if parts_thousands else tail[1]
        readings.append(first + (f".{digits}" if digits else "") + second[len(tail[1]) :])
    ways = say(" or ").join(readings)
    raise ValueFault(
        say(
            "'{first},{second}' can be {ways}, or the two values {first} and {second}",
            first=first,
            second=second,
            ways=ways,
        ),
        way_out=say(
            "Write {ways}, or a blank behind the comma: {first}, {second}.",
            ways=ways,
            first=first,
            second=second,
        ),
    )
