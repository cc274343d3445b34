"""The verbs of event logs: what a register shows, and the log of a study."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from sim.cli.progress import Progress
from sim.errors import RequestError
from sim.language import say
from sim.wording import visible


def log(args: Namespace) -> int:
    """Show what a register shows, and what is wrong with its data."""
    with Progress(is_quiet=args.quiet) as progress:
        progress.at(say("reading {path}", path=args.file))
        from sim import api

        found = api.read_log(args.file, **reading_of(args), progress=progress.at)
    sys.stdout.write(f"{visible(str(found))}\n")
    if found.kept is not None:
        sys.stderr.write(visible(say("the columns are kept in {path}", path=found.kept)) + "\n")
    return 0


def learn(args: Namespace) -> int:
    """Learn a scenario from a register, and write it."""
    with Progress(is_quiet=args.quiet) as progress:
        progress.at(say("reading {path}", path=args.file))
        from sim import api

        register = api.read_log(args.file, **reading_of(args), progress=progress.at)
        found = api.learn(register, home=args.home, progress=progress.at)
        path = found.write(args.out)
    sys.stdout.write(visible(f"{found}\n{say('wrote {path}', path=path)}\n"))
    return 0


def backlog(args: Namespace) -> int:
    """Write the cases of a register that are open on a day."""
    with Progress(is_quiet=args.quiet) as progress:
        progress.at(say("reading {path}", path=args.file))
        from sim import api

        register = api.read_log(args.file, **reading_of(args), progress=progress.at)
        found = register.write_backlog(args.on, args.out)
    told = [say("wrote {path}: {n} open cases", path=args.out, n=len(found.rows))]
    if found.n_guessed:
        told.append(say("{n} of them with the last step that is noted", n=found.n_guessed))
    if found.n_left_out:
        told.append(
            say("{n} more wait for nothing but their end and are left out", n=found.n_left_out)
        )
    sys.stdout.write(f"{visible('; '.join(told))}\n")
    return 0


def validate(args: Namespace) -> int:
    """Hold a scenario, or what is learnt from the first part of a register, against the rest."""
    if args.out is not None:
        from sim.experiment.folder import claim_folder
        from sim.report.validation_page import DISTANCES

        claim_folder(Path(args.out), replace=args.replace, mark=DISTANCES)
    with Progress(is_quiet=args.quiet) as progress:
        progress.at(say("reading {path}", path=args.file))
        from sim import api

        register = api.read_log(args.file, **reading_of(args), progress=progress.at)
        found = api.validate(
            register,
            scenario=args.scenario,
            share=args.share,
            replications=args.replications,
            progress=progress.at,
        )
        if args.out is not None:
            progress.at(say("writing {folder}", folder=args.out))
            found.save(args.out, replace=args.replace)
    sys.stdout.write(f"{visible(str(found))}\n")
    if args.out is not None and not args.quiet:
        place = Path(args.out)
        words = say("It is in {folder}; open {page}", folder=place, page=place / "report.html")
        sys.stderr.write(f"{visible(words)}\n")
    return 0


def export(args: Namespace) -> int:
    """Write what happened in a run of a study as a register."""
    with Progress(is_quiet=args.quiet) as progress:
        progress.at(say("reading {path}", path=args.folder))
        from sim import api

        path = api.export_log(
            args.folder,
            format=args.format,
            out=args.out,
            variant=args.variant,
            replication=args.replication,
            flaws=args.flaws,
            progress=progress.at,
        )
    sys.stdout.write(visible(say("wrote {path}", path=path)) + "\n")
    return 0


def reading_of(args: Namespace) -> dict[str, Any]:
    """How a register is to be read, as the command says it.

    Raises
    ------
    RequestError
        A column is mapped twice.
    """
    columns: dict[str, str] = {}
    for meaning, heading in args.columns:
        if meaning in columns:
            raise RequestError(
                say("'{meaning}' is mapped twice. Leave out one of the two.", meaning=meaning)
            )
        columns[meaning] = heading
    given: dict[str, Any] = {
        "columns": columns,
        "dates": args.dates,
        "zone": args.zone,
        "encoding": args.encoding,
        "sheet": args.sheet,
    }
    # What is said once need not be said again.
    return {**given, "leave_out": args.leave_out, "keep": any(given.values())}
