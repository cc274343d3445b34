"""Lays the cells of a sweep along its levers with numbers, and says what the target asks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.experiment.aims import chief_kpi
from sim.experiment.results import Cell, Results
from sim.kpis import KPIS
from sim.language import say
from sim.report.view import Lever, levers, setting
from sim.report.words import amount


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """A KPI over two levers: arrays of shape (settings of ``down``, settings of ``across``).

    ``mean``, and ``low`` and ``high`` of its interval, are in the unit of the KPI, NaN where there
    is no value.  ``runs`` names the cell
    whose runs they are: cells that share them are one setting.
    """

    title: str
    across: Lever
    down: Lever
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    runs: NDArray[np.object_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """The KPI that a study is about; ``value`` is the target, in its unit, None for none."""

    kpi: str
    value: float | None
    at_most: bool

    @property
    def words(self) -> str:
        """The target as in a sentence: "at most 4 wd"."""
        if self.value is None:
            return say("none")
        places = 0 if self.value == round(self.value) or KPIS[self.kpi].unit == "share" else 1
        value = amount(self.value, KPIS[self.kpi].unit, places)
        return (
            say("at most {value}", value=value)
            if self.at_most
            else say("at least {value}", value=value)
        )

    def is_met(self, mean: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Where a mean keeps the target; never where there is no value, or no target."""
        if self.value is None:
            return np.zeros(mean.shape, np.bool_)
        return mean <= self.value if self.at_most else mean >= self.value


def numeric(results: Results) -> tuple[Lever, ...]:
    """The levers whose settings are all numbers, each with its settings rising."""
    found = []
    for lever in levers(results):
        if lever.amounts is not None:
            texts = tuple(sorted(lever.texts, key=lever.amounts.__getitem__))
            found.append(
                Lever(name=lever.name, label=lever.label, texts=texts, amounts=lever.amounts)
            )
    return tuple(found)


def grids(results: Results, kpi: str, group: str) -> tuple[Grid, ...]:
    """Lay a KPI over the first two levers with numbers; empty for fewer than two.

    Returns
    -------
    tuple[Grid, ...]
        One for each setting of the other levers, in the order of the cells; none where a lever is
        moved alone, and not with every setting of the other.
    """
    with_numbers = numeric(results)
    if len(with_numbers) < 2:
        return ()
    across, down = with_numbers[:2]
    panels: dict[str, Grid] = {}
    for cell in results.cells:
        title = _others(results, cell, (across, down))
        if title not in panels:
            shape = (len(down.texts), len(across.texts))
            panels[title] = Grid(
                title=title,
                across=across,
                down=down,
                mean=np.full(shape, math.nan),
                low=np.full(shape, math.nan),
                high=np.full(shape, math.nan),
                runs=np.full(shape, "", dtype=object),
            )
        found = results.estimate(cell.name, kpi, group)
        if found is not None and {across.name, down.name} <= set(cell.settings):
            place = (
                down.texts.index(cell.settings[down.name]),
                across.texts.index(cell.settings[across.name]),
            )
            panels[title].mean[place] = found.mean
            panels[title].low[place] = found.low
            panels[title].high[place] = found.high
            panels[title].runs[place] = cell.shares_runs_with or cell.name
    crossed = {
        (cell.settings.get(across.name), cell.settings.get(down.name)) for cell in results.cells
    }
    return tuple(panels.values()) if len(crossed) == len(down.texts) * len(across.texts) else ()


def responses(
    results: Results, lever: Lever, kpi: str, group: str
) -> dict[str, NDArray[np.float64]]:
    """A KPI along one lever with numbers, the others of its kind as in the baseline.

    Returns
    -------
    dict[str, NDArray[np.float64]]
        By what the levers without numbers are at, in words: arrays of shape (4, points) with the
        lever's amount, rising, and mean, low and high of the KPI.  Settings with which the lever
        is not moved are left out.
    """
    with_numbers = numeric(results)
    base = results.cell(results.baseline).settings
    held = {each.name: base.get(each.name) for each in with_numbers if each.name != lever.name}
    lines: dict[str, list[tuple[float, float, float, float]]] = {}
    for cell in results.cells:
        if any(cell.settings.get(name) != text for name, text in held.items()):
            continue
        found = results.estimate(cell.name, kpi, group)
        text = cell.settings.get(lever.name)
        if found is not None and text is not None and lever.amounts is not None:
            words = _others(results, cell, with_numbers)
            lines.setdefault(words, []).append(
                (lever.amounts[text], found.mean, found.low, found.high)
            )
    return {words: np.array(sorted(points)).T for words, points in lines.items() if len(points) > 1}


def goal(results: Results, bundle: str) -> Goal:
    """What is asked of a bundle: its target, or how long it takes where it has none."""
    target = results.target
    if target is None or target.bundle != bundle:
        return Goal(kpi=chief_kpi(target, bundle), value=None, at_most=True)
    at_most = target.at_most is not None
    value = target.at_most if at_most else target.at_least
    return Goal(kpi=target.kpi, value=value, at_most=at_most)


def _others(results: Results, cell: Cell, shown: tuple[Lever, ...]) -> str:
    """The settings of the levers that are not shown themselves."""
    names = {lever.name for lever in shown}
    return ", ".join(
        setting(results, lever, cell.settings[lever.name])
        for lever in levers(results)
        if lever.name not in names and lever.name in cell.settings
    )
