"""Says numbers as a planner reads them: "21.3 (21.1 to 21.5) wd", "98.2 %", "2 300"."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from sim.analysis.estimate import Estimate
from sim.kpis import KPIS
from sim.kpis.registry import CURRENCY

NOTHING: Final = "–"
"""Stands where there is no value."""

UNITS: Final = {
    "wd": "working days",
    "d": "calendar days",
    "h": "hours",
    "min": "minutes",
    "share": "%",
}
"""What a unit is called outside of tables; one that is not here is called as it is written."""

PARTS: Final = {
    "service": "staff at work on it",
    "queue": "waiting for staff",
    "closed": "office closed",
    "timetable": "waiting for a courier or a signing hour",
    "transfer": "data under way",
    "outage": "a system is down",
    "applicant": "in the applicant’s hands",
    "appointment": "waiting for the day on the result slip",
    "delay": "other delays",
    "unseen": "come, but not yet looked at",
    "held": "left until shortly before it is due",
    "batch": "others of the same batch at work",
    "absence": "put down by somebody who is away",
}
"""The parts of the time ledger (K2) in their order, as a reader knows them."""

OTHERS: Final = {"on_time_share": "late", "dossier_on_time_share": "late"}
"""What those are called that a share leaves out; of other shares there is no word."""

_UNITS_OF_KPIS: Final = frozenset(k.unit for k in KPIS.values() if CURRENCY not in k.unit)

_GAP: Final = "\u00a0"


def number(value: float, decimals: int = 0) -> str:
    """A number with a true minus sign and blanks between thousands; a dash for none."""
    if not math.isfinite(value):
        return NOTHING
    text = f"{abs(value):,.{decimals}f}".replace(",", _GAP)
    is_negative = value < 0 and float(f"{value:.{decimals}f}") != 0
    return f"−{text}" if is_negative else text


def signed(value: float, decimals: int = 0) -> str:
    """A difference: a number that always has its sign, unless it shows as 0."""
    text = number(value, decimals)
    is_positive = value > 0 and float(f"{value:.{decimals}f}") != 0
    return f"+{text}" if is_positive else text


def amount(value: float, unit: str, decimals: int = 1) -> str:
    """A value with its unit; a share as percent."""
    if not math.isfinite(value):
        return NOTHING
    if unit == "share":
        return f"{number(100 * value, decimals)}{_GAP}%"
    return f"{number(value, decimals)}{_GAP}{unit}"


def difference(value: float, unit: str, decimals: int = 1) -> str:
    """A difference with its sign and unit; between shares in percentage points."""
    if not math.isfinite(value):
        return NOTHING
    if unit == "share":
        return f"{signed(100 * value, decimals)}{_GAP}points"
    return f"{signed(value, decimals)}{_GAP}{unit}"


def between(low: float, high: float, unit: str = "", decimals: int = 1) -> str:
    """An interval, "21.1 to 21.5"; empty where there is none."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    factor = 100 if unit == "share" else 1
    return f"{number(factor * low, decimals)} to {number(factor * high, decimals)}"


def is_money(unit: str) -> bool:
    """Whether a unit is a currency, or one a year: no KPI knows it by name."""
    return unit not in _UNITS_OF_KPIS


def decimals(half_widths: Iterable[float], unit: str) -> int:
    """How many decimals show the first digit of most of the given half-widths: 1 or 2.

    Money has none, unless its half-widths are below 1.

    Parameters
    ----------
    half_widths
        Of the values that stand together, in ``unit``; NaN where a value has no interval.
    """
    factor = 100 if unit == "share" else 1
    known = sorted(factor * width for width in half_widths if math.isfinite(width) and width > 0)
    if is_money(unit) and not (known and known[len(known) // 2] < 1):
        return 0
    return 2 if known and known[len(known) // 2] < 0.1 else 1


def none_of(value: Estimate) -> str:
    """A share of exactly 0 or 1 as a count, "0 of 4 400 late"; empty for any other value."""
    if not value.out_of or value.baseline or value.mean not in (0, 1):
        return ""
    whole = number(value.out_of)
    if value.mean == 0:
        return f"0 of {whole}"
    return f"0 of {whole} {OTHERS[value.kpi]}" if value.kpi in OTHERS else f"all of {whole}"


def interval_of(value: Estimate, decimals: int, replications: int) -> str:
    """The interval of a mean and what it rests on, as it stands in brackets; empty for neither.

    The number of values is named where it is below ``replications``; a single value has no
    interval, and that is said.
    """
    if value.n == 1:
        return f"n{_GAP}={_GAP}1, no interval"
    bounds = between(value.low, value.high, value.unit, decimals)
    rests_on = f"n{_GAP}={_GAP}{value.n}" if value.n < replications else ""
    return _in_turn(bounds, rests_on)


def in_short(value: Estimate, replications: int) -> str:
    """A mean with its interval: "3.4 wd (3.3 to 3.5)"."""
    places = decimals([value.half_width], value.unit)
    bracket = _in_turn(none_of(value), interval_of(value, places, replications))
    return amount(value.mean, value.unit, places) + (f" ({bracket})" if bracket else "")


def in_full(value: Estimate, replications: int) -> str:
    """A mean in a sentence: "3.4 working days (95\u00a0% interval 3.3 to 3.5)"."""
    places = decimals([value.half_width], value.unit)
    factor = 100 if value.unit == "share" else 1
    interval = interval_of(value, places, replications)
    if interval and value.n > 1:
        interval = f"95{_GAP}% interval {interval}"
    bracket = _in_turn(none_of(value), interval)
    unit = UNITS.get(value.unit, value.unit)
    return f"{number(factor * value.mean, places)} {unit}" + (f" ({bracket})" if bracket else "")


def _in_turn(*words: str) -> str:
    return ", ".join(filter(None, words))


def listed(words: Iterable[str]) -> str:
    """Words as a list in a sentence: "a, b and c"."""
    *first, last = list(words)
    return f"{', '.join(first)} and {last}" if first else last


def counted(n: int, noun: str, nouns: str = "") -> str:
    """A count with its noun: "1 setting", "9 settings"."""
    return f"{number(n)} {noun if n == 1 else nouns or noun + 's'}"


def capital(words: str) -> str:
    """Words as they begin a sentence."""
    return words[0].upper() + words[1:]
