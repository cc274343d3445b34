"""lienthong: a discrete-event simulator of linked public services.

The verbs of the command line are functions here: ``sim.run("scenarios/first.yaml").estimates``.
Importing this package loads none of them; the first use of one does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sim.api import (
        LearntScenario,
        Log,
        Study,
        Validation,
        bottlenecks,
        check,
        compare,
        explain,
        export_log,
        hangs_on,
        learn,
        load,
        process_map,
        read_log,
        replay,
        results,
        run,
        staff,
        sweep,
        threshold,
        validate,
        warmup,
        why,
    )

    __version__: str

__all__ = [
    "LearntScenario",
    "Log",
    "Study",
    "Validation",
    "__version__",
    "bottlenecks",
    "check",
    "compare",
    "explain",
    "export_log",
    "hangs_on",
    "learn",
    "load",
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

_DISTRIBUTION: Final = "lienthong"


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        found: Any = version(_DISTRIBUTION)
    elif name in __all__:
        from sim import api

        found = getattr(api, name)
    else:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
