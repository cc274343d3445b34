"""The verbs that simulate: run, compare, sweep."""

from __future__ import annotations

import json
import math
import sys
import warnings
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from sim import api
from sim.answers.verdicts import verdict_columns
from sim.cli.progress import Progress
from sim.cli.verbs import console, settings_of
from sim.errors import RequestError
from sim.experiment.columns import Columns, by_office_columns, columns_of, over_time_columns
from sim.experiment.results import Results
from sim.language import say
from sim.wording import visible

_OF_MANIFEST: Final = ("precision", "omissions", "failures")
"""What ``--json`` shows of the manifest beside the numbers."""

_FAILED: Final = 1
_INTERRUPTED: Final = 130


def run(args: Namespace) -> int:
    """Simulate a scenario, or some of its variants."""
    if args.case is not None:
        _check_case(args)
    return _study(
        args,
        lambda wanted: api.run(
            args.file, variants=args.variants, only_replication=args.only_replication, **wanted
        ),
    )


def compare(args: Namespace) -> int:
    """Simulate variants and compare them with one of them."""
    return _study(
        args,
        lambda wanted: api.compare(
            args.file, variants=args.variants, baseline=args.baseline, **wanted
        ),
    )


def sweep(args: Namespace) -> int:
    """Simulate the grid of all values of some levers."""
    if len(args.variants) > 1:
        raise RequestError(say("{verb} starts from one variant. Name one.", verb=args.verb))
    vary, also = _by_lever("--vary", args.vary), _by_lever("--also", args.also)
    variant = args.variants[0] if args.variants else None
    return _study(
        args,
        lambda wanted: api.sweep(
            args.file, vary=vary, also=also, variant=variant, baseline=args.baseline, **wanted
        ),
    )


def _check_case(args: Namespace) -> None:
    """A case is told of one run, in words."""
    if args.only_replication is None:
        raise RequestError(say("--case is a number in one replication. Give --only-replication N."))
    if len(args.variants) > 1:
        raise RequestError(say("--case is a number in one variant. Name one."))
    if args.json:
        raise RequestError(say("--case is told in words. Leave out one of --case and --json."))


def _by_lever(option: str, asked: Sequence[tuple[str, Sequence[str]]]) -> dict[str, Sequence[str]]:
    levers: dict[str, Sequence[str]] = {}
    for lever, values in asked:
        if lever in levers:
            raise RequestError(
                say(
                    "'{lever}' is varied twice. Give all its values in one {option}.",
                    lever=lever,
                    option=option,
                )
            )
        levers[lever] = values
    return levers


def _study(args: Namespace, perform: Callable[[dict[str, Any]], api.Study]) -> int:
    out = Path(args.out) if args.out is not None else None
    if args.tables is not None and out is None:
        raise RequestError(say("--tables says what to write, but not where. Give --out DIR."))
    try:
        with (
            warnings.catch_warnings(record=True) as found,
            Progress(is_quiet=args.quiet) as progress,
        ):
            study = perform(_wanted(args, progress))
    except api.UnsavedError as error:
        # Shown even if it cannot be written.
        _show(error.study, as_json=args.json)
        raise
    _show(study, as_json=args.json)
    case = getattr(args, "case", None)
    if case is not None and study.is_complete and not study.manifest["failures"]:
        sys.stdout.write(f"\n{study.story(case=case)}\n")
    for warning in found:
        sys.stderr.write(f"lienthong: {visible(str(warning.message))}\n")
    if study.n_resumed and not args.quiet:
        n = study.n_resumed
        words = say("{n} replications were finished before, by a study interrupted then", n=n)
        sys.stderr.write(f"{words}\n")
    if not study.is_complete:
        words = (
            say("interrupted; what was finished is shown")
            if out is None
            else say(
                "interrupted; what was finished is shown and in {folder}; the same command takes "
                "it up",
                folder=out,
            )
        )
        sys.stderr.write(f"lienthong: {visible(words)}\n")
        return _INTERRUPTED
    if out is not None and not args.quiet:
        words = say(
            "Results are in {folder}; open {report}", folder=out, report=out / "report.html"
        )
        sys.stderr.write(f"{visible(words)}\n")
    return _FAILED if study.manifest["failures"] else 0


def _wanted(args: Namespace, progress: Progress) -> dict[str, Any]:
    """What all studies can be asked for."""
    return {
        "settings": settings_of(args),
        "replications": args.replications,
        "precision": args.precision or None,
        "most_replications": args.most_replications,
        "seed": args.seed,
        "engine": args.engine,
        "workers": args.workers,
        "scheduler": args.scheduler,
        "bundles": args.bundles,
        "tables": _tables(args),
        "over_time": args.over_time,
        "by_office": args.by_office,
        "out": args.out,
        "replace": args.replace,
        "lang": args.lang,
        "progress": progress.at,
        "command": args.command,
    }


def _tables(args: Namespace) -> Sequence[str] | str | None:
    """The tables to keep: without a folder none, but for a case to be told."""
    if args.out is not None:
        return args.tables  # type: ignore[no-any-return]
    return "cases" if getattr(args, "case", None) is not None else "none"


def _show(study: api.Study, *, as_json: bool) -> None:
    results = study.results
    if results is None:
        return
    if as_json:
        found = _as_json(results) | {key: study.manifest[key] for key in _OF_MANIFEST}
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
        return
    from sim.report.summary import show_study

    show_study(console(), results)


def _as_json(results: Results) -> dict[str, Any]:
    followed = results.over_time
    return (
        {
            "title": results.title,
            "command": results.command,
            "is_complete": results.is_complete,
            "seed": results.seed,
            "replications": results.replications,
            "engine": results.engine,
            "estimates": _rows(columns_of(results, results.estimates)),
            "differences": _rows(columns_of(results, results.differences)),
            "verdicts": _rows(verdict_columns(results)),
        }
        | (
            {"over_time": _rows(over_time_columns(results))}
            if followed is not None and followed.is_asked
            else {}
        )
        | (
            {"by_office": _rows(by_office_columns(results))}
            if results.by_office is not None
            else {}
        )
    )


def _rows(columns: Columns) -> list[dict[str, Any]]:
    # JSON has no NaN: an interval that is not there is null.
    known = (
        [None if isinstance(value, float) and math.isnan(value) else value for value in values]
        for values in columns.values()
    )
    return [dict(zip(columns, row, strict=True)) for row in zip(*known, strict=True)]
