"""Reads the catalogue of a language, a ``.po`` file beside this module, when it is first needed."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import Final

ENGLISH: Final = "en"
"""The language of the texts in the code: it needs no catalogue."""

LANGUAGES: Final = (ENGLISH, "vi")
"""Languages that a report can be in."""

OF_SCENARIOS: Final = "scenario"
"""Context of what shipped scenarios call things, such as titles and labels."""


@cache
def catalogue(language: str) -> NullTranslations:
    """The texts of a language by the English ones.

    The text file alone is kept: a compiled one beside it would be one more to forget.
    """
    if language == ENGLISH:
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    for_whom = files("sim.language").joinpath(f"{language}.po")
    with for_whom.open("rb") as stream:
        write_mo(compiled, read_po(stream, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)
