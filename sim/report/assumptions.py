"""The part of the page that says where every value comes from: what is assumed first."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import PurePath
from typing import Final

from sim.experiment.results import Results
from sim.report.html import Html, Rows, folded, join, table, tag, text
from sim.report.view import distinct
from sim.report.wording import counted
from sim.scenario import GivenValue, values

_MARKS: Final = {
    "assumed": "Assumed: no source gives them",
    "unmarked": "Not marked: the scenario does not say where they come from",
    "derived": "Derived: by arithmetic from what a source states",
    "stated": "Stated by a source",
}
"""Every mark but that of values set for a setting, in the order of the page."""

_SET: Final = "set"


def given_values(results: Results) -> tuple[GivenValue, ...]:
    """Every value that any setting of the study uses, one by one; what was set is not among them.

    A value that one setting sets and another takes from the file is given as in the file.
    """
    found: dict[tuple[str, str, str], GivenValue] = {}
    for shown in distinct(results):
        for value in values(shown.cell.scenario):
            if value.mark != _SET:
                found.setdefault((value.path, value.text, value.mark), value)
    return tuple(found.values())


def assumptions(results: Results) -> Html:
    """Every value by path, with its source, in tables by mark."""
    found = given_values(results)
    parts = [_settings(results)]
    for mark, words in _MARKS.items():
        marked = [value for value in found if value.mark == mark]
        if marked:
            parts.append(
                folded(
                    f"{words} ({counted(len(marked), 'value')})",
                    _by_source(marked),
                    is_open=mark in ("assumed", "unmarked"),
                )
            )
    return join(parts)


def count_assumed(results: Results) -> tuple[int, int]:
    """How many values nothing but this scenario vouches for, and of how many."""
    found = given_values(results)
    return sum(value.mark in ("assumed", "unmarked") for value in found), len(found)


def _by_source(marked: Iterable[GivenValue]) -> Html:
    rows: Rows = []
    ordered = sorted(marked, key=lambda value: value.source)
    for source, same in groupby(ordered, key=lambda value: value.source):
        rows.append(source or "No source named")
        rows += [(tag("code", value.path), value.text, value.note, _place(value)) for value in same]
    return table(
        ("Path in the scenario", "Value", "Note", "Where"), rows, kind="values", numbers_from=9
    )


def _settings(results: Results) -> Html:
    """What each setting sets, beside the file."""
    rows: Rows = []
    for shown in distinct(results):
        given = [value for value in values(shown.cell.scenario) if value.mark == _SET]
        if given:
            rows.append(shown.label)
            rows += [(tag("code", value.path), value.text) for value in given]
    if not rows:
        return text("")
    return folded(
        "Set by a variant, a sweep or on the command line",
        table(("Path in the scenario", "Value"), rows, kind="values", numbers_from=9),
        is_open=False,
    )


def _place(value: GivenValue) -> str:
    # The folder is the machine's; the name is the reader's.
    name = PurePath(value.file.replace("\\", "/")).name
    return f"{name}:{value.line}" if value.line else name
