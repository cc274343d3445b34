"""Makes answers for the page: in stages for a stream, at once for a form, or as a file."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from sim.api.workbench import (
    FEWEST,
    Question,
    Stage,
    StoppedError,
    Workbench,
    asked_for,
    available_workers,
    changes_as_file,
    check_variant,
    command_of,
)
from sim.errors import LienthongError, RequestError
from sim.language import say
from sim.page.frame import answer_parts, told
from sim.page.panels import CHIEF, KPIS, View, cards, glance
from sim.page.shelf import Shelf
from sim.page.state import State
from sim.page.take import CHANGES, PICTURES, picture_of, study_file
from sim.page.turns import Turn, Turns, in_turn
from sim.page.words import names_of
from sim.report.html import Html, join, tag
from sim.report.words import counted, number
from sim.wording import did_you_mean

Emit: TypeAlias = Callable[[str, Any], None]
"""Takes an event: its name and its data."""

_MOVING: Final = 0.05
"""Seconds behind the figures in which a hand may move on, before all else of the stage is made."""

_STILL: Final = 0.2
"""Seconds behind that before it is sharpened."""

LONGEST: Final = 120.0
"""Seconds of work on an answer, after which it is as sharp as it gets."""

MOST_CASES: Final = 10_000_000
"""Expected cases of a replication beyond which a scenario is for the terminal."""


def refuse_unknown(bench: Workbench, state: State) -> None:
    """Refuse a state that begins with, sets or is about what its scenario does not have.

    Raises
    ------
    RequestError
        With what is meant, perhaps.
    """
    levers = bench.scenario.levers
    for name in (*state.where.settings, *state.baseline.settings):
        if name not in levers:
            raise RequestError(
                say("no lever '{name}'; {way_out}", name=name, way_out=did_you_mean(name, levers))
            )
    for where in (state.where, state.baseline):
        check_variant(bench.scenario.variants, where.variant)
    asked_for(bench.scenario, None, state.bundle)


def question_of(bench: Workbench, state: State) -> Question:
    """What a state asks of its scenario, in the language in use.

    Raises
    ------
    RequestError
        It sets or asks for what is not there.
    """
    refuse_unknown(bench, state)
    return Question(
        changed=state.where,
        baseline=state.baseline,
        bundle=state.bundle,
        kpis=KPIS,
        brief=CHIEF,
        replications=state.replications,
        precision=state.precision,
        seed=state.seed,
        names=names_of(bench, state),
    )


def refuse_too_large(bench: Workbench, question: Question) -> None:
    """Refuse what would take all of the machine.

    Raises
    ------
    RequestError
        With the way to run it.
    """
    cases = bench.cases(question)
    if cases > MOST_CASES:
        raise RequestError(
            say(
                "a replication has about {cases} cases, and the page takes up to "
                "{most}. Run it in a terminal: lienthong compare.",
                cases=number(cases),
                most=number(MOST_CASES),
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Those who ask, in turns."""

    shelf: Shelf
    turns: Turns

    @staticmethod
    def of(shelf: Shelf) -> Answering:
        """With as many answers at a time as have two cores each."""
        return Answering(shelf=shelf, turns=Turns(max(1, available_workers() // 2)))

    def stream(self, tab: str, state: State, emit: Emit, *, is_asked: bool) -> Turn:
        """Put an answer in line whose stages are emitted as they come, and ``end`` behind them.

        Parameters
        ----------
        is_asked
            Whether a scenario that takes long is to be run.

        Raises
        ------
        RequestError
            Too many wait.
        """
        return self.turns.take(
            tab,
            lambda turn: self._stages(turn, state, emit, is_asked),
            lambda: emit("end", {}),
        )

    def whole(self, tab: str, state: State) -> tuple[Html, bool]:
        """The last stage of an answer, or what is wrong with it; and whether it is one."""
        found: list[tuple[Html, bool]] = []
        over = threading.Event()

        def emit(event: str, data: Any) -> None:
            if event == "parts":
                found[:] = [(Html(data["parts"]), True)]
            elif event == "fault":
                words = tag("p", tag("strong", data["glance"]))
                found[:] = [(join((words, Html(data["parts"]))), False)]
            elif event == "end":
                over.set()

        self.stream(tab, state, emit, is_asked=True)
        over.wait()
        return found[0] if found else (Html(""), True)

    def warm_up(self) -> None:
        """Have ready what the first to ask would wait for."""
        state = State(scenario=self.shelf.first, replications=FEWEST)
        with suppress(LienthongError):
            bench = self.shelf.open(state.scenario)
            if not bench.is_large(question_of(bench, state)):
                self.whole("", state)

    async def file(self, tab: str, name: str, state: State) -> bytes:
        """What is under a name to be taken away.

        Raises
        ------
        ScenarioError, RequestError
            As for an answer.
        """
        return await in_turn(self.turns, tab, lambda turn: self._file(turn, name, state))

    def _stages(self, turn: Turn, state: State, emit: Emit, is_asked: bool) -> Iterator[float]:
        try:
            bench = self.shelf.open(state.scenario)
            question = question_of(bench, state)
            refuse_too_large(bench, question)
            if not is_asked and bench.is_large(question):
                emit("ask", _to_be_asked(bench, question))
                return

            def progress(n_done: int, n_all: int) -> None:
                emit("progress", {"done": n_done, "of": n_all})

            stages = bench.answers(
                question,
                is_stopped=lambda: turn.is_stopped,
                tell=lambda words: emit("standing", words),
                on_run=progress,
            )
            is_first = True
            while (stage := next(stages, None)) is not None:
                if stage.is_brief:
                    emit("figures", _figures(View(stage=stage, state=state)))
                    yield _MOVING
                    continue
                is_last = stage.is_last or stage.seconds > LONGEST
                emit("parts", self._shown(question, state, stage, is_last=is_last))
                if is_last:
                    return
                yield _STILL if is_first else 0.0
                is_first = False
        except StoppedError:
            return
        except LienthongError as error:
            emit("fault", fault(error))
        except Exception:
            words = say("The answer failed; the log of the server says why.")
            emit("fault", {"glance": words, "parts": ""})
            raise
        finally:
            emit("end", {})

    def _shown(
        self, question: Question, state: State, stage: Stage, *, is_last: bool
    ) -> dict[str, Any]:
        n = stage.results.replications
        view = View(stage=stage, state=state)
        link = replace(state, replications=n).query()
        command = command_of(replace(question, replications=n), CHANGES)
        standing = say("{n}, done", n=counted(n, "replication")) if is_last else _standing(stage)
        return {
            "parts": str(answer_parts(view, link, command)),
            "glance": glance(view),
            "standing": standing,
            "done": n,
            "of": n if is_last else stage.expected,
            "last": is_last,
        }

    def _file(self, turn: Turn, name: str, state: State) -> bytes:
        bench = self.shelf.open(state.scenario)
        base = self.shelf.extends(state.scenario)
        question = question_of(bench, state)
        refuse_too_large(bench, question)  # and what cannot be run
        if name == CHANGES:
            return changes_as_file(question, base).encode()
        if state.replications is None or name in PICTURES:
            stages = bench.answers(question, is_stopped=lambda: turn.is_stopped)
            *_, last = stages
            question = replace(question, replications=last.results.replications)
            if name in PICTURES:
                return picture_of(name, last).encode()
        return study_file(name, bench, question, base)


def _figures(view: View) -> dict[str, Any]:
    """What is shown at once: the chief figures, and the answer in a sentence."""
    stage = view.stage
    return {
        "cards": str(cards(view)),
        "glance": glance(view),
        "standing": _standing(stage),
        "done": stage.results.replications,
        "of": max(stage.expected, stage.results.replications),
    }


def _standing(stage: Stage) -> str:
    n, expected = number(stage.results.replications), number(stage.expected)
    return say("{n} of about {all} replications", n=n, all=expected)


def fault(error: LienthongError) -> dict[str, str]:
    """What an answer is in place of which there is an error."""
    heading, lines = told(error)
    return {"glance": heading, "parts": str(lines)}


def _to_be_asked(bench: Workbench, question: Question) -> dict[str, str]:
    """What is said of a scenario that takes long, with the button that runs it."""
    cases = counted(round(bench.cases(question)), "case")
    words = say(
        "A replication of this scenario has about {cases}: it takes a second or more, so it is run "
        "when you ask for it.",
        cases=cases,
    )
    button = tag("button", say("Run"), attributes={"type": "button", "data-run": "1"})
    return {"glance": words, "parts": str(tag("p", button))}
