"""Reads XML with what the standard library has, and refuses what could do harm.

A DTD is refused where it begins, so there are no entities but the five of XML itself; so are tags
without end and elements that nest without end.
"""

from __future__ import annotations

import gc
from typing import BinaryIO, Final, Protocol, TypeAlias
from xml.parsers import expat

from sim.language import say
from sim.logs.table import refuse

Attributes: TypeAlias = dict[str, str]

DEEPEST: Final = 64
"""No log nests as deep as this."""

_PIECE: Final = 1 << 18
_LONGEST: Final = 1 << 23
"""Bytes that a tag, or a text between two, may have."""


class TooDeepError(Exception):
    """Elements nest deeper than :data:`DEEPEST`; raised by who counts them."""


class Elements(Protocol):
    """Who is told of elements: names have their prefix."""

    def begin(self, name: str, attributes: Attributes, /) -> None:
        """An element begins."""

    def end(self, name: str, /) -> None:
        """It ends."""

    def text(self, words: str, /) -> None:
        """Text between two tags."""


def parse_xml(stream: BinaryIO, file: str, elements: Elements, *, with_text: bool) -> None:
    """Tell of every element as it begins and ends.

    Raises
    ------
    LogError
        It is no XML, or hostile: with the line.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse_doctype(*_: object) -> None:
        raise refuse(
            file,
            say("a document type definition (DTD), which no log needs and which can hold traps"),
            say("Take the lines from <!DOCTYPE to its end out of the file."),
            row=parser.CurrentLineNumber,
        )

    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.EntityDeclHandler = refuse_doctype
    parser.StartElementHandler = elements.begin
    parser.EndElementHandler = elements.end
    if with_text:
        parser.CharacterDataHandler = elements.text
    n_read = 0
    was_enabled = gc.isenabled()
    # A million small dictionaries, none of them garbage: looking for some takes half of the time.
    gc.disable()
    try:
        while piece := stream.read(_PIECE):
            parser.Parse(piece, False)
            n_read += len(piece)
            if n_read - parser.CurrentByteIndex > _LONGEST:
                message = say("a tag or a text of more than 8 MB")
                way_out = say("No log has one; get the file again.")
                raise refuse(file, message, way_out, row=parser.CurrentLineNumber)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        words = expat.ErrorString(error.code)
        raise refuse(
            file, say("no XML: {words}", words=words), say("Get the file again."), row=error.lineno
        ) from None
    except TooDeepError:
        message = say("elements in elements, more than {deepest} deep", deepest=DEEPEST)
        row = parser.CurrentLineNumber
        raise refuse(file, message, say("No log nests like this."), row=row) from None
    finally:
        if was_enabled:
            gc.enable()
