"""Runs replications on any executor of ``concurrent.futures``, on this machine or on others.

Models travel, each about once to each worker and not with each task: a worker that lacks one says
so, and the task goes out again with it.  Tables do not travel, so none are kept.  A worker whose
versions differ is refused, for it may give other digits.
"""

from __future__ import annotations

import pickle
import socket
import zlib
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from sim.errors import EngineError, RequestError
from sim.experiment.memory import keep_freed
from sim.experiment.replication import Done, Failed, Job, Task, replicate
from sim.experiment.versions import versions_run
from sim.language import say

_MOST_MODELS: Final = 64
"""Models that a worker remembers."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Crew:
    """An executor, and how many tasks it works on at the same time, which may change."""

    executor: Executor
    n_workers: Callable[[], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """What a worker answers that has not got the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlike:
    """What a worker answers that has other versions, by name."""

    host: str
    versions: Mapping[str, str]


Answer: TypeAlias = Done | Lacking | Unlike

_models: dict[str, Job] = {}
"""In a worker, what it was sent: jobs of one model each."""


def work(key: str, replication: int, wanted: Mapping[str, str], parcel: bytes | None) -> Answer:
    """Run a replication in a worker.

    Parameters
    ----------
    key
        Of the model, in this study.
    wanted
        The versions that replications are to be run with.
    parcel
        The model, if it is sent along.
    """
    if versions_run() != wanted:
        return Unlike(host=socket.gethostname(), versions=versions_run())
    job = _models.get(key)
    if job is None:
        if parcel is None:
            return Lacking()
        # Who may send a worker tasks may run anything on it anyway.
        job = pickle.loads(zlib.decompress(parcel))  # noqa: S301
        while len(_models) >= _MOST_MODELS:
            _models.pop(next(iter(_models)), None)
        _models[key] = job
        keep_freed(job.most_cases)
    return replicate(job, 0, replication)


def unlike(found: Mapping[str, str]) -> str:
    """In what versions differ from those here, in words; empty where they do not."""
    here = versions_run()
    names = [name for name in here if found.get(name) != here[name]]
    return ", ".join(
        say(
            "{library} {its}, not {mine}",
            library=name,
            its=found.get(name, say("unknown")),
            mine=here[name],
        )
        for name in names
    )


def over_executor(job: Job, waiting: deque[Task], crew: Crew, take: Callable[[Done], None]) -> None:
    """Work off the tasks with a crew.

    Raises
    ------
    RequestError
        A worker has other versions, or cannot load lienthong.
    EngineError
        The crew is lost.
    """
    orders = _Orders(job, crew.executor)
    under_way: dict[Future[Answer], Task] = {}
    try:
        while waiting or under_way:
            # One more for each, so that none waits for us.
            while waiting and len(under_way) < 2 * max(crew.n_workers(), 1):
                task = waiting.popleft()
                under_way[orders.submit(task)] = task
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                task = under_way.pop(future)
                answer = _answer(future, task)
                if isinstance(answer, Lacking):
                    under_way[orders.submit(task, with_model=True)] = task
                elif isinstance(answer, Unlike):
                    raise RequestError(
                        say(
                            "a worker on {host} has {unlike}: digits could differ. Install the "
                            "same versions on every machine.",
                            host=answer.host,
                            unlike=unlike(answer.versions),
                        )
                    )
                else:
                    take(replace(answer, model=task[0]))
    finally:
        for future in under_way:
            future.cancel()


class _Orders:
    """Hands tasks to an executor, and packs each model once."""

    def __init__(self, job: Job, executor: Executor) -> None:
        self._job = job
        self._executor = executor
        self._parcels: dict[int, bytes] = {}
        of = (job.seed, job.engine, job.over_time, job.bundles, job.by_office)
        self._keys = [f"{model.fingerprint()} {of}" for model in job.models]

    def submit(self, task: Task, *, with_model: bool = False) -> Future[Answer]:
        index, replication = task
        parcel = self._parcel(index) if with_model else None
        try:
            return self._executor.submit(
                work, self._keys[index], replication, versions_run(), parcel
            )
        except (BrokenExecutor, RuntimeError) as error:
            raise _lost(error) from None

    def _parcel(self, index: int) -> bytes:
        if index not in self._parcels:
            alone = replace(self._job, models=(self._job.models[index],), tables=None)
            self._parcels[index] = zlib.compress(pickle.dumps(alone, pickle.HIGHEST_PROTOCOL), 1)
        return self._parcels[index]


def _answer(future: Future[Answer], task: Task) -> Answer:
    try:
        return future.result()
    except (BrokenExecutor, CancelledError, OSError) as error:
        raise _lost(error) from None
    except (ImportError, AttributeError) as error:
        raise RequestError(
            say(
                "a worker cannot load lienthong: {error}. Install the same version on "
                "every machine.",
                error=error,
            )
        ) from None
    except Exception as error:  # noqa: BLE001  what a replication raises is no exception here
        # It was tried again on other workers, by an executor that can.
        return Failed(model=task[0], replication=task[1], error=" ".join(str(error).split()))


def _lost(error: BaseException) -> EngineError:
    what = " ".join(str(error).split()) or say("their scheduler is gone, or has dropped the tasks")
    return EngineError(
        say(
            "the workers are lost: {what}. What was finished is kept if the study has a folder: "
            "give the same command again and it is taken up.",
            what=what,
        )
    )
