"""The verbs behind ``import sim``, and what they give.

The command line is built on them, and on nothing private of the rooms below.
"""

from __future__ import annotations

from sim.api.scenarios import Explanation, Faults, check, explain, load
from sim.api.studies import OnProgress, compare, run, sweep
from sim.api.study import Study, UnsavedError

__all__ = [
    "Explanation",
    "Faults",
    "OnProgress",
    "Study",
    "UnsavedError",
    "check",
    "compare",
    "explain",
    "load",
    "run",
    "sweep",
]
