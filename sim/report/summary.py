"""What a terminal shows at the end of a study, as text."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Final

from sim.experiment.results import Results
from sim.report.board import show_by_office
from sim.report.periods import show_over_time
from sim.report.tables import show_results

if TYPE_CHECKING:
    from rich.console import Console

WIDTH: Final = 120
"""Columns of what goes to no terminal."""


def show_study(console: Console, results: Results) -> None:
    """Print a study, and the state over time and the offices where they were asked for."""
    show_results(console, results)
    show_over_time(console, results)
    show_by_office(console, results)


def summary(results: Results) -> str:
    """What :func:`show_study` prints where there is no terminal."""
    from rich.console import Console

    told = StringIO()
    show_study(Console(file=told, width=WIDTH, markup=False, highlight=False, emoji=False), results)
    return told.getvalue()
