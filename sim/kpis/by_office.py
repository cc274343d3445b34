"""Counts what came of the measured cases by home office and bundle: shares that offices compare by.

A case belongs to its home office wherever it was filed and whoever worked on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.kpis.batches import BATCHES, batches
from sim.kpis.legal import standing_of_bundles
from sim.kpis.window import Window
from sim.model import Applicant, Model
from sim.model.graph import reachable

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeShare:
    """A share that is taken by office; ``equation`` says what of."""

    name: str
    label: str
    equation: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OfficeCounts:
    """Of one of :data:`OFFICE_SHARES` and one group in one run, how many count, of how many.

    ``part``, ``whole`` and ``batches`` have an entry for each office of the model; the last has a
    row of :data:`sim.kpis.batches.Batches` each, NaN where there are none.
    """

    kpi: str
    group: str
    part: Ints
    whole: Ints
    batches: Floats


_Groups: TypeAlias = Iterator[tuple[str, Ints, Ints, Floats]]

OFFICE_SHARES: Final[dict[str, OfficeShare]] = {}
"""Every share that is taken by office, by its name."""

_RULES: Final[dict[str, Callable[[_Seen], _Groups]]] = {}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Seen:
    """A measured window, and the place of each of its cases by bundle and home office."""

    window: Window
    place: Ints

    def by_bundle(self, count: NDArray[np.bool_] | Ints) -> Mapping[int, Ints]:
        """The sum over the cases of each bundle by home office."""
        model = self.window.model
        shape = len(model.bundles), len(model.offices)
        n = shape[0] * shape[1]
        found = (
            np.bincount(self.place[count], minlength=n)
            if count.dtype == np.bool_
            else np.bincount(self.place, count, minlength=n)  # floats, exact up to 2^53
        )
        table = found.astype(np.int64).reshape(shape)
        return {b: table[b] for b in self.window.bundles}

    def batches(self, degrees: Ints, keep: NDArray[np.bool_]) -> Mapping[int, Floats]:
        """The batches of the kept cases of each bundle by home office."""
        model = self.window.model
        kept = np.flatnonzero(keep)
        order = kept[np.lexsort((self.window.cases.rows[kept], self.place[kept]))]
        places, starts = np.unique(self.place[order], return_index=True)
        table = self.no_batches()
        for place, mine in zip(places.tolist(), np.split(order, starts)[1:], strict=True):
            b, office = divmod(place, len(model.offices))
            table[b][office] = batches(degrees[mine]) or np.nan
        return table

    def no_batches(self) -> Mapping[int, Floats]:
        """Those of cases of which nothing but the counts is known."""
        shape = len(self.window.model.offices), BATCHES + 1
        return {b: np.full(shape, np.nan) for b in self.window.bundles}


def _taken(
    *, name: str, label: str, equation: str
) -> Callable[[Callable[[_Seen], _Groups]], Callable[[_Seen], _Groups]]:
    def register(rule: Callable[[_Seen], _Groups]) -> Callable[[_Seen], _Groups]:
        OFFICE_SHARES[name] = OfficeShare(name=name, label=label, equation=equation)
        _RULES[name] = rule
        return rule

    return register


def by_office(window: Window) -> tuple[OfficeCounts, ...]:
    """Count by home office in one run.

    Returns
    -------
    tuple[OfficeCounts, ...]
        In the order of :data:`OFFICE_SHARES`, then of the model; without groups that no case of
        the run counts for.
    """
    place = window.case("bundle") * len(window.model.offices) + window.case("home")
    seen = _Seen(window=window, place=place)
    return tuple(
        OfficeCounts(kpi=name, group=group, part=part, whole=whole, batches=batches)
        for name, rule in _RULES.items()
        for group, part, whole, batches in rule(seen)
        if whole.any()
    )


@_taken(
    name="on_time_share",
    label="Share of cases within the legal limit",
    equation="the KPI of this name over the measured cases of the office",
)
def _on_time(seen: _Seen) -> _Groups:
    standing = standing_of_bundles(seen.window)
    return _named(
        seen,
        seen.by_bundle(standing.is_on_time),
        seen.by_bundle(standing.is_decided),
        seen.batches(standing.days_over, standing.is_decided),
    )


@_taken(
    name="uptake",
    label="Share of the cases filed on a channel",
    equation="measured cases of the office filed on the channel / all of the bundle",
)
def _uptake(seen: _Seen) -> _Groups:
    model = seen.window.model
    channel = seen.window.case("channel")
    whole = seen.by_bundle(np.ones(len(channel), np.bool_))
    for c, name in enumerate(model.channels):
        part = seen.by_bundle(channel == c)
        for b in seen.window.bundles:
            used = {flow.channel for flow in model.flows if flow.bundle == b}
            if c in used and len(used) > 1:
                yield f"{model.bundles[b].name}/{name}", part[b], whole[b], seen.no_batches()[b]


@_taken(
    name="paid_online_share",
    label="Share of the fees paid online",
    equation="the KPI of this name over the completed cases of the office",
)
def _paid_online(seen: _Seen) -> _Groups:
    window = seen.window
    is_completed = window.is_completed()
    paid = window.case("n_paid") * is_completed
    if not paid.any():
        return iter(())
    online = window.case("n_paid_online") * is_completed
    return _named(seen, seen.by_bundle(online), seen.by_bundle(paid), seen.no_batches())


@_taken(
    name="reused_share",
    label="Share of cases whose applicant gave nothing that offices know",
    equation="completed cases of the office with n_given = 0 / all completed, where any step gives",
)
def _reused(seen: _Seen) -> _Groups:
    window = seen.window
    is_completed = window.is_completed()
    givers = _givers(window.model)
    whole = seen.by_bundle(is_completed)
    part = seen.by_bundle(is_completed & (window.case("n_given") == 0))
    return (each for each in _named(seen, part, whole, seen.no_batches()) if each[0] in givers)


@lru_cache(maxsize=64)  # each replication asks for it
def _givers(model: Model) -> frozenset[str]:
    """The bundles in whose flows an applicant gives information at some step."""
    return frozenset(
        model.bundles[flow.bundle].name
        for flow in model.flows
        for element in (model.elements[i] for i in reachable(model.elements, flow.start))
        if isinstance(element, Applicant) and element.n_given
    )


def _named(
    seen: _Seen, part: Mapping[int, Ints], whole: Mapping[int, Ints], batches: Mapping[int, Floats]
) -> _Groups:
    for b in seen.window.bundles:
        yield seen.window.model.bundles[b].name, part[b], whole[b], batches[b]
