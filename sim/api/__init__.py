"""The verbs behind ``import sim``, and what they give; each is loaded when it is first used.

The command line is built on them, and on nothing private of the rooms below.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sim.api.reforms import BottlenecksAnswer, WhyAnswer, bottlenecks, why
    from sim.api.scenarios import Explanation, FaultList, OnProgress, check, explain, load
    from sim.api.studies import compare, run, sweep
    from sim.api.study import Study, UnsavedError

__all__ = [
    "BottlenecksAnswer",
    "Explanation",
    "FaultList",
    "OnProgress",
    "Study",
    "UnsavedError",
    "WhyAnswer",
    "bottlenecks",
    "check",
    "compare",
    "explain",
    "load",
    "run",
    "sweep",
    "why",
]

_OF_STUDIES: Final = frozenset({"compare", "run", "sweep"})
_OF_ONE_STUDY: Final = frozenset({"Study", "UnsavedError"})
_OF_REFORMS: Final = frozenset({"BottlenecksAnswer", "WhyAnswer", "bottlenecks", "why"})


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'sim.api' has no attribute {name!r}")
    module = "scenarios"
    for room, names in (
        ("studies", _OF_STUDIES),
        ("study", _OF_ONE_STUDY),
        ("reforms", _OF_REFORMS),
    ):
        module = room if name in names else module
    found = getattr(import_module(f"sim.api.{module}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
