"""The shares of offices in all cells of a study, as they came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sim.analysis.estimate import Interval
from sim.analysis.verdicts import Judgement

ON_TIME: Final = "on_time_share"
"""The share that is held against a line."""

LAW: Final = 1.0
"""The line that the law draws: every case within its limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeEstimate:
    """What the replications of a cell say of a share of a group at one office, with its label.

    ``out_of`` counts what it is a share of, all replications together.  ``to_line`` judges the
    share less the line, None where there is none; ``to_others`` the share less that of all other
    offices together, replications paired, None where there is no other.
    """

    cell: str
    office: str
    label: str
    kpi: str
    group: str
    interval: Interval
    out_of: int
    to_line: Judgement | None
    to_others: Judgement | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ByOffice:
    """The offices of all cells; ``lines`` has the share on time that they are held to, by bundle.

    An office without a case in any replication has no estimate.
    """

    lines: Mapping[str, float]
    estimates: tuple[OfficeEstimate, ...]

    def of(self, cell: str, kpi: str, group: str) -> tuple[OfficeEstimate, ...]:
        """The offices of a cell with a value, in the order of the model."""
        wanted = cell, kpi, group
        return tuple(e for e in self.estimates if (e.cell, e.kpi, e.group) == wanted)

    def groups(self, kpi: str) -> tuple[str, ...]:
        """The groups of which a share is taken, in their order."""
        return tuple(dict.fromkeys(each.group for each in self.estimates if each.kpi == kpi))
