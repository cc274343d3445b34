"""How names and shares are put into messages: one copy for every room."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Final

_MOST_KNOWN: Final = 16
_MOST_NAMED: Final = 3

_HARMLESS: Final = frozenset("\n\t\u00ad\u200c\u200d")


def as_one_form(name: str) -> str:
    """A name in the form in which names are compared (NFC): ``ấ`` may be typed as three signs."""
    return unicodedata.normalize("NFC", name)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A way out for a name that is not among the known ones; empty where there are none."""
    names = sorted(set(known))
    close = get_close_matches(name.lower(), [each.lower() for each in names], n=1, cutoff=0.6)
    if close:
        return meaning(next(each for each in names if each.lower() == close[0]))
    if not names:
        return ""
    return f"Known: {', '.join(names[:_MOST_KNOWN])}{and_more(names, _MOST_KNOWN)}."


def meaning(name: str) -> str:
    """The question whether a name was meant."""
    return f"did you mean '{name}'?"


def some(names: Sequence[str], most: int = _MOST_NAMED) -> str:
    """The first few of some names, and how many more there are: ``'Xã An' and 5 more``."""
    return ", ".join(f"'{name}'" for name in names[:most]) + and_more(names, most)


def and_more(names: Sequence[object], most: int = _MOST_NAMED) -> str:
    """How many there are beyond the first few, where there are any: ``" and 5 more"``."""
    return f" and {len(names) - most} more" if len(names) > most else ""


def percent(share: float) -> str:
    """A share as a message tells it: ``47.8 %``."""
    return f"{share * 100:.6g} %"


def visible(words: str) -> str:
    """Words with what would steer a terminal, or turn the direction of a text, written out.

    Control characters and the format characters of Unicode (categories Cc and Cf) become escapes as
    in Python; line ends, tabs and what joins the letters of a word stay.
    """
    if words.isascii() and words.isprintable():  # as pictures are, at great length
        return words
    return "".join(
        char
        if char in _HARMLESS or unicodedata.category(char) not in ("Cc", "Cf")
        else char.encode("unicode_escape").decode()
        for char in words
    )
