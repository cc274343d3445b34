"""Says in sentences what results show: the answer, where the time goes, published figures.

It refuses to say more than the numbers: every mean comes with its interval, and a difference that
the interval does not tell from none is said to be so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from sim.analysis.estimate import Estimate
from sim.experiment.claims import group_of
from sim.experiment.results import ClaimCheck, Results
from sim.kpis import KPIS
from sim.report.grid import Goal, goal
from sim.report.view import Shown, distinct, shown_as
from sim.report.wording import (
    PARTS,
    UNITS,
    amount,
    between,
    counted,
    decimals,
    difference,
    listed,
    number,
)

_MOST_PARTS: Final = 3
"""Parts of the ledger that a sentence names."""

_WORTH_NAMING: Final = 0.02
"""A part that is less than this share of the whole is not named."""


def answer(results: Results, bundle: str) -> tuple[str, ...]:
    """The answer of a study for one bundle, a sentence each; empty where nothing was measured."""
    wanted = goal(results, bundle)
    known = [
        (found, shown)
        for shown in distinct(results)
        if (found := results.estimate(shown.cell.name, wanted.kpi, bundle))
    ]
    return tuple(_answer(results, bundle, wanted, known)) if known else ()


def _answer(
    results: Results, bundle: str, wanted: Goal, known: list[tuple[Estimate, Shown]]
) -> Iterator[str]:
    kpi = KPIS[wanted.kpi]
    if len(known) == 1:
        yield f"{kpi.label}: {told(known[0][0])}."
    else:
        ordered = sorted(known, key=lambda pair: pair[0].mean, reverse=kpi.better != "higher")
        (worst, at_worst), (best, at_best) = ordered[0], ordered[-1]
        yield (
            f"{kpi.label}: {_in_short(worst)} with “{at_worst.label}”, "
            f"{_in_short(best)} with “{at_best.label}”; 95\u00a0% intervals in brackets."
        )
        yield from _gain(results, bundle, wanted, at_best)
    best_name = (known[0][1] if len(known) == 1 else at_best).cell.name
    on_time = results.estimate(best_name, "on_time_share", bundle)
    if on_time is not None:
        where = "" if len(known) == 1 else " there"
        yield f"Within the legal limit{where}: {told(on_time)} of the cases."
    if wanted.value is not None:
        yield _on_target(wanted, known)


def _gain(results: Results, bundle: str, wanted: Goal, best: Shown) -> Iterator[str]:
    gain = results.difference(best.cell.name, wanted.kpi, bundle)
    if gain is None:
        return
    places = decimals([(gain.high - gain.low) / 2], gain.unit)
    interval = between(gain.low, gain.high, gain.unit, places)
    bounds = f" (95\u00a0% interval {interval}, replications paired)" if interval else ""
    yield (
        f"Against “{shown_as(results, results.baseline)}” that is "
        f"{difference(gain.mean, gain.unit, places)}{bounds}"
        + (": too little to be told from none." if gain.low <= 0 <= gain.high else ".")
    )
    if words := time_gained(results, best.cell.name, bundle):
        yield words


def _on_target(wanted: Goal, known: list[tuple[Estimate, Shown]]) -> str:
    n = sum(shown.stands_for for _, shown in known)
    kept = [(e, s) for e, s in known if wanted.is_met(np.array([e.mean]))[0]]
    n_kept = sum(shown.stands_for for _, shown in kept)
    close = sum(
        shown.stands_for
        for each, shown in known
        if wanted.value is not None and each.low <= wanted.value <= each.high
    )
    verb = "keeps" if n_kept else "misses"
    words = (
        f"On average that {verb} the target of {wanted.words}"
        if n == 1
        else f"The target of {wanted.words} is kept on average in {number(n_kept)} of "
        f"{counted(n, 'setting')}"
    )
    if close:
        words += (
            "; the interval leaves it open"
            if n == 1
            else f"; in {number(close)} the interval leaves it open"
        )
    return f"{words}."


def _in_short(estimate: Estimate) -> str:
    places = decimals([(estimate.high - estimate.low) / 2], estimate.unit)
    estimate = _in_bounds(estimate)
    interval = between(estimate.low, estimate.high, estimate.unit, places)
    return amount(estimate.mean, estimate.unit, places) + (f" ({interval})" if interval else "")


def told(estimate: Estimate) -> str:
    """An estimate in a sentence: "3.4 working days (95\u00a0% interval 3.3 to 3.5)"."""
    places = decimals([(estimate.high - estimate.low) / 2], estimate.unit)
    estimate = _in_bounds(estimate)
    unit = UNITS.get(estimate.unit, estimate.unit)
    factor = 100 if estimate.unit == "share" else 1
    interval = between(estimate.low, estimate.high, estimate.unit, places)
    return f"{number(factor * estimate.mean, places)} {unit}" + (
        f" (95\u00a0% interval {interval})" if interval else ""
    )


def _in_bounds(estimate: Estimate) -> Estimate:
    """A share with its interval cut to what a share can be: a t interval knows no bounds."""
    if estimate.unit != "share":
        return estimate
    low, high = np.clip([estimate.low, estimate.high], 0.0, 1.0).tolist()
    return replace(estimate, low=low, high=high)


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
        f"From start to end {amount(abs(whole), 'd')} of calendar time "
        f"{'fall away' if whole < 0 else 'are added'}, chiefly {listed(named)}."
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
    return f"Of {amount(whole / 24, 'd')} from start to end: " + ", ".join(
        f"{PARTS[part]} {number(100 * hours[part] / whole)} %" for part in chief
    )


def verdict(check: ClaimCheck) -> str:
    """How a simulated figure stands to the published one."""
    unit = KPIS[check.claim.kpi].unit
    gap = difference(check.difference, unit, decimals([(check.high - check.low) / 2], unit))
    if check.low <= check.claim.value <= check.high:
        return f"agrees: the interval covers the published figure ({gap})"
    return f"differs by {gap}"


def reason(results: Results, check: ClaimCheck) -> str:
    """What the simulated time is made of, where a published figure is held against it."""
    return made_of(results, check.cell, group_of(check.claim))


def checks(results: Results) -> tuple[ClaimCheck, ...]:
    """The published figures beside each cell; cells that share their runs once."""
    once = {shown.cell.name for shown in distinct(results)}
    return tuple(check for check in results.claims if check.cell in once)
