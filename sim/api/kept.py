"""Studies that lie in folders: which there are, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.answers.changes import Changes, KpiChange, Side, changes
from sim.answers.listed import Listed, studies_in
from sim.answers.rewritten import Change
from sim.api.frames import frame, frame_of_rows
from sim.api.languages import in_language
from sim.api.scenarios import AnyPath, OnProgress
from sim.language import language, say, speaking
from sim.report.changes import show_changes
from sim.report.listing import show_studies
from sim.report.summary import WIDTH
from sim.wording import as_one_form

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyList:
    """The studies in a folder and below it; ``print`` shows a table, ``frame`` has a row each."""

    folder: Path
    studies: tuple[Listed, ...]
    lang: str = field(default_factory=language)

    @property
    def frame(self) -> pd.DataFrame:
        """A row each study: see :class:`sim.answers.listed.Listed` for the columns."""
        return frame_of_rows(Listed, self.studies)

    def __str__(self) -> str:
        console, told = _to_text()
        with speaking(self.lang):
            show_studies(console, str(self.folder), self.studies)
        return told.getvalue().rstrip("\n")

    __repr__ = __str__


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StudyChanges:
    """What differs between two studies; ``print`` shows it, ``changes`` has it as data."""

    changes: Changes
    lang: str = field(default_factory=language)

    @property
    def scenario(self) -> pd.DataFrame:
        """What differs in the scenario: path, old and new value, and the cell if not in all."""
        return frame_of_rows(Change, self.changes.scenario)

    @property
    def asked(self) -> pd.DataFrame:
        """What differs in seed, replications, engine, versions and so on."""
        return frame_of_rows(Change, self.changes.asked)

    @property
    def kpis(self) -> pd.DataFrame:
        """A row each KPI: both means, their difference, each with the ends of its interval."""
        return frame(kpi_change_columns(self.changes.kpis))

    def __str__(self) -> str:
        console, told = _to_text()
        with speaking(self.lang):
            show_changes(console, self.changes)
        return told.getvalue().rstrip("\n")

    __repr__ = __str__


def results(folder: AnyPath = "results", *, lang: str | None = None) -> StudyList:
    """List the studies in a folder and below it, those on their way among them.

    Parameters
    ----------
    lang
        The language that it is told in: ``en`` or ``vi``; by default the one in use.

    Raises
    ------
    StoreError
        There is no such folder.
    """
    with in_language(lang):
        return StudyList(folder=Path(folder), studies=studies_in(Path(folder)))


def changes_of(
    old: Side,
    new: Side,
    kpis: str | Sequence[str],
    groups: str | Sequence[str],
    progress: OnProgress | None,
) -> StudyChanges:
    """What differs between two studies, see :meth:`sim.api.Study.diff`."""

    def show(done: int, total: int) -> None:
        if progress is not None:
            progress(say("reading the scenarios again"), done, total)

    return StudyChanges(
        changes=changes(
            old,
            new,
            kpis=(kpis,) if isinstance(kpis, str) else tuple(kpis),
            groups=tuple(map(as_one_form, (groups,) if isinstance(groups, str) else groups)),
            on_cell=show,
        )
    )


def kpi_change_columns(kpis: Sequence[KpiChange]) -> dict[str, list[Any]]:
    """What differs in the answer, in columns; a bound that is not there is NaN."""
    return {
        "cell": [each.cell for each in kpis],
        "kpi": [each.kpi for each in kpis],
        "group": [each.group for each in kpis],
        "unit": [each.unit for each in kpis],
        **{
            f"{side}_{end}": [getattr(getattr(each, side), end) for each in kpis]
            for side in ("old", "new", "difference")
            for end in ("mean", "low", "high", "n")
        },
        "is_paired": [each.is_paired for each in kpis],
        "p_value": [each.p_value for each in kpis],
        "adjusted": [each.adjusted for each in kpis],
        "is_more_than_chance": [each.is_more_than_chance for each in kpis],
    }


def _to_text() -> tuple[Console, StringIO]:
    from rich.console import Console

    told = StringIO()
    return Console(file=told, width=WIDTH, markup=False, highlight=False, emoji=False), told
