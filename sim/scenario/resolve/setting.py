"""Lays the ground that the bundles of a model stand on: time, places, people and systems.

The cells of a study differ in a few values.  Those that say the same of the ground share it.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final

from sim.legal import WorkingDays
from sim.model import Role, Staff
from sim.outages import System
from sim.scenario.faults import Faults
from sim.scenario.resolve.offices import Offices, offices_of
from sim.scenario.resolve.period import Range, range_of
from sim.scenario.resolve.staff import roles_of, staff_of
from sim.scenario.resolve.timing import Timing
from sim.scenario.text.tree import Path

_SECTIONS: Final[tuple[Path, ...]] = (
    ("period",),
    ("calendars",),
    ("timetables",),
    ("legal_clock",),
    ("levels",),
    ("offices",),
    ("calendar_of",),
    ("staff",),
    ("systems",),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a model has before its first flow.

    ``timing`` holds the calendars that offices and staff need.  ``sound`` are flows that were
    found to have no fault on this ground, by all that else they come from.
    """

    time: Range
    timing: Timing
    working_days: WorkingDays
    offices: Offices
    roles: dict[str, Role]
    staff: tuple[Staff, ...]
    systems: tuple[System, ...]
    sound: set[Hashable] = field(default_factory=set)


Grounds = dict[str, Ground]
"""The grounds of scenarios that come from one file, by what is written of them."""


def ground_of(faults: Faults, grounds: Grounds) -> Ground:
    """The ground of a scenario: one of those that are there, or a new one, which is added.

    One with a fault is not added, since each scenario tells its faults with their places.
    """
    written = faults.scenario.written(*_SECTIONS)
    ground = grounds.get(written)
    if ground is None:
        n_faults = len(faults.found)
        ground = _laid(faults)
        if len(faults.found) == n_faults:
            grounds[written] = ground
    return ground


def _laid(faults: Faults) -> Ground:
    spec = faults.scenario.spec
    time = range_of(spec, faults)
    timing = Timing(time=time, spec=spec, faults=faults)
    timing.read()
    offices = offices_of(spec, timing, faults)
    roles = roles_of(spec, faults)
    return Ground(
        time=time,
        timing=timing,
        working_days=timing.legal(),
        offices=offices,
        roles=roles,
        staff=staff_of(spec, offices, roles, timing, faults),
        systems=timing.systems(),
    )
