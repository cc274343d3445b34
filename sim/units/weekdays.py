"""Reads weekdays as people write them, in English and in Vietnamese: ``mon-fri``, ``T2-T6``."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from sim.errors import ValueFault
from sim.language import later, say

NAMES: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""What messages call the days, from Monday on."""

_WORDS: Final[tuple[tuple[str, ...], ...]] = (
    ("mon", "t2", "thứ hai", "thu hai", "thứ 2", "thu 2"),
    ("tue", "t3", "thứ ba", "thu ba", "thứ 3", "thu 3"),
    ("wed", "t4", "thứ tư", "thu tu", "thứ 4", "thu 4"),
    ("thu", "t5", "thứ năm", "thu nam", "thứ 5", "thu 5"),
    ("fri", "t6", "thứ sáu", "thu sau", "thứ 6", "thu 6"),
    ("sat", "t7", "thứ bảy", "thu bay", "thứ 7", "thu 7"),
    ("sun", "cn", "chủ nhật", "chu nhat"),
)
_DAY_OF: Final = {word: day for day, words in enumerate(_WORDS) for word in words}
# The longest first: `thu` is Thursday, `thu hai` is `thứ hai`, which is Monday.
_DAY: Final = "|".join(
    word.replace(" ", r"\s+") for word in sorted(_DAY_OF, key=lambda each: (-len(each), each))
)
_PART: Final = re.compile(
    rf"({_DAY})(?!\w)(?:\s*[-\u2013]\s*({_DAY})(?!\w))?(?=[\s,]|$)", re.IGNORECASE
)
_WRITE_DAYS: Final = later("Write for example mon-fri or T2-T6, tue thu or T3 T5.")


def parse_days(text: str) -> tuple[int, ...]:
    """Read weekdays such as ``mon-fri``, ``tue thu``, ``T2-T6`` or ``thứ ba, chủ nhật``.

    Returns
    -------
    tuple[int, ...]
        0 for Monday to 6 for Sunday, in the order of the text.

    Raises
    ------
    ValueFault
        Something else, or a range that runs backwards.
    """
    plain = unicodedata.normalize("NFC", text)
    days: list[int] = []
    at = 0
    while at < len(plain):
        if plain[at].isspace() or plain[at] == ",":
            at += 1
            continue
        part = _PART.match(plain, at)
        if part is None:
            word = re.split(r"[\s,]", plain[at:], maxsplit=1)[0]
            raise ValueFault(say("'{word}' is no weekday", word=word), way_out=say(_WRITE_DAYS))
        first, last = _day(part[1]), _day(part[2] or part[1])
        if first > last:
            raise ValueFault(
                say("'{days}' runs backwards", days=part[0]),
                way_out=say("A week runs mon to sun, T2 to CN."),
            )
        days.extend(range(first, last + 1))
        at = part.end()
    return tuple(days)


def _day(word: str) -> int:
    return _DAY_OF[" ".join(word.lower().split())]
