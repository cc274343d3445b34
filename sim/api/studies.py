"""Studies: run, compare, sweep."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sim import engines
from sim.api.arguments import (
    Wished,
    as_lever_texts,
    as_name,
    as_names,
    as_pairs,
    call_of,
)
from sim.api.scenarios import AnyPath, OnProgress, Setting, as_texts
from sim.api.study import Study, study_of
from sim.experiment import store
from sim.experiment.plan import OnCell, Plan, plan_compare, plan_run, plan_sweep
from sim.experiment.replication import Done
from sim.experiment.request import Request, request
from sim.experiment.runner import AUTO
from sim.experiment.study import Output, run_study

_RUNNING: Final = "simulating replications"


def run(
    path: AnyPath,
    *,
    variants: str | Sequence[str] = (),
    settings: Mapping[str, Setting] | None = None,
    replications: int | None = None,
    precision: Wished = None,
    most_replications: int | None = None,
    only_replication: int | None = None,
    seed: int | None = None,
    engine: str = AUTO,
    workers: int | None = None,
    bundles: str | Sequence[str] = (),
    tables: str | Sequence[str] | None = None,
    over_time: str | None = None,
    out: AnyPath | None = None,
    replace: bool = False,
    progress: OnProgress | None = None,
    command: str | None = None,
) -> Study:
    """Simulate a scenario as written, or some of its variants, each for itself.

    Parameters
    ----------
    path
        The YAML file.
    variants
        The name of a variant, or several.
    settings
        What to set in all of them, by lever or path: ``{"uptake": "80 %"}``.
    replications
        Independent runs of each; by default as the scenario says.  With ``precision`` the first
        stage of them, by default 20 or as the scenario says, if that is more.
    precision
        Run replications until intervals are this narrow: ``"5 %"`` of the mean or ``"0.2 wd"`` on
        either side, of the KPI of the target; ``{"on_time_share": "1 point"}`` of a KPI by name, or
        ``{"on_time_share of birth/online": "1 point"}``; several at once.  In a comparison it is
        that of the difference from the baseline, in percent of the mean of the baseline.
    most_replications
        What is not exceeded for it, by default 1,000; whether it was met is told.
    only_replication
        The number of one replication, from 0, to run alone: with all its draws as in a whole study.
    seed
        Of the draws; by default as the scenario says.
    engine
        ``auto`` takes the fastest that can run the scenario.
    workers
        Threads or processes to share the work; by default one a core.  They change no digit.
    bundles
        Bundles whose KPIs, cases and dossiers are kept, with the KPIs of roles over all offices;
        by default those of every bundle, role and office.
    tables
        Which of ``cases``, ``dossiers`` and ``work_items`` to keep, or ``none`` or ``all``; by
        default cases and dossiers, none for more than 2 million cases.
    over_time
        ``day`` or ``week``: also follow the state of the offices over time by such periods; or
        ``none``.  By default ``week`` where something changes by date, or there is a backlog, and
        a run has no more than 100 000 cases.
    out
        A folder to write everything into; a study that was interrupted goes on from there.
    replace
        Whether results of another study in it are replaced, which is refused otherwise.
    progress
        Called as ``progress(doing, done, total)`` while the study is on its way.
    command
        What the report says how to get the same numbers again; by default this call.

    Returns
    -------
    Study
        With failed replications left out, and told in its manifest.  After Ctrl-C, with what was
        finished.

    Raises
    ------
    ScenarioError
        With all faults of all variants, those of the load on their staff included.
    RequestError
        Something is asked for that is not there, such as a variant.
    EngineError
        The engine cannot run the scenario.
    StoreError
        The results cannot be written; as an ``UnsavedError`` it has them.
    """
    call = call_of("run", locals())
    how = _How(
        path=os.fspath(path), out=out, replace=replace, progress=progress, command=command or call
    )
    return how.study(
        lambda on_cell: plan_run(
            how.path, variants=as_names(variants), settings=as_texts(settings), on_cell=on_cell
        ),
        replications=replications,
        precision=as_pairs(precision),
        most_replications=most_replications,
        only_replication=only_replication,
        seed=seed,
        engine=engine,
        workers=workers,
        bundles=as_names(bundles),
        tables=None if tables is None else as_names(tables),
        over_time=over_time,
    )


def compare(
    path: AnyPath,
    *,
    variants: str | Sequence[str] = (),
    baseline: str | None = None,
    settings: Mapping[str, Setting] | None = None,
    replications: int | None = None,
    precision: Wished = None,
    most_replications: int | None = None,
    seed: int | None = None,
    engine: str = AUTO,
    workers: int | None = None,
    bundles: str | Sequence[str] = (),
    tables: str | Sequence[str] | None = None,
    over_time: str | None = None,
    out: AnyPath | None = None,
    replace: bool = False,
    progress: OnProgress | None = None,
    command: str | None = None,
) -> Study:
    """Simulate variants and compare them with one of them, under common random numbers.

    Parameters
    ----------
    variants
        By default all of the scenario; one alone is compared with the scenario as written.
    baseline
        What the others are compared with; by default the first.

    Other parameters are those of :func:`run`; so are the errors, but that a variant whose staff
    cannot keep up is left out, unless all are, and named in the manifest.
    """
    call = call_of("compare", locals())
    how = _How(
        path=os.fspath(path), out=out, replace=replace, progress=progress, command=command or call
    )
    return how.study(
        lambda on_cell: plan_compare(
            how.path,
            variants=as_names(variants),
            settings=as_texts(settings),
            baseline=as_name(baseline),
            on_cell=on_cell,
        ),
        replications=replications,
        precision=as_pairs(precision),
        most_replications=most_replications,
        seed=seed,
        engine=engine,
        workers=workers,
        bundles=as_names(bundles),
        tables=None if tables is None else as_names(tables),
        over_time=over_time,
    )


def sweep(
    path: AnyPath,
    *,
    vary: Mapping[str, Sequence[Setting]],
    also: Mapping[str, Sequence[Setting]] | None = None,
    variant: str | None = None,
    baseline: str | None = None,
    settings: Mapping[str, Setting] | None = None,
    replications: int | None = None,
    precision: Wished = None,
    most_replications: int | None = None,
    seed: int | None = None,
    engine: str = AUTO,
    workers: int | None = None,
    bundles: str | Sequence[str] = (),
    tables: str | Sequence[str] | None = None,
    over_time: str | None = None,
    out: AnyPath | None = None,
    replace: bool = False,
    progress: OnProgress | None = None,
    command: str | None = None,
) -> Study:
    """Simulate the grid of all values of some levers, and compare its points with one of them.

    Parameters
    ----------
    vary
        The values of each lever, or path: ``{"uptake": ["48 %", "95 %"]}``.
    also
        Levers that are moved alone beside the grid: each of their values with each value of the
        first lever of ``vary``, all others at the value that is named first.
    variant
        Where the grid starts from; by default the scenario as written.
    baseline
        The point that the others are compared with, by its name; by default the first.  Or the
        settings of some levers, such as ``"separate-2006"``: each point is compared with the one
        that differs in them only.

    Other parameters are those of :func:`run`; so are the errors, but that a point whose staff
    cannot keep up is left out, unless all are, and named in the manifest.
    """
    call = call_of("sweep", locals())
    how = _How(
        path=os.fspath(path), out=out, replace=replace, progress=progress, command=command or call
    )
    return how.study(
        lambda on_cell: plan_sweep(
            how.path,
            vary=as_lever_texts(vary),
            also=as_lever_texts(also or {}),
            variant=as_name(variant),
            settings=as_texts(settings),
            baseline=as_name(baseline),
            on_cell=on_cell,
        ),
        replications=replications,
        precision=as_pairs(precision),
        most_replications=most_replications,
        seed=seed,
        engine=engine,
        workers=workers,
        bundles=as_names(bundles),
        tables=None if tables is None else as_names(tables),
        over_time=over_time,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _How:
    """What a study has beside its plan: where it goes, and who is told."""

    path: str
    out: AnyPath | None
    replace: bool
    progress: OnProgress | None
    command: str

    def study(
        self, plan_it: Callable[[OnCell], Plan], *, tables: Sequence[str] | None, **wanted: Any
    ) -> Study:
        started_at = datetime.now(UTC).astimezone()
        plan = plan_it(lambda done, total: self._tell(f"reading {self.path}", done, total))
        scratch: Path | None = None
        out = Path(self.out) if self.out is not None else None
        if out is None and tables != ("none",):
            scratch = Path(tempfile.mkdtemp(prefix="lienthong-"))
        try:
            asked = request(plan, command=self.command, tables=tables, out=out or scratch, **wanted)
            if out is not None:
                store.claim(out, _identity(asked), replace=self.replace)
            output = self._run(asked)
            if not output.results.is_complete and not len(output.results.measures):
                raise KeyboardInterrupt
            if out is not None:
                self._tell(f"writing {out}", 0, 0)
            return study_of(
                output, started_at=started_at, workers=asked.workers, out=out, scratch=scratch
            )
        except BaseException:
            if scratch is not None:
                shutil.rmtree(scratch, ignore_errors=True)
            raise

    def _run(self, asked: Request) -> Output:
        n_models = len(asked.plan.models)
        total = n_models * asked.replications
        n_done = 0

        def resume(n: int) -> None:
            nonlocal n_done
            n_done = n
            self._tell(_RUNNING, n_done, total)

        def grow(replications: int) -> None:
            nonlocal total
            total = n_models * replications
            self._tell(_RUNNING, n_done, total)

        def count(_: Done) -> None:
            nonlocal n_done
            n_done += 1
            self._tell(_RUNNING, n_done, total)

        engines.make_ready(
            asked.engine,
            lambda: self._tell("compiling the engine, once on this machine (about 15 s)", 0, 0),
        )
        self._tell(_RUNNING, 0, total)
        return run_study(
            asked,
            on_resume=resume,
            on_done=count,
            on_share=lambda share: self._tell(_RUNNING, n_done + share, total),
            on_stage=grow,
        )

    def _tell(self, doing: str, done: float, total: int) -> None:
        if self.progress is not None:
            self.progress(doing, done, total)


def _identity(asked: Request) -> store.Identity:
    return store.Identity(
        cells=tuple((cell.name, cell.fingerprint, cell.baseline) for cell in asked.plan.cells),
        seed=asked.seed,
        first=asked.first,
        bundles=asked.bundles,
    )
