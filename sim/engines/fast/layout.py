"""Lays a model out in the kernel's memory, see :mod:`sim.engines.fast.kernel.fields`.

It is done once for a model; :mod:`sim.engines.fast.desks` adds the offices of each part, and
:mod:`sim.engines.fast.packing` the cases of each replication.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.engines.fast.block import Ints, ints, table
from sim.engines.fast.kernel import fields as f
from sim.engines.fast.rules import BatchLine, Rules
from sim.model import (
    BUNDLE,
    Activity,
    ClockStart,
    Fork,
    Model,
)
from sim.model.graph import reachable

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """What every part of a model has in memory: its rules, before any office or case.

    Parameters
    ----------
    memory, floats
        What the kernel reads.
    entries, receipts
        Places of each element, and of the receipts of each flow.
    calendars
        Where the calendars begin.
    speeds
        By member of staff, the fields of the speed.
    role_at
        By role, its place among those of its level.
    batch_lines
        Those that offices have behind the lines of their roles (H2).
    office_of, calendar_of
        By member of staff, the office, and the calendar: one of the model, or one that each
        replication draws, whose place is kept.
    up_systems, ups_from
        The sets of systems that something needs, and where the calendars of their common up times
        will stand.
    exit_width
        Words of the row of a case that has ended.
    most_in_hand
        Items that a person can have in hand.
    n_branches
        Branches of the widest fork.
    most_clocks
        Of a case.
    most_items, most_visited, first_visited
        By flow: how many activities a case of it can meet, and which of the elements that may be
        visited again, from the first on.
    dossiers, roles
        By element, of activities.
    """

    memory: Ints
    floats: Floats
    entries: Ints
    receipts: Ints
    calendars: int
    speeds: Sequence[Mapping[int, int]]
    role_at: Ints
    batch_lines: tuple[BatchLine, ...]
    office_of: Ints
    calendar_of: tuple[int, ...]
    up_systems: tuple[tuple[int, ...], ...]
    ups_from: int
    exit_width: int
    most_in_hand: int
    n_branches: int
    most_items: Ints
    most_clocks: int
    most_visited: Ints
    first_visited: Ints
    dossiers: Ints
    roles: Ints


@lru_cache(maxsize=32)
def layout(model: Model) -> Layout:
    """Lay out the rules of a model; the same object again costs nothing."""
    rules = Rules(model)
    rules.add_head()
    receipts = rules.add_receipts()
    rows = [rules.element(at, element) for at, element in enumerate(model.elements)]
    rules.block.write(rules.elements, table(f.N_ELEMENT, rows))
    found = [reachable(model.elements, flow.start) for flow in model.flows]
    slots = [[rules.slots[at] for at in found_ if at in rules.slots] for found_ in found]
    elements = [[model.elements[at] for at in found_] for found_ in found]
    speeds = [
        rules.changing(member.speed, f.SPEED, f.SPEEDS_FROM, f.SPEEDS_TO) for member in model.staff
    ]
    return Layout(
        memory=rules.block.memory(0),
        floats=np.array([*rules.floats, 0.0], np.float64),
        entries=rules.elements + f.N_ELEMENT * np.arange(len(model.elements)),
        receipts=receipts,
        calendars=rules.calendars,
        speeds=speeds,
        role_at=rules.role_at,
        batch_lines=rules.batch_lines,
        office_of=ints([member.office for member in model.staff]),
        calendar_of=rules.calendar_of,
        up_systems=rules.up_systems,
        ups_from=rules.ups_from,
        exit_width=rules.exit_width,
        most_in_hand=max(
            (e.batch.size for e in model.elements if isinstance(e, Activity) and e.batch),
            default=1,
        ),
        n_branches=max((len(e.branches) for e in model.elements if isinstance(e, Fork)), default=0),
        most_items=ints([sum(isinstance(e, Activity) for e in some) for some in elements]),
        # One for each dossier, and if there is any, one for the bundle.
        most_clocks=max(
            (
                len({e.procedure for e in some if isinstance(e, ClockStart)} | {BUNDLE})
                for some in elements
                if any(isinstance(e, ClockStart) for e in some)
            ),
            default=0,
        ),
        most_visited=ints([max(some) - min(some) + 1 if some else 0 for some in slots]),
        first_visited=ints([min(some, default=0) for some in slots]),
        dossiers=ints([e.dossier if isinstance(e, Activity) else 0 for e in model.elements]),
        roles=ints([e.role if isinstance(e, Activity) else 0 for e in model.elements]),
    )
