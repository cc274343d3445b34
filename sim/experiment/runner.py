"""Runs every replication of every model, over several cores, with the same digits on any number.

Draws belong to seed and replication (R1), so who runs a replication, and when, does not show.  A
replication that raises becomes a row with its error, and the rest goes on.  Replications run on
threads, which share the models, where the engine lets go of Python's lock; in processes where it
does not, and where many cores have much to do on small ones; or with a crew of other machines.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Final

from sim import engines
from sim.errors import EngineError
from sim.experiment.executors import Crew, over_executor
from sim.experiment.memory import keep_freed
from sim.experiment.processes import over_processes
from sim.experiment.replication import Done, Job, Task, replicate
from sim.language import say
from sim.model import Model

AUTO = "auto"
"""Stands for the newest engine that can run all models."""

FEWEST_ON_THREADS: Final = 300_000
"""Cases of replications that run on threads however many cores there are: smaller ones spend much
of their time in Python, whose lock one thread at a time can hold."""

_FREE: Final = 3
"""Threads whose work on small replications Python's lock does not hold up, about."""

_SECONDS_A_CASE: Final = 1.5e-6
_SECONDS_TO_START: Final = 3.0
"""What a case takes, and a process until it has the models and compiled code: to choose by."""

MOST_AT_ONCE: Final = 3_000_000
"""Cases of replications that run side by side; a larger one has all cores to itself."""


_SWITCH: Final = 2e-4
"""Seconds after which a thread lets another have Python's lock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What was done, by model and replication; ``is_complete`` unless it was interrupted."""

    done: tuple[Done, ...]
    is_complete: bool


def make_ready(engine: str, models: Sequence[Model], tell: Callable[[str], None]) -> None:
    """Have an engine compiled for models, if that has not been on this machine; say so before."""
    engines.make_ready(
        engine,
        models,
        lambda: tell(say("compiling the engine, once on this machine (about half a minute)")),
    )


def choose_engine(models: Sequence[Model], asked: str = AUTO) -> str:
    """Name the engine that is to run some models.

    Raises
    ------
    EngineError
        There is none of the name, or it cannot run one of the models (E2).
    """
    known = engines.ENGINES
    if asked == AUTO:
        # The reference engine stands first and runs everything.
        newest = reversed(known)
        return next(name for name in newest if not _lacking(name, models))
    if asked not in known:
        raise EngineError(
            say(
                "no engine '{engine}'; there are: {known}",
                engine=asked,
                known=", ".join([AUTO, *known]),
            )
        )
    lacking = _lacking(asked, models)
    if lacking:
        raise EngineError(
            say(
                "engine '{asked}' cannot run this: {names}. Ask for --engine {auto}.",
                asked=asked,
                names="; ".join(lacking),
                auto=AUTO,
            )
        )
    return asked


def _lacking(engine: str, models: Sequence[Model]) -> tuple[str, ...]:
    refused = (lack for model in models for lack in engines.ENGINES[engine].refuses(model))
    return tuple(dict.fromkeys(refused))


def available_workers() -> int:
    """The number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_cells(
    job: Job,
    *,
    replications: int,
    workers: int,
    first: int = 0,
    on_done: Callable[[Done], None] | None = None,
    on_share: Callable[[float], None] | None = None,
    finished: Sequence[Done] = (),
    crew: Crew | None = None,
) -> Ran:
    """Run the replications ``first … first + replications - 1`` of each model of a job.

    Parameters
    ----------
    workers
        Threads or processes to share the work.
    on_done
        Called here with each replication as it is done, in any order.
    on_share
        Told which share of a replication is done that has all cores to itself.
    finished
        Replications done before, which are not run again.
    crew
        Runs them in place of this machine, see :mod:`sim.experiment.executors`.

    Returns
    -------
    Ran
        With ``finished``; after Ctrl-C, with all that was done until then.

    Raises
    ------
    StoreError
        The tables of a replication cannot be written.
    RequestError, EngineError
        The crew cannot run them, or is lost.
    """
    done: dict[Task, Done] = {(each.model, each.replication): each for each in finished}
    # All models of one replication before the next, so that a study cut short has its pairs.
    numbers = range(first, first + replications)
    every = [(model, number) for number in numbers for model in range(len(job.models))]
    waiting = deque(task for task in every if task not in done)

    is_complete = True
    try:
        with _interrupts_noted() as interrupts:

            def take(result: Done) -> None:
                done[result.model, result.replication] = result
                if on_done is not None:
                    on_done(result)
                if interrupts:
                    raise KeyboardInterrupt

            at_work = min(workers, len(waiting))
            if crew is not None:
                over_executor(job, waiting, crew, take)
            elif at_work > 1 and not _is_for_threads(job, waiting, at_work):
                over_processes(job, waiting, workers, take)
            else:
                keep_freed(job.most_cases)
                at_once = min(at_work, int(MOST_AT_ONCE // max(job.most_cases, 1.0)))
                _over_threads(job, waiting, workers, max(at_once, 1), take, on_share)
    except KeyboardInterrupt:
        is_complete = False
    return Ran(done=tuple(done[task] for task in sorted(done)), is_complete=is_complete)


def _is_for_threads(job: Job, waiting: Sequence[Task], workers: int) -> bool:
    """Whether threads will be done before processes; the digits are the same."""
    if not engines.ENGINES[job.engine].IS_THREADED:
        return False
    expected = [model.expected_cases() for model in job.models]
    seconds = _SECONDS_A_CASE * sum(expected[model] for model, _ in waiting)
    on_threads = seconds / min(workers, _FREE)
    in_processes = _SECONDS_TO_START + seconds / workers
    return max(expected) >= FEWEST_ON_THREADS or on_threads <= in_processes


def _over_threads(
    job: Job,
    waiting: deque[Task],
    workers: int,
    at_once: int,
    take: Callable[[Done], None],
    on_share: Callable[[float], None] | None,
) -> None:
    """Threads share the models; those left over by large replications work on their parts."""
    threads = max(1, workers // at_once)
    if at_once == 1:
        while waiting:
            take(replicate(job, *waiting.popleft(), threads=threads, on_share=on_share))
        return
    under_way: set[Future[Done]] = set()
    pool = ThreadPoolExecutor(at_once)
    interval = sys.getswitchinterval()
    # A thread that leaves compiled code waits for Python's lock: often, so not 5 ms.
    sys.setswitchinterval(_SWITCH)
    try:
        while waiting or under_way:
            while waiting and len(under_way) <= at_once:
                task = waiting.popleft()
                under_way.add(pool.submit(replicate, job, *task, threads=threads))
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                take(future.result())
    finally:
        sys.setswitchinterval(interval)
        pool.shutdown(cancel_futures=True)  # at Ctrl-C, those under way come to their end


@contextmanager
def _interrupts_noted() -> Iterator[list[int]]:
    """Note each Ctrl-C: raised where exceptions are ignored, as in a callback, it would be lost."""
    noted: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    if (
        before is not signal.default_int_handler
        or threading.current_thread() is not threading.main_thread()
    ):
        yield noted
        return

    def note(number: int, frame: FrameType | None) -> None:
        noted.append(number)
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, before)
