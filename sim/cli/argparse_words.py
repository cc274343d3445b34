"""The words of ``argparse`` itself, in the language in use.

It asks the names ``_`` and ``ngettext`` of its module for them, and offers no other way in.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sim.language import ENGLISH, language, later, say, several

WORDS: Final = (
    later("usage: "),
    later("positional arguments"),
    later("options"),
    later("show this help message and exit"),
    later("%(prog)s: error: %(message)s\n"),
    later("argument %(argument_name)s: %(message)s"),
    later("the following arguments are required: %s"),
    later("one of the arguments %s is required"),
    later("unrecognized arguments: %s"),
    later("not allowed with argument %s"),
    later("ignored explicit argument %r"),
    later("ambiguous option: %(option)s could match %(matches)s"),
    later("invalid choice: %(value)r (choose from %(choices)s)"),
    later("invalid %(type)s value: %(value)r"),
    later("expected one argument"),
    later("expected at most one argument"),
    later("expected at least one argument"),
)
"""What it says to who uses a program; the rest is for who writes one."""


@contextmanager
def said() -> Iterator[None]:
    """Let ``argparse`` speak the language in use within a ``with``; English is its own."""
    if language() == ENGLISH:
        yield
        return
    own = argparse._, argparse.ngettext  # type: ignore[attr-defined]
    argparse._, argparse.ngettext = _said, _counted  # type: ignore[attr-defined]
    try:
        yield
    finally:
        argparse._, argparse.ngettext = own  # type: ignore[attr-defined]


def _said(text: str) -> str:
    return say(text) if text in WORDS else text


def _counted(one: str, many: str, n: int) -> str:
    if one == "expected %s argument":
        return several(n, "expected %s argument", "expected %s arguments")
    return one if n == 1 else many
