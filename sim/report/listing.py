"""The studies under a folder, as a table in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.answers.listed import Listed, State
from sim.report.words import NOTHING, counted, number
from sim.wording import visible

if TYPE_CHECKING:
    from rich.console import Console


def show_studies(console: Console, folder: str, studies: Sequence[Listed]) -> None:
    """Print a row for each study, and below it what cannot be read."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    if not studies:
        console.print(visible(f"No study of lienthong in {folder}."))
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("Study", "Scenario", "Begun", "Cells", "Replications", "Version", "State"):
        is_number = heading in ("Cells", "Replications")
        table.add_column(heading, justify="right" if is_number else "left", overflow="fold")
    for each in studies:
        table.add_row(*(Text(visible(cell)) for cell in _row(each)))
    console.print(table)
    for each in studies:
        if each.fault:
            console.print(visible(f"{each.name}: {each.fault}"))


def _row(study: Listed) -> tuple[str, ...]:
    if study.state is State.UNREADABLE:
        return (study.name, *[NOTHING] * 5, study.state)
    return (
        study.name,
        study.title or NOTHING,
        study.started_at[:16].replace("T", " ") or NOTHING,
        number(study.n_cells) if study.n_cells else NOTHING,
        number(study.replications) if study.replications else NOTHING,
        study.version or NOTHING,
        state_words(study),
    )


def state_words(study: Listed) -> str:
    """How far a study is, and what it lacks: "complete, 1 point left out"."""
    words = [str(study.state)]
    if study.n_finished < study.n_runs and study.state is not State.COMPLETE:
        words[0] += f" at {number(study.n_finished)} of {number(study.n_runs)}"
    if study.n_failed:
        words.append(f"{counted(study.n_failed, 'replication')} failed")
    if study.n_omitted:
        words.append(f"{counted(study.n_omitted, 'point')} left out")
    return ", ".join(words)
