"""The draws of a run, made for all cases of a flow at once and looked up by case (R1)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.distributions import sample
from sim.engines.protocol import Inputs
from sim.engines.reference.case import Case
from sim.model import Applicant, Model
from sim.streams import uniforms


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
        self.values: dict[tuple[int, int, int], memoryview[Any]] = {}
        self.efforts: dict[tuple[int, int, int], memoryview[Any]] = {}

    def time(self, sampler: int, at: int, case: Case, visit: int) -> int:
        """The time that a visit of an element takes, in microseconds."""
        values = self.values.get((case.flow_index, at, visit))
        if values is None:
            u = self._uniforms(case.flow_index, self.model.elements[at].key, visit)
            values = sample(self.model.samplers[sampler], u).data
            self.values[case.flow_index, at, visit] = values
        return values[case.position]

    def uniform(self, at: int, case: Case, visit: int) -> float:
        """The number in (0, 1) that decides a visit of a choice."""
        values = self.values.get((case.flow_index, at, visit))
        if values is None:
            u = self._uniforms(case.flow_index, self.model.elements[at].key, visit)
            values = self.values[case.flow_index, at, visit] = u.data
        return values[case.position]

    def effort(self, element: Applicant, at: int, case: Case, visit: int) -> int:
        """The applicant's own hours in a visit, in microseconds."""
        values = self.efforts.get((case.flow_index, at, visit))
        if values is None:
            u = self._uniforms(case.flow_index, element.effort_key, visit)
            values = sample(self.model.samplers[element.effort], u).data
            self.efforts[case.flow_index, at, visit] = values
        return values[case.position]

    def _uniforms(self, flow: int, key: int, visit: int) -> NDArray[np.float64]:
        members, cases = self.members[flow], self.inputs.cases
        return uniforms(self.inputs.key, cases.stream[members], cases.number[members], key, visit)
