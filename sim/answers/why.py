"""Why a KPI changes from one variant to another: the change, split over the parts of a reform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.analysis.estimate import Estimate, Interval
from sim.analysis.paired import difference
from sim.analysis.shapley import (
    MOST_PARTS,
    After,
    coalitions,
    draw_orders,
    marginals,
    met_by,
    sampled,
    shapley,
)
from sim.answers.asking import Runs, Where, asked_for, less, refuse_set_twice, run_points
from sim.answers.parts import Part, Reform, reform_between
from sim.errors import EngineError, RequestError
from sim.experiment.attribution import Attribution, time_between, time_in
from sim.experiment.plan import Point
from sim.experiment.results import Failure, Results
from sim.language import say

FEW_PARTS: Final = 8
"""Up to so many parts every set of them is run; of more, some orders are drawn."""

ORDERS: Final = 60
"""Orders that are drawn where there are more parts."""

_BEFORE: Final = "before"
_AFTER: Final = "after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one part of a reform brings, in the unit of the KPI: after less before.

    Parameters
    ----------
    share
        Its Shapley value: what it adds on its way in, over all permitted orders of the parts.
    alone
        What it brings where it is the only part; None where it may not come first.
    last
        What it adds where all others are there; None where others need it.
    """

    part: Part
    share: Interval
    alone: Interval | None
    last: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Why:
    """A change of a KPI, split over the parts of a reform.

    Parameters
    ----------
    label
        What the reform is called, empty for one that the scenario does not name.
    kpi, unit, bundle
        What changes.
    before, after
        The KPI before and after; ``change`` is the one less the other, replications paired.
    shares
        By part, in the order of the scenario.
    rest
        What the parts do not explain: the steps in which the regimes before and after differ from
        those in which the parts are looked at.  With it the shares add up to the change.
    by_replication
        Of shape (parts, replications), rest included as the last row: a column adds up to the
        change in that replication.  NaN where a run of it failed.
    n_coalitions, n_models
        How many sets of parts were looked at, and how many different models they are.
    n_orders
        How many orders were drawn; 0 where all count.
    ledger_before, ledger_after, ledger_change
        The hours of a completed case by part of the time ledger (K2).
    """

    title: str
    label: str
    note: str
    kpi: str
    unit: str
    bundle: str
    bundle_label: str
    name_before: str
    name_after: str
    before: Estimate
    after: Estimate
    change: Interval
    shares: tuple[Share, ...]
    rest: Interval
    by_replication: NDArray[np.float64]
    n_coalitions: int
    n_models: int
    n_orders: int
    replications: int
    seed: int
    engine: str
    failures: tuple[Failure, ...]
    ledger_before: Attribution
    ledger_after: Attribution
    ledger_change: Attribution

    @property
    def has_rest(self) -> bool:
        """Whether the parts leave anything unexplained in any replication."""
        rest = self.by_replication[-1]
        return bool((np.abs(rest[~np.isnan(rest)]) > _NOTHING).any())


_NOTHING: Final = 1e-9
"""Below this, in any unit, what is left is of rounding."""


def why(
    path: str,
    *,
    before: Where | None,
    after: Where | None,
    kpi: str | None = None,
    bundle: str | None = None,
    settings: Mapping[str, str] | None = None,
    orders: int | None = None,
    runs: Runs,
) -> Why:
    """Split a change of a KPI over the parts of a reform.

    Parameters
    ----------
    before, after
        What is compared.  Without either it is the reform of the scenario, if there is one alone.
        Where the scenario names no reform between the two, each lever in which they differ is a
        part.
    kpi, bundle
        By default those of the target.
    settings
        Overrides on both sides, by lever or path.
    orders
        How many orders of the parts to draw; by default all count, of more than
        :data:`FEW_PARTS` parts :data:`ORDERS` are drawn.

    Raises
    ------
    ScenarioError
        With all faults of all sets of parts, those of the load on their staff included.
    RequestError
        There is nothing to split, or no KPI of the name has a value; or a setting is of what a part
        or one of the two variants sets.
    """
    reform = reform_between(path, before, after)
    refuse_set_twice(
        reform.document,
        settings or {},
        moved=reform.moved,
        variants=[reform.before.variant, reform.after.variant],
    )
    names = [part.name for part in reform.parts]
    if len(names) > MOST_PARTS:
        raise RequestError(
            say(
                "{n} parts are more than can be told apart ({most}). Put some "
                "of them together, in a reform of the scenario.",
                n=len(names),
                most=MOST_PARTS,
            )
        )
    if orders is not None and orders < 2:
        raise RequestError(say("orders: found {orders}; give a whole number from 2", orders=orders))
    kpi, bundle = asked_for(reform.scenario, kpi, bundle)
    rank = {name: place for place, name in enumerate(names)}
    needs = tuple(sum(1 << rank[name] for name in part.after) for part in reform.parts)
    drawn = None
    if orders is not None or len(names) > FEW_PARTS:
        seed = reform.scenario.spec.seed if runs.seed is None else runs.seed
        drawn = draw_orders(needs, orders or ORDERS, seed)
    sets = _sets(needs, drawn)
    points = list(_points(reform, sets, settings or {}))
    results = run_points(path, points, runs, bundle=bundle, compares=False)
    return _split(results, reform, kpi, bundle, needs, sets, drawn)


def _sets(after: After, drawn: NDArray[np.int64] | None) -> tuple[int, ...]:
    """The coalitions to run: all, or those that drawn orders meet and each part first and last."""
    if drawn is None:
        return coalitions(after)
    n = len(after)
    ends = {1 << part for part in range(n)} | {(1 << n) - 1 - (1 << part) for part in range(n)}
    permitted = set(coalitions(after))
    return tuple(sorted({*met_by(drawn), *(ends & permitted)}))


def _points(reform: Reform, sets: Sequence[int], settings: Mapping[str, str]) -> Iterator[Point]:
    """The two ends as they are, then each set of parts."""
    for name, end in ((_BEFORE, reform.before), (_AFTER, reform.after)):
        yield Point(name=name, variant=end.variant, settings={**end.settings, **settings})
    for each in sets:
        there = frozenset(part.name for place, part in enumerate(reform.parts) if each >> place & 1)
        entries, own = reform.with_parts(there)
        yield Point(name=_name(each, reform), entries=entries, settings={**own, **settings})


def _name(coalition: int, reform: Reform) -> str:
    there = [part.name for place, part in enumerate(reform.parts) if coalition >> place & 1]
    return f"with {', '.join(there)}" if there else "with no part"


def _split(
    results: Results,
    reform: Reform,
    kpi: str,
    bundle: str,
    needs: After,
    sets: Sequence[int],
    drawn: NDArray[np.int64] | None,
) -> Why:
    values = {each: results.values(_name(each, reform), kpi, bundle) for each in sets}
    ends = [results.values(name, kpi, bundle) for name in (_BEFORE, _AFTER)]
    for name, found in ((_BEFORE, ends[0]), (_AFTER, ends[1]), *_named(values, reform)):
        _refuse_nothing(results, name, found, kpi, bundle)
    n = len(needs)
    everything = (1 << n) - 1
    added = marginals(values, drawn) if drawn is not None else None
    shares = shapley(values, needs) if added is None else added.mean(axis=0)
    whole = ends[1] - ends[0]
    rest = whole - shares.sum(axis=0)
    rest[np.abs(rest) <= _NOTHING] = 0.0
    nothing = np.zeros_like(whole)
    counts = np.min([results.out_of(cell.name, kpi, bundle) for cell in results.cells], axis=0)
    idle = _idle(results, reform, sets)
    change = less(results, _BEFORE, _AFTER, kpi, bundle)
    before, after = (results.estimate(name, kpi, bundle) for name in (_BEFORE, _AFTER))
    assert before is not None  # noqa: S101  there are values, so there is an estimate
    assert after is not None  # noqa: S101
    assert change is not None  # noqa: S101

    def share(place: int) -> Share:
        first, rest_of = 1 << place, everything - (1 << place)
        if added is not None:
            found = sampled(added[:, place])
        else:
            # A share of counts is no surer than its counts.
            out_of = None if place in idle else counts
            found = difference(nothing, shares[place], out_of=out_of)
        return Share(
            part=reform.parts[place],
            share=found,
            alone=less(results, _name(0, reform), _name(first, reform), kpi, bundle),
            last=less(results, _name(rest_of, reform), _name(everything, reform), kpi, bundle),
        )

    spec = results.cell(_BEFORE).scenario.spec
    return Why(
        title=results.title,
        label=reform.label,
        note=reform.note,
        kpi=kpi,
        unit=before.unit,
        bundle=bundle,
        bundle_label=spec.bundles[bundle].label or bundle,
        name_before=reform.before.name,
        name_after=reform.after.name,
        before=before,
        after=after,
        change=change,
        shares=tuple(share(place) for place in range(n)),
        rest=difference(nothing, rest),
        by_replication=np.vstack([shares, rest]),
        n_coalitions=len(sets),
        n_models=len({cell.fingerprint for cell in results.cells}),
        n_orders=0 if drawn is None else len(drawn),
        replications=results.replications,
        seed=results.seed,
        engine=results.engine,
        failures=results.failures,
        ledger_before=time_in(results, _BEFORE, bundle),
        ledger_after=time_in(results, _AFTER, bundle),
        ledger_change=time_between(results, _BEFORE, _AFTER, bundle),
    )


def _idle(results: Results, reform: Reform, sets: Sequence[int]) -> set[int]:
    """The parts that change no model, whatever else is in place."""
    prints = {cell.name: cell.fingerprint for cell in results.cells}
    of = {each: prints[_name(each, reform)] for each in sets}
    return {
        place
        for place in range(len(reform.parts))
        if all(
            of[each] == of[each | 1 << place]
            for each in sets
            if not each >> place & 1 and each | 1 << place in of
        )
    }


def _named(
    values: Mapping[int, NDArray[np.float64]], reform: Reform
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    for each, found in values.items():
        yield _name(each, reform), found


def _refuse_nothing(
    results: Results, name: str, values: NDArray[np.float64], kpi: str, bundle: str
) -> None:
    """A set of parts that has no value would leave the split without a meaning.

    Raises
    ------
    EngineError, RequestError
        Every run of it failed, or the KPI has no value there.
    """
    if not np.isnan(values).all():
        return
    if results.failures:
        raise EngineError(
            say("no replication was finished: {error}", error=results.failures[0].error)
        )
    measured = {m for m, group in zip(results.measures.kpi, results.measures.group, strict=True)
                if group == bundle}  # fmt: skip
    lacks = say("'{bundle}' has no value of {kpi} {name}.", bundle=bundle, kpi=kpi, name=name)
    way_out = (
        say("Name another KPI.")
        if kpi in measured
        else say("Known: {names}.", names=", ".join(sorted(measured)))
    )
    raise RequestError(f"{lacks} {way_out}")
