"""Parts of a model: offices that share no case with the others, and the cases that come to them.

What happens in one part changes nothing in another.  So parts can be run one after the other, or at
once, each in a small piece of memory, without a change of a digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.arrivals import CaseTable
from sim.demand import Demand
from sim.model import Activity, Model
from sim.model.graph import reachable

Ints: TypeAlias = NDArray[np.int64]

Link: TypeAlias = tuple[Ints, Ints]
"""Offices, and for each of them another one."""

FEWEST: Final = 30_000
"""Cases to expect in a part: with fewer, what a part costs beside its cases would show."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """Some offices, and where the cases come from that no other office serves.

    ``offices`` are indices, ascending; ``demands`` and ``case_list`` those of the model, with these
    cases alone.
    """

    offices: Ints
    demands: tuple[Demand, ...]
    case_list: CaseTable | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Source:
    """Cases that take the same flows: by home, how many to expect and which offices serve them.

    ``served_by`` has a column for each level that has work in the flows, -1 where there is no
    office; ``served_at`` is the first of them, or the home where nobody serves.  Where homes
    exchange cases (B1), a further column has what serves the first home of the group.
    """

    means: NDArray[np.float64]
    served_by: Ints
    served_at: Ints

    def links(self) -> list[Link]:
        """Offices that serve the same cases."""
        found = []
        for office in self.served_by.T:
            is_there = office >= 0
            found.append((self.served_at[is_there], office[is_there]))
        return found


@lru_cache(maxsize=32)
def parts(model: Model) -> tuple[Part, ...]:
    """Divide a model; parts of few cases are put together."""
    sources = [
        _source(
            model,
            d.homes,
            d.means,
            np.unique(np.concatenate([f.flows for f in d.flows])),
            None
            if d.elsewhere is None
            else d.elsewhere.offices[d.elsewhere.firsts[d.elsewhere.group]],
        )
        for d in model.demands
    ]
    rows_of = []
    if model.case_list is not None:
        for flow in np.unique(model.case_list.flow):
            rows = np.flatnonzero(model.case_list.flow == flow)
            rows_of.append(rows)
            home = model.case_list.home[rows].astype(np.int64)
            sources.append(_source(model, home, np.ones(len(rows)), [flow]))
    links = [link for source in sources for link in source.links()] + helps(model)
    part_of = _put_together(connected(len(model.offices), links), sources)
    at = [part_of[source.served_at] for source in sources]
    of_rows = np.zeros(0 if model.case_list is None else len(model.case_list), np.int64)
    for rows, mine in zip(rows_of, at[len(model.demands) :], strict=True):
        of_rows[rows] = mine
    return tuple(
        Part(
            offices=np.flatnonzero(part_of == part),
            demands=tuple(
                demand.at(np.flatnonzero(mine == part))
                for demand, mine in zip(model.demands, at, strict=False)
            ),
            case_list=None
            if model.case_list is None
            else model.case_list.rows(np.flatnonzero(of_rows == part)),
        )
        for part in range(int(part_of.max(initial=-1)) + 1)
    )


def _source(
    model: Model,
    homes: Ints,
    means: NDArray[np.float64],
    flows: Iterable[int],
    first_of_group: Ints | None = None,
) -> _Source:
    reached = {at for flow in flows for at in reachable(model.elements, model.flows[flow].start)}
    met = [model.elements[at] for at in reached]
    levels = sorted({model.roles[e.role].level for e in met if isinstance(e, Activity)})
    served_by = model.office_at[homes][:, levels]
    served_at = _served_at(model, homes, levels)
    if first_of_group is not None:
        served_by = np.column_stack((served_by, _served_at(model, first_of_group, levels)))
    return _Source(means=means, served_by=served_by, served_at=served_at)


def _served_at(model: Model, homes: Ints, levels: Sequence[int]) -> Ints:
    served_at = homes
    for office in model.office_at[homes][:, levels].T[::-1]:
        served_at = np.where(office >= 0, office, served_at)
    return served_at


def helps(model: Model) -> list[Link]:
    """For each role in turn, offices and the first of those that help them (B2)."""
    found = []
    level = np.array([office.level for office in model.offices], np.int64)
    for role in model.roles:
        if role.help is not None:
            group_of = np.array(role.help.group_of, np.int64)
            offices = np.flatnonzero((group_of >= 0) & (level == role.level))
            _, first, group = np.unique(group_of[offices], return_index=True, return_inverse=True)
            found.append((offices, offices[first[group]]))
    return found


def connected(n_offices: int, links: Sequence[Link]) -> Ints:
    """For each office the first of those that it is linked with, directly or by others."""
    first = np.arange(n_offices)
    while True:
        before = first.copy()
        for one, other in links:
            low = np.minimum(first[one], first[other])
            np.minimum.at(first, one, low)
            np.minimum.at(first, other, low)
        first = first[first]
        if (first == before).all():
            return first


def _put_together(first: Ints, sources: Sequence[_Source]) -> Ints:
    """For each office the part it belongs to, in the order of the offices."""
    expected = np.zeros(len(first))
    for source in sources:
        np.add.at(expected, first[source.served_at], source.means)
    part_of = np.zeros(len(first), np.int64)
    part, n = 0, 0.0
    rest = float(expected.sum())
    for office in np.flatnonzero(first == np.arange(len(first))):
        part_of[office] = part
        n += expected[office]
        rest -= expected[office]
        if n >= FEWEST and rest >= FEWEST:
            part, n = part + 1, 0.0
    return part_of[first]
