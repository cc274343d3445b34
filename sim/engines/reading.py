"""Reads what the kernel leaves of a part: work items while it runs, the rest at its end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim import records
from sim.arrivals import CaseTable
from sim.engines import tables
from sim.engines.block import Ints
from sim.engines.desks import Desks
from sim.engines.kernel import fields as f
from sim.engines.tables import Left
from sim.model import BUNDLE, Model, Outcome
from sim.records import NOT_YET, UNKNOWN, Keep
from sim.units import DAY, NEVER


class Reading:
    """The rows of a part so far.

    Parameters
    ----------
    cases
        Of the part, by index.
    numbers
        Their numbers in the whole.
    """

    def __init__(
        self,
        model: Model,
        desks: Desks,
        cases: CaseTable,
        numbers: NDArray[np.uint32],
        keep: Keep,
    ) -> None:
        self.model = model
        self.desks = desks
        self.laid = desks.laid
        self.cases = cases
        self.numbers = numbers
        self.is_kept = tables.is_kept(model, keep.bundles, cases.flow)
        self.n_items = 0
        room = int(self.laid.most_items[cases.flow].sum()) if keep.work_items else 0
        self.work_items = {name: np.empty(room, np.int64) for name in records.WORK_ITEMS}

    def make_room(self, memory: Ints, items: Ints) -> Ints:
        """Read the items that are over, or if these are few, give more room."""
        n = len(items)
        # What became ready just now may have its like still to come, and they are put in order.
        ready_at = items[:, f.ITEM_READY_AT]
        over = int(np.searchsorted(ready_at, memory[f.NOW]))
        waits = np.flatnonzero(items[:over, f.ITEM_STARTED_AT] == NOT_YET)
        if len(waits):
            over = int(np.searchsorted(ready_at, ready_at[waits[0]]))
        if 2 * over < n:
            return np.concatenate((items, np.empty_like(items)))
        self.read(items[:over])
        items[: n - over] = items[over:].copy()
        memory[f.N_ITEMS] -= over
        memory[f.ITEM_BASE] += over * f.N_ITEM
        return items

    def read(self, items: Ints) -> None:
        """Keep some items."""
        columns = np.ascontiguousarray(items.T)
        at = columns[f.ITEM_AT]
        rows = (
            self.numbers[columns[f.ITEM_CASE]].astype(np.int64),
            self.laid.dossiers[at],
            at,
            self.laid.roles[at],
            *columns[f.ITEM_STAFF :],
        )
        table = dict(zip(records.WORK_ITEMS, rows, strict=True))
        table = records.in_order(table, tables.ORDER_OF_ITEMS)
        first, self.n_items = self.n_items, self.n_items + len(items)
        for name, column in table.items():
            while self.n_items > len(self.work_items[name]):  # cases came back very often
                whole = self.work_items[name]
                self.work_items[name] = np.concatenate((whole, np.empty_like(whole)))
            self.work_items[name][first : self.n_items] = column

    def left(self, memory: Ints, waits: Ints, left: Ints) -> Left:
        """All that the part leaves, once its run is over; the waits are used up."""
        n_cases, n_clocks = memory[[f.N_LEFT_CASES, f.N_LEFT_CLOCKS]].tolist()
        ended = left[: n_cases * f.N_LEFT_CASE].reshape(n_cases, f.N_LEFT_CASE)
        clocks = left[memory[f.LEFT_CLOCKS] :][: n_clocks * f.N_CLOCK].reshape(n_clocks, f.N_CLOCK)
        kept = np.flatnonzero(self.is_kept)
        row_of = np.zeros(len(self.numbers), np.int64)
        row_of[kept] = np.arange(len(kept))
        ended = ended[np.argsort(ended[:, f.LEFT_CASE], kind="stable")]
        row = row_of[clocks[:, f.CLOCK_CASE]]
        cases = self.cases.rows(kept)
        return Left(
            offices=self.desks.part.offices,
            cases=self._cases(cases, self.numbers[kept], ended, clocks, row),
            dossiers=self._dossiers(self.numbers[kept], ended, clocks, row),
            work_items={name: each[: self.n_items] for name, each in self.work_items.items()},
            properties=cases.properties,
            n_cases=len(self.numbers),
            queues=self._queues(memory),
            waits=self._waits(waits[: memory[f.N_WAITS]]),
            staff=self._staff(memory),
        )

    def _queues(self, memory: Ints) -> dict[str, Ints]:
        lines = self.desks.lines
        counted = {"n_ready": f.N_READY, "n_waiting": f.N_WAITING, "n_begun": f.N_BEGUN}
        return {
            name: np.where(lines == f.NONE, 0, memory[lines + field])
            for name, field in counted.items()
        }

    def _waits(self, waits: Ints) -> Ints:
        """Sorted as they are written, each queue has its waits together, ascending."""
        waits.sort()
        waits %= self.model.horizon + 1
        return waits

    def _staff(self, memory: Ints) -> dict[str, Ints]:
        counted = {"n_items": f.N_TAKEN, "busy_time": f.BUSY_TIME, "overtime": f.OVERTIME}
        return {
            "staff": self.desks.staff,
            **{name: memory[self.desks.staff_at + field] for name, field in counted.items()},
        }

    def _cases(
        self,
        cases: CaseTable,
        numbers: NDArray[np.uint32],
        ended: Ints,
        clocks: Ints,
        row: Ints,
    ) -> dict[str, Ints]:
        """The cases that are kept; ``row`` is where the case of each clock stands among them."""
        outcome = ended[:, f.LEFT_OUTCOME].copy()
        received = [
            np.full(len(cases), none, np.int64)
            for none in (NOT_YET, UNKNOWN, NOT_YET, UNKNOWN, 0, UNKNOWN)
        ]
        is_bundle = clocks[:, f.CLOCK_NAME] == BUNDLE
        bundles, row = clocks[is_bundle], row[is_bundle]
        is_done = (outcome[row] == Outcome.COMPLETED) & (bundles[:, f.CLOSED_AT] < NEVER)
        found = self._clocks(bundles, is_done, ended[row, f.LEFT_ENDED_AT])
        for column, values in zip(received, found, strict=True):
            column[row] = values
        columns = (
            numbers.astype(np.int64),
            np.array([flow.bundle for flow in self.model.flows], np.int64)[cases.flow],
            cases.channel,
            cases.flow,
            cases.home,
            cases.arrives_at,
            ended[:, f.LEFT_ENDED_AT].copy(),
            outcome,
            *received,
            *np.ascontiguousarray(ended[:, f.LEFT_N_RETURNS :].T),
        )
        return dict(zip(records.CASES, columns, strict=True))

    def _dossiers(
        self, numbers: NDArray[np.uint32], ended: Ints, clocks: Ints, row: Ints
    ) -> dict[str, Ints]:
        is_dossier = clocks[:, f.CLOCK_NAME] != BUNDLE
        rows, row = clocks[is_dossier], row[is_dossier]
        columns = (
            numbers[row].astype(np.int64),
            rows[:, f.CLOCK_NAME].copy(),
            *self._clocks(rows, rows[:, f.CLOSED_AT] < NEVER, ended[row, f.LEFT_ENDED_AT]),
        )
        table = dict(zip(records.DOSSIERS, columns, strict=True))
        return dict(records.in_order(table, ("case", "procedure")))

    def _clocks(self, rows: Ints, is_done: NDArray[np.bool_], ended_at: Ints) -> tuple[Ints, ...]:
        """Columns received_at … working_days, as ``LegalClock`` gives them (L4-L8).

        ``ended_at`` is when the case of each clock ended.
        """
        model = self.model
        count = np.concatenate(([0], model.working_days.count))

        def count_to(day: Ints) -> Ints:
            days: Ints = np.clip(day - model.working_days.first_day + 1, 0, len(count) - 1)
            return np.asarray(count[days], np.int64)

        last = np.where(ended_at == NOT_YET, model.horizon, ended_at) // DAY
        running = np.maximum(count_to(last) - count_to(rows[:, f.STOPPED_FROM]), 0)
        limit = rows[:, f.LIMIT]
        return (
            rows[:, f.CLOCK_RECEIVED_AT].copy(),
            rows[:, f.RECEIVED_DAY].copy(),
            np.where(is_done, rows[:, f.CLOSED_AT], NOT_YET),
            np.where(limit == f.NO_LIMIT, UNKNOWN, limit + rows[:, f.EXTENDED]),
            rows[:, f.STOPPED_DAYS] + np.where(rows[:, f.DEPTH] != 0, running, 0),
            np.where(is_done, rows[:, f.USED_DAYS], UNKNOWN),
        )
