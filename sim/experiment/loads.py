"""Refuses work that nobody does and, unless a scenario allows it, more work than can be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, floor, inf
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
    """The roles with more work than can be done: over all their offices, or else at some."""
    loads = [each for each in offered_load(model) if each.is_too_much]
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
        if not load.is_too_much or load.load == inf or role in named:
            continue
        sharing = (role, *load.shared_with)
        named.update(sharing)
        offered = sum(in_all[each].offered for each in sharing)
        people = offered / load.load
        who = f"{' and '.join(sharing)} together: " if len(sharing) > 1 else ""
        noun = "person" if f"{people:.4g}" == "1" else "people"
        verb = "equals" if load.is_full else "exceeds"
        what_follows = (
            "the queue grows without end"
            if load.is_endless
            else "the log is more work than fits into the run"
        )
        enough = _enough(offered, sharing, model, is_endless=load.is_endless)
        longer = "" if load.is_endless else "a longer period.run_out, "
        yield scenario.fault(
            ("staff", _group_of(role, scenario)),
            f"{who}offered load {offered:.4g} {verb} {people:.4g} {noun}; {what_follows}",
            f"Give {enough} people in all, {longer}or set overload: allowed.",
        )


def _enough(offered: float, roles: Sequence[str], model: Model, *, is_endless: bool) -> str:
    """The fewest people who can do it, in the parts in which people of the roles are given."""
    wanted = {number for number, role in enumerate(model.roles) if role.name in roles}
    is_part_time = any(
        each.full_time >= 0 for each in model.staff if not wanted.isdisjoint(each.roles)
    )
    parts = _PARTS if is_part_time else 1
    # By chance there must be time to spare; a log may take all there is.
    fewest = floor(offered * parts) + 1 if is_endless else ceil(offered * parts)
    return f"{fewest / parts:.4g}"


def _group_of(role: str, scenario: Scenario) -> str:
    staff = scenario.spec.staff
    groups = [name for name, group in staff.items() if role in roles_held(name, group)]
    return role if role in groups or not groups else groups[0]
