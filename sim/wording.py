"""How names and shares are put into messages: one copy for every room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Final

_MOST_KNOWN: Final = 16
_MOST_NAMED: Final = 3


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
