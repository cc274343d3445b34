"""How a case goes through the offices: a map of each side, whose steps tell of themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from sim.api.workbench import (
    BASELINE,
    CHANGED,
    Entry,
    Where,
    values,
    without_folders,
)
from sim.errors import RequestError
from sim.language import later, say, say_of_scenario
from sim.page.questions.question import (
    REPLICATIONS,
    Asked,
    Question,
    Shown,
    command,
    fits,
    last_stage,
    no_fields,
    seeded,
)
from sim.page.take import CHANGES
from sim.page.words import MARKS
from sim.report.html import Html, join, table, tag
from sim.report.process_map.flow import Kind
from sim.report.process_map.maps import FlowMap
from sim.report.process_map.reading import served_as
from sim.report.process_map.section import maps_shown, process_maps
from sim.report.words import as_given, capital
from sim.wording import visible


def _map(asked: Asked) -> Shown:
    n = asked.state.replications or REPLICATIONS
    last = last_stage(asked, replace(asked.answered, kpis=(), replications=n))
    maps = list(maps_shown(last.results, last.bundle))
    if not maps:
        raise RequestError(say("no case went through the offices. Move a lever so that some do."))
    n_settings = len({each.shown.label for _, each in maps})
    glance = "; ".join(each.heading for _, each in maps if each.is_chief)
    shown = join(
        (
            tag("p", say("Choose a step to see its numbers and where they come from: click, or "
                         "Tab and Enter.")),
            *process_maps(last.results, last.bundle),
            tag("div", attributes={"class": "step-words", "aria-live": "polite"}),
            tag("div", *_told(last.bundle, maps),
                attributes={"hidden": "hidden", "class": "steps-told"}),
        )
    )  # fmt: skip
    is_plain = asked.state.baseline == Where()
    if is_plain or n_settings < 2:
        words = ["map", CHANGES, "--variant", CHANGED]
    else:
        words = ["compare", CHANGES, "--variants", f"{BASELINE},{CHANGED}", "--out", "study"]
    words += ["--replications", str(n)]
    return Shown(html=shown, glance=glance, command=command(*words, *seeded(asked)))


def _told(bundle: str, maps: list[tuple[str, FlowMap]]) -> Iterator[Html]:
    """For each step that is drawn: its numbers, and what the scenario says of it and from where."""
    written: dict[int, tuple[Entry, ...]] = {}
    for prefix, each in maps:
        scenario, told = each.shown.cell.scenario, each.told
        entries = written.setdefault(id(scenario), values(scenario))
        channel = served_as(scenario, bundle, each.regime, each.channel)
        flow = f"bundles.{bundle}.regimes.{each.regime}.{channel}"
        for box in each.layout.boxes:
            step = box.step
            if step.kind is Kind.STRAIGHT:
                continue
            below = f"{flow}.{step.name}."
            heading, *lines = told.title(step, told.numbers.of(step)).split("\n")
            parts = [tag("h4", capital(heading)), tag("p", each.heading)]
            parts += [tag("p", line) for line in lines]
            rows = [_row(entry, below) for entry in entries if entry.path.startswith(below)]
            if rows:
                heads = say("Value"), say("As written"), say("Where it comes from")
                parts.append(table(heads, rows, numbers_from=9))
            yield tag("div", *parts, attributes={"data-of": f"{prefix}-{box.index}"})


def _row(entry: Entry, below: str) -> tuple[str, str, str]:
    mark = MARKS.get(entry.mark, entry.mark)
    place = without_folders(f"{Path(entry.file).name}:{entry.line}") if entry.line else ""
    source = [mark, say_of_scenario(entry.source), say_of_scenario(entry.note), place]
    return (
        entry.path.removeprefix(below),
        visible(as_given(entry.text)),
        visible("; ".join(filter(None, source))),
    )


MAP: Final = Question(
    name="map",
    heading=later("How does a case go through the offices?"),
    lead=later(
        "The way of a case on both sides: who has it, where it waits and how long, how many pass."
    ),
    fields=no_fields,
    misfit=fits,
    runs=lambda _: 2 * REPLICATIONS,
    answer=_map,
)
