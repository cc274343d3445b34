"""Says whether a study came to the precision that was asked for, KPI by KPI."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from sim.experiment.precision import Aim, Reached
from sim.experiment.results import Results
from sim.kpis import KPIS
from sim.report.view import baseline_words, bundle_label, distinct, role_label, shown_as
from sim.report.words import amount, counted, decimals, listed, number

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
        why = "when it was interrupted"
    elif results.replications >= found.most and not found.is_met:
        why = f"{number(found.most)} being the most allowed"
    else:
        why = "no more were needed" if found.is_met else "nothing more could be had"
    yield (
        f"Run to a precision: {counted(results.replications, 'replication')}, {why}; intervals "
        f"were looked at after {looks}."
    )
    for aim in found.aims:
        yield _of_aim(results, aim, [each for each in found.reached if each.aim == aim])


def _of_aim(results: Results, aim: Aim, found: Sequence[Reached]) -> str:
    once = {shown.cell.name for shown in distinct(results)}
    mine = [each for each in found if each.cell in once]
    known = [each for each in mine if not math.isnan(each.wanted)]
    what = f"{KPIS[aim.kpi].label}, {_group(results, aim)}"
    if found and found[0].baseline:
        what += f", less {baseline_words(results)}"
    within = f"{what}: within ±\u00a0{_asked(aim, bool(found and found[0].baseline))}"
    if not known:
        return f"{within} cannot be had, for it has no value."
    unmet = [each for each in known if not each.is_met]
    if not unmet:
        widest = max(known, key=lambda each: each.half_width)
        return f"{within}, met ({_width(widest)} at most)."
    words = [
        (f"“{shown_as(results, each.cell)}” " if len(known) > 1 else "") + _short_of(each)
        for each in sorted(unmet, key=lambda each: -each.needed)
    ]
    n_met = len(known) - len(unmet)
    met = f" in {number(len(unmet))} of {counted(len(known), 'setting')}" if n_met else ""
    rest = f"; and {len(words) - _MOST_NAMED} more" if len(words) > _MOST_NAMED else ""
    return f"{within}, NOT met{met}: {'; '.join(words[:_MOST_NAMED])}{rest}."


def _short_of(each: Reached) -> str:
    if math.isnan(each.half_width):
        return "has no interval"
    about = f", about {number(each.needed)} replications in all would do" if each.needed else ""
    return f"{_width(each)}{about}"


def _width(each: Reached) -> str:
    unit = each.aim.unit
    places = decimals([each.half_width], unit)
    # To be told from the one wanted it takes a digit more.
    places += 1 if not each.is_met and each.half_width < 1.1 * each.wanted else 0
    least = 10.0**-places / (100 if unit == "share" else 1)
    is_seen = each.half_width >= least / 2 or each.half_width == 0
    text = amount(each.half_width if is_seen else least, unit, places)
    words = text.replace("%", "points") if unit == "share" else text
    return f"±\u00a0{words}" if is_seen else f"± less than {words}"


def _asked(aim: Aim, is_difference: bool) -> str:
    if not aim.is_relative:
        return aim.text
    return f"{aim.text} of the mean{' of the baseline' if is_difference else ''}"


def _group(results: Results, aim: Aim) -> str:
    name, _, rest = aim.group.partition("/")
    if name in results.cells[0].scenario.spec.bundles:
        return bundle_label(results, name) + (f", {rest}" if rest else "")
    role, _, office = aim.group.partition(" @ ")
    return role_label(results, role) + (f" at {office}" if office else "")
