"""Adds to the layout of a part what a replication draws: outages first, cases as they arrive."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.absences import Shifts
from sim.arrivals import AT_START, CaseTable
from sim.engines import protocol
from sim.engines.fast.block import Block, Ints, blocks, intervals, ints, row, stretches
from sim.engines.fast.desks import Desks
from sim.engines.fast.kernel import fields as f
from sim.engines.protocol import Inputs
from sim.model import Model
from sim.model.clocks import clocks_running
from sim.units import NEVER

AT_A_TIME = 2**13
"""Arrivals that are laid out together, about: few, so that they stay in a core's cache."""


class Packing:
    """The memory of a part in one replication, and the arrivals that come into it bit by bit.

    Parameters
    ----------
    inputs
        With the cases of the part that arrive before the horizon.
    is_kept
        Of which of them the rows are wanted.
    spare
        Words of free memory to begin with.
    """

    def __init__(
        self,
        model: Model,
        desks: Desks,
        inputs: Inputs,
        is_kept: NDArray[np.bool_],
        *,
        spare: int,
    ) -> None:
        laid, cases = desks.laid, inputs.cases
        self.model = model
        self.laid = laid
        self.cases = cases
        self.is_kept = is_kept
        self.waiting = blocks(np.maximum(cases.arrives_at, 0), AT_A_TIME)
        self.starts = ints([flow.start for flow in model.flows])
        block = Block(0)
        block.add(desks.memory)
        for i, systems in enumerate(laid.up_systems):
            up = inputs.all_up(systems)
            if protocol.is_paced(model, systems):
                place = block.add(stretches(inputs.pace(model, up, systems)))
            else:
                place = block.add(intervals(up))
            block.write(laid.ups_from + i, ints([place]))
        _add_shifts(model, desks, inputs.shifts, block)
        self.home_at = _homes(model, desks, cases, block)
        self.backlog = _backlog(model, cases, block)
        n_properties = len(model.properties)
        self.width = f.N_ARRIVAL + n_properties
        case_width = f.N_CASE + n_properties + int(laid.most_visited.max(initial=0))
        self.most = max((last - first for first, last in self.waiting), default=0)
        arrivals = block.reserve(self.most * self.width)
        # All that a turn can schedule must fit after one more doubling.
        room = 2 * (len(desks.staff) * (desks.laid.most_in_hand + 1) + desks.lines.size + 1)
        events = {f.QUEUE_FROM: block.reserve(f.N_ROW * room), f.ROOM: room}
        block.write(f.EVENTS, row(f.N_QUEUE, events))
        made = (laid.n_branches + 2) * f.N_TOKEN + case_width
        made += (len(model.procedures) + 1) * f.N_CLOCK
        head = {
            f.KEY_0: inputs.key[0],
            f.KEY_1: inputs.key[1],
            f.TOP: block.size,
            f.MARGIN: made + 8 * f.N_ROW * room,
            f.ARRIVALS: arrivals,
            f.NEXT_ARRIVAL: arrivals,
            f.ARRIVALS_END: arrivals,
            f.HAS_MORE: len(self.waiting) > 0,
            f.ARRIVAL_WIDTH: self.width,
            f.CASE_WIDTH: case_width,
            f.N_PROPERTIES: n_properties,
        }
        for field, value in head.items():
            block.write(field, ints([value]))
        self.memory = block.memory(block.size + head[f.MARGIN] + spare)
        self.next = 0

    def feed(self, memory: Ints) -> None:
        """Let the next arrivals come, where the last ones stood."""
        first, last = self.waiting[self.next]
        self.next += 1
        place, n = int(memory[f.ARRIVALS]), last - first
        rows = memory[place : place + n * self.width].reshape(n, self.width)
        some = self.cases.rows(slice(first, last))
        rows[:, f.CASE_INDEX] = np.arange(first, last)
        rows[:, f.CASE_ARRIVES_AT] = np.maximum(some.arrives_at, 0)
        rows[:, f.CASE_RECEIVED_AT] = some.received_at
        rows[:, f.CASE_RECEIPTS] = self.laid.receipts[some.flow]
        rows[:, f.CASE_HOME] = self.home_at[some.home]
        rows[:, f.CASE_STREAM] = some.stream
        rows[:, f.CASE_NUMBER] = some.number
        entry = np.where(some.entry == AT_START, self.starts[some.flow], some.entry)
        rows[:, f.CASE_ENTRY] = self.laid.entries[entry]
        rows[:, f.CASE_BACKLOG] = f.NONE
        under_way, running = self.backlog
        mine = slice(*np.searchsorted(under_way, (first, last)).tolist())
        rows[under_way[mine] - first, f.CASE_BACKLOG] = running[mine]
        rows[:, f.CASE_FIRST_VISITED] = self.laid.first_visited[some.flow]
        rows[:, f.CASE_IS_KEPT] = self.is_kept[first:last]
        rows[:, f.N_ARRIVAL :] = some.properties
        memory[f.NEXT_ARRIVAL] = place
        memory[f.ARRIVALS_END] = place + rows.size
        memory[f.HAS_MORE] = self.next < len(self.waiting)


def _add_shifts(model: Model, desks: Desks, shifts: Shifts, block: Block) -> None:
    """The calendars of those who may be away, and when their absences begin (P1-P3)."""
    for index, place in zip(desks.staff.tolist(), desks.staff_at.tolist(), strict=True):
        calendar = shifts.calendar_of[index]
        if calendar >= len(model.calendars):
            hours = block.add(intervals(shifts.calendars[calendar]))
            block.write(desks.laid.calendars + calendar, ints([hours]))
            away_from = block.add(ints([*shifts.away_from[index], NEVER]))
            block.write(place + f.AWAY_FROM, ints([away_from]))


def _homes(model: Model, desks: Desks, cases: CaseTable, block: Block) -> Ints:
    """By office, where the offices above it stand, if it is the home of a case."""
    homes = np.flatnonzero(np.bincount(cases.home, minlength=1))
    above = model.office_at[homes]
    first = block.add(np.where(above < 0, f.NONE, desks.place_of[above]))
    home_at = np.zeros(len(model.offices), np.int64)
    home_at[homes] = first + above.shape[1] * np.arange(len(homes))
    return home_at


def _backlog(model: Model, cases: CaseTable, block: Block) -> tuple[Ints, Ints]:
    """The cases under way, and where the clocks are listed that run for each."""
    under_way = np.flatnonzero(cases.entry != AT_START)
    stands = np.column_stack((cases.flow[under_way], cases.entry[under_way]))
    kinds, kind = np.unique(stands, axis=0, return_inverse=True)
    lists = []
    for flow, entry in kinds.tolist():
        running = clocks_running(model, flow, entry)
        lists.append(block.add(ints([len(running), *running])))
    return under_way, ints(lists)[kind.reshape(-1)]
