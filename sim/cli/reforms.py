"""The verbs that say why a figure changes, and which bottleneck costs what."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from sim import api
from sim.api.reforms import BOTTLENECKS, WHY
from sim.cli.progress import Progress
from sim.cli.verbs import console, settings_of
from sim.errors import RequestError
from sim.experiment.folder import claim_folder
from sim.language import say
from sim.wording import visible

_FAILED: Final = 1


def why(args: Namespace) -> int:
    """Split the change between two variants over the parts of a reform."""
    ends = {
        side: _end(option, getattr(args, side))
        for option, side in (("--from", "before"), ("--to", "after"))
    }
    return _answer(
        args,
        lambda wanted: api.why(
            args.file, kpi=args.kpi, bundle=args.bundle, orders=args.orders, **ends, **wanted
        ),
        lambda answer: bool(answer.why.failures),
        WHY,
    )


def bottlenecks(args: Namespace) -> int:
    """Take each bottleneck of a scenario away."""
    return _answer(
        args,
        lambda wanted: api.bottlenecks(
            args.file, variant=args.variant, bundle=args.bundle, **wanted
        ),
        lambda answer: bool(answer.found.failures),
        BOTTLENECKS,
    )


def _end(option: str, given: Sequence[str | tuple[str, str]] | None) -> Any:
    """A variant and the settings that are given for one side; None for nothing."""
    variants = [each for each in given or () if isinstance(each, str)]
    settings = [each for each in given or () if not isinstance(each, str)]
    if len(variants) > 1:
        raise RequestError(say("{option} names two variants. Name one.", option=option))
    if len(dict(settings)) < len(settings):
        raise RequestError(
            say("{option} sets something twice. Leave out one of the two.", option=option)
        )
    if variants:
        return variants[0], dict(settings)
    return dict(settings) or None


def _answer(
    args: Namespace,
    ask: Callable[[dict[str, Any]], Any],
    has_failures: Callable[[Any], bool],
    mark: str,
) -> int:
    if args.out is not None:
        claim_folder(Path(args.out), replace=args.replace, mark=mark)
    with Progress(is_quiet=args.quiet) as progress:
        answer = ask(
            {
                "settings": settings_of(args),
                "replications": args.replications,
                "seed": args.seed,
                "engine": args.engine,
                "workers": args.workers,
                "progress": progress.at,
            }
        )
    answer.show(console())
    if args.out is not None:
        answer.save(args.out, replace=args.replace)
        if not args.quiet:
            words = say("Tables and pictures are in {folder}", folder=args.out)
            sys.stderr.write(f"{visible(words)}\n")
    return _FAILED if has_failures(answer) else 0
