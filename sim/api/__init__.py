"""The verbs behind ``import sim``, and what they give; each is loaded when it is first used.

The command line is built on them, and on nothing private of the rooms below.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sim.api.planning import StaffAnswer, ThresholdAnswer, staff, threshold
    from sim.api.scenarios import Explanation, FaultList, OnProgress, check, explain, load
    from sim.api.studies import compare, run, sweep
    from sim.api.study import Study, UnsavedError

__all__ = [
    "Explanation",
    "FaultList",
    "OnProgress",
    "StaffAnswer",
    "Study",
    "ThresholdAnswer",
    "UnsavedError",
    "check",
    "compare",
    "explain",
    "load",
    "run",
    "staff",
    "sweep",
    "threshold",
]

_OF_STUDIES: Final = frozenset({"compare", "run", "sweep"})
_OF_PLANNING: Final = frozenset({"StaffAnswer", "ThresholdAnswer", "staff", "threshold"})
_OF_ONE_STUDY: Final = frozenset({"Study", "UnsavedError"})


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'sim.api' has no attribute {name!r}")
    modules = {"studies": _OF_STUDIES, "planning": _OF_PLANNING, "study": _OF_ONE_STUDY}
    module = next((each for each, names in modules.items() if name in names), "scenarios")
    found = getattr(import_module(f"sim.api.{module}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
