"""Every scenario that is shipped reads and resolves, and carries its marks."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.experiment.checks import check, resolve_checked
from sim.model import Join, Model
from sim.model.graph import reachable
from sim.scenario import load, resolve, values
from sim.workload import offered_load

SCENARIOS = Path(__file__).parents[2] / "scenarios"
STUDIES = sorted(
    path.relative_to(SCENARIOS).as_posix() for path in SCENARIOS.glob("studies/*/*.yaml")
)
SHIPPED = sorted(path.name for path in SCENARIOS.glob("*.yaml")) + STUDIES
OF_VARIANTS = [name for name in STUDIES if name.endswith("/study.yaml")]
WITH_VARIANTS = ("first.yaml", "birth.yaml", "death.yaml")
"""The others have the variants of these, on another place."""


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_scenario_resolves_and_keeps_up_with_its_work(name: str) -> None:
    model = resolve(load(SCENARIOS / name))
    loads = offered_load(model)
    assert loads
    assert max(each.load for each in loads) < 1
    assert len(model.offices) == len({office.name for office in model.offices})


@pytest.mark.parametrize("name", WITH_VARIANTS)
def test_a_shipped_scenario_has_no_fault_in_any_variant(name: str) -> None:
    assert check(SCENARIOS / name) == ()


@pytest.mark.parametrize("name", [name for name in STUDIES if name.endswith("/study.yaml")])
def test_a_worked_study_has_no_fault_in_any_variant(name: str) -> None:
    assert check(SCENARIOS / name) == ()
    with pytest.raises(ScenarioError):  # the twin
        resolve(load(SCENARIOS / name, settings={"uptake": "157 %"}))


def test_a_shipped_scenario_with_too_few_people_is_refused() -> None:  # the twin
    starved = load(SCENARIOS / "birth.yaml", settings={"staffing": "0.3 x"})
    with pytest.raises(ScenarioError, match="offered load"):
        resolve_checked(starved)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_value_of_a_shipped_scenario_says_how_it_is_known(name: str) -> None:
    unmarked = [each.path for each in values(load(SCENARIOS / name)) if each.mark == "unmarked"]
    assert unmarked == []


@pytest.mark.parametrize(
    ("place", "counts"),
    [
        ("birth.yaml", {"district": 1, "commune": 20}),
        ("birth-nghe-an-2024.yaml", {"district": 21, "commune": 412}),
        ("birth-nghe-an-2025.yaml", {"commune": 130}),
        ("birth-viet-nam-2024.yaml", {"province": 63, "district": 705, "commune": 10_035}),
        ("birth-viet-nam-2025.yaml", {"province": 34, "commune": 3_321}),
    ],
)
def test_a_place_has_the_offices_that_it_is_said_to_have(
    place: str, counts: dict[str, int]
) -> None:
    model = resolve(load(SCENARIOS / place))
    found = [model.levels[office.level] for office in model.offices]
    assert {level: found.count(level) for level in counts} == counts


def steps_of(model: Model) -> list[str]:
    """The paths of the steps in force, by the names of their elements; parts of a step left out."""
    elements = dict(enumerate(model.elements))
    paths = []
    for flow in model.flows:
        bundle, regime, channel = flow.name.split("/")
        inside = [elements[i] for i in sorted(reachable(elements, flow.start))]
        names = {each.name for each in inside if not isinstance(each, Join)}
        paths += [
            f"bundles.{bundle}.regimes.{regime}.{channel}.{name}"
            for name in sorted(names)
            if name.rpartition(":")[0] not in names
        ]
    return paths


@pytest.mark.parametrize("name", WITH_VARIANTS)
def test_every_element_of_a_step_has_the_name_by_which_the_step_is_set(name: str) -> None:
    tree = load(SCENARIOS / name).tree
    # A model has the flows of the regimes in force; the other variants have the same.
    in_force = {tree["variants"][each].get("regime"): each for each in tree["variants"]}
    for variant in (None, *in_force.values()):
        paths = steps_of(resolve(load(SCENARIOS / name, variant=variant)))
        assert len(paths) > 10
        noted = load(
            SCENARIOS / name,
            variant=variant,
            settings={f"{path}.note": "found" for path in paths},
        )
        assert sum(each == "found" for each in notes(noted.tree["bundles"])) == len(paths)


def notes(node: object) -> list[object]:
    if isinstance(node, dict):
        below = [note for item in node.values() for note in notes(item)]
        return [*([node["note"]] if "note" in node else []), *below]
    return [note for item in node for note in notes(item)] if isinstance(node, list) else []


def test_an_element_under_another_number_is_not_found() -> None:  # the twin
    path = steps_of(resolve(load(SCENARIOS / "birth.yaml")))[0]
    with pytest.raises(ScenarioError, match="#9"):
        load(SCENARIOS / "birth.yaml", settings={f"{path}#9.note": "found"})
