"""The SimPy model: what a scenario means, written to be read.

A token of a case is a SimPy process that walks from element to element (F1).  A work item is a
SimPy event: the token waits for it, an office starts it when a member of staff is free, and it
happens when the work is done (:mod:`sim.engines.reference.work`).  The numbers behind ``#`` are the
rules of ``docs/semantics.md``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Generator, Sequence
from functools import partial
from typing import Any, TypeAlias, assert_never

import numpy as np
import simpy

from sim import records
from sim.arrivals import AT_START
from sim.engines import protocol, tables
from sim.engines.protocol import Inputs
from sim.engines.reference.case import (
    APPLICANT,
    N_PARTS,
    OUTAGE,
    TRANSFER,
    Case,
    Ledger,
)
from sim.engines.reference.desk import Environment
from sim.engines.reference.draws import Draws
from sim.engines.reference.hours import Hours
from sim.engines.reference.work import Work
from sim.legal import day_of
from sim.model import (
    LEAVE,
    Activity,
    Applicant,
    Appointment,
    Choice,
    ClockEnd,
    ClockResume,
    ClockStart,
    ClockStop,
    Delay,
    Element,
    End,
    Extend,
    Fork,
    Join,
    Model,
    Outcome,
    Payment,
    Timetable,
    Transfer,
)
from sim.model.clocks import clocks_running
from sim.model.series import on
from sim.records import EVERYTHING, NOT_YET, Keep, Run
from sim.units import NEVER

NAME = "reference"
IS_THREADED = False

OPEN, COMPLETED = int(Outcome.OPEN), int(Outcome.COMPLETED)

OnShare: TypeAlias = Callable[[float], None]

Walk = Generator[simpy.Event, Any, tuple[int, int]]

_STEPS = 100
"""Parts of a run behind which it is told how far it is."""


def refuses(_: Model) -> tuple[str, ...]:
    """Nothing: new behaviour comes to this engine first (E2)."""
    return ()


def make_ready(_: Sequence[Model], __: Callable[[], None]) -> None:
    """Nothing is compiled."""


def run(
    model: Model,
    *,
    seed: int,
    replication: int,
    keep: Keep = EVERYTHING,
    threads: int = 1,  # noqa: ARG001  SimPy works in one
    on_share: Callable[[float], None] | None = None,
) -> Run:
    """Run one replication of a model and return its tables."""
    inputs = protocol.prepare(model, seed=seed, replication=replication)
    return Replication(model, inputs).run(keep, on_share)


class Replication:
    """One run of a model."""

    def __init__(self, model: Model, inputs: Inputs) -> None:
        self.model = model
        self.inputs = inputs
        self.env: Environment = simpy.Environment()
        self.draws = Draws(model, inputs)
        self.hours = Hours(model, inputs)
        self.work = Work(model, self.env, self.draws, self.hours, inputs.shifts)
        self.open: dict[int, Case] = {}
        self.n_passes = [0] * len(model.elements)  # of measured cases, as the next
        self.stay_time = [0] * len(model.elements)
        self.cases: list[bytes] = []  # rows, of the cases ended
        self.dossiers: list[bytes] = []  # rows, of theirs

    def run(self, keep: Keep, on_share: OnShare | None = None) -> Run:
        """Let the cases arrive, and stop at the horizon."""
        self.run_until(self.model.horizon, on_share)
        return self.tables(keep)

    def run_until(self, end: int, on_share: OnShare | None) -> None:
        """Let the cases arrive until an instant; told which share of that time is over."""
        self.env.process(self.arrivals())
        if on_share is not None:
            for step in range(1, _STEPS):
                if (at := end * step // _STEPS) > self.env.now:
                    self.env.run(until=at)
                    on_share(step / _STEPS)
        self.env.run(until=end)

    # -- tokens ----------------------------------------------------------------------------

    def arrivals(self) -> Generator[simpy.Event, Any, None]:
        """Start a process for each row of the table of cases (R4)."""
        table, env = self.inputs.cases, self.env
        rows = zip(
            table.arrives_at.tolist(),
            table.channel.tolist(),
            table.flow.tolist(),
            table.home.tolist(),
            table.entry.tolist(),
            self.draws.position.tolist(),
            self.model.is_measured(table.arrives_at).tolist(),
            strict=True,
        )
        now = env.now
        for number, (at, channel, flow, home, under_way, position, counts) in enumerate(rows):
            if at > now:
                yield env.timeout(at - now)
                now = at
            case = Case(self.model, number, channel, flow, position, home, at, counts)
            self.open[number] = case
            entry = case.flow.start
            if under_way != AT_START:
                entry = under_way
                received_at = int(table.received_at[number])
                for procedure in clocks_running(self.model, flow, entry):
                    case.start_clock(procedure, received_at)
            token = env.process(self.walk(case, entry, LEAVE, case.ledger))
            token.callbacks = [partial(self.leave, case)]

    def leave(self, case: Case, token: Any) -> None:
        """The token of a case has left its flow, or has been ended (F7, F8)."""
        if not token.ok:
            return  # SimPy raises what went wrong
        outcome, case.ended_at = token.value
        case.outcome = outcome or COMPLETED
        del self.open[case.number]
        self.record(case)

    def record(self, case: Case) -> None:
        """Write the rows of a case and of its dossiers (K1)."""
        self.cases.append(case.row())
        if case.clocks:
            self.dossiers.extend(case.dossier_rows())

    def walk(self, case: Case, at: int, until: int, ledger: Ledger) -> Walk:
        """Move a token until its join or the way out; return the outcome it carries, and when."""
        env, work, elements = self.env, self.work, self.elements_of(case, ledger)
        n_passes, counts = self.n_passes, case.is_measured
        while at != until:
            element = elements[at]
            n_passes[at] += counts
            match element:
                case Activity():
                    item = work.offer(case, at, element, ledger)
                    yield item
                    if item.frees:
                        work.free(item.staff)
                    at = element.then
                case Applicant():
                    at = yield from self.applicant(case, at, element, ledger)
                case Delay():  # F2
                    time = self.draws.time(element.time, at, case, case.visit(at))
                    ends_at = self.model.calendars[element.calendar].add_open(env.now, time)
                    yield from self.pass_until(ends_at, at, case, element.part, ledger)
                    at = element.then
                case Transfer():  # T4
                    time = self.draws.time(element.time, at, case, case.visit(at))
                    ends_at = self.hours.all_up(element.systems).add_open(env.now, time)
                    ledger[OUTAGE] += ends_at - env.now - time
                    ledger[TRANSFER] -= ends_at - env.now - time
                    yield from self.pass_until(ends_at, at, case, TRANSFER, ledger)
                    at = element.then
                case Appointment():  # F3, H3
                    opens_at = case.appointment(element.clock, element.days_before, env.now)
                    yield from self.pass_until(opens_at, at, case, element.part, ledger)
                    at = element.then
                case Timetable():  # F4, H1
                    instants = self.model.timetables[element.instants]
                    leaves_at = _next(instants, env.now)
                    yield from self.pass_until(leaves_at, at, case, element.part, ledger)
                    at = element.then
                case Choice():
                    at = self.choose(case, at, element)
                case Fork():
                    outcome = yield from self.fork(case, element, ledger)
                    if outcome:  # F8
                        return outcome, env.now
                    at = element.then
                case ClockStart():
                    case.start_clock(element.procedure, env.now)
                    at = element.then
                case ClockStop():  # L4
                    case.stop_clocks(element.procedure, env.now)
                    at = element.then
                case ClockResume():  # L4
                    case.resume_clocks(element.procedure, env.now)
                    at = element.then
                case ClockEnd():
                    case.end_clocks(element.procedure, env.now)
                    at = element.then
                case Extend():  # L5
                    extended = case.clock_of(element.clock)
                    if extended is not None:
                        extended.extend(element.days)
                    at = element.then
                case Payment():  # M1
                    case.pay(element)
                    at = element.then
                case End():
                    return element.outcome, env.now
                case Join():
                    at = element.then
                case _:
                    assert_never(element)
        return OPEN, env.now

    def elements_of(self, case: Case, ledger: Ledger) -> Sequence[Element]:  # noqa: ARG002
        """The elements by index, asked for by each token once: who follows a case has its own."""
        return self.model.elements

    def pass_until(
        self, instant: int, at: int, case: Case, part: int, ledger: Ledger
    ) -> Generator[simpy.Event, Any, None]:
        """Wait at an element until an instant, now at the earliest, and book the time passed."""
        now = self.env.now
        if instant > now:
            self.stay_time[at] += case.is_measured * (min(instant, self.model.horizon) - now)
            ledger[part] += instant - now
            yield self.env.timeout(instant - now)

    def applicant(
        self, case: Case, at: int, element: Applicant, ledger: Ledger
    ) -> Generator[simpy.Event, Any, int]:
        """Spend the applicant's time, in the time allowed if there is such (F7)."""
        visit = case.visit(at)
        time = self.draws.time(element.time, at, case, visit)
        case.own_time += time if element.effort < 0 else self.draws.effort(element, at, case, visit)
        now = self.env.now
        ends_at = self.model.calendars[element.calendar].add_open(now, time)
        if element.within >= 0:
            days = self.model.working_days
            deadline = days.closing(days.due_day(day_of(now), element.within))
            if ends_at > deadline:
                yield from self.pass_until(deadline, at, case, APPLICANT, ledger)
                return element.late
        yield from self.pass_until(ends_at, at, case, APPLICANT, ledger)
        case.n_trips += element.n_trips
        case.n_given += element.n_given
        case.n_copies += element.n_copies
        return element.then

    def choose(self, case: Case, at: int, element: Choice) -> int:
        """Take a way out by the case's draw and properties (R2, F6)."""
        draw = self.draws.uniform(at, case, case.visit(at))
        properties = self.inputs.cases.properties
        share = 0.0
        for option in element.options:
            if option.property < 0 or properties[case.number, option.property] in option.values:
                share += on(option.share, day_of(case.arrives_at))  # V1
                if draw < share:
                    return option.target
        return element.then

    def fork(self, case: Case, element: Fork, ledger: Ledger) -> Generator[simpy.Event, Any, int]:
        """Make a token for each branch and wait for all of them (F5).

        The ledger goes on with that of the branch that came last, the lowest on a tie (K2);
        return the outcome of the lowest branch that carries one (F8).
        """
        ledgers: list[Ledger] = [[0] * N_PARTS for _ in element.branches]
        tokens = [
            self.env.process(self.walk(case, branch, element.then, own))
            for branch, own in zip(element.branches, ledgers, strict=True)
        ]
        yield self.env.all_of(tokens)
        last = max(range(len(tokens)), key=lambda branch: (tokens[branch].value[1], -branch))
        for part, time in enumerate(ledgers[last]):
            ledger[part] += time
        return next((token.value[0] for token in tokens if token.value[0]), 0)

    # -- records ---------------------------------------------------------------------------

    def tables(self, keep: Keep) -> Run:
        """Turn what happened into the tables of a run (K1); what is open stays in it (K4)."""
        for case in self.open.values():
            self.record(case)
        work = self.work
        work.end()
        items = records.table(records.WORK_ITEMS, work.whole + work.parts)
        others = records.table(tables.SPELLS, work.spells)
        arrives_at = self.inputs.cases.arrives_at[items["case"][: len(work.whole)]]
        is_measured = self.model.is_measured(arrives_at)
        spells = tables.spells(items, is_measured, work.limited, others)
        items["ended_at"][items["ended_at"] >= self.model.horizon] = NOT_YET
        found = tables.of_rows(
            self.model,
            self.inputs.cases.properties,
            cases=records.table(records.CASES, self.cases),
            dossiers=records.table(records.DOSSIERS, self.dossiers),
            work_items=items,
            spells=spells,
            elements=self.elements(items),
            shifts=self.inputs.shifts,
            keep=keep,
        )
        return tables.joined(
            self.model,
            [found],
            shifts=self.inputs.shifts,
            seed=self.inputs.seed,
            replication=self.inputs.replication,
            engine=NAME,
        )

    def elements(self, items: records.Table) -> records.Table:
        """What measured cases passed, with the time until the work items among it were begun."""
        stay_time = np.array(self.stay_time, np.int64)
        arrives_at = self.inputs.cases.arrives_at[items["case"]]
        is_begun = self.model.is_measured(arrives_at) & (items["started_at"] != NOT_YET)
        waited = (items["started_at"] - items["ready_at"])[is_begun]
        np.add.at(stay_time, items["activity"][is_begun], waited)
        return {
            "element": np.arange(len(stay_time)),
            "n_passes": np.array(self.n_passes, np.int64),
            "stay_time": stay_time,
        }


def _next(instants: tuple[int, ...], now: int) -> int:
    position = bisect_left(instants, now)
    return instants[position] if position < len(instants) else NEVER
