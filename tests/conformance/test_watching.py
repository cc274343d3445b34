"""Cases that are watched through a run are where the run itself counts them (K1)."""

from __future__ import annotations

import numpy as np
import pytest
from conformance.models import small_model
from conformance.search import search, shown
from conformance.test_engines_agree import MODELS
from hypothesis import given

from sim.engines import fast
from sim.engines.protocol import prepare
from sim.engines.reference.watching import Stay, watch
from sim.model import Activity, Model
from sim.records import NOT_YET


def watched(model: Model) -> list[Stay]:
    """The stays of all measured cases of a replication."""
    inputs = prepare(model, seed=1, replication=0)
    rows = np.flatnonzero(model.is_measured(inputs.cases.arrives_at))
    found = watch(model, inputs, frozenset(rows.tolist()), model.horizon)
    return list(found.stays)


def counted(model: Model, stays: list[Stay]) -> dict[str, list[int]]:
    """Passes of each element, and the time at those where nobody works."""
    n_passes, stay_time = ([0] * len(model.elements) for _ in range(2))
    for stay in stays:
        n_passes[stay.element] += 1
        if not isinstance(model.elements[stay.element], Activity):
            left_at = model.horizon if stay.left_at == NOT_YET else stay.left_at
            stay_time[stay.element] += left_at - stay.came_at
    return {"n_passes": n_passes, "stay_time": stay_time}


def expected(model: Model) -> dict[str, list[int]]:
    table = fast.run(model, seed=1, replication=0).elements
    is_work = [isinstance(each, Activity) for each in model.elements]
    return {
        "n_passes": table["n_passes"].tolist(),
        "stay_time": np.where(is_work, 0, table["stay_time"]).tolist(),
    }


@search(30)
@given(model=MODELS)
def test_stays_are_what_the_fast_engine_counts(model: Model) -> None:
    with shown(model):
        whole = expected(model)
        found = counted(model, watched(model))
        # A fork is left when its branches are over, a join at once: only what is waited for counts.
        for index, element in enumerate(model.elements):
            if type(element).__name__ in ("Fork", "Join"):
                found["stay_time"][index] = 0
        assert found == whole


def test_a_stay_too_many_is_seen() -> None:
    model = small_model(1, n_cases=20, n_flows=2, length=5, depth=2)
    stays = watched(model)
    assert counted(model, stays)["n_passes"] == expected(model)["n_passes"]
    with pytest.raises(AssertionError):
        assert counted(model, stays[1:])["n_passes"] == expected(model)["n_passes"]
