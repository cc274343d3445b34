"""What a question to a scenario starts from, and the runs that it takes to answer it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from sim.analysis.estimate import Interval
from sim.analysis.paired import difference, in_common
from sim.errors import RequestError
from sim.experiment.claims import OF_NO_BUNDLE
from sim.experiment.plan import AS_WRITTEN, Point, plan_points
from sim.experiment.replication import Done
from sim.experiment.request import request
from sim.experiment.results import Results
from sim.experiment.runner import AUTO, make_ready
from sim.experiment.study import run_study
from sim.kpis import KPIS
from sim.language import say
from sim.scenario import Scenario
from sim.scenario.overrides.entries import variant_entries
from sim.scenario.overrides.override import targets_of
from sim.scenario.text.tree import Document, Path, undotted
from sim.wording import did_you_mean

OnProgress: TypeAlias = Callable[[str, float, int], None]
"""Told what is being done, how much of it is done, and of how much (0 where that is not known)."""

DAYS: Final = "working_days_mean"
"""The KPI that a question is about where neither it nor the scenario names one."""

_READING: Final[Path] = ("reading",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A variant, None for the scenario as written, with settings by lever or path."""

    variant: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is called in tables."""
        words = [f"{lever} {value}" for lever, value in self.settings.items()]
        names = [] if self.variant is None else [self.variant]
        return ", ".join(names + words) or AS_WRITTEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """How a question is run: as a study, see :func:`sim.experiment.request.request`."""

    replications: int | None = None
    seed: int | None = None
    engine: str = AUTO
    workers: int | None = None
    progress: OnProgress | None = None

    def tell(self, doing: str, done: float, total: int) -> None:
        """Say how far it is, to who asked for that."""
        if self.progress is not None:
            self.progress(doing, done, total)


def check_variant(known: Collection[str], variant: str | None) -> None:
    """Refuse a variant that is not there.

    Raises
    ------
    RequestError
        With the nearest name.
    """
    if variant is None or variant in known:
        return
    way_out = did_you_mean(variant, known) or say("The scenario has no variants.")
    raise RequestError(say("no variant '{name}'; {way_out}", name=variant, way_out=way_out))


def refuse_set_twice(
    document: Document,
    settings: Mapping[str, str],
    *,
    moved: Mapping[str, Iterable[str]],
    variants: Iterable[str | None],
) -> None:
    """Refuse a setting of what is set on the way of the answer, too: it would undo that unseen.

    Parameters
    ----------
    settings
        By lever or path; they hold everywhere, and over all else.
    moved
        By what it is called, the levers and paths that make the difference in question.
    variants
        What is asked about, None for the scenario as written.  The reading of a variant may be
        set: it is asked about under another then.

    Raises
    ------
    RequestError
        With the setting and what sets the same.
    """
    held = {
        say("variant '{name}'", name=name): [str(at[-1]) for at in variant_entries(document, name)]
        for name in variants
        if name is not None
    }
    for setting in settings:
        mine = _places(document, setting)
        for others, may_read in ((moved, False), (held, True)):
            for name, keys in others.items():
                theirs = (place for key in keys for place in _places(document, key))
                if any(_meet(mine, each) for each in theirs if not (may_read and each == _READING)):
                    raise RequestError(
                        say(
                            "{setting} is set, and by {name} too. Leave out one.",
                            setting=setting,
                            name=name,
                        )
                    )


def _places(document: Document, name: str) -> tuple[Path, ...]:
    """The places of a lever or a path; a path that leads to nothing yet may do so in a variant."""
    return targets_of(document, name) or tuple(filter(None, [undotted(name)]))


def _meet(places: Iterable[Path], other: Path) -> bool:
    """Whether one of some places is another, or in it, or around it."""
    return any(each[: len(other)] == other[: len(each)] for each in places)


def asked_for(scenario: Scenario, kpi: str | None, bundle: str | None) -> tuple[str, str]:
    """The KPI and the bundle that a question is about: those of the target where none is named.

    Raises
    ------
    RequestError
        There is no bundle of the name, or no KPI that bundles have.
    """
    target = scenario.target
    known = list(scenario.spec.bundles)
    if bundle is not None and bundle not in known:
        raise RequestError(
            say(
                "no bundle '{bundle}'; {way_out}",
                bundle=bundle,
                way_out=did_you_mean(bundle, known),
            )
        )
    if kpi is not None and kpi not in KPIS:
        raise RequestError(
            say("no KPI '{kpi}'; {way_out}", kpi=kpi, way_out=did_you_mean(kpi, KPIS))
        )
    if kpi is not None and kpi in OF_NO_BUNDLE:
        raise RequestError(
            say("'{kpi}' is not measured for a bundle. Ask for another KPI.", kpi=kpi)
        )
    of = bundle or (target.bundle if target is not None else known[0])
    is_target = target is not None and target.bundle == of
    return kpi or (target.kpi if target is not None and is_target else DAYS), of


def less(results: Results, base: str, cell: str, kpi: str, group: str) -> Interval | None:
    """One point less another, replications paired; None where either was not run or has no value.

    A share of counts is no surer than its counts, but of equal models the difference is none.
    """
    prints = {each.name: each.fingerprint for each in results.cells}
    if base not in prints or cell not in prints:
        return None
    counts = (results.out_of(each, kpi, group) for each in (base, cell))
    found = difference(
        results.values(base, kpi, group),
        results.values(cell, kpi, group),
        out_of=None if prints[base] == prints[cell] else in_common(*counts),
    )
    return found if found.n else None


def run_points(
    path: str, points: Sequence[Point], runs: Runs, *, bundle: str, compares: bool
) -> Results:
    """Run points under common random numbers; those with equal models run once.

    Parameters
    ----------
    compares
        See :func:`sim.experiment.plan.plan_points`.

    Raises
    ------
    ScenarioError
        With all faults of all points.
    KeyboardInterrupt
        It was interrupted: half an answer is none.
    """
    plan = plan_points(
        path,
        points,
        compares=compares,
        on_cell=lambda done, total: runs.tell(say("reading {path}", path=path), done, total),
    )
    asked = request(
        plan,
        command="",
        replications=runs.replications,
        seed=runs.seed,
        engine=runs.engine,
        workers=runs.workers,
        bundles=(bundle,),
        tables=("none",),
        over_time="none",
    )
    make_ready(asked.engine, asked.plan.models, lambda words: runs.tell(words, 0, 0))
    total = len(plan.models) * asked.replications
    n_done = 0

    def count(_: Done) -> None:
        nonlocal n_done
        n_done += 1
        runs.tell(say("simulating replications"), n_done, total)
        if n_done == total:
            runs.tell(say("bringing {n} points together", n=len(plan.cells)), 0, 0)

    runs.tell(say("simulating replications"), 0, total)
    results = run_study(asked, on_done=count).results
    if not results.is_complete:
        raise KeyboardInterrupt
    return results
