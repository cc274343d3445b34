"""How often the interval of a threshold holds it, over studies of values whose means are known."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from sim.analysis.crossing import Shape
from sim.analysis.selection import Limit
from sim.answers import threshold
from sim.answers.lever_values import Values
from sim.answers.threshold import Threshold, find_threshold
from sim.experiment.requirements import Requirement
from sim.experiment.trials import Sample

TRUTH = 41.3
"""The value at which the mean is at the limit: it is 50 + value - TRUTH, of values to 100."""

STUDIES = 120


@dataclass(kw_only=True)
class Known:
    """Trials whose values are normal, with common random numbers in part, and no engine."""

    seed: int
    path: str = "known.yaml"
    variant: None = None
    n_run: int = 0

    def require(self, _: object) -> tuple[Requirement, ...]:
        limit = Limit(value=50.0, at_most=False, zone=1.0, unit="d")
        return (Requirement(group="b", kpi="sojourn_days_mean", limit=limit),)

    def candidate(self, settings: dict[str, str]) -> SimpleNamespace:
        scenario = SimpleNamespace(title="Known", levers={})
        return SimpleNamespace(settings=settings, loads=(), scenario=scenario)

    def samples(self, candidate: SimpleNamespace, n: int) -> tuple[Sample, ...]:
        at = float(candidate.settings["lever"])
        common = np.random.default_rng(self.seed).normal(0, 4, 400)
        own = np.random.default_rng([self.seed, int(at)]).normal(0, 3, 400)
        values = 50 + at - TRUTH + common + own
        none = np.zeros(n, np.int64)
        return (Sample(values=values[:n], out_of=none, batches=[()] * n),)

    def tell(self, doing: str) -> None:
        pass

    def seed_of(self, _: object) -> int:
        return self.seed

    def engine_of(self, _: object) -> str:
        return "none"


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Threshold]:
    amounts = tuple(map(float, range(101)))
    values = Values(texts=tuple(map(str, range(101))), amounts=amounts, step=1.0, unit="")
    monkeypatch.setattr(threshold, "values_between", lambda *_: values)
    trials = [Known(seed=seed) for seed in range(STUDIES)]
    return [find_threshold(each, "lever") for each in trials]  # type: ignore[arg-type]


def covered(found: list[Threshold], truth: float) -> float:
    return float(
        np.mean(
            [
                each.kept is not None
                and each.broken is not None
                and each.broken.amount <= truth <= each.kept.amount
                for each in found
            ]
        )
    )


def test_the_interval_holds_the_threshold_as_often_as_is_said(found: list[Threshold]) -> None:
    assert {each.shape for each in found} == {Shape.FROM}
    assert covered(found, TRUTH) >= 0.95
    # Twins: it is no wider than it has to be.
    assert covered(found, TRUTH + 4) < 0.2
    assert covered(found, TRUTH - 4) < 0.2
    assert np.mean([each.estimate for each in found]) == pytest.approx(TRUTH, abs=0.2)
