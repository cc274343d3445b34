"""What every engine is given before a run, and how its rows become the tables of a run.

Engines differ in their event loop alone: cases and outages are drawn here, rows are put in order
here (E1), so that a difference between two engines is a difference in what happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim import records
from sim.arrivals import CaseTable, draw_cases
from sim.calendars import Calendar, always_open, intersection
from sim.errors import EngineError
from sim.model import (
    LEAVE,
    Activity,
    Applicant,
    Choice,
    ClockEnd,
    ClockStart,
    Fork,
    Model,
)
from sim.records import NOT_YET, Run, Table
from sim.streams import key_of


class Engine(Protocol):
    """Runs a model.  ``refuses`` says by name what it cannot do, before it starts (E2)."""

    NAME: str

    def refuses(self, model: Model, /) -> tuple[str, ...]:
        """Name each feature of the model that this engine cannot run; empty if it can."""
        ...

    def run(self, model: Model, *, seed: int, replication: int) -> Run:
        """Run one replication and return its tables."""
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
    up = tuple(system.up_calendar(key, model.horizon) for system in model.systems)
    return Inputs(seed=seed, replication=replication, key=key, cases=cases, up=up)


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


def assemble(
    model: Model, inputs: Inputs, *, engine: str, cases: Table, dossiers: Table, work_items: Table
) -> Run:
    """Put the rows of a run in their order and add the staff table.

    Parameters
    ----------
    cases, dossiers, work_items
        Tables with the columns of :mod:`sim.records`, rows in any order.
    """
    return Run(
        fingerprint=model.fingerprint(),
        seed=inputs.seed,
        replication=inputs.replication,
        engine=engine,
        cases=records.in_order(cases, ("case",)),
        dossiers=records.in_order(dossiers, ("case", "procedure")),
        work_items=records.in_order(work_items, ("ready_at", "case", "activity", "visit")),
        staff=staff_table(model, work_items),
        properties=inputs.cases.properties,
    )


def staff_table(model: Model, work_items: Table) -> Table:
    """What each member of staff did in the measured window (columns of ``records.STAFF``)."""
    first, last = model.warm_up_ends_at, model.measured_until
    begun = work_items["started_at"] != NOT_YET
    staff = work_items["staff"][begun]
    started = work_items["started_at"][begun]
    ended = work_items["ended_at"][begun]
    ended = np.minimum(np.where(ended == NOT_YET, model.horizon, ended), last)
    length = np.maximum(ended - np.maximum(started, first), 0)

    n = len(model.staff)
    calendar_of = np.array([member.calendar for member in model.staff], np.int64)
    on_shift = np.zeros(n, np.int64)
    busy = np.zeros(len(staff), np.int64)
    for index in np.unique(calendar_of):
        calendar = model.calendars[index]
        on_shift[calendar_of == index] = calendar.open_between(first, last)
        mine = calendar_of[staff] == index
        a = np.clip(started[mine], first, last)
        busy[mine] = open_until(calendar, np.maximum(ended[mine], a)) - open_until(calendar, a)
    finishes = np.array(
        [isinstance(element, Activity) and element.finish for element in model.elements], bool
    )
    over = np.where(finishes[work_items["activity"][begun]], length - busy, 0)
    in_window = (started >= first) & (started < last)
    return {
        "staff": np.arange(n),
        "office": np.array([member.office for member in model.staff], np.int64),
        "n_items": np.bincount(staff[in_window], minlength=n).astype(np.int64),
        "on_shift_time": on_shift,
        "busy_time": _sums(staff, busy, n),
        "overtime": _sums(staff, over, n),
    }


def open_until(calendar: Calendar, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Open time of a calendar before each instant, in microseconds."""
    opens, closes, passed = calendar.arrays()
    index = np.searchsorted(opens, at, side="right") - 1
    inside = np.maximum(index, 0)
    time = passed[inside] + np.minimum(at, closes[inside]) - opens[inside]
    return np.where(index < 0, 0, time).astype(np.int64)


def _sums(index: NDArray[np.int64], values: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    sums = np.zeros(n, np.int64)
    np.add.at(sums, index, values)  # exact: bincount would sum as floats
    return sums
