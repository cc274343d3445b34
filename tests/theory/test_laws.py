"""Laws that hold in every run of every shipped scenario, whatever the draws.

Each law is a function that lists its violations, so that a poisoned run can be shown to break it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.engines import run
from sim.engines.protocol import prepare
from sim.model import Activity, Model, Outcome
from sim.records import LEDGER, NOT_YET, Run
from sim.scenario import load, resolve

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SHIPPED = ("first.yaml", "birth.yaml", "death.yaml")
"""The others are these on another place; a province or a nation is too much for each commit."""

SHORT = {"period.warm_up": "1 week", "period.length": "3 weeks", "period.run_out": "3 weeks"}


@pytest.fixture(scope="module", params=SHIPPED)
def model(request: pytest.FixtureRequest) -> Model:
    return resolve(load(SCENARIOS / request.param, settings=SHORT))


@pytest.fixture(scope="module")
def outcome(model: Model) -> Run:
    return run(model, seed=3, replication=0)


def done(items: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    finished = items["ended_at"] != NOT_YET
    return {name: column[finished] for name, column in items.items()}


def flow_is_kept(model: Model, run_: Run) -> list[str]:
    """Cases in = cases out + cases inside, and each of them once."""
    cases = run_.cases
    inside = cases["ended_at"] == NOT_YET
    faults = []
    n_in = len(prepare(model, seed=run_.seed, replication=run_.replication).cases)
    if n_in != len(cases["case"]) or len(np.unique(cases["case"])) != n_in:
        faults.append(f"{n_in} cases came, {len(cases['case'])} are recorded")
    if ((cases["outcome"] == Outcome.OPEN) != inside).any():
        faults.append("a case without an end has an outcome, or the other way round")
    return faults


def ledger_balances(model: Model, run_: Run) -> list[str]:
    """The parts of the time ledger add up to the sojourn time, to the microsecond (K2)."""
    cases = run_.cases
    ended = cases["ended_at"] != NOT_YET
    parts = np.sum([cases[name] for name in LEDGER], axis=0)
    off = (parts - (cases["ended_at"] - cases["arrives_at"]))[ended]
    negative = np.min([cases[name].min(initial=0) for name in LEDGER])
    return [f"{np.count_nonzero(off)} cases off, least part {negative}"] * bool(
        off.any() or negative < 0
    )


def nobody_works_in_closed_hours(model: Model, run_: Run) -> list[str]:
    """Items begin on shift, end on shift or at closing, and with pause (T3) also progress there."""
    items = done(run_.work_items)
    faults = []
    for index, calendar in enumerate(model.calendars):
        members = [i for i, member in enumerate(model.staff) if member.calendar == index]
        mine = np.isin(items["staff"], members)
        started, ended = items["started_at"][mine], items["ended_at"][mine]
        begun = calendar.open_until(started + 1) - calendar.open_until(started)
        if (begun != 1).any():
            faults.append(f"{np.count_nonzero(begun != 1)} items begun off shift")
        pauses = np.array(
            [
                not model.elements[a].finish
                for a in items["activity"][mine]  # type: ignore[attr-defined]
            ],
            bool,
        )
        at_work = calendar.open_until(ended) - calendar.open_until(ended - 1)
        bad = pauses & (ended > started) & (at_work != 1)
        if bad.any():
            faults.append(f"{np.count_nonzero(bad)} items ended off shift")
    return faults


def nobody_works_on_two_items(model: Model, run_: Run) -> list[str]:
    """The items of one member of staff never overlap (S6)."""
    items = run_.work_items
    begun = items["started_at"] != NOT_YET
    staff, started = items["staff"][begun], items["started_at"][begun]
    ended = np.where(items["ended_at"][begun] == NOT_YET, model.horizon, items["ended_at"][begun])
    order = np.lexsort((ended, started, staff))
    staff, started, ended = staff[order], started[order], ended[order]
    overlap = (staff[1:] == staff[:-1]) & (started[1:] < ended[:-1])
    return [f"{np.count_nonzero(overlap)} overlaps"] * bool(overlap.any())


def capacity_is_kept(model: Model, run_: Run) -> list[str]:
    """At no instant are more items in hand at an office than it has people who may do them."""
    items = run_.work_items
    begun = items["started_at"] != NOT_YET
    faults = []
    ended = np.where(items["ended_at"] == NOT_YET, model.horizon, items["ended_at"])
    keys = np.unique(np.stack((items["office"][begun], items["role"][begun])), axis=1)
    for office, role in keys.T:
        mine = begun & (items["office"] == office) & (items["role"] == role)
        changes = np.concatenate((items["started_at"][mine], ended[mine]))
        steps = np.concatenate((np.ones(mine.sum()), -np.ones(mine.sum())))
        order = np.lexsort((steps, changes))  # an end comes before a start at one instant
        people = sum(member.office == office and role in member.roles for member in model.staff)
        if np.cumsum(steps[order]).max() > people:
            faults.append(f"{model.offices[office].name}: {model.roles[role].name}")
    return faults


def work_goes_to_its_office_and_role(model: Model, run_: Run) -> list[str]:
    """An item is done at the case's office on the role's level, by one who holds the role (S1)."""
    items = done(run_.work_items)
    home = run_.cases["home"][items["case"]]
    level = np.array([role.level for role in model.roles])[items["role"]]
    faults = []
    if (model.office_at[home, level] != items["office"]).any():
        faults.append("an item at another office")
    roles = np.array(
        [element.role if isinstance(element, Activity) else -1 for element in model.elements]
    )
    if (roles[items["activity"]] != items["role"]).any():
        faults.append("an item asks for another role")
    for member, role in np.unique(np.stack((items["staff"], items["role"])), axis=1).T:
        if role not in model.staff[member].roles:
            faults.append(f"{model.staff[member].name} does not hold {model.roles[role].name}")
    return faults


Law = Callable[[Model, Run], list[str]]


def poison(run_: Run, table: str, column: str, row: int, change: int) -> Run:
    """The same run with one number changed."""
    spoilt = {name: values.copy() for name, values in getattr(run_, table).items()}
    spoilt[column][row] += change
    return replace(run_, **{table: spoilt})


def a_row(run_: Run) -> int:
    """A work item in the middle of the run that took its time."""
    items = run_.work_items
    long = np.flatnonzero(
        (items["ended_at"] != NOT_YET) & (items["ended_at"] - items["started_at"] > 1_000_000)
    )
    return int(long[len(long) // 2])


HOUR = 3_600_000_000
LAWS: dict[str, tuple[Law, Callable[[Run], Run]]] = {
    "flow": (flow_is_kept, lambda r: poison(r, "cases", "case", 0, 1)),
    "ledger": (
        ledger_balances,
        lambda r: poison(
            r, "cases", "queue_time", int(np.flatnonzero(r.cases["outcome"] == 1)[0]), 1
        ),
    ),
    "closed hours": (
        nobody_works_in_closed_hours,
        lambda r: poison(r, "work_items", "started_at", a_row(r), -12 * HOUR),
    ),
    "two items": (
        nobody_works_on_two_items,
        lambda r: poison(r, "work_items", "ended_at", a_row(r), 24 * 14 * HOUR),
    ),
    "capacity": (capacity_is_kept, lambda r: replace(r, work_items=_all_at_once(r))),
    "office and role": (
        work_goes_to_its_office_and_role,
        lambda r: poison(r, "work_items", "office", a_row(r), 1),
    ),
}


def _all_at_once(run_: Run) -> dict[str, np.ndarray]:
    items = {name: values.copy() for name, values in run_.work_items.items()}
    begun = items["started_at"] != NOT_YET
    items["started_at"][begun] = 0
    items["ended_at"][begun] = HOUR
    return items


@pytest.mark.parametrize("law", LAWS)
def test_a_law_holds_in_every_shipped_scenario_and_a_poisoned_run_breaks_it(
    law: str, model: Model, outcome: Run
) -> None:
    violations, spoil = LAWS[law]
    assert len(outcome.work_items["case"]) > 100
    assert violations(model, outcome) == []
    assert violations(model, spoil(outcome)) != []
