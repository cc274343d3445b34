"""Says in sentences where the time goes, and how published figures stand to simulated ones."""

from __future__ import annotations

import math
from typing import Final

from sim.analysis import paired
from sim.analysis.estimate import Estimate, Interval
from sim.experiment.claims import group_of
from sim.experiment.results import ClaimCheck, Results
from sim.kpis import KPIS
from sim.language import say
from sim.report.view import distinct
from sim.report.words import NOTHING, PARTS, amount, between, decimals, difference, listed, number

_MOST_PARTS: Final = 3
"""Parts of the ledger that a sentence names."""

_HALF_AN_HOUR: Final = 0.5

_WORTH_NAMING: Final = 0.02
"""A part that is less than this share of the whole is not named."""


def time_gained(results: Results, cell: str, bundle: str) -> str:
    """Which parts of the ledger a cell gains or loses against the baseline; empty for none."""
    changes = {
        part: found
        for part in PARTS
        if (found := results.difference(cell, f"ledger_{part}_hours", bundle)) is not None
    }
    if not changes:
        return ""
    baseline = next(iter(changes.values())).baseline
    before, after = (
        sum(results.values(name, f"ledger_{part}_hours", bundle) for part in changes)
        for name in (baseline, cell)
    )
    whole = paired.difference(before, after)
    # Below half an hour nothing is left that a sentence should explain.
    if abs(whole.mean) < _HALF_AN_HOUR:
        return ""
    along = [part for part in changes if changes[part].mean / whole.mean > _WORTH_NAMING]
    chief = sorted(along, key=lambda part: -abs(changes[part].mean))[:_MOST_PARTS]
    named = [f"{_in_days(changes[part])} “{PARTS[part]}”" for part in chief]
    return (
        say(
            "From start to end {time} of calendar time fall away, chiefly {parts}.",
            time=_in_days(whole),
            parts=listed(named),
        )
        if whole.mean < 0
        else say(
            "From start to end {time} of calendar time are added, chiefly {parts}.",
            time=_in_days(whole),
            parts=listed(named),
        )
    )


def _in_days(hours: Estimate | Interval) -> str:
    """Hours that are gained or lost as days, without the sign that the sentence has."""
    sign = math.copysign(1 / 24, hours.mean)
    low, high = sorted((sign * hours.low, sign * hours.high))
    places = decimals([hours.half_width / 24], "d")
    ends = between(low, high, "d", places)
    return amount(sign * hours.mean, "d", places) + (f" ({ends})" if ends else "")


def made_of(results: Results, cell: str, group: str) -> str:
    """What the time of a group's cases is made of, the longest parts first; empty for none."""
    hours = {
        part: found.mean
        for part in PARTS
        if (found := results.estimate(cell, f"ledger_{part}_hours", group)) is not None
    }
    whole = sum(hours.values())
    if whole <= 0:
        return ""
    worth = [part for part in hours if hours[part] / whole > _WORTH_NAMING]
    chief = sorted(worth, key=lambda part: -hours[part])[:_MOST_PARTS]
    parts = (
        f"{PARTS[part]} {say('{number} %', number=number(100 * hours[part] / whole))}"
        for part in chief
    )
    return say(
        "Of {time} from start to end: {parts}", time=amount(whole / 24, "d"), parts=", ".join(parts)
    )


def verdict(check: ClaimCheck) -> str:
    """How a simulated figure stands to the published one."""
    unit = KPIS[check.claim.kpi].unit
    gap = difference(check.difference, unit, decimals([(check.high - check.low) / 2], unit))
    if check.low <= check.claim.value <= check.high:
        return say("agrees: the interval covers the published figure ({gap})", gap=gap)
    if holds(check):
        return say("agrees as exactly as the figure is published ({gap})", gap=gap)
    return say("differs by {gap}", gap=gap)


def holds(check: ClaimCheck) -> bool:
    """Whether a published figure agrees as exactly as it is given: a whole number to ± 0.5."""
    digits = repr(check.claim.value).partition(".")[2].rstrip("0")
    half = 0.5 * 10.0 ** -len(digits)
    return check.low - half <= check.claim.value <= check.high + half


def reason(results: Results, check: ClaimCheck) -> str:
    """What the simulated time is made of, where a published figure is held against it."""
    return made_of(results, check.cell, group_of(check.claim))


def calendar_days(results: Results, check: ClaimCheck) -> str:
    """The mean calendar days, from filing to end, of the cases that a claim speaks of."""
    found = results.estimate(check.cell, "sojourn_days_mean", group_of(check.claim))
    return NOTHING if found is None else number(found.mean, 1)


def checks(results: Results) -> tuple[ClaimCheck, ...]:
    """The published figures beside each cell; cells that share their runs once."""
    once = {shown.cell.name for shown in distinct(results)}
    return tuple(check for check in results.claims if check.cell in once)


def in_calendar_days(
    results: Results,
    cell: str,
    group: str,
    *,
    is_short: bool = False,
) -> str:
    """The mean calendar days of cases with their interval, to stand behind working days."""
    found = results.estimate(cell, "sojourn_days_mean", group)
    if found is None:
        return ""
    places = decimals([found.half_width], found.unit)
    bounds = between(found.low, found.high, "", places)
    days = number(found.mean, places)
    words = (
        say(" and {days} calendar days", days=days)
        if is_short
        else say("; {days} calendar days from filing to end", days=days)
    )
    return words + (f" ({bounds})" if bounds else "")
