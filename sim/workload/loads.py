"""Sets the work that arrives against the people on duty in the same time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations as subsets
from math import prod
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.absences import shift_of
from sim.model import Model, Staff
from sim.model.series import Series
from sim.units import DAY
from sim.workload.work import lasting_work, mean_of, work_of_log

_MOST_ROLES: Final = 8
"""Roles that share people, up to which every set of them is looked at."""

_ROUNDING: Final = 1e-9
"""Sums of work and of time on duty may differ by so much, and be the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleLoad:
    """What a role has to do and who there is to do it, on average over the run.

    Parameters
    ----------
    role, level
        The role and the level of its offices.
    office
        The office, None for all offices of the level together.
    n_people
        People who hold the role, full time: one on half of the half-days counts half. Absences are
        taken off.
    offered
        Work that arrives, in people who work on nothing else.
    load
        Share of their time for which its people are busy, when those who hold several roles divide
        their time as evenly as they can.
    lasting
        What the load is without the filings of a log, which have an end.
    shared_with
        The other roles that are as busy, because they share the same people.
    """

    role: str
    level: str
    office: str | None
    n_people: float
    offered: float
    load: float
    lasting: float
    shared_with: tuple[str, ...]

    @property
    def is_endless(self) -> bool:
        """Whether the queue grows without end: what comes by chance never leaves time to spare."""
        return self.lasting >= 1 - _ROUNDING

    @property
    def is_full(self) -> bool:
        """Whether the work takes all the time there is, and no more."""
        return abs(self.load - 1) <= _ROUNDING

    @property
    def is_too_much(self) -> bool:
        """Whether the queue grows without end, or a log is more work than fits into the run."""
        return self.is_endless or self.load > 1 + _ROUNDING


@dataclass(frozen=True, slots=True, kw_only=True)
class _Staffing:
    """Who there is, by office and by kind of people: those who hold the same roles.

    ``on_duty`` is their time on duty in the run in microseconds, ``effective`` that times their
    speed; ``full_time`` is the time on duty of one full-time person, by role.
    """

    kinds: tuple[frozenset[int], ...]
    on_duty: NDArray[np.float64]
    effective: NDArray[np.float64]
    full_time: NDArray[np.float64]


def offered_load(model: Model, *, every_office: bool = True) -> tuple[RoleLoad, ...]:
    """Find the load of every role, over all offices of its level and at each office.

    Cases of a backlog are left out: they are there once.

    Parameters
    ----------
    every_office
        Without it, beside the load over all offices only those of offices where nobody does the
        work.

    Returns
    -------
    tuple[RoleLoad, ...]
        For each role first that of all offices together, then the offices in their order.
    """
    by_chance = lasting_work(model)
    work = by_chance + work_of_log(model)
    staffing = _staffing(model)
    levels = np.array([office.level for office in model.offices])
    found: list[list[RoleLoad]] = [[] for _ in model.roles]
    for pool in _pools(staffing.kinds, len(model.roles)):
        there = np.flatnonzero(levels == model.roles[pool[0]].level)
        kinds = [k for k, kind in enumerate(staffing.kinds) if kind & set(pool)]
        members = [staffing.kinds[k] for k in kinds]
        offered = _with_total(work[there][:, pool])
        on_duty = _with_total(staffing.on_duty[there][:, kinds])
        effective = _with_total(staffing.effective[there][:, kinds])
        loads = lasting = even_loads(offered, effective, pool, members)
        if not np.array_equal(work, by_chance):
            steady = _with_total(by_chance[there][:, pool])
            lasting = even_loads(steady, effective, pool, members)
        offices = [None, *(model.offices[o].name for o in there.tolist())]
        for place, role in enumerate(pool):
            holders = [k for k, kind in enumerate(members) if role in kind]
            time = on_duty[:, holders].sum(axis=1)
            speed = effective[0, holders].sum() / time[0] if time[0] > 0 else 1.0
            full_time = staffing.full_time[role]
            n_people = time / full_time
            work_there = offered[:, place] / full_time / speed
            shown = every_office | np.isinf(loads[:, place])
            shown[0] = True
            for row in np.flatnonzero(shown).tolist():
                load = loads[row, place]
                found[role].append(
                    RoleLoad(
                        role=model.roles[role].name,
                        level=model.levels[model.roles[role].level],
                        office=offices[row],
                        n_people=float(n_people[row]),
                        offered=float(work_there[row]),
                        load=float(load),
                        lasting=float(lasting[row, place]),
                        shared_with=tuple(
                            model.roles[other].name
                            for other, its in zip(pool, loads[row], strict=True)
                            if other != role and its == load
                        ),
                    )
                )
    return tuple(each for rows in found for each in rows)


def even_loads(
    work: NDArray[np.float64],
    people: NDArray[np.float64],
    roles: Sequence[int],
    kinds: Sequence[frozenset[int]],
) -> NDArray[np.float64]:
    """The loads of roles that share people who divide their time as evenly as they can.

    The roles with the most work for all who could do any of it are as busy as that, whatever the
    others do; then the same among the other roles and the people left (Hall's condition).

    Parameters
    ----------
    work
        Shape (n, number of roles).
    people
        Time on duty times speed, in the unit of ``work``; shape (n, number of kinds of people).
    kinds
        The roles that each kind of people holds.

    Returns
    -------
    numpy.ndarray
        Shape of ``work``; infinite where there is work and nobody to do it.
    """
    sizes = range(len(roles), 0, -1) if len(roles) <= _MOST_ROLES else (len(roles), 2, 1)
    sets = [each for size in sizes for each in subsets(range(len(roles)), size)]
    holds = np.array([[role in each for each in map(set, sets)] for role in range(len(roles))])
    touches = np.array(
        [[any(roles[r] in kind for r in each) for each in sets] for kind in kinds], bool
    ).reshape(len(kinds), len(sets))
    size = holds.sum(axis=0)
    loads = np.zeros(work.shape)
    role_left = np.ones(work.shape, bool)
    kind_left = np.ones(people.shape, bool)
    rows = np.arange(len(work))
    while role_left.any():
        wanted = work @ holds
        able = (people * kind_left) @ touches
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(wanted > 0, wanted / able, 0.0)
        ratio[role_left @ holds.astype(np.int64) < size] = -1.0
        # Rounding must not part a set from a smaller one that is as busy.
        best = np.argmax(ratio >= ratio.max(axis=1, keepdims=True) * (1 - 1e-12), axis=1)
        settled = holds.T[best] & role_left
        loads = np.where(settled, ratio[rows, best][:, np.newaxis], loads)
        role_left &= ~settled
        kind_left &= ~touches.T[best]
    return loads


def _staffing(model: Model) -> _Staffing:
    on_duty_of = [calendar.open_between(0, model.horizon) for calendar in model.calendars]
    kinds: dict[frozenset[int], int] = {}
    kind = np.array(
        [kinds.setdefault(frozenset(each.roles), len(kinds)) for each in model.staff], np.int64
    )
    at = np.array([each.office for each in model.staff], np.int64) * len(kinds) + kind
    there = _Presence(model=model)
    time, speed = np.array([there.of(each) for each in model.staff], float).reshape(-1, 2).T
    shape = len(model.offices), len(kinds)
    on_duty, effective = (
        np.asarray(np.bincount(at, each, minlength=prod(shape)), float).reshape(shape)
        for each in (time, time * speed)
    )
    # People are counted as they are given, so a part-time person is a part of a full-time one (S8).
    whole = np.array(
        [
            on_duty_of[each.calendar if each.full_time < 0 else each.full_time]
            for each in model.staff
        ],
        float,
    )
    # A role that nobody holds is measured in people who are always on duty.
    full_time = np.full(len(model.roles), 0.0)
    for roles, number in kinds.items():
        mine = kind == number
        for role in roles:
            full_time[role] = max(full_time[role], whole[mine].max(initial=0.0))
    full_time[full_time == 0] = model.horizon
    return _Staffing(kinds=tuple(kinds), on_duty=on_duty, effective=effective, full_time=full_time)


@dataclass(slots=True, kw_only=True)
class _Presence:
    """How long people are on duty in the run, absences taken off, and how fast they are then."""

    model: Model
    _found: dict[tuple[object, ...], tuple[float, float]] = field(default_factory=dict)

    def of(self, person: Staff) -> tuple[float, float]:
        """The expected time on duty (microseconds), and the mean speed in it (V1)."""
        alike = person.calendar, person.speed, person.absence, person.away
        if alike not in self._found:
            self._found[alike] = self._time_and_speed(person)
        return self._found[alike]

    def _time_and_speed(self, person: Staff) -> tuple[float, float]:
        model = self.model
        hours = model.calendars[person.calendar]
        if person.away:
            hours = shift_of(hours, person.away).calendar
        time = float(hours.open_between(0, model.horizon))
        speed = person.speed
        if isinstance(speed, Series) and time > 0:
            ends = np.clip(np.array(speed.from_days[1:], np.int64) * DAY, 0, model.horizon)
            passed = hours.open_until(np.concatenate(([0], ends, [model.horizon])))
            speed = float(np.diff(passed) @ np.array(speed.values)) / time
        elif isinstance(speed, Series):
            speed = speed.on(0)
        if person.absence >= 0:
            absence = model.absences[person.absence]
            present, spell = mean_of(absence.present), mean_of(absence.spell)
            time *= present / (present + spell)
        return time, speed


def _pools(kinds: Sequence[frozenset[int]], n_roles: int) -> list[list[int]]:
    """The roles in sets that share people, each role in one."""
    pools = [{role} for role in range(n_roles)]
    for kind in kinds:
        touched = [pool for pool in pools if pool & kind]
        pools = [pool for pool in pools if not pool & kind]
        pools.append(set().union(*touched))
    return [sorted(pool) for pool in sorted(pools, key=min) if pool]


def _with_total(table: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.vstack((table.sum(axis=0, keepdims=True), table))
