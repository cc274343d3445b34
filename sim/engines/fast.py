"""The compiled engine: the tables of the reference, digit for digit, many times faster.

Here features are checked, room is given and results are read; the event loop itself is in
:mod:`sim.engines.kernel`, which is compiled at its first use on a machine.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim import records
from sim.engines import packing, protocol
from sim.engines.kernel import columns as col
from sim.engines.kernel.tables import Plan, State
from sim.engines.packing import Layout
from sim.engines.protocol import Inputs
from sim.errors import EngineError
from sim.model import BUNDLE, Activity, Model, Outcome
from sim.records import NOT_YET, UNKNOWN, Run, Table
from sim.streams import VISITS
from sim.units import DAY, NEVER

NAME: Final = "fast"

LONGEST: Final = 2**51
"""Microseconds of the longest run, 71 years: instants share 63 bits with a priority."""

MOST_PRIORITIES: Final = 2**11

_FIRST_ROOM: Final = 1024

Ints = NDArray[np.int64]


def refuses(model: Model) -> tuple[str, ...]:
    """Name what the kernel has no room for, or does not know (E2)."""
    unknown = {type(element) for element in model.elements} - set(packing.KINDS)
    lacking = [f"elements of kind {kind.__name__}" for kind in unknown]
    if model.horizon >= LONGEST:
        lacking.append("runs of more than 71 years")
    if len({e.priority for e in model.elements if isinstance(e, Activity)}) > MOST_PRIORITIES:
        lacking.append(f"more than {MOST_PRIORITIES} different priorities")
    return tuple(sorted(lacking))


def run(model: Model, *, seed: int, replication: int) -> Run:
    """Run one replication of a model and return its tables."""
    inputs = protocol.prepare(model, seed=seed, replication=replication)
    laid = packing.layout(model)
    plan, begins = packing.plan(model, laid, inputs)
    state = finished(model, plan, first_state(laid, plan, begins))
    clocks = state.clocks[: state.counters[col.N_CLOCKS]]
    return protocol.assemble(
        model,
        inputs,
        engine=NAME,
        cases=_cases(model, inputs, plan, state, clocks),
        dossiers=_dossiers(plan, clocks),
        work_items=_work_items(laid, state),
    )


def finished(model: Model, plan: Plan, state: State) -> State:
    """Run the loop, with larger tables as often as it asks for them.

    Raises
    ------
    EngineError
        A case goes round without end, or has no office on a level (S1).
    """
    from sim.engines.kernel.loop import loop

    while (said := loop(plan, state)) != col.DONE:
        counters = state.counters
        if said == col.MORE_TOKENS:
            state = _more_tokens(state)
        elif said == col.MORE_EVENTS:
            state = state._replace(events=_doubled(state.events))
        elif said == col.MORE_PLACES:
            state = state._replace(places=_doubled(state.places))
        elif said == col.MORE_ITEMS:
            more = np.empty_like(state.items, shape=(col.N_ITEM, 2 * state.items.shape[1]))
            more[:, : state.items.shape[1]] = state.items
            state = state._replace(items=more)
        elif said == col.TOO_MANY_VISITS:
            raise EngineError(
                f"case {counters[col.FAULT_CASE]} came to "
                f"'{model.elements[counters[col.FAULT_AT]].name}' more than {VISITS} times: "
                "its flow goes round without end"
            )
        else:
            raise EngineError(
                f"case {counters[col.FAULT_CASE]} has no office for "
                f"'{model.elements[counters[col.FAULT_AT]].name}'"
            )
    return state


def first_state(laid: Layout, plan: Plan, begins: Ints) -> State:
    """The tables before anything has happened."""
    n = len(plan.arrives_at)
    most = laid.most
    room = _FIRST_ROOM
    while room <= 4 * plan.n_branches:
        room *= 2
    counters = np.zeros(col.N_COUNTER, np.int64)
    counters[col.N_FREE] = room
    counters[col.LARGEST_ROOM] = 4
    desks = np.zeros((len(plan.offices), 4), np.int64)
    desks[:, col.WAKES_AT] = NEVER
    n_idle = np.bincount(plan.staff[:, col.TEAM], minlength=len(plan.teams)).astype(np.int64)
    np.add.at(desks[:, col.N_IDLE], plan.staff[:, col.OFFICE], 1)
    idle = np.zeros((len(plan.staff), 3), np.int64)
    idle[:, 0] = np.argsort(plan.staff[:, col.TEAM], kind="stable")  # sorted: each team is a heap
    cases = np.zeros((col.N_CASE, n), np.int64)
    cases[col.CASE_ENDED_AT] = NOT_YET
    return State(
        counters=counters,
        cursors=begins.copy(),
        next_instants=laid.timetables_from.copy(),
        tokens=np.zeros((room, col.N_TOKEN), np.int64),
        free=np.arange(room - 1, -1, -1, dtype=np.int64),
        new=np.zeros(room, np.int64),
        later=np.zeros(room, np.int64),
        events=np.zeros((room + 2 * (len(plan.staff) + len(plan.offices)), 3), np.int64),
        changed=np.zeros((len(plan.offices), 3), np.int64),
        desks=desks,
        n_idle=n_idle,
        idle=idle,
        queues=np.zeros((len(plan.offices) * laid.n_roles, 3), np.int64),
        places=np.zeros((room, 3), np.int64),
        visits=np.zeros(plan.first_visit[-1], np.int32),
        first_clock=np.full(n, col.NONE, np.int64),
        clocks=np.empty((int(most.clocks[plan.flow].sum()), col.N_CLOCK), np.int64),
        items=np.empty((col.N_ITEM, int(most.activities[plan.flow].sum()) + 1), np.int64),
        cases=cases,
    )


def _more_tokens(state: State) -> State:
    old = len(state.tokens)
    free = np.zeros(2 * old, np.int64)
    n_free = state.counters[col.N_FREE]
    free[:n_free] = state.free[:n_free]
    free[n_free : n_free + old] = np.arange(2 * old - 1, old - 1, -1)
    state.counters[col.N_FREE] += old
    return state._replace(
        tokens=_doubled(state.tokens),
        free=free,
        new=_larger_ring(state.new, *state.counters[[col.NEW_FROM, col.NEW_TO]]),
        later=_larger_ring(state.later, *state.counters[[col.LATER_FROM, col.LATER_TO]]),
    )


def _larger_ring(ring: Ints, begin: int, end: int) -> Ints:
    larger = np.zeros(2 * len(ring), np.int64)
    inside = np.arange(begin, end)
    larger[inside % len(larger)] = ring[inside % len(ring)]
    return larger


def _doubled(rows: Ints) -> Ints:
    return np.concatenate((rows, np.zeros_like(rows)))


def _cases(model: Model, inputs: Inputs, plan: Plan, state: State, clocks: Ints) -> Table:
    n = len(plan.arrives_at)
    outcome = state.cases[col.CASE_OUTCOME]
    received = [
        np.full(n, none, np.int64) for none in (NOT_YET, UNKNOWN, NOT_YET, UNKNOWN, 0, UNKNOWN)
    ]
    bundles = clocks[clocks[:, col.CLOCK_OF] == BUNDLE]
    case = bundles[:, col.CLOCK_CASE]
    is_done = (outcome[case] == Outcome.COMPLETED) & (bundles[:, col.CLOSED_AT] < NEVER)
    for column, values in zip(received, _clock_columns(plan, bundles, is_done), strict=True):
        column[case] = values
    columns = (
        np.arange(n),
        np.array([flow.bundle for flow in model.flows], np.int64)[plan.flow],
        inputs.cases.channel[:n],
        plan.flow,
        plan.home,
        inputs.cases.arrives_at[:n],
        state.cases[col.CASE_ENDED_AT],
        outcome,
        *received,
        *state.cases[col.CASE_N_TRIPS :],
    )
    return dict(zip(records.CASES, columns, strict=True))


def _dossiers(plan: Plan, clocks: Ints) -> Table:
    rows = clocks[clocks[:, col.CLOCK_OF] != BUNDLE]
    columns = (
        rows[:, col.CLOCK_CASE],
        rows[:, col.CLOCK_OF],
        *_clock_columns(plan, rows, rows[:, col.CLOSED_AT] < NEVER),
    )
    return dict(zip(records.DOSSIERS, columns, strict=True))


def _clock_columns(plan: Plan, rows: Ints, is_done: NDArray[np.bool_]) -> tuple[Ints, ...]:
    """Columns received_at … working_days of clocks; no working days unless they are done (L6)."""
    closed_at = rows[:, col.CLOSED_AT]
    limit = rows[:, col.LIMIT]
    used = _count_to(closed_at // DAY, plan) - _count_to(rows[:, col.RECEIVED_DAY], plan)
    working_days = np.maximum(np.maximum(used, 0) - rows[:, col.STOPPED_DAYS], 0)
    return (
        rows[:, col.RECEIVED_AT],
        rows[:, col.RECEIVED_DAY],
        np.where(is_done, closed_at, NOT_YET),
        np.where(limit == col.NO_LIMIT, UNKNOWN, limit + rows[:, col.EXTENDED]),
        rows[:, col.STOPPED_DAYS],
        np.where(is_done, working_days, UNKNOWN),
    )


def _count_to(day: Ints, plan: Plan) -> Ints:
    """Working days up to and including each day."""
    count = np.concatenate(([0], plan.day_count))
    return np.asarray(count[np.clip(day - plan.first_day + 1, 0, len(count) - 1)], np.int64)


def _work_items(laid: Layout, state: State) -> Table:
    items = state.items[:, : state.counters[col.N_ITEMS]]
    at = items[col.ITEM_AT]
    columns = (
        items[col.ITEM_CASE],
        laid.dossiers[at],
        at,
        laid.roles[at],
        *items[col.ITEM_STAFF :],
    )
    return dict(zip(records.WORK_ITEMS, columns, strict=True))
