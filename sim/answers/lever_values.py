"""The values of a lever in a range: people, shares, times and numbers, at equal steps."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sim.errors import RequestError, with_way_out
from sim.language import say
from sim.scenario import Scenario
from sim.scenario.overrides.override import values_at
from sim.units import DIGITS, is_number, parse_amount, parse_number
from sim.wording import did_you_mean

_QUANTITY: Final = re.compile(rf"(?P<number>-?{DIGITS})\s*(?P<unit>[^0-9]*)")
_MOST_VALUES: Final = 1_001
_SOME: Final = 100
"""Steps in a range, about, where none is asked for."""

_SHARES: Final = ("0 %", "100 %")
_FACTORS: Final = ("0.5 x", "2 x")


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """Values of a lever, rising; ``unit`` is what stands behind each number."""

    texts: tuple[str, ...]
    amounts: tuple[float, ...]
    step: float
    unit: str


def values_between(
    scenario: Scenario, lever: str, between: Sequence[str] | None, step: str | None
) -> Values:
    """The values of a lever from one end of a range to the other.

    Parameters
    ----------
    between
        The ends, such as ``1`` and ``8``, ``20 %`` and ``80 %``, ``0.5 x`` and ``2 x``; by default
        0 to 100 % for shares, 1 to twice as many of a whole number of people, else half to twice.
    step
        Of the values, in the unit of the ends; by default 1 for whole numbers, or one that makes
        about a hundred of them.

    Raises
    ------
    RequestError
        The lever is none, or is no quantity; or the ends or the step are none.
    """
    present = values_at(scenario.document, lever)
    if not present:
        known = [*scenario.levers, "staff.GROUP.people"]
        way_out = did_you_mean(lever, known)
        message = say("'{lever}' is neither a lever nor a path of the scenario", lever=lever)
        raise RequestError(with_way_out(message, way_out))
    ends = _usual(lever, present) if between is None else tuple(between)
    if len(ends) != 2:
        raise RequestError(say("a range has two ends. Give --between LEAST MOST."))
    (low, unit), (high, other) = (_quantity(end) for end in ends)
    if unit != other:
        raise RequestError(
            say(
                "the ends {first} and {second} differ in unit. Give both in one.",
                first=ends[0],
                second=ends[1],
            )
        )
    if not low < high:
        raise RequestError(
            say(
                "the range from {first} to {second} is empty. Give the least first.",
                first=ends[0],
                second=ends[1],
            )
        )
    size = _step(low, high, unit) if step is None else _quantity(step)[0]
    if step is not None and (_quantity(step)[1] not in ("", unit) or size <= 0):
        raise RequestError(
            say("step {step}: give a length above 0 in the unit of the ends.", step=step)
        )
    n = math.floor((high - low) / size + 1e-9)
    if n < 1:
        raise RequestError(
            say(
                "step {step} is wider than the range from {first} to {second}. Give a shorter one.",
                step=step,
                first=ends[0],
                second=ends[1],
            )
        )
    if n + 1 > _MOST_VALUES:
        raise RequestError(
            say("step {step} makes {n} values. Give a longer one.", step=step, n=n + 1)
        )
    amounts = [float(f"{low + i * size:.12g}") for i in range(n + 1)]
    if amounts[-1] < high:
        amounts.append(high)
    return Values(
        texts=tuple(f"{amount:.12g}{' ' if unit else ''}{unit}" for amount in amounts),
        amounts=tuple(amounts),
        step=size,
        unit=unit,
    )


def _usual(lever: str, present: Sequence[Any]) -> tuple[str, str]:
    values = [each.get("share") if isinstance(each, Mapping) and "share" in each else each
              for each in present]  # fmt: skip
    flat = [x for each in values for x in (each.values() if isinstance(each, Mapping) else [each])]
    texts = [str(each) for each in flat if each is not None]
    if texts and all(text.strip().endswith("%") for text in texts):
        return _SHARES
    if len(values) == 1 and lever.endswith(".people"):
        text = str(values[0])
        people = parse_amount(text) if is_number(text) else 0.5
        if people == int(people) and people > 0:
            return "1", f"{max(2 * int(people), int(people) + 3)}"
    return _FACTORS


def _quantity(text: str) -> tuple[float, str]:
    match = _QUANTITY.fullmatch(text.strip())
    if match is None:
        raise RequestError(
            say(
                "'{text}' is no end of a range. Write a number with its unit, such as 20 "
                "% or 0.5 x.",
                text=text,
            )
        )
    return parse_number(match["number"]), match["unit"].strip().replace("×", "x")


def _step(low: float, high: float, unit: str) -> float:
    is_whole = unit in ("", "%") and low == int(low) and high == int(high)
    if is_whole and high - low <= _SOME and (not unit or high - low >= _SOME / 5):
        return 1.0
    rough = (high - low) / _SOME
    power = 10.0 ** math.floor(math.log10(rough))
    return float(f"{next(m for m in (1, 2, 5, 10) if m * power >= rough * (1 - 1e-9)) * power:.3g}")
