"""The verb that draws how a case goes through the offices."""

from __future__ import annotations

import sys
from argparse import Namespace

from sim import api
from sim.cli.progress import Progress


def map(args: Namespace) -> int:  # noqa: A001  the verb's name
    """Draw the map of a scenario, and of a variant below it."""
    with Progress(is_quiet=args.quiet) as progress:
        found = api.process_map(
            args.file,
            variant=args.variant,
            bundle=args.bundle,
            channel=args.channel,
            settings=dict(args.settings),
            replications=args.replications,
            seed=args.seed,
            progress=progress.at,
        )
    if args.out is None:
        sys.stdout.write(found.svg)
    else:
        found.save(args.out)
    return 0
