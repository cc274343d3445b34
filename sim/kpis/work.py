"""How much work a case makes, and how near to its legal limit work is begun.

Over the work items of measured cases, open ones included, up to the end of the run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.kpis.registry import kpi, share
from sim.kpis.window import Count, Window
from sim.model import Activity, Model
from sim.model.graph import reachable
from sim.records import UNKNOWN
from sim.units import HOUR


@share(
    name="begun_on_last_day_share",
    label="Share of the work begun in the last day before it is due, or later",
    equation=(
        "n_last_day / n_limited: items begun with at most 1 working day left to the due day (L2) / "
        "items begun under a legal limit, of measured cases"
    ),
    better="lower",
)
def begun_on_last_day_share(window: Window) -> Iterator[Count]:
    """Share of the items under a limit that were begun late in it: by bundle, procedure and role.

    An item is begun late on the last working day before the due day of its dossier (or of the
    bundle where there is none), on the due day, or behind it.
    """
    model, place = window.model, places(window.model)
    limited, last = (window.run.activities[name] for name in ("n_limited", "n_last_day"))

    def counts(group: str, mine: NDArray[np.bool_]) -> Count:
        return Count(group, int(np.sum(last[mine])), int(np.sum(limited[mine])))

    for b in window.bundles:
        bundle = model.bundles[b]
        yield counts(bundle.name, place.bundle == b)
        for p in bundle.procedures:
            yield counts(f"{bundle.name}/{model.procedures[p].name}", place.dossier == p)
    for r, role in enumerate(model.roles):
        yield counts(role.name, place.role == r)


@kpi(
    name="office_hours",
    unit="h",
    label="Hours of office work per case",
    equation="sum of work_time / 1 h / n_cases, over all roles and by role",
    better="lower",
)
def office_hours(window: Window) -> Iterator[tuple[str, float]]:
    """Mean hours for which staff have a measured case in hand, by bundle, and there by role.

    On shift and in overtime, before a system that is down and on the preparation of a batch, too.
    """
    place = places(window.model)
    for b, by_role in hours_by_role(window).items():
        bundle = window.model.bundles[b].name
        yield bundle, float(np.sum(by_role))
        for r in np.unique(place.role[place.bundle == b]).tolist():
            yield f"{bundle}/{window.model.roles[r].name}", float(by_role[r])


def hours_by_role(window: Window) -> dict[int, NDArray[np.float64]]:
    """Hours of work a measured case, by role, for each bundle that has a measured case."""
    place, n_roles = places(window.model), len(window.model.roles)
    hours = window.run.activities["work_time"] / HOUR
    n_cases = window.n_cases()
    return {
        b: np.bincount(place.role[mine], hours[mine], minlength=n_roles) / n
        for b in window.bundles
        if (n := n_cases[window.model.bundles[b].name])
        for mine in [place.bundle == b]
    }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """Where the activities of a model belong, in the order of their table.

    Indices of bundle, role and procedure; -1 for the bundle of one that no flow comes to, and for
    the procedure of one that belongs to no dossier.
    """

    bundle: NDArray[np.int64]
    role: NDArray[np.int64]
    dossier: NDArray[np.int64]


@lru_cache(maxsize=64)  # each replication asks for it
def places(model: Model) -> Places:
    """Find where the activities of a model belong."""
    bundle_of = {
        index: flow.bundle
        for flow in model.flows
        for index in reachable(model.elements, flow.start)
    }
    rows = [(i, e) for i, e in enumerate(model.elements) if isinstance(e, Activity)]
    return Places(
        bundle=np.array([bundle_of.get(i, UNKNOWN) for i, _ in rows], np.int64),
        role=np.array([e.role for _, e in rows], np.int64),
        dossier=np.array([e.dossier for _, e in rows], np.int64),
    )
