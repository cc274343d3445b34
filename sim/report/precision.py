"""Says whether a study came to the precision that was asked for, KPI by KPI."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from sim.experiment.precision import Aim, Reached
from sim.experiment.results import Results
from sim.language import ENGLISH, language, say
from sim.report.view import baseline_words, bundle_label, distinct, role_label, shown_as
from sim.report.words import amount, counted, decimals, label_of, listed, number, percent, places_of

_MOST_NAMED = 3
"""Settings that a sentence names."""


def precision_lines(results: Results) -> tuple[str, ...]:
    """What came of the precision asked for, a sentence for each KPI; empty where none was."""
    return tuple(_lines(results))


def _lines(results: Results) -> Iterator[str]:
    found = results.precision
    if found is None:
        return
    looks = listed([number(n) for n in found.stages])
    if not results.is_complete:
        why = say("when it was interrupted")
    elif results.replications >= found.most and not found.is_met:
        why = say("{n} being the most allowed", n=number(found.most))
    else:
        why = say("no more were needed") if found.is_met else say("nothing more could be had")
    yield say(
        "Run to a precision: {replications}, {why}; intervals were looked at after {looks}.",
        replications=counted(results.replications, "replication"),
        why=why,
        looks=looks,
    )
    for aim in found.aims:
        yield _of_aim(results, aim, [each for each in found.reached if each.aim == aim])


def _of_aim(results: Results, aim: Aim, found: Sequence[Reached]) -> str:
    once = {shown.cell.name for shown in distinct(results)}
    mine = [each for each in found if each.cell in once]
    known = [each for each in mine if not math.isnan(each.wanted)]
    what = f"{label_of(aim.kpi)}, {_group(results, aim)}"
    if found and found[0].baseline:
        what += say(", less {baseline}", baseline=baseline_words(results))
    within = say(
        "{what}: within ±\u00a0{asked}",
        what=what,
        asked=_asked(aim, bool(found and found[0].baseline)),
    )
    if not known:
        return say("{within} cannot be had, for it has no value.", within=within)
    unmet = [each for each in known if not each.is_met]
    if not unmet:
        widest = max(known, key=lambda each: each.half_width)
        return say("{within}, met ({width} at most).", within=within, width=_width(widest))
    words = [
        (f"“{shown_as(results, each.cell)}” " if len(known) > 1 else "") + _short_of(each)
        for each in sorted(unmet, key=lambda each: -each.needed)
    ]
    n_met = len(known) - len(unmet)
    where = (
        say(
            " in {n} of {settings}",
            n=number(len(unmet)),
            settings=counted(len(known), "setting"),
        )
        if n_met
        else ""
    )
    rest = say("; and {n} more", n=len(words) - _MOST_NAMED) if len(words) > _MOST_NAMED else ""
    return say(
        "{within}, NOT met{where}: {widths}{rest}.",
        within=within,
        where=where,
        widths="; ".join(words[:_MOST_NAMED]),
        rest=rest,
    )


def _short_of(each: Reached) -> str:
    if math.isnan(each.half_width):
        return say("has no interval")
    if each.wanted == 0:
        return say(
            "{width}, and a share of 0 is no width: give one in {unit}",
            width=_width(each),
            unit=each.aim.unit,
        )
    about = (
        say(", about {n} replications in all would do", n=number(each.needed))
        if each.needed
        else ""
    )
    return f"{_width(each)}{about}"


def _width(each: Reached) -> str:
    unit = each.aim.unit
    places = decimals([each.half_width], unit)
    # To be told from the one wanted it takes a digit more.
    places += 1 if not each.is_met and each.half_width < 1.1 * each.wanted else 0
    least = 10.0**-places / (100 if unit == "share" else 1)
    is_seen = each.half_width >= least / 2 or each.half_width == 0
    words = _with_unit(each.half_width if is_seen else least, unit, places)
    return f"±\u00a0{words}" if is_seen else say("± less than {width}", width=words)


def _asked(aim: Aim, is_difference: bool) -> str:
    if not aim.is_relative:
        return _as_asked(aim)
    return (
        say("{width} of the mean of the baseline", width=_as_asked(aim))
        if is_difference
        else say("{width} of the mean", width=_as_asked(aim))
    )


def _as_asked(aim: Aim) -> str:
    """The width as it was written; in another language in its form."""
    if language() == ENGLISH:
        return aim.text
    value = 100 * aim.amount if aim.is_relative or aim.unit == "share" else aim.amount
    places = places_of(value)
    if aim.is_relative:
        return percent(number(value, places))
    return _with_unit(aim.amount, aim.unit, places)


def _with_unit(width: float, unit: str, places: int) -> str:
    """A half-width; of a share in percentage points."""
    if unit == "share":
        return say("{number}\u00a0points", number=number(100 * width, places))
    return amount(width, unit, places)


def _group(results: Results, aim: Aim) -> str:
    name, _, rest = aim.group.partition("/")
    if name in results.cells[0].scenario.spec.bundles:
        return bundle_label(results, name) + (f", {rest}" if rest else "")
    role, _, office = aim.group.partition(" @ ")
    return role_label(results, role) + (say(" at {office}", office=office) if office else "")
