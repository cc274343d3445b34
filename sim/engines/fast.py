"""The compiled engine: the tables of the reference, digit for digit, many times faster.

Here features are checked, room is given and results are read; the event loop itself is in
:mod:`sim.engines.kernel`, which is compiled at its first use on a machine (13 s) and then kept.

Memory, measured: 190 bytes a case and 64 a work item while tandem queues run (two activities a
case, no clock), 550 and 64 with three clocks and eleven activities a case; 112 bytes of results a
case.  Putting the tables in order takes three to four times what they hold at its peak: 1.2 and
5.2 kB a case, of which 0.4 and 1.3 stay.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim import records
from sim.engines import protocol
from sim.engines.block import Ints
from sim.engines.kernel import fields as f
from sim.engines.layout import KINDS, Layout, layout
from sim.engines.packing import with_cases
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

SPARE: Final = 2**16
"""Words of memory that a run is given beyond what it surely needs; doubled when they are used."""


def refuses(model: Model) -> tuple[str, ...]:
    """Name what the kernel does not know, or has no room for (E2)."""
    kinds = {type(element) for element in model.elements} - set(KINDS)
    lacking = [f"elements of kind {kind.__name__}" for kind in kinds]
    if find_spec("numba") is None:
        lacking.append("anything without the package numba: pip install 'lienthong[fast]'")
    if model.horizon >= LONGEST:
        lacking.append("runs of more than 71 years")
    if len({e.priority for e in model.elements if isinstance(e, Activity)}) > MOST_PRIORITIES:
        lacking.append(f"more than {MOST_PRIORITIES} priorities")
    return tuple(sorted(lacking))


def run(model: Model, *, seed: int, replication: int) -> Run:
    """Run one replication of a model and return its tables."""
    inputs = protocol.prepare(model, seed=seed, replication=replication)
    laid = layout(model)
    memory = with_cases(model, laid, inputs, spare=SPARE)
    n = int(memory[f.N_CASES])
    room = int(laid.most_items[inputs.cases.flow[:n]].sum()) + 1
    items = np.empty((f.N_ITEM, room), np.int64)
    cases = np.zeros((f.N_CASE, n), np.int64)
    cases[f.CASE_ENDED_AT] = NOT_YET
    first_clock = int(memory[f.NEXT_CLOCK])
    memory, items = finish(model, memory, laid.floats, items, cases)
    clocks = memory[first_clock : memory[f.NEXT_CLOCK]].reshape(-1, f.N_CLOCK)
    return protocol.assemble(
        model,
        inputs,
        engine=NAME,
        cases=_cases(model, inputs, cases, clocks),
        dossiers=_dossiers(model, cases, clocks),
        work_items=_work_items(laid, items[:, : memory[f.N_ITEMS]]),
    )


def finish(
    model: Model, memory: Ints, floats: NDArray[np.float64], items: Ints, cases: Ints
) -> tuple[Ints, Ints]:
    """Run to the horizon; return the memory and the work items, where they have grown to.

    Raises
    ------
    EngineError
        A case goes round without end, or has no office on a level (S1).
    """
    from sim.engines.kernel.loop import loop

    while True:
        memory[[f.MEMORY_SIZE, f.ITEM_ROOM]] = len(memory), items.shape[1]
        said = loop(memory, floats, items, cases)
        if said == f.DONE:
            return memory, items
        if said == f.MORE_MEMORY:
            memory = np.concatenate((memory, np.zeros_like(memory)))
        elif said == f.MORE_ITEMS:
            items = np.concatenate((items, np.empty_like(items)), axis=1)
        else:
            name = model.elements[memory[f.FAULT_AT]].name
            raise EngineError(
                f"case {memory[f.FAULT_CASE]} came to '{name}' more than {VISITS} times: "
                "its flow goes round without end"
                if said == f.TOO_MANY_VISITS
                else f"case {memory[f.FAULT_CASE]} has no office on the level of '{name}'"
            )


def _cases(model: Model, inputs: Inputs, cases: Ints, clocks: Ints) -> Table:
    n = cases.shape[1]
    table = inputs.cases
    outcome = cases[f.CASE_OUTCOME]
    received = [
        np.full(n, none, np.int64) for none in (NOT_YET, UNKNOWN, NOT_YET, UNKNOWN, 0, UNKNOWN)
    ]
    bundles = clocks[clocks[:, f.CLOCK_NAME] == BUNDLE]
    case = bundles[:, f.CLOCK_CASE]
    is_done = (outcome[case] == Outcome.COMPLETED) & (bundles[:, f.CLOSED_AT] < NEVER)
    lasts = _last_days(model, cases)
    for column, values in zip(
        received, _clock_columns(model, bundles, is_done, lasts), strict=True
    ):
        column[case] = values
    flow = table.flow[:n]
    columns = (
        np.arange(n),
        np.array([flow.bundle for flow in model.flows], np.int64)[flow],
        table.channel[:n],
        flow,
        table.home[:n],
        table.arrives_at[:n],
        cases[f.CASE_ENDED_AT],
        outcome,
        *received,
        *cases[f.CASE_N_TRIPS :],
    )
    return dict(zip(records.CASES, columns, strict=True))


def _dossiers(model: Model, cases: Ints, clocks: Ints) -> Table:
    rows = clocks[clocks[:, f.CLOCK_NAME] != BUNDLE]
    columns = (
        rows[:, f.CLOCK_CASE],
        rows[:, f.CLOCK_NAME],
        *_clock_columns(model, rows, rows[:, f.CLOSED_AT] < NEVER, _last_days(model, cases)),
    )
    return dict(zip(records.DOSSIERS, columns, strict=True))


def _last_days(model: Model, cases: Ints) -> Ints:
    """The day on which each case ended, or the last of the run."""
    ended_at = cases[f.CASE_ENDED_AT]
    return np.where(ended_at == NOT_YET, model.horizon, ended_at) // DAY


def _clock_columns(
    model: Model, rows: Ints, is_done: NDArray[np.bool_], lasts: Ints
) -> tuple[Ints, ...]:
    """Columns received_at … working_days, as ``LegalClock`` gives them (L4-L8)."""
    count = np.concatenate(([0], model.working_days.count))

    def count_to(day: Ints) -> Ints:
        days: Ints = np.clip(day - model.working_days.first_day + 1, 0, len(count) - 1)
        return np.asarray(count[days], np.int64)

    last = lasts[rows[:, f.CLOCK_CASE]]
    running = np.maximum(count_to(last) - count_to(rows[:, f.STOPPED_FROM]), 0)
    limit = rows[:, f.LIMIT]
    return (
        rows[:, f.CLOCK_RECEIVED_AT],
        rows[:, f.RECEIVED_DAY],
        np.where(is_done, rows[:, f.CLOSED_AT], NOT_YET),
        np.where(limit == f.NO_LIMIT, UNKNOWN, limit + rows[:, f.EXTENDED]),
        rows[:, f.STOPPED_DAYS] + np.where(rows[:, f.DEPTH] != 0, running, 0),
        np.where(is_done, rows[:, f.USED_DAYS], UNKNOWN),
    )


def _work_items(laid: Layout, items: Ints) -> Table:
    at = items[f.ITEM_AT]
    columns = (
        items[f.ITEM_CASE],
        laid.dossiers[at],
        at,
        laid.roles[at],
        *items[f.ITEM_STAFF :],
    )
    return dict(zip(records.WORK_ITEMS, columns, strict=True))
