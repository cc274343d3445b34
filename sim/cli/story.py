"""The verb that tells what happened to one case of a study."""

from __future__ import annotations

import sys
from argparse import Namespace

from sim import api
from sim.cli.progress import Progress


def story(args: Namespace) -> int:
    """Tell a case of a study that was kept."""
    with Progress(is_quiet=args.quiet) as progress:
        found = api.Study.open(args.folder).story(
            case=args.case,
            which=args.which,
            variant=args.variant,
            replication=args.replication,
            bundle=args.bundle,
            progress=progress.at,
        )
    sys.stdout.write(f"{found}\n")
    return 0
