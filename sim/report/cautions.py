"""Says what stands in the way of trusting a mean: piles of work, open cases, a short warm-up.

They stand beside the means that they spoil, in a terminal and on the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sim.experiment.results import Results
from sim.language import later, say
from sim.report.view import Shown, distinct, role_label
from sim.report.words import amount, and_more, counted, listed
from sim.units import DAY, WEEK
from sim.wording import visible
from sim.workload import RoleLoad

_MOST_NAMED: Final = 3
"""Offices, or settings, that a sentence names."""

_WORTH_SAYING: Final = 0.0005
"""A share of cases that would show as 0.0 % is not told."""

_KINDS: Final = (
    (
        True,
        later("Cannot keep up"),
        later(
            "Where the load is 100\u00a0% or more the queue grows without end: means there only "
            "say how long the study was."
        ),
    ),
    (
        False,
        later("Too much for the run"),
        later(
            "The filings of the log are more work there than its people can do until the run ends."
        ),
    ),
)
"""Whether a queue grows without end, how the sentence begins, and what it means."""


def cautions(results: Results, bundle: str) -> tuple[str, ...]:
    """What to know before trusting the means of a bundle, a sentence each; empty for nothing."""
    return (*_overloads(results), *_open(results, bundle), *_warm_up(results, bundle))


def _warm_up(results: Results, bundle: str) -> Iterator[str]:
    """A warm-up that is shorter than a case takes: offices have not filled up by then."""
    found = [
        (estimate.mean, shown)
        for shown in distinct(results)
        if (kind := results.kinds.get(shown.cell.name)) is not None and not kind.begins_full
        if (estimate := results.estimate(shown.cell.name, "sojourn_days_mean", bundle))
        and estimate.mean * DAY > shown.cell.scenario.spec.period.warm_up
    ]
    if not found:
        return
    days, shown = max(found, key=lambda pair: pair[0])
    where = say(" with “{setting}”", setting=shown.label) if len(distinct(results)) > 1 else ""
    others = (
        say(" (and in {settings})", settings=counted(len(found) - 1, "other setting"))
        if len(found) > 1
        else ""
    )
    given = shown.cell.scenario.spec.period.warm_up // DAY
    yield say(
        "The warm-up of {given} is shorter than a case takes on average, {time}{where}{others}: "
        "work still builds up when measuring begins. Check it: lienthong warmup.",
        given=counted(given, "day"),
        time=amount(days, "d"),
        where=where,
        others=others,
    )


def _overloads(results: Results) -> Iterator[str]:
    """First what grows without end, then what only is too much for the run."""
    for is_endless, verb, meaning in _KINDS:
        cells = distinct(results)
        found = [(loads, s) for s in cells if (loads := _of_kind(results, s, is_endless))]
        if not found:
            continue
        # The setting in which most fails stands for all: the others fail at fewer offices, or by
        # less.
        loads, shown = max(found, key=lambda each: sum(load.load for load in each[0]))
        others = len(found) - 1
        more = (
            say(" (and in {settings} less so)", settings=counted(others, "other setting"))
            if others
            else ""
        )
        where = say(" with “{setting}”", setting=shown.label) + more if len(cells) > 1 else ""
        roles = dict.fromkeys(load.role for load in loads)
        words = [_role(results, [load for load in loads if load.role == role]) for role in roles]
        yield f"{say(verb)}{where}: {'; '.join(words)}. {say(meaning)}"


def _of_kind(results: Results, shown: Shown, is_endless: bool) -> list[RoleLoad]:
    loads = results.overloads.get(shown.cell.name, ())
    return [load for load in loads if load.is_endless == is_endless]


def _role(results: Results, loads: list[RoleLoad]) -> str:
    label = role_label(results, loads[0].role)
    if loads[0].office is None:
        return say("{role} over all offices ({load} load)", role=label, load=_percent(loads[0]))
    worst = sorted(loads, key=lambda load: -load.load)
    offices = [
        say("{office} ({load} load)", office=visible(each.office or ""), load=_percent(each))
        for each in worst
    ]
    named = ", ".join(offices[:_MOST_NAMED]) + and_more(offices, _MOST_NAMED)
    return say("{role} at {offices}", role=label, offices=named)


def _percent(load: RoleLoad) -> str:
    return amount(load.load, "share", 0) if load.load != float("inf") else say("unlimited")


def _open(results: Results, bundle: str) -> Iterator[str]:
    found = [
        (estimate.mean, shown)
        for shown in distinct(results)
        if (estimate := results.estimate(shown.cell.name, "open_share", bundle))
        and estimate.mean >= _WORTH_SAYING
    ]
    if not found:
        return
    found.sort(key=lambda pair: -pair[0])
    n = len(distinct(results))
    words = [
        amount(share, "share") + ("" if n == 1 else say(" with “{setting}”", setting=shown.label))
        for share, shown in found
    ]
    is_overloaded = any(_of_kind(results, shown, True) for _, shown in found)
    way_out = (
        say("A longer run-out does not help where work cannot keep up.")
        if is_overloaded
        else say(
            "To let them end, give period.run_out at least {weeks}.",
            weeks=_run_out(results, bundle, found),
        )
    )
    yield say(
        "Still open when the run ended: {shares} of the measured cases. Means of days leave them "
        "out, and so look better than they are. {way_out}",
        shares=listed(words[:_MOST_NAMED]) + and_more(words, _MOST_NAMED),
        way_out=way_out,
    )


def _run_out(results: Results, bundle: str, found: list[tuple[float, Shown]]) -> str:
    """Twice what it is, and no less than what 19 in 20 of the completed cases took."""
    now = results.cells[0].scenario.spec.period.run_out
    days = [
        estimate.mean
        for _, shown in found
        if (estimate := results.estimate(shown.cell.name, "sojourn_days_p95", bundle))
    ]
    weeks = max(2 * -(-now // WEEK), -(-max(days, default=0.0) // 7), 1)
    return counted(int(weeks), "week")
