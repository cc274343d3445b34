"""The language that a caller asks for, checked at the door."""

from __future__ import annotations

from contextlib import AbstractContextManager

from sim.errors import RequestError
from sim.language import LANGUAGES, speaking


def in_language(wanted: str | None) -> AbstractContextManager[None]:
    """Speak a language within a ``with``; None goes on with the one in use.

    Raises
    ------
    RequestError
        There is no such language.
    """
    if wanted is not None and wanted not in LANGUAGES:
        raise RequestError(f"there is no language '{wanted}'. Known: {', '.join(LANGUAGES)}.")
    return speaking(wanted)
