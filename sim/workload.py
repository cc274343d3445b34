"""Says before any run what load each role will carry, and what cannot keep up.

The work that arrives is expected visits times mean service time, over all that cases may do; the
people are those on duty in the same time. Queues play no part in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import combinations as subsets
from math import prod
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.absences import shift_of
from sim.arrivals import AT_START
from sim.demand import Demand
from sim.distributions import CELLS, OCTAVES, STEPS, Sampler, sample
from sim.model import Activity, Applicant, Element, Model, Staff
from sim.model.graph import combinations, expected_visits, properties_asked, reachable
from sim.model.series import mean_of as mean_speed
from sim.outages import Renewal
from sim.units import DAY

_Values: TypeAlias = tuple[tuple[int, int], ...]
"""Values of the properties on which the way of a case depends, by the property."""

_MOST_ROLES: Final = 8
"""Roles that share people, up to which every set of them is looked at."""


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
        People who hold the role, full time: one on half of the half-days counts half, and likewise
        one who is away for half of the time (P1, P2).
    offered
        Work that arrives, in people who work on nothing else.
    load
        Share of their time for which its people are busy, when those who hold several roles divide
        their time as evenly as they can; from 1 on the queue grows without end.
    shared_with
        The other roles that are as busy, because they share the same people.
    """

    role: str
    level: str
    office: str | None
    n_people: float
    offered: float
    load: float
    shared_with: tuple[str, ...]


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
    work = work_by_office(model)
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
        loads = even_loads(offered, effective, pool, members)
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
                        shared_with=tuple(
                            model.roles[other].name
                            for other, its in zip(pool, loads[row], strict=True)
                            if other != role and its == load
                        ),
                    )
                )
    return tuple(each for rows in found for each in rows)


def work_by_office(model: Model) -> NDArray[np.float64]:
    """The expected work of all cases that arrive in the run, in microseconds at speed 1.

    Returns
    -------
    numpy.ndarray
        Shape (number of offices, number of roles).
    """
    work = np.zeros((len(model.offices), len(model.roles)))
    flows = _Flows(model=model)
    for demand in model.demands:
        _add_demand(work, demand, flows)
    case_list = model.case_list
    if case_list is not None and len(case_list):
        arrives = case_list.entry == AT_START
        kinds, count = np.unique(
            np.column_stack((case_list.flow, case_list.home, case_list.properties))[arrives],
            axis=0,
            return_counts=True,
        )
        for kind, number in zip(kinds.tolist(), count.tolist(), strict=True):
            values = dict(enumerate(kind[2:]))
            a_case = flows.work(kind[0], values)
            _add_work(work, model, a_case, np.array(kind[1:2]), np.array([float(number)]))
    return work


# The flows of a model ask for it again and again, and the cells of a sweep share their samplers.
@lru_cache(maxsize=512)
def mean_of(prepared: Sampler) -> float:
    """The mean of what a sampler gives, by integrating over its uniform number."""
    values, widths = _cells(prepared)
    return float(values @ widths)


@lru_cache(maxsize=512)
def share_above(prepared: Sampler, limit: float) -> float:
    """The share of what a sampler gives that is above a limit."""
    values, widths = _cells(prepared)
    return float(widths[values > limit].sum())


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


@dataclass(slots=True, kw_only=True)
class _Flows:
    """The mean work that a case of given properties brings to each role, flow by flow."""

    model: Model
    elements: dict[int, Element] = field(init=False)
    up_share: tuple[float, ...] = field(init=False)
    _asked: dict[int, list[int]] = field(default_factory=dict)
    _works: dict[tuple[int, _Values], NDArray[np.float64]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.elements = dict(enumerate(self.model.elements))
        self.up_share = tuple(
            _share_of_good(system.outages, self.model.horizon) for system in self.model.systems
        )

    def asked(self, flow: int) -> list[int]:
        """The properties on which the way through a flow depends."""
        if flow not in self._asked:
            inside = reachable(self.elements, self.model.flows[flow].start)
            self._asked[flow] = properties_asked(self.elements[i] for i in inside)
        return self._asked[flow]

    def work(self, flow: int, values: Mapping[int, int]) -> NDArray[np.float64]:
        """The mean work at each role, in microseconds, for given values of the properties asked."""
        key = flow, tuple((p, values[p]) for p in self.asked(flow))
        if key not in self._works:
            work = np.zeros(len(self.model.roles))
            start = self.model.flows[flow].start
            visits, _ = expected_visits(self.elements, start, dict(key[1]), self._late_share)
            for index, count in visits.items():
                element = self.elements[index]
                if isinstance(element, Activity):
                    work[element.role] += count * self._service(element)
            self._works[key] = work
        return self._works[key]

    def _service(self, activity: Activity) -> float:
        # Who waits for a system that is down waits with the work in hand.
        up = prod(self.up_share[system] for system in activity.systems)
        return mean_of(self.model.samplers[activity.service]) / up

    def _late_share(self, applicant: Applicant) -> float:
        """The share of supplements beyond their deadline, with every working day as the mean."""
        days = self.model.working_days
        calendar = self.model.calendars[applicant.calendar]
        first, last = days.first_day * DAY, (days.first_day + len(days.count)) * DAY
        a_working_day = calendar.open_between(first, last) / max(len(days.days), 1)
        return share_above(self.model.samplers[applicant.time], applicant.within * a_working_day)


def _share_of_good(renewal: Renewal | None, horizon: int) -> float:
    """The share of good times over a run, by the values of each day (V1)."""
    if renewal is None:
        return 1.0
    good_time = 0.0
    begins = [0, *(min(max(day, 0) * DAY, horizon) for day in renewal.from_days[1:])]
    for good, begin, end in zip(renewal.good, begins, [*begins[1:], horizon], strict=True):
        mean = mean_of(good) if good is not None else 1.0
        bad = mean_of(renewal.bad) if good is not None else 0.0
        good_time += (end - begin) * mean / (mean + bad)
    return good_time / horizon


def _add_demand(work: NDArray[np.float64], demand: Demand, flows: _Flows) -> None:
    sizes = [len(each.values) for each in flows.model.properties]
    of_home = {each.property for each in demand.properties if each.of_home is not None}
    by_channel = {each.property for each in demand.admissions if each is not None}
    for flow in np.unique(np.concatenate([dated.flows for dated in demand.flows])).tolist():
        asked = sorted(by_channel.union(flows.asked(flow)))
        placed = [number for number in asked if number in of_home]
        by_draw = [number for number in asked if number not in of_home]
        for fixed in combinations(placed, sizes):
            means = demand.yearly * demand.has(fixed)
            if not means.any():
                continue
            a_case, elsewhere = np.zeros((2, work.shape[1]))
            for values in combinations(by_draw, sizes):
                share, out = demand.arriving(fixed | values).get(flow, (0.0, 0.0))
                if share > 0:
                    its_work = flows.work(flow, fixed | values)
                    a_case += share * its_work
                    elsewhere += out * its_work
            if demand.elsewhere is not None:
                goes = demand.elsewhere.others() > 0
                away = demand.elsewhere.spread(means * goes)
                _add_work(work, flows.model, elsewhere, demand.elsewhere.offices, away)
                _add_work(work, flows.model, -elsewhere, demand.homes, means * goes)
            _add_work(work, flows.model, a_case, demand.homes, means)


def _add_work(
    work: NDArray[np.float64],
    model: Model,
    a_case: NDArray[np.float64],
    homes: NDArray[np.int64],
    cases: NDArray[np.float64],
) -> None:
    for role in np.flatnonzero(a_case).tolist():
        offices = model.office_at[homes, model.roles[role].level]
        work[:, role] += np.bincount(offices, cases * a_case[role], minlength=len(work))


def _staffing(model: Model) -> _Staffing:
    on_duty_of = [calendar.open_between(0, model.horizon) for calendar in model.calendars]
    kinds: dict[frozenset[int], int] = {}
    kind = np.array(
        [kinds.setdefault(frozenset(each.roles), len(kinds)) for each in model.staff], np.int64
    )
    at = np.array([each.office for each in model.staff], np.int64) * len(kinds) + kind
    time = np.array([_time_on_duty(model, each, on_duty_of) for each in model.staff], float)
    speed = np.array([mean_speed(each.speed) for each in model.staff], float)
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


def _time_on_duty(model: Model, member: Staff, on_duty_of: Sequence[int]) -> float:
    """The expected time for which somebody is on duty and not away in the run (P1, P2)."""
    time: float = on_duty_of[member.calendar]
    if member.away:
        calendar = model.calendars[member.calendar]
        planned = shift_of(calendar, member.away, None, stream=0, key=(0, 0), horizon=model.horizon)
        time = planned.calendar.open_between(0, model.horizon)
    if member.absence >= 0:
        absence = model.absences[member.absence]
        present, spell = mean_of(absence.present), mean_of(absence.spell)
        time *= present / (present + spell)
    return time


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


def _cells(prepared: Sampler) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Values of a sampler in cells of u, and the widths of the cells; in a cell it is linear."""
    if prepared.kind == STEPS:
        return prepared.values, np.diff(prepared.shares, prepend=0.0)
    u, widths = _cells_of_tables()
    return sample(prepared, u).astype(float), widths


@cache
def _cells_of_tables() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    mid = 0.5 + (np.arange(CELLS) + 0.5) / (2 * CELLS)
    tail = np.ldexp(mid, -np.arange(1, OCTAVES)[:, np.newaxis]).ravel()
    width = np.ldexp(np.full(CELLS, 0.5 / CELLS), -np.arange(1, OCTAVES)[:, np.newaxis]).ravel()
    widths = np.concatenate((width, width))
    return np.concatenate((tail, 1.0 - tail)), widths / widths.sum()
