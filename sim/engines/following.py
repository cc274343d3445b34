"""Runs one replication again, on the reference engine, to follow one of its cases or to watch some.

Only the part of the model that the cases belong to is run: what happens in one part changes
nothing in another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.arrivals import CaseTable
from sim.engines import protocol
from sim.engines.fast import numbering
from sim.engines.fast.parts import parts
from sim.engines.protocol import Inputs
from sim.engines.reference.trail import Trail, trail
from sim.engines.reference.watching import Watch, watch
from sim.errors import EngineError
from sim.language import say
from sim.model import Model
from sim.streams import key_of


def follow(
    model: Model,
    *,
    seed: int,
    replication: int,
    case: int,
    on_cases: Callable[[int], bool],
    on_share: Callable[[float], None] | None = None,
) -> Trail | None:
    """Follow a case of a replication.

    Parameters
    ----------
    case
        Its number in the whole run.
    on_cases
        Told how many cases have to be run for it, and says whether they are.
    on_share
        Told which share of the run is done.

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
        return trail(model, _inputs(model, cases, seed, replication), place, on_share)
    raise EngineError(
        say("replication {replication} has no case {case}", replication=replication, case=case)
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Watched:
    """Cases of a replication that were watched: their rows, their numbers in the run, their stays.

    ``rows`` are theirs in ``cases``; stays and work items name cases by these.
    """

    rows: NDArray[np.intp]
    numbers: NDArray[np.int64]
    cases: CaseTable
    found: Watch


def watch_homes(
    model: Model,
    *,
    seed: int,
    replication: int,
    homes: Sequence[int],
    bundle: int,
    until: int,
    on_cases: Callable[[int], None],
    on_share: Callable[[float], None] | None = None,
) -> Iterator[Watched]:
    """Watch the cases of a bundle and some home offices that arrive before an instant, up to then.

    Parameters
    ----------
    on_cases
        Told how many cases have to be run, before they are, for each part of the model with some.
    on_share
        Told which share of the run of a part is done.
    """
    key = key_of(seed, replication)
    bundle_of = np.array([flow.bundle for flow in model.flows])
    for mine in numbering.numbered(model, parts(model), key, threads=1):
        cases = numbering.draw(model, mine.part, key) if mine.cases is None else mine.cases
        is_before = cases.arrives_at < until
        is_wanted = np.isin(cases.home, homes) & (bundle_of[cases.flow] == bundle)
        rows = np.flatnonzero(is_wanted & is_before)
        if not len(rows):
            continue
        on_cases(int(np.count_nonzero(is_before)))
        inputs = _inputs(model, cases, seed, replication)
        found = watch(model, inputs, frozenset(rows.tolist()), until, on_share)
        numbers = mine.numbers[rows].astype(np.int64)
        yield Watched(rows=rows, numbers=numbers, cases=cases, found=found)


def _inputs(model: Model, cases: CaseTable, seed: int, replication: int) -> Inputs:
    key = key_of(seed, replication)
    return Inputs(
        seed=seed,
        replication=replication,
        key=key,
        cases=cases,
        shifts=protocol.shifts(model, key),
        up=protocol.outages(model, key),
        slow=protocol.slow_times(model, key),
    )
