"""What a case burdens its applicant with and costs the offices, in money (M2, M3).

Where the scenario lacks an amount that is needed there is no value: none is taken for 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from sim.kpis.registry import CURRENCY, kpi
from sim.kpis.window import Window
from sim.kpis.work import hours_by_role
from sim.model import Activity, Applicant, Element, Model, Payment
from sim.model.graph import reachable
from sim.units import DAY, HOUR

_YEAR: Final = 365 * DAY
_A_YEAR: Final = f"{CURRENCY} a year"
_CASES_A_YEAR: Final = "n_cases × 365 d / (measured_until - warm_up_ends_at)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """The amounts that the cases of a bundle need and ``costs`` do not give.

    ``burden`` are fields of ``costs``: hour, trip, copy; ``pay`` are names of roles.  A bundle that
    asks nothing of applicants has no burden: that is not described, and not 0.
    """

    asks_applicants: bool
    burden: tuple[str, ...]
    pay: tuple[str, ...]


@lru_cache(maxsize=64)  # each replication asks for it
def lacking(model: Model) -> dict[str, Lacking]:
    """Find what is lacking by bundle; empty where the scenario has no amount of money at all."""
    costs = model.costs
    if costs is None:
        return {}
    return {
        bundle.name: Lacking(
            asks_applicants=any(isinstance(e, Applicant | Payment) for e in elements),
            burden=tuple(
                name
                for name, amount, is_needed in (
                    ("hour", costs.hour, any(_steps(elements))),
                    ("trip", costs.trip, any(step.n_trips for step in _steps(elements))),
                    ("copy", costs.copy, any(step.n_copies for step in _steps(elements))),
                )
                if amount is None and is_needed
            ),
            pay=tuple(
                role.name
                for r, role in enumerate(model.roles)
                if costs.pay[r] is None
                and any(isinstance(e, Activity) and e.role == r for e in elements)
            ),
        )
        for b, bundle in enumerate(model.bundles)
        for elements in [_elements_of(model, b)]
    }


@kpi(
    name="burden",
    unit=CURRENCY,
    label="Burden of a case for the applicant",
    equation=(
        "mean of own_time / 1 h × costs.hour + n_trips × costs.trip + n_copies × costs.copy + fees "
        "over completed cases"
    ),
    better="lower",
)
def burden(window: Window) -> Iterator[tuple[str, float]]:
    """Mean of what own hours, trips, copies and fees of a case come to (M3)."""
    costs, lacks = window.model.costs, lacking(window.model)
    if costs is None:
        return
    amounts = (
        (costs.hour, "own_time", HOUR),
        (costs.trip, "n_trips", 1),
        (costs.copy, "n_copies", 1),
        (1.0, "fees", 1),
    )
    whole = np.zeros(len(window.cases.rows))
    for amount, column, unit in amounts:
        if amount:  # without an amount the column is 0, or the bundle is lacking it
            whole += amount / unit * window.case(column)
    for group, mean in window.cases.means(whole, window.is_completed()):
        its = lacks[group.partition("/")[0]]
        if its.asks_applicants and not its.burden:
            yield group, mean


@kpi(
    name="burden_a_year",
    unit=_A_YEAR,
    label="Burden of all cases for applicants in a year",
    equation=f"burden × {_CASES_A_YEAR}",
    better="lower",
)
def burden_a_year(window: Window) -> Iterator[tuple[str, float]]:
    """The burden of a case times the cases of 365 days at the pace of the measured window."""
    n_cases = window.n_cases()
    for group, mean in burden(window):
        yield group, float(mean) * n_cases[group] * _windows_a_year(window.model)


@kpi(
    name="office_cost",
    unit=CURRENCY,
    label="Cost of a case for the offices",
    equation="sum of office_hours × pay of the role, over all roles",
    better="lower",
)
def office_cost(window: Window) -> Iterator[tuple[str, float]]:
    """Hours of work of each role on a case times what an hour of the role costs (M3)."""
    costs, lacks = window.model.costs, lacking(window.model)
    if costs is None:
        return
    pay = np.array([amount or 0.0 for amount in costs.pay])  # 0 where nothing needs it
    for b, hours in hours_by_role(window).items():
        name = window.model.bundles[b].name
        if not lacks[name].pay:
            yield name, float(hours @ pay)


@kpi(
    name="office_cost_a_year",
    unit=_A_YEAR,
    label="Cost of all cases for the offices in a year",
    equation=f"office_cost × {_CASES_A_YEAR}",
    better="lower",
)
def office_cost_a_year(window: Window) -> Iterator[tuple[str, float]]:
    """The cost of a case times the cases of 365 days at the pace of the measured window."""
    n_cases = window.n_cases()
    for group, cost in office_cost(window):
        yield group, float(cost) * n_cases[group] * _windows_a_year(window.model)


def _windows_a_year(model: Model) -> float:
    return _YEAR / (model.measured_until - model.warm_up_ends_at)


def _elements_of(model: Model, bundle: int) -> list[Element]:
    """What the cases of a bundle may come to."""
    found: set[int] = set()
    for flow in model.flows:
        if flow.bundle == bundle:
            found |= reachable(model.elements, flow.start)
    return [model.elements[index] for index in sorted(found)]


def _steps(elements: list[Element]) -> list[Applicant]:
    return [element for element in elements if isinstance(element, Applicant)]
