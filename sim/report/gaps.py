"""Says what a study has no numbers for, and why: no case, no clock, no limit, no amount, no run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sim.experiment.results import Results
from sim.language import Phrases, say
from sim.report.view import distinct, role_label
from sim.report.words import amount, between, decimals, interval_in_words, listed
from sim.wording import visible

_AMOUNTS: Final = Phrases({"hour": "an hour of an applicant", "trip": "a trip", "copy": "a copy"})
"""What the fields of ``costs`` are amounts for."""


def has_cases(results: Results, bundle: str) -> bool:
    """Whether a case of the bundle arrived in a measured window."""
    return any(
        each.mean > 0 for each in results.estimates if (each.kpi, each.group) == ("n_cases", bundle)
    )


def gaps(results: Results, bundle: str) -> tuple[str, ...]:
    """What is not there for a bundle, a sentence each; empty where all is."""
    return tuple(_gaps(results, bundle))


def omissions(results: Results) -> tuple[str, ...]:
    """The settings that were not run, each with its reason."""
    return tuple(f"“{each.cell}”: {each.reason}" for each in results.omissions)


def _gaps(results: Results, bundle: str) -> Iterator[str]:
    if not has_cases(results, bundle):
        yield say(
            "No case in the measured window: there is nothing to report. Give more demand, a "
            "longer period.length, or a shorter period.warm_up, which ends before it."
        )
        return
    measured = {each.kpi for each in results.estimates if each.group == bundle}
    of_dossiers = {each.kpi for each in results.estimates if each.group.startswith(f"{bundle}/")}
    if "working_days_mean" not in measured:
        yield say(
            "No working days: no legal clock ran to its end.{by_calendar}",
            by_calendar=_calendar_days(results, bundle),
        )
    elif "on_time_share" not in measured:
        yield (
            say("The bundle as a whole has no legal limit; its procedures have.")
            if "dossier_on_time_share" in of_dossiers
            else say("There is no legal limit, so nothing is on time or late.")
        )
    yield from _amounts(results, bundle)


def _amounts(results: Results, bundle: str) -> Iterator[str]:
    """The amounts of money for want of which a burden or a cost is not computed (M2)."""
    found = [
        lacks
        for each in distinct(results)
        if (lacks := results.lacking.get(each.cell.name, {}).get(bundle)) is not None
    ]
    without = dict.fromkeys(name for lacks in found for name in lacks.burden)
    if without:
        names = listed(f"{_AMOUNTS[name]} (costs.{name})" for name in without)
        yield say(
            "No burden in money: the scenario does not say what {amounts} costs.", amounts=names
        )
    unpaid = dict.fromkeys(name for lacks in found for name in lacks.pay)
    if unpaid:
        names = listed(visible(f"{role_label(results, n)} (costs.pay.{n})") for n in unpaid)
        yield say(
            "No cost for offices in money: the scenario does not say the pay of {roles}.",
            roles=names,
        )


def _calendar_days(results: Results, bundle: str) -> str:
    cells = distinct(results)
    found = results.estimate(cells[0].cell.name, "sojourn_days_mean", bundle)
    if len(cells) > 1 or found is None:
        return ""
    places = decimals([(found.high - found.low) / 2], found.unit)
    interval = between(found.low, found.high, found.unit, places)
    bounds = f" ({interval_in_words(interval)})" if interval else ""
    return say(
        " From start to end a case takes {time}{bounds}.",
        time=amount(found.mean, "d", places),
        bounds=bounds,
    )
