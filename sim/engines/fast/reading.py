"""Reads what the kernel leaves of a part: rows while it runs, and at its end what was counted."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim import records
from sim.arrivals import CaseTable
from sim.engines import tables
from sim.engines.fast.block import Ints, grown
from sim.engines.fast.desks import Desks
from sim.engines.fast.habits import has_absences
from sim.engines.fast.kernel import fields as f
from sim.engines.tables import PartTables
from sim.model import BUNDLE, Model, Outcome
from sim.records import NOT_YET, UNKNOWN, Keep
from sim.units import DAY, NEVER

_OF_ITEM: Final = {
    "staff": f.ITEM_STAFF,
    "office": f.ITEM_OFFICE,
    "ready_at": f.ITEM_READY_AT,
    "started_at": f.ITEM_STARTED_AT,
    "ended_at": f.ITEM_ENDED_AT,
    "visit": f.ITEM_VISIT,
}
"""Columns of the work items table that the kernel fills, and where in its row they stand."""

_UNLESS_STARTED: Final = {
    "received_at": NOT_YET,
    "received_day": UNKNOWN,
    "done_at": NOT_YET,
    "limit_days": UNKNOWN,
    "stopped_days": 0,
    "working_days": UNKNOWN,
}
"""Columns that the clock of a bundle fills, and what they hold where it was not started."""

_OF_ENDED: Final = {
    "ended_at": f.EXIT_ENDED_AT,
    "outcome": f.EXIT_OUTCOME,
    "n_returns": f.EXIT_N_RETURNS,
    "n_trips": f.EXIT_N_TRIPS,
    "n_given": f.EXIT_N_GIVEN,
    "own_time": f.EXIT_OWN_TIME,
    "n_copies": f.EXIT_N_COPIES,
    "n_paid": f.EXIT_N_PAID,
    "n_paid_online": f.EXIT_N_PAID_ONLINE,
    "fees": f.EXIT_FEES,
    **{part: f.EXIT_LEDGER + i for i, part in enumerate(records.LEDGER)},
}
"""Columns that the row of a case fills, and where in it they stand."""


def _kind(column: str) -> Any:
    """Indices and counts take half the memory of instants and times: a fresh page costs time."""
    is_long = column == "fees" or column.endswith(("_at", "_time"))
    return np.int64 if is_long else np.int32


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
        self.row_of = np.cumsum(self.is_kept) - 1
        n = int(np.count_nonzero(self.is_kept))
        self.ended = {name: np.full(n, none, _kind(name)) for name, none in _UNLESS_STARTED.items()}
        width = self.laid.exit_width
        self.of_ended = {name: field for name, field in _OF_ENDED.items() if field < width}
        # What no case has is 0 in all rows, and takes no memory.
        self.ended |= {
            name: np.empty(n, _kind(name))
            if name in self.of_ended
            else np.broadcast_to(_kind(name)(0), n)
            for name in _OF_ENDED
        }
        self.dossiers: list[dict[str, Ints]] = []
        self.working_days = np.concatenate(([0], model.working_days.count))
        self.has_absences = has_absences(model)
        self.n_items = 0
        room = int(self.laid.most_items[cases.flow].sum()) if keep.work_items else 0
        self.work_items = {name: np.empty(room, _kind(name)) for name in records.WORK_ITEMS}

    def make_room(self, memory: Ints, items: Ints) -> Ints:
        """Read the items that are over, or if these are few, give more room."""
        n = len(items)
        # What became ready just now may have its like still to come, and they are put in order.
        ready_at = items[:, f.ITEM_READY_AT]
        over = int(np.searchsorted(ready_at, memory[f.NOW]))
        waits = items[:over, f.ITEM_STARTED_AT] == NOT_YET
        if self.has_absences:
            waits |= items[:over, f.ITEM_ENDED_AT] == f.HANDED_BACK
        if waits.any():
            over = int(np.searchsorted(ready_at, ready_at[waits.argmax()]))
        if 2 * over < n:
            return grown(items)
        self.read_items(items[:over])
        items[: n - over] = items[over:].copy()
        memory[f.N_ITEMS] -= over
        memory[f.ITEM_BASE] += over * f.N_ITEM
        return items

    def read_items(self, items: Ints) -> None:
        """Keep some items; who still waits for somebody else has not ended (P3)."""
        columns = np.ascontiguousarray(items.T)
        at = columns[f.ITEM_AT]
        table = {
            "case": self.numbers[columns[f.ITEM_CASE]].astype(np.int64),
            "dossier": self.laid.dossiers[at],
            "activity": at,
            "role": self.laid.roles[at],
            **{name: columns[field] for name, field in _OF_ITEM.items()},
        }
        if self.has_absences:
            table["ended_at"][table["ended_at"] == f.HANDED_BACK] = NOT_YET
        table = records.in_order(table, tables.ORDER_OF_ITEMS)
        first, self.n_items = self.n_items, self.n_items + len(items)
        for name, column in table.items():
            while self.n_items > len(self.work_items[name]):  # cases came back very often
                self.work_items[name] = grown(self.work_items[name])
            self.work_items[name][first : self.n_items] = column

    def read_exits(self, memory: Ints, exits: Ints) -> None:
        """Take the rows of cases that have ended, and of their clocks; make room for others."""
        n_cases, n_clocks = memory[[f.N_CASE_EXITS, f.N_CLOCK_EXITS]].tolist()
        memory[[f.N_CASE_EXITS, f.N_CLOCK_EXITS]] = 0
        width = self.laid.exit_width
        ended = exits[: n_cases * width].reshape(n_cases, width)
        row = self.row_of[ended[:, f.EXIT_CASE]]
        for name, field in self.of_ended.items():
            self.ended[name][row] = ended[:, field]
        clocks = exits[memory[f.EXIT_ROOM] * width :][: n_clocks * f.N_CLOCK]
        clocks = clocks.reshape(n_clocks, f.N_CLOCK)
        is_bundle = clocks[:, f.CLOCK_NAME] == BUNDLE
        bundles, dossiers = clocks[is_bundle], clocks[~is_bundle]
        is_done = bundles[:, f.EXIT_CLOCK_OUTCOME] == Outcome.COMPLETED
        found = self._clocks(bundles, is_done & (bundles[:, f.CLOSED_AT] < NEVER))
        row = self.row_of[bundles[:, f.CLOCK_CASE]]
        for name, column in found.items():
            self.ended[name][row] = column
        self.dossiers.append(
            {
                "case": self.numbers[dossiers[:, f.CLOCK_CASE]].astype(np.int64),
                "procedure": dossiers[:, f.CLOCK_NAME].copy(),
                **self._clocks(dossiers, dossiers[:, f.CLOSED_AT] < NEVER),
            }
        )

    def _clocks(self, rows: Ints, is_done: NDArray[np.bool_]) -> dict[str, Ints]:
        """The columns of ``_UNLESS_STARTED``, as ``LegalClock`` gives them (L4-L8)."""
        ended_at = rows[:, f.EXIT_CLOCK_ENDED_AT]
        last = np.where(ended_at == NOT_YET, self.model.horizon, ended_at) // DAY
        running = np.maximum(self._count_to(last) - self._count_to(rows[:, f.STOPPED_FROM]), 0)
        limit = rows[:, f.LIMIT]
        stopped = rows[:, f.STOPPED_DAYS] + np.where(rows[:, f.DEPTH] != 0, running, 0)
        return {
            "received_at": rows[:, f.CLOCK_RECEIVED_AT].copy(),
            "received_day": rows[:, f.RECEIVED_DAY].copy(),
            "done_at": np.where(is_done, rows[:, f.CLOSED_AT], NOT_YET),
            "limit_days": np.where(limit == f.NO_LIMIT, UNKNOWN, limit + rows[:, f.EXTENDED]),
            "stopped_days": stopped,
            "working_days": np.where(is_done, rows[:, f.USED_DAYS], UNKNOWN),
        }

    def _count_to(self, day: Ints) -> Ints:
        """Working days up to and including a day."""
        days = day - self.model.working_days.first_day + 1
        count: Ints = self.working_days[np.clip(days, 0, len(self.working_days) - 1)]
        return count

    def tables(self, memory: Ints, waits: Ints) -> PartTables:
        """All that the part leaves, once its run is over; the waits are sorted."""
        everything = self.is_kept.all()
        kept = self.cases if everything else self.cases.rows(np.flatnonzero(self.is_kept))
        numbers = self.numbers if everything else self.numbers[self.is_kept]
        columns = {
            "case": numbers,
            "bundle": np.array([flow.bundle for flow in self.model.flows])[kept.flow],
            "channel": kept.channel,
            "flow": kept.flow,
            "home": kept.home,
            "arrives_at": kept.arrives_at,
        }
        cases = {name: column.astype(_kind(name), copy=False) for name, column in columns.items()}
        cases |= self.ended
        dossiers = {
            name: np.concatenate([block[name] for block in self.dossiers])
            for name in records.DOSSIERS
        }
        waits, n_waits = self._waits(waits[: memory[f.N_WAITS]])
        return PartTables(
            offices=self.desks.part.offices,
            cases={name: cases[name] for name in records.CASES},
            dossiers=records.in_order(dossiers, ("case", "procedure")),
            work_items={name: each[: self.n_items] for name, each in self.work_items.items()},
            properties=kept.properties,
            n_cases=len(self.numbers),
            queues=self._queues(memory, n_waits),
            waits=waits,
            staff=self._staff(memory),
            activities=self._activities(memory),
            elements=self._elements(memory),
        )

    def _queues(self, memory: Ints, n_waits: Ints) -> dict[str, Ints]:
        lines = self.desks.lines
        counted = {"n_ready": f.N_READY, "n_waiting": f.N_WAITING, "n_begun": f.N_BEGUN}
        n_roles = len(self.model.roles)
        found = {}
        for name, field in counted.items():
            counts = np.where(lines == f.NONE, 0, memory[lines + field])
            found[name] = counts[:n_roles]
            for line, those in zip(self.laid.batch_lines, counts[n_roles:], strict=True):
                found[name][line.role] += those
        # Waits of 0 are not written.
        return found | {"n_at_once": found["n_ready"] - found["n_waiting"] - n_waits}

    def _activities(self, memory: Ints) -> dict[str, Ints]:
        counted = {
            "n_begun": f.N_BEGUN_OF,
            "work_time": f.WORK_TIME,
            "n_limited": f.N_LIMITED,
            "n_last_day": f.N_LAST_DAY,
        }
        rows = tables.activities_of(self.model)
        places = self.laid.entries[rows]
        return {"activity": rows} | {n: memory[places + at] for n, at in counted.items()}

    def _elements(self, memory: Ints) -> dict[str, Ints]:
        places = self.laid.entries
        return {
            "element": np.arange(len(places)),
            "n_passes": memory[places + f.N_PASSES],
            "stay_time": memory[places + f.STAY_TIME],
        }

    def _waits(self, waits: Ints) -> tuple[Ints, Ints]:
        """Those of each queue together, ascending, and how many each has: role by office."""
        waits.sort()  # as they are written, this brings those of a queue together
        queue, longer = np.divmod(waits, self.model.horizon + 1)
        shape = len(self.model.roles), len(self.desks.part.offices)
        return longer, np.bincount(queue, minlength=shape[0] * shape[1]).reshape(shape)

    def _staff(self, memory: Ints) -> dict[str, Ints]:
        counted = {"n_items": f.N_TAKEN, "busy_time": f.BUSY_TIME, "overtime": f.OVERTIME}
        return {
            "staff": self.desks.staff,
            **{name: memory[self.desks.staff_at + field] for name, field in counted.items()},
        }
