"""Says numbers as a planner reads them: "21.3 (21.1 to 21.5) wd", "98.2 %", "2 300"."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Final

from sim.analysis.estimate import Estimate
from sim.kpis import KPIS
from sim.kpis.registry import CURRENCY
from sim.language import ENGLISH, Phrases, language, marks, say, several
from sim.units import DAY, format_duration

NOTHING: Final = "–"
"""Stands where there is no value."""

UNITS: Final = Phrases(
    {
        "wd": "working days",
        "d": "calendar days",
        "h": "hours",
        "min": "minutes",
        "share": "%",
    }
)
"""What a unit is called outside of tables; one that is not here is called as it is written."""

_SHORT: Final = Phrases(
    {
        "wd": "wd",
        "d": "d",
        "h": "h",
        "min": "min",
        "s": "s",
        "cases": "cases",
        "dossiers": "dossiers",
        "items": "items",
        "people": "people",
        "times": "times",
        "trips": "trips",
        "copies": "copies",
        "VND": "VND",
    }
)
"""Units beside numbers and above columns."""

PARTS: Final = Phrases(
    {
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
)
"""The parts of the time ledger (K2) in their order, as a reader knows them."""

OTHERS: Final = frozenset({"on_time_share", "dossier_on_time_share"})
"""Shares of which there is a word for those that they leave out: late."""

_UNITS_OF_KPIS: Final = frozenset(k.unit for k in KPIS.values() if CURRENCY not in k.unit)

_GAP: Final = "\u00a0"

_GIVEN: Final = re.compile(r"\s*(-?[0-9]+(?:[ \u00a0][0-9]{3})*(?:\.[0-9]+)?)\s*([^\W\d]*|%)\s*")


def number(value: float, decimals: int = 0) -> str:
    """A number with a true minus sign and blanks between thousands; a dash for none."""
    if not math.isfinite(value):
        return NOTHING
    point, comma = marks()
    text = f"{abs(value):,.{decimals}f}".translate({ord("."): point, ord(","): comma})
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
        return percent(number(100 * value, decimals))
    return f"{number(value, decimals)}{_GAP}{unit_in_short(unit)}"


def difference(value: float, unit: str, decimals: int = 1) -> str:
    """A difference with its sign and unit; between shares in percentage points."""
    if not math.isfinite(value):
        return NOTHING
    if unit == "share":
        return say("{number}\u00a0points", number=signed(100 * value, decimals))
    return f"{signed(value, decimals)}{_GAP}{unit_in_short(unit)}"


def between(low: float, high: float, unit: str = "", decimals: int = 1) -> str:
    """An interval, "21.1 to 21.5"; empty where there is none."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    factor = 100 if unit == "share" else 1
    return span(number(factor * low, decimals), number(factor * high, decimals))


def span(low: str, high: str) -> str:
    """From one thing to another, "21.1 to 21.5"."""
    return say("{low} to {high}", low=low, high=high)


def percent(number: str) -> str:
    """A number, written already, as percent: "98.2 %"."""
    return say("{number}\u00a0%", number=number)


def confidence(share: float) -> str:
    """A chance as it was asked for: "95 %", with as many decimals as it has."""
    value = 100 * share
    return say("{number} %", number=number(value, places_of(value)))


def as_given(text: str) -> str:
    """A value as somebody wrote it; in another language its number takes the form of that."""
    found = _GIVEN.fullmatch(text)
    if language() == ENGLISH or found is None:
        return text
    digits = "".join(found[1].split())
    shown = number(float(digits), len(digits.partition(".")[2]))
    if found[2] == "%":
        return percent(shown)
    return f"{shown} {unit_in_short(found[2])}".rstrip()


def places_of(value: float) -> int:
    """How many decimals a number that somebody gave has."""
    return len(f"{value:.6g}".partition(".")[2])


def unit_in_short(unit: str) -> str:
    """A unit beside a number and above a column: "wd"; of money "VND", or "VND a year"."""
    head, of_a_year, rest = unit.partition(" a year")
    if of_a_year and not rest:
        return say("{currency} a year", currency=_SHORT.get(head, head))
    return _SHORT.get(unit, unit)


def duration(microseconds: int) -> str:
    """A length of time, to the nearest second: "2 h 30 min"."""
    return " ".join(_SHORT.get(word, word) for word in format_duration(microseconds).split())


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


def length(microseconds: int) -> str:
    """A stretch of simulated time: "42 days"."""
    days, rest = divmod(microseconds, DAY)
    return duration(microseconds) if rest else counted(days, "day")


def none_of(value: Estimate) -> str:
    """A share of exactly 0 or 1 as a count, "0 of 4 400 late"; empty for any other value."""
    if not value.out_of or value.baseline or value.mean not in (0, 1):
        return ""
    whole = number(value.out_of)
    if value.mean == 0:
        return say("0 of {whole}", whole=whole)
    return (
        say("0 of {whole} late", whole=whole)
        if value.kpi in OTHERS
        else say("all of {whole}", whole=whole)
    )


def interval_of(value: Estimate, decimals: int, replications: int) -> str:
    """The interval of a mean and what it rests on, as it stands in brackets; empty for neither.

    The number of values is named where it is below ``replications``; a single value has no
    interval, and that is said.
    """
    if value.n == 1:
        return say("n\u00a0=\u00a01, no interval")
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
        interval = interval_in_words(interval)
    bracket = _in_turn(none_of(value), interval)
    shown = (
        say("{number} %", number=number(factor * value.mean, places))
        if value.unit == "share"
        else f"{number(factor * value.mean, places)} {UNITS.get(value.unit, value.unit)}"
    )
    return shown + (f" ({bracket})" if bracket else "")


def interval_in_words(ends: str) -> str:
    """The ends of an interval as in a sentence: "95\u00a0% interval 3.3 to 3.5"."""
    return say("95\u00a0% interval {ends}", ends=ends)


def _in_turn(*words: str) -> str:
    return ", ".join(filter(None, words))


def listed(words: Iterable[str]) -> str:
    """Words as a list in a sentence: "a, b and c"."""
    *first, last = list(words)
    return say("{first} and {last}", first=", ".join(first), last=last) if first else last


def counted(n: int, noun: str, nouns: str = "") -> str:
    """A count with its noun: "1 setting", "9 settings"."""
    many = nouns or (f"{noun}s" if language() == ENGLISH else noun)
    return f"{number(n)} {several(n, noun, many)}"


def label_of(kpi: str) -> str:
    """What a KPI is, as a heading: "Share of cases within the legal limit"."""
    return say(KPIS[kpi].label)


def label_within(kpi: str) -> str:
    """What a KPI is, within a sentence."""
    return within(label_of(kpi))


def within(label: str) -> str:
    """A label within a sentence: "Staff" is "staff", and ``BHYT`` stays as it is."""
    return label[0].lower() + label[1:] if label[1:2].islower() else label


def and_more(names: Sequence[object], most: int) -> str:
    """How many there are beyond the first few, where there are any: ``" and 5 more"``."""
    return say(" and {n} more", n=len(names) - most) if len(names) > most else ""


def capital(words: str) -> str:
    """Words as they begin a sentence."""
    return words[0].upper() + words[1:]
