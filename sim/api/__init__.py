"""The verbs behind ``import sim``, and what they give; each is loaded when it is first used.

The command line is built on them, and on nothing private of the rooms below.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sim.api.logs import LearntScenario, Log, export_log, learn, read_log
    from sim.api.scenarios import Explanation, FaultList, OnProgress, check, explain, load
    from sim.api.studies import compare, run, sweep
    from sim.api.study import Study, UnsavedError
    from sim.api.validation import Validation, validate

__all__ = [
    "Explanation",
    "FaultList",
    "LearntScenario",
    "Log",
    "OnProgress",
    "Study",
    "UnsavedError",
    "Validation",
    "check",
    "compare",
    "explain",
    "export_log",
    "learn",
    "load",
    "read_log",
    "run",
    "sweep",
    "validate",
]

_ROOMS: Final = {
    "studies": frozenset({"compare", "run", "sweep"}),
    "study": frozenset({"Study", "UnsavedError"}),
    "logs": frozenset({"LearntScenario", "Log", "export_log", "learn", "read_log"}),
    "validation": frozenset({"Validation", "validate"}),
}
"""The modules in which names are, but for those of scenarios."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'sim.api' has no attribute {name!r}")
    module = next((room for room, names in _ROOMS.items() if name in names), "scenarios")
    found = getattr(import_module(f"sim.api.{module}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
