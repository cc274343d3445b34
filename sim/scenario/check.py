"""Checks a scenario and each of its variants and readings without running anything."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from sim.errors import Fault, ScenarioError
from sim.model import Model
from sim.scenario.load import read, scenario_of
from sim.scenario.range_faults import choice_faults
from sim.scenario.resolve.model import resolve as resolve_model
from sim.scenario.resolve.setting import SharedSettings
from sim.scenario.scenario import Scenario
from sim.scenario.text.tree import Document

Resolve: TypeAlias = Callable[[Scenario, SharedSettings], Model]
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
        The faults of the scenario itself and those that only its variants or readings have, which
        name them;
        in the order of their places.  Empty when all is well.
    """
    name = os.fspath(path)
    try:
        document, files = read(name)
    except ScenarioError as error:
        return error.faults
    shared: SharedSettings = {}
    faults = _faults(name, document, files, {}, shared, resolve)
    if not faults:
        scenario = scenario_of(name, document.copy(), files, variant=None, settings={})
        faults |= set(choice_faults(scenario, lambda each: resolve_model(each, dict(shared))))
    only_in: dict[Fault, dict[str, list[str]]] = {}
    for kind in ("variant", "reading"):
        section = document.tree.get(f"{kind}s")
        for each in section if isinstance(section, dict) else ():
            choice = {kind: each}
            # Most have the setting of the scenario itself; others would only fill the memory.
            for fault in _faults(name, document, files, choice, dict(shared), resolve) - faults:
                only_in.setdefault(fault, {}).setdefault(kind, []).append(each)
    for fault, kinds in only_in.items():
        where = " and ".join(
            f"{kind}{'s' if len(names) > 1 else ''} {', '.join(names)}"
            for kind, names in kinds.items()
        )
        is_clear = fault.path.startswith(("variants.", "readings."))
        faults.add(fault if is_clear else replace(fault, message=f"{fault.message} (in {where})"))
    return tuple(sorted(faults))


def _faults(
    path: str,
    document: Document,
    files: dict[str, bytes],
    choice: dict[str, str],
    shared: SharedSettings,
    resolve: Resolve,
) -> set[Fault]:
    try:
        settings = {"reading": choice["reading"]} if "reading" in choice else {}
        variant = choice.get("variant")
        scenario = scenario_of(path, document.copy(), files, variant=variant, settings=settings)
        resolve(scenario, shared)
    except ScenarioError as error:
        return set(error.faults)
    return set()
