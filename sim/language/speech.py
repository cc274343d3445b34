"""Which language is in use, and texts in it: whole sentences, with named fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from sim.language.catalogue import ENGLISH, LANGUAGES, OF_SCENARIOS, catalogue

_SPOKEN: Final = ContextVar("language", default=ENGLISH)


def language() -> str:
    """The language in use: ``en`` unless somebody said otherwise."""
    return _SPOKEN.get()


@contextmanager
def speaking(wanted: str | None) -> Iterator[None]:
    """Speak a language within a ``with``; None goes on with the one in use.

    Texts are said where they are made: what is made within must be finished within, so no
    generator may leave it half used.

    Raises
    ------
    ValueError
        There is no such language.
    """
    if wanted is None:
        yield
        return
    if wanted not in LANGUAGES:
        raise ValueError(f"no language {wanted!r}")
    token = _SPOKEN.set(wanted)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def say(text: str, /, **fields: object) -> str:
    """A text in the language in use, with its fields filled in.

    Parameters
    ----------
    text
        In English: a whole sentence, or what stands for itself, such as a heading.  ``{name}``
        stands for a field.  It must be written out where it is said, so that the test of missing
        texts finds it.
    fields
        What stands in it, as it is to be read.
    """
    found = catalogue(_SPOKEN.get()).gettext(text)
    return found.format(**fields) if fields else found


def say_in(context: str, text: str, /, **fields: object) -> str:
    """A text that means one thing in one place and another elsewhere, such as ``Open``."""
    found = catalogue(_SPOKEN.get()).pgettext(context, text)
    return found.format(**fields) if fields else found


def several(n: float, one: str, many: str, /, **fields: object) -> str:
    """A text in the form that goes with a number, by the rules of the language in use."""
    found = catalogue(_SPOKEN.get()).ngettext(one, many, 1 if n == 1 else 2)
    return found.format(**fields) if fields else found


def say_of_scenario(text: str) -> str:
    """What a scenario calls something; as it stands there, unless it is a text of a shipped one."""
    return catalogue(_SPOKEN.get()).pgettext(OF_SCENARIOS, text) if text else text


def later(text: str) -> str:
    """A text that is said later, where the language is known; here it is only found."""
    return text


class Phrases(Mapping[str, str]):
    """Texts by a key, said in the language in use whenever one is read.

    Parameters
    ----------
    texts
        In English, written out.
    """

    __slots__ = ("_texts",)

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __getitem__(self, key: str) -> str:
        return say(self._texts[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)
