"""Turns what a scenario says of staff into roles: their level, order of work and ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sim.language import later, say
from sim.model import Help, Order, Role
from sim.scenario.faults import Faults
from sim.scenario.resolve.people.offices import Offices
from sim.scenario.resolve.times.timing import Timing
from sim.scenario.schema.sections import ScenarioSpec
from sim.scenario.schema.staff import HelpsSpec, StaffGroup
from sim.scenario.text.tree import Path
from sim.wording import both

_ORDERS: Final = {
    "first_come": Order.FIRST_COME,
    "earliest_due": Order.EARLIEST_DUE,
    "latest_come": Order.LATEST_COME,
}
_DIFFERS: Final = {
    "first": later("role '{role}' has another order of work in staff.{group}"),
    "looks_in": later("role '{role}' looks in at other times in staff.{group}"),
    "helps": later("role '{role}' helps in another way in staff.{group}"),
}


def roles_of(
    spec: ScenarioSpec, offices: Offices, timing: Timing, faults: Faults
) -> dict[str, Role]:
    """The roles that the staff hold, by name, in the order in which they are first written.

    A role stands on one level and has one discipline (S4) and one way of helping (B2); where some
    of its groups leave these to the default, those of the others count.
    """
    roles: dict[str, Role] = {}
    for name, group in spec.staff.items():
        path: Path = ("staff", name)
        if not faults.knows((*path, "office"), later("level"), group.office, spec.levels):
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
                    say(
                        "role '{role}' is on level {here} here and on level {there} elsewhere",
                        role=role_name,
                        here=group.office,
                        there=spec.levels[role.level],
                    ),
                    say("Give the role another name on one of the levels."),
                )
            roles[role_name] = role
    for role_name, first in _agreed(spec, "first", faults).items():
        if role_name in roles:
            roles[role_name] = replace(roles[role_name], order=_ORDERS[first])
    for role_name, helps in _agreed(spec, "helps", faults).items():
        if role_name in roles and helps is not None:
            where = _first_path(spec, role_name, "helps")
            how = _help(helps, roles[role_name], offices, timing, where, faults)
            roles[role_name] = replace(roles[role_name], help=how)
    for name, group in spec.staff.items():
        orders = {roles[role].order for role in roles_held(name, group) if role in roles}
        if len(orders) > 1:
            mixed = both(order.name.lower() for order in sorted(orders))
            faults.add(
                ("staff", name),
                say(
                    "its roles mix {mixed}, so one person would have two orders of work",
                    mixed=mixed,
                ),
                say("Give all these roles the same `first`."),
            )
    return roles


def looks_in_of(spec: ScenarioSpec, faults: Faults) -> dict[str, tuple[int, ...]]:
    """The times of day at which a role sees what has come (H1), where it does not at once."""
    found = _agreed(spec, "looks_in", faults)
    return {role: tuple(sorted(set(times))) for role, times in found.items() if times}


def roles_held(name: str, group: StaffGroup) -> tuple[str, ...]:
    """The roles that people of a group hold, each once: by default that of the group's name."""
    return tuple(dict.fromkeys(group.roles or (name,)))


def _agreed(spec: ScenarioSpec, field: str, faults: Faults) -> Mapping[str, Any]:
    """What the groups of each role say of a field; that they differ is a fault."""
    found: dict[str, tuple[str, Any]] = {}
    for name, group in spec.staff.items():
        if field not in group.model_fields_set:
            continue
        value = getattr(group, field)
        for role in roles_held(name, group):
            before, first = found.setdefault(role, (name, value))
            if value != first:
                faults.add(
                    ("staff", name, field),
                    say(_DIFFERS[field], role=role, group=before),
                    say("Give all people of a role the same `{field}`.", field=field),
                )
    return {role: value for role, (_, value) in found.items()}


def _first_path(spec: ScenarioSpec, role: str, field: str) -> Path:
    """Where a field that the groups of a role agree in stands first."""
    for name, group in spec.staff.items():
        if field in group.model_fields_set and role in roles_held(name, group):
            return ("staff", name, field)
    return ("staff",)


def _help(
    helps: HelpsSpec, role: Role, offices: Offices, timing: Timing, path: Path, faults: Faults
) -> Help | None:
    """The groups of offices that help each other: under one office above, or of one text (B2)."""
    level = offices.levels[role.level]
    here = offices.on(level)
    group_of = [-1] * len(offices.offices)
    where = (*path, "who")
    known = [*offices.levels, *offices.columns]
    if not faults.knows(where, later("level or column"), helps.who, known):
        return None
    if helps.who in offices.levels:
        above = offices.levels.index(helps.who)
        if above >= role.level:
            faults.add(
                where,
                say(
                    "level {above} is not above level {level}, on which role '{role}' is",
                    above=helps.who,
                    level=level,
                    role=role.name,
                ),
                say("Name a level above, or a column of the offices."),
            )
            return None
        for office in here.tolist():
            group_of[office] = int(offices.office_at[office, above])
    else:
        texts = offices.texts(helps.who, here, where, faults)
        number = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        for office, text in zip(here.tolist(), texts, strict=True):
            group_of[office] = number[text]
    after = timing.open_time(helps.after, timing.calendar_on(level))
    return Help(group_of=tuple(group_of), after=after)
