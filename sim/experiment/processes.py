"""Runs replications in processes of this machine; a task whose worker dies is tried once more."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait as wait_for
from multiprocessing.process import BaseProcess

from sim.experiment.memory import keep_freed
from sim.experiment.replication import Done, Failed, Job, Task, replicate
from sim.language import say


def over_processes(
    job: Job, waiting: deque[Task], workers: int, take: Callable[[Done], None]
) -> None:
    """Work off the tasks; one whose worker dies is tried again alone, so that none goes with it."""
    while waiting:
        for task in _until_broken(job, waiting, min(workers, len(waiting)), take):
            if _until_broken(job, deque([task]), 1, take):
                error = say("the worker process died; it may have run out of memory")
                take(Failed(model=task[0], replication=task[1], error=error))


def _until_broken(
    job: Job, waiting: deque[Task], workers: int, take: Callable[[Done], None]
) -> list[Task]:
    """Work off the tasks; if a worker dies, give back those that were under way."""
    under_way: dict[Future[Done], Task] = {}
    elsewhere: set[BaseProcess] = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(job,),
    )
    try:
        while waiting or under_way:
            # One more than there are workers, so that none waits for us.
            while waiting and len(under_way) <= workers:
                with _interrupts_held():
                    future = pool.submit(_work, waiting[0])
                under_way[future] = waiting.popleft()
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                result = future.result()
                del under_way[future]
                take(result)
    except BrokenProcessPool:
        # A worker that was just being started is not ended with the pool, which waits for it.
        _end_workers(elsewhere)
        return list(under_way.values())
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        _end_workers(elsewhere)
        raise
    finally:
        pool.shutdown()
    return []


def _end_workers(elsewhere: set[BaseProcess]) -> None:
    for child in set(multiprocessing.active_children()) - elsewhere:
        child.terminate()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Workers start with Ctrl-C blocked: it is for this process to end them."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_jobs: list[Job] = []
"""In a worker, the one job that it works on: models are sent once, not with each task."""


def _begin(job: Job) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    keep_freed(job.most_cases)
    _jobs[:] = [job]


def _end_with_parent() -> None:
    """Nobody wants what a worker does whose study was killed, and it would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _work(task: Task) -> Done:
    return replicate(_jobs[0], *task)
