"""The setting of a model, which its bundles have alike: time, places, people and systems.

The cells of a study differ in a few values.  Those that say the same of the setting share it.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from sim.absences import Absence
from sim.legal import WorkingDays
from sim.model import Role, Staff
from sim.outages import System
from sim.scenario.faults import Faults
from sim.scenario.resolve.people.offices import Offices, offices_of
from sim.scenario.resolve.people.roles import looks_in_of, roles_of
from sim.scenario.resolve.people.staff import staff_of
from sim.scenario.resolve.times.period import Range, range_of
from sim.scenario.resolve.times.systems import systems_of
from sim.scenario.resolve.times.timing import Timing
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
_TIMES: Final[tuple[Path, ...]] = (*_SECTIONS[:5], ("calendar_of",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a model has before its first flow.

    ``timing`` holds the calendars that offices and staff need; ``looks_in`` the times of day at
    which a role sees what has come (H1).  ``for_flows`` and
    ``for_demands`` are all of it that flows and demands come from.
    """

    time: Range
    timing: Timing
    working_days: WorkingDays
    offices: Offices
    roles: dict[str, Role]
    looks_in: dict[str, tuple[int, ...]]
    staff: tuple[Staff, ...]
    absences: tuple[Absence, ...]
    systems: tuple[System, ...]
    for_flows: Hashable
    for_demands: Hashable


def setting_of(faults: Faults, known: dict[str, Setting]) -> Setting:
    """The setting of a scenario: one of those that are there, or a new one, which is added.

    One with a fault is not added, since each scenario tells its faults with their places.
    """
    text = faults.scenario.text_at(*_SECTIONS)
    setting = known.get(text)
    if setting is None:
        n_faults = len(faults.found)
        setting = _new(faults)
        if len(faults.found) == n_faults:
            known[text] = setting
    return setting


def _new(faults: Faults) -> Setting:
    spec = faults.scenario.spec
    time = range_of(spec, faults)
    timing = Timing(time=time, spec=spec, faults=faults)
    timing.read()
    offices = offices_of(spec, timing, faults)
    roles = roles_of(spec, offices, timing, faults)
    staff, absences = staff_of(spec, offices, roles, timing, faults)
    looks_in = looks_in_of(spec, faults)
    return Setting(
        time=time,
        timing=timing,
        working_days=timing.legal(),
        offices=offices,
        roles=roles,
        looks_in=looks_in,
        staff=staff,
        absences=absences,
        systems=systems_of(spec, timing, faults),
        for_demands=faults.scenario.text_at(*_TIMES, ("offices",)),
        for_flows=(
            faults.scenario.text_at(*_TIMES),
            tuple((name, role.level) for name, role in roles.items()),
            tuple(looks_in.items()),
            tuple(spec.systems),
        ),
    )
