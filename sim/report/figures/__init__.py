"""Draws results: the only room that knows seaborn and matplotlib.

Every figure is made of its arguments alone: the same results give the same bytes, as PNG and as
SVG.  Colours are those of Okabe and Ito (2008), told apart by colour-blind readers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from sim.experiment.results import Results
from sim.report.figures.by_office import by_office
from sim.report.figures.canvas import encode
from sim.report.figures.days import working_days_distribution
from sim.report.figures.ledger import time_ledger
from sim.report.figures.levers import lever_response, staffing_uptake_map
from sim.report.figures.over_time import over_time
from sim.report.figures.readings import range_of_readings
from sim.report.figures.staff import staff_load

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "FIGURES",
    "by_office",
    "draw",
    "encode",
    "lever_response",
    "over_time",
    "range_of_readings",
    "staff_load",
    "staffing_uptake_map",
    "time_ledger",
    "working_days_distribution",
]


FIGURES: Final[Mapping[str, Callable[[Results, str], Figure | None]]] = {
    "readings": range_of_readings,
    "working-days": working_days_distribution,
    "time-ledger": time_ledger,
    "staffing-uptake": staffing_uptake_map,
    "lever-response": lever_response,
    "over-time": over_time,
    "by-office": by_office,
    "staff-load": lambda results, _: staff_load(results),
}
"""What draws each figure of a bundle, by the name of its file; None where there are no numbers."""


def draw(results: Results, bundle: str) -> dict[str, Figure]:
    """Every figure that the results have the numbers for, by the name of its file.

    Parameters
    ----------
    results
        A study.
    bundle
        The bundle that the figures are of; the load of the staff is that of all bundles.
    """
    found = {name: drawn(results, bundle) for name, drawn in FIGURES.items()}
    return {name: figure for name, figure in found.items() if figure is not None}
