"""The verbs behind ``import sim``, and what they give; each is loaded when it is first used.

The command line is built on them, and on nothing private of the rooms below.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sim.api.hangs import Answer, hangs_on
    from sim.api.scenarios import Explanation, FaultList, OnProgress, check, explain, load
    from sim.api.studies import compare, run, sweep
    from sim.api.study import Study, UnsavedError

__all__ = [
    "Answer",
    "Explanation",
    "FaultList",
    "OnProgress",
    "Study",
    "UnsavedError",
    "check",
    "compare",
    "explain",
    "hangs_on",
    "load",
    "run",
    "sweep",
]

_MODULES: Final = {
    "hangs": ("Answer", "hangs_on"),
    "studies": ("compare", "run", "sweep"),
    "study": ("Study", "UnsavedError"),
}
"""The names that are not of ``sim.api.scenarios``, by their module."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'sim.api' has no attribute {name!r}")
    module = next((each for each, names in _MODULES.items() if name in names), "scenarios")
    found = getattr(import_module(f"sim.api.{module}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
