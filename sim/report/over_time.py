"""Chooses what is shown of the state over time: roles and channels, columns of a table, words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.experiment.dated import DatedChange
from sim.experiment.results import Results
from sim.experiment.timeline import CourseEstimate, OverTime
from sim.language import date_in_words, later, say, say_of_scenario
from sim.report.view import Shown, channel_label, distinct, role_label
from sim.report.words import (
    amount,
    and_more,
    between,
    counted,
    interval_in_words,
    number,
    within,
)
from sim.wording import visible

MOST_ROLES: Final = 4
"""Roles that are shown: those for which most is waiting at some time."""

MOST_CELLS: Final = 6
"""Cells that are shown, the first ones: a line of its own colour each."""

_MOST_ROWS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One course in a table; ``heading`` and ``unit`` stand above it."""

    heading: str
    unit: str
    course: CourseEstimate

    def text(self, row: int) -> str:
        """The mean of a period."""
        factor = 100 if self.course.unit == "share" else 1
        return number(factor * float(self.course.mean[row]), 1)


def day(date: dt.date) -> str:
    """A date in words: "5 May 2025"."""
    return date_in_words(date)


def chief_roles(found: OverTime) -> tuple[str, ...]:
    """The roles that are shown, in the order of the model: those with the longest queues."""
    most: dict[str, float] = {}
    for each in found.courses:
        if each.kpi == "items_waiting":
            most[each.group] = max(most.get(each.group, 0.0), float(each.mean.max(initial=0.0)))
    chosen = sorted(most, key=most.__getitem__, reverse=True)[:MOST_ROLES]
    return tuple(role for role in most if role in chosen)


def chief_channel(results: Results, found: OverTime, bundle: str) -> str | None:
    """The channel of a bundle whose share moves the most; None where there is no choice.

    Of two that move alike, the one whose share the scenario gives.
    """
    spec = results.cells[0].scenario.spec.bundles[bundle].channels
    rest = {f"{bundle}/{name}" for name, each in spec.items() if each.share == "rest"}
    groups = [g for g in found.groups("uptake") if g.startswith(f"{bundle}/")]
    if len(groups) < 2:
        return None

    def moves(group: str) -> float:
        shares = [c.mean for c in found.courses if c.kpi == "uptake" and c.group == group]
        whole = np.concatenate(shares)
        known = whole[~np.isnan(whole)]
        return float(np.ptp(known)) if len(known) else 0.0

    return max(groups, key=lambda group: (round(moves(group), 9), group not in rest))


def shown_cells(results: Results) -> tuple[Shown, ...]:
    """The cells that are shown."""
    return distinct(results)[:MOST_CELLS]


def columns(results: Results, bundle: str, cell: str) -> tuple[Column, ...]:
    """The table of a cell; courses without any value are left out."""
    found = results.over_time
    if found is None:
        return ()
    channel = chief_channel(results, found, bundle)
    roles = chief_roles(found)
    wanted = [
        ("cases_arrived", bundle, say("Arrive"), "cases"),
        ("cases_completed", bundle, say("Done"), "cases"),
        ("open_cases", bundle, say("Open"), "cases"),
        ("working_days_mean", bundle, say("Working days"), "wd"),
        ("on_time_share", bundle, say("On time"), "%"),
        *(
            ("uptake", group, say("Filed {channel}", channel=_channel(group)), "%")
            for group in ([channel] if channel else [])
        ),
        *(
            (kpi, role, say(words, role=role_label(results, role)), unit)
            for role in roles
            for kpi, words, unit in (
                ("items_waiting", later("Waiting: {role}"), "items"),
                ("people_present", later("Present: {role}"), "people"),
            )
        ),
    ]
    return tuple(
        Column(heading=heading, unit=unit, course=course)
        for kpi, group, heading, unit in wanted
        if (course := found.course(cell, kpi, group)) is not None and course.n.any()
    )


def row_numbers(n: int, most: int = _MOST_ROWS) -> range:
    """Which of ``n`` periods have a row, evenly spread, so that there are no more than ``most``."""
    return range(0, n, -(-n // most) or 1)


def changes(results: Results) -> tuple[DatedChange, ...]:
    """What changes by date in any cell that is shown, by date."""
    found = results.over_time
    if found is None:
        return ()
    return tuple(
        sorted(
            {
                change
                for shown in shown_cells(results)
                for change in found.timelines[shown.cell.name].changes
            }
        )
    )


def backlog(results: Results, bundle: str) -> tuple[str, ...]:
    """How long the backlog takes to clear, a sentence for each cell that has one."""
    with_one = [each for each in shown_cells(results) if each.cell.scenario.spec.backlog]
    return tuple(
        f"{f'“{shown.label}”: ' if len(distinct(results)) > 1 else ''}{sentence}"
        for shown in with_one
        for sentence in _cleared(results, shown, bundle)
    )


def _cleared(results: Results, shown: Shown, bundle: str) -> Iterator[str]:
    cell = shown.cell
    start = cell.scenario.spec.period.start

    def when(kpi: str, group: str) -> str | None:
        value = results.estimate(cell.name, kpi, group)
        if value is None:
            return None
        interval = between(value.low, value.high)
        bracket = f" ({interval_in_words(interval)})" if interval else ""
        date = day(start + dt.timedelta(days=value.mean))
        few = (
            say(
                ", in {n} of {replications}",
                n=value.n,
                replications=counted(results.replications, "replication"),
            )
            if value.n < results.replications
            else ""
        )
        return say(
            "{time}{bracket} after the start, about {date}{few}",
            time=amount(value.mean, "d"),
            bracket=bracket,
            date=date,
            few=few,
        )

    last = when("backlog_days", bundle)
    if last is not None:
        yield say("The last case of the backlog ends {when}.", when=last)
    elif results.over_time is not None:
        yield say("The backlog of cases does not end within the run.")
    for role in dict.fromkeys(e.group for e in results.estimates if e.kpi == "backlog_queue_days"):
        if (empty := when("backlog_queue_days", role)) is not None:
            yield say(
                "Nothing waits any more for {role} {when}.",
                role=within(role_label(results, role)),
                when=empty,
            )


def numbered(found: Sequence[DatedChange], most: int) -> tuple[str, ...]:
    """Changes by date as a list with numbers, changes of one day as one: "1 (5 May): …"."""
    by_date: dict[dt.date, list[str]] = {}
    for change in found:
        by_date.setdefault(change.date, []).append(dated_words(change))
    texts = []
    for i, (date, labels) in enumerate(by_date.items(), start=1):
        more = and_more(labels, 2)
        texts.append(f"{i} ({day(date)}) {', '.join(labels[:2])}{more}")
    rest = len(texts) - most
    return (*texts[:most], *([say("and {n} more", n=rest)] if rest > 0 else []))


def dated_words(change: DatedChange) -> str:
    """What changes on a date."""
    if not change.text:
        return visible(say_of_scenario(change.label))
    name, colon, rest = change.what.partition(":")
    return visible(say(change.text, what=say_of_scenario(name) + colon + rest))


def _channel(group: str) -> str:
    return channel_label(group.partition("/")[2])
