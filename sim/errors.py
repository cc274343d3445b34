"""The tree of errors that lienthong raises on purpose.

::

    LienthongError             everything below; the command line prints it and exits with 2
    ├── ValueFault             one value that cannot be read, with a way out
    ├── ScenarioError          all faults of one scenario, each with its place
    ├── EngineError            a model that an engine cannot run
    ├── StoreError             results that cannot be written or read
    └── RequestError           a command that asks for something that is not there

A bug is none of these: it keeps its traceback.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class LienthongError(Exception):
    """Base of every error that a user can mend."""


class ValueFault(LienthongError):
    """One value that cannot be read.

    Parameters
    ----------
    message
        What is wrong, with the value found.
    way_out
        What to write instead, as a sentence; empty where nothing sensible can be said.
    """

    def __init__(self, message: str, *, way_out: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.way_out = way_out


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Fault:
    """One thing wrong in a scenario: where, what, and a way out.

    ``line`` and ``column`` count from 1; 0 where the fault has no place in a file.
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    way_out: str = ""


class ScenarioError(LienthongError):
    """Every fault found in a scenario, in the order of their places."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("; ".join(f"{fault.path}: {fault.message}" for fault in self.faults))


class EngineError(LienthongError):
    """A model that an engine cannot run, named before it starts (rule E2)."""


class StoreError(LienthongError):
    """Results that cannot be written or read."""


class RequestError(LienthongError):
    """A command that asks for something that is not there, or for two things that clash."""
