"""How long to search for a model that tells two runs apart, and what to show of one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import HealthCheck, note, settings

from sim.model import Model

MODELS_ASKED_FOR = "LIENTHONG_CONFORMANCE"


def search(n_models: int) -> settings:
    """So many models, the same ones each time; or if more are asked for by hand, other ones."""
    asked = os.environ.get(MODELS_ASKED_FOR)
    return settings(
        max_examples=int(asked) if asked else n_models,
        derandomize=not asked,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


@contextmanager
def shown(model: Model) -> Iterator[None]:
    """Where this fails, the smallest model on which it does is shown with the failure."""
    try:
        yield
    except Exception:
        note(model.to_json())
        raise
