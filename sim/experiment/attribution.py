"""Says where the time goes: what each part of the time ledger adds between two cells (K2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.analysis.estimate import Interval, estimate
from sim.analysis.paired import difference
from sim.experiment.results import Results
from sim.records import LEDGER

PARTS: Final = tuple(column.removesuffix("_time") for column in LEDGER)
"""The parts of the ledger, as KPIs name them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The mean hours per completed case in each part of the ledger, or their difference.

    ``parts`` has one interval for each of :data:`PARTS`; they add up to ``whole``, the sojourn,
    in the mean, but not in the ends of the intervals.
    """

    parts: dict[str, Interval]
    whole: Interval


def time_in(results: Results, cell: str, group: str) -> Attribution:
    """What the time of a group's cases in one cell is made of, in hours per completed case."""
    values = _hours(results, cell, group)
    return Attribution(
        parts={part: estimate(hours) for part, hours in values.items()},
        whole=estimate(np.sum(list(values.values()), axis=0)),
    )


def time_between(results: Results, base: str, cell: str, group: str) -> Attribution:
    """Where a cell gains or loses time against another: hours of ``cell`` less those of ``base``.

    Replications are paired, under common random numbers (R1).
    """
    a, b = _hours(results, base, group), _hours(results, cell, group)
    return Attribution(
        parts={part: difference(a[part], b[part]) for part in PARTS},
        whole=difference(np.sum(list(a.values()), axis=0), np.sum(list(b.values()), axis=0)),
    )


def _hours(results: Results, cell: str, group: str) -> dict[str, NDArray[np.float64]]:
    return {part: results.values(cell, f"ledger_{part}_hours", group) for part in PARTS}
