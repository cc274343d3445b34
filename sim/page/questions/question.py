"""What a question of the page is made of: its form, its estimate, its answer."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from sim.api import workbench
from sim.api.workbench import Stage, Where, Workbench
from sim.errors import RequestError
from sim.language import say
from sim.page.state import State
from sim.report.html import Html, tag

Progress: TypeAlias = Callable[[str, float, int], None]
"""Told what is being done, how much of it, and of how much."""

FIELD: Final = "ask."
"""What the fields of a question begin with in a link."""

REPLICATIONS: Final = 20
"""Replications of a question that runs so many sets as it says itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as somebody asked it.

    Parameters
    ----------
    base
        What a file that builds on the scenario extends: the path in a command line.
    answered
        What is looked at and what it is set against, as for the answer of the page.
    fields
        What was filled in, by name.
    workers
        Threads or processes that it may have: one core is left to first answers.
    """

    bench: Workbench
    state: State
    base: str
    answered: workbench.Question
    fields: Mapping[str, str]
    progress: Progress
    is_stopped: Callable[[], bool]
    workers: int

    @property
    def where(self) -> Where:
        """What is looked at."""
        return self.state.where

    @property
    def bundle(self) -> str:
        """The service that it is about."""
        target = self.bench.scenario.target
        first = next(iter(self.bench.scenario.spec.bundles))
        return self.state.bundle or (target.bundle if target is not None else first)

    @property
    def seconds_of_one(self) -> float:
        """How long a replication takes, about."""
        return self.bench.seconds_of_one(self.answered)

    def seconds(self, runs: float) -> float:
        """How long so many replications take, about."""
        return runs * self.seconds_of_one / self.workers

    def field(self, name: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
        """What was chosen of what is known; the first of it for nothing.

        Raises
        ------
        RequestError
            It is none of them.
        """
        chosen = self.fields.get(name, "")
        if not chosen:
            return next(iter(known))
        if chosen not in known:
            raise RequestError(say("{name}: choose one of the list.", name=name))
        return chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The answer of a question: what is shown, a sentence to be read out, and a command line."""

    html: Html
    glance: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question that can be asked.

    Parameters
    ----------
    name
        In links; ``heading`` and ``lead`` are in English.
    fields
        What can be filled in.
    misfit
        Why it cannot be asked of a scenario, with a way out; empty where it can.
    runs
        How many replications it takes, about.
    smaller
        The seconds of parts of it that can be asked alone, by what they are called; by default
        there are none.
    """

    name: str
    heading: str
    lead: str
    fields: Callable[[Workbench, State], Iterator[Html]]
    misfit: Callable[[Workbench], str]
    runs: Callable[[Asked], float]
    answer: Callable[[Asked], Shown]
    smaller: Callable[[Asked], Mapping[str, float]] = lambda _: {}


def fits(_: Workbench) -> str:
    """Of a question that every scenario can be asked."""
    return ""


def no_fields(_: Workbench, __: State) -> Iterator[Html]:
    """Of a question of which nothing has to be said."""
    yield from ()


def last_stage(asked: Asked, question: workbench.Question) -> Stage:
    """The answer of the page to a question, with all its replications."""
    stages = asked.bench.answers(
        replace(question, brief=()),
        is_stopped=asked.is_stopped,
        tell=lambda words: asked.progress(words, 0, 0),
        on_run=lambda done, total: asked.progress(say("simulating"), done, total),
    )
    *_, last = stages
    return last


def side(option: str, where: Where) -> list[str]:
    """A variant and its settings as options of a command."""
    words = [] if where.variant is None else [option, where.variant]
    for name, text in where.settings.items():
        words += ["--set", f"{name}={text}"]
    return words


def command(*words: str) -> str:
    """A command line of ours, to copy."""
    return shlex.join(["lienthong", *words])


def seeded(asked: Asked) -> list[str]:
    """The seed as an option, where there is one."""
    return [] if asked.state.seed is None else ["--seed", str(asked.state.seed)]


def drawn(figure: Any | None, words: str) -> Html:
    """A figure of matplotlib as a picture with ``words`` in its place; nothing for none."""
    if figure is None:
        return Html("")
    from sim.report.figures import encode

    source = f"data:image/svg+xml;base64,{base64.b64encode(encode(figure, 'svg')).decode()}"
    return tag("figure", tag("img", attributes={"src": source, "alt": words}))
