"""A scenario to move levers on: parsed once, its replications kept, answers in stages."""

from __future__ import annotations

import io
import json
import os
import shlex
from collections.abc import Mapping
from typing import Final

from sim.answers.asking import Where, asked_for, check_variant
from sim.answers.levers import Group, MovedLever, Scale, moved_levers, with_dates
from sim.answers.search import parts as parts_that_may_differ
from sim.answers.stages import FEWEST, MOST, Stage
from sim.answers.workbench import LARGE, Question, StoppedError, Workbench
from sim.api.scenarios import AnyPath, FaultList, check
from sim.experiment.columns import by_office_columns, write_rows
from sim.experiment.results import Results
from sim.experiment.runner import available_workers
from sim.files import Gate, only_through
from sim.language import say
from sim.scenario import Entry, shipped, values
from sim.scenario.overrides.changes import is_change
from sim.scenario.ranges.factors import as_setting
from sim.scenario.text.yaml import read_value

__all__ = [
    "BASELINE",
    "CHANGED",
    "FEWEST",
    "LARGE",
    "MOST",
    "Entry",
    "Group",
    "MovedLever",
    "Question",
    "Scale",
    "Stage",
    "StoppedError",
    "Where",
    "Workbench",
    "asked_for",
    "available_workers",
    "changes_as_file",
    "check_held",
    "check_variant",
    "command_of",
    "moved_levers",
    "offices_as_csv",
    "parts_that_may_differ",
    "shipped_scenarios",
    "values",
    "with_dates",
    "without_folders",
    "workbench",
]

BASELINE: Final = "baseline"
CHANGED: Final = "changed"
"""The variants of :func:`changes_as_file`."""

_BELOW: Final = ("places/", "studies/")
_SUFFIX: Final = ".yaml"


def workbench(path: AnyPath, *, held: Mapping[str, bytes] | None = None) -> Workbench:
    """Open a scenario to ask it one question after the other.

    Its answers have the digits of :func:`sim.compare` with the same seed and replications.

    Parameters
    ----------
    path
        The YAML file, or ``lienthong:NAME``.
    held
        The bytes of files, by path, that nobody has written to disk; with it nothing else is read
        but what is shipped.

    Raises
    ------
    ScenarioError
        With all faults of the scenario.
    """
    name = os.fspath(path)
    if held is None and name.startswith(shipped.PREFIX):
        name = str(shipped.path_of(name))
    return Workbench(name, held)


def check_held(path: str, held: Mapping[str, bytes]) -> FaultList:
    """Find every fault of a scenario that is held in memory, as :func:`sim.check` does."""
    with only_through(Gate(folder=shipped.folder(), held=held)):
        return check(path)


def without_folders(words: str) -> str:
    """Words in which shipped scenarios have their names, and not their place on this machine."""
    return words.replace(f"{shipped.folder()}{os.sep}", shipped.PREFIX)


def shipped_scenarios() -> tuple[str, ...]:
    """The names of the shipped scenarios that can be run as they are."""
    return tuple(name for name in shipped.names() if not name.startswith(_BELOW))


def offices_as_csv(results: Results) -> str:
    """What ``by_office.csv`` of a study has, see ``docs/results.md``."""
    into = io.StringIO(newline="")
    write_rows(into, by_office_columns(results))
    return into.getvalue()


def changes_as_file(question: Question, base: str) -> str:
    """A scenario file that has what a question looks at as a variant.

    :func:`sim.compare` of it gives the digits of the answer.

    Parameters
    ----------
    base
        What the file extends.
    """
    lines = [
        f"# lienthong {' '.join(_words(question, say('FILE')))}",
        f"extends: {json.dumps(base, ensure_ascii=False)}",
        "variants:",
        *_variant(BASELINE, question.baseline),
        *_variant(CHANGED, question.changed),
    ]
    return "\n".join(lines) + "\n"


def command_of(question: Question, path: str) -> str:
    """The command that gives the digits of the answer to a question, by its file of changes."""
    return shlex.join(["lienthong", *_words(question, path)])


def _words(question: Question, path: str) -> list[str]:
    words = ["compare", path, "--variants", f"{BASELINE},{CHANGED}"]
    if question.replications is not None:
        words += ["--replications", str(question.replications)]
    if question.seed is not None:
        words += ["--seed", str(question.seed)]
    return words


def _variant(name: str, where: Where) -> list[str]:
    parts = [] if where.variant is None else [f"from: {json.dumps(where.variant)}"]
    for lever, text in where.settings.items():
        value = text if is_change(text) else read_value(text)
        written = json.dumps(value) if isinstance(value, str) else as_setting(value)
        parts.append(f"{json.dumps(lever, ensure_ascii=False)}: {written}")
    return [f"  {name}: {{{', '.join(parts)}}}"]
