"""From a file to a model: load, check, resolve."""

from __future__ import annotations

from sim.scenario.check import check
from sim.scenario.load import load
from sim.scenario.messages import show_faults
from sim.scenario.resolve.model import holidays_used, resolve
from sim.scenario.scenario import Entry, Scenario, values
from sim.scenario.schema.json_schema import schema, schema_text
from sim.scenario.text.tree import Mark, Place

__all__ = [
    "Entry",
    "Mark",
    "Place",
    "Scenario",
    "check",
    "holidays_used",
    "load",
    "resolve",
    "schema",
    "schema_text",
    "show_faults",
    "values",
]
