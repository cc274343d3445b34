"""Puts the offices of each part of a model, and their staff, behind its layout in memory."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sim.engines.fast.block import Block, Ints, ints, table
from sim.engines.fast.kernel import fields as f
from sim.engines.fast.layout import Layout, layout
from sim.engines.fast.parts import Part, parts
from sim.model import Model
from sim.units import NEVER


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Desks:
    """A part of a model in memory, before any case.

    Parameters
    ----------
    memory
        What the kernel reads, all staff idle.
    place_of
        Of each office of the model, NONE for one of another part.
    lines
        Where the queues of the offices of the part stand, of shape (roles, offices of the part);
        NONE where an office is not on the level of a role.
    staff, staff_at
        The members of staff of the part, and where they stand.
    """

    part: Part
    laid: Layout
    memory: Ints
    place_of: Ints
    lines: Ints
    staff: Ints
    staff_at: Ints


@lru_cache(maxsize=32)
def desks(model: Model) -> tuple[Desks, ...]:
    """Lay out every part of a model; the same object again costs nothing."""
    return tuple(_laid_out(model, layout(model), part) for part in parts(model))


def _laid_out(model: Model, laid: Layout, part: Part) -> Desks:
    """All that belongs to an office stands together, for it is used together."""
    block = Block(0)
    block.add(laid.memory)
    staff = np.flatnonzero(np.isin(laid.office_of, part.offices))
    staff_of: dict[int, list[int]] = {office: [] for office in part.offices.tolist()}
    for index in staff.tolist():
        staff_of[model.staff[index].office].append(index)
    place_of = np.full(len(model.offices), f.NONE, np.int64)
    staff_at = np.full(len(model.staff), f.NONE, np.int64)
    for office, members in staff_of.items():
        place_of[office] = _add_office(model, laid, block, office, members, staff_at)
    n_offices = len(part.offices)
    block.write(f.CHANGED, ints([block.reserve(f.N_ROW * n_offices), 0, n_offices]))
    memory = block.memory(0)
    return Desks(
        part=part,
        laid=laid,
        memory=memory,
        place_of=place_of,
        lines=_lines(model, laid, memory, place_of, part.offices),
        staff=staff,
        staff_at=staff_at[staff],
    )


def _lines(model: Model, laid: Layout, memory: Ints, place_of: Ints, offices: Ints) -> Ints:
    """Where the queues stand; no two of them have a wait of the same number."""
    level = ints(model.offices[office].level for office in offices.tolist())
    is_there = ints(role.level for role in model.roles)[:, np.newaxis] == level
    lines = memory[place_of[offices] + f.QUEUES] + f.N_LINE * laid.role_at[:, np.newaxis]
    first = (model.horizon + 1) * np.arange(lines.size).reshape(lines.shape)
    memory[lines[is_there] + f.WAITS_FROM] = first[is_there]
    return np.where(is_there, lines, f.NONE)


def _add_office(
    model: Model, laid: Layout, block: Block, index: int, staff: list[int], staff_at: Ints
) -> int:
    """An office, its queues, its teams and their members; return its place, and note theirs."""
    office = model.offices[index]
    roles = [r for r, role in enumerate(model.roles) if role.level == office.level]
    members: dict[tuple[tuple[int, ...], int], list[int]] = {}
    for i in staff:
        members.setdefault((model.staff[i].roles, model.staff[i].calendar), []).append(i)

    place = block.reserve(f.N_OFFICE)
    queues = block.reserve(len(roles) * f.N_LINE)
    teams = block.reserve(len(members) * f.N_TEAM)
    rows: list[tuple[int, ...]] = []
    for key in sorted(members):
        held, calendar = [laid.role_at[role] for role in key[0]], key[1]
        team = members[key]
        wanted = block.add(ints([queues + f.N_LINE * role for role in held]))
        people = block.reserve(len(team) * f.N_STAFF)
        staff_at[team] = people + f.N_STAFF * np.arange(len(team))
        idle = block.add(
            table(((i, 0, people + j * f.N_STAFF) for j, i in enumerate(team)), f.N_ROW)
        )
        mine = teams + f.N_TEAM * len(rows)
        counted = (0,) * (f.N_STAFF - f.N_TAKEN)
        block.write(
            people, table(((i, mine, place, laid.speeds + i, *counted) for i in team), f.N_STAFF)
        )
        bits = sum(1 << role for role in held)
        rows.append(
            (
                laid.calendars + calendar,
                bits,
                wanted,
                wanted + len(held),
                idle,
                len(team),
                len(team),
            )
        )
    block.write(teams, table(rows, f.N_TEAM))
    hours = laid.calendars + office.calendar
    last = teams + f.N_TEAM * len(rows)
    block.write(place, ints([index, hours, teams, last, queues, 0, len(staff), NEVER, 0]))
    return place
