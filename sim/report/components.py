"""The part of the page that lists what a model is made of: activities, staff, systems, arrivals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from sim.experiment.results import Results
from sim.language import say, say_of_scenario
from sim.report.flows import names, words
from sim.report.html import Html, Rows, folded, table, tag
from sim.report.view import distinct, in_words
from sim.report.words import listed
from sim.scenario.schema.steps import verbs_in
from sim.wording import visible


def activities(results: Results, bundle: str) -> Html:
    """What staff and applicants do in the flows of a bundle, with how long it takes, folded."""
    rows: dict[tuple[str, ...], None] = {}
    for shown in distinct(results):
        if bundle in shown.cell.scenario.spec.bundles:
            tree = shown.cell.scenario.tree["bundles"][bundle]["regimes"]
            for step in _steps_in(tree):
                for verb in ("do", "applicant"):
                    if verb in step:
                        who = names(step.get("role", ())) or say("applicant")
                        needs = names(step.get("needs", ()))
                        time = words(step.get("time", ""))
                        rows[in_words(str(step[verb])), who, time, needs] = None
    body: Rows = list(rows)
    heads = (say("Activity"), say("Role"), say("Time"), say("Systems"))
    n = say("Activities and their times ({n})", n=len(body))
    return folded(n, table(heads, body, kind="values", numbers_from=9), is_open=False)


def resources(results: Results) -> Iterator[Html]:
    """The groups of staff, the systems and the offices of a study."""
    spec = results.cells[0].scenario.spec
    rows: Rows = [
        (
            visible(say_of_scenario(group.label or name)),
            say_of_scenario(group.office),
            _people(results, name),
            ", ".join(map(in_words, group.roles or (name,))),
            in_words(
                group.calendar or spec.calendar_of.get(group.office, spec.legal_clock.calendar)
            ),
        )
        for name, group in spec.staff.items()
    ]
    heads = (say("Staff"), say("At each"), say("People"), say("Roles"), say("Calendar"))
    yield folded(
        say("Groups of staff ({n})", n=len(rows)),
        table(heads, rows, kind="values", numbers_from=9),
        is_open=False,
    )
    if spec.systems:
        names = listed(map(in_words, spec.systems))
        yield tag("p", say("Systems that can be down or slow: {systems}.", systems=names))
    if spec.offices.file or spec.offices.named:
        named = [say_of_scenario(level) for level in spec.levels]
        place = PurePath(spec.offices.file or "").name
        yield tag(
            "p",
            say("Offices on the levels {levels}, from {file}.", levels=listed(named), file=place)
            if place
            else say("Offices on the levels {levels}.", levels=listed(named)),
        )


def entries(results: Results) -> Iterator[str]:
    """How cases come into a model and leave it, a sentence each."""
    spec = results.cells[0].scenario.spec
    for name, each in spec.bundles.items():
        demand = results.cells[0].scenario.tree["bundles"][name].get("demand", {})
        told = "; ".join(
            f"{key.replace('_', ' ')} {value}"
            for key, value in demand.items()
            if not isinstance(value, dict | list) and key not in ("source", "note", "mark")
        )
        yield say(
            "{bundle}: {demand}.",
            bundle=visible(say_of_scenario(each.label or name)),
            demand=visible(told) if told else say("as the file of filings says"),
        )
    yield say(
        "Arrivals are counts by calendar month and home office, spread over the month at random. A "
        "case leaves when it is completed, rejected, or ends as its flow says."
    )


def _steps_in(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, Mapping):
        if verbs_in(node):
            yield node
        for below in node.values():
            yield from _steps_in(below)
    elif isinstance(node, list):
        for below in node:
            yield from _steps_in(below)


def _people(results: Results, group: str) -> str:
    people = results.cells[0].scenario.tree.get("staff", {}).get(group, {}).get("people", "1")
    if isinstance(people, dict):
        return ", ".join(f"{key} {value}" for key, value in people.items())
    return str(people)
