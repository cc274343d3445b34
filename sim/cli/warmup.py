"""The verb that checks a warm-up."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from sim import api
from sim.cli.progress import Progress
from sim.cli.verbs import settings_of
from sim.errors import RequestError
from sim.language import say
from sim.wording import visible


def warmup(args: Namespace) -> int:
    """Say whether a warm-up is long enough, and draw the start-up."""
    if len(args.variants) > 1:
        raise RequestError(say("{verb} takes one variant. Name one.", verb=args.verb))
    picture = Path(args.out) if args.out is not None else None
    if picture is not None:
        api.check_form(picture)
    with Progress(is_quiet=args.quiet) as progress:
        progress.at(say("reading {path}", path=args.file))
        found = api.warmup(
            args.file,
            variant=args.variants[0] if args.variants else None,
            settings=settings_of(args),
            replications=args.replications,
            seed=args.seed,
            engine=args.engine,
            workers=args.workers,
            progress=progress.at,
        )
        if picture is not None:
            found.draw(picture)
    sys.stdout.write(f"{found}\n")
    if picture is not None and not args.quiet:
        words = say("The picture is in {path}", path=picture)
        sys.stderr.write(f"{visible(words)}\n")
    return 0
