"""Checks what reforms and bottlenecks are made of: the names that they use, and that they change.

What their overrides do is checked where they are made, as those of a variant.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.language import later, say
from sim.scenario.faults import Faults
from sim.scenario.schema.reforms import BottleneckSpec, PartSpec, ReformSpec
from sim.scenario.text.tree import Path
from sim.wording import did_you_mean


def check_reforms(faults: Faults) -> None:
    """Note what is wrong with the reforms and the bottlenecks of a scenario."""
    spec = faults.scenario.spec
    pairs: dict[tuple[str | None, str | None], str] = {}
    for name, reform in spec.reforms.items():
        path: Path = ("reforms", name)
        _check_ends(path, reform, faults)
        for part, each in reform.parts.items():
            _check_part((*path, "parts", part), each, reform.parts, faults)
        _check_order(path, reform.parts, faults)
        before = pairs.setdefault((reform.before, reform.after), name)
        if before != name:
            message = say("leads from and to the same variants as '{before}'", before=before)
            faults.add(path, message, say("Keep one of the two, or name other variants."))
    for name, bottleneck in spec.bottlenecks.items():
        _check_overrides(("bottlenecks", name), bottleneck, faults)


def _check_ends(path: Path, reform: ReformSpec, faults: Faults) -> None:
    variants = faults.scenario.spec.variants
    for end, name in (("from", reform.before), ("to", reform.after)):
        if name is not None and name not in variants:
            way_out = (
                did_you_mean(name, variants) if variants else say("The scenario has no variants.")
            )
            faults.add((*path, end), say("no variant '{name}'", name=name), way_out)
    if reform.before == reform.after:
        faults.add(path, say("leads from a variant to itself"), say("Name two in from and to."))


def _check_part(path: Path, part: PartSpec, parts: Mapping[str, PartSpec], faults: Faults) -> None:
    _check_overrides(path, part, faults)
    for name in part.after:
        faults.knows((*path, "after"), later("part"), name, parts)


def _check_overrides(path: Path, named: PartSpec | BottleneckSpec, faults: Faults) -> None:
    if not named.__pydantic_extra__:
        faults.add(path, say("changes nothing"), say("Give levers or paths with new values."))


def _check_order(path: Path, parts: Mapping[str, PartSpec], faults: Faults) -> None:
    """Parts that wait for each other can never come."""
    there: set[str] = set()
    while coming := {
        name
        for name, part in parts.items()
        if name not in there and set(part.after) & parts.keys() <= there
    }:
        there |= coming
    if circle := [name for name in parts if name not in there]:
        message = say("{names} can never come: each waits for another", names=", ".join(circle))
        faults.add((*path, "parts"), message, say("Take a name out of their `after`."))
