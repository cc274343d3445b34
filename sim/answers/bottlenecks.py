"""Which bottleneck: what it gives to take each away alone, all of them, and all but each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sim.analysis.estimate import Estimate, Interval
from sim.answers.asking import (
    DAYS,
    Runs,
    Where,
    asked_for,
    check_variant,
    less,
    refuse_set_twice,
    run_points,
)
from sim.errors import EngineError, RequestError
from sim.experiment.plan import Point
from sim.experiment.results import Failure, Results
from sim.language import say
from sim.scenario import Scenario
from sim.scenario.load import read, scenario_of
from sim.scenario.overrides.entries import bottleneck_entries, variant_entries
from sim.scenario.text.tree import Document

KPIS_SHOWN: Final = (DAYS, "on_time_share", "office_cost_a_year", "burden_a_year")
"""What is looked at beside the KPI of the target: days, on time, and what both sides pay."""

_BASE: Final = "as it is"
_ALL: Final = "without all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What it gives to take a bottleneck away, in the unit of a KPI: then less as it is.

    Parameters
    ----------
    alone
        It alone.
    others
        All the others, so that it alone is left.
    last
        It, where all the others are away already.

    None where the runs that this takes were left out, or had no value.
    """

    alone: Interval | None
    others: Interval | None
    last: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bottleneck:
    """What stands in the way; ``settings`` are the levers that take it away, with their values.

    ``gains`` are by KPI, those without a value left out; ``is_idle`` says that taking it away
    changes nothing at all: as the scenario is, it does not stand in the way.
    """

    name: str
    label: str
    note: str
    mark: str
    source: str
    settings: Mapping[str, str]
    gains: Mapping[str, Gain]
    is_idle: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bottlenecks:
    """The bottlenecks of a scenario and what each of them costs.

    Parameters
    ----------
    where
        The name of the point that they are taken away from.
    units, before, everything
        By KPI: its unit, what it is, and what taking all of them away gives.
    omissions
        What could not be run for want of staff, by name, with the reason.
    """

    title: str
    bundle: str
    bundle_label: str
    where: str
    units: Mapping[str, str]
    before: Mapping[str, Estimate]
    everything: Mapping[str, Interval]
    bottlenecks: tuple[Bottleneck, ...]
    omissions: Mapping[str, str]
    failures: tuple[Failure, ...]
    replications: int
    seed: int
    engine: str


def bottlenecks(
    path: str,
    *,
    where: Where,
    bundle: str | None = None,
    runs: Runs,
) -> Bottlenecks:
    """Take each bottleneck of a scenario away: alone, all of them, and all but each.

    Parameters
    ----------
    where
        What they are taken away from.
    bundle
        What is looked at; by default the one of the target.

    Raises
    ------
    ScenarioError
        With all faults of all points.
    RequestError
        The scenario names no bottlenecks, or no variant of the name; or a setting is of what the
        variant or a bottleneck sets.
    """
    document, files = read(path)
    scenario = scenario_of(path, document.copy(), files, variant=None, settings={})
    check_variant(scenario.variants, where.variant)
    names = list(scenario.spec.bottlenecks)
    if not names:
        raise RequestError(
            say(
                "{path} names no bottlenecks. Write some under bottlenecks:, each with "
                "the levers that take it away.",
                path=path,
            )
        )
    refuse_set_twice(
        document,
        where.settings,
        moved={
            say("bottleneck '{name}'", name=name): [
                str(at[-1]) for at in bottleneck_entries(document, [name])
            ]
            for name in names
        },
        variants=[where.variant],
    )
    kpi, bundle = asked_for(scenario, None, bundle)
    results = run_points(
        path,
        list(_points(document, where, names)),
        runs,
        bundle=bundle,
        compares=True,
    )
    if results.failures and not len(results.measures):
        raise EngineError(
            say("no replication was finished: {error}", error=results.failures[0].error)
        )
    kpis = [each for each in dict.fromkeys((kpi, *KPIS_SHOWN)) if _has(results, each, bundle)]
    if not kpis:
        raise RequestError(say("'{bundle}' has no case that a figure could be of.", bundle=bundle))
    return Bottlenecks(
        title=results.title,
        bundle=bundle,
        bundle_label=scenario.spec.bundles[bundle].label or bundle,
        where=where.name,
        units={each: _estimate(results, each, bundle).unit for each in kpis},
        before={each: _estimate(results, each, bundle) for each in kpis},
        everything={
            each: found
            for each in kpis
            if (found := less(results, _BASE, _ALL, each, bundle)) is not None
        },
        bottlenecks=tuple(
            _bottleneck(results, scenario, document, name, names, kpis, bundle) for name in names
        ),
        omissions={each.cell: each.reason for each in results.omissions},
        failures=results.failures,
        replications=results.replications,
        seed=results.seed,
        engine=results.engine,
    )


def _points(document: Document, where: Where, names: Sequence[str]) -> Iterator[Point]:
    sets: dict[str, Sequence[str]] = {_BASE: (), _ALL: names}
    for name in names:
        sets[_alone(name)] = (name,)
        sets[_others(name)] = [each for each in names if each != name]
    before = () if where.variant is None else variant_entries(document, where.variant)
    for point, away in sets.items():
        yield Point(
            name=point,
            settings=where.settings,
            entries=(*before, *bottleneck_entries(document, away)),
        )


def _alone(name: str) -> str:
    return f"without {name}"


def _others(name: str) -> str:
    return f"{name} alone left"


def _bottleneck(
    results: Results,
    scenario: Scenario,
    document: Document,
    name: str,
    names: Sequence[str],
    kpis: Sequence[str],
    bundle: str,
) -> Bottleneck:
    spec = scenario.spec.bottlenecks[name]
    # Of one bottleneck, all is it alone, and no other is left.
    others = _others(name) if len(names) > 1 else _BASE
    cells = {cell.name: cell.fingerprint for cell in results.cells}
    return Bottleneck(
        name=name,
        label=spec.label or name,
        note=spec.note or "",
        mark=spec.mark or ("stated" if spec.source else ""),
        source=spec.source or "",
        settings={
            str(at[-1]): _in_words(document.get(at)) for at in bottleneck_entries(document, [name])
        },
        gains={
            kpi: Gain(
                alone=less(results, _BASE, _alone(name), kpi, bundle),
                others=less(results, _BASE, others, kpi, bundle),
                last=less(results, others, _ALL, kpi, bundle),
            )
            for kpi in kpis
        },
        is_idle=cells.get(_alone(name)) == cells[_BASE],
    )


def _has(results: Results, kpi: str, bundle: str) -> bool:
    return results.estimate(_BASE, kpi, bundle) is not None


def _estimate(results: Results, kpi: str, bundle: str) -> Estimate:
    found = results.estimate(_BASE, kpi, bundle)
    assert found is not None  # noqa: S101  those without a value are left out before
    return found


def _in_words(value: object) -> str:
    """A value as it stands in the scenario, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_in_words(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_in_words, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
