"""Answers questions one at a time, in a lane of their own: first answers wait for none of them."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sim.api.workbench import StoppedError, available_workers
from sim.errors import LienthongError, RequestError
from sim.language import say
from sim.page.answering import Emit, fault, question_of, refuse_too_large
from sim.page.questions.all import QUESTIONS
from sim.page.questions.question import Asked, Question
from sim.page.registers import Register, brought
from sim.page.shelf import Shelf
from sim.page.state import State
from sim.page.turns import Turn, Turns, in_turn
from sim.report.html import Html, join, tag
from sim.report.words import counted, number

LONGEST: Final = 600.0
"""Seconds after which a question is given up."""

_SAID: Final = 10.0
"""Seconds from which on it is said how long a question takes."""

_CONFIRMED: Final = 120.0
"""Seconds from which on a question is run when that is asked for once more."""

_EVERY: Final = 0.1
"""Seconds between two words of progress."""

_LOG: Final = logging.getLogger("lienthong.page")


class _TooLongError(Exception):
    """A question took longer than any may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Those who ask questions, in turns."""

    shelf: Shelf
    turns: Turns
    reading: Turns

    @staticmethod
    def of(shelf: Shelf) -> Lane:
        """One question at a time, and one register."""
        return Lane(shelf=shelf, turns=Turns(1), reading=Turns(1))

    def stream(
        self,
        tab: str,
        name: str,
        state: State,
        fields: Mapping[str, str],
        emit: Emit,
        *,
        is_asked: bool,
    ) -> Turn:
        """Put a question in line; its answer is emitted as ``shown``, and ``end`` behind it.

        Parameters
        ----------
        fields
            What was filled in, by name.
        is_asked
            Whether one that takes minutes is to be run.

        Raises
        ------
        RequestError
            There is no such question, or too many wait.
        """
        if name not in QUESTIONS:
            raise RequestError(say("there is no such question."))
        question = QUESTIONS[name]
        n_before = self.turns.n_waiting
        if n_before:
            emit("standing", say("in line behind {n}", n=counted(n_before, "question")))
        return self.turns.take(
            tab,
            lambda turn: self._steps(turn, question, state, fields, emit, is_asked),
            lambda: emit("end", {}),
        )

    async def register(self, tab: str, register: Register) -> tuple[str, bool]:
        """The page about a register, and whether a scenario was learnt from it.

        Raises
        ------
        RequestError
            Too many wait.
        """
        return await in_turn(self.reading, tab, lambda _: brought(register, self.shelf))

    def _steps(
        self,
        turn: Turn,
        question: Question,
        state: State,
        fields: Mapping[str, str],
        emit: Emit,
        is_asked: bool,
    ) -> Iterator[float]:
        try:
            emit(*self._answered(turn, question, state, fields, emit, is_asked))
        except StoppedError:
            return
        except _TooLongError:
            words = say(
                "It took more than {minutes} minutes, and was given up. Ask for fewer "
                "replications or a smaller place, or run it in a terminal.",
                minutes=number(LONGEST / 60),
            )
            emit("fault", _warning(words))
        except LienthongError as error:
            emit("fault", fault(error))
        except Exception:
            words = say("The answer failed; the log of the server says why.")
            emit("fault", _warning(words))
            raise
        finally:
            emit("end", {})
        yield from ()

    def _answered(
        self,
        turn: Turn,
        question: Question,
        state: State,
        fields: Mapping[str, str],
        emit: Emit,
        is_asked: bool,
    ) -> tuple[str, Any]:
        """What is emitted in the end."""
        bench = self.shelf.open(state.scenario)
        if words := question.misfit(bench):
            return "fault", _warning(words)
        begun = time.monotonic()
        said = begun

        def progress(doing: str, done: float, total: int) -> None:
            nonlocal said
            now = time.monotonic()
            if turn.is_stopped:
                raise StoppedError
            if now - begun > LONGEST:
                raise _TooLongError
            if now - said >= _EVERY:
                said = now
                words = doing.replace(bench.settings.path, self.shelf.extends(state.scenario))
                emit("progress", {"doing": words, "done": done, "of": total})

        asked = Asked(
            bench=bench,
            state=state,
            base=self.shelf.extends(state.scenario),
            answered=question_of(bench, state),
            fields=fields,
            progress=progress,
            is_stopped=lambda: turn.is_stopped,
            workers=max(1, available_workers() - 1),
        )
        refuse_too_large(bench, asked.answered)
        seconds = asked.seconds(question.runs(asked))
        if seconds > _CONFIRMED and not is_asked:
            return "ask", _to_be_asked(seconds, question.smaller(asked))
        if seconds > _SAID:
            emit("estimate", say("This takes about {time}.", time=_time(seconds)))
        shown = question.answer(asked)
        if turn.is_stopped:
            raise StoppedError
        return "shown", {
            "html": str(join((shown.html, *_copied(shown.command)))),
            "glance": shown.glance,
            "standing": say("done in {time}", time=_time(time.monotonic() - begun)),
        }


def _copied(command: str) -> Iterator[Html]:
    yield tag("p", say("The same in a terminal:"), attributes={"class": "caption"})
    yield tag(
        "div",
        tag("pre", tag("code", command)),
        tag("button", say("Copy"), attributes={"type": "button", "data-copy": "1", "class": "js"}),
        attributes={"class": "command"},
    )


def _to_be_asked(seconds: float, smaller: Mapping[str, float]) -> dict[str, str]:
    """How long it takes, with the button that runs it, and what takes less."""
    words = say(
        "This takes about {time}, so it is run when you ask for it once more.", time=_time(seconds)
    )
    parts = [tag("p", words)]
    if seconds > LONGEST:
        most = _time(LONGEST)
        parts.append(tag("p", say("The page gives a question up after {time}.", time=most)))
    if smaller:
        parts.append(tag("p", say("It takes less for a part of it, to be chosen above:")))
        items = (tag("li", f"{part}: {_time(each)}") for part, each in smaller.items())
        parts.append(tag("ul", *items))
    button = tag("button", say("Run"), attributes={"type": "button", "data-sure": "1"})
    shown = tag("div", *parts, tag("p", button), attributes={"class": "ask"})
    return {"glance": words, "parts": str(shown)}


def _time(seconds: float) -> str:
    if seconds < 90:
        return counted(max(1, round(seconds)), "second")
    return counted(round(seconds / 60), "minute")


def _warning(words: str) -> dict[str, str]:
    shown = tag("p", words, attributes={"class": "warning"})
    return {"glance": words, "parts": str(shown)}
