"""What the page calls things: variants and settings, groups of levers, marks, states of a link."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sim.api.workbench import Group, MovedLever, Where, Workbench, without_folders
from sim.errors import Fault
from sim.language import Phrases, say, say_of_scenario
from sim.page.state import State
from sim.report.flows import words as in_words
from sim.report.words import as_given
from sim.wording import visible

GROUPS: Final[Mapping[str, str]] = Phrases(
    {
        Group.RULES: "Rules and limits",
        Group.CHANNELS: "Channels",
        Group.STAFF: "Staff",
        Group.SYSTEMS: "Systems",
        Group.HABITS: "Habits and timetables",
        Group.DEMAND: "Demand",
        Group.CASES: "Cases",
        Group.WORK: "Steps and fees",
        Group.OTHER: "Other levers",
    }
)
"""Headings of the groups of levers, in the order in which they stand."""

MARKS: Final[Mapping[str, str]] = Phrases(
    {
        "stated": "stated",
        "measured": "measured",
        "derived": "derived",
        "assumed": "assumed",
        "set": "set by the variant",
        "unmarked": "not marked",
    }
)
"""How a value is known."""

_LABEL_LONGEST: Final = 60
_MOST_NAMED: Final = 3


def variant_label(name: str | None) -> str:
    """What a variant is called; None for the scenario as written."""
    return say("As written") if name is None else visible(say_of_scenario(name))


def where_label(bench: Workbench, where: Where) -> str:
    """What a variant with settings is called in headings and pictures."""
    levers = bench.scenario.levers
    words = []
    for name, text in where.settings.items():
        spec = levers.get(name)
        label = say_of_scenario((spec.label if spec else None) or name)
        words.append(f"{label} {setting_label(bench, name, text)}")
    if where.variant is not None or not words:
        words.insert(0, variant_label(where.variant))
    shown = visible(", ".join(words))
    return shown if len(shown) <= _LABEL_LONGEST else f"{shown[:_LABEL_LONGEST]}…"


def setting_label(bench: Workbench, name: str, text: str) -> str:
    """A value of a lever as a reader knows it: the label of a regime or a reading, a number."""
    spec = bench.scenario.spec
    for path in spec.levers[name].paths if name in spec.levers else ():
        match path.split("."):
            case ["reading"] if text in spec.readings:
                return say_of_scenario(spec.readings[text].label or text)
            case ["bundles", bundle, "regime"] if bundle in spec.bundles:
                regime = spec.bundles[bundle].regimes.get(text)
                return say_of_scenario((regime.label if regime else None) or text)
    return _readable(text)


def _readable(text: str) -> str:
    """A value that is set as people read it; what has parts is one as YAML has it."""
    if text[:1] not in ("{", "["):
        return as_given(text)
    value = _parts(text)
    return text if value is None else in_words(value)


def _column(text: str) -> str:
    """The column of offices that a number of people is taken from; empty for none."""
    value = _parts(text)
    if not isinstance(value, dict) or "column" not in value:
        return ""
    times = value.get("times", 1)
    column = str(value["column"]).replace("_", " ")
    return column if times == 1 else f"{column} × {as_given(str(times))}"


def _parts(text: str) -> Any:
    """What a value is made of; None where it is one."""
    try:
        return json.loads(text) if text[:1] in ("{", "[") else None
    except ValueError:
        return None


def names_of(bench: Workbench, state: State) -> tuple[str, str]:
    """What the baseline and what is looked at are called, never the same for two things."""
    before, after = where_label(bench, state.baseline), where_label(bench, state.where)
    if before == after and state.baseline != state.where:
        return before, say("{setting} (changed)", setting=after)
    return before, after


def present_label(bench: Workbench, lever: MovedLever) -> str:
    """What stands at the places of a lever today."""
    words = [
        setting_label(bench, lever.name, text) if text else say("not set") for text in lever.present
    ]
    columns = [_column(text) for text in lever.present]
    named = [column or word for column, word in zip(columns, words, strict=True)]
    shown = ", ".join(named[:_MOST_NAMED]) + (" …" if len(named) > _MOST_NAMED else "")
    if any(columns):
        shown = say("by office: {columns}", columns=shown)
    return visible(shown if len(shown) <= 90 else f"{shown[:90]}…")


def fault_lines(faults: tuple[Fault, ...]) -> tuple[str, ...]:
    """Faults as in the terminal, with the names of files and none of their folders."""
    return tuple(
        visible(
            without_folders(
                f"{Path(each.file).name}:{each.line}:{each.column}  {each}"
                if each.line
                else str(each)
            )
        )
        for each in faults
    )
