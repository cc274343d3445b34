"""Tells the story of a case that a study keeps: from a run made again, else from tables alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from sim.answers.events import Events
from sim.answers.kept import KeptCase
from sim.answers.story import (
    NO_TIME,
    Event,
    Kind,
    Story,
    Work,
    as_numbers,
    check_sum,
)
from sim.engines.following import follow
from sim.errors import EngineError, RequestError
from sim.experiment.again import model_again
from sim.language import marks, say
from sim.model import Model
from sim.records import NOT_YET

MOST_CASES: Final = 400_000
"""Cases that are run again to follow one of them: more would take the reference many minutes."""


def tell(
    manifest: Mapping[str, Any],
    kept: KeptCase,
    *,
    on_cases: Callable[[int], None] = lambda _: None,
    on_share: Callable[[float], None] | None = None,
    most_cases: int = MOST_CASES,
) -> Story:
    """Tell the story of a case.

    Parameters
    ----------
    manifest
        Of the study, see ``docs/results.md``.
    on_cases
        Told how many cases are run again, before they are.
    on_share
        Told which share of that run is done.
    most_cases
        If it takes more of them, the story is told from the tables alone.

    Raises
    ------
    EngineError
        The run made again is not the one that was kept.
    """
    try:
        model = model_again(manifest, kept.cell)
    except RequestError as error:
        return _from_tables(manifest, kept, None, str(error))
    n_cases = 0

    def is_run(n: int) -> bool:
        nonlocal n_cases
        n_cases = n
        if n <= most_cases:
            on_cases(n)
        return n <= most_cases

    found = follow(
        model,
        seed=manifest["seed"],
        replication=kept.replication,
        case=kept.number,
        on_cases=is_run,
        on_share=on_share,
    )
    if found is None:
        n = f"{n_cases:,}".replace(",", marks()[1].replace("\u00a0", " "))
        why = say("{n} cases would have to be run again for it", n=n)
        return _from_tables(manifest, kept, model, why)
    row = as_numbers(kept.row, model.start)
    again = {name: int(column[found.case]) for name, column in found.run.cases.items()}
    differ = [name for name in row if name != "case" and row[name] != again[name]]
    if differ:
        raise EngineError(
            say(
                "case {number} of replication {replication}, run again, differs from its "
                "row in the study: {names}",
                number=kept.number,
                replication=kept.replication,
                names=", ".join(differ),
            )
        )
    events = tuple(Events(model, found))
    if row["ended_at"] != NOT_YET:
        check_sum(row, events)
    return _story(manifest, kept, model, model.start, row, events, "")


def _story(
    manifest: Mapping[str, Any],
    kept: KeptCase,
    model: Model | None,
    start: dt.date,
    row: Mapping[str, int],
    events: tuple[Event, ...],
    lacking: str,
) -> Story:
    bundles = {} if model is None else {each.name: each.label for each in model.bundles}
    offices = {} if model is None else {each.name: each.label for each in model.offices}
    names = kept.row
    return Story(
        kept=kept,
        title=manifest["title"],
        seed=manifest["seed"],
        start=start,
        bundle=bundles.get(names["bundle"], names["bundle"]),
        channel=names["channel"],
        home=offices.get(names["home"], names["home"]),
        outcome=names["outcome"],
        currency=model.costs.currency if model is not None and model.costs is not None else "",
        row=row,
        events=events,
        lacking=lacking,
    )


def _from_tables(
    manifest: Mapping[str, Any], kept: KeptCase, model: Model | None, why: str
) -> Story:
    """What the tables have of a case: its row, and its work items where they are kept.

    Instants count from the day on which the case arrived, where there is no model to say more.
    """
    start = kept.row["arrives_at"].date() if model is None else model.start
    row = as_numbers(kept.row, start)
    what = (
        say("what happened between the pieces of work")
        if kept.items is not None
        else say("what happened on the way, for no work items are kept (--tables all)")
    )
    return _story(
        manifest,
        kept,
        model,
        start,
        row,
        tuple(_events_of_tables(kept, row, start, model)),
        say(
            "The tables do not have {what}; the run was not made again: {why}.", what=what, why=why
        ),
    )


def _events_of_tables(
    kept: KeptCase, row: Mapping[str, int], start: dt.date, model: Model | None
) -> Iterator[Event]:
    roles = {} if model is None else {each.name: each.label for each in model.roles}
    offices = {} if model is None else {each.name: each.label for each in model.offices}
    midnight = dt.datetime.combine(start, dt.time())

    def instant(at: dt.datetime | None) -> int | None:
        return None if at is None else (at - midnight) // dt.timedelta(microseconds=1)

    for item in kept.items or ():
        begins_at = instant(item["ready_at"])
        assert begins_at is not None  # noqa: S101  an item is there once it is ready
        yield Event(
            kind=Kind.WORK,
            step=item["activity"],
            begins_at=begins_at,
            ends_at=instant(item["ended_at"]),
            parts=NO_TIME,
            is_counted=False,
            work=Work(
                role=roles.get(item["role"], item["role"]),
                office=offices.get(item["office"], item["office"]),
                staff=item["staff"] or "",
                started_at=instant(item["started_at"]),
                visit=item["visit"],
            ),
        )
    if row["ended_at"] != NOT_YET:
        at = row["ended_at"]
        yield Event(kind=Kind.ENDED, step="", begins_at=at, ends_at=at, parts=NO_TIME)
