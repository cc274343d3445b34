"""Where cases go back to an earlier step, and where they end before the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_FEWEST: Final = 0.003
_FEW: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBack:
    """From the end of one step back to an earlier one: how often, of how many that came there."""

    at: str
    to: str
    count: int
    out_of: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyEnd:
    """Where cases end that do not go on: after a step, with an outcome."""

    at: str
    outcome: str
    count: int
    out_of: int


def is_back(case: Ints, step: Ints, place: Ints) -> NDArray[np.bool_]:
    """Which rows are a return: a step that the case had before, not behind the one before it.

    Parameters
    ----------
    case, step
        Of each row, in the order of cases and time.
    place
        Of each step, its place in the flow.
    """
    found = np.zeros(len(case), np.bool_)
    is_next = case[1:] == case[:-1]
    found[1:] = is_next & is_repeat(case, step)[1:] & (place[step[1:]] <= place[step[:-1]])
    return found


def is_repeat(case: Ints, step: Ints) -> NDArray[np.bool_]:
    """Which rows are a step that the case had before."""
    width = int(step.max(initial=0)) + 1
    _, first = np.unique(case * width + step, return_index=True)
    found = np.ones(len(case), np.bool_)
    found[first] = False
    return found


def ways_back(
    step: Ints,
    back: NDArray[np.bool_],
    is_open_end: NDArray[np.bool_],
    names: tuple[str, ...],
) -> tuple[WayBack, ...]:
    """The ways back of some cases, by the step from which they lead.

    Parameters
    ----------
    back
        Which rows are a return.
    is_open_end
        Which rows are the last of a case that is open: what comes after them is not known.
    """
    n_visits = Counter(step[~is_open_end].tolist())
    rows = np.flatnonzero(back)
    edges: dict[tuple[int, int], list[int]] = {}
    for row in rows.tolist():
        edges.setdefault((int(step[row - 1]), int(step[row])), []).append(row)
    found = [
        WayBack(at=names[at], to=names[to], count=len(mine), out_of=n_visits[at], rows=tuple(mine))
        for (at, to), mine in edges.items()
        if len(mine) >= _FEW and len(mine) >= _FEWEST * n_visits[at]
    ]
    return tuple(sorted(found, key=lambda way: (way.at, -way.count)))


def early_ends(
    step: Ints,
    last: Ints,
    outcome: Mapping[int, str],
    names: tuple[str, ...],
) -> tuple[EarlyEnd, ...]:
    """Where cases end that have another outcome than most.

    Parameters
    ----------
    last
        The last rows of those cases.
    outcome
        Of each of these rows.
    """
    n_visits = Counter(step.tolist())
    counts = Counter((int(step[row]), outcome[int(row)]) for row in last.tolist())
    return tuple(
        EarlyEnd(at=names[at], outcome=how, count=n, out_of=n_visits[at])
        for (at, how), n in sorted(counts.items())
        if n >= _FEW
    )
