"""The language that a caller asks for, checked at the door."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TypeAlias

from sim.errors import RequestError
from sim.language import LANGUAGES, say, speaking

LanguageNames: TypeAlias = str | Sequence[str]
"""One language, or several in their order, as a sequence or with commas between them."""


def in_language(wanted: str | None) -> AbstractContextManager[None]:
    """Speak a language within a ``with``; None goes on with the one in use.

    Raises
    ------
    RequestError
        There is no such language.
    """
    if wanted is not None and wanted not in LANGUAGES:
        raise RequestError(
            say(
                "there is no language '{name}'. Known: {known}.",
                name=wanted,
                known=", ".join(LANGUAGES),
            )
        )
    return speaking(wanted)


def languages(wanted: LanguageNames | None) -> tuple[str, ...]:
    """The languages that are asked for, each once and in their order; none for the one in use.

    Raises
    ------
    RequestError
        There is no such language.
    """
    names = wanted.split(",") if isinstance(wanted, str) else wanted or ()
    found = tuple(dict.fromkeys(name.strip() for name in names))
    for name in found:
        in_language(name)
    return found
