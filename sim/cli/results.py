"""The verbs for studies that were kept: list, show, diff."""

from __future__ import annotations

import json
import math
import sys
from argparse import Namespace
from dataclasses import asdict
from typing import Any

from sim import api
from sim.cli.progress import Progress
from sim.cli.verbs import console
from sim.language import say
from sim.report.changes import show_changes
from sim.report.listing import show_studies


def results(args: Namespace) -> int:
    """List studies, show one again, or say what differs between two."""
    return {"list": _list, "show": _show, "diff": _diff}[args.act](args)


def _list(args: Namespace) -> int:
    found = api.results(args.folder)
    show_studies(console(), args.folder, found.studies)
    return 0


def _show(args: Namespace) -> int:
    sys.stdout.write(api.Study.open(args.folder).summary)
    return 0


def _diff(args: Namespace) -> int:
    with Progress(is_quiet=args.quiet) as progress:
        progress.at(say("reading the studies"))
        old, new = api.Study.open(args.old), api.Study.open(args.new)
        found = old.diff(new, kpis=args.kpis, groups=args.groups, progress=progress.at)
    if args.json:
        text = json.dumps(_without_nan(asdict(found.changes)), ensure_ascii=False, indent=1)
        sys.stdout.write(text + "\n")
    else:
        show_changes(console(), found.changes, shows_all=args.all)
    return 0


def _without_nan(value: Any) -> Any:
    # JSON has no NaN: a bound that is not there is null.
    if isinstance(value, dict):
        return {key: _without_nan(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value
