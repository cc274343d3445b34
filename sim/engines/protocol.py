"""What an engine is, and what it is given before a run.

Engines differ in their event loop alone: cases and outages are drawn here, and their rows become
tables in :mod:`sim.engines.tables`, so that a difference between two engines (E1) is a difference
in what happens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from sim.absences import Shifts, shift_of, spells
from sim.arrivals import CaseTable, draw_cases
from sim.calendars import Calendar, Interval, always_open, intersection
from sim.model import Model, Staff
from sim.outages import Pace, pace
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

    def make_ready(self, models: Sequence[Model], on_compile: Callable[[], None]) -> None:
        """Compile what models need at their first use on a machine; told before it does so."""
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
    """What is drawn before a run: the generator's words, cases, people away, systems' times."""

    seed: int
    replication: int
    key: tuple[int, int]
    cases: CaseTable
    shifts: Shifts
    up: tuple[Calendar, ...]
    slow: tuple[tuple[Interval, ...], ...]

    def all_up(self, systems: tuple[int, ...]) -> Calendar:
        """When every one of the named systems is up (T4); always, if there are none."""
        up = always_open()
        for system in systems:
            up = intersection(up, self.up[system], "up")
        return up

    def pace(self, model: Model, hours: Calendar, systems: tuple[int, ...]) -> Pace:
        """The pace of work in some open hours that needs the named systems (Y1)."""
        return pace(hours, [(self.slow[each], model.systems[each].factor) for each in systems])


def prepare(model: Model, *, seed: int, replication: int) -> Inputs:
    """Draw the cases, the absences and the outages of one replication (R4, P1, T4)."""
    key = key_of(seed, replication)
    cases = draw_cases(
        model.demands, n_properties=len(model.properties), key=key, case_list=model.case_list
    )
    return Inputs(
        seed=seed,
        replication=replication,
        key=key,
        cases=cases,
        shifts=shifts(model, key),
        up=outages(model, key),
        slow=slow_times(model, key),
    )


def may_be_away(member: Staff) -> bool:
    """Whether somebody has a calendar of their own, drawn for each replication (P1, P2)."""
    return member.absence >= 0 or bool(member.away)


def calendars_of(model: Model) -> tuple[int, ...]:
    """By member of staff, the calendar: of the model, or behind those one of their own."""
    found = []
    n = len(model.calendars)
    for member in model.staff:
        found.append(n if may_be_away(member) else member.calendar)
        n += may_be_away(member)
    return tuple(found)


def shifts(model: Model, key: tuple[int, int]) -> Shifts:
    """When people are on duty in one replication, as far as they may be away (P1, P2)."""
    drawn = _spells(model, key)
    calendars = list(model.calendars)
    away_from: list[tuple[int, ...]] = []
    for index, member in enumerate(model.staff):
        if not may_be_away(member):
            away_from.append(())
            continue
        shift = shift_of(model.calendars[member.calendar], member.away, drawn.get(index, ()))
        calendars.append(shift.calendar)
        away_from.append(shift.away_from)
    return Shifts(
        calendars=tuple(calendars), calendar_of=calendars_of(model), away_from=tuple(away_from)
    )


def _spells(model: Model, key: tuple[int, int]) -> dict[int, list[tuple[int, int]]]:
    """Those drawn for each member of staff who may be absent, in open time since the start (P1)."""
    alike: dict[tuple[int, int], list[int]] = {}
    for index, member in enumerate(model.staff):
        if member.absence >= 0:
            alike.setdefault((member.absence, member.calendar), []).append(index)
    found: dict[int, list[tuple[int, int]]] = {}
    for (absence, calendar), members in alike.items():
        streams = np.array([model.staff[index].stream for index in members], np.uint64)
        last = model.calendars[calendar].open_between(0, model.horizon)
        found |= zip(members, spells(model.absences[absence], streams, key, last), strict=True)
    return found


def outages(model: Model, key: tuple[int, int]) -> tuple[Calendar, ...]:
    """When each system is up in one replication (T4)."""
    return tuple(system.up_calendar(key, model.horizon) for system in model.systems)


def slow_times(model: Model, key: tuple[int, int]) -> tuple[tuple[Interval, ...], ...]:
    """When each system is slow in one replication (Y1)."""
    return tuple(system.slow_times(key, model.horizon) for system in model.systems)


def is_paced(model: Model, systems: tuple[int, ...]) -> bool:
    """Whether one of the named systems can be slow (Y1)."""
    return any(model.systems[system].slow is not None for system in systems)
