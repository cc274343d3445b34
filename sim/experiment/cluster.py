"""Finds the workers of a Dask cluster: the one door of Dask."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final

from sim.errors import RequestError
from sim.experiment.executors import Crew, unlike
from sim.experiment.versions import versions_run
from sim.language import say
from sim.wording import some

_PATIENCE: Final = 60.0
"""Seconds to wait for the scheduler, and as many for the first worker."""

_LOGS: Final = ("distributed", "distributed.client")
"""Those whose levels Dask sets."""

_BETWEEN_LOOKS: Final = 5.0
"""Seconds after which workers are counted again: they come and go."""


@contextmanager
def connected(address: str, *, patience: float = _PATIENCE) -> Iterator[Crew]:
    """The workers of the scheduler at an address, such as ``tcp://10.0.0.5:8786``.

    Raises
    ------
    RequestError
        Dask is not installed; nobody answers; there is no worker; or some have other versions.
    """
    try:
        from distributed import Client
    except ImportError:
        raise RequestError(
            say(
                "a scheduler needs Dask, which is not installed. Install it: pip install "
                "'lienthong[cluster]', or leave out --scheduler."
            )
        ) from None
    with _quiet(), _client(Client, address, patience) as client:
        _wait_for_workers(client, address, patience)
        _refuse_unlike(client, address)
        yield Crew(executor=client.get_executor(pure=False), n_workers=_Count(client))


@contextmanager
def _quiet() -> Iterator[None]:
    """What Dask logs of lost workers and connections is told in words of our own."""
    logs = [logging.getLogger(name) for name in _LOGS]
    levels = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for log, level in zip(logs, levels, strict=True):
            log.setLevel(level)


def _client(kind: Any, address: str, patience: float) -> Any:
    try:
        return kind(address, timeout=patience, set_as_default=False, name="lienthong")
    except (OSError, ValueError, TypeError) as error:
        what = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        raise RequestError(
            say(
                "no Dask scheduler answers at {address}: {what}. Start one (dask "
                "scheduler), and give the address that it prints, such as "
                "tcp://10.0.0.5:8786.",
                address=address,
                what=what,
            )
        ) from None


def _wait_for_workers(client: Any, address: str, patience: float) -> None:
    try:
        client.wait_for_workers(1, timeout=patience)
    except (OSError, TimeoutError):
        raise RequestError(
            say(
                "the scheduler at {address} has no worker. Start some: dask worker "
                "{address} --nthreads 1 --nworkers -1.",
                address=address,
            )
        ) from None


def _refuse_unlike(client: Any, address: str) -> None:
    found: dict[str, Mapping[str, str] | Exception] = client.run(versions_run, on_error="return")
    try:
        # It has to load what it hands on.
        found[say("the scheduler")] = client.run_on_scheduler(versions_run)
    except Exception as error:  # noqa: BLE001  whatever loading the program there raised
        found[say("the scheduler")] = error
    by_words: dict[str, list[str]] = {}
    for worker, known in found.items():
        if words := str(known) if isinstance(known, Exception) else unlike(known):
            by_words.setdefault(words, []).append(worker)
    if by_words:
        told = "; ".join(f"{some(workers)}: {words}" for words, workers in by_words.items())
        raise RequestError(
            say(
                "not all at {address} are as this program, so that digits could differ: "
                "{told}. Install the same versions on every machine.",
                address=address,
                told=told,
            )
        )


class _Count:
    """How many tasks the workers can do at the same time, looked up now and then."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._n = 0
        self._looked_at = -_BETWEEN_LOOKS

    def __call__(self) -> int:
        if time.monotonic() - self._looked_at >= _BETWEEN_LOOKS:
            self._looked_at = time.monotonic()
            # Out of touch for a moment, or for good: then the tasks say so.
            with suppress(OSError):
                self._n = sum(self._client.nthreads().values())
        return self._n
