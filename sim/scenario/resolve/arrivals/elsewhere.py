"""Finds the groups of offices that file each other's cases (B1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.demand import ByDay, Elsewhere
from sim.language import later, say
from sim.model.series import Series
from sim.scenario.faults import Faults
from sim.scenario.resolve.people.offices import Offices
from sim.scenario.resolve.times.period import Range, series_of
from sim.scenario.schema.bundles import ElsewhereSpec
from sim.scenario.text.tree import Path


def elsewhere_of(
    spec: ElsewhereSpec,
    homes: NDArray[np.int64],
    offices: Offices,
    time: Range,
    path: Path,
    faults: Faults,
) -> Elsewhere | None:
    """How cases of some homes come to file elsewhere; None where none does, or after a fault."""
    share = series_of(spec.share, time)
    names = _groups(spec.among, homes, offices, (*path, "among"), faults)
    if names is None or not len(homes):
        return None
    _, group = np.unique(np.array(names), return_inverse=True)
    order = np.argsort(group, kind="stable")
    firsts = np.concatenate(([0], np.cumsum(np.bincount(group))))
    if np.diff(firsts).max() < 2:
        message = say("no office has another in its group of '{name}'", name=spec.among)
        faults.add((*path, "among"), message, say("Name a level, or a column, that offices share."))
        return None
    if share == 0:
        return None
    place = np.empty(len(homes), np.int64)
    place[order] = np.arange(len(homes)) - firsts[group[order]]
    days, shares = (
        (share.from_days, share.values) if isinstance(share, Series) else ((0,), (share,))
    )
    return Elsewhere(
        share=ByDay(from_days=np.array(days, np.int64), rows=np.array(shares, float)),
        group=group.astype(np.int64),
        place=place,
        offices=homes[order],
        firsts=firsts.astype(np.int64),
    )


def _groups(
    among: str, homes: NDArray[np.int64], offices: Offices, path: Path, faults: Faults
) -> list[str] | None:
    """What the offices of a group have in common; one above which there is no office is alone."""
    level = offices.offices[int(homes[0])].level if len(homes) else 0
    above = offices.levels[:level]
    if among in above:
        at = offices.office_at[homes, offices.levels.index(among)].tolist()
        return [
            f"at {office}" if office >= 0 else f"alone {home}"
            for office, home in zip(at, homes.tolist(), strict=True)
        ]
    if not faults.knows(path, later("level above, or column,"), among, [*above, *offices.columns]):
        return None
    n_faults = len(faults.found)
    texts = offices.texts(among, homes, path, faults)
    return texts if len(faults.found) == n_faults else None
