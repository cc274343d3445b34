"""Keeps how the legal clocks of a flow stand on the way through its steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from sim.language import later, say
from sim.scenario.faults import Faults
from sim.scenario.text.tree import Path

BUNDLE_CLOCK: Final = "bundle"
"""Stands for the clock of the whole bundle where a procedure is named."""


@dataclass(slots=True, kw_only=True)
class Clocks:
    """The clocks as they stand on the way: open ones, those ever opened, and stops not ended."""

    opened: list[str] = field(default_factory=list)
    ever: set[str] = field(default_factory=set)
    stops: dict[str, int] = field(default_factory=dict)

    def copy(self) -> Clocks:
        """The same clocks, which may go another way."""
        return Clocks(opened=list(self.opened), ever=set(self.ever), stops=dict(self.stops))

    def join_ways(self, ends: Sequence[Clocks]) -> None:
        """Go on behind a choice, of which these are the ends of the ways."""
        self.opened = _merged([end.opened for end in ends])
        self.stops = ends[0].stops

    def join_branches(self, ends: Sequence[Clocks]) -> None:
        """Go on behind a fork, of which these are the ends of the branches."""
        before = list(self.opened)
        self.opened = [
            p
            for p in _merged([before, *(end.opened for end in ends)])
            if p not in before or all(p in end.opened for end in ends)
        ]
        stops = dict(self.stops)
        for procedure in {p for end in ends for p in end.stops}:
            had = stops.get(procedure, 0)
            more = sum(end.stops.get(procedure, 0) - had for end in ends)
            self.stops[procedure] = had + more


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockChecks:
    """Notes clocks that a step names, and that do not stand as the step needs them."""

    procedures: Sequence[str]
    faults: Faults

    def is_known(self, procedure: str, path: Path) -> bool:
        """Whether there is such a procedure in the bundle."""
        return self.faults.knows(path, later("procedure"), procedure, self.procedures)

    def require_open(
        self, procedure: str, path: Path, clocks: Clocks, *, bundle: bool = False
    ) -> None:
        """A procedure was opened on some way here; with ``bundle``, any for the bundle's clock."""
        if bundle and procedure == BUNDLE_CLOCK:
            if not clocks.ever:
                self.faults.add(
                    path,
                    say("no procedure was opened before"),
                    say("Add a step open: NAME before it."),
                )
            return
        if self.is_known(procedure, path) and procedure not in clocks.ever:
            self.faults.add(
                path,
                say("'{procedure}' was not opened before", procedure=procedure),
                say("Add a step open: {procedure} before it.", procedure=procedure),
            )

    def resume(self, procedure: str, path: Path, clocks: Clocks) -> None:
        """End a stop of a clock, which there is."""
        if not self.is_known(procedure, path):
            return
        if clocks.stops.get(procedure, 0) == 0:
            self.faults.add(
                path,
                say("the clock of '{procedure}' was not stopped before", procedure=procedure),
                say("Add a step stop: {procedure} before it.", procedure=procedure),
            )
            return
        clocks.stops[procedure] -= 1
        if clocks.stops[procedure] == 0:
            del clocks.stops[procedure]


def _merged(lists: Sequence[list[str]]) -> list[str]:
    """The items of some lists, each once, in the order in which they first stand there."""
    return list(dict.fromkeys(item for each in lists for item in each))
