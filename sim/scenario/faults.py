"""Collects what is wrong across the fields of a scenario, so that all of it is told at once."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from sim.errors import Fault, ScenarioError, ValueFault
from sim.files import read_ordinary
from sim.language import say
from sim.scenario.scenario import Scenario
from sim.scenario.text.tree import Path, dotted
from sim.wording import did_you_mean


@dataclass(slots=True, kw_only=True)
class Faults:
    """The faults found so far in one scenario; ``unknown`` are those of names."""

    scenario: Scenario
    found: list[Fault] = field(default_factory=list)
    unknown: list[Fault] = field(default_factory=list)

    def add(self, path: Path, message: str, way_out: str = "") -> None:
        """Note a fault at a path."""
        self.found.append(self.scenario.fault(path, message, way_out))

    def take(self, path: Path, fault: ValueFault) -> None:
        """Note what a lower room found wrong with the value at a path."""
        self.add(path, fault.message, fault.way_out)

    def in_file(self, path: Path, file: str, line: int, message: str, way_out: str = "") -> None:
        """Note a fault in a line of the file that the value at a path names."""
        self.found.append(
            Fault(
                file=file, line=line, column=1, path=dotted(path), message=message, way_out=way_out
            )
        )

    def knows(self, path: Path, kind: str, name: str, known: Iterable[str]) -> bool:
        """Whether a name is known; if not, the fault is noted with the nearest name.

        ``kind`` is said :func:`~sim.language.later`.
        """
        names = list(known)
        if name in names:
            return True
        self.add(
            path,
            say("unknown {kind} '{name}'", kind=say(kind), name=name),
            did_you_mean(name, names),
        )
        self.unknown.append(self.found[-1])
        return False

    def folder_of(self, path: Path) -> FilePath:
        """The folder to which a file named in the value at ``path`` is relative."""
        return self.scenario.folder(path)

    def bytes_of(self, file: FilePath) -> bytes:
        """What is in a file that a value names, which is kept with the files of the scenario.

        Raises
        ------
        OSError
            It cannot be read.
        """
        content = self.scenario.files[os.path.normpath(file)] = read_ordinary(file)
        return content

    def raise_any(self) -> None:
        """Raise all faults at once, each once; do nothing where there are none."""
        if self.found:
            raise ScenarioError(sorted(set(self.found)))
