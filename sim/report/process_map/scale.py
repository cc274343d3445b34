"""The scale of all maps: how dark a wait is, and how wide the line of how many cases."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from sim.language import later, say

_STEPS: Final = (
    (0.25, "#eef4fa", later("under 15 min")),
    (1.0, "#d3e3f2", later("15 min to 1 h")),
    (4.0, "#a9cae6", later("1 to 4 h")),
    (24.0, "#6ba3d0", later("4 to 24 h")),
    (72.0, "#2f74b3", later("1 to 3 days")),
    (float("inf"), "#123f73", later("over 3 days")),
)
"""Up to how many hours, in which colour."""

UNKNOWN: Final = "#ffffff"
"""The colour of a step at which nothing was measured."""

_WIDEST: Final = 7.0
_NARROWEST: Final = 1.2


def colour(hours: float) -> str:
    """The colour of a wait."""
    return next(each for most, each, _ in _STEPS if hours < most or most == float("inf"))


def ink_on(fill: str) -> str:
    """The colour of letters on a colour: the one of the two that stands out."""
    red, green, blue = (int(fill[i : i + 2], 16) for i in (1, 3, 5))
    return "#ffffff" if 0.299 * red + 0.587 * green + 0.114 * blue < 140 else "#1f2328"


def line_width(passes: float) -> float:
    """The width of the line of what comes along it a case; beyond 1 it does not grow."""
    share = min(1.0, passes) if math.isfinite(passes) else 0.0
    return _NARROWEST + (_WIDEST - _NARROWEST) * share


def legend() -> Iterator[tuple[str, str]]:
    """Colours with the waits that they stand for."""
    for _, fill, words in _STEPS:
        yield fill, say(words)
