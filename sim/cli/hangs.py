"""The verb that finds what a figure hangs on."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from sim import api
from sim.cli.progress import Progress
from sim.cli.verbs import console, settings_of
from sim.language import say
from sim.wording import visible


def hangs_on(args: Namespace) -> int:
    """Find what a figure hangs on, show it, and write it where that is asked."""
    from sim.report.hangs_on import show_hangs_on

    with Progress(is_quiet=args.quiet) as progress:
        answer = api.hangs_on(
            args.file,
            variant=args.variant,
            baseline=args.baseline,
            kpi=args.kpi,
            bundle=args.bundle,
            channel=args.channel,
            settings=settings_of(args),
            only=args.only,
            shares=not args.no_shares,
            replications=args.replications,
            seed=args.seed,
            engine=args.engine,
            workers=args.workers,
            out=args.out,
            replace=args.replace,
            progress=progress.at,
            command=args.command,
        )
    show_hangs_on(console(), answer.found)
    if args.out is not None and not args.quiet:
        place = Path(args.out)
        words = say("It is in {folder}; open {page}", folder=place, page=place / "hangs-on.html")
        sys.stderr.write(f"{visible(words)}\n")
    return 0
