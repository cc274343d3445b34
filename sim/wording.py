"""How names and shares are put into messages: one copy for every room."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import reduce
from typing import Final

from sim.language import later, marks, say

_MOST_KNOWN: Final = 16
_MOST_NAMED: Final = 3

_OF_PYTHON: Final = (
    later("codec can't decode bytes"),
    later("codec can't decode byte"),
    later("in position"),
    later("invalid start byte"),
    later("invalid continuation byte"),
    later("unexpected end of data"),
    later("field larger than field limit"),
    later("day is out of range for month"),
    later("month must be in"),
    later("is out of range"),
)
"""What Python says of files and dates that it refuses."""

_HARMLESS: Final = frozenset("\n\t\u00ad\u200c\u200d")


def as_one_form(name: str) -> str:
    """A name in the form in which names are compared (NFC): ``ấ`` may be typed as three signs."""
    return unicodedata.normalize("NFC", name)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a name is probably a slip for; None where none is near."""
    names = sorted(set(known))
    close = get_close_matches(name.lower(), [each.lower() for each in names], n=1, cutoff=0.6)
    return next(each for each in names if each.lower() == close[0]) if close else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A way out for a name that is not among the known ones; empty where there are none."""
    names = sorted(set(known))
    if (close := nearest(name, names)) is not None:
        return meaning(close)
    if not names:
        return ""
    listed = ", ".join(names[:_MOST_KNOWN]) + and_more(names, _MOST_KNOWN)
    return say("Known: {names}.", names=listed)


def meaning(name: str) -> str:
    """The question whether a name was meant."""
    return say("did you mean '{name}'?", name=name)


def some(names: Sequence[str], most: int = _MOST_NAMED) -> str:
    """The first few of some names, and how many more there are: ``'Xã An' and 5 more``."""
    return ", ".join(f"'{name}'" for name in names[:most]) + and_more(names, most)


def and_more(names: Sequence[object], most: int = _MOST_NAMED) -> str:
    """How many there are beyond the first few, where there are any: ``" and 5 more"``."""
    return say(" and {n} more", n=len(names) - most) if len(names) > most else ""


def both(names: Iterable[str]) -> str:
    """All of some names, with *and* between them."""
    return reduce(lambda these, last: say("{these} and {last}", these=these, last=last), names)


def either(names: Sequence[str]) -> str:
    """One of some names: ``'each' or 'together'``."""
    if len(names) < 2:
        return "".join(names)
    return say("{these} or {last}", these=", ".join(names[:-1]), last=names[-1])


def figure(number: float, digits: int = 6) -> str:
    """A number as a message tells it, to some digits, with the mark of the language."""
    return f"{number:.{digits}g}".replace(".", marks()[0])


def percent(share: float) -> str:
    """A share as a message tells it: ``47.8 %``."""
    return say("{number} %", number=figure(share * 100))


def retold(words: object, phrases: Iterable[str] = _OF_PYTHON) -> str:
    """What Python or a library says of an error, phrase by phrase in the language in use.

    Parameters
    ----------
    phrases
        Those that are known, a longer one before one that is in it; what is not stays as it is.
    """
    told = str(words)
    for phrase in phrases:
        told = told.replace(phrase, say(phrase))
    return told


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
