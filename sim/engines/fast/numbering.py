"""Draws the cases of each part of a model, and numbers them as if all were drawn together (R4)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.arrivals import CaseTable, by_arrival, draw_cases
from sim.engines.fast.parts import Part
from sim.model import Model

Ints: TypeAlias = NDArray[np.int64]
Thing = TypeVar("Thing")
Result = TypeVar("Result")

_Names: TypeAlias = tuple[Ints, NDArray[np.uint64], NDArray[np.uint32]]
"""When the cases of a part arrive, and what they are called: their streams and numbers there."""

MOST_HELD: Final = 4_000_000
"""Of more cases than these only the numbers are held; the rest is drawn again, part by part."""


_A_SPAN: Final = 2**20
"""Cases, about, that are put in order at a time."""


def _is_held(model: Model) -> bool:
    return model.expected_cases() <= MOST_HELD


def draw(model: Model, part: Part, key: tuple[int, int]) -> CaseTable:
    """Draw the cases of a part that arrive before the horizon: the others never come."""
    cases = draw_cases(
        part.demands,
        n_properties=len(model.properties),
        key=key,
        case_list=part.case_list,
        is_shared=_is_held(model),
    )
    return cases.rows(slice(int(np.searchsorted(cases.arrives_at, model.horizon))))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Numbered:
    """The cases of a part and their numbers in the whole; without ``cases``, to be drawn again."""

    part: Part
    numbers: NDArray[np.uint32]
    cases: CaseTable | None


def numbered(
    model: Model,
    parts: Sequence[Part],
    key: tuple[int, int],
    *,
    threads: int,
    on_share: Callable[[float], None] | None = None,
) -> list[Numbered]:
    """Number the cases of all parts: by arrival, then stream, then number in the stream.

    Parameters
    ----------
    on_share
        Told which share of the parts is drawn, perhaps by another thread.
    """
    n_drawn = itertools.count(1)
    is_held = len(parts) == 1 or _is_held(model)

    def names_of(part: Part) -> tuple[_Names, CaseTable | None]:
        cases = draw(model, part, key)
        names = cases.arrives_at, cases.stream, cases.number.astype(np.uint32)
        if on_share is not None:
            on_share(next(n_drawn) / len(parts))
        return names, cases if is_held else None

    found = each(names_of, parts, threads=threads)
    numbers = _numbers([names for names, _ in found], model.horizon)
    return [
        Numbered(part=part, numbers=mine, cases=cases)
        for part, mine, (_, cases) in zip(parts, numbers, found, strict=True)
    ]


def _numbers(parts: Sequence[_Names], horizon: int) -> list[NDArray[np.uint32]]:
    """The numbers of the rows of each part, which come sorted: a span of time after the other."""
    if len(parts) == 1:
        return [np.arange(len(parts[0][0]), dtype=np.uint32)]
    numbers = [np.empty(len(arrives_at), np.uint32) for arrives_at, _, _ in parts]
    n = sum(map(len, numbers))
    edges = np.linspace(0, horizon, 2 + n // _A_SPAN)[1:].astype(np.int64)
    edges[-1] = horizon
    cuts = [np.concatenate(([0], np.searchsorted(arrives_at, edges))) for arrives_at, _, _ in parts]
    first = 0
    for i in range(len(edges)):
        spans = [slice(cut[i], cut[i + 1]) for cut in cuts]
        arrives_at, stream, number = (
            np.concatenate([part[column][span] for part, span in zip(parts, spans, strict=True)])
            for column in range(3)
        )
        order = by_arrival(arrives_at, stream, number)
        ranks = np.empty(len(order), np.uint32)
        ranks[order] = np.arange(first, first + len(order), dtype=np.uint32)
        taken = 0
        for mine, span in zip(numbers, spans, strict=True):
            mine[span] = ranks[taken : taken + span.stop - span.start]
            taken += span.stop - span.start
        first += len(order)
    return numbers


def each(make: Callable[[Thing], Result], things: Iterable[Thing], *, threads: int) -> list[Result]:
    """Make something of each of some things, in their order, over some threads."""
    if threads == 1:
        return [make(one) for one in things]
    pool = ThreadPoolExecutor(threads)
    try:
        return list(pool.map(make, things))
    finally:
        pool.shutdown(cancel_futures=True)  # at Ctrl-C, those under way come to their end
