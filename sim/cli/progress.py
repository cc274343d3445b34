"""Shows on stderr how far work is, once it takes longer than two seconds.

A terminal gets a bar; anything else gets plain lines, ten seconds apart.
"""

from __future__ import annotations

import sys
import time
from threading import RLock, Timer
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from sim.language import language, say, speaking
from sim.wording import visible

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

PATIENCE: Final = 2.0
"""Seconds for which nothing is shown."""

_BETWEEN_LINES: Final = 10.0


class Progress:
    """Progress of one stage of work after the other, as a context.

    Parameters
    ----------
    is_quiet
        Show nothing at all.
    patience
        Seconds before anything is shown.
    """

    __slots__ = (
        "_bar",
        "_begun",
        "_doing",
        "_done",
        "_is_shown",
        "_language",
        "_line_at",
        "_lock",
        "_quiet",
        "_task",
        "_timer",
        "_total",
    )

    def __init__(self, *, is_quiet: bool = False, patience: float = PATIENCE) -> None:
        self._quiet = is_quiet
        self._doing, self._done, self._total = "", 0.0, 0
        self._begun = self._line_at = time.monotonic()
        self._is_shown = False
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        # The timer is a thread of its own, with a language of its own: work may go on for long
        # between two calls.
        self._language = language()
        self._lock = RLock()
        self._timer = Timer(patience, self._appear)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        if not self._quiet:
            self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._quiet = True
            if self._bar is not None:
                self._bar.stop()

    def at(self, doing: str, done: float = 0, total: int = 0) -> None:
        """Say what is being done, and how much of it; a ``total`` of 0 is not known."""
        doing = visible(doing)
        with self._lock:
            is_new = doing != self._doing
            self._doing, self._done, self._total = doing, done, total
            if self._is_shown and not self._quiet:
                self._show(is_new=is_new)

    def note(self, text: str) -> None:
        """Say something that stays."""
        text = visible(text)
        with self._lock:
            if self._quiet:
                return
            if self._bar is not None:
                self._bar.console.print(text, markup=False, highlight=False)
            else:
                sys.stderr.write(f"{text}\n")

    def _appear(self) -> None:
        with self._lock:
            if self._quiet:
                return
            self._is_shown = True
            if sys.stderr.isatty():
                with speaking(self._language):
                    self._bar = _bar()
                self._bar.start()
            self._show(is_new=True)

    def _show(self, *, is_new: bool) -> None:
        if self._bar is not None:
            if self._task is None:
                self._task = self._bar.add_task(self._doing, total=None)
            total = self._total or None
            self._bar.update(self._task, description=self._doing, completed=self._done, total=total)
            return
        now = time.monotonic()
        if is_new or now - self._line_at >= _BETWEEN_LINES:
            self._line_at = now
            doing, seconds = self._doing, f"{now - self._begun:.0f}"
            done = f"{round(self._done, 2):g}"
            with speaking(self._language):
                line = (
                    say(
                        "{doing}: {done} of {total}, {seconds} s",
                        doing=doing,
                        done=done,
                        total=self._total,
                        seconds=seconds,
                    )
                    if self._total
                    else say("{doing}, {seconds} s", doing=doing, seconds=seconds)
                )
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()


def _bar() -> Bar:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn(say("left:")),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
