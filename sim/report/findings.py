"""Says in sentences where the time goes, and how published figures stand to simulated ones."""

from __future__ import annotations

from typing import Final

from sim.experiment.claims import group_of
from sim.experiment.results import ClaimCheck, Results
from sim.kpis import KPIS
from sim.language import say
from sim.report.view import distinct
from sim.report.words import NOTHING, PARTS, amount, between, decimals, difference, listed, number

_MOST_PARTS: Final = 3
"""Parts of the ledger that a sentence names."""

_WORTH_NAMING: Final = 0.02
"""A part that is less than this share of the whole is not named."""


def time_gained(results: Results, cell: str, bundle: str) -> str:
    """Which parts of the ledger a cell gains or loses against the baseline; empty for none."""
    changes = {
        part: found.mean / 24
        for part in PARTS
        if (found := results.difference(cell, f"ledger_{part}_hours", bundle)) is not None
    }
    whole = sum(changes.values())
    # Below half an hour nothing is left that a sentence should explain.
    if abs(whole) < 1 / 48:
        return ""
    along = [part for part in changes if changes[part] / whole > _WORTH_NAMING]
    chief = sorted(along, key=lambda part: -abs(changes[part]))[:_MOST_PARTS]
    named = [f"{amount(abs(changes[part]), 'd')} “{PARTS[part]}”" for part in chief]
    return (
        say(
            "From start to end {time} of calendar time fall away, chiefly {parts}.",
            time=amount(abs(whole), "d"),
            parts=listed(named),
        )
        if whole < 0
        else say(
            "From start to end {time} of calendar time are added, chiefly {parts}.",
            time=amount(abs(whole), "d"),
            parts=listed(named),
        )
    )


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
