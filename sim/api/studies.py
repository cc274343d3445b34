"""Studies: run, compare, sweep."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor

from sim.api.arguments import (
    Wished,
    as_lever_texts,
    as_name,
    as_names,
    as_pairs,
    call_of,
)
from sim.api.how import How
from sim.api.languages import LanguageNames
from sim.api.scenarios import AnyPath, OnProgress, Setting, as_texts
from sim.api.study import Study
from sim.experiment.plan import plan_compare, plan_run, plan_sweep
from sim.experiment.runner import AUTO


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
    scheduler: str | Executor | None = None,
    bundles: str | Sequence[str] = (),
    tables: str | Sequence[str] | None = None,
    over_time: str | None = None,
    by_office: bool | float | str = False,
    out: AnyPath | None = None,
    replace: bool = False,
    lang: LanguageNames | None = None,
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
    scheduler
        Of a Dask cluster that runs the replications instead, ``"tcp://10.0.0.5:8786"``; or an
        executor of ``concurrent.futures``, which gets twice as many tasks at a time as there are
        ``workers``.  No tables are kept then.
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
    by_office
        Whether to count cases by home office: shares on time, filed by channel, paid online, and
        of those that gave nothing that offices know.  A share, ``"95 %"``, is the line that those
        on time are held against; by default that of the target, if it is of shares on time, else
        100 %.
    out
        A folder to write everything into; a study that was interrupted goes on from there.
    replace
        Whether results of another study in it are replaced, which is refused otherwise.
    lang
        Language of the report and its figures: ``en`` or ``vi``; by default the one in use, which
        is English unless somebody said otherwise.  Of several, ``en,vi``, the first, with a report
        in each of the others beside it: ``report.vi.html``.
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
        Something is asked for that is not there, such as a variant or a language.
    EngineError
        The engine cannot run the scenario.
    StoreError
        The results cannot be written; as an ``UnsavedError`` it has them.
    """
    call = call_of("run", locals())
    how = How(
        path=os.fspath(path),
        out=out,
        replace=replace,
        lang=lang,
        progress=progress,
        command=command or call,
        scheduler=scheduler,
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
        by_office=by_office,
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
    scheduler: str | Executor | None = None,
    bundles: str | Sequence[str] = (),
    tables: str | Sequence[str] | None = None,
    over_time: str | None = None,
    by_office: bool | float | str = False,
    out: AnyPath | None = None,
    replace: bool = False,
    lang: LanguageNames | None = None,
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
    how = How(
        path=os.fspath(path),
        out=out,
        replace=replace,
        lang=lang,
        progress=progress,
        command=command or call,
        scheduler=scheduler,
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
        by_office=by_office,
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
    scheduler: str | Executor | None = None,
    bundles: str | Sequence[str] = (),
    tables: str | Sequence[str] | None = None,
    over_time: str | None = None,
    by_office: bool | float | str = False,
    out: AnyPath | None = None,
    replace: bool = False,
    lang: LanguageNames | None = None,
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
    how = How(
        path=os.fspath(path),
        out=out,
        replace=replace,
        lang=lang,
        progress=progress,
        command=command or call,
        scheduler=scheduler,
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
        by_office=by_office,
    )
