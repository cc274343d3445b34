"""Asks what a figure of a scenario, or the difference of two variants, hangs on."""

from __future__ import annotations

import platform
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import numpy as np

from sim.analysis.sensitivity import has_design
from sim.answers.asking import refuse_set_twice
from sim.answers.hangs_on import HangsOn, Line, Verdict
from sim.answers.screening import SCREENED_WITH, OnStep, Screening
from sim.answers.together import BLOCKS, with_shares, with_turns
from sim.errors import RequestError
from sim.experiment.checks import resolve_checked
from sim.experiment.claims import OF_NO_BUNDLE, OF_NO_CHANNEL, channel_names, group_of, is_in_force
from sim.experiment.plan import AS_WRITTEN
from sim.experiment.points import Points
from sim.experiment.request import check_count
from sim.experiment.runner import AUTO, available_workers, choose_engine, make_ready
from sim.kpis import KPIS
from sim.kpis.registry import unit_of
from sim.language import later, say
from sim.scenario import Entry, Scenario
from sim.scenario.load import read, scenario_of
from sim.scenario.ranges.factors import Factor, factors
from sim.scenario.text.tree import dotted, matches
from sim.wording import did_you_mean

_LIBRARIES: Final = ("lienthong", "numpy", "scipy", "numba", "SALib")
_USUAL: Final = "working_days_mean"
_NO_DESIGN: Final = later(
    "the shares of the variance need SALib, which is not installed. Install it (pip install "
    "'lienthong[sensitivity]'), or leave the shares out (--no-shares, shares=False)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked.

    Parameters
    ----------
    variant, baseline
        The figure is that of ``variant``; with a baseline also that of this, and what is left of
        the first less the second.  None for the scenario as written, or for no baseline.
    settings
        Overrides of both, by lever or path.
    kpi, bundle, channel
        By default those of the target, else the mean working days of the only bundle; all channels.
    only
        Levers and paths, or patterns of them, of the values that are moved; empty for all.
    shares
        Whether the few that lead are moved together, too.
    command
        As typed.
    """

    path: str
    command: str
    variant: str | None = None
    baseline: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    kpi: str | None = None
    bundle: str | None = None
    channel: str | None = None
    only: tuple[str, ...] = ()
    replications: int | None = None
    seed: int | None = None
    engine: str = AUTO
    workers: int | None = None
    shares: bool = True


def search(question: Question, on_step: OnStep) -> HangsOn:
    """Find what a figure hangs on.

    Raises
    ------
    ScenarioError
        With the faults of the scenario.
    RequestError
        Something is asked for that is not there, or SALib, which is asked for, is not installed.
    EngineError
        The engine cannot run the scenario, or a replication failed.
    """
    if question.shares and not has_design():
        raise RequestError(say(_NO_DESIGN))
    check_count("replications", question.replications, least=1)
    check_count("workers", question.workers, least=1)
    check_count("seed", question.seed, least=None)
    begun = time.monotonic()
    step: tuple[str, int, int] = "", 0, 0

    def tell(doing: str, done: int, total: int) -> None:
        nonlocal step
        step = doing, done, total
        on_step(*step)

    tell(say("reading {path}", path=question.path), 0, 0)
    names, cells = _cells(question)
    kpi, bundle, group = _asked(question, cells)
    found, unmoved = _factors(cells, question.only)
    models = [resolve_checked(cell) for cell in cells]
    engine = choose_engine(models, question.engine)
    make_ready(engine, models, lambda words: tell(words, 0, 0))
    spec = cells[0].spec
    seed = spec.seed if question.seed is None else question.seed
    points = Points(
        cells=cells,
        bundle=bundle,
        kpi=kpi,
        group=group,
        seed=seed,
        engine=engine,
        workers=question.workers or available_workers(),
        on_run=lambda: on_step(*step),  # it goes on, and can be ended
    )
    screening = Screening(
        points=points,
        names=names,
        unit=unit_of(kpi, models[0]),
        replications=question.replications or spec.replications,
        on_step=tell,
    )
    outcomes = screening.outcomes()
    if not all(np.isfinite(each.written.mean) for each in outcomes):
        raise RequestError(
            say(
                "no case of {group} has '{kpi}'. Ask for another KPI or bundle.",
                group=group,
                kpi=kpi,
            )
        )
    weighed = screening.weigh(found)
    verdicts = tuple(_verdicts(cells, kpi, group))
    weighed = with_turns(screening, weighed, verdicts)
    n_left_out = 0
    if question.shares:
        weighed, n_left_out = with_shares(screening, weighed, seed)
    return HangsOn(
        title=cells[0].title,
        command=question.command,
        kpi=kpi,
        unit=unit_of(kpi, models[0]),
        group=group,
        group_label=spec.bundles[bundle].label or bundle,
        only=question.only,
        outcomes=outcomes,
        weighed=weighed,
        unmoved=unmoved,
        verdicts=verdicts,
        replications=screening.replications,
        screened_with=min(SCREENED_WITH, screening.replications),
        n_blocks=BLOCKS if question.shares else 0,
        n_blocks_left_out=n_left_out,
        seed=seed,
        engine=engine,
        n_runs=points.n_runs,
        elapsed=time.monotonic() - begun,
        versions=dict(_versions()),
    )


def _cells(question: Question) -> tuple[tuple[str, ...], tuple[Scenario, ...]]:
    document, files = read(question.path)
    section = document.tree.get("variants")
    known = list(section) if isinstance(section, dict) else []
    asked = [question.variant]
    if question.baseline is not None:
        asked.append(None if question.baseline == AS_WRITTEN else question.baseline)
        if asked[0] == asked[1]:
            raise RequestError(
                say("the variant is its own baseline. Name another, or leave it out.")
            )
    for name in asked:
        if name is not None and name not in known:
            way_out = did_you_mean(name, known) or say("The scenario has no variants.")
            raise RequestError(say("no variant '{name}'; {way_out}", name=name, way_out=way_out))
    cells = tuple(
        scenario_of(
            question.path, document.copy(), files, variant=name, settings=dict(question.settings)
        )
        for name in asked
    )
    refuse_set_twice(document, question.settings, moved={}, variants=asked)
    return tuple(name or AS_WRITTEN for name in asked), cells


def _asked(question: Question, cells: tuple[Scenario, ...]) -> tuple[str, str, str]:
    """The KPI, the bundle and the group of cases that are asked about."""
    target, spec = cells[0].target, cells[0].spec
    kpi = question.kpi or (target.kpi if target is not None else _USUAL)
    if kpi not in KPIS:
        raise RequestError(
            say("no KPI '{kpi}'; {way_out}", kpi=kpi, way_out=did_you_mean(kpi, KPIS))
        )
    if kpi in OF_NO_BUNDLE or (question.channel and kpi in OF_NO_CHANNEL):
        raise RequestError(
            say("'{kpi}' is not measured for a channel. Ask for another KPI.", kpi=kpi)
            if question.channel
            else say("'{kpi}' is not measured for a bundle. Ask for another KPI.", kpi=kpi)
        )
    bundle = question.bundle or (target.bundle if target is not None else None)
    if bundle is None:
        if len(spec.bundles) > 1:
            raise RequestError(
                say(
                    "the scenario has several bundles and no target. Name a bundle "
                    "(--bundle): {known}.",
                    known=", ".join(spec.bundles),
                )
            )
        bundle = next(iter(spec.bundles))
    if bundle not in spec.bundles:
        raise RequestError(
            say(
                "no bundle '{bundle}'; {way_out}",
                bundle=bundle,
                way_out=did_you_mean(bundle, spec.bundles),
            )
        )
    known = channel_names(spec.bundles[bundle])
    if question.channel is not None and question.channel not in known:
        way_out = did_you_mean(question.channel, known)
        raise RequestError(
            say("no channel '{channel}'; {way_out}", channel=question.channel, way_out=way_out)
        )
    return kpi, bundle, f"{bundle}/{question.channel}" if question.channel else bundle


def parts(scenario: Scenario) -> Counter[str]:
    """How many factors each part of a scenario has, by what ``only`` takes: a section, a bundle."""
    found, _ = factors(scenario)
    firsts = (each.paths[0] if each.paths else (each.name,) for each in found)
    return Counter(dotted(path[: 2 if path[0] == "bundles" else 1]) for path in firsts)


def _factors(
    cells: tuple[Scenario, ...], only: Sequence[str]
) -> tuple[tuple[Factor, ...], tuple[Entry, ...]]:
    """The factors that all cells have alike, and the assumed values that nothing moves in any.

    Raises
    ------
    RequestError
        No cell has any of either, or none of what is asked for.
    """
    each = [factors(cell) for cell in cells]
    if not any(found or unmoved for found, unmoved in each):
        raise RequestError(
            say(
                "no value is assumed: there is nothing to move. State a range, or "
                "readings, for what may be otherwise."
            )
        )
    known = [{factor.name: factor.written for factor in found} for found, _ in each]
    found, unmoved = each[0]
    alike = tuple(
        factor
        for factor in found
        if all(other.get(factor.name) == factor.written for other in known)
    )
    if not only:
        return alike, unmoved
    for pattern in only:
        names = [name for factor in alike for name in _names(factor)]
        if not any(matches(pattern, name) for name in names):
            raise RequestError(
                say(
                    "nothing that may be otherwise is called '{pattern}'; {way_out}",
                    pattern=pattern,
                    way_out=did_you_mean(pattern, [*parts(cells[0]), *names]),
                )
            )
    return (
        tuple(each for each in alike if any(matches(p, n) for p in only for n in _names(each))),
        tuple(each for each in unmoved if any(matches(p, each.path) for p in only)),
    )


def _names(factor: Factor) -> tuple[str, ...]:
    """What a factor can be called: its lever, and its paths."""
    return factor.name, *map(dotted, factor.paths)


def _verdicts(cells: tuple[Scenario, ...], kpi: str, group: str) -> Iterator[Verdict]:
    """The lines that outcomes are held against: published figures, the target, no difference."""
    for index, cell in enumerate(cells):
        for claim in cell.claims:
            if claim.kpi == kpi and group_of(claim) == group and is_in_force(claim, cell):
                source = claim.source or ""
                yield Verdict(outcome=index, line=Line.CLAIM, value=claim.value, source=source)
        target = cell.target
        if target is not None and (target.kpi, target.bundle) == (kpi, group):
            value = target.at_most if target.at_most is not None else target.at_least
            if value is not None:
                source = target.source or ""
                yield Verdict(outcome=index, line=Line.TARGET, value=value, source=source)
    if len(cells) == 2:
        yield Verdict(outcome=2, line=Line.DIFFERENCE, value=0.0, source="")


def _versions() -> Iterator[tuple[str, str]]:
    yield "python", platform.python_version()
    for name in _LIBRARIES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue
