"""Finds characters that a terminal would obey instead of showing."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from sim.language import say

# Control characters but for tab and newlines, and marks that turn the direction of writing.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ud800-\udfff]"  # halves of a pair: only an escape writes one, and no UTF-8 can
)


def unseen_in(text: str) -> tuple[int, str] | None:
    """Where the first character of a text that would not be shown stands, and what it is.

    Returns
    -------
    tuple[int, str] | None
        Its position, and its number and name, such as ``U+202E (RIGHT-TO-LEFT OVERRIDE)``.
    """
    found = _UNSEEN.search(text)
    if found is None:
        return None
    is_half = "\ud800" <= found[0] <= "\udfff"
    name = unicodedata.name(
        found[0], say("half a character") if is_half else say("a control character")
    )
    return found.start(), f"U+{ord(found[0]):04X} ({name})"


def without_unseen(text: str) -> str:
    """A text with a mark in place of each character that would not be shown."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text)
