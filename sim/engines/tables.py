"""Turns what the parts of a run leave into its tables (K1, E1), the same way for each engine.

A part counts its work items a block at a time, so that what is counted stays in a core's cache and
the items themselves need not be kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim import records
from sim.model import Activity, Model
from sim.records import NOT_YET, UNKNOWN, Keep, Run, Table

Ints: TypeAlias = NDArray[np.int64]

ORDER_OF_ITEMS: Final = ("ready_at", "case", "activity", "visit")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Left:
    """What a part of a run leaves, until it is joined with the others.

    Parameters
    ----------
    offices
        Those of the part.
    cases, dossiers, work_items, properties
        Rows that are kept, by case, by case and procedure, in their order.
    n_cases
        Cases, kept or not.
    queues
        By column of ``records.QUEUES``, of shape (roles, offices of the part).
    waits
        By role, then office, then in the order of the items.
    staff
        Rows of the staff table of those who did something, without time on shift.
    """

    offices: Ints
    cases: dict[str, Ints]
    dossiers: dict[str, Ints]
    work_items: dict[str, Ints]
    properties: Ints
    n_cases: int
    queues: Table
    waits: Ints
    staff: Table


class Tally:
    """Counts the work items of a part, block by block."""

    def __init__(self, model: Model, offices: Ints) -> None:
        self.model = model
        self.offices = offices
        self.local = np.full(len(model.offices), UNKNOWN, np.int64)
        self.local[offices] = np.arange(len(offices))
        self.hours_of = np.array([office.calendar for office in model.offices], np.int64)
        self.shift_of = np.array([member.calendar for member in model.staff], np.int64)
        self.finishes = np.array(
            [isinstance(element, Activity) and element.finish for element in model.elements], bool
        )
        n_queues = len(model.roles) * len(offices)
        self.queues = {
            name: np.zeros(n_queues, np.int64) for name in ("n_ready", "n_waiting", "n_begun")
        }
        self.waits: list[tuple[Ints, Ints]] = []
        self.staff = {
            name: np.zeros(len(model.staff), np.int64)
            for name in ("n_items", "busy_time", "overtime")
        }

    def add(self, items: Table) -> None:
        """Count some items; blocks come in the order of the items."""
        self.add_queues(items)
        self._add_staff(items)

    def add_queues(self, items: Table) -> None:
        """Count what became ready, waited and was begun."""
        model = self.model
        first, last = model.warm_up_ends_at, model.measured_until
        started_at = items["started_at"]
        queue = items["role"] * len(self.offices) + self.local[items["office"]]
        is_begun = started_at != NOT_YET
        is_ready = _within(items["ready_at"], first, last)
        self._count("n_ready", queue[is_ready])
        self._count("n_waiting", queue[is_ready & ~is_begun])
        self._count("n_begun", queue[_within(started_at, first, last)])
        has_waited = np.flatnonzero(is_ready & is_begun)
        self.waits.append((queue[has_waited], self._waits(items, has_waited)))

    def _count(self, column: str, queues: Ints) -> None:
        self.queues[column] += np.bincount(queues, minlength=len(self.queues[column]))

    def _waits(self, items: Table, rows: NDArray[np.intp]) -> Ints:
        """For how long items waited while their office was open."""
        ready_at, started_at = items["ready_at"][rows], items["started_at"][rows]
        waits = np.zeros(len(rows), np.int64)
        waited = np.flatnonzero(started_at > ready_at)
        hours = self.hours_of[items["office"][rows[waited]]]
        for index in np.unique(hours):
            mine, calendar = waited[hours == index], self.model.calendars[index]
            waits[mine] = calendar.open_until(started_at[mine]) - calendar.open_until(
                ready_at[mine]
            )
        return waits

    def _add_staff(self, items: Table) -> None:
        """Add the time on shift in the measured window, and that after closing (T3)."""
        model = self.model
        first, last = model.warm_up_ends_at, model.measured_until
        started_at, ended_at = items["started_at"], items["ended_at"]
        is_begun = started_at != NOT_YET
        begun = items["staff"][_within(started_at, first, last)]
        self.staff["n_items"] += np.bincount(begun, minlength=len(self.shift_of))
        until = np.where(ended_at == NOT_YET, model.horizon, ended_at)
        seen = np.flatnonzero(is_begun & (until > first) & (started_at < last))
        begun = np.maximum(started_at[seen], first)
        ended = np.minimum(until[seen], last)
        staff = items["staff"][seen]
        shifts = self.shift_of[staff]
        busy = np.zeros(len(seen), np.int64)
        for index in np.unique(shifts):
            mine, calendar = shifts == index, model.calendars[index]
            busy[mine] = calendar.open_until(ended[mine]) - calendar.open_until(begun[mine])
        _add(self.staff["busy_time"], staff, busy)
        over = self.finishes[items["activity"][seen]]
        _add(self.staff["overtime"], staff[over], (ended - begun - busy)[over])

    def left(
        self,
        *,
        cases: dict[str, Ints],
        dossiers: dict[str, Ints],
        work_items: dict[str, Ints],
        properties: Ints,
        n_cases: int,
    ) -> Left:
        """All that was counted, beside the rows that are kept."""
        queue = np.concatenate([np.zeros(0, np.int64), *(queues for queues, _ in self.waits)])
        waits = np.concatenate([np.zeros(0, np.int64), *(waits for _, waits in self.waits)])
        shape = len(self.model.roles), len(self.offices)
        who = np.flatnonzero(sum(np.abs(column) for column in self.staff.values()))
        return Left(
            offices=self.offices,
            cases=cases,
            dossiers=dossiers,
            work_items=work_items,
            properties=properties,
            n_cases=n_cases,
            queues={name: counts.reshape(shape) for name, counts in self.queues.items()},
            waits=waits[stable_order(queue)],
            staff={"staff": who} | {name: column[who] for name, column in self.staff.items()},
        )


def of_rows(
    model: Model, properties: Ints, *, cases: Table, dossiers: Table, work_items: Table, keep: Keep
) -> Left:
    """What a run leaves whose rows are at hand, in any order.

    Parameters
    ----------
    properties
        Of at least as many cases as have rows, by case number.
    """
    cases = records.in_order(cases, ("case",))
    dossiers = records.in_order(dossiers, ("case", "procedure"))
    work_items = records.in_order(work_items, ORDER_OF_ITEMS)
    tally = Tally(model, np.arange(len(model.offices)))
    tally.add(work_items)
    case = is_kept(model, keep.bundles, cases["flow"])
    dossier = case[dossiers["case"]]
    item = np.full(len(work_items["case"]), keep.work_items)
    return tally.left(
        cases={name: column[case] for name, column in cases.items()},
        dossiers={name: column[dossier] for name, column in dossiers.items()},
        work_items={name: column[item] for name, column in work_items.items()},
        properties=properties[: len(case)][case],
        n_cases=len(case),
    )


def joined(model: Model, parts: list[Left], *, seed: int, replication: int, engine: str) -> Run:
    """Put the parts of a run together, rows in their order; the parts are used up."""
    case = np.concatenate([part.cases["case"] for part in parts])
    by_case = np.argsort(case, kind="stable")  # merges what is sorted in itself
    properties = np.concatenate([part.properties for part in parts])[by_case]
    cases = _stacked([part.cases for part in parts], by_case)
    dossiers = _stacked([part.dossiers for part in parts])
    work_items = _stacked([part.work_items for part in parts])
    if len(parts) > 1:
        dossiers = records.in_order(dossiers, ("case", "procedure"))
        work_items = records.in_order(work_items, ORDER_OF_ITEMS)
    staff = _staff(model, parts)
    n_cases = sum(part.n_cases for part in parts)
    queues, waits = _queues(model, parts)
    return Run(
        fingerprint=model.fingerprint(),
        seed=seed,
        replication=replication,
        engine=engine,
        cases=cases,
        dossiers=dossiers,
        work_items=work_items,
        staff=staff,
        queues=queues,
        waits=waits,
        properties=properties,
        n_cases=n_cases,
    )


def queues_of(model: Model, work_items: Table) -> tuple[Table, Ints]:
    """The queues table and the waits of work items that are at hand as a table."""
    tally = Tally(model, np.arange(len(model.offices)))
    tally.add_queues(work_items)
    none = np.zeros((0, 0), np.int64)
    left = tally.left(cases={}, dossiers={}, work_items={}, properties=none, n_cases=0)
    return _queues(model, [left])


def is_kept(model: Model, bundles: tuple[str, ...], flow: Ints) -> NDArray[np.bool_]:
    """Which cases are of a bundle that is kept, by their flows."""
    kept = [not bundles or model.bundles[each.bundle].name in bundles for each in model.flows]
    return np.array(kept, bool)[flow]


def stable_order(codes: Ints) -> NDArray[np.intp]:
    """The order of whole numbers that are not negative, equal ones as they came."""
    # NumPy sorts integers of 16 bits by radix, ten times as fast.
    narrow = codes.astype(np.uint16) if len(codes) and codes.max() < 2**16 else codes
    return np.argsort(narrow, kind="stable")


def _stacked(
    tables: Sequence[dict[str, Ints]], order: NDArray[np.intp] | None = None
) -> dict[str, Ints]:
    """Rows one below the other, in an order if one is given; the tables are used up."""
    if len(tables) == 1:
        return tables[0]
    found = {}
    for name in list(tables[0]):
        column = np.concatenate([table.pop(name) for table in tables])
        found[name] = column if order is None else column[order]
    return found


def _staff(model: Model, parts: Sequence[Left]) -> Table:
    n = len(model.staff)
    calendar_of = np.array([member.calendar for member in model.staff], np.int64)
    on_shift = np.zeros(n, np.int64)
    for index in np.unique(calendar_of):
        calendar = model.calendars[index]
        time = calendar.open_between(model.warm_up_ends_at, model.measured_until)
        on_shift[calendar_of == index] = time
    table = {
        "staff": np.arange(n),
        "office": np.array([member.office for member in model.staff], np.int64),
        "n_items": np.zeros(n, np.int64),
        "on_shift_time": on_shift,
        "busy_time": np.zeros(n, np.int64),
        "overtime": np.zeros(n, np.int64),
    }
    for part in parts:
        for name in ("n_items", "busy_time", "overtime"):
            table[name][part.staff["staff"]] = part.staff[name]
    return table


def _queues(model: Model, parts: list[Left]) -> tuple[Table, Ints]:
    shape = len(model.roles), len(model.offices)
    counts = {name: np.zeros(shape, np.int64) for name in ("n_ready", "n_waiting", "n_begun")}
    for part in parts:
        for name, whole in counts.items():
            whole[:, part.offices] = part.queues[name]
    n_waits = counts["n_ready"] - counts["n_waiting"]
    starts = (np.cumsum(n_waits) - n_waits.reshape(-1)).reshape(shape)
    waits = np.empty(int(n_waits.sum()), np.int64)
    while parts:
        part = parts.pop()
        here = n_waits[:, part.offices].reshape(-1)
        before = np.cumsum(here) - here
        to = np.repeat(starts[:, part.offices].reshape(-1) - before, here)
        to += np.arange(len(to))
        waits[to] = part.waits
    level_of = np.array([office.level for office in model.offices], np.int64)
    is_there = np.array([role.level for role in model.roles], np.int64)[:, None] == level_of
    role, office = np.nonzero(is_there)
    table = {"role": role, "office": office}
    return table | {name: whole[is_there] for name, whole in counts.items()}, waits


def _within(at: Ints, first: int, last: int) -> NDArray[np.bool_]:
    return (at >= first) & (at < last)


def _add(sums: Ints, where: Ints, values: Ints) -> None:
    np.add.at(sums, where, values)  # exact: bincount would sum as floats
