"""What differs between two studies: in what was asked, in the scenario, and in the answer.

Replications are paired where both studies have them with one seed; else the studies are two
samples.  Whether a difference is more than chance is judged over all that are compared (Holm).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

import numpy as np

from sim.analysis import paired, two_samples
from sim.analysis.chance import holm
from sim.analysis.estimate import Estimate, Interval
from sim.answers.rewritten import Change, OnCell, changed, scenario_changes
from sim.errors import RequestError
from sim.experiment.columns import Columns
from sim.kpis import KPIS
from sim.language import later, say
from sim.wording import did_you_mean

LEVEL: Final = 0.05
"""Chance that of all differences compared even one is called more than chance and is none."""

_ASKED: Final = ("title", "seed", "replications", "first_replication", "engine", "baseline")
_Values: TypeAlias = dict[int, tuple[float, float]]
"""By replication, a value and what it is a share of."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """One of two studies: its folder or title, its manifest, and the columns of its CSV files."""

    name: str
    manifest: Mapping[str, Any]
    kpis: Columns
    estimates: Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A cell of each study that are compared.

    ``is_same`` says that both have the same model, seed and version, so that their runs are equal.
    """

    old: str
    new: str
    is_same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """A cell that one study has alone, and the reason why the other has left it out, if it has."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiChange:
    """A KPI of a group in two studies.

    Parameters
    ----------
    cell
        In the new study.
    old, new
        What each study says, by all of its replications.
    difference
        New less old; of pairs over the replications that both have.
    is_paired
        Whether replications are paired.
    p_value
        The least level at which the interval of the difference leaves 0 out; NaN without one.
    adjusted
        The same, of all differences compared together.
    """

    cell: str
    kpi: str
    group: str
    unit: str
    old: Estimate
    new: Estimate
    difference: Estimate
    is_paired: bool
    p_value: float
    adjusted: float = math.nan

    @property
    def is_more_than_chance(self) -> bool:
        """Whether it can be told from none, among all that are compared."""
        return self.adjusted <= LEVEL


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """All that differs between two studies.

    Parameters
    ----------
    asked
        What was asked for and with which versions it was run.
    scenario
        Paths of the scenario: of all cells, then what differs in single ones beside.
    lacking
        Why the scenarios could not be compared; empty where they were.
    only_old, only_new
        Cells without a counterpart.
    kpis
        By cell, KPI and group; not of cells whose runs are the same.
    """

    old: str
    new: str
    asked: tuple[Change, ...]
    scenario: tuple[Change, ...]
    lacking: str
    pairs: tuple[Pair, ...]
    only_old: tuple[Alone, ...]
    only_new: tuple[Alone, ...]
    kpis: tuple[KpiChange, ...]

    @property
    def n_compared(self) -> int:
        """Differences that have an interval, over which chance is judged."""
        return sum(not math.isnan(each.p_value) for each in self.kpis)


def changes(
    old: Side,
    new: Side,
    *,
    kpis: Sequence[str] = (),
    groups: Sequence[str] = (),
    on_cell: OnCell | None = None,
) -> Changes:
    """Compare two studies.

    Parameters
    ----------
    kpis, groups
        Names to compare; by default all.  The fewer, the smaller a difference can be told from
        chance.
    on_cell
        Told how many cells of the scenarios are read again, and of how many.

    Raises
    ------
    RequestError
        No study has a KPI or a group of a name, or they have no cell in common.
    """
    _check(
        later("no KPI '{name}' in either; {way_out}"),
        kpis,
        {*KPIS, *old.kpis["kpi"], *new.kpis["kpi"]},
    )
    _check(
        later("no group '{name}' in either; {way_out}"),
        groups,
        {*old.kpis["group"], *new.kpis["group"]},
    )
    pairs = _pairs(old.manifest, new.manifest)
    cells = [_by_name(side.manifest) for side in (old, new)]
    scenario, lacking = scenario_changes(
        old.manifest,
        new.manifest,
        [(cells[0][pair.old], cells[1][pair.new]) for pair in pairs],
        on_cell=on_cell,
    )
    return Changes(
        old=old.name,
        new=new.name,
        asked=changed(_asked(old.manifest), _asked(new.manifest)),
        scenario=scenario,
        lacking=lacking,
        pairs=pairs,
        only_old=_alone(old.manifest, {pair.old for pair in pairs}, new.manifest),
        only_new=_alone(new.manifest, {pair.new for pair in pairs}, old.manifest),
        kpis=_judged(
            [
                each
                for each in _kpis(old, new, pairs)
                if (not kpis or each.kpi in kpis) and (not groups or each.group in groups)
            ]
        ),
    )


def _check(words: str, names: Sequence[str], known: set[str]) -> None:
    for name in names:
        if name not in known:
            raise RequestError(say(words, name=name, way_out=did_you_mean(name, known)))


def _asked(manifest: Mapping[str, Any]) -> dict[str, str]:
    found = {name: str(manifest[name]) for name in _ASKED}
    found["bundles"] = ", ".join(manifest["bundles"]) or "all"
    found["holidays"] = json.dumps(manifest["holidays"], ensure_ascii=False)
    return found | {name: str(known) for name, known in manifest["versions"].items()}


def _pairs(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Pair, ...]:
    """Cells of one name; or the two alone, whatever they are called."""
    olds, news = _by_name(old), _by_name(new)
    names = [(name, name) for name in news if name in olds]
    if len(olds) == len(news) == 1:
        names = [(next(iter(olds)), next(iter(news)))]
    is_alike = old["seed"] == new["seed"] and old["versions"] == new["versions"]
    return tuple(
        Pair(
            old=mine,
            new=other,
            is_same=is_alike and olds[mine]["model_sha256"] == news[other]["model_sha256"],
        )
        for mine, other in names
    )


def _by_name(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {cell["name"]: cell for cell in manifest["cells"]}


def _alone(
    manifest: Mapping[str, Any], paired_with: set[str], other: Mapping[str, Any]
) -> tuple[Alone, ...]:
    reasons = {each["name"]: each["reason"] for each in other["omissions"]}
    return tuple(
        Alone(name=cell["name"], reason=reasons.get(cell["name"], ""))
        for cell in manifest["cells"]
        if cell["name"] not in paired_with
    )


def _kpis(old: Side, new: Side, pairs: Sequence[Pair]) -> Iterator[KpiChange]:
    is_one_seed = old.manifest["seed"] == new.manifest["seed"]
    values = [_values(side.kpis) for side in (old, new)]
    means = [_means(side.estimates) for side in (old, new)]
    for pair in (pair for pair in pairs if not pair.is_same):
        for place, estimate in means[1].get(pair.new, {}).items():
            before = means[0].get(pair.old, {}).get(place)
            if before is None or before.unit != estimate.unit:
                continue
            mine, other = values[0][pair.old][place], values[1][pair.new][place]
            common = sorted(mine.keys() & other.keys()) if is_one_seed else []
            found, p_value = _compared(mine, other, common)
            yield KpiChange(
                cell=pair.new,
                kpi=place[0],
                group=place[1],
                unit=estimate.unit,
                old=before,
                new=estimate,
                difference=replace(
                    estimate,
                    baseline=pair.old,
                    mean=found.mean,
                    low=found.low,
                    high=found.high,
                    n=found.n,
                ),
                is_paired=bool(common),
                p_value=p_value,
            )


def _compared(mine: _Values, other: _Values, common: Sequence[int]) -> tuple[Interval, float]:
    numbers = (common, common) if common else (sorted(mine), sorted(other))
    a, b = ([each[i] for i in own] for each, own in zip((mine, other), numbers, strict=True))
    old, new = [value for value, _ in a], [value for value, _ in b]
    sizes = [np.array([n for _, n in each], np.float64) for each in (a, b)]
    if common:
        out_of = np.minimum(*sizes)
        difference = paired.difference(old, new, out_of=out_of)
        return difference, paired.p_of(old, new, out_of=out_of)
    return two_samples.difference(old, new, out_of=(sizes[0].sum(), sizes[1].sum()))


def _judged(found: Sequence[KpiChange]) -> tuple[KpiChange, ...]:
    adjusted = holm([each.p_value for each in found]).tolist()
    return tuple(replace(each, adjusted=p) for each, p in zip(found, adjusted, strict=True))


def _values(kpis: Columns) -> dict[str, dict[tuple[str, str], _Values]]:
    """By cell, then by KPI and group."""
    found: dict[str, dict[tuple[str, str], _Values]] = {}
    names = ("variant", "kpi", "group", "replication", "value", "out_of")
    for cell, kpi, group, number, value, out_of in zip(*(kpis[n] for n in names), strict=True):
        size = 0.0 if math.isnan(out_of) else float(out_of)
        found.setdefault(cell, {}).setdefault((kpi, group), {})[int(number)] = (value, size)
    return found


def _means(estimates: Columns) -> dict[str, dict[tuple[str, str], Estimate]]:
    """The estimates of cells, not those of differences."""
    names = ("variant", "baseline", "kpi", "group", "mean", "low", "high", "n", "unit")
    found: dict[str, dict[tuple[str, str], Estimate]] = {}
    for row in zip(*(estimates[name] for name in names), strict=True):
        each = Estimate(**dict(zip(names, row, strict=True)))
        if not each.baseline:
            found.setdefault(each.variant, {})[each.kpi, each.group] = each
    return found
