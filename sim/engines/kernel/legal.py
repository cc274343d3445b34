"""Legal clocks (L1-L7): :class:`sim.legal.LegalClock` and ``WorkingDays`` on rows of numbers.

A case's first clock is its bundle's; those of its dossiers follow it, in the order of their starts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.engines.kernel import columns as col
from sim.engines.kernel.compiler import compiled
from sim.engines.kernel.tables import Plan, State
from sim.model import BUNDLE
from sim.units import DAY, NEVER

Numbers = NDArray[np.int64]


@compiled
def count_to(day: int, first_day: int, day_count: Numbers) -> int:
    """Working days up to and including a day."""
    k = day - first_day
    if k < 0 or len(day_count) == 0:
        return 0
    return day_count[min(k, len(day_count) - 1)]


@compiled
def due_day(received_day: int, n: int, plan: Plan) -> int:
    """The n-th working day after a day (L2)."""
    if n <= 0 or received_day >= NEVER:
        return received_day
    k = count_to(received_day, plan.first_day, plan.day_count) + n - 1
    return plan.days[k] if k < len(plan.days) else NEVER


@compiled
def edge(day: int, edges: Numbers, plan: Plan) -> int:
    """The opening or closing of a working day, by the table given; NEVER on any other day."""
    k = count_to(day, plan.first_day, plan.day_count) - 1
    return edges[k] if k >= 0 and plan.days[k] == day else NEVER


@compiled
def _day_of_receipt(t: int, cut_off: int, plan: Plan) -> int:
    day = t // DAY
    if t - day * DAY >= cut_off:
        day += 1
    k = count_to(day - 1, plan.first_day, plan.day_count)
    return plan.days[k] if k < len(plan.days) else NEVER


@compiled
def find(case: int, clock: int, state: State) -> int:
    """The row of a case's clock, NONE if it was not started."""
    row = state.first_clock[case]
    while row != col.NONE and state.clocks[row, col.CLOCK_OF] != clock:
        row = state.clocks[row, col.NEXT_CLOCK]
    return row


@compiled
def start(case: int, procedure: int, t: int, plan: Plan, state: State) -> None:
    """Receive a dossier, and with the first one the bundle (L1, L6, L7)."""
    flow = plan.flow[case]
    if state.first_clock[case] == col.NONE:
        n_procedures = len(plan.cut_offs)
        state.first_clock[case] = _new(
            case, BUNDLE, t, plan.bundle_cut_offs[flow], n_procedures, plan, state
        )
    last = state.first_clock[case]
    while True:
        if state.clocks[last, col.CLOCK_OF] == procedure:
            return
        if state.clocks[last, col.NEXT_CLOCK] == col.NONE:
            break
        last = state.clocks[last, col.NEXT_CLOCK]
    state.clocks[last, col.NEXT_CLOCK] = _new(
        case, procedure, t, plan.cut_offs[procedure], procedure, plan, state
    )


@compiled
def _new(
    case: int, clock: int, t: int, cut_off: int, limit_column: int, plan: Plan, state: State
) -> int:
    row = state.counters[col.N_CLOCKS]
    state.counters[col.N_CLOCKS] = row + 1
    day = _day_of_receipt(t, cut_off, plan)
    limit = col.NO_LIMIT
    if day < NEVER:
        at = plan.limit_ranges[plan.flow[case], limit_column, 0]
        while at < plan.limit_ranges[plan.flow[case], limit_column, 1] and plan.limits[at, 0] <= day:
            limit = plan.limits[at, 1]
            at += 1
    clocks = state.clocks
    clocks[row, col.CLOCK_CASE] = case
    clocks[row, col.CLOCK_OF] = clock
    clocks[row, col.RECEIVED_AT] = t
    clocks[row, col.RECEIVED_DAY] = day
    clocks[row, col.LIMIT] = limit
    clocks[row, col.EXTENDED] = 0
    clocks[row, col.DEPTH] = 0
    clocks[row, col.STOPPED_FROM] = NEVER
    clocks[row, col.COVERED_UNTIL] = day
    clocks[row, col.STOPPED_DAYS] = 0
    clocks[row, col.CLOSED_AT] = NEVER
    clocks[row, col.NEXT_CLOCK] = col.NONE
    return row


@compiled
def stop(row: int, now: int, clocks: Numbers) -> None:
    """Stop a clock (L4); stops may nest."""
    if clocks[row, col.DEPTH] == 0:
        clocks[row, col.STOPPED_FROM] = max(now // DAY, clocks[row, col.COVERED_UNTIL])
    clocks[row, col.DEPTH] += 1


@compiled
def resume(row: int, now: int, cut_off: int, plan: Plan, clocks: Numbers) -> None:
    """End one stop of a clock (L4)."""
    clocks[row, col.DEPTH] -= 1
    if clocks[row, col.DEPTH] == 0:
        day = _day_of_receipt(now, cut_off, plan)
        stopped = count_to(day, plan.first_day, plan.day_count) - count_to(
            clocks[row, col.STOPPED_FROM], plan.first_day, plan.day_count
        )
        clocks[row, col.STOPPED_DAYS] += max(0, stopped)
        clocks[row, col.COVERED_UNTIL] = max(clocks[row, col.COVERED_UNTIL], day)


@compiled
def clock_due_day(row: int, now: int, plan: Plan, clocks: Numbers) -> int:
    """The last day in time, by the stops ended and extensions given so far (L2)."""
    if clocks[row, col.LIMIT] == col.NO_LIMIT or now < clocks[row, col.RECEIVED_AT]:
        return NEVER
    n = clocks[row, col.LIMIT] + clocks[row, col.EXTENDED] + clocks[row, col.STOPPED_DAYS]
    return due_day(clocks[row, col.RECEIVED_DAY], n, plan)
