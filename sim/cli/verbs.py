"""What each verb does, but for the studies, which are in :mod:`sim.cli.studies`."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sim.errors import RequestError, StoreError
from sim.language import say, say_of_scenario, why_not
from sim.wording import visible

if TYPE_CHECKING:
    from rich.console import Console

_WIDTH: Final = 120
"""Columns of a table that goes to no terminal."""


def check(args: Namespace) -> int:
    """Find every fault of some files: faults go to stderr, a word of praise to stdout."""
    from sim import api
    from sim.cli.progress import Progress

    has_faults = False
    with Progress(is_quiet=args.quiet) as progress:
        for path in args.files:
            progress.at(say("checking {path}", path=path))
            faults = api.check(path)
            stream = sys.stderr if faults else sys.stdout
            stream.write(f"{visible(str(faults))}\n")
            has_faults = has_faults or bool(faults)
    return 2 if has_faults else 0


def schema(args: Namespace) -> int:
    """Print the JSON Schema of scenarios, or write it."""
    from sim.scenario import schema_text

    if args.out is None:
        sys.stdout.write(schema_text())
        return 0
    path = Path(args.out)
    half = path.with_name(f".{path.name}.half")
    try:
        half.write_bytes(schema_text().encode())
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise StoreError(say("cannot write {path}: {why}", path=path, why=why_not(error))) from None
    return 0


def kpis(_: Namespace) -> int:
    """Print every KPI: the names that claims and targets use."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from sim.kpis import KPIS

    heads = (say("Name"), say("Unit"), say("Meaning"), say("Equation"))
    table = Table(*heads, box=SIMPLE_HEAD, pad_edge=False)
    table.columns[0].no_wrap = True
    for kpi in KPIS.values():
        table.add_row(kpi.name, kpi.unit, say(kpi.label), say(kpi.equation))
    console().print(table)
    return 0


def explain(args: Namespace) -> int:
    """Print what a scenario says before anything is run, or the model that it makes."""
    from sim import api
    from sim.cli.progress import Progress
    from sim.report import tables

    if len(args.variants) > 1:
        raise RequestError(say("{verb} takes one variant. Name one.", verb=args.verb))
    with Progress() as progress:
        progress.at(say("reading {path}", path=args.file))
        variant = args.variants[0] if args.variants else None
        found = api.explain(args.file, variant=variant, settings=settings_of(args))
        if args.model:
            text = found.model.to_json()
    if args.model:
        sys.stdout.write(text + "\n")
        return 0
    into = console()
    into.print(visible(say_of_scenario(found.scenario.title)), style="bold")
    spec = found.scenario.spec
    if spec.description:
        into.print(visible(say_of_scenario(spec.description)))
    for what, names in ((say("Levers"), spec.levers), (say("Variants"), spec.variants)):
        if names:
            into.print(visible(f"{what}: {', '.join(names)}"))
    if found.holidays:
        into.print(found.holidays)
    tables.show_loads(into, found.role_loads)
    tables.show_values(into, found.entries)
    return 0


def settings_of(args: Namespace) -> dict[str, str]:
    """What ``--set`` gives, by lever or path.

    Raises
    ------
    RequestError
        One is set twice.
    """
    settings: dict[str, str] = {}
    for name, value in args.settings:
        if name in settings:
            raise RequestError(say("'{name}' is set twice. Leave out one of the two.", name=name))
        settings[name] = value
    return settings


def console() -> Console:
    """The terminal, or what stands for it: a file gets plain text of a fixed width."""
    from rich.console import Console

    class Terminal(Console):
        def on_broken_pipe(self) -> None:
            # Rich would end the program here, with a code of its own.
            raise BrokenPipeError

    # What a scenario says may look like markup, and is none.
    width = None if sys.stdout.isatty() else _WIDTH
    return Terminal(width=width, markup=False, highlight=False, emoji=False)
