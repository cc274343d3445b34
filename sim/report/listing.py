"""The studies under a folder, as a table in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.answers.listed import Listed, State
from sim.language import Phrases, say, say_of_scenario
from sim.report.words import NOTHING, counted, number
from sim.wording import visible

if TYPE_CHECKING:
    from rich.console import Console


_STATES = Phrases(
    {
        State.COMPLETE: "complete",
        State.INTERRUPTED: "interrupted",
        State.RUNNING: "running",
        State.UNREADABLE: "unreadable",
    }
)


def show_studies(console: Console, folder: str, studies: Sequence[Listed]) -> None:
    """Print a row for each study, and below it what cannot be read."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    if not studies:
        console.print(visible(say("No study of lienthong in {folder}.", folder=folder)))
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading, is_number in (
        (say("Study"), False),
        (say("Scenario"), False),
        (say("Begun"), False),
        (say("Cells"), True),
        (say("Replications"), True),
        (say("Version"), False),
        (say("State"), False),
    ):
        table.add_column(heading, justify="right" if is_number else "left", overflow="fold")
    for each in studies:
        table.add_row(*(Text(visible(cell)) for cell in _row(each)))
    console.print(table)
    for each in studies:
        if each.fault:
            console.print(visible(f"{each.name}: {each.fault}"))


def _row(study: Listed) -> tuple[str, ...]:
    if study.state is State.UNREADABLE:
        return (study.name, *[NOTHING] * 5, _STATES[study.state])
    return (
        study.name,
        say_of_scenario(study.title) or NOTHING,
        f"{study.started_at[:10]} {study.started_at[11:16]}".strip() or NOTHING,
        number(study.n_cells) if study.n_cells else NOTHING,
        number(study.replications) if study.replications else NOTHING,
        study.version or NOTHING,
        state_words(study),
    )


def state_words(study: Listed) -> str:
    """How far a study is, and what it lacks: "complete, 1 point left out"."""
    words = [_STATES[study.state]]
    if study.n_finished < study.n_runs and study.state is not State.COMPLETE:
        words[0] = say(
            "{state} at {n} of {all}",
            state=words[0],
            n=number(study.n_finished),
            all=number(study.n_runs),
        )
    if study.n_failed:
        n_failed = counted(study.n_failed, "replication")
        words.append(say("{replications} failed", replications=n_failed))
    if study.n_omitted:
        words.append(say("{points} left out", points=counted(study.n_omitted, "point")))
    return ", ".join(words)
