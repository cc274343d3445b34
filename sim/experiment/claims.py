"""Holds a study against published figures, and checks that these speak of what there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sim.analysis.estimate import Estimate
from sim.errors import Fault
from sim.experiment.results import Cell, ClaimCheck
from sim.kpis import KPIS
from sim.scenario import Scenario
from sim.scenario.schema.bundles import BundleSpec
from sim.scenario.schema.sections import Claim
from sim.scenario.text.tree import Path
from sim.wording import did_you_mean


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
        if _is_in_force(claim, cell.scenario)
        and (found := by_place.get((cell.name, claim.kpi, group_of(claim)))) is not None
    )


def group_of(claim: Claim) -> str:
    """The group of cases that a claim speaks of."""
    return f"{claim.bundle}/{claim.channel}" if claim.channel else claim.bundle


def _is_in_force(claim: Claim, scenario: Scenario) -> bool:
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
    for index, claim in enumerate(scenario.claims):
        at: Path = ("claims", index)
        yield from unknown((*at, "kpi"), "KPI", claim.kpi, KPIS)
        yield from unknown((*at, "bundle"), "bundle", claim.bundle, bundles)
        if claim.bundle in bundles:
            bundle = bundles[claim.bundle]
            yield from unknown((*at, "regime"), "regime", claim.regime, bundle.regimes)
            yield from unknown((*at, "channel"), "channel", claim.channel, _channels(bundle))
    if scenario.target is not None:
        yield from unknown(("target", "kpi"), "KPI", scenario.target.kpi, KPIS)
        yield from unknown(("target", "bundle"), "bundle", scenario.target.bundle, bundles)


def _channels(bundle: BundleSpec) -> set[str]:
    return {*bundle.channels, *(each for r in bundle.regimes.values() for each in r.channels)}
