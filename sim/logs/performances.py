"""Puts events that tell of one performance of a step together: ready, begun, ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.logs.event_log import INSTANT, WORK_INSTANTS
from sim.logs.texts import Coded

Ints = NDArray[np.int64]

_NOT_ONE: Final = -1

_TRANSITIONS: Final = {
    "schedule": 0, "assign": 0, "ready": 0, "enabled": 0, "start": 1, "started": 1, "begin": 1,
    "complete": 2, "completed": 2, "end": 2, "finish": 2, "ate_abort": 2, "autoskip": 2,
    "manualskip": 2,
}  # fmt: skip
"""What a transition of the lifecycle is the instant of: 0 ready, 1 begun, 2 ended."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Performances:
    """Performances of steps, made of events.

    Parameters
    ----------
    of_row
        The performance to which each event belongs, -1 for none.
    ready_at, started_at, ended_at
        Of each performance, NaT where no event tells it.
    first_row
        The first event of each.
    rank
        What each event is the instant of.
    """

    of_row: Ints
    ready_at: NDArray[np.datetime64]
    started_at: NDArray[np.datetime64]
    ended_at: NDArray[np.datetime64]
    first_row: Ints
    rank: Ints

    def told(self, column: Coded) -> Coded:
        """A column of the events as one of the performances: what the last event to say so says."""
        codes = np.full(len(self.first_row), -1, np.int64)
        for rank in range(len(WORK_INSTANTS)):
            rows = np.flatnonzero((self.rank == rank) & (column.codes >= 0) & (self.of_row >= 0))
            codes[self.of_row[rows]] = column.codes[rows]
        return Coded(codes=codes, names=column.names)


def ranks(lifecycle: Coded) -> Ints:
    """What each event is the instant of: 0 ready, 1 begun, 2 ended, -1 something else."""
    by_name = [_TRANSITIONS.get(name.casefold(), _NOT_ONE) for name in lifecycle.names]
    # An event that says nothing is taken for an end, as a register of ends has it.
    return np.asarray([*by_name, 2], np.int64)[lifecycle.codes]


def paired(
    case: Ints, step: Ints, at: NDArray[np.datetime64], rank: Ints, instance: Coded | None
) -> Performances:
    """Pair the events of each step of each case.

    Where the log numbers performances, the numbers tell which belong together.  Otherwise the
    first start belongs to the first end, the second to the second; where there are more ends than
    starts, a performance is what comes up to the next end.
    """
    n_steps = int(step.max(initial=0)) + 1
    group = case * n_steps + step
    if instance is not None and (instance.codes >= 0).all():
        number = instance.codes
    else:
        number = _numbers(group, at, rank)
    key = group * (int(number.max(initial=0)) + 1) + number
    is_used = rank >= 0
    names, first, inverse = np.unique(key[is_used], return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    of_row = np.full(len(case), -1, np.int64)
    of_row[is_used] = places[inverse]
    instants = []
    for each in range(len(WORK_INSTANTS)):
        values = np.full(len(names), np.datetime64("NaT"), INSTANT)
        rows = np.flatnonzero((rank == each) & ~np.isnat(at))
        # Of several, a step is ready and begun with the first and ended with the last.
        rows = rows[np.argsort(at[rows], kind="stable")]
        rows = rows if each == len(WORK_INSTANTS) - 1 else rows[::-1]
        values[of_row[rows]] = at[rows]
        instants.append(values)
    ready_at, started_at, ended_at = instants
    return Performances(
        of_row=of_row,
        ready_at=ready_at,
        started_at=started_at,
        ended_at=ended_at,
        first_row=np.flatnonzero(is_used)[first[order]],
        rank=rank,
    )


def _numbers(group: Ints, at: NDArray[np.datetime64], rank: Ints) -> Ints:
    """The number of the performance in its group to which each event belongs."""
    order = np.lexsort((rank, at, group))
    groups, ranked = group[order], rank[order]
    starts = np.flatnonzero(np.concatenate(([True], groups[1:] != groups[:-1])))
    of_group = np.cumsum(np.concatenate(([True], groups[1:] != groups[:-1]))) - 1

    def before(which: NDArray[np.bool_]) -> Ints:
        """How many events of a kind stand before each in its group."""
        upto: Ints = np.cumsum(which) - which
        found: Ints = upto - upto[starts][of_group]
        return found

    is_end, is_start = ranked == 2, ranked == 1
    in_sequence, n_begun = before(is_end), before(is_start)
    by_count = np.select([is_end, is_start], [in_sequence, n_begun], before(ranked == 0))
    # An end that no start of its own stands before: then counting would pair it with a later one.
    is_lone = np.bincount(of_group[is_end & (n_begun <= in_sequence)], minlength=len(starts)) > 0
    is_whole = ~is_lone[of_group]
    numbers = np.empty(len(group), np.int64)
    numbers[order] = np.where(is_whole, by_count, in_sequence)
    return numbers
