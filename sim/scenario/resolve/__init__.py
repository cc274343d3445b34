"""From a scenario to a model: every default filled, every name an index, every fault told."""

from __future__ import annotations

from sim.scenario.resolve.model import holidays_used as holidays_used
from sim.scenario.resolve.model import resolve as resolve
