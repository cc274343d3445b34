"""The tree of errors that lienthong raises on purpose.

::

    LienthongError             everything below; the command line prints it and exits with 2
    ├── ValueFault             one value that cannot be read, with a way out
    ├── ScenarioError          all faults of one scenario, each with its place
    ├── LogError               all faults of one register, each with its row
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


def with_way_out(message: str, way_out: str) -> str:
    """What is wrong and the way out: a question goes on in the sentence, an advice is its own."""
    return f"{message}{'; ' if way_out[:1].islower() else '. '}{way_out}".rstrip()


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

    def __str__(self) -> str:
        """What is wrong and the way out, without the place."""
        text = f"{self.path}: {self.message}" if self.path else self.message
        if not self.way_out:
            return text
        return with_way_out(text, self.way_out)

    @property
    def place(self) -> str:
        """Where it is: the file, with line and column if it has them."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class ScenarioError(LienthongError):
    """Every fault found in a scenario, in the order of their places."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        lines = (f"{fault.place}  {fault}".lstrip() for fault in self.faults)
        super().__init__("\n".join(lines))


class LogError(LienthongError):
    """Every fault found in a register, in the order of its rows; ``line`` of a fault is the row."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.file, fault.line)))
        lines = (
            f"{fault.file}{f', row {fault.line}' if fault.line else ''}: {fault}"
            for fault in self.faults
        )
        super().__init__("\n".join(lines))


class EngineError(LienthongError):
    """A model that an engine cannot run, named before it starts (rule E2)."""


class StoreError(LienthongError):
    """Results that cannot be written or read."""


class RequestError(LienthongError):
    """A command that asks for something that is not there, or for two things that clash."""
