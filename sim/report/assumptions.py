"""The part of the page that says where every value comes from: what is assumed first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from pathlib import PurePath
from typing import Final

from sim.experiment.results import Results
from sim.language import Phrases, say
from sim.report.html import Html, Rows, folded, join, table, tag, text
from sim.report.view import distinct
from sim.report.words import counted
from sim.scenario import Entry, Mark, Scenario, values
from sim.scenario.text.tree import undotted

_MARKS: Final = Phrases(
    {
        "assumed": "Assumed: no source gives them",
        "unmarked": "Not marked: the scenario does not say where they come from",
        "derived": "Derived: by arithmetic from what a source states",
        "measured": "Measured: learnt from a register",
        "stated": "Stated by a source",
    }
)
"""Every mark but that of values set for a setting, in the order of the page."""

_MARK_WORDS: Final = Phrases(
    {
        "assumed": "assumed",
        "unmarked": "unmarked",
        "set": "set",
        "derived": "derived",
        "measured": "measured",
        "stated": "stated",
    }
)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """Every value that a study uses: those ``in_files``, or ``set`` beside them."""

    in_files: tuple[Entry, ...]
    set: tuple[SetValue, ...]

    @property
    def n(self) -> int:
        """How many values there are."""
        return len(self.in_files) + len(self.set)

    @property
    def n_assumed(self) -> int:
        """How many of them no source vouches for."""
        marks = [*(value.mark for value in self.in_files), *(value.mark for value in self.set)]
        return sum(mark in ("assumed", "unmarked") for mark in marks)


@lru_cache(maxsize=1)  # a brief in each language asks once
def values_of(results: Results) -> Values:
    """Every value of every setting; one that several settings share is there once."""
    in_files: dict[tuple[str, str, str], Entry] = {}
    texts: dict[str, dict[str, Mark | None]] = {}
    for shown in distinct(results):
        scenario = shown.cell.scenario
        bare = _by_provenance(scenario)
        for value in values(scenario):
            if value.mark == _SET:
                mark = bare.mark(undotted(value.path) or ())
                texts.setdefault(value.path, {}).setdefault(value.text, mark)
            else:
                in_files.setdefault((value.path, value.text, value.mark), value)
    return Values(
        in_files=tuple(in_files.values()),
        set=tuple(_set_value(path, found) for path, found in texts.items()),
    )


def assumptions(found: Values, shares: Mapping[str, str] | None = None) -> Html:
    """Every value by path, with its source, in tables by mark.

    Parameters
    ----------
    shares
        What part each has in the answer, in words, by path; where it is known, a column says it.
    """
    parts = [_set_here(found.set)]
    for mark, words in _MARKS.items():
        marked = [value for value in found.in_files if value.mark == mark]
        if marked:
            parts.append(
                folded(
                    f"{words} ({counted(len(marked), 'value')})",
                    _by_source(marked, shares or {}),
                    is_open=mark in ("assumed", "unmarked"),
                )
            )
    return join(parts)


def _set_value(path: str, found: Mapping[str, Mark | None]) -> SetValue:
    mark = next(iter(found.values())) or Mark(mark="unmarked")
    return SetValue(path=path, texts=tuple(found), mark=mark.mark, source=mark.source)


def mark_in_words(mark: str) -> str:
    """How a value is known, in a word: "assumed"."""
    return _MARK_WORDS.get(mark, mark)


def _set_here(found: Sequence[SetValue]) -> Html:
    if not found:
        return text("")
    rows: Rows = [
        (
            tag("code", value.path),
            " / ".join(value.texts),
            ": ".join(filter(None, (mark_in_words(value.mark), value.source))),
        )
        for value in found
    ]
    return folded(
        say(
            "Set by a variant, a sweep or on the command line ({values})",
            values=counted(len(found), "value"),
        ),
        table(
            (
                say("Path in the scenario"),
                say("Value, by setting"),
                say("What provenance says of the path"),
            ),
            rows,
            kind="values",
            numbers_from=9,
        ),
        is_open=True,
    )


def _by_source(marked: Iterable[Entry], shares: Mapping[str, str]) -> Html:
    rows: Rows = []
    heads: tuple[str, ...] = (say("Path in the scenario"), say("Value"), say("Note"), say("Where"))
    if shares:
        heads = (*heads, say("Share in the answer"))
    ordered = sorted(marked, key=lambda value: value.source)
    for source, same in groupby(ordered, key=lambda value: value.source):
        rows.append(source or say("No source named"))
        for value in same:
            row = (tag("code", value.path), value.text, value.note, _place(value))
            rows.append((*row, shares.get(value.path, "")) if shares else row)
    return table(heads, rows, kind="values places", numbers_from=9)


def _by_provenance(scenario: Scenario) -> Scenario:
    """The scenario without the marks of what was set, so that patterns of paths count."""
    document = scenario.document.copy()
    document.overridden.clear()
    return replace(scenario, document=document)


def _place(value: Entry) -> str:
    # The folder is the machine's; the name is the reader's.
    name = PurePath(value.file.replace("\\", "/")).name
    return f"{name}:{value.line}" if value.line else name
