"""Draws the cases of each part of a model, and numbers them as if all were drawn together (R4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.arrivals import CaseTable, draw_cases
from sim.engines.parts import Part
from sim.model import Model

Ints: TypeAlias = NDArray[np.int64]
Given = TypeVar("Given")
Made = TypeVar("Made")

_Names: TypeAlias = tuple[Ints, NDArray[np.uint64], NDArray[np.uint32]]
"""When the cases of a part arrive, and what they are called: their streams and numbers there."""

MOST_HELD: Final = 4_000_000
"""Of more cases than these only the numbers are held; the rest is drawn again, part by part."""


def draw(model: Model, part: Part, key: tuple[int, int]) -> CaseTable:
    """Draw the cases of a part that arrive before the horizon: the others never come."""
    cases = draw_cases(part.demands, n_properties=len(model.properties), key=key, given=part.given)
    return cases.rows(slice(int(np.searchsorted(cases.arrives_at, model.horizon))))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Numbered:
    """The cases of a part and their numbers in the whole; without ``cases``, to be drawn again."""

    part: Part
    numbers: NDArray[np.uint32]
    cases: CaseTable | None


def numbered(
    model: Model, parts: Sequence[Part], key: tuple[int, int], *, threads: int
) -> list[Numbered]:
    """Number the cases of all parts: by arrival, then stream, then number in the stream."""
    expected = sum(float(demand.means.sum()) for demand in model.demands)
    is_held = len(parts) == 1 or expected <= MOST_HELD

    def drawn(part: Part) -> tuple[_Names, CaseTable | None]:
        cases = draw(model, part, key)
        names = cases.arrives_at, cases.stream, cases.number.astype(np.uint32)
        return names, cases if is_held else None

    found = each(drawn, parts, threads=threads)
    sizes = np.cumsum([len(arrives_at) for (arrives_at, _, _), _ in found])
    numbers = np.arange(sizes[-1] if len(sizes) else 0, dtype=np.uint32)
    if len(parts) > 1:
        order = _in_order([names for names, _ in found])
        numbers[order] = np.arange(len(numbers), dtype=np.uint32)
    return [
        Numbered(part=part, numbers=mine, cases=cases)
        for part, mine, (_, cases) in zip(parts, np.split(numbers, sizes[:-1]), found, strict=True)
    ]


def _in_order(parts: Sequence[_Names]) -> NDArray[np.intp]:
    """The order of all rows, by arrival, stream and number; those of a part are sorted."""
    arrives_at = np.concatenate([arrives_at for arrives_at, _, _ in parts])
    order = np.argsort(arrives_at, kind="stable")  # merges what is sorted in itself
    at = arrives_at[order]
    ties = np.concatenate(([False], at[1:] == at[:-1], [False]))
    tied = np.flatnonzero(ties[1:] | ties[:-1])
    rows = order[tied]
    stream = np.concatenate([stream for _, stream, _ in parts])[rows]
    number = np.concatenate([number for _, _, number in parts])[rows]
    order[tied] = rows[np.lexsort((number, stream, at[tied]))]
    return order


def each(make: Callable[[Given], Made], given: Iterable[Given], *, threads: int) -> list[Made]:
    """Make something of each of the given, in their order, over some threads."""
    if threads == 1:
        return [make(one) for one in given]
    pool = ThreadPoolExecutor(threads)
    try:
        return list(pool.map(make, given))
    finally:
        pool.shutdown(cancel_futures=True)  # at Ctrl-C, those under way come to their end
