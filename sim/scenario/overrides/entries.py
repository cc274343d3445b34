"""Finds where the overrides of variants, reforms and bottlenecks stand in a document.

An *entry* is the path of one override; its last part is the lever, or the path, that it moves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.language import say
from sim.scenario.schema.reforms import NAMING
from sim.scenario.schema.values import show
from sim.scenario.text.tree import Document, Path
from sim.wording import did_you_mean


def variant_entries(document: Document, variant: str) -> tuple[Path, ...]:
    """The entries of a variant, those of what it starts from first."""
    return tuple(
        ("variants", name, key)
        for name in _chain(document, variant)
        for key in document.tree["variants"][name]
        if key != "from"
    )


def reform_entries(
    document: Document, reform: str, parts: Sequence[str] | None = None
) -> tuple[Path, ...]:
    """The entries of a reform: what holds on the way, then those of some parts, or of all."""
    known = _mapping(document.get(("reforms", reform, "parts")))
    return (
        *_entries(document, "reforms", reform, "through"),
        *(
            at
            for part in (known if parts is None else parts)
            for at in _entries(document, "reforms", reform, "parts", part)
        ),
    )


def bottleneck_entries(
    document: Document, bottlenecks: Sequence[str] | None = None
) -> tuple[Path, ...]:
    """The entries that take some bottlenecks away, or all."""
    known = _mapping(document.tree.get("bottlenecks"))
    return tuple(
        at
        for name in (known if bottlenecks is None else bottlenecks)
        for at in _entries(document, "bottlenecks", name)
    )


def _entries(document: Document, *path: str) -> Iterator[Path]:
    for key in _mapping(document.get(path)):
        if key not in NAMING:
            yield (*path, key)


def _chain(document: Document, variant: str) -> list[str]:
    """The variants to apply, what a variant starts from before itself."""
    variants = document.tree.get("variants")
    known = variants if isinstance(variants, dict) else {}
    chain: list[str] = []
    name: Any = variant
    while name is not None:
        path: Path = ("variants", chain[0], "from") if chain else ()
        if not isinstance(name, str):
            message = say("found {name} where the name of a variant belongs", name=show(name))
            document.faults.append(document.fault(path, message, say("Name one variant.")))
            return []
        if name not in known:
            way_out = did_you_mean(name, set(known) - set(chain)) or say(
                "The scenario has no variants."
            )
            document.faults.append(
                document.fault(path, say("no variant '{name}'", name=name), way_out)
            )
            return []
        if not isinstance(known[name], dict):
            return []  # which the schema refuses
        if name in chain:
            circle = " → ".join((*reversed(chain), name))
            fault = document.fault(
                path, say("starts from itself: {circle}", circle=circle), say("Break the circle.")
            )
            document.faults.append(fault)
            return []
        chain.insert(0, name)
        name = known[name].get("from")
    return chain


def _mapping(node: Any) -> Mapping[str, Any]:
    return node if isinstance(node, dict) else {}
