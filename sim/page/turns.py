"""Lets answers be made in turns, so that nobody waits for the sharpening of another's.

A tab has one answer at a time: a new one takes the place of the one before.  First steps come
before further ones, then the tab whose turn was the longest ago.  Behind a step there may be a
pause: a hand that still moves a lever does not wait for an answer that it no longer wants.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Final, TypeAlias, TypeVar

from sim.errors import RequestError
from sim.language import say

Steps: TypeAlias = Callable[["Turn"], Iterator[float]]
"""Makes an answer step by step, and gives the seconds until the next; it tells of its errors."""

MOST_WAITING: Final = 200
"""Tabs that can wait at a time."""

_LOG: Final = logging.getLogger("lienthong.page")
_Made = TypeVar("_Made")


@dataclass(slots=True, eq=False)
class Turn:
    """An answer that is being made for a tab, in the language in which it was asked for."""

    tab: str
    dropped: Callable[[], None]
    steps: Iterator[float] = field(init=False)
    context: Context = field(default_factory=copy_context)
    n_steps: int = 0
    goes_on_at: float = 0.0
    served: int = 0
    is_stopped: bool = False


class Turns:
    """Those that wait, and the threads that serve them."""

    def __init__(self, threads: int) -> None:
        self._waiting: dict[str, Turn] = {}
        self._at_work: set[str] = set()
        self._condition = threading.Condition()
        self._served = 0
        for number in range(threads):
            threading.Thread(target=self._serve, name=f"turns-{number}", daemon=True).start()

    def take(self, tab: str, steps: Steps, dropped: Callable[[], None] = lambda: None) -> Turn:
        """Put an answer in line, in place of the one that the tab waits for.

        Parameters
        ----------
        dropped
            Called if another takes its place before it has ended.

        Raises
        ------
        RequestError
            Too many wait.
        """
        turn = Turn(tab, dropped)
        turn.steps = steps(turn)
        with self._condition:
            older = self._waiting.get(tab)
            if older is not None:
                older.is_stopped = True
            elif len(self._waiting) >= MOST_WAITING:
                raise RequestError(
                    say("too many are waiting for an answer. Try again in a minute.")
                )
            self._waiting[tab] = turn
            self._condition.notify()
        if older is not None:
            older.dropped()
        return turn

    def stop(self, turn: Turn) -> None:
        """Let nobody work on an answer any more."""
        turn.is_stopped = True
        with self._condition:
            if self._waiting.get(turn.tab) is turn:
                del self._waiting[turn.tab]

    @property
    def n_waiting(self) -> int:
        """Tabs with an answer that is not yet finished."""
        return len(self._waiting)

    def _serve(self) -> None:
        while True:
            with self._condition:
                while (turn := self._next()) is None:
                    self._condition.wait(self._pause())
                self._at_work.add(turn.tab)
                self._served += 1
                turn.served = self._served
            is_over = True
            try:
                if not turn.is_stopped:
                    turn.goes_on_at = turn.context.run(next, turn.steps) + time.monotonic()
                    is_over = False
            except StopIteration:
                pass
            except Exception:  # noqa: BLE001  the others shall have theirs
                _LOG.exception("an answer failed")
            turn.n_steps += 1
            with self._condition:
                self._at_work.discard(turn.tab)
                if is_over and self._waiting.get(turn.tab) is turn:
                    del self._waiting[turn.tab]
                self._condition.notify()

    def _next(self) -> Turn | None:
        now = time.monotonic()
        free = [
            turn
            for tab, turn in self._waiting.items()
            if tab not in self._at_work and turn.goes_on_at <= now
        ]
        return min(free, key=lambda turn: (turn.n_steps > 0, turn.served), default=None)

    def _pause(self) -> float | None:
        """Seconds until the first of those that pause may go on; None where nobody does."""
        ends = [turn.goes_on_at for tab, turn in self._waiting.items() if tab not in self._at_work]
        return max(min(ends) - time.monotonic(), 0.0) if ends else None


async def in_turn(turns: Turns, tab: str, make: Callable[[Turn], _Made]) -> _Made:
    """What is made in one step when its turn has come; its errors are raised here.

    Raises
    ------
    RequestError
        Too many wait, or the same tab has asked again.
    """
    loop = asyncio.get_running_loop()
    made: asyncio.Future[_Made] = loop.create_future()

    def finish(act: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the service has ended
            loop.call_soon_threadsafe(lambda: None if made.done() else act())

    def drop() -> None:
        error = RequestError(say("the same was asked for again. Wait for that."))
        finish(lambda: made.set_exception(error))

    def steps(turn: Turn) -> Iterator[float]:
        try:
            content = make(turn)
        except Exception as error:  # noqa: BLE001  whoever waits is told
            failure = error
            finish(lambda: made.set_exception(failure))
        else:
            finish(lambda: made.set_result(content))
        yield from ()

    turn = turns.take(tab, steps, drop)
    try:
        return await made
    finally:
        turns.stop(turn)
