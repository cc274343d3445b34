"""Checks a scenario and each of its variants without running anything."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace

from sim.errors import Fault, ScenarioError
from sim.scenario.load import read, scenario_of
from sim.scenario.resolve.model import resolve
from sim.scenario.resolve.setting import Grounds
from sim.scenario.scenario import Scenario
from sim.scenario.text.tree import Document


def check(
    path: str | os.PathLike[str],
    further: Callable[[Scenario], Iterable[Fault]] = lambda _: (),
) -> tuple[Fault, ...]:
    """Find every fault of a scenario file.

    Parameters
    ----------
    further
        Finds faults in the scenario itself that only other rooms know of.

    Returns
    -------
    tuple[Fault, ...]
        The faults of the scenario itself and those that only its variants have, which name them;
        in the order of their places.  Empty when all is well.
    """
    name = os.fspath(path)
    try:
        document, files = read(name)
    except ScenarioError as error:
        return error.faults
    variants = document.tree.get("variants")
    grounds: Grounds = {}
    faults = _faults(name, document, files, None, grounds, further)
    only_in: dict[Fault, list[str]] = {}
    # Most variants stand on the ground of the scenario itself; others would only fill the memory.
    for variant in variants if isinstance(variants, dict) else ():
        for fault in _faults(name, document, files, variant, dict(grounds), lambda _: ()) - faults:
            only_in.setdefault(fault, []).append(variant)
    for fault, names in only_in.items():
        where = f"in variant{'s' if len(names) > 1 else ''} {', '.join(names)}"
        is_clear = fault.path.startswith("variants.")
        faults.add(fault if is_clear else replace(fault, message=f"{fault.message} ({where})"))
    return tuple(sorted(faults))


def _faults(
    path: str,
    document: Document,
    files: dict[str, str],
    variant: str | None,
    grounds: Grounds,
    further: Callable[[Scenario], Iterable[Fault]],
) -> set[Fault]:
    faults: set[Fault] = set()
    try:
        scenario = scenario_of(path, document.copy(), files, variant=variant, settings={})
        faults.update(further(scenario))
        resolve(scenario, grounds)
    except ScenarioError as error:
        faults.update(error.faults)
    return faults
