"""Knows every KPI: its name, unit, meaning and equation, and how to measure them all on one run.

It refuses to judge over replications: one run gives one value, and :mod:`sim.analysis` the
intervals.  A group without a case, dossier or item has no value rather than a NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, SupportsFloat, TypeAlias

import numpy as np

from sim.kpis.batches import Batches
from sim.kpis.window import Column, Count, Sample, Waits, Window, window
from sim.model import Model
from sim.records import Run

Better: TypeAlias = Literal["lower", "higher", "neither"]
Values: TypeAlias = Callable[[Window], Iterable[tuple[str, SupportsFloat]]]
Shares: TypeAlias = Callable[[Window], Iterable[Count]]
Samples: TypeAlias = Callable[[Window], Iterable[Sample | Waits]]
_Rows: TypeAlias = Callable[[Window], Iterator[tuple[str, str, float, int, Batches]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """What a KPI means.

    ``label`` is for planners, ``equation`` for whoever checks it; ``better`` says which way is
    an improvement.
    """

    name: str
    unit: str
    label: str
    equation: str
    better: Better


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """The value of one KPI for one group in one run, in ``unit``.

    ``out_of`` counts what a share is a share of: cases, dossiers, items, payments; 0 for a value
    that is no share of counts.  ``batches`` are of what they count by, such as working days; empty
    where nothing but the counts is known.
    """

    kpi: str
    group: str
    value: float
    unit: str
    out_of: int = 0
    batches: Batches = ()


CURRENCY: Final = "currency"
"""Stands in the unit of a KPI for the currency of the scenario."""

KPIS: Final[dict[str, Kpi]] = {}
"""Every KPI by its name, in the order in which they are measured."""

_RULES: Final[list[tuple[frozenset[str], _Rows]]] = []
"""What gives rows, by the KPIs that it gives."""

_QUANTILES: Final = {"median": 0.5, "p90": 0.9, "p95": 0.95}
_IN_WORDS: Final = {
    "mean": "mean",
    "median": "median",
    "p90": "90th percentile",
    "p95": "95th percentile",
}


def kpi(
    *, name: str, unit: str, label: str, equation: str, better: Better
) -> Callable[[Values], Values]:
    """Register the decorated function as a KPI: it gives pairs of a group and its value."""

    def register(values: Values) -> Values:
        _add(Kpi(name=name, unit=unit, label=label, equation=equation, better=better))

        def rows(measured: Window) -> Iterator[tuple[str, str, float, int, Batches]]:
            for group, value in values(measured):
                yield name, group, float(value), 0, ()

        _RULES.append((frozenset((name,)), rows))
        return values

    return register


def share(*, name: str, label: str, equation: str, better: Better) -> Callable[[Shares], Shares]:
    """Register the decorated function as a share of counts.

    It gives a group, how many count and how many they are out of; a group without any has none.
    """

    def register(counts: Shares) -> Shares:
        _add(Kpi(name=name, unit="share", label=label, equation=equation, better=better))

        def rows(measured: Window) -> Iterator[tuple[str, str, float, int, Batches]]:
            for group, count, out_of, batches in counts(measured):
                if out_of:
                    yield name, group, count / out_of, out_of, batches

        _RULES.append((frozenset((name,)), rows))
        return counts

    return register


def spread(
    *,
    name: str,
    unit: str,
    label: str,
    equation: str,
    better: Better,
    statistics: tuple[str, ...] = ("mean", "median", "p90", "p95"),
) -> Callable[[Samples], Samples]:
    """Register statistics of the samples that the decorated function gives, group by group.

    The KPIs are called ``{name}_{statistic}``.  Quantiles are NumPy's ``linear`` ones: between
    the order statistics around position (n - 1) p, counted from 0 (Hyndman and Fan 1996, type 7).
    """

    def register(samples: Samples) -> Samples:
        names = [f"{name}_{statistic}" for statistic in statistics]
        for full_name, statistic in zip(names, statistics, strict=True):
            _add(
                Kpi(
                    name=full_name,
                    unit=unit,
                    label=f"{label} ({_IN_WORDS[statistic]})",
                    equation=f"{_IN_WORDS[statistic]} of {equation}",
                    better=better,
                )
            )

        def rows(measured: Window) -> Iterator[tuple[str, str, float, int, Batches]]:
            found = [
                (group, summary(sample, statistics, *n_zeros))
                for group, sample, *n_zeros in samples(measured)
                if len(sample) + sum(n_zeros)
            ]
            for i, full_name in enumerate(names):
                for group, values in found:
                    yield full_name, group, values[i], 0, ()

        _RULES.append((frozenset(names), rows))
        return samples

    return register


def summary(sample: Column, statistics: tuple[str, ...], n_zeros: int = 0) -> tuple[float, ...]:
    """The named statistics of a sample that is not empty, in its unit.

    Parameters
    ----------
    n_zeros
        Values of 0 that belong to the sample, beside those in it, which then are larger.
    """
    n, mean = len(sample) + n_zeros, float(np.mean(sample)) if len(sample) else 0.0
    wanted = [_QUANTILES[statistic] for statistic in statistics if statistic != "mean"]
    if n_zeros:  # one of them stands for all: places are counted from the last on
        mean *= len(sample) / n
        places = [max((n - 1) * p - (n_zeros - 1), 0.0) for p in wanted]
        wanted = [place / max(len(sample), 1) for place in places]
        sample = np.append(sample, 0.0)
    quantiles = iter(np.quantile(sample, wanted, method="linear").tolist())
    return tuple(mean if statistic == "mean" else next(quantiles) for statistic in statistics)


def measure(
    model: Model, run: Run, bundles: Collection[str] = (), kpis: Collection[str] = ()
) -> list[Measure]:
    """Measure KPIs on one run.

    Parameters
    ----------
    model
        The model that was run; it says which cases count and what the groups are called.
    run
        One replication of it.
    bundles
        Names of the bundles to measure, beside the roles over all offices; empty for all bundles,
        and for each role at each office too.
    kpis
        Names of those to measure; empty for every one.

    Returns
    -------
    list[Measure]
        By KPI in the order of :data:`KPIS`, then by group in the order of the model.  The cases
        measured are those that arrive in ``[warm_up_ends_at, measured_until)``; those of them
        that are open at the horizon are counted by KPIs of their own (K4).
    """
    measured = window(model, run, bundles)
    units = {name: unit_of(name, model) for name in KPIS}
    return [
        Measure(
            kpi=name,
            group=group,
            value=value,
            unit=units[name],
            out_of=out_of,
            batches=batches,
        )
        for given, rows in _RULES
        if not kpis or not given.isdisjoint(kpis)
        for name, group, value, out_of, batches in rows(measured)
        if not kpis or name in kpis
    ]


def unit_of(kpi: str, model: Model) -> str:
    """The unit of a KPI, with the currency of the scenario in it where that has one."""
    currency = CURRENCY if model.costs is None else model.costs.currency
    return KPIS[kpi].unit.replace(CURRENCY, currency)


def _add(new: Kpi) -> None:
    if new.name in KPIS:
        raise ValueError(f"there is a KPI {new.name!r} already")
    KPIS[new.name] = new
