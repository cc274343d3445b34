"""Holds a study against published figures, and checks that these speak of what there is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from sim.analysis.estimate import Estimate
from sim.arrivals import AT_START
from sim.errors import Fault, ValueFault
from sim.experiment.results import Cell, ClaimCheck
from sim.kpis import KPIS, Kpi
from sim.kpis.money import lacking
from sim.model import ClockEnd, Element, Flow, Model, Outcome, Payment
from sim.model.graph import reachable
from sim.scenario import Scenario
from sim.scenario.schema.bundles import BundleSpec
from sim.scenario.schema.sections import Claim, Target
from sim.scenario.text.tree import Path, matches
from sim.units import parse_share
from sim.wording import did_you_mean

OF_NO_BUNDLE: Final = frozenset(
    {
        "dossier_working_days_mean",
        "dossier_working_days_median",
        "dossier_working_days_p90",
        "dossier_working_days_p95",
        "dossier_on_time_share",
        "n_dossiers_not_yet_due",
        "backlog_queue_days",
        "waiting_mean",
        "waiting_p90",
        "n_waiting",
        "n_items",
        "begun_within_a_day_share",
        "people_present",
        "utilisation",
        "overtime_hours",
        "step_passes",
        "step_waiting_hours",
        "step_work_minutes",
    }
)
"""KPIs of roles, procedures and steps: no group of them is a bundle."""

NEEDS_RECEIPT: Final = frozenset(
    {"working_days_mean", "working_days_median", "working_days_p90", "working_days_p95"}
)
"""KPIs of bundles of which a procedure is opened and closed."""

NEEDS_LIMIT: Final = frozenset({"on_time_share", "n_not_yet_due"})
"""KPIs of bundles that have a limit."""

OF_OTHER_OUTCOMES: Final = frozenset({"other_outcome_share"})
"""KPIs of outcomes that a scenario names itself."""

OF_BACKLOG: Final = frozenset({"backlog_days"})
"""KPIs of bundles that have a backlog."""


NEEDS_ANY_LIMIT: Final = frozenset({"begun_on_last_day_share"})
"""KPIs of bundles of which the whole or a procedure has a limit."""

NEEDS_AMOUNTS: Final = frozenset(
    {"fees", "burden", "burden_a_year", "office_cost", "office_cost_a_year"}
)
"""KPIs in money: the scenario has to give the amounts that they need (M2)."""

NEEDS_PAYMENT: Final = frozenset({"paid_online_share"})
"""KPIs of bundles in which fees are paid."""

OF_NO_CHANNEL: Final = frozenset(
    {
        "open_cases_at_end",
        "begun_on_last_day_share",
        "office_hours",
        "office_cost",
        "office_cost_a_year",
    }
)
"""KPIs of bundles that are not measured channel by channel."""


def claim_faults(scenario: Scenario) -> tuple[Fault, ...]:
    """The names in claims and in the target that nothing in the scenario, or no KPI, has."""
    return tuple(_faults(scenario))


def check_claims(cells: Sequence[Cell], estimates: Iterable[Estimate]) -> tuple[ClaimCheck, ...]:
    """Set each claim beside every cell in which its regime is in force.

    A claim without a regime is set beside every cell; one of a channel that a cell does not have,
    beside none.
    """
    by_place = {(each.variant, each.kpi, each.group): each for each in estimates}
    claims = cells[0].scenario.claims
    return tuple(
        ClaimCheck(
            claim=claim,
            cell=cell.name,
            mean=found.mean,
            low=found.low,
            high=found.high,
            difference=found.mean - claim.value,
        )
        for claim in claims
        for cell in cells
        if is_in_force(claim, cell.scenario)
        and (found := by_place.get((cell.name, claim.kpi, group_of(claim)))) is not None
    )


def group_of(claim: Claim) -> str:
    """The group of cases that a claim speaks of."""
    return f"{claim.bundle}/{claim.channel}" if claim.channel else claim.bundle


def is_in_force(claim: Claim, scenario: Scenario) -> bool:
    """Whether a claim speaks of the regime that is in force in a scenario, or of any."""
    if claim.regime is None:
        return True
    bundle = scenario.spec.bundles[claim.bundle]
    only = next(iter(bundle.regimes)) if len(bundle.regimes) == 1 else None
    return claim.regime == (bundle.regime or only)


def _faults(scenario: Scenario) -> Iterator[Fault]:
    def unknown(path: Path, kind: str, name: str | None, known: Iterable[str]) -> Iterator[Fault]:
        if name is not None and name not in set(known):
            yield scenario.fault(path, f"unknown {kind} '{name}'", did_you_mean(name, known))

    bundles = scenario.spec.bundles
    for at, wish in _wishes(scenario):
        yield from unknown((*at, "kpi"), "KPI", wish.kpi, KPIS)
        yield from unknown((*at, "bundle"), "bundle", wish.bundle, bundles)
        if isinstance(wish, Claim) and wish.bundle in bundles:
            bundle = bundles[wish.bundle]
            yield from unknown((*at, "regime"), "regime", wish.regime, bundle.regimes)
            yield from unknown((*at, "channel"), "channel", wish.channel, channel_names(bundle))
        if wish.kpi in OF_NO_BUNDLE:
            yield scenario.fault(
                (*at, "kpi"),
                f"'{wish.kpi}' is measured for roles or single procedures, not for a bundle",
                "Take one that is measured for bundles, such as working_days_mean.",
            )
        elif isinstance(wish, Claim) and wish.channel and wish.kpi in OF_NO_CHANNEL:
            yield scenario.fault(
                (*at, "kpi"),
                f"'{wish.kpi}' is measured for a bundle, not for one channel of it",
                "Leave the channel out.",
            )
        elif wish.kpi in KPIS:
            yield from _unit_faults(scenario, at, KPIS[wish.kpi])


def _unit_faults(scenario: Scenario, at: Path, kpi: Kpi) -> Iterator[Fault]:
    """A share is from 0 to 1, or in percent; nothing else is in percent."""
    wish = scenario.document.get(at)
    for field in ("value", "at_most", "at_least"):
        text = str(wish.get(field, ""))
        if text.endswith("%") and kpi.unit != "share":
            yield scenario.fault(
                (*at, field),
                f"'{text}' is a share, and '{kpi.name}' is in {kpi.unit}",
                "Give a number in that unit.",
            )
        elif text and kpi.unit == "share":
            try:
                parse_share(wish[field])
            except ValueFault as fault:
                yield scenario.fault((*at, field), fault.message, fault.way_out)


def measured_in(scenario: Scenario, model: Model) -> set[Path]:
    """The claims, and the target, of which a run of this model measures the figure.

    Parameters
    ----------
    scenario, model
        A scenario or one of its variants, without faults, and its model.
    """
    return {at for at, wish in _wishes(scenario) if _is_measured(wish, scenario, model)}


def is_measured(kpi: str, bundle: str, channel: str, scenario: Scenario, model: Model) -> bool:
    """Whether a run of this model measures a KPI of a bundle, or of a channel of it."""
    return _is_measured(
        Claim(bundle=bundle, channel=channel or None, kpi=kpi, value=0), scenario, model
    )


def unmeasured_faults(scenario: Scenario, measured: Collection[Path]) -> tuple[Fault, ...]:
    """The claims and the target that no variant measures, and what would do."""
    return tuple(
        scenario.fault(at, *_why_unmeasured(wish, scenario))
        for at, wish in _wishes(scenario)
        if at not in measured and not _has_lever(wish, scenario)
    )


def _has_lever(wish: Claim | Target, scenario: Scenario) -> bool:
    """Whether a lever may bring a claim's regime into force, or its channel into use."""
    if not isinstance(wish, Claim):
        return False
    wanted = [f"bundles.{wish.bundle}.regime"] if wish.regime else []
    wanted += [f"bundles.{wish.bundle}.channels.{wish.channel}"] if wish.channel else []
    patterns = [path for lever in scenario.levers.values() for path in lever.paths]
    return any(matches(pattern, path) for pattern in patterns for path in wanted)


def _wishes(scenario: Scenario) -> Iterator[tuple[Path, Claim | Target]]:
    for index, claim in enumerate(scenario.claims):
        yield ("claims", index), claim
    if scenario.target is not None:
        yield ("target",), scenario.target


def _is_measured(wish: Claim | Target, scenario: Scenario, model: Model) -> bool:
    flows = [each for each in model.flows if model.bundles[each.bundle].name == wish.bundle]
    if isinstance(wish, Claim):
        if not is_in_force(wish, scenario):
            return False
        if wish.channel is not None:
            flows = [each for each in flows if model.channels[each.channel] == wish.channel]
    if wish.kpi in NEEDS_LIMIT:
        flows = [each for each in flows if each.bundle_limit is not None]
    if wish.kpi in OF_OTHER_OUTCOMES and len(model.outcomes) <= len(Outcome):
        return False
    if wish.kpi in OF_BACKLOG:
        return _has_backlog(model, [model.flows.index(each) for each in flows])
    if wish.kpi in NEEDS_ANY_LIMIT:
        flows = [each for each in flows if each.bundle_limit is not None or any(each.limits)]
    if wish.kpi in NEEDS_AMOUNTS and not _is_priced(wish, model):
        return False
    if wish.kpi in NEEDS_PAYMENT:
        return _comes_to(Payment, flows, model)
    if wish.kpi in NEEDS_RECEIPT | NEEDS_LIMIT:
        return _comes_to(ClockEnd, flows, model)
    return bool(flows)


def _comes_to(kind: type[Element], flows: Sequence[Flow], model: Model) -> bool:
    return any(
        isinstance(model.elements[index], kind)
        for flow in flows
        for index in reachable(model.elements, flow.start)
    )


def _has_backlog(model: Model, flows: Sequence[int]) -> bool:
    listed = model.case_list
    if listed is None:
        return False
    return bool(np.isin(listed.flow[listed.entry != AT_START], flows).any())


def _is_priced(wish: Claim | Target, model: Model) -> bool:
    """Whether a figure in money has all the amounts that it needs (M2)."""
    lacks = lacking(model).get(wish.bundle)
    if lacks is None or wish.kpi == "fees":
        return lacks is not None
    if wish.kpi in ("burden", "burden_a_year"):
        return lacks.asks_applicants and not lacks.burden
    return not lacks.pay


def _why_unmeasured(wish: Claim | Target, scenario: Scenario) -> tuple[str, str]:
    if isinstance(wish, Claim) and wish.regime is not None:
        bundle = scenario.spec.bundles[wish.bundle]
        if len(bundle.regimes) > 1 and bundle.regime != wish.regime:
            return (
                f"nothing is set beside it: no variant in which regime '{wish.regime}' is in force "
                f"by name measures '{wish.kpi}'",
                f"Add a variant with regime: {wish.regime}, or leave it out.",
            )
    if wish.kpi in NEEDS_LIMIT:
        return (
            f"'{wish.kpi}' is never measured: the bundle '{wish.bundle}' has no limit",
            "Give the bundle a limit of its own, e.g. limit: 3 wd.",
        )
    if wish.kpi in NEEDS_RECEIPT:
        return (
            f"'{wish.kpi}' is never measured: no procedure of '{wish.bundle}' is opened and closed",
            "Add steps open: and close: to the flow, or take sojourn_days_mean.",
        )
    if wish.kpi in OF_BACKLOG:
        return (
            f"'{wish.kpi}' is never measured: no case of '{wish.bundle}' is in a backlog",
            "Give backlog: a file of cases under way.",
        )
    if wish.kpi in NEEDS_ANY_LIMIT:
        return (
            f"'{wish.kpi}' is never measured: nothing in the bundle '{wish.bundle}' has a limit",
            "Give a procedure a limit, e.g. limit: 3 wd.",
        )
    if wish.kpi in NEEDS_AMOUNTS:
        return (
            f"'{wish.kpi}' is never measured: amounts of money are lacking for '{wish.bundle}'",
            "Give under costs: hour, trip, copy, and the pay of each role.",
        )
    if wish.kpi in NEEDS_PAYMENT:
        return (
            f"'{wish.kpi}' is never measured: nothing is paid in '{wish.bundle}'",
            "Add a step pay:.",
        )
    if wish.kpi in OF_OTHER_OUTCOMES:
        return (
            f"'{wish.kpi}' is never measured: no case has an outcome of the scenario's own",
            "Add a step end: with a word of your own.",
        )
    return (
        f"'{wish.kpi}' is never measured: no case of '{wish.bundle}' is on this channel",
        "Give the channel a share, or steps of its own.",
    )


def channel_names(bundle: BundleSpec) -> set[str]:
    """The channels that a bundle, or a regime of it, names."""
    return {*bundle.channels, *(each for r in bundle.regimes.values() for each in r.channels)}
