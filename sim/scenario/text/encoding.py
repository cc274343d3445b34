"""Turns the bytes of a table into text, and names the encodings that it refuses.

It takes UTF-8, and UTF-16 with a byte-order mark; what spreadsheets in Viet Nam save besides is
told by its bytes, since a wrong guess would change names without a word.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import Final

from sim.language import later, say

_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# TCVN 5712:1993, as in fonts named .VnTime: ă â ê ô ơ ư đ, à ả ã á ạ and others stand where the
# Windows pages have signs that are in no word.
_TCVN3: Final = re.compile(rb"[A-Za-z][\xa8-\xae\xb5-\xbe]|[\xa8-\xae\xb5-\xbe][a-z]")
# Windows-1258 writes a vowel and then its tone: grave, hook, tilde, acute, dot below.
_WINDOWS_1258: Final = re.compile(
    rb"[AEIOUYaeiouy\xc2\xca\xd4\xe2\xea\xf4\xc3\xe3\xd5\xf5\xdd\xfd][\xcc\xd2\xde\xec\xf2]"
)
_SAVE_AS: Final = later("In Excel: Save as, CSV UTF-8.")


class EncodingError(ValueError):
    """Bytes in another encoding than those that are read."""

    def __init__(self, encoding: str, way_out: str = "") -> None:
        super().__init__(encoding)
        self.encoding = encoding
        self.way_out = way_out or say(_SAVE_AS)


def decoded(data: bytes) -> str:
    """The text of a file, in NFC, with a newline at the end of each line.

    Raises
    ------
    EncodingError
        It is neither UTF-8 nor UTF-16 with a byte-order mark.
    """
    encoding = "utf-16" if data.startswith(_UTF_16) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise _refusal(data) from None
    if "\0" in text:
        raise EncodingError(say("UTF-16 without a byte-order mark"))
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")


def _refusal(data: bytes) -> EncodingError:
    if data.startswith(_UTF_16):
        return EncodingError(say("UTF-16 that is cut off"))
    if b"\0" in data:
        return EncodingError(say("UTF-16 without a byte-order mark"))
    if _TCVN3.search(data):
        return EncodingError(
            "TCVN3", say("Convert its font to Unicode first. {save_as}", save_as=say(_SAVE_AS))
        )
    if _WINDOWS_1258.search(data):
        return EncodingError("Windows-1258")
    return EncodingError("Windows-1252 (Latin-1)")
