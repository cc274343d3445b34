"""What factors are called: by the labels of their levers, or by their paths in words."""

from __future__ import annotations

import re
from typing import Final

from sim.language import Phrases, say, say_of_scenario
from sim.scenario.ranges.factors import Factor
from sim.wording import visible

_COLON: Final = re.compile(r":(?=[^\W\d])")

_FIELDS: Final = Phrases(
    {
        "a year": "a year",
        "absence": "absence",
        "again": "again",
        "appointment": "appointment",
        "applicant": "applicant",
        "away": "away",
        "batch": "batch",
        "channels": "channels",
        "copies": "copies",
        "costs": "costs",
        "delay": "delay",
        "demand": "demand",
        "effort": "effort",
        "extend": "extend",
        "fails": "fails",
        "fee": "fee",
        "gives": "gives",
        "hours": "hours",
        "incomplete": "incomplete",
        "limit": "limit",
        "outage": "outage",
        "pay": "pay",
        "people": "people",
        "pooled": "pooled",
        "priority": "priority",
        "procedures": "procedures",
        "properties": "properties",
        "setup": "setup",
        "share": "share",
        "size": "size",
        "slip": "slip",
        "speed": "speed",
        "spell": "spell",
        "staff": "staff",
        "supplement": "supplement",
        "systems": "systems",
        "time": "time",
        "timetable": "timetable",
        "timetables": "timetables",
        "transfer": "transfer",
        "trips": "trips",
        "up": "up",
        "within": "within",
    }
)
"""What stands in the path of a factor beside names: fields of a scenario, with blanks."""


def name_of(factor: Factor) -> str:
    """What a factor is called: the label of its lever, or its path in words."""
    if factor.label:
        return visible(say_of_scenario(factor.label))
    words = _COLON.sub(": ", factor.name.replace("_", " "))
    parts = words.split(".")
    if len(parts) == 1:
        return visible(parts[0])
    if parts[0] == "bundles" and "regimes" in parts:
        bundle, regime = parts[1], parts[3]
        where = bundle if regime == "usual" else regime
        rest = parts[4:]
        if rest[0] == "limits":
            text = say(
                "limit of {step} ({where})", step=" ".join(map(_said, rest[1:])), where=_said(where)
            )
            return visible(text)
        return visible(f"{', '.join(map(_said, rest[1:]))} ({_said(where)}, {_said(rest[0])})")
    if parts[0] == "bundles":
        return visible(f"{' '.join(map(_said, parts[2:]))} ({_said(parts[1])})")
    return visible(f"{', '.join(map(_said, parts[1:]))} ({_said(parts[0])})")


def _said(part: str) -> str:
    """A part of a path: a field, a name, or the verb of a step and what it is about."""
    verb, colon, name = part.partition(": ")
    if colon:
        return f"{_FIELDS.get(verb, verb)}: {say_of_scenario(name)}"
    return _FIELDS.get(part) or say_of_scenario(part)
