"""Checks a scenario and what it can be made: variants, readings, reforms, bottlenecks.

Nothing is run.  Of a reform all parts together are looked at, not each set of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

from sim.errors import Fault, ScenarioError
from sim.language import say, several
from sim.model import Model
from sim.scenario.load import read, scenario_of
from sim.scenario.overrides.entries import bottleneck_entries, reform_entries
from sim.scenario.overrides.override import levers_of
from sim.scenario.ranges.faults import choice_faults
from sim.scenario.resolve.model import Shared
from sim.scenario.resolve.model import resolve as resolve_model
from sim.scenario.scenario import Scenario
from sim.scenario.text.tree import Document, Path
from sim.wording import both

_NAMED_THERE: Final = ("variants.", "readings.", "reforms.", "bottlenecks.")

Resolve: TypeAlias = Callable[[Scenario, Shared], Model]
"""Makes the model of a scenario, or raises its faults."""


def check(path: str | os.PathLike[str], resolve: Resolve = resolve_model) -> tuple[Fault, ...]:
    """Find every fault of a scenario file.

    Parameters
    ----------
    resolve
        What makes models of scenarios; a higher room may ask for more than this one can.

    Returns
    -------
    tuple[Fault, ...]
        The faults of the scenario itself and those that only its variants, readings or reforms
        have, which name them; in the order of their places.  Empty when all is well.
    """
    name = os.fspath(path)
    try:
        document, files = read(name)
    except ScenarioError as error:
        return error.faults
    shared = Shared()
    faults = _faults(name, document, files, {}, shared, resolve)
    # To find what levers stand for takes as long as to read the scenario; it is the same for all.
    levers = levers_of(document.copy())
    if not faults:
        scenario = scenario_of(name, document.copy(), files, variant=None, settings={})
        faults |= set(choice_faults(scenario, lambda each: resolve_model(each, shared.for_one())))
    only_in: dict[Fault, dict[str, list[str]]] = {}
    for kind in ("variant", "reading"):
        section = document.tree.get(f"{kind}s")
        for each in section if isinstance(section, dict) else ():
            choice = {kind: each}
            # Most have the setting of the scenario itself; others would only fill the memory.
            for fault in (
                _faults(name, document, files, choice, shared.for_one(), resolve, levers=levers)
                - faults
            ):
                only_in.setdefault(fault, {}).setdefault(kind, []).append(each)
    for kind, names, variant, entries in _changes(document):
        choice = {} if variant is None else {"variant": variant}
        found = _faults(name, document, files, choice, shared.for_one(), resolve, entries, levers)
        # Those of the variant that it starts from are told of that one.
        known = {fault for fault, kinds in only_in.items() if variant in kinds.get("variant", ())}
        for fault in found - faults - known:
            only_in.setdefault(fault, {}).setdefault(kind, []).extend(names)
    for fault, kinds in only_in.items():
        where = both(_named(kind, names) for kind, names in kinds.items())
        message = say("{message} (in {where})", message=fault.message, where=where)
        is_clear = fault.path.startswith(_NAMED_THERE)
        faults.add(fault if is_clear else replace(fault, message=message))
    return tuple(sorted(faults))


def _named(kind: str, names: Sequence[str]) -> str:
    """Some variants, readings, reforms or bottlenecks by their names."""
    n, listed = len(names), ", ".join(names)
    match kind:
        case "variant":
            return several(n, "variant {names}", "variants {names}", names=listed)
        case "reading":
            return several(n, "reading {names}", "readings {names}", names=listed)
        case "reform":
            return several(n, "reform {names}", "reforms {names}", names=listed)
        case _:
            return several(n, "bottleneck {names}", "bottlenecks {names}", names=listed)


def _changes(
    document: Document,
) -> Iterator[tuple[str, Sequence[str], str | None, Sequence[Path]]]:
    """What else a scenario can be made: kind, names, the variant before, and its overrides.

    A reform from a variant that is not there is left out: that is a fault of its own.
    """
    for name, reform in _mapping(document.tree.get("reforms")).items():
        before = _mapping(reform).get("from")
        known = _mapping(document.tree.get("variants"))
        if before is None or (isinstance(before, str) and before in known):
            yield "reform", [name], before, reform_entries(document, name)
    if bottlenecks := _mapping(document.tree.get("bottlenecks")):
        yield "bottleneck", list(bottlenecks), None, bottleneck_entries(document)


def _mapping(node: Any) -> Mapping[str, Any]:
    return node if isinstance(node, dict) else {}


def _faults(
    path: str,
    document: Document,
    files: dict[str, bytes],
    choice: dict[str, str],
    shared: Shared,
    resolve: Resolve,
    entries: Sequence[Path] = (),
    levers: Mapping[str, tuple[str, ...]] | None = None,
) -> set[Fault]:
    try:
        settings = {"reading": choice["reading"]} if "reading" in choice else {}
        variant = choice.get("variant")
        scenario = scenario_of(
            path,
            document.copy(),
            files,
            variant=variant,
            settings=settings,
            entries=entries,
            levers=levers,
        )
        resolve(scenario, shared)
    except ScenarioError as error:
        return set(error.faults)
    return set()
