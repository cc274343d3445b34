"""The part of the page that shows how a case goes through the offices: maps, one scale, tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sim.experiment.results import Results
from sim.language import say
from sim.report.html import Html, Rows, folded, table, tag
from sim.report.process_map.flow import BOXES, HANDS, Kind, steps_of
from sim.report.process_map.key import key
from sim.report.process_map.maps import FlowMap, flow_maps
from sim.report.process_map.words import Told, in_numbers, is_something
from sim.report.words import NOTHING, capital, counted, listed

_OPEN: Final = 2
"""So many maps are open, for one to be held against the other; the others are folded."""


def maps_shown(results: Results, bundle: str) -> Iterator[tuple[str, FlowMap]]:
    """The maps of a bundle with what ids begin with, those to be held against each other first."""
    maps = list(flow_maps(results, bundle))
    chief = [each for each in maps if each.is_chief][:_OPEN]
    ordered = [*chief, *(each for each in maps if each not in chief)]
    for i, each in enumerate(ordered):
        yield f"map-{bundle}-{i}", each


def process_maps(results: Results, bundle: str) -> Iterator[Html]:
    """The maps of a bundle with one legend; those to be held against each other are open."""
    maps = list(maps_shown(results, bundle))
    if not maps:
        return
    yield _scrolled(key(), say("Legend"))
    n_open = 0
    for prefix, each in maps:
        if each.is_chief and n_open < _OPEN:
            n_open += 1
            yield tag("h4", each.heading)
            yield from _one(each, prefix)
        else:
            yield folded(each.heading, *_one(each, prefix), is_open=False)


def _one(each: FlowMap, prefix: str) -> Iterator[Html]:
    caption = {"class": "caption"}
    yield tag("p", _in_short(each), attributes=caption)
    waits = [f"“{step.label}” {in_numbers(value)}" for step, value in each.told.longest()]
    if waits:
        words = say("Most of all waiting, each time: {steps}.", steps=listed(waits))
        yield tag("p", words, attributes=caption)
    yield _scrolled(each.svg(prefix), each.heading)
    if each.left_out:
        names = listed([f"“{step.label}”" for step in each.left_out])
        words = say("Not drawn, for no case came there: {steps}.", steps=names)
        yield tag("p", words, attributes=caption)
    yield folded(say("The numbers of its steps"), _table(each.told), is_open=False)


def _scrolled(drawn: Html, name: str) -> Html:
    """A picture in a box that scrolls where the screen is narrow, by keys too."""
    attributes = {"class": "map", "tabindex": "0", "role": "group", "aria-label": name}
    return tag("div", drawn, attributes=attributes)


def _in_short(each: FlowMap) -> str:
    """How many steps are drawn of each kind."""
    kinds = [box.step.kind for box in each.layout.boxes]
    n_work, n_applicant = kinds.count(Kind.WORK), kinds.count(Kind.APPLICANT)
    n_passing = sum(kind in BOXES - HANDS for kind in kinds)
    roles = {box.lane for box in each.layout.boxes if box.step.kind is Kind.WORK}
    return say(
        "{work} by {staff}, {applicant} of the applicant, {passing} at which only time passes.",
        work=counted(n_work, "step"),
        staff=counted(len(roles), "kind of staff", "kinds of staff"),
        applicant=counted(n_applicant, "step"),
        passing=counted(n_passing, "step"),
    )


def _table(told: Told) -> Html:
    rows: Rows = []
    for step in steps_of(told.flow):
        measured = told.numbers.of(step)
        if step.kind not in BOXES or not measured.passes or not measured.passes.mean:
            continue
        shown = (measured.passes, measured.waiting, measured.work)
        who = told.lane(step.lane)[0] if step.kind in HANDS else NOTHING
        values = (in_numbers(value) if is_something(value) else NOTHING for value in shown)
        rows.append((capital(step.label), who, *values))
    return table(
        (
            say("Step"),
            say("Who"),
            say("Passes a case"),
            say("Wait until work begins, or time there"),
            say("Work at each pass"),
        ),
        rows,
        caption=say(
            "Means with their 95\u00a0% intervals, over measured cases; hours and days are those "
            "of the calendar, nights and days off included."
        ),
        numbers_from=2,
    )
