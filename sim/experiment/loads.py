"""Refuses work that nobody does and, unless a scenario allows it, work that grows without end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor, inf
from typing import Final

from sim.errors import Fault
from sim.model import Model
from sim.scenario import Scenario
from sim.scenario.resolve.people.roles import roles_held
from sim.wording import some
from sim.workload import RoleLoad, offered_load

_PARTS: Final = 20
"""Part-time people are advised in twentieths of a person."""


def load_faults(scenario: Scenario, model: Model) -> tuple[Fault, ...]:
    """The roles of a scenario that cannot do their work, over all offices of their level."""
    loads = offered_load(model, every_office=False)
    faults = list(_unmanned(scenario, loads))
    if scenario.spec.overload == "refused":
        faults.extend(_overloads(scenario, model, loads))
    return tuple(faults)


def overloaded(model: Model) -> tuple[RoleLoad, ...]:
    """The roles whose work grows without end: over all their offices, or else at some of them."""
    loads = [each for each in offered_load(model) if each.load >= 1]
    whole = {each.role for each in loads if each.office is None}
    return tuple(each for each in loads if each.office is None or each.role not in whole)


def _unmanned(scenario: Scenario, loads: tuple[RoleLoad, ...]) -> Iterator[Fault]:
    without: dict[str, list[str]] = {}
    for each in loads:
        if each.office is not None and each.load == inf:
            without.setdefault(each.role, []).append(each.office)
    for role, offices in without.items():
        yield scenario.fault(
            ("staff", _group_of(role, scenario)),
            f"nobody at {some(offices)} has the role '{role}', and its work would wait for ever",
            "Give each of these offices somebody with the role.",
        )


def _overloads(scenario: Scenario, model: Model, loads: tuple[RoleLoad, ...]) -> Iterator[Fault]:
    in_all = {each.role: each for each in loads if each.office is None}
    named: set[str] = set()
    for role, load in in_all.items():
        if load.load < 1 or load.load == inf or role in named:
            continue
        sharing = (role, *load.shared_with)
        named.update(sharing)
        offered = sum(in_all[each].offered for each in sharing)
        people = offered / load.load
        who = f"{' and '.join(sharing)} together: " if len(sharing) > 1 else ""
        noun = "person" if f"{people:.4g}" == "1" else "people"
        verb = "exceeds" if load.load > 1 else "equals"
        yield scenario.fault(
            ("staff", _group_of(role, scenario)),
            f"{who}offered load {offered:.4g} {verb} {people:.4g} {noun}; "
            "the queue grows without end",
            f"Give {_enough(offered, sharing, model)} people in all, or set overload: allowed.",
        )


def _enough(offered: float, roles: Sequence[str], model: Model) -> str:
    """The fewest people who keep up, in the parts in which people of the roles are given."""
    wanted = {number for number, role in enumerate(model.roles) if role.name in roles}
    is_part_time = any(
        each.full_time >= 0 for each in model.staff if not wanted.isdisjoint(each.roles)
    )
    parts = _PARTS if is_part_time else 1
    return f"{(floor(offered * parts) + 1) / parts:.4g}"


def _group_of(role: str, scenario: Scenario) -> str:
    staff = scenario.spec.staff
    groups = [name for name, group in staff.items() if role in roles_held(name, group)]
    return role if role in groups or not groups else groups[0]
