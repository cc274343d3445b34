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
from collections.abc import Callable, Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import Final

from sim.cli import argparse_words
from sim.cli.parser import build_parser
from sim.errors import LienthongError, RequestError, ScenarioError, ValueFault, with_way_out
from sim.language import ENGLISH, LANGUAGES, say, speaking
from sim.wording import visible

BAD_INPUT: Final = 2
INTERRUPTED: Final = 130

LANGUAGE: Final = "LIENTHONG_LANG"
"""Names the language where ``--lang`` does not."""

_MODULES: Final = {
    "backlog": "logs",
    "bottlenecks": "reforms",
    "compare": "studies",
    "export": "logs",
    "hangs-on": "hangs",
    "learn": "logs",
    "log": "logs",
    "map": "maps",
    "new": "new",
    "page": "page",
    "results": "results",
    "run": "studies",
    "staff": "planning",
    "story": "story",
    "sweep": "studies",
    "threshold": "planning",
    "validate": "logs",
    "warmup": "warmup",
    "why": "reforms",
}
"""Where each verb is performed that is not among those that only read a file."""

_WITH_REPORTS: Final = ("run", "compare", "sweep")
"""Verbs that may be asked for several languages: they write a report in each."""

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
    with speaking(_spoken(words)):
        return _end_of(words)


def _spoken(words: Sequence[str]) -> str:
    """The language that the words are read and helped with, which they themselves may name."""
    named = [
        value or "".join(words[place + 1 : place + 2])
        for place, word in enumerate(words)
        for option, _, value in [word.partition("=")]
        if option == "--lang"
    ]
    wanted = (named[-1] if named else os.environ.get(LANGUAGE, "")).partition(",")[0].strip()
    return wanted if wanted in LANGUAGES else ENGLISH


def _end_of(words: Sequence[str]) -> int:
    """How a command ends: what can be mended is told in the language in use."""
    with argparse_words.said():
        args = build_parser().parse_args(words)
    args.command = shlex.join(["lienthong", *words])
    try:
        with speaking(_language(args)):
            try:
                return _perform(args)
            except ScenarioError as error:
                from sim.scenario import show_faults

                return _end(show_faults(args.file, error.faults), BAD_INPUT)
    except ValueFault as fault:
        return _end(f"lienthong: {with_way_out(fault.message, fault.way_out)}", BAD_INPUT)
    except LienthongError as error:
        return _end(f"lienthong: {error}", BAD_INPUT)
    except KeyboardInterrupt:
        return _end(f"lienthong: {say('interrupted')}", INTERRUPTED)
    except BrokenPipeError:
        # Who read the output has seen enough; Python must not fail again as it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _language(args: Namespace) -> str:
    asked = (
        ("--lang", getattr(args, "lang", None)),
        (LANGUAGE, os.environ.get(LANGUAGE)),
    )
    where, wanted = next((each for each in asked if each[1]), ("", ENGLISH))
    named = (
        str(wanted).split(",")
        if where != LANGUAGE and args.verb in _WITH_REPORTS
        else [str(wanted)]
    )
    for name in map(str.strip, named):
        if name not in LANGUAGES:
            raise RequestError(
                say(
                    "there is no language '{name}' ({where}). Known: {known}.",
                    name=name,
                    where=where,
                    known=", ".join(LANGUAGES),
                )
            )
    return named[0].strip()


def _perform(args: Namespace) -> int:
    module = import_module(f"sim.cli.{_MODULES.get(args.verb, 'verbs')}")
    perform: Callable[[Namespace], int] = getattr(module, args.verb.replace("-", "_"))
    return perform(args)


def _end(message: str, code: int) -> int:
    sys.stderr.write(f"{visible(message)}\n")
    return code
