"""Works out what cases bring to each role before any run: expected visits times mean service time.

Queues play no part in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from math import prod
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.arrivals import AT_START
from sim.demand import Demand
from sim.distributions import CELLS, OCTAVES, STEPS, Sampler, sample
from sim.model import Activity, Applicant, Choice, Element, Model
from sim.model.graph import combinations, expected_visits, properties_asked, reachable
from sim.model.series import Series
from sim.outages import FULL, Renewal, System
from sim.units import DAY

_Values: TypeAlias = tuple[tuple[int, int], ...]
"""Values of the properties on which the way of a case depends, by the property."""


def work_by_office(model: Model) -> NDArray[np.float64]:
    """The expected work of all cases that arrive in the run, in microseconds at speed 1.

    Returns
    -------
    numpy.ndarray
        Shape (number of offices, number of roles).
    """
    return lasting_work(model) + work_of_log(model)


def lasting_work(model: Model) -> NDArray[np.float64]:
    """The part of :func:`work_by_office` that arrives by chance, and would go on arriving."""
    work = np.zeros((len(model.offices), len(model.roles)))
    flows = _Flows(model=model)
    for demand in model.demands:
        _add_demand(work, demand, flows)
    return work


def work_of_log(model: Model) -> NDArray[np.float64]:
    """The part of :func:`work_by_office` that a log of filings brings, and that has an end."""
    work = np.zeros((len(model.offices), len(model.roles)))
    case_list = model.case_list
    if case_list is None or not len(case_list):
        return work
    flows = _Flows(model=model)
    arrives = case_list.entry == AT_START
    kinds, count = np.unique(
        np.column_stack((case_list.flow, case_list.home, case_list.properties))[arrives],
        axis=0,
        return_counts=True,
    )
    for kind, number in zip(kinds.tolist(), count.tolist(), strict=True):
        a_case = flows.work(kind[0], dict(enumerate(kind[2:])))
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


@dataclass(slots=True, kw_only=True)
class _Flows:
    """The mean work that a case of given properties brings to each role, flow by flow."""

    model: Model
    elements: dict[int, Element] = field(init=False)
    pace_with: tuple[float, ...] = field(init=False)
    _asked: dict[int, list[int]] = field(default_factory=dict)
    _works: dict[tuple[int, _Values], NDArray[np.float64]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n_days = -(-self.model.horizon // DAY)
        self.elements = {
            index: _of_run(element, n_days) if isinstance(element, Choice) else element
            for index, element in enumerate(self.model.elements)
        }
        self.pace_with = tuple(_mean_pace(each, self.model.horizon) for each in self.model.systems)

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
        """The time an item takes of somebody who is always busy, with its part of full batches."""
        time = mean_of(self.model.samplers[activity.service])
        if activity.batch is not None:
            time += activity.batch.setup / activity.batch.size
        # Who waits for a system that is down waits with the work in hand.
        return time / prod(self.pace_with[system] for system in activity.systems)

    def _late_share(self, applicant: Applicant) -> float:
        """The share of supplements beyond their deadline, with every working day as the mean."""
        days = self.model.working_days
        first, last = 0, -(-self.model.horizon // DAY)
        n_days = days.between(first - 1, last - 1)
        if n_days == 0:  # Then those around the run say what a working day is.
            first, last = days.first_day, days.first_day + len(days.count)
            n_days = max(len(days.days), 1)
        calendar = self.model.calendars[applicant.calendar]
        a_working_day = calendar.open_between(first * DAY, last * DAY) / n_days
        return share_above(self.model.samplers[applicant.time], applicant.within * a_working_day)


def _of_run(choice: Choice, n_days: int) -> Choice:
    """A choice with the means over the days of the run in place of shares by the day (V1)."""
    options = tuple(
        replace(each, share=float(each.share.at(np.arange(n_days)).mean()))
        if isinstance(each.share, Series)
        else each
        for each in choice.options
    )
    return replace(choice, options=options)


def _mean_pace(system: System, horizon: int) -> float:
    """How fast work gets on that needs a system, over its times of being down and slow (T4, Y1)."""
    fast = _share_of_good(system.slow, horizon)
    return _share_of_good(system.outages, horizon) * (fast + (1 - fast) * FULL / system.factor)


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
