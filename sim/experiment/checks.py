"""Checks what only a study can know of a scenario: its claims and target, and the load on staff."""

from __future__ import annotations

import os

from sim import scenario as scenarios
from sim.errors import Fault, ScenarioError
from sim.experiment.claims import claim_faults, measured_in, unmeasured_faults
from sim.experiment.loads import load_faults
from sim.model import Model
from sim.scenario import Scenario, resolve
from sim.scenario.resolve.model import Shared
from sim.scenario.text.tree import Path


def check(path: str | os.PathLike[str]) -> tuple[Fault, ...]:
    """Find every fault of a scenario file and its variants, as :func:`sim.scenario.check` does.

    A claim or a target that neither the scenario nor a variant measures is one, too.
    """
    cells: list[Scenario] = []
    measured: set[Path] = set()

    def resolve_and_note(scenario: Scenario, shared: Shared) -> Model:
        model = resolve_checked(scenario, shared)
        cells.append(scenario)
        measured.update(measured_in(scenario, model))
        return model

    faults = scenarios.check(path, resolve_and_note)
    return faults or unmeasured_faults(cells[0], measured)


def resolve_checked(scenario: Scenario, shared: Shared | None = None) -> Model:
    """The model of a scenario in which nothing at all is wrong.

    Raises
    ------
    ScenarioError
        With every fault of the scenario, of its claims and target, and of the load on its staff.
    """
    model, loads = resolve_weighed(scenario, shared)
    if loads:
        raise ScenarioError(loads)
    return model


def resolve_weighed(
    scenario: Scenario, shared: Shared | None = None
) -> tuple[Model, tuple[Fault, ...]]:
    """The model of a scenario, and the faults of the load on its staff if these are all it has.

    Raises
    ------
    ScenarioError
        With every fault of the scenario, if any is not of the load.
    """
    faults = claim_faults(scenario)
    try:
        model = resolve(scenario, shared)
    except ScenarioError as error:
        raise ScenarioError([*error.faults, *faults]) from None
    loads = load_faults(scenario, model)
    if faults:
        raise ScenarioError([*faults, *loads])
    return model, loads
