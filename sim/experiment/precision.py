"""What precision a study is asked for, and what it came to: data, without how either is found."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """How narrow the interval of a KPI and group shall be, in every cell that it is wanted of.

    ``amount`` is the half-width: in ``unit``, or where ``is_relative`` a share of the mean; of a
    difference a share of the mean of the baseline.  ``text`` is as it was asked for.
    """

    kpi: str
    group: str
    unit: str
    amount: float
    is_relative: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What came of an aim in one cell.

    ``baseline`` is empty where the mean itself is wanted, else the difference from it is.
    ``wanted`` and ``half_width`` are in the unit of the aim, NaN where there is no value or no
    interval.  ``needed`` forecasts the replications that it takes in all, 0 where it is met or
    nothing can be said.
    """

    cell: str
    baseline: str
    aim: Aim
    wanted: float
    half_width: float
    needed: int
    is_met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """The precision of a study: what was wanted and what was reached.

    ``stages`` are the numbers of replications after which intervals were looked at, the last of
    them that of the study; ``most`` is the number that it was not to exceed.
    """

    aims: tuple[Aim, ...]
    most: int
    stages: tuple[int, ...]
    reached: tuple[Reached, ...]

    @property
    def is_met(self) -> bool:
        """Whether every interval is as narrow as it was wanted."""
        return bool(self.reached) and all(each.is_met for each in self.reached)

    def as_dict(self) -> dict[str, Any]:
        """Plain data, as in the manifest; what is not there is None."""
        return {
            "is_met": self.is_met,
            "most_replications": self.most,
            "stages": list(self.stages),
            "reached": [
                {
                    "cell": each.cell,
                    "baseline": each.baseline,
                    "kpi": each.aim.kpi,
                    "group": each.aim.group,
                    "asked": each.aim.text,
                    "wanted": _or_none(each.wanted),
                    "half_width": _or_none(each.half_width),
                    "unit": each.aim.unit,
                    "is_met": each.is_met,
                    "needed": each.needed or None,
                }
                for each in self.reached
            ],
        }


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value
