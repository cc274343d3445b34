"""Runs one replication again, on the reference engine, to follow one of its cases.

Only the part of the model that the case belongs to is run: what happens in one part changes
nothing in another.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.engines import protocol
from sim.engines.fast import numbering
from sim.engines.fast.parts import parts
from sim.engines.protocol import Inputs
from sim.engines.reference.trail import Trail, trail
from sim.errors import EngineError
from sim.model import Model
from sim.streams import key_of


def follow(
    model: Model,
    *,
    seed: int,
    replication: int,
    case: int,
    on_cases: Callable[[int], bool],
) -> Trail | None:
    """Follow a case of a replication.

    Parameters
    ----------
    case
        Its number in the whole run.
    on_cases
        Told how many cases have to be run for it, and says whether they are.

    Returns
    -------
    Trail | None
        None where they are not.

    Raises
    ------
    EngineError
        The replication has no such case.
    """
    key = key_of(seed, replication)
    for mine in numbering.numbered(model, parts(model), key, threads=1):
        place = int(np.searchsorted(mine.numbers, case))
        if place == len(mine.numbers) or mine.numbers[place] != case:
            continue
        if not on_cases(len(mine.numbers)):
            return None
        cases = numbering.draw(model, mine.part, key) if mine.cases is None else mine.cases
        inputs = Inputs(
            seed=seed,
            replication=replication,
            key=key,
            cases=cases,
            shifts=protocol.shifts(model, key),
            up=protocol.outages(model, key),
            slow=protocol.slow_times(model, key),
        )
        return trail(model, inputs, place)
    raise EngineError(f"replication {replication} has no case {case}")
