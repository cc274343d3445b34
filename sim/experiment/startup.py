"""Checks a warm-up: runs as written beside the same runs begun earlier.

Cases belong to their month and home, so that both have the same cases on the same days: what they
differ by is the start-up alone, and season and holidays, which no look at one run can tell from it,
cancel out.  A start-up that is longer than the head start is in both, and is not seen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.analysis.paired import in_common
from sim.analysis.verdicts import Judgement, Pair, judge
from sim.analysis.warmup import FEWEST, WarmUpCheck, check_against
from sim.errors import EngineError, RequestError, ScenarioError
from sim.experiment.aims import chief_bundles, chief_kpi
from sim.experiment.dated import dated_changes
from sim.experiment.kinds import Kind, kind_of
from sim.experiment.loads import overloaded
from sim.experiment.plan import Plan, plan_run
from sim.experiment.replication import Done, Failed, Finished, Job
from sim.experiment.request import MOST_CASES
from sim.experiment.runner import AUTO, available_workers, choose_engine, make_ready, run_cells
from sim.kpis import Measure
from sim.language import date_in_words, say
from sim.units import DAY, WEEK

REPLICATIONS: Final = 5
"""Runs of each of the two, unless it is said."""

HEAD_START: Final = 26 * 7
"""Days that the earlier run begins before, and at least twice the warm-up."""

LEAST_HEAD: Final = 4 * 7
"""Days below which an earlier run says nothing."""

LONGEST: Final = 13 * 7
"""Days behind the warm-up that are looked at, and at least three times the warm-up."""

MARGIN: Final = 0.01
"""What a start-up may change a mean by, as a share of it."""

MARGIN_OF_SHARES: Final = 0.005
"""Of shares it is half a point of the percentage."""

_ALWAYS: Final = ("working_days_mean", "sojourn_days_mean")

Standing: TypeAlias = Literal["enough", "short", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StartUp:
    """The state of the offices by day, from the start on: arrays of shape (replications, days).

    ``own`` are the runs as written, ``earlier`` those that began before; ``check`` is by
    MSER-5, of both, see :func:`sim.analysis.warmup.check_against`.
    """

    kpi: str
    group: str
    unit: str
    own: NDArray[np.float64]
    earlier: NDArray[np.float64]
    check: WarmUpCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class Bias:
    """What is left of the start-up in a KPI: ``mean`` is that of the earlier runs.

    The difference is the runs as written less the earlier ones, of the same measured cases.
    """

    kpi: str
    group: str
    unit: str
    mean: float
    judgement: Judgement

    @property
    def standing(self) -> Standing:
        """Whether the difference is within the margin, beyond it, or cannot be told."""
        found, margin = self.judgement.interval, self.judgement.margin
        if -margin <= found.low and found.high <= margin:
            return "enough"
        return "short" if found.low > 0 or found.high < 0 else "unknown"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WarmUp:
    """Whether the warm-up of a study is long enough.

    Parameters
    ----------
    given, head, looked_at
        Days: the warm-up as it is stated, how much earlier the other runs began, and how many
        behind the warm-up are measured here.
    start
        The first day.
    biases
        What is left in the KPIs that the study is about; empty where nothing was run, since the
        study begins with what there was.
    """

    title: str
    cell: str
    kind: Kind
    start: dt.date
    given: int
    head: int
    looked_at: int
    replications: int
    seed: int
    engine: str
    series: tuple[StartUp, ...]
    biases: tuple[Bias, ...]

    @property
    def standing(self) -> Standing:
        """Short if any bias is, else unknown if any is, or nothing was measured."""
        found = {each.standing for each in self.biases}
        return "short" if "short" in found else "enough" if found == {"enough"} else "unknown"

    @property
    def needed(self) -> int | None:
        """Days after which MSER-5 finds the open cases of all bundles settled; None for never."""
        days = [each.check.n_needed for each in self.series if each.kpi == "open_cases"]
        known = [each for each in days if each is not None]
        return max(known, default=0) if len(known) == len(days) else None


def check_startup(
    path: str,
    *,
    variant: str | None = None,
    settings: Mapping[str, str] | None = None,
    replications: int = REPLICATIONS,
    seed: int | None = None,
    engine: str = AUTO,
    workers: int | None = None,
    on_compile: Callable[[str], None] | None = None,
    on_done: Callable[[int, int], None] | None = None,
) -> WarmUp:
    """Run a scenario as written and from earlier on, and compare.

    Parameters
    ----------
    on_compile
        Told before the engine is compiled.
    on_done
        Told how many runs are done, and of how many.

    Raises
    ------
    ScenarioError, RequestError
        As for :func:`sim.experiment.plan.plan_run`; also where nothing earlier can be run.
    EngineError
        The engine cannot run it, or a replication failed.
    """
    if type(replications) is not int or replications < 2:
        raise RequestError(
            say(
                "replications: found {replications!r}; give a whole number from 2",
                replications=replications,
            )
        )
    variants = () if variant is None else (variant,)
    given = dict(settings or {})
    plan = plan_run(path, variants=variants, settings=given)
    scenario, model = plan.scenario, plan.models[0]
    kind = kind_of(scenario, model, overloaded(model))
    days = model.warm_up_ends_at // DAY
    length = min((model.measured_until - model.warm_up_ends_at) // DAY, max(3 * days, LONGEST))
    if length < 1:
        raise RequestError(
            say("nothing is measured in less than a day. Give a longer period.length.")
        )
    seed = scenario.spec.seed if seed is None else seed
    head, runs = 0, 0
    done: Sequence[Done] = ()
    job = None
    if not kind.begins_full:
        own = plan_run(path, variants=variants, settings=given | {"period.length": _days(length)})
        head, earlier = _earlier(path, variants, given, plan, days, length)
        bundles = chief_bundles(scenario, ())
        is_small = max(each.expected_cases() for each in earlier.models) <= MOST_CASES
        models = own.models + earlier.models
        job = Job(
            models=models,
            seed=seed,
            engine=choose_engine(models, engine),
            bundles=bundles,
            over_time="day",
            followed=("open_cases", *(("items_waiting",) if is_small else ())),
        )

        def count(_: Done) -> None:
            nonlocal runs
            runs += 1
            if on_done is not None:
                on_done(runs, 2 * replications)

        make_ready(job.engine, models, on_compile or (lambda _: None))
        ran = run_cells(
            job, replications=replications, workers=workers or available_workers(), on_done=count
        )
        if not ran.is_complete:
            raise KeyboardInterrupt
        done = ran.done
    return WarmUp(
        title=plan.title,
        cell=plan.cells[0].name,
        kind=kind,
        start=model.start,
        given=days,
        head=head,
        looked_at=length,
        replications=replications if job is not None else 0,
        seed=seed,
        engine="" if job is None else job.engine,
        series=() if job is None else tuple(_series(done, head, days, days + length)),
        biases=() if job is None else tuple(_biases(plan, job.bundles, done, replications)),
    )


def _days(n: int) -> str:
    return f"{n} days"


def _earlier(
    path: str,
    variants: Sequence[str],
    settings: Mapping[str, str],
    plan: Plan,
    warm_up: int,
    length: int,
) -> tuple[int, Plan]:
    """The runs that began earlier, and by how many days: under the same rules all the time."""
    start = plan.models[0].start
    head = max(HEAD_START, 7 * -(-2 * warm_up // 7))

    def begun(days: int) -> Plan:
        return plan_run(
            path,
            variants=variants,
            settings=dict(settings)
            | {
                "period.start": (start - dt.timedelta(days=days)).isoformat(),
                "period.warm_up": _days(warm_up + days),
                "period.length": _days(length),
            },
        )

    try:
        found = begun(head)
        before = [
            change.date
            for change in dated_changes(found.scenario, head + 1)
            if change.date <= start
        ]
        if before:
            head = (start - before[-1]).days // 7 * 7
            found = begun(head) if head >= LEAST_HEAD else found
    except ScenarioError as error:
        raise RequestError(
            say(
                "the warm-up cannot be checked: begun {weeks} weeks earlier the scenario "
                "has faults: {fault}. Give a later period.start.",
                weeks=head // 7,
                fault=error.faults[0],
            )
        ) from None
    if head < LEAST_HEAD:
        raise RequestError(
            say(
                "the warm-up cannot be checked: on {day} something changes by date, so "
                "that a run begun {weeks} weeks earlier has other rules. Give a later "
                "period.start.",
                day=date_in_words(before[-1], is_plain=True),
                weeks=LEAST_HEAD * DAY // WEEK,
            )
        )
    return head, found


def _finished(done: Sequence[Done], model: int) -> list[Finished]:
    """The replications of the runs as written (0) or begun earlier (1)."""
    for each in done:
        if isinstance(each, Failed):
            raise EngineError(
                say(
                    "replication {replication} failed: {error}",
                    replication=each.replication,
                    error=each.error,
                )
            )
    return [each for each in done if isinstance(each, Finished) and each.model == model]


def _series(done: Sequence[Done], head: int, warm_up: int, days: int) -> Iterator[StartUp]:
    own, earlier = _finished(done, 0), _finished(done, 1)
    for i, course in enumerate(own[0].courses):
        mine, other = (
            np.array([each.courses[i].values for each in found]) for found in (own, earlier)
        )
        mine, other = mine[:, :days], other[:, head : head + days]
        if mine.shape == other.shape and np.any(other > 0) and days >= FEWEST:
            yield StartUp(
                kpi=course.kpi,
                group=course.group,
                unit=course.unit,
                own=mine,
                earlier=other,
                check=check_against(mine, other, warm_up),
            )


def _biases(
    plan: Plan, bundles: Sequence[str], done: Sequence[Done], replications: int
) -> Iterator[Bias]:
    sides = []
    for model in (0, 1):
        found: list[dict[tuple[str, str], Measure]] = [{} for _ in range(replications)]
        for each in _finished(done, model):
            found[each.replication] = {(m.kpi, m.group): m for m in each.measures}
        sides.append(found)
    own, earlier = sides
    for bundle in bundles:
        for kpi in dict.fromkeys((chief_kpi(plan.scenario.target, bundle), *_ALWAYS)):
            place = kpi, bundle
            sides_of = zip(earlier, own, strict=True)
            pairs = [(before.get(place), mine.get(place)) for before, mine in sides_of]
            known = [(a, b) for a, b in pairs if a is not None and b is not None]
            if not known:
                continue
            base, variant = (np.array([pair[side].value for pair in known]) for side in (0, 1))
            counts = (np.array([pair[side].out_of for pair in known]) for side in (0, 1))
            unit, mean = known[0][0].unit, float(base.mean())
            margin = MARGIN_OF_SHARES if unit == "share" else MARGIN * abs(mean)
            pair = Pair(base=base, variant=variant, out_of=in_common(*counts), margin=margin)
            yield Bias(kpi=kpi, group=bundle, unit=unit, mean=mean, judgement=judge([pair])[0])
