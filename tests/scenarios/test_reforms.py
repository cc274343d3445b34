"""The shipped reforms lead from one variant to the other, in digits, and leave nothing over."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sim.answers.asking import Runs, run_points
from sim.experiment.plan import Point
from sim.experiment.results import Results
from sim.scenario.load import read, scenario_of
from sim.scenario.overrides.entries import bottleneck_entries, reform_entries
from sim.scenario.resolve.model import resolve
from sim.scenario.text.tree import Document

SCENARIOS = Path(__file__).parents[2] / "scenarios"
BIRTH = str(SCENARIOS / "birth-in-parts.yaml")
REFORM = "three-offices-to-one-form"
HEADINGS = ["procedures", "infrastructure", "online-services", "data", "security", "resources"]


@cache
def document(path: str = BIRTH) -> Document:
    return read(path)[0]


def parts() -> list[str]:
    return list(document().tree["reforms"][REFORM]["parts"])


@cache
def ends() -> Results:
    """The two variants, no part, all parts, and all but one."""
    points = [
        Point(name="separate", variant="separate"),
        Point(name="online", variant="online"),
        *(
            Point(name=name, variant="separate", entries=reform_entries(document(), REFORM, there))
            for name, there in (("none", []), ("all", parts()), ("without one", parts()[1:]))
        ),
    ]
    runs = Runs(replications=2, workers=1)
    return run_points(BIRTH, points, runs, bundle="birth", compares=False)


def are_alike(a: str, b: str) -> bool:
    kpis = ("working_days_mean", "sojourn_days_mean", "trips", "own_hours", "office_hours")
    values = [[ends().values(cell, kpi, "birth") for kpi in kpis] for cell in (a, b)]
    return bool(np.array_equal(*values))


def test_without_a_part_the_way_to_one_form_is_that_of_three_offices_digit_for_digit() -> None:
    assert are_alike("none", "separate")


def test_with_all_parts_it_is_that_of_one_form_digit_for_digit() -> None:
    assert are_alike("all", "online")


def test_a_part_that_is_not_there_is_noticed() -> None:
    assert not are_alike("without one", "online")


@pytest.mark.parametrize("name", ["birth.yaml", "death.yaml"])
def test_the_six_headings_of_the_dispatch_are_there_and_change_something(name: str) -> None:
    path = str(SCENARIOS / name)
    found, files = read(path)
    assert list(found.tree["bottlenecks"]) == HEADINGS

    def digest(away: list[str]) -> str:
        entries = bottleneck_entries(found, away)
        scenario = scenario_of(
            path, found.copy(), files, variant="hampered", settings={}, entries=entries
        )
        return resolve(scenario).fingerprint()

    digests = [digest(away) for away in ([], *([each] for each in HEADINGS))]
    assert len(set(digests)) == len(digests)
