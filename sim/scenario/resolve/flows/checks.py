"""Refuses what a case must never meet: shares above the whole, a way without an end or a result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, product
from typing import Final

from sim.language import date_in_words, say
from sim.model import (
    LEAVE,
    Choice,
    ClockEnd,
    ClockStart,
    Element,
    End,
    Fork,
    Option,
    Outcome,
)
from sim.model.graph import (
    NOTHING_LOST,
    Nexts,
    combinations,
    may_follow,
    properties_asked,
    surely_ends,
    taken,
    trapped,
)
from sim.model.series import Series, mean_of, on
from sim.scenario.faults import Faults
from sim.scenario.resolve.times.period import Range
from sim.scenario.text.tree import Path
from sim.wording import percent

_MOST_COMBINATIONS: Final = 4096


def check_shares(
    ways: Sequence[Option], path: Path, sizes: Sequence[int], time: Range, faults: Faults
) -> None:
    """Each option gets its whole share, or none because those before it took all."""
    asked = sorted({way.property for way in ways if way.property >= 0})
    ever = [0.0] * len(ways)
    days = sorted({day for way in ways for day in _changes(way)})
    for day, values in product(days or [0], [*combinations(asked, sizes)]):
        today = [replace(way, share=on(way.share, day)) for way in ways] if days else ways
        shares, _ = taken(today, values)
        for number, (way, share) in enumerate(zip(today, shares, strict=True)):
            ever[number] = max(ever[number], share)
            whole = mean_of(way.share)
            # One of 100 % stands for all that are left.
            if whole < 1 and NOTHING_LOST < share < whole - NOTHING_LOST:
                message = say(
                    "its share of {share} and those before it are above 100 %", share=percent(whole)
                )
                if days:
                    message = say(
                        "its share of {share} and those before it are above 100 % on {date}",
                        share=percent(whole),
                        date=date_in_words(time.date(day), is_plain=True),
                    )
                faults.add(
                    (*path, "choose", number),
                    message,
                    say(
                        "Give at most {share}, or `rest` for what the others leave.",
                        share=percent(share),
                    ),
                )
                return
    for number, way in enumerate(ways):
        if mean_of(way.share) > 0 and ever[number] <= NOTHING_LOST:
            faults.add(
                (*path, "choose", number),
                say("no case ever takes this option: those before it take all"),
                say("Give those before it shares or conditions, or delete it."),
            )
            return


def _changes(way: Option) -> tuple[int, ...]:
    """The days on which the share of an option becomes another."""
    return way.share.from_days if isinstance(way.share, Series) else ()


def check_ends(
    elements: Mapping[int, Element],
    start: int,
    path: Path,
    *,
    branches: Sequence[tuple[int, int, Path]],
    paths: Mapping[int, Path],
    sizes: Sequence[int],
    faults: Faults,
) -> None:
    """Refuse branches that never come to their join, and flows that never end.

    Parameters
    ----------
    branches
        The entry of each branch, its join, and where it is written.
    paths
        Where each element is written.
    sizes
        How many values each property has.
    """
    for today in _as_by_day(elements):
        _check_ends(today, start, path, branches, paths, sizes, faults)


def _as_by_day(elements: Mapping[int, Element]) -> Iterator[Mapping[int, Element]]:
    """The elements with the shares of each day on which other options are taken, or by all."""
    choices = {i: each for i, each in elements.items() if isinstance(each, Choice)}
    days = {day for each in choices.values() for way in each.options for day in _changes(way)}
    found = set()
    for day in sorted(days or {0}):
        today = {
            i: replace(
                each, options=tuple(replace(way, share=on(way.share, day)) for way in each.options)
            )
            for i, each in choices.items()
        }
        taken_by = tuple(
            (on(way.share, day) > 0, on(way.share, day) < 1)
            for each in today.values()
            for way in each.options
        )
        if taken_by not in found:
            found.add(taken_by)
            yield {**elements, **today} if days else elements


def _check_ends(
    elements: Mapping[int, Element],
    start: int,
    path: Path,
    branches: Sequence[tuple[int, int, Path]],
    paths: Mapping[int, Path],
    sizes: Sequence[int],
    faults: Faults,
) -> None:
    if not elements:
        return
    ways = {
        i: [may_follow(each, values) for values in combinations(properties_asked([each]), sizes)]
        for i, each in elements.items()
    }
    whole = (start, LEAVE, path)
    if all(surely_ends(ways, entry, stop) for entry, stop, _ in (*branches, whole)):
        return
    asked = properties_asked(elements.values())
    choices = {i: each for i, each in elements.items() if isinstance(each, Choice)}
    nexts = {i: may_follow(each, {}) for i, each in elements.items()}
    noted: set[Path] = set()
    for values in islice(combinations(asked, sizes), _MOST_COMBINATIONS):
        nexts |= {i: may_follow(choice, values) for i, choice in choices.items()}
        for entry, join, where in branches:
            if where not in noted and trapped(nexts, entry, join):
                noted.add(where)
                faults.add(
                    where,
                    say(
                        "a case can be caught in this branch, so that the others wait for it "
                        "in vain"
                    ),
                    say("Let it come to its end: give the way back a share below 100 %."),
                )
        caught = trapped(nexts, start, LEAVE)
        if caught and path not in noted:
            noted.add(path)
            faults.add(
                paths.get(caught[-1], path),
                say("a case that comes here never comes to an end of the flow"),
                say("Give the way back a share below 100 %, or an end."),
            )


def check_results(
    elements: Mapping[int, Element],
    start: int,
    *,
    procedures: Mapping[str, int],
    paths: Mapping[int, Path],
    sizes: Sequence[int],
    faults: Faults,
) -> None:
    """Refuse a dossier that a case opens and can complete without closing.

    Parameters
    ----------
    procedures
        The indices of the procedures of the bundle, by name.
    """
    names = {index: name for name, index in procedures.items()}
    asked = properties_asked(elements.values())
    every = {
        i: frozenset().union(
            *(may_follow(each, values) for values in combinations(properties_asked([each]), sizes))
        )
        for i, each in elements.items()
    }
    for index, opening in elements.items():
        if not isinstance(opening, ClockStart):
            continue
        name = names[opening.procedure]
        where = (*paths[index], "open")
        if not any(_without_result(elements, every, opening.then, LEAVE, opening.procedure)):
            continue
        for values in islice(combinations(asked, sizes), _MOST_COMBINATIONS):
            nexts = {i: may_follow(each, values) for i, each in elements.items()}
            if index in _met(elements, nexts, start) and any(
                _without_result(elements, nexts, opening.then, LEAVE, opening.procedure)
            ):
                faults.add(
                    where,
                    say(
                        "'{name}' is opened here, and a case can complete without its result",
                        name=name,
                    ),
                    say("Add a step close: {name} on every way, or another end.", name=name),
                )
                break


def _without_result(
    elements: Mapping[int, Element], nexts: Nexts, entry: int, stop: int, procedure: int
) -> tuple[bool, bool]:
    """Whether a token can come to ``stop``, or complete the case, past no end of a clock."""
    comes, completes = False, False
    seen: set[int] = set()
    waiting = [entry]
    while waiting:
        index = waiting.pop()
        if index in (stop, LEAVE):
            comes = True
            continue
        if index in seen:
            continue
        seen.add(index)
        element = elements[index]
        match element:
            case ClockEnd(procedure=its) if its == procedure:
                pass
            case End():
                completes = completes or element.outcome == Outcome.COMPLETED
            case Fork():
                ways = [
                    _without_result(elements, nexts, branch, element.then, procedure)
                    for branch in element.branches
                ]
                # The case goes on when all branches have come, by whichever way.
                if all(passes for passes, _ in ways):
                    waiting.append(element.then)
                if all(map(any, ways)) and any(ends for _, ends in ways):
                    completes = True
            case _:
                waiting.extend(nexts[index])
    return comes, completes


def _met(elements: Mapping[int, Element], nexts: Nexts, start: int) -> set[int]:
    """The elements that a token, or one of its branches, can come to."""
    met: set[int] = set()
    waiting = [start]
    while waiting:
        index = waiting.pop()
        if index == LEAVE or index in met:
            continue
        met.add(index)
        element = elements[index]
        waiting.extend(nexts[index])
        if isinstance(element, Fork):
            waiting.extend(element.branches)
    return met
