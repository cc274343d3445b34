"""What a study leaves in memory: its cells, their values, estimates and what failed.

It refuses to judge or to draw: :mod:`sim.report` shows it, :mod:`sim.experiment.store` writes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.analysis.estimate import Estimate
from sim.experiment.kinds import Kind
from sim.experiment.offices import ByOffice
from sim.experiment.precision import Precision
from sim.experiment.timeline import OverTime
from sim.kpis import Measure
from sim.kpis.money import Lacking
from sim.scenario import Scenario
from sim.scenario.schema.sections import Claim, Target
from sim.workload import RoleLoad

_Place: TypeAlias = tuple[str, str, str]
"""A cell, a KPI and a group."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cell:
    """One thing that a study runs: a scenario, a variant of it, or a point of a grid.

    Parameters
    ----------
    name
        What tables and figures call it; unique in a study.
    settings
        What was set beside the variant, as given, by lever or path: first what all cells share
        (``--set``), then what a sweep varies, in the order of the levers.
    variant
        The name of the variant, None for the scenario as written.
    fingerprint
        That of its model.
    shares_runs_with
        The name of the earlier cell with an equal model, whose runs are this cell's too; None
        where it has runs of its own.
    baseline
        The name of the cell that it is set against, empty for none.
    """

    name: str
    settings: Mapping[str, str]
    variant: str | None
    scenario: Scenario
    fingerprint: str
    shares_runs_with: str | None
    baseline: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A replication that raised, with its error in one line; the rest of the study went on."""

    cell: str
    replication: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Omission:
    """A point of a study that is not run: its staff could not do the work, and ``reason`` says who.

    ``settings`` are those of the cell that it would be.
    """

    cell: str
    settings: Mapping[str, str]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayHistogram:
    """How many cases took how many working days by law (L6): completed, measured cases.

    All replications together.  ``group`` is a bundle (``birth``) or a bundle and a channel
    (``birth/online``).  ``counts[i]`` cases took ``days[i]`` working days, days rising.
    ``limit_days`` is the legal limit that most of the cases had, None for none; ``limits`` pairs
    every limit, extensions included, with its number of cases, -1 for those without a limit.
    """

    cell: str
    group: str
    limit_days: int | None
    days: tuple[int, ...]
    counts: tuple[int, ...]
    limits: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimCheck:
    """A published figure beside what a cell of its regime simulates, in the unit of the KPI.

    ``difference`` is simulated less published.
    """

    claim: Claim
    cell: str
    mean: float
    low: float
    high: float
    difference: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measures:
    """Every value of every replication in columns of one length; see :class:`sim.kpis.Measure`."""

    cell: tuple[str, ...]
    replication: NDArray[np.int64]
    kpi: tuple[str, ...]
    group: tuple[str, ...]
    value: NDArray[np.float64]
    unit: tuple[str, ...]
    out_of: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.cell)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Results:
    """A study as it came out.

    Parameters
    ----------
    title, command
        Of the scenario; and the command that asked for the study, as typed.
    cells
        Those that were run, in the order of the plan; ``baseline`` names the first of them that
        others are set against.
    varied
        The levers of a sweep in their order, empty for other studies.
    bundles
        The names of the bundles that are kept, empty for all.
    replications, first
        How many replications were asked for of each cell, and the number of the first of them.
    measures
        The values of all finished replications, those of cells that share runs repeated.
    estimates, differences
        By cell, and for each cell less its baseline with replications paired; ``differences`` is
        empty where nothing is compared.
    omissions
        The points of the study that were not run, because nobody could keep up with the work.
    n_cases
        Cases simulated in all finished replications, warm-up included, by cell.
    elapsed
        Seconds that the runs took.
    holidays
        The public holidays used, as :meth:`sim.public_holidays.Holidays.as_dict`; empty for none.
    versions
        Of Python, lienthong and the libraries that numbers depend on, by name.
    is_complete
        Whether no replication is missing because the study was interrupted.
    overloads
        The roles and offices that cannot keep up with the work that arrives, by cell.
    over_time
        The state over time; None where it was not followed.
    by_office
        Shares by home office; None where they were not asked for.
    lacking
        The amounts of money that the scenario does not give, by cell and bundle.
    precision
        What precision was wanted and what was reached; None where ``replications`` were said.
    kinds
        Whether each cell is of one stretch of time or of a steady state, by its name.
    """

    title: str
    command: str
    cells: tuple[Cell, ...]
    baseline: str
    varied: tuple[str, ...]
    bundles: tuple[str, ...]
    replications: int
    first: int
    seed: int
    engine: str
    measures: Measures
    estimates: tuple[Estimate, ...]
    differences: tuple[Estimate, ...]
    failures: tuple[Failure, ...]
    omissions: tuple[Omission, ...]
    histograms: tuple[DayHistogram, ...]
    claims: tuple[ClaimCheck, ...]
    target: Target | None
    n_cases: Mapping[str, int]
    elapsed: float
    holidays: Mapping[str, Any]
    versions: Mapping[str, str]
    is_complete: bool
    overloads: Mapping[str, tuple[RoleLoad, ...]] = field(default_factory=dict)
    over_time: OverTime | None = None
    by_office: ByOffice | None = None
    lacking: Mapping[str, Mapping[str, Lacking]] = field(default_factory=dict)
    precision: Precision | None = None
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    _estimates: Mapping[_Place, Estimate] = field(init=False, repr=False)
    _differences: Mapping[_Place, Estimate] = field(init=False, repr=False)
    _rows: Mapping[_Place, Sequence[int]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("estimates", "differences"):
            by_place = {(e.variant, e.kpi, e.group): e for e in getattr(self, name)}
            object.__setattr__(self, f"_{name}", by_place)
        rows: dict[_Place, list[int]] = {}
        columns = self.measures.cell, self.measures.kpi, self.measures.group
        for row, place in enumerate(zip(*columns, strict=True)):
            rows.setdefault(place, []).append(row)
        object.__setattr__(self, "_rows", rows)

    def cell(self, name: str) -> Cell:
        """The cell of a name; KeyError if there is none."""
        for cell in self.cells:
            if cell.name == name:
                return cell
        raise KeyError(name)

    def estimate(self, cell: str, kpi: str, group: str) -> Estimate | None:
        """What the replications say of a KPI and group in a cell; None without a value."""
        return self._estimates.get((cell, kpi, group))

    def difference(self, cell: str, kpi: str, group: str) -> Estimate | None:
        """The cell less its baseline, paired; None for one that has none, or without a value."""
        return self._differences.get((cell, kpi, group))

    def values(self, cell: str, kpi: str, group: str) -> NDArray[np.float64]:
        """The values of one KPI and group in a cell by replication, NaN where there is none."""
        found = np.full(self.replications, np.nan)
        rows = list(self._rows.get((cell, kpi, group), ()))
        found[self.measures.replication[rows] - self.first] = self.measures.value[rows]
        return found

    def out_of(self, cell: str, kpi: str, group: str) -> NDArray[np.int64]:
        """What the values of one KPI and group are shares of, by replication; 0 for no counts."""
        found = np.zeros(self.replications, np.int64)
        rows = list(self._rows.get((cell, kpi, group), ()))
        found[self.measures.replication[rows] - self.first] = self.measures.out_of[rows]
        return found

    def histogram(self, cell: str, group: str) -> DayHistogram | None:
        """The working days of a group in a cell; None where no case has any."""
        for each in self.histograms:
            if each.cell == cell and each.group == group:
                return each
        return None


def in_columns(rows: Sequence[tuple[str, int, Iterable[Measure]]]) -> Measures:
    """Lay the measures of replications, each with its cell and number, into columns."""
    flat = [(cell, replication, each) for cell, replication, found in rows for each in found]
    return Measures(
        cell=tuple(cell for cell, _, _ in flat),
        replication=np.array([replication for _, replication, _ in flat], np.int64),
        kpi=tuple(each.kpi for _, _, each in flat),
        group=tuple(each.group for _, _, each in flat),
        value=np.array([each.value for _, _, each in flat], np.float64),
        unit=tuple(each.unit for _, _, each in flat),
        out_of=np.array([each.out_of for _, _, each in flat], np.int64),
    )
