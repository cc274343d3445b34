"""Changes of values: ``0.7 x`` multiplies what stands in the file, ``+ 1`` adds to it."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

from sim.errors import ValueFault
from sim.language import say
from sim.scenario.schema.values import BETWEEN, is_by_date
from sim.scenario.text.tree import Document, Path, dotted
from sim.units import (
    AMOUNT,
    DIGITS,
    format_duration,
    is_number,
    parse_amount,
    parse_number,
    parse_span,
)

_FACTOR: Final = re.compile(rf"({DIGITS})\s*[x×]")
_CHANGE: Final = re.compile(r"([+\-\u2212])\s*(.+)")
_MONEY: Final = re.compile(rf"({DIGITS})\s*([A-Z]{{3}}(?:\s*/\s*\w+)?)")
_UNSET: Final = {"people": 1, "speed": 1, "times": 1}


def is_change(value: Any) -> bool:
    """Whether an override changes what it finds: ``0.7 x``, ``+ 1``, ``- 1``."""
    return isinstance(value, str) and bool(
        _FACTOR.fullmatch(value.strip()) or re.match(r"\+|[-\u2212]\s", value.strip())
    )


def changed(document: Document, path: Path, value: Any) -> tuple[Path, Any]:
    """Where a value goes, and what it is after a change of the present one.

    A change of a value by date changes each of its values.

    Raises
    ------
    ValueFault
        What stands there cannot be changed so.
    """
    present = document.get(path)
    if _has_share(present) and not _has_share(value):
        path = (*path, "share")
        present = present["share"]
    if not is_change(value):
        return path, value
    if isinstance(present, dict) and path[-1] == "people" and not is_by_date(present):
        path = (*path, "times")
        present = present.get("times")
    if present is None:
        present = _UNSET.get(str(path[-1]))
    if is_by_date(present):
        return path, {
            key: one if key == BETWEEN else _changed_value(one, value, path)
            for key, one in present.items()
        }
    return path, _changed_value(present, value, path)


def _has_share(value: Any) -> bool:
    """Whether a value says more beside a share, as of a channel that asks for a property."""
    return isinstance(value, dict) and "share" in value


def _changed_value(present: Any, value: str, path: Path) -> Any:
    if isinstance(present, dict | list) or present is None:
        raise ValueFault(
            say(
                "'{value}' changes {path}, which has no single value",
                value=value,
                path=dotted(path),
            ),
            way_out=say("Give the new value."),
        )
    factor = _FACTOR.fullmatch(value.strip())
    if factor:
        return multiplied(present, parse_number(factor[1]), path)
    change = _CHANGE.fullmatch(value.strip())
    if change is None:
        raise ValueFault(
            say("'{value}' is no change", value=value), way_out=say("Write for example + 1.")
        )
    return _added(present, change[2], 1 if change[1] == "+" else -1, path)


def multiplied(present: Any, factor: float, path: Path) -> Any:
    """What stands at a path, multiplied: a number, a share, money, or each time in a text.

    Raises
    ------
    ValueFault
        There is nothing in it that can be multiplied.
    """
    text = unicodedata.normalize("NFC", str(present)).strip()
    if text.endswith("%"):
        return f"{parse_number(text[:-1]) * factor:.12g} %"
    if is_number(text):
        return tidy(parse_amount(present) * factor)
    money = _MONEY.fullmatch(text)
    if money:
        return f"{parse_amount(money[1]) * factor:.12g} {money[2]}"
    scaled, number = AMOUNT.subn(
        lambda match: f"{parse_number(match['number']) * factor:.12g}{match['unit']}", text
    )
    if not number:
        raise ValueFault(
            say("{path} is '{text}', which cannot be multiplied", path=dotted(path), text=text),
            way_out=say("Give the new value."),
        )
    return scaled


def _added(present: Any, change: str, sign: int, path: Path) -> Any:
    text = str(present).strip()
    if is_number(text) and is_number(change):
        return tidy(parse_amount(present) + sign * parse_amount(change))
    try:
        if text.endswith("%") and change.endswith("%"):
            return f"{parse_number(text[:-1]) + sign * parse_number(change[:-1]):.12g} %"
        old, by = parse_span(text), parse_span(change)
        if old.in_working_days == by.in_working_days:
            total = old.amount + sign * by.amount
            if old.in_working_days:
                return f"{total:.12g} wd"
            return format_duration(round(total))
    except ValueFault:
        pass
    raise ValueFault(
        say(
            "{path} is '{text}', to which '{change}' cannot be added",
            path=dotted(path),
            text=text,
            change=change,
        ),
        way_out=say("Change it by the same unit, or give the new value."),
    )


def tidy(number: float) -> float | int:
    """Without the digits that binary arithmetic leaves behind."""
    number = float(f"{number:.12g}")
    return int(number) if number.is_integer() else number
