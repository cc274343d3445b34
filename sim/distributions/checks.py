"""Checks that the parameters of a distribution share.

Messages name the parameter and not its value, which is in the caller's unit; who reads a text
adds the text.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from sim.errors import ValueFault
from sim.language import say
from sim.units import Span


def require_positive(name: str, value: float) -> None:
    """Refuse a parameter that is not above 0 and finite."""
    if not 0 < value < math.inf:
        raise ValueFault(
            say("the {name} must be above 0", name=name),
            way_out=say("Write a time that never varies alone, such as 25 min."),
        )


def require_factor(factor: float) -> None:
    """Refuse a factor that would turn durations around, or into nothing."""
    if not 0 < factor < math.inf:
        raise ValueFault(
            say("a duration cannot be scaled by {factor}", factor=f"{factor:g}"),
            way_out=say("Give a factor above 0."),
        )


def require_rising(names: str, values: Sequence[float]) -> None:
    """Refuse bounds that are negative, fall, or leave no room between the first and the last."""
    if values[0] < 0:
        raise ValueFault(
            say("a duration cannot be negative"),
            way_out=say("Give {names} from 0 up.", names=say(names)),
        )
    if any(left > right for left, right in pairwise(values)):
        raise ValueFault(
            say("{names} are not in rising order", names=say(names)),
            way_out=say("Give the smallest first."),
        )
    if values[0] == values[-1]:
        raise ValueFault(
            say("{names} are all the same", names=say(names)),
            way_out=say("Write a time that never varies alone, such as 25 min."),
        )


def require_one_unit(spans: Sequence[Span]) -> bool:
    """Whether spans count working days; refuse a mixture. A zero has any unit."""
    units = {span.in_working_days for span in spans if span.amount}
    if len(units) == 2:
        raise ValueFault(
            say("working days are mixed with clock time"),
            way_out=say("Use one of them throughout: wd, or min, h, d and weeks."),
        )
    return units.pop() if units else any(span.in_working_days for span in spans)
