"""The verbs behind ``import sim``, and what they give; each is loaded when it is first used.

The command line is built on them, and on nothing private of the rooms below.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sim.api.scenarios import Explanation, FaultList, OnProgress, check, explain, load
    from sim.api.studies import compare, run, sweep
    from sim.api.study import Study, UnsavedError
    from sim.api.warmups import WarmUpStudy, check_form, warmup

__all__ = [
    "Explanation",
    "FaultList",
    "OnProgress",
    "Study",
    "UnsavedError",
    "WarmUpStudy",
    "check",
    "check_form",
    "compare",
    "explain",
    "load",
    "run",
    "sweep",
    "warmup",
]

_OF_STUDIES: Final = frozenset({"compare", "run", "sweep"})
_OF_ONE_STUDY: Final = frozenset({"Study", "UnsavedError"})
_OF_WARM_UPS: Final = frozenset({"WarmUpStudy", "check_form", "warmup"})


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'sim.api' has no attribute {name!r}")
    of = {"studies": _OF_STUDIES, "study": _OF_ONE_STUDY, "warmups": _OF_WARM_UPS}
    module = next((each for each, names in of.items() if name in names), "scenarios")
    found = getattr(import_module(f"sim.api.{module}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
