"""From a file to a model: load, check, resolve."""

from __future__ import annotations

from sim.scenario.document import Mark, Place
from sim.scenario.load import load
from sim.scenario.messages import did_you_mean, show_fault, show_faults
from sim.scenario.scenario import GivenValue, Scenario, values

__all__ = [
    "GivenValue",
    "Mark",
    "Place",
    "Scenario",
    "did_you_mean",
    "load",
    "show_fault",
    "show_faults",
    "values",
]
