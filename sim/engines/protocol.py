"""What an engine is, and what it is given before a run.

Engines differ in their event loop alone: cases and outages are drawn here, and their rows become
tables in :mod:`sim.engines.tables`, so that a difference between two engines (E1) is a difference
in what happens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sim.arrivals import CaseTable, draw_cases
from sim.calendars import Calendar, always_open, intersection
from sim.errors import EngineError
from sim.model import (
    LEAVE,
    Applicant,
    Choice,
    ClockEnd,
    ClockStart,
    Fork,
    Model,
)
from sim.records import Keep, Run
from sim.streams import key_of


class Engine(Protocol):
    """Runs a model.  ``refuses`` says by name what it cannot do, before it starts (E2)."""

    NAME: str
    IS_THREADED: bool
    """Whether it lets go of Python's lock, so that several runs can share a process."""

    def refuses(self, model: Model, /) -> tuple[str, ...]:
        """Name each feature of the model that this engine cannot run; empty if it can."""
        ...

    def make_ready(self, on_compile: Callable[[], None]) -> None:
        """Compile what is compiled at its first use on a machine; told before it does so."""
        ...

    def run(
        self,
        model: Model,
        *,
        seed: int,
        replication: int,
        keep: Keep,
        threads: int,
        on_share: Callable[[float], None] | None,
    ) -> Run:
        """Run one replication and return what is to be kept of its tables."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inputs:
    """What is drawn before a run: the generator's words, the cases, and when systems are up."""

    seed: int
    replication: int
    key: tuple[int, int]
    cases: CaseTable
    up: tuple[Calendar, ...]

    def all_up(self, systems: tuple[int, ...]) -> Calendar:
        """When every one of the named systems is up (T4); always, if there are none."""
        up = always_open()
        for system in systems:
            up = intersection(up, self.up[system], "up")
        return up


def prepare(model: Model, *, seed: int, replication: int) -> Inputs:
    """Draw the cases and the outages of one replication (R4, T4)."""
    key = key_of(seed, replication)
    cases = draw_cases(
        model.demands, n_properties=len(model.properties), key=key, given=model.given
    )
    up = outages(model, key)
    return Inputs(seed=seed, replication=replication, key=key, cases=cases, up=up)


def outages(model: Model, key: tuple[int, int]) -> tuple[Calendar, ...]:
    """When each system is up in one replication (T4)."""
    return tuple(system.up_calendar(key, model.horizon) for system in model.systems)


def clocks_running(model: Model, flow: int, entry: int) -> tuple[int, ...]:
    """The procedures whose clocks run for a case that stands at ``entry`` of its flow.

    They are those that a way from the start of the flow to the entry has started and not ended,
    in the order of their starts; a fork on the way counts as passed.
    """
    ways: list[tuple[int, tuple[int, ...]]] = [(model.flows[flow].start, ())]
    seen = set()
    while ways:
        at, running = ways.pop()
        if at == entry:
            return running
        if at == LEAVE or at in seen:
            continue
        seen.add(at)
        element = model.elements[at]
        match element:
            case ClockStart(procedure=procedure) if procedure not in running:
                running = (*running, procedure)
            case ClockEnd(procedure=procedure):
                running = tuple(other for other in running if other != procedure)
            case Fork():
                running = _after_branches(model, element, running)
        turns = [option.target for option in element.options] if isinstance(element, Choice) else []
        late = [element.late] if isinstance(element, Applicant) and element.within >= 0 else []
        ways.extend((turn, running) for turn in (*late, *reversed(turns), element.then))
    name = model.elements[entry].name
    raise EngineError(f"no way of flow '{model.flows[flow].name}' leads to '{name}'")


def _after_branches(model: Model, fork: Fork, running: tuple[int, ...]) -> tuple[int, ...]:
    """The clocks that run behind a join: what its branches ended on their straight way is over."""
    for branch in fork.branches:
        at = branch
        while at not in (fork.then, LEAVE):
            element = model.elements[at]
            if isinstance(element, ClockStart) and element.procedure not in running:
                running = (*running, element.procedure)
            elif isinstance(element, ClockEnd):
                running = tuple(other for other in running if other != element.procedure)
            at = element.then
    return running
