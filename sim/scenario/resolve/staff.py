"""Turns what a scenario says of its staff into roles and members of staff."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import gcd
from typing import Final

import numpy as np

from sim.calendars import Calendar, share_of
from sim.model import Order, Role, Staff
from sim.scenario.faults import Faults
from sim.scenario.resolve.offices import Offices
from sim.scenario.resolve.timing import Timing
from sim.scenario.schema.sections import ScenarioSpec, StaffGroup
from sim.scenario.text.tree import Path

_WHOLE: Final = 100
"""A fraction of a person is rounded to a hundredth (S8)."""


def roles_of(spec: ScenarioSpec, faults: Faults) -> dict[str, Role]:
    """The roles that the staff hold, by name, in the order in which they are first written.

    A role stands on one level and has one discipline (S4); where some of its groups leave the
    discipline to the default, that of the others counts.
    """
    roles: dict[str, Role] = {}
    orders_of: dict[str, tuple[str, bool]] = {}
    for name, group in spec.staff.items():
        path: Path = ("staff", name)
        if not faults.knows((*path, "office"), "level", group.office, spec.levels):
            continue
        level = spec.levels.index(group.office)
        for role_name in roles_held(name, group):
            role = roles.get(role_name)
            if role is None:
                own = spec.staff.get(role_name)
                label = own.label if own is not None and own.label else role_name
                role = Role(name=role_name, label=label, level=level, order=Order.FIRST_COME)
            elif role.level != level:
                faults.add(
                    (*path, "office"),
                    f"role '{role_name}' is on level {group.office} here and on level "
                    f"{spec.levels[role.level]} elsewhere",
                    "Give the role another name on one of the levels.",
                )
            if "first" in group.model_fields_set:
                due_first = group.first == "earliest_due"
                before, is_due_first = orders_of.setdefault(role_name, (name, due_first))
                if is_due_first != due_first:
                    faults.add(
                        (*path, "first"),
                        f"role '{role_name}' has another order of work in staff.{before}",
                        "Give all people of a role the same `first`.",
                    )
                order = Order.EARLIEST_DUE if is_due_first else Order.FIRST_COME
                role = replace(role, order=order)
            roles[role_name] = role
    for name, group in spec.staff.items():
        orders = {roles[role].order for role in roles_held(name, group) if role in roles}
        if len(orders) > 1:
            faults.add(
                ("staff", name),
                "its roles mix first_come and earliest_due, so one person would have two orders "
                "of work",
                "Give all these roles the same `first`.",
            )
    return roles


def roles_held(name: str, group: StaffGroup) -> tuple[str, ...]:
    """The roles that people of a group hold, each once: by default that of the group's name."""
    return tuple(dict.fromkeys(group.roles or (name,)))


def staff_of(
    spec: ScenarioSpec,
    offices: Offices,
    roles: Iterable[str],
    timing: Timing,
    faults: Faults,
) -> tuple[Staff, ...]:
    """Every member of staff: office by office, in the order of the groups."""
    number_of = {role: place for place, role in enumerate(roles)}
    by_office: list[list[Staff]] = [[] for _ in offices.offices]
    shifts: dict[tuple[int, int, int, int], int] = {}
    for name, group in spec.staff.items():
        path: Path = ("staff", name)
        own = None
        if group.calendar is not None:
            own = timing.index(timing.calendar(group.calendar, (*path, "calendar")))
        if group.office not in offices.levels:
            continue
        homes = offices.on(group.office)
        people = np.full(len(homes), group.people.times)
        if group.people.column is not None:
            where = (*path, "people", "column")
            people *= offices.numbers(group.people.column, homes, where, faults)
        if people.max(initial=0.0) > 1e6:
            faults.add((*path, "people"), "more than a million people in one office", "")
            continue
        calendars = {own} if own is not None else {offices.offices[h].calendar for h in homes}
        if np.any(np.rint(people * _WHOLE) % _WHOLE) and any(
            len(timing.calendars[calendar].opens) < _WHOLE for calendar in calendars
        ):
            faults.add(
                (*path, "people"),
                "a fraction of a person needs a calendar with half-days to be on duty on",
                "Give whole people, or a calendar with hours.",
            )
            continue
        numbers = tuple(number_of[role] for role in roles_held(name, group) if role in number_of)
        for home, hundredths in zip(homes.tolist(), np.rint(people * _WHOLE).tolist(), strict=True):
            full, part = divmod(int(hundredths), _WHOLE)
            office = offices.offices[home]
            calendar = office.calendar if own is None else own
            on_duty = [calendar] * full
            if part:
                on_duty.append(_part_time(calendar, part, home, shifts, timing))
            by_office[home].extend(
                Staff(
                    name=f"{office.name}/{name}/{number}",
                    office=home,
                    roles=numbers,
                    calendar=shift,
                    speed=group.speed,
                    full_time=-1 if shift == calendar else calendar,
                )
                for number, shift in enumerate(on_duty, start=1)
            )
    return tuple(person for people_there in by_office for person in people_there)


def _part_time(
    calendar: int,
    part: int,
    home: int,
    shifts: dict[tuple[int, int, int, int], int],
    timing: Timing,
) -> int:
    """The calendar of a last person who is on duty ``part`` hundredths of the half-days (S8)."""
    common = gcd(part, _WHOLE)
    numerator, denominator = part // common, _WHOLE // common
    offset = home % denominator
    key = (calendar, numerator, denominator, offset)
    if key not in shifts:
        whole: Calendar = timing.calendars[calendar]
        name = f"{whole.name} {part} % +{offset}"
        shifts[key] = timing.index(share_of(whole, numerator, denominator, offset, name))
    return shifts[key]
