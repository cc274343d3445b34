"""How long a backlog takes to clear: until its last case ends, and until its queue is empty.

The two differ: where the first to come is the first to be served, what comes meanwhile stands
behind the backlog and waits on when the last case of it has ended.  Both are counted from the
start of the run, whatever the measured window.  A backlog that is not cleared by the end of the
run has no value.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.arrivals import AT_START
from sim.kpis.registry import kpi
from sim.kpis.window import Window
from sim.model import Model, Outcome
from sim.records import NOT_YET, Table
from sim.units import DAY


def is_of_backlog(model: Model, case: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which cases, by their numbers, were under way at the start.

    Cases of a backlog come at instant 0, so they have the first numbers, in the order in which
    the model lists them.
    """
    listed = model.case_list
    if listed is None:
        return np.zeros(len(case), np.bool_)
    at_zero = np.flatnonzero(listed.arrives_at == 0)
    under_way = np.append(listed.entry[at_zero] != AT_START, False)
    return np.asarray(under_way[np.minimum(case, len(at_zero))], np.bool_)


@kpi(
    name="backlog_days",
    unit="d",
    label="Calendar days until the last case of the backlog has ended",
    equation="latest ended_at of the cases of the backlog / 1 d, where all of them have ended",
    better="lower",
)
def backlog_days(window: Window) -> Iterator[tuple[str, float]]:
    """Days from the start of the run to the end of the last case that was under way then."""
    cases, model = window.run.cases, window.model
    is_old = is_of_backlog(model, cases["case"])
    for b in window.bundles if is_old.any() else ():
        name = model.bundles[b].name
        mine = is_old & (cases["bundle"] == b)
        parts = {name: mine}
        for c, channel in enumerate(model.channels):
            parts[f"{name}/{channel}"] = mine & (cases["channel"] == c)
        for group, is_in in parts.items():
            if is_in.any() and (cases["outcome"][is_in] != Outcome.OPEN).all():
                yield group, int(cases["ended_at"][is_in].max()) / DAY


@kpi(
    name="backlog_queue_days",
    unit="d",
    label="Calendar days until nothing waits any more where the backlog waited",
    equation=(
        "latest, over the offices of the role at which cases of the backlog have their first work "
        "item, of the first instant from ready_at of these items on at which no work item of the "
        "role has ready_at <= t < started_at there / 1 d; where work items are kept"
    ),
    better="lower",
)
def backlog_queue_days(window: Window) -> Iterator[tuple[str, float]]:
    """Days from the start of the run until the queue that the backlog stood in is first empty.

    Work items are kept where the state over time, or their table, is asked for.
    """
    model, items = window.model, window.run.work_items
    if model.case_list is None or not len(items["case"]):
        return
    # Items come by the instant at which they were ready: the first of a case is its first.
    case, first = np.unique(items["case"], return_index=True)
    first = first[is_of_backlog(model, case)]
    queue = items["role"] * len(model.offices) + items["office"]
    cleared: dict[int, list[float]] = {}
    for each in np.unique(queue[first]).tolist():
        since = int(items["ready_at"][first[queue[first] == each]].min())
        empty_at = _first_empty(items, np.flatnonzero(queue == each), since)
        cleared.setdefault(each // len(model.offices), []).append(empty_at)
    for r, role in enumerate(model.roles):
        if r in cleared and (latest := max(cleared[r])) < np.inf:
            yield role.name, latest / DAY


def _first_empty(items: Table, rows: NDArray[np.int64], since: int) -> float:
    """The first instant from ``since`` on at which nothing waits; infinite if there is none."""
    ready_at, started_at = items["ready_at"][rows], items["started_at"][rows]
    begun = started_at != NOT_YET
    at, place = np.unique(np.concatenate((ready_at, started_at[begun])), return_inverse=True)
    change = np.concatenate((np.ones(len(rows)), np.full(np.count_nonzero(begun), -1)))
    waiting = np.cumsum(np.rint(np.bincount(place, change, minlength=len(at))).astype(np.int64))
    empty = np.flatnonzero((waiting == 0) & (at >= since))
    return float(at[empty[0]]) if len(empty) else np.inf
