"""Puts the offices of each part of a model, and their staff, behind its layout in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sim.engines.fast.block import Block, Ints, ints, row, table
from sim.engines.fast.kernel import fields as f
from sim.engines.fast.layout import Layout, layout
from sim.engines.fast.parts import Part, connected, helps, parts
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
        Where the lines of the offices of the part stand, of shape (roles and behind them the lines
        for batches, offices of the part); NONE where an office is not on the level of a role.
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
    help_at = _helps(model, block)
    staff = np.flatnonzero(np.isin(laid.office_of, part.offices))
    staff_of: dict[int, list[int]] = {office: [] for office in part.offices.tolist()}
    for index in staff.tolist():
        staff_of[model.staff[index].office].append(index)
    place_of = np.full(len(model.offices), f.NONE, np.int64)
    staff_at = np.full(len(model.staff), f.NONE, np.int64)
    for office, members in staff_of.items():
        place_of[office] = _add_office(model, laid, block, help_at, office, members, staff_at)
    _add_groups(model, block, part.offices, place_of)
    n_offices = len(part.offices)
    changed = {f.QUEUE_FROM: block.reserve(f.N_ROW * n_offices), f.ROOM: n_offices}
    block.write(f.CHANGED, row(f.N_QUEUE, changed))
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


def _helps(model: Model, block: Block) -> dict[tuple[int, int], int]:
    """By role and office: where it stands after how long others help there (B2)."""
    found: dict[tuple[int, int], int] = {}
    helped = [index for index, role in enumerate(model.roles) if role.help is not None]
    for role, (offices, firsts) in zip(helped, helps(model), strict=True):
        help_ = model.roles[role].help
        for first in np.unique(firsts):
            mine = offices[firsts == first].tolist()
            if len(mine) > 1 and help_ is not None:
                found |= dict.fromkeys(((role, i) for i in mine), block.add(ints([help_.after])))
    return found


def _add_groups(model: Model, block: Block, offices: Ints, place_of: Ints) -> None:
    """The offices of a part that help each other, directly or by others (B2)."""
    first_of = connected(len(model.offices), helps(model))[offices]
    firsts, sizes = np.unique(first_of, return_counts=True)
    groups = [place_of[offices[first_of == first]] for first in firsts[sizes > 1]]
    for members in groups:
        first = block.add(members)
        place = block.add(
            row(f.N_GROUP, {f.MEMBERS_FROM: first, f.MEMBERS_TO: first + len(members)})
        )
        for office in members.tolist():
            block.write(office + f.GROUP, ints([place]))
    queue = {f.QUEUE_FROM: block.reserve(f.N_ROW * len(groups)), f.ROOM: len(groups)}
    block.write(f.HELPING, row(f.N_QUEUE, queue))


def _lines(model: Model, laid: Layout, memory: Ints, place_of: Ints, offices: Ints) -> Ints:
    """Where the lines stand; no two queues have a wait of the same number."""
    level = ints(model.offices[office].level for office in offices.tolist())
    is_there = ints(role.level for role in model.roles)[:, np.newaxis] == level
    at_office = memory[place_of[offices] + f.QUEUES]
    lines = at_office + f.N_LINE * laid.role_at[:, np.newaxis]
    first = (model.horizon + 1) * np.arange(lines.size).reshape(lines.shape)
    memory[lines[is_there] + f.WAITS_FROM] = first[is_there]
    found = [np.where(is_there, lines, f.NONE)]
    for line in laid.batch_lines:
        places, mine = at_office + f.N_LINE * line.at, is_there[line.role]
        memory[places[mine] + f.WAITS_FROM] = first[line.role][mine]
        found.append(np.where(mine, places, f.NONE)[np.newaxis])
    return np.concatenate(found)


def _add_office(
    model: Model,
    laid: Layout,
    block: Block,
    help_at: Mapping[tuple[int, int], int],
    index: int,
    staff: list[int],
    staff_at: Ints,
) -> int:
    """An office, its queues, its teams and their members; return its place, and note theirs."""
    office = model.offices[index]
    roles = [r for r, role in enumerate(model.roles) if role.level == office.level]
    members: dict[tuple[tuple[int, ...], int], list[int]] = {}
    for i in staff:
        members.setdefault((model.staff[i].roles, laid.calendar_of[i]), []).append(i)

    place = block.reserve(f.N_OFFICE)
    batches = [line for line in laid.batch_lines if line.role in roles]
    lines = [{f.BATCH: f.NONE, f.HELP: help_at.get((role, index), f.NONE)} for role in roles]
    lines += [
        {
            f.BATCH: line.batch,
            f.IS_SHUT: True,
            f.HELP: help_at.get((line.role, index), f.NONE),
        }
        for line in batches
    ]
    queues = block.add(table(f.N_LINE, lines))
    teams = block.reserve(len(members) * f.N_TEAM)
    rows: list[dict[int, int]] = []
    for key in sorted(members):
        held, calendar = [laid.role_at[role] for role in key[0]], key[1]
        held += [line.at for line in batches if line.role in key[0]]
        team = members[key]
        wanted = block.add(ints([queues + f.N_LINE * role for role in held]))
        people = block.reserve(len(team) * f.N_STAFF)
        staff_at[team] = people + f.N_STAFF * np.arange(len(team))
        waiting = [{f.MAJOR: i, f.WHAT: people + j * f.N_STAFF} for j, i in enumerate(team)]
        idle = block.add(table(f.N_ROW, waiting))
        mine = teams + f.N_TEAM * len(rows)
        records = [
            {
                f.STAFF_INDEX: i,
                f.TEAM: mine,
                f.OFFICE: place,
                f.AWAY_FROM: f.NONE,
                **laid.speeds[i],
            }
            for i in team
        ]
        block.write(people, table(f.N_STAFF, records))
        rows.append(
            {
                f.TEAM_CALENDAR: laid.calendars + calendar,
                f.TEAM_ROLES: sum(1 << role for role in held),
                f.QUEUES_FROM: wanted,
                f.QUEUES_TO: wanted + len(held),
                f.IDLE + f.QUEUE_FROM: idle,
                f.IDLE + f.SIZE: len(team),
                f.IDLE + f.ROOM: len(team),
            }
        )
    block.write(teams, table(f.N_TEAM, rows))
    record = {
        f.OFFICE_INDEX: index,
        f.OFFICE_CALENDAR: laid.calendars + office.calendar,
        f.TEAMS_FROM: teams,
        f.TEAMS_TO: teams + f.N_TEAM * len(rows),
        f.QUEUES: queues,
        f.N_IDLE: len(staff),
        f.WAKES_AT: NEVER,
        f.GROUP: f.NONE,
    }
    block.write(place, row(f.N_OFFICE, record))
    return place
