"""Engines: each runs a resolved model; they never see each other, nor a scenario."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sim.engines import fast, reference
from sim.engines.protocol import Engine
from sim.errors import EngineError
from sim.language import say
from sim.model import Model
from sim.records import EVERYTHING, Keep, Run

ENGINES: dict[str, Engine] = {reference.NAME: reference, fast.NAME: fast}
"""Every engine by its name, the one that runs everything first (E2)."""


def make_ready(engine: str, models: Sequence[Model], on_compile: Callable[[], None]) -> None:
    """Have an engine compiled for models, if that has not been on this machine; told before."""
    ENGINES[engine].make_ready(models, on_compile)


def run(
    model: Model,
    *,
    seed: int,
    replication: int,
    engine: str = reference.NAME,
    keep: Keep = EVERYTHING,
    threads: int = 1,
    on_share: Callable[[float], None] | None = None,
) -> Run:
    """Run one replication of a model.

    Parameters
    ----------
    seed, replication
        Together they fix every draw (R1).
    engine
        A name in :data:`ENGINES`.
    keep
        What is needed of the tables.
    threads
        How many may work on the run; they do not change a digit.
    on_share
        Told now and then which share of the run is done, perhaps by another thread.

    Raises
    ------
    EngineError
        If the engine does not exist, or cannot run the model: it says what it lacks (E2).
    """
    if engine not in ENGINES:
        raise EngineError(
            say("no engine '{engine}'; there are: {known}", engine=engine, known=", ".join(ENGINES))
        )
    lacking = ENGINES[engine].refuses(model)
    if lacking:
        raise EngineError(
            say(
                "engine '{engine}' cannot run this model: {names}",
                engine=engine,
                names="; ".join(lacking),
            )
        )
    return ENGINES[engine].run(
        model,
        seed=seed,
        replication=replication,
        keep=keep,
        threads=threads,
        on_share=on_share,
    )
