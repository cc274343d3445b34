"""The verbs that simulate: run, compare, sweep."""

from __future__ import annotations

import json
import math
import sys
from argparse import Namespace
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim import engines
from sim.analysis.estimate import Estimate
from sim.cli.progress import Progress
from sim.cli.verbs import console, settings_of
from sim.errors import RequestError
from sim.experiment import store
from sim.experiment.plan import OnCell, Plan, plan_compare, plan_run, plan_sweep
from sim.experiment.replication import Done
from sim.experiment.results import Results
from sim.experiment.runner import available_workers, choose_engine
from sim.experiment.study import Request, Study, run_study, tables_by_default
from sim.wording import did_you_mean

if TYPE_CHECKING:
    from sim.experiment.tables import Name

_TABLES: Final[dict[str, tuple[Name, ...]]] = {
    "none": (),
    "cases": ("cases", "dossiers"),
    "all": ("cases", "dossiers", "work_items"),
}
_FAILED: Final = 1
_INTERRUPTED: Final = 130


def run(args: Namespace) -> int:
    """Simulate a scenario, or some of its variants."""
    settings = settings_of(args)
    return _study(
        args,
        lambda on_cell: plan_run(
            args.file, variants=args.variants, settings=settings, on_cell=on_cell
        ),
    )


def compare(args: Namespace) -> int:
    """Simulate variants and compare them with one of them."""
    settings = settings_of(args)
    return _study(
        args,
        lambda on_cell: plan_compare(
            args.file,
            variants=args.variants,
            settings=settings,
            baseline=args.baseline,
            on_cell=on_cell,
        ),
    )


def sweep(args: Namespace) -> int:
    """Simulate the grid of all values of some levers."""
    settings = settings_of(args)
    if len(args.variants) > 1:
        raise RequestError("sweep starts from one variant. Name one.")
    vary: dict[str, tuple[str, ...]] = {}
    for lever, values in args.vary:
        if lever in vary:
            raise RequestError(f"'{lever}' is varied twice. Give all its values in one --vary.")
        vary[lever] = values
    return _study(
        args,
        lambda on_cell: plan_sweep(
            args.file,
            vary=vary,
            variant=args.variants[0] if args.variants else None,
            settings=settings,
            baseline=args.baseline,
            on_cell=on_cell,
        ),
    )


def _study(args: Namespace, plan_it: Callable[[OnCell], Plan]) -> int:
    started_at = datetime.now(UTC).astimezone()
    out = Path(args.out) if args.out is not None else None
    if args.tables is not None and out is None:
        raise RequestError("--tables says what to write, but not where. Give --out DIR.")
    results: Results | None = None
    try:
        with Progress(is_quiet=args.quiet) as progress:
            plan = plan_it(lambda done, total: progress.at(f"reading {args.file}", done, total))
            request = _request(args, plan, out)
            if out is not None:
                store.claim(out)
            study = _run(request, progress)
            if not study.results.is_complete and not len(study.results.measures):
                raise KeyboardInterrupt
            results = study.results
            if out is not None:
                progress.at(f"writing {out}")
                _write(out, study, started_at=started_at, workers=request.workers)
    finally:
        # Shown even if it cannot be written.
        if results is not None:
            _show(results, as_json=args.json)
    if not results.is_complete:
        kept = f" and in {out}; the same command takes it up" if out is not None else ""
        sys.stderr.write(f"lienthong: interrupted; what was finished is shown{kept}\n")
        return _INTERRUPTED
    if out is not None and not args.quiet:
        sys.stderr.write(f"Results are in {out}; open {out / 'report.html'}\n")
    return _FAILED if results.failures else 0


def _write(out: Path, study: Study, *, started_at: datetime, workers: int) -> None:
    results = study.results
    files = store.files_of(results, study.parts) | _shown_in_files(results)
    ended_at = datetime.now(UTC).astimezone()
    manifest = store.manifest_of(results, started_at=started_at, ended_at=ended_at, workers=workers)
    store.publish(out, files, manifest)
    if study.journal is not None and results.is_complete:
        study.journal.drop()


def _request(args: Namespace, plan: Plan, out: Path | None) -> Request:
    spec = plan.scenario.spec
    for bundle in args.bundles:
        if bundle not in spec.bundles:
            raise RequestError(f"no bundle '{bundle}'; {did_you_mean(bundle, spec.bundles)}")
    replications = args.replications or spec.replications
    if out is None:
        tables: tuple[Name, ...] = ()
    elif args.tables is None:
        tables = tables_by_default(plan, replications, args.bundles)
    else:
        tables = _TABLES[args.tables]
    return Request(
        plan=plan,
        replications=replications,
        seed=spec.seed if args.seed is None else args.seed,
        engine=choose_engine(plan.models, args.engine),
        workers=args.workers or available_workers(),
        command=args.command,
        bundles=args.bundles,
        tables=tables,
        out=out,
    )


def _run(request: Request, progress: Progress) -> Study:
    total = len(request.plan.models) * request.replications
    n_done = 0

    def resume(n: int) -> None:
        nonlocal n_done
        n_done = n
        progress.note(f"takes up {n} of {total} replications that an interrupted study finished")
        progress.at("simulating replications", n_done, total)

    def count(_: Done) -> None:
        nonlocal n_done
        n_done += 1
        progress.at("simulating replications", n_done, total)

    engines.make_ready(
        request.engine,
        lambda: progress.at("compiling the engine, once on this machine (about 15 s)"),
    )
    progress.at("simulating replications", 0, total)
    return run_study(
        request,
        on_resume=resume,
        on_done=count,
        on_share=lambda share: progress.at("simulating replications", n_done + share, total),
    )


def _shown_in_files(results: Results) -> dict[str, store.Writer]:
    """Figures and the report; they take a value to show."""
    if not len(results.measures):
        return {}
    from sim.report import figures
    from sim.report.page import page
    from sim.report.view import bundles

    files: dict[str, store.Writer] = {}
    pictures: dict[str, dict[str, bytes]] = {}
    shown = bundles(results)
    for bundle in shown:
        pictures[bundle] = {}
        for name, figure in figures.draw(results, bundle).items():
            stem = name if len(shown) == 1 else f"{bundle}-{name}"
            pictures[bundle][name] = svg = figures.encode(figure, "svg")
            files[f"figures/{stem}.png"] = _drawn(partial(figures.encode, figure, "png"))
            files[f"figures/{stem}.svg"] = partial(_write_bytes, svg)
    return files | {"report.html": lambda path: store.write_text(path, page(results, pictures))}


def _write_bytes(content: bytes, path: Path) -> None:
    store.write_bytes(path, content)


def _drawn(encode: Callable[[], bytes]) -> store.Writer:
    return lambda path: store.write_bytes(path, encode())


def _show(results: Results, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(_as_json(results), ensure_ascii=False, indent=1) + "\n")
        return
    from sim.report.tables import show_results

    show_results(console(), results)


def _as_json(results: Results) -> dict[str, Any]:
    return {
        "title": results.title,
        "command": results.command,
        "is_complete": results.is_complete,
        "seed": results.seed,
        "replications": results.replications,
        "engine": results.engine,
        "estimates": [_row(each) for each in results.estimates],
        "differences": [_row(each) for each in results.differences],
        "failures": [
            {"cell": each.cell, "replication": each.replication, "error": each.error}
            for each in results.failures
        ],
    }


def _row(estimate: Estimate) -> dict[str, str | float | int | None]:
    # JSON has no NaN: an interval that is not there is null.
    def known(value: float) -> float | None:
        return None if math.isnan(value) else value

    return {
        "variant": estimate.label,
        "kpi": estimate.kpi,
        "group": estimate.group,
        "mean": known(estimate.mean),
        "low": known(estimate.low),
        "high": known(estimate.high),
        "n": estimate.n,
        "unit": estimate.unit,
    }
