"""Puts verdicts on differences into words: "shorter by 17.3 (16.9 to 17.7) wd"."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from sim.analysis.estimate import Interval
from sim.answers.verdicts import Verdict, chief_families, families, family
from sim.experiment.results import Results
from sim.language import later, say
from sim.report.view import Shown, baseline_words, distinct
from sim.report.words import between, counted, decimals, label_of, number, unit_in_short

_TIMES: Final = frozenset({"wd", "d", "h", "min"})

_FOUND: Final = {
    (True, "less"): later("shorter by {size} ({interval})\u00a0{unit}{doubt}"),
    (True, "more"): later("longer by {size} ({interval})\u00a0{unit}{doubt}"),
    (False, "less"): later("lower by {size} ({interval})\u00a0{unit}{doubt}"),
    (False, "more"): later("higher by {size} ({interval})\u00a0{unit}{doubt}"),
}
"""By whether it is a time, and what was found."""


def verdict_words(verdict: Verdict) -> str:
    """A verdict as in a table, with its interval; that of what is not told is the wider one."""
    found, unit = verdict.judgement, verdict.unit
    if math.isnan(found.interval.half_width):
        return say(
            "cannot tell: {pairs} of replications, no interval",
            pairs=counted(found.interval.n, "pair"),
        )
    if verdict.finding in ("less", "more"):
        places = decimals([found.interval.half_width], unit)
        is_small = max(-found.judged.low, found.judged.high) <= found.margin
        return say(
            _FOUND[unit in _TIMES, verdict.finding],
            size=_number(abs(found.interval.mean), unit, places),
            interval=_size(found.interval, unit, places),
            unit=_points(unit),
            doubt=say(", too little to matter") if is_small else "",
        )
    low, high = found.judged.low, found.judged.high
    if low == high == 0:
        return say("no difference")
    # The end that is nearer to 0 decides: it must not show as 0 where it is none.
    arms = (found.judged.mean - low, high - found.judged.mean)
    places = decimals([min(arms)], unit)
    bounds = between(low, high, unit, places)
    if verdict.finding == "alike":
        # Rounded up, so that what is said holds.
        step = 10.0**-places / (100 if unit == "share" else 1)
        most = math.ceil(max(-low, high) / step - 1e-9) * step
        return say(
            "no difference larger than {most}\u00a0{unit} ({interval})",
            most=_number(most, unit, places),
            unit=_points(unit),
            interval=bounds,
        )
    return say(
        "cannot tell ({interval}\u00a0{unit}){way_out}",
        interval=bounds,
        unit=_points(unit),
        way_out=_would_tell(verdict),
    )


def _would_tell(verdict: Verdict) -> str:
    found = verdict.judgement
    if not found.needed:
        return ""
    more = found.needed - found.interval.n
    # A forecast has no more than two digits.
    step = 10 ** max(len(str(more)) - 2, 0)
    return say(
        "; about {replications} would tell",
        replications=counted(-(-more // step) * step, "more replication"),
    )


def chief_verdicts(results: Results, bundle: str) -> tuple[tuple[str, tuple[Verdict, ...]], ...]:
    """What the study is about in a bundle: a heading and the verdicts of each family."""
    return _headed(results, bundle, chief_families(results))


def all_verdicts(results: Results, bundle: str) -> tuple[tuple[str, tuple[Verdict, ...]], ...]:
    """Everything that is judged in a bundle, likewise."""
    return _headed(results, bundle, families(results))


def _headed(
    results: Results, bundle: str, wanted: Sequence[tuple[str, str]]
) -> tuple[tuple[str, tuple[Verdict, ...]], ...]:
    first = results.cells[0].scenario.spec.bundles
    mine = [
        (kpi, group)
        for kpi, group in wanted
        if (name := group.partition("/")[0]) == bundle
        # What is of no bundle, such as a role, stands with the first.
        or (name not in first and bundle == next(iter(first)))
    ]
    found = ((kpi, group, family(results, kpi, group)) for kpi, group in mine)
    return tuple(
        (label_of(kpi) + ("" if group == bundle else f", {group}"), judged)
        for kpi, group, judged in found
        if judged
    )


def verdict_rows(
    results: Results, headed: Sequence[tuple[str, Sequence[Verdict]]]
) -> tuple[tuple[Shown, tuple[str, ...]], ...]:
    """A row for each setting that is compared, cells that share runs as one: words by family."""
    words = [{each.variant: verdict_words(each) for each in judged} for _, judged in headed]
    return tuple(
        (shown, tuple(mine.get(shown.cell.name, "") for mine in words))
        for shown in distinct(results)
        if any(shown.cell.name in mine for mine in words)
    )


def verdict_caption(
    results: Results, headed: Sequence[tuple[str, Sequence[Verdict]]]
) -> tuple[str, str]:
    """The title of a table of verdicts, and what has to be known to read it."""
    judgements = [each.judgement for _, judged in headed for each in judged]
    n = max((each.n_together for each in judgements), default=1)
    together = (
        say(
            "{n} differences of one figure are judged together (Holm), so that with a chance of "
            "95\u00a0% none is called shorter, longer, lower or higher that is not; what is not "
            "told stands with the interval widened for that. ",
            n=number(n),
        )
        if n > 1
        else ""
    )
    margins = say(
        "Too small to matter: differences within twice the precision asked for, else within "
        "5\u00a0% of the baseline’s mean, of shares within 1 point."
    )
    title = say("What can be told against {baseline}", baseline=baseline_words(results))
    return title, together + margins


def _size(found: Interval, unit: str, places: int) -> str:
    """The interval of the size of a difference."""
    low, high = sorted((abs(found.low), abs(found.high)))
    return between(low, high, unit, places)


def _number(value: float, unit: str, places: int) -> str:
    return number((100 if unit == "share" else 1) * value, places)


def _points(unit: str) -> str:
    return say("points") if unit == "share" else unit_in_short(unit)


def difference_words(results: Results, kpi: str, group: str) -> str:
    """The verdict on the first cell that is set against another; empty where there is none."""
    judged = family(results, kpi, group)
    return verdict_words(judged[0]) if judged else ""
