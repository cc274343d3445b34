"""The command line: verbs are the steps from a file to results.

What the user can mend ends with a message and 2, a study with failed replications with 1, Ctrl-C
with 130.  Heavy libraries are loaded by the verbs that need them.
"""

from __future__ import annotations

import atexit
import gc
import os
import shlex
import sys
from argparse import Namespace
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Final

from sim.cli.parser import build_parser
from sim.errors import LienthongError, ScenarioError, ValueFault
from sim.wording import visible

BAD_INPUT: Final = 2
INTERRUPTED: Final = 130

_FEW_LOOKS: Final = 10_000
"""New objects after which Python looks for garbage; the libraries loaded make many, and none."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    argv
        The words after the name of the program; by default those it was started with.

    Returns
    -------
    int
        0 if all went well, 1 if a replication failed, 2 for what the user can mend, 130 after
        Ctrl-C.
    """
    gc.set_threshold(_FEW_LOOKS)
    # A fifth of the time of a short command would go into taking all that it loaded apart.
    atexit.register(gc.freeze)
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        # A terminal without Vietnamese letters shows ? for them rather than ending the program.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    args = build_parser().parse_args(words)
    args.command = shlex.join(["lienthong", *words])
    try:
        return _perform(args)
    except ScenarioError as error:
        from sim.scenario import show_faults

        return _end(show_faults(args.file, error.faults), BAD_INPUT)
    except ValueFault as fault:
        between = "; " if fault.way_out[:1].islower() else ". "
        return _end(f"lienthong: {fault.message}{between}{fault.way_out}".rstrip(), BAD_INPUT)
    except LienthongError as error:
        return _end(f"lienthong: {error}", BAD_INPUT)
    except KeyboardInterrupt:
        return _end("lienthong: interrupted", INTERRUPTED)
    except BrokenPipeError:
        # Who read the output has seen enough; Python must not fail again as it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _perform(args: Namespace) -> int:
    if args.verb == "new":
        from sim.cli.new import new

        return new(args)
    if args.verb in ("run", "compare", "sweep"):
        from sim.cli import studies

        of_studies = {"run": studies.run, "compare": studies.compare, "sweep": studies.sweep}
        return of_studies[args.verb](args)
    if args.verb == "story":
        from sim.cli.story import story

        return story(args)
    if args.verb in ("log", "export", "learn", "backlog", "validate"):
        from sim.cli import logs

        of_logs = {
            "log": logs.log,
            "export": logs.export,
            "learn": logs.learn,
            "backlog": logs.backlog,
            "validate": logs.validate,
        }
        return of_logs[args.verb](args)
    from sim.cli import verbs

    perform = {
        "check": verbs.check,
        "schema": verbs.schema,
        "kpis": verbs.kpis,
        "explain": verbs.explain,
    }
    return perform[args.verb](args)


def _end(message: str, code: int) -> int:
    sys.stderr.write(f"{visible(message)}\n")
    return code
