"""The part of the page that says where every value comes from: what is assumed first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import PurePath
from typing import Final

from sim.experiment.results import Results
from sim.report.html import Html, Rows, folded, join, table, tag, text
from sim.report.view import distinct
from sim.report.wording import counted
from sim.scenario import GivenValue, Scenario, values

_MARKS: Final = {
    "assumed": "Assumed: no source gives them",
    "unmarked": "Not marked: the scenario does not say where they come from",
    "derived": "Derived: by arithmetic from what a source states",
    "stated": "Stated by a source",
}
"""Every mark but that of values set for a setting, in the order of the page."""

_SET: Final = "set"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetValue:
    """A value that some setting sets, in place of what the file says.

    ``texts`` are its values over the settings; ``mark`` and ``source`` are what the provenance of
    the scenario says of its path.
    """

    path: str
    texts: tuple[str, ...]
    mark: str
    source: str


def given_values(results: Results) -> tuple[GivenValue, ...]:
    """Every value that any setting of the study takes from the files, one by one."""
    found: dict[tuple[str, str, str], GivenValue] = {}
    for shown in distinct(results):
        for value in values(shown.cell.scenario):
            if value.mark != _SET:
                found.setdefault((value.path, value.text, value.mark), value)
    return tuple(found.values())


def set_values(results: Results) -> tuple[SetValue, ...]:
    """Every value that a variant, a sweep or the command line sets, by path."""
    found: dict[str, SetValue] = {}
    for shown in distinct(results):
        was = {value.path: value for value in values(_by_provenance(shown.cell.scenario))}
        for value in values(shown.cell.scenario):
            if value.mark == _SET:
                before = found.get(value.path)
                texts = dict.fromkeys((*(before.texts if before else ()), value.text))
                found[value.path] = SetValue(
                    path=value.path,
                    texts=tuple(texts),
                    mark=was[value.path].mark,
                    source=was[value.path].source,
                )
    return tuple(found.values())


def count_assumed(results: Results) -> tuple[int, int]:
    """How many values nothing but the scenario vouches for, and of how many."""
    marks = [value.mark for value in given_values(results)]
    marks += [value.mark for value in set_values(results)]
    return sum(mark in ("assumed", "unmarked") for mark in marks), len(marks)


def assumptions(results: Results) -> Html:
    """Every value by path, with its source, in tables by mark."""
    given = given_values(results)
    parts = [_set_here(set_values(results))]
    for mark, words in _MARKS.items():
        marked = [value for value in given if value.mark == mark]
        if marked:
            parts.append(
                folded(
                    f"{words} ({counted(len(marked), 'value')})",
                    _by_source(marked),
                    is_open=mark in ("assumed", "unmarked"),
                )
            )
    return join(parts)


def _set_here(found: Sequence[SetValue]) -> Html:
    if not found:
        return text("")
    rows: Rows = [
        (
            tag("code", value.path),
            " / ".join(value.texts),
            ": ".join(filter(None, (value.mark, value.source))),
        )
        for value in found
    ]
    return folded(
        f"Set by a variant, a sweep or on the command line ({counted(len(found), 'value')})",
        table(
            ("Path in the scenario", "Value, by setting", "What provenance says of the path"),
            rows,
            kind="values",
            numbers_from=9,
        ),
        is_open=True,
    )


def _by_source(marked: Iterable[GivenValue]) -> Html:
    rows: Rows = []
    ordered = sorted(marked, key=lambda value: value.source)
    for source, same in groupby(ordered, key=lambda value: value.source):
        rows.append(source or "No source named")
        rows += [(tag("code", value.path), value.text, value.note, _place(value)) for value in same]
    return table(
        ("Path in the scenario", "Value", "Note", "Where"), rows, kind="values", numbers_from=9
    )


def _by_provenance(scenario: Scenario) -> Scenario:
    """The scenario without the marks of what was set, so that patterns of paths count."""
    document = scenario.document.copy()
    document.overridden.clear()
    return replace(scenario, document=document)


def _place(value: GivenValue) -> str:
    # The folder is the machine's; the name is the reader's.
    name = PurePath(value.file.replace("\\", "/")).name
    return f"{name}:{value.line}" if value.line else name
