"""The verbs behind ``import sim``, and what they give; each is loaded when it is first used.

The command line is built on them, and on nothing private of the rooms below.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sim.api.hangs import HangsOnAnswer, hangs_on
    from sim.api.kept import StudyChanges, StudyList, results
    from sim.api.logs import LearntScenario, Log, export_log, learn, read_log
    from sim.api.maps import ProcessMap, map_of_study, process_map
    from sim.api.planning import StaffAnswer, ThresholdAnswer, staff, threshold
    from sim.api.reforms import BottlenecksAnswer, WhyAnswer, bottlenecks, why
    from sim.api.replays import ReplayData, replay
    from sim.api.scenarios import Explanation, FaultList, OnProgress, check, explain, load
    from sim.api.studies import compare, run, sweep
    from sim.api.study import Study, UnsavedError
    from sim.api.validation import Validation, validate
    from sim.api.warmups import WarmUpStudy, check_form, warmup

__all__ = [
    "BottlenecksAnswer",
    "Explanation",
    "FaultList",
    "HangsOnAnswer",
    "LearntScenario",
    "Log",
    "OnProgress",
    "ProcessMap",
    "ReplayData",
    "StaffAnswer",
    "Study",
    "StudyChanges",
    "StudyList",
    "ThresholdAnswer",
    "UnsavedError",
    "Validation",
    "WarmUpStudy",
    "WhyAnswer",
    "bottlenecks",
    "check",
    "check_form",
    "compare",
    "explain",
    "export_log",
    "hangs_on",
    "learn",
    "load",
    "map_of_study",
    "process_map",
    "read_log",
    "replay",
    "results",
    "run",
    "staff",
    "sweep",
    "threshold",
    "validate",
    "warmup",
    "why",
]

_MODULES: Final = {
    **dict.fromkeys(("compare", "run", "sweep"), "studies"),
    **dict.fromkeys(("HangsOnAnswer", "hangs_on"), "hangs"),
    **dict.fromkeys(("Study", "UnsavedError"), "study"),
    **dict.fromkeys(("StudyChanges", "StudyList", "results"), "kept"),
    **dict.fromkeys(("BottlenecksAnswer", "WhyAnswer", "bottlenecks", "why"), "reforms"),
    **dict.fromkeys(("LearntScenario", "Log", "export_log", "learn", "read_log"), "logs"),
    **dict.fromkeys(("ProcessMap", "map_of_study", "process_map"), "maps"),
    **dict.fromkeys(("ReplayData", "replay"), "replays"),
    **dict.fromkeys(("Validation", "validate"), "validation"),
    **dict.fromkeys(("StaffAnswer", "ThresholdAnswer", "staff", "threshold"), "planning"),
    **dict.fromkeys(("WarmUpStudy", "check_form", "warmup"), "warmups"),
}
"""Where each is that is not of scenarios."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'sim.api' has no attribute {name!r}")
    module = _MODULES.get(name, "scenarios")
    found = getattr(import_module(f"sim.api.{module}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
