"""The draws of a run, made for all cases of a flow at once and looked up by case (R1)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.distributions import sample
from sim.engines.protocol import Inputs
from sim.engines.reference.case import Case
from sim.model import Model
from sim.streams import name_key, uniforms


class Draws:
    """The draws of a run, made for all cases of a flow at once and looked up by case (R1)."""

    def __init__(self, model: Model, inputs: Inputs) -> None:
        self.model = model
        self.inputs = inputs
        self.position = np.zeros(len(inputs.cases), np.int64)
        self.members: list[NDArray[np.int64]] = []
        for flow in range(len(model.flows)):
            members = np.flatnonzero(inputs.cases.flow == flow)
            self.position[members] = np.arange(len(members))
            self.members.append(members)
        self.drawn: dict[tuple[int, int, int], memoryview[Any]] = {}
        self.efforts: dict[tuple[int, int, int], memoryview[Any]] = {}

    def time(self, sampler: int, at: int, case: Case, visit: int) -> int:
        """The time that a visit of an element takes, in microseconds."""
        drawn = self.drawn.get((case.flow_index, at, visit))
        if drawn is None:
            u = self._uniforms(case.flow_index, self.model.elements[at].key, visit)
            drawn = sample(self.model.samplers[sampler], u).data
            self.drawn[case.flow_index, at, visit] = drawn
        return drawn[case.position]

    def uniform(self, at: int, case: Case, visit: int) -> float:
        """The number in (0, 1) that decides a visit of a choice."""
        drawn = self.drawn.get((case.flow_index, at, visit))
        if drawn is None:
            u = self._uniforms(case.flow_index, self.model.elements[at].key, visit)
            drawn = self.drawn[case.flow_index, at, visit] = u.data
        return drawn[case.position]

    def effort(self, sampler: int, at: int, case: Case, visit: int) -> int:
        """The applicant's own hours in a visit, in microseconds."""
        drawn = self.efforts.get((case.flow_index, at, visit))
        if drawn is None:
            key = name_key(self.model.elements[at].name + ":effort", 32)
            u = self._uniforms(case.flow_index, key, visit)
            drawn = sample(self.model.samplers[sampler], u).data
            self.efforts[case.flow_index, at, visit] = drawn
        return drawn[case.position]

    def _uniforms(self, flow: int, key: int, visit: int) -> NDArray[np.float64]:
        members, cases = self.members[flow], self.inputs.cases
        return uniforms(self.inputs.key, cases.stream[members], cases.number[members], key, visit)
