"""The verbs that answer a planner: how many people, and how far it holds."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from sim import api
from sim.cli.progress import Progress
from sim.cli.verbs import settings_of
from sim.errors import RequestError
from sim.experiment.folder import claim_file
from sim.language import say


def staff(args: Namespace) -> int:
    """Find the cheapest staffing that keeps to targets."""
    _claim(args)
    move: dict[str, tuple[str, ...]] = {}
    for name, values in args.move:
        if name in move:
            raise RequestError(
                say("'{name}' is moved twice. Give all its values in one --move.", name=name)
            )
        move[name] = values
    with Progress(is_quiet=args.quiet) as progress:
        found = api.staff(
            args.file,
            target=args.target,
            move=move or None,
            cost=args.cost,
            variant=_variant(args),
            settings=settings_of(args),
            confidence=args.confidence,
            most=args.most,
            seed=args.seed,
            engine=args.engine,
            workers=args.workers,
            progress=progress.at,
        )
    return _show(found, args)


def threshold(args: Namespace) -> int:
    """Find for which values of a lever targets hold."""
    _claim(args)
    with Progress(is_quiet=args.quiet) as progress:
        found = api.threshold(
            args.file,
            args.lever,
            target=args.target,
            between=None if args.between is None else tuple(args.between),
            step=args.step,
            variant=_variant(args),
            settings=settings_of(args),
            confidence=args.confidence,
            most=args.most,
            seed=args.seed,
            engine=args.engine,
            workers=args.workers,
            progress=progress.at,
        )
    return _show(found, args)


def _claim(args: Namespace) -> None:
    """Refuse a place that cannot be written to before anything is run."""
    if args.out is not None:
        claim_file(Path(args.out), replace=args.replace)


def _variant(args: Namespace) -> str | None:
    if len(args.variants) > 1:
        raise RequestError(say("{verb} starts from one variant. Name one.", verb=args.verb))
    return args.variants[0] if args.variants else None


def _show(found: api.StaffAnswer | api.ThresholdAnswer, args: Namespace) -> int:
    sys.stdout.write(f"{found}\n")
    if args.out is not None:
        found.report(args.out, replace=args.replace)
        if not args.quiet:
            words = say("The answer is in {path}", path=args.out)
            sys.stderr.write(f"{words}\n")
    return 0
