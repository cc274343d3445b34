"""Tells studies of one stretch of time from those of a steady state.

A terminating study has a beginning and changes that are its own; its means are of these days.  In a
steady state nothing changes but by chance and season, and a warm-up brings a run into it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from sim.arrivals import AT_START
from sim.experiment.dated import DatedChange, dated_changes
from sim.model import Model
from sim.scenario import Scenario
from sim.units import DAY
from sim.workload import RoleLoad

Reason: TypeAlias = Literal["backlog", "log", "changes", "overload"]
"""It begins with cases under way, its filings are given one by one, something changes by date, or
work piles up without end."""

BEGINS_FULL = frozenset({"backlog", "log"})
"""Reasons for which a run begins with what there was, and has no start-up to wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Whether a study is terminating, and why; ``changes`` are those by date, in order."""

    reasons: tuple[Reason, ...]
    changes: tuple[DatedChange, ...]

    @property
    def is_terminating(self) -> bool:
        """Whether there is no steady state."""
        return bool(self.reasons)

    @property
    def begins_full(self) -> bool:
        """Whether the run begins with what there was, so that a warm-up has no meaning."""
        return not BEGINS_FULL.isdisjoint(self.reasons)

    @property
    def first_change(self) -> dt.date | None:
        """The day of the first change by date; None for none."""
        return self.changes[0].date if self.changes else None


def kind_of(scenario: Scenario, model: Model, overloads: Sequence[RoleLoad]) -> Kind:
    """The kind of a study of one cell, with its roles that have more work than can be done."""
    changes = dated_changes(scenario, -(-model.horizon // DAY))
    listed = model.case_list
    is_log = listed is not None and bool(np.any(listed.entry == AT_START))
    found: dict[Reason, bool] = {
        "backlog": scenario.spec.backlog is not None,
        "log": is_log,
        "changes": bool(changes),
        "overload": any(load.is_endless for load in overloads),
    }
    return Kind(reasons=tuple(reason for reason, is_so in found.items() if is_so), changes=changes)
