"""How often cases come to each step of their flow, how long they wait there, and what it takes.

A step's group is its flow and its name: ``birth/linked-online-2024/online/check_birth``.  Over
measured cases, open ones included, up to the end of the run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sim.kpis.registry import kpi
from sim.kpis.window import Window
from sim.model import (
    Activity,
    Applicant,
    Appointment,
    Choice,
    Delay,
    Fork,
    Join,
    Model,
    Timetable,
    Transfer,
)
from sim.model.graph import reachable
from sim.units import HOUR, MINUTE


@kpi(
    name="step_passes",
    unit="times",
    label="Times that a case comes to a step",
    equation="n_passes / number of measured cases of the flow, by step",
    better="neither",
)
def step_passes(window: Window) -> Iterator[tuple[str, float]]:
    """Mean number of times a measured case of a flow comes to each of its steps."""
    flows = window.run.cases["flow"][window.cases.rows]
    n_cases = np.bincount(flows, minlength=len(window.model.flows)).tolist()
    passes = window.run.elements["n_passes"].tolist()
    for step in steps(window.model):
        if step.bundle in window.bundles and (n := n_cases[step.flow]):
            yield step.group, passes[step.element] / n


@kpi(
    name="step_waiting_hours",
    unit="h",
    label="Hours that a case waits at a step",
    equation=(
        "stay_time / 1 h / n_passes, nights and days off included; where staff work, the time "
        "until they begin, over n_begun"
    ),
    better="lower",
)
def step_waiting_hours(window: Window) -> Iterator[tuple[str, float]]:
    """Mean hours from coming to a step until work on it begins, or without work until it is over.

    A step to which no case came has none.
    """
    passes = window.run.elements["n_passes"].tolist()
    stays = (window.run.elements["stay_time"] / HOUR).tolist()
    begun = _by_element(window, "n_begun")
    for step in steps(window.model):
        n = begun[step.element] if step.is_work else passes[step.element]
        if step.may_take_time and step.bundle in window.bundles and n:
            yield step.group, stays[step.element] / n


@kpi(
    name="step_work_minutes",
    unit="min",
    label="Minutes of work on a case at a step",
    equation="work_time / 1 min / n_begun, by step at which staff work",
    better="lower",
)
def step_work_minutes(window: Window) -> Iterator[tuple[str, float]]:
    """Mean minutes for which staff have a case in hand each time they begin work at a step."""
    work, begun = (_by_element(window, name) for name in ("work_time", "n_begun"))
    for step in steps(window.model):
        if step.is_work and step.bundle in window.bundles and (n := begun[step.element]):
            yield step.group, work[step.element] / MINUTE / n


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of a flow: indices of its element, flow and bundle, and its group."""

    element: int
    flow: int
    bundle: int
    group: str
    is_work: bool
    may_take_time: bool


_TIMED = Activity | Applicant | Delay | Transfer | Appointment | Timetable
_NO_STEPS = Choice | Fork | Join
"""Elements that only say where it goes on: as often as what leads there, or follows."""


@lru_cache(maxsize=64)  # each replication asks for it
def steps(model: Model) -> tuple[Step, ...]:
    """The steps of all flows of a model, in their order."""
    return tuple(
        Step(
            element=index,
            flow=f,
            bundle=flow.bundle,
            group=f"{flow.name}/{model.elements[index].name}",
            is_work=isinstance(model.elements[index], Activity),
            may_take_time=isinstance(model.elements[index], _TIMED),
        )
        for f, flow in enumerate(model.flows)
        for index in sorted(reachable(model.elements, flow.start))
        if not isinstance(model.elements[index], _NO_STEPS)
    )


def _by_element(window: Window, column: str) -> dict[int, int]:
    """A column of the table of activities, by the index of the element."""
    table = window.run.activities
    return dict(zip(table["activity"].tolist(), table[column].tolist(), strict=True))
