"""Says in sentences what a study answers: the target, one lever at a time.

It compares like with like only: two settings that differ in one lever, or a cell and the one that
it is set against, never the worst of one regime with the best of another.  Beside every mean stand
the calendar days, since the legal clock may start long after the filing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from sim.analysis import paired
from sim.analysis.estimate import Estimate, Interval
from sim.answers.verdicts import Verdict, family
from sim.experiment.results import Cell, Results
from sim.language import say
from sim.report.findings import in_calendar_days, time_gained
from sim.report.grid import Goal, goal, numeric
from sim.report.limits import limits
from sim.report.published import at_the_base, on_published, readings
from sim.report.verdicts import verdict_words
from sim.report.view import (
    Shown,
    baseline_label,
    baseline_words,
    compared,
    distinct,
    is_paired,
    levers,
    setting,
    tick,
)
from sim.report.words import (
    amount,
    and_more,
    between,
    capital,
    counted,
    decimals,
    difference,
    in_full,
    in_short,
    interval_in_words,
    label_of,
    listed,
    number,
    span,
)

_MOST_NAMED: Final = 4
"""Settings that a sentence names."""


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
    results: Results, bundle: str, wanted: Goal, known: Sequence[tuple[Estimate, Shown]]
) -> Iterator[str]:
    yield from on_published(results, bundle)
    if wanted.value is not None:
        yield _on_target(results, bundle, wanted, known)
    judged = {each.variant: each for each in family(results, wanted.kpi, bundle)}
    if len(known) == 1:
        yield from _alone(results, bundle, wanted, *known[0])
    elif levers(results):
        yield from _by_lever(results, bundle, wanted, judged)
    elif results.differences:
        for _, shown in known:
            head = say(
                "“{setting}” instead of {baseline}",
                setting=shown.label,
                baseline=baseline_words(results),
            )
            yield from _against(results, bundle, wanted, shown.cell, head, judged)
    else:
        for found, shown in known[:_MOST_NAMED]:
            yield (
                f"“{shown.label}”: {in_short(found, results.replications)}"
                f"{in_calendar_days(results, shown.cell.name, bundle)}."
            )
    yield from limits(results, bundle)


def _on_target(
    results: Results, bundle: str, wanted: Goal, known: Sequence[tuple[Estimate, Shown]]
) -> str:
    """How many settings keep the target, by regime, and the lowest settings that do."""
    kept = [(e, s) for e, s in known if wanted.is_met(np.array([e.mean]))[0]]
    close = [e for e, _ in known if wanted.value is not None and e.low <= wanted.value <= e.high]
    if len(known) == 1:
        doubt = say("; the interval leaves it open") if close else ""
        return (
            say(
                "The target of {target} is kept on average{doubt}.",
                target=wanted.words,
                doubt=doubt,
            )
            if kept
            else say(
                "The target of {target} is missed on average{doubt}.",
                target=wanted.words,
                doubt=doubt,
            )
        )
    groups = dict.fromkeys(shown.group for _, shown in known)
    words = say(
        "The target of {target} is kept on average in {n} of {settings}",
        target=wanted.words,
        n=number(len(kept)),
        settings=counted(len(known), "setting"),
    )
    if close:
        words += say(" (in {n} the interval leaves it open)", n=number(len(close)))
    if not kept:
        return f"{words}."
    if len(groups) == 1 or not levers(results):
        return f"{words}: {_lowest(results, bundle, kept)}."
    parts = []
    has_readings = readings(results) is not None
    for group in groups:
        mine = [pair for pair in kept if pair[1].group == group]
        if has_readings and not mine:
            continue
        n = sum(shown.group == group for _, shown in known)
        least = f", {_lowest(results, bundle, mine)}" if mine else ""
        parts.append(
            say(
                "{n} of {all} with “{group}”{least}",
                n=number(len(mine)),
                all=number(n),
                group=group,
                least=least,
            )
        )
    rest = say("; with the others in none") if has_readings and len(parts) < len(groups) else ""
    return f"{words}: {'; '.join(parts)}{rest}."


def _lowest(results: Results, bundle: str, kept: Sequence[tuple[Estimate, Shown]]) -> str:
    """The settings that keep the target and of which no lever can be lower in another that does."""
    moved = numeric(results)
    if not moved:
        names = [f"“{shown.label}”" for _, shown in kept]
        return listed(names[:_MOST_NAMED]) + and_more(names, _MOST_NAMED)

    def of(shown: Shown) -> tuple[float, ...]:
        return tuple((lever.amounts or {})[shown.cell.settings[lever.name]] for lever in moved)

    found = [
        (estimate, shown)
        for estimate, shown in kept
        if not any(
            of(other) != of(shown)
            and all(a <= b for a, b in zip(of(other), of(shown), strict=True))
            for _, other in kept
        )
    ]
    words = [
        f"“{shown.rest or shown.label}”, {in_short(estimate, results.replications)}"
        f"{in_calendar_days(results, shown.cell.name, bundle, is_short=True)}"
        for estimate, shown in found
    ]
    named = say(" or ").join(words[:_MOST_NAMED])
    return say("at the lowest with {settings}", settings=named + and_more(words, _MOST_NAMED))


def _alone(
    results: Results, bundle: str, wanted: Goal, found: Estimate, shown: Shown
) -> Iterator[str]:
    yield (
        f"{label_of(wanted.kpi)}: {in_full(found, results.replications)}"
        f"{in_calendar_days(results, shown.cell.name, bundle)}."
    )
    days = results.estimate(shown.cell.name, "working_days_mean", bundle)
    if days is not None and wanted.kpi != days.kpi:
        yield f"{label_of(days.kpi)}: {in_full(days, results.replications)}."
    on_time = results.estimate(shown.cell.name, "on_time_share", bundle)
    if on_time is not None and wanted.kpi != "on_time_share":
        yield say(
            "Within the legal limit: {share} of the cases.",
            share=in_full(on_time, results.replications),
        )


def _by_lever(
    results: Results, bundle: str, wanted: Goal, judged: Mapping[str, Verdict]
) -> Iterator[str]:
    """What each lever does alone, the others as in the baseline."""
    base = results.cell(results.baseline)
    with_numbers = {lever.name: lever for lever in numeric(results)}
    if is_paired(results):
        yield from _by_pair(results, bundle, wanted, judged)
    for lever in () if is_paired(results) else levers(results):
        if lever.name not in with_numbers:
            for text in lever.texts:
                other = _at(results, base, {lever.name: text})
                if other is not None and other.name != base.name:
                    rest = _held(results, base, lever.name)
                    before = setting(results, lever, base.settings[lever.name])
                    head = say(
                        "“{setting}” instead of {baseline}",
                        setting=setting(results, lever, text),
                        baseline=f"“{before}”{rest}",
                    )
                    yield from _against(results, bundle, wanted, other, head, judged)
    for lever in with_numbers.values():
        first, last = lever.texts[0], lever.texts[-1]
        parts = []
        for group, start in _starts(results, base).items():
            low = _at(results, start, {lever.name: first})
            high = _at(results, start, {lever.name: last})
            if low is None or high is None or _runs(low) == _runs(high):
                continue
            if words := _from_to(results, bundle, wanted, low, high):
                parts.append(f"“{group}” {words}" if group else words)
        if parts:
            yield say(
                "{lever} from {low} to {high}{held}: {what}.",
                lever=lever.label,
                low=tick(first),
                high=tick(last),
                held=_held(results, base, lever.name),
                what="; ".join(parts),
            )


def _by_pair(
    results: Results, bundle: str, wanted: Goal, judged: Mapping[str, Verdict]
) -> Iterator[str]:
    """Each cell beside the one it is set against, where the levers with numbers are at the base."""
    fixed = {lever.name for lever in compared(results)}
    named = [lever for lever in levers(results) if lever.amounts is None]
    for cell in at_the_base(results):
        if not cell.baseline:
            continue
        words = {lever.name: setting(results, lever, cell.settings[lever.name]) for lever in named}
        own = ", ".join(text for name, text in words.items() if name in fixed)
        under = ", ".join(text for name, text in words.items() if name not in fixed)
        head = say(
            "“{setting}” instead of {baseline}", setting=own, baseline=baseline_label(results)
        )
        yield from _against(
            results,
            bundle,
            wanted,
            cell,
            say("{head}, under “{reading}”", head=head, reading=under) if under else head,
            judged,
            says_where=cell.baseline == results.baseline,
        )


def _against(
    results: Results,
    bundle: str,
    wanted: Goal,
    cell: Cell,
    head: str,
    judged: Mapping[str, Verdict],
    *,
    says_where: bool = True,
) -> Iterator[str]:
    """A cell beside its baseline: both means, the paired difference, where the time went."""
    found = results.estimate(cell.name, wanted.kpi, bundle)
    base = results.estimate(cell.baseline, wanted.kpi, bundle)
    gain = results.difference(cell.name, wanted.kpi, bundle)
    if found is None or base is None or gain is None:
        return
    days = results.difference(cell.name, "sojourn_days_mean", bundle)
    places = decimals([gain.half_width], gain.unit)
    by_calendar = (
        say(
            "; in calendar days, from filing to end, {change}",
            change=_change(days, days.unit),
        )
        if days
        else ""
    )
    yield say(
        "{head}: {after} instead of {before}, {change}{by_calendar}.",
        head=capital(head),
        after=amount(found.mean, found.unit, places),
        before=amount(base.mean, base.unit, places),
        change=_change(gain, gain.unit, judged.get(cell.name)),
        by_calendar=by_calendar,
    )
    if says_where and (words := time_gained(results, cell.name, bundle)):
        yield words


def _from_to(results: Results, bundle: str, wanted: Goal, low: Cell, high: Cell) -> str:
    found = [results.estimate(cell.name, wanted.kpi, bundle) for cell in (low, high)]
    if found[0] is None or found[1] is None:
        return ""
    first, last = ((cell.name, wanted.kpi, bundle) for cell in (low, high))
    change = paired.difference(
        results.values(*first),
        results.values(*last),
        out_of=paired.in_common(results.out_of(*first), results.out_of(*last)),
    )
    unit = found[0].unit
    places = decimals([change.half_width], unit)
    days = [results.estimate(cell.name, "sojourn_days_mean", bundle) for cell in (low, high)]
    by_calendar = (
        say(
            "; {low} to {high} calendar days",
            low=number(days[0].mean, 1),
            high=number(days[1].mean, 1),
        )
        if days[0] and days[1]
        else ""
    )
    ends = span(amount(found[0].mean, unit, places), amount(found[1].mean, unit, places))
    return f"{ends} ({_change(change, unit)}{by_calendar})"


def _change(change: Estimate | Interval, unit: str, verdict: Verdict | None = None) -> str:
    """A paired difference with its interval, and whether it can be told from none.

    With a ``verdict``, that it may be none is said as there: several are judged together.
    """
    places = decimals([change.half_width], unit)
    bounds = between(change.low, change.high, unit, places)
    if change.low == change.high == 0:
        return say("no difference")
    words = difference(change.mean, unit, places)
    if bounds:
        words += f", {interval_in_words(bounds)}"
    if verdict is not None:
        is_told = verdict.finding in ("less", "more")
        return words if is_told else f"{words}, {verdict_words(verdict)}"
    is_none = change.low <= 0 <= change.high
    return words + (say(", too little to be told from none") if is_none else "")


def _at(results: Results, cell: Cell, change: Mapping[str, str]) -> Cell | None:
    """The cell that differs from another in these settings only."""
    wanted = {**cell.settings, **change}
    return next((each for each in results.cells if dict(each.settings) == wanted), None)


def _starts(results: Results, base: Cell) -> dict[str, Cell]:
    """For each group of settings without numbers the cell whose numbers are the baseline's."""
    with_numbers = {lever.name for lever in numeric(results)}
    groups = {shown.cell.name: shown.group for shown in distinct(results)}
    found: dict[str, Cell] = {}
    for cell in results.cells:
        if all(cell.settings.get(name) == base.settings.get(name) for name in with_numbers):
            found.setdefault(groups[_runs(cell)], cell)
    return found


def _held(results: Results, base: Cell, moved: str) -> str:
    """What the other levers with numbers stand at."""
    held = [
        setting(results, lever, base.settings[lever.name])
        for lever in numeric(results)
        if lever.name != moved
    ]
    return say(" (at {settings})", settings=listed(held)) if held else ""


def _runs(cell: Cell) -> str:
    return cell.shares_runs_with or cell.name
