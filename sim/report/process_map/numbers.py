"""What a study measured of each step of a flow: how often cases pass, wait and are worked on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.analysis.estimate import Estimate, bounds_of, estimate
from sim.experiment.results import Results
from sim.report.process_map.flow import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured of a step; None for what it does not have.

    ``passes`` a case, ``waiting`` in hours at each pass, and ``work`` in minutes.
    """

    passes: Estimate | None
    waiting: Estimate | None
    work: Estimate | None


class Numbers:
    """The numbers of the steps of one flow in one cell of a study.

    Parameters
    ----------
    flow
        Its name in the model: bundle, regime and channel.
    """

    def __init__(self, results: Results, cell: str, flow: str) -> None:
        self.results = results
        self.cell = cell
        self.flow = flow

    @property
    def is_known(self) -> bool:
        """Whether the flow was run at all."""
        return any(
            each.variant == self.cell
            and each.kpi == "step_passes"
            and each.group.startswith(f"{self.flow}/")
            for each in self.results.estimates
        )

    def passes(self, name: str) -> float | None:
        """How often a case comes to a step, on average; None for one that is not in the run."""
        found = self._estimate("step_passes", name)
        return None if found is None else found.mean

    def of(self, step: Step) -> Measured:
        """All that is known of a step, what its parts wait included."""
        waiting = self._estimate("step_waiting_hours", step.name)
        parts = [step.name + part for part in step.parts]
        parts = [part for part in parts if self._estimate("step_waiting_hours", part)]
        return Measured(
            passes=self._estimate("step_passes", step.name),
            waiting=self._with_parts(step.name, parts, waiting) if parts and waiting else waiting,
            work=self._estimate("step_work_minutes", step.name),
        )

    def _with_parts(self, name: str, parts: list[str], waiting: Estimate) -> Estimate:
        """What a case waits for a step, until it is seen and while it is held back, too."""
        values = self._values("step_waiting_hours", name)
        passes = self._values("step_passes", name)
        for part in parts:
            hours = self._values("step_waiting_hours", part)
            share = self._values("step_passes", part) / passes
            values = values + np.nan_to_num(hours * share)
        found = estimate(values, bounds=bounds_of(waiting.unit))
        return replace(waiting, mean=found.mean, low=found.low, high=found.high, n=found.n)

    def _values(self, kpi: str, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return self.results.values(self.cell, kpi, f"{self.flow}/{name}")

    def _estimate(self, kpi: str, name: str) -> Estimate | None:
        return self.results.estimate(self.cell, kpi, f"{self.flow}/{name}")
