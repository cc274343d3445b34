"""Turns what a run leaves into its tables (K1, E1): rows alone, or parts that have been counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim import records
from sim.absences import Shifts
from sim.model import Activity, Model
from sim.records import NOT_YET, Keep, Run, Table

Ints: TypeAlias = NDArray[np.int64]

ORDER_OF_ITEMS: Final = ("ready_at", "case", "activity", "visit")

SPELLS: Final = {
    "staff": "index of the member of staff",
    "activity": "index of the element",
    "n_items": "work items first begun at its beginning",
    "begun_at": "instant at which it began (microseconds)",
    "ended_at": "instant at which it ended (microseconds)",
    "n_in_hand": "work items in hand",
    "n_measured": "those of measured cases",
    "n_begun": "those of measured cases that were first begun at its beginning",
    "n_limited": "those of these that have a due day",
    "n_last_day": "those of these with at most one working day left to it",
}
"""Columns of the spells of work: somebody has an item or a batch in hand until it ends or goes
back to its queue; a spell may end behind the horizon."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartTables:
    """The tables of a part of a run, until it is joined with the others.

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
        Longer than 0, by role, then office, then ascending.
    staff
        Rows of the staff table of those who belong to the part, without time on shift.
    activities, elements
        The whole tables, with what was done and passed in the part.
    """

    offices: Ints
    cases: dict[str, Ints]
    dossiers: dict[str, Ints]
    work_items: dict[str, Ints]
    properties: NDArray[np.integer[Any]]
    n_cases: int
    queues: Table
    waits: Ints
    staff: Table
    activities: Table
    elements: Table


def spells(
    items: Table,
    is_measured: NDArray[np.bool_],
    limited: Sequence[tuple[int, bool]],
    others: Table,
) -> Table:
    """The spells of the first rows of items, each of which is a spell, and others.

    Parameters
    ----------
    is_measured
        For each of these first rows, whether the case is measured.
    limited
        Those of them with a due day when they were begun: the row, and whether it was the last day.
    others
        By the columns of ``SPELLS``.
    """
    n = len(is_measured)
    row, is_last = np.array(limited, np.int64).reshape(-1, 2).T
    is_limited = np.zeros(n, np.int64)
    is_limited[row] = 1
    is_last_day = np.zeros(n, np.int64)
    is_last_day[row] = is_last
    whole = {
        "staff": items["staff"][:n],
        "activity": items["activity"][:n],
        "n_items": np.ones(n, np.int64),
        "begun_at": items["started_at"][:n],
        "ended_at": items["ended_at"][:n],
        "n_in_hand": np.ones(n, np.int64),
        "n_measured": is_measured,
        "n_begun": is_measured,
        "n_limited": is_limited * is_measured,
        "n_last_day": is_last_day * is_measured,
    }
    return {name: np.concatenate((whole[name], others[name])) for name in SPELLS}


def of_rows(
    model: Model,
    properties: NDArray[np.integer[Any]],
    *,
    cases: Table,
    dossiers: Table,
    work_items: Table,
    spells: Table,
    elements: Table,
    shifts: Shifts,
    keep: Keep,
) -> PartTables:
    """What a run leaves whose rows are at hand, in any order.

    Parameters
    ----------
    properties
        Of at least as many cases as have rows, by case number.
    spells
        By the columns of ``SPELLS``.
    elements
        As it is to be.
    """
    cases = records.in_order(cases, ("case",))
    dossiers = records.in_order(dossiers, ("case", "procedure"))
    work_items = records.in_order(work_items, ORDER_OF_ITEMS)
    case = is_kept(model, keep.bundles, cases["flow"])
    dossier = case[dossiers["case"]]
    item = np.full(len(work_items["case"]), keep.work_items)
    queues, waits = _queues_of(model, work_items)
    return PartTables(
        offices=np.arange(len(model.offices)),
        cases={name: column[case] for name, column in cases.items()},
        dossiers={name: column[dossier] for name, column in dossiers.items()},
        work_items={name: column[item] for name, column in work_items.items()},
        properties=properties[: len(case)][case],
        n_cases=len(case),
        queues=queues,
        waits=waits,
        staff=_staff_of(model, shifts, spells),
        activities=_activities_of(model, shifts, spells),
        elements=elements,
    )


def _queues_of(model: Model, items: Table) -> tuple[Table, Ints]:
    """Count what became ready, waited and was begun in the measured window, and for how long."""
    shape = len(model.roles), len(model.offices)
    started_at = items["started_at"]
    queue = items["role"] * shape[1] + items["office"]
    is_begun = started_at != NOT_YET
    is_ready = model.is_measured(items["ready_at"])
    counted = {
        "n_ready": is_ready,
        "n_waiting": is_ready & ~is_begun,
        "n_begun": model.is_measured(started_at),
    }
    begun = np.flatnonzero(is_ready & is_begun)
    hours = np.array([office.calendar for office in model.offices], np.int64)
    waits = model.open_between(
        hours[items["office"][begun]], items["ready_at"][begun], started_at[begun]
    )
    counted["n_at_once"] = begun[waits == 0]
    queues = {
        name: np.bincount(queue[which], minlength=shape[0] * shape[1]).reshape(shape)
        for name, which in counted.items()
    }
    longer = waits > 0
    waits = waits[longer]
    return queues, waits[np.lexsort((waits, queue[begun[longer]]))]


def _staff_of(model: Model, shifts: Shifts, spells: Table) -> Table:
    """Add up the time on shift in the measured window, and that after closing (T3)."""
    n = len(model.staff)
    n_items, busy_time, overtime = (np.zeros(n, np.int64) for _ in range(3))
    # Exact: bincount would sum as floats.
    in_window = model.is_measured(spells["begun_at"])
    np.add.at(n_items, spells["staff"][in_window], spells["n_items"][in_window])
    begun = np.maximum(spells["begun_at"], model.warm_up_ends_at)
    ended = np.minimum(spells["ended_at"], min(model.measured_until, model.horizon))
    seen = np.flatnonzero(begun < ended)
    begun, ended, staff = begun[seen], ended[seen], spells["staff"][seen]
    busy = shifts.open_between(staff, begun, ended)
    finishes = [isinstance(each, Activity) and each.finish for each in model.elements]
    over = np.array(finishes, bool)[spells["activity"][seen]]
    np.add.at(busy_time, staff, busy)
    np.add.at(overtime, staff[over], (ended - begun - busy)[over])
    return {
        "staff": np.arange(n), "n_items": n_items, "busy_time": busy_time, "overtime": overtime,
    }  # fmt: skip


def _activities_of(model: Model, shifts: Shifts, spells: Table) -> Table:
    """Add up, by activity, what was done for measured cases up to the horizon."""
    n = len(model.elements)
    finishes = np.array([isinstance(e, Activity) and e.finish for e in model.elements], bool)
    ended_at = np.minimum(spells["ended_at"], model.horizon)
    work_time = np.where(
        finishes[spells["activity"]],
        ended_at - spells["begun_at"],
        shifts.open_between(spells["staff"], spells["begun_at"], ended_at),
    )
    # Items of a batch take equal shares of it.
    sums = {"work_time": work_time * spells["n_measured"] // spells["n_in_hand"]}
    sums |= {name: spells[name] for name in ("n_begun", "n_limited", "n_last_day")}
    rows = activities_of(model)
    found = {"activity": rows}
    for name in list(records.ACTIVITIES)[1:]:
        whole = np.zeros(n, np.int64)
        np.add.at(whole, spells["activity"], sums[name])
        found[name] = whole[rows]
    return found


def activities_of(model: Model) -> Ints:
    """The elements that are activities, by index."""
    return np.flatnonzero([isinstance(element, Activity) for element in model.elements])


def joined(
    model: Model,
    parts: list[PartTables],
    *,
    shifts: Shifts,
    seed: int,
    replication: int,
    engine: str,
) -> Run:
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
    staff = _staff(model, shifts, parts)
    n_cases = sum(part.n_cases for part in parts)
    activities = _summed([part.activities for part in parts])
    elements = _summed([part.elements for part in parts])
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
        activities=activities,
        elements=elements,
        waits=waits,
        properties=properties,
        n_cases=n_cases,
    )


def is_kept(
    model: Model, bundles: tuple[str, ...], flow: NDArray[np.integer[Any]]
) -> NDArray[np.bool_]:
    """Which cases are of a bundle that is kept, by their flows."""
    kept = [not bundles or model.bundles[each.bundle].name in bundles for each in model.flows]
    is_wanted: NDArray[np.bool_] = np.array(kept, bool)[flow]
    return is_wanted


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


def _summed(found: Sequence[Table]) -> dict[str, Ints]:
    """Tables of the same rows, whose first column names them, added up."""
    name, *others = found[0]
    return {name: found[0][name]} | {
        each: np.sum([table[each] for table in found], axis=0) for each in others
    }


def _staff(model: Model, shifts: Shifts, parts: Sequence[PartTables]) -> Table:
    n = len(model.staff)
    since, until = (np.full(n, at) for at in (model.warm_up_ends_at, model.measured_until))
    table = {
        "staff": np.arange(n),
        "office": np.array([member.office for member in model.staff], np.int64),
        "n_items": np.zeros(n, np.int64),
        "on_shift_time": shifts.open_between(np.arange(n), since, until),
        "busy_time": np.zeros(n, np.int64),
        "overtime": np.zeros(n, np.int64),
    }
    for part in parts:
        for name in ("n_items", "busy_time", "overtime"):
            table[name][part.staff["staff"]] = part.staff[name]
    return table


def _queues(model: Model, parts: list[PartTables]) -> tuple[Table, Ints]:
    shape = len(model.roles), len(model.offices)
    counts = {name: np.zeros(shape, np.int64) for name in list(records.QUEUES)[2:]}
    for part in parts:
        for name, whole in counts.items():
            whole[:, part.offices] = part.queues[name]
    n_waits = records.n_waits(counts)
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
