"""Picks the rows of a run that count, sorted by group, so that a KPI reads each group as a slice.

Groups are a bundle (``birth``), a bundle and a channel (``birth/online``), a bundle and a
procedure (``birth/residence``), a role (``clerk``), and a role in one office (``clerk @ An``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.kpis.batches import Batches, batches
from sim.model import Model, Outcome
from sim.records import Run, Table

Column: TypeAlias = NDArray[np.number[Any] | np.bool_]
"""Values or truths, one for each row."""

Sample: TypeAlias = tuple[str, Column]
"""A group and its values, one for each of its rows."""


class Waits(NamedTuple):
    """A group and its sample, of which values of 0 are only counted: most may be such."""

    group: str
    longer: Column
    n_zeros: int


class Count(NamedTuple):
    """How many of a group count, and of how many; see :class:`sim.kpis.Measure`."""

    group: str
    n: int
    out_of: int
    batches: Batches = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Groups:
    """The rows of a table that count, sorted by group: a group is a run of rows.

    ``rows`` are positions in the table; group ``names[i]`` holds ``rows[starts[i]:stops[i]]``.
    A row may belong to several groups, or to none.
    """

    rows: NDArray[np.int64]
    names: tuple[str, ...]
    starts: tuple[int, ...]
    stops: tuple[int, ...]

    def split(self, values: Column, keep: NDArray[np.bool_] | None = None) -> Iterator[Sample]:
        """Give each group with its values, a kept row each.

        Parameters
        ----------
        values, keep
            One entry for each of ``rows``; without ``keep`` all are kept.
        """
        for name, start, stop in zip(self.names, self.starts, self.stops, strict=True):
            part = values[start:stop]
            yield name, part if keep is None else part[keep[start:stop]]

    def means(
        self, values: Column, keep: NDArray[np.bool_] | None = None
    ) -> Iterator[tuple[str, float]]:
        """Give each group that keeps a row with the mean of its values."""
        for name, sample in self.split(values, keep):
            if len(sample):
                yield name, float(np.mean(sample))

    def shares(
        self,
        holds: NDArray[np.bool_],
        keep: NDArray[np.bool_] | None = None,
        degrees: Column | None = None,
    ) -> Iterator[Count]:
        """Give each group with the number of its rows for which something holds, and of all.

        ``degrees`` say of each row how far it holds, of which batches are kept.
        """
        for i, (name, sample) in enumerate(self.split(holds, keep)):
            count = Count(name, int(np.count_nonzero(sample)), len(sample))
            if degrees is not None:
                mine = slice(self.starts[i], self.stops[i])
                order = np.argsort(self.rows[mine], kind="stable")  # of several channels
                degree = degrees[mine][order]
                kept = degree if keep is None else degree[keep[mine][order]]
                count = count._replace(batches=batches(kept))
            yield count

    def counts(self, holds: NDArray[np.bool_]) -> Iterator[tuple[str, int]]:
        """Give each group with the number of its rows for which something holds."""
        for name, sample in self.split(holds):
            yield name, int(np.count_nonzero(sample))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Window:
    """A run seen through its measured window.

    ``bundles`` are the indices of those that count, ``by_office`` says whether offices count one by
    one; ``cases`` are those that arrive in it, by bundle and by channel; ``dossiers`` theirs, by
    procedure; ``queues`` are the rows of that table, by role and office.
    """

    model: Model
    run: Run
    bundles: tuple[int, ...]
    by_office: bool
    cases: Groups
    dossiers: Groups
    queues: Groups

    def case(self, column: str) -> NDArray[np.int64]:
        """A column of the measured cases, in the order of their groups."""
        return self.run.cases[column][self.cases.rows]

    def dossier(self, column: str) -> NDArray[np.int64]:
        """A column of the measured dossiers, in the order of their groups."""
        return self.run.dossiers[column][self.dossiers.rows]

    def n_cases(self) -> dict[str, int]:
        """How many measured cases there are, by group: a bundle, a bundle and a channel."""
        ends = zip(self.cases.names, self.cases.starts, self.cases.stops, strict=True)
        return {name: stop - start for name, start, stop in ends}

    def is_completed(self) -> NDArray[np.bool_]:
        """Which measured cases were completed by the end of the run."""
        return np.asarray(self.case("outcome") == Outcome.COMPLETED, np.bool_)

    def is_open(self) -> NDArray[np.bool_]:
        """Which measured cases are open at the end of the run (K4)."""
        return np.asarray(self.case("outcome") == Outcome.OPEN, np.bool_)


def window(model: Model, run: Run, bundles: Collection[str] = ()) -> Window:
    """Sort what counts in a run into its groups.

    Parameters
    ----------
    bundles
        Names of the bundles that count, beside the roles over all offices; empty for every
        bundle, and for each role at each office too.
    """
    cases = run.cases
    is_measured = model.is_measured(cases["arrives_at"])
    counted = [b for b, bundle in enumerate(model.bundles) if not bundles or bundle.name in bundles]
    if bundles:
        is_measured &= np.isin(cases["bundle"], counted)
    return Window(
        model=model,
        run=run,
        bundles=tuple(counted),
        by_office=not bundles,
        cases=_by_channel(model, counted, cases, np.flatnonzero(is_measured)),
        dossiers=_by_procedure(model, counted, run, is_measured),
        queues=_by_role(model, by_office=not bundles),
    )


def rows_of(cases: Table, numbers: NDArray[np.int64]) -> NDArray[np.intp]:
    """Where cases stand in their table, by their numbers: not every case need be kept."""
    return np.searchsorted(cases["case"], numbers)


def open_between(
    model: Model, office: NDArray[np.int64], a: NDArray[np.int64], b: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The time from ``a`` to ``b`` for which an office is open (T2), row by row.

    Parameters
    ----------
    office
        Index of each row's office.
    a, b
        Instants, in microseconds.

    Returns
    -------
    NDArray[np.int64]
        Microseconds, of the shape of ``office``.
    """
    which = np.array([office.calendar for office in model.offices], np.int64)[office]
    return model.open_between(which, a, b)


def _by_channel(
    model: Model, counted: Sequence[int], cases: Table, rows: NDArray[np.int64]
) -> Groups:
    n = len(model.channels)
    used = {(flow.bundle, flow.channel) for flow in model.flows}
    wanted = []
    for b in counted:
        bundle = model.bundles[b]
        wanted.append((bundle.name, b * n, (b + 1) * n))
        for c, channel in enumerate(model.channels):
            if (b, c) in used:
                wanted.append((f"{bundle.name}/{channel}", b * n + c, b * n + c + 1))
    return _groups(rows, cases["bundle"][rows] * n + cases["channel"][rows], wanted)


def _by_procedure(
    model: Model, counted: Sequence[int], run: Run, is_measured: NDArray[np.bool_]
) -> Groups:
    case = rows_of(run.cases, run.dossiers["case"])
    rows = np.flatnonzero(is_measured[case])
    n = len(model.procedures)
    wanted = [
        (f"{model.bundles[b].name}/{model.procedures[p].name}", b * n + p, b * n + p + 1)
        for b in counted
        for p in model.bundles[b].procedures
    ]
    codes = run.cases["bundle"][case[rows]] * n + run.dossiers["procedure"][rows]
    return _groups(rows, codes, wanted)


def _by_role(model: Model, *, by_office: bool) -> Groups:
    """The rows of the queues table: each role, and there each of its offices."""
    names, starts, stops = [], [], []
    row = 0
    for role in model.roles:
        offices = [office.name for office in model.offices if office.level == role.level]
        names.append(role.name)
        starts.append(row)
        stops.append(row + len(offices))
        if by_office:
            names += [f"{role.name} @ {office}" for office in offices]
            starts += range(row, row + len(offices))
            stops += range(row + 1, row + len(offices) + 1)
        row += len(offices)
    return Groups(rows=np.arange(row), names=tuple(names), starts=tuple(starts), stops=tuple(stops))


def _groups(
    rows: NDArray[np.int64],
    codes: NDArray[np.int64],
    wanted: Sequence[tuple[str, int, int]],
) -> Groups:
    """Groups by name, each with its first code and the one after its last."""
    order = _stable_order(codes)
    codes = codes[order]
    names, first, after = zip(*wanted, strict=True) if wanted else ((), (), ())
    return Groups(
        rows=rows[order],
        names=names,
        starts=tuple(np.searchsorted(codes, np.array(first, np.int64)).tolist()),
        stops=tuple(np.searchsorted(codes, np.array(after, np.int64)).tolist()),
    )


def _stable_order(codes: NDArray[np.int64]) -> NDArray[np.intp]:
    # NumPy sorts integers of 16 bits by radix, ten times as fast.
    narrow = codes.astype(np.uint16) if len(codes) and codes.max() < 2**16 else codes
    return np.argsort(narrow, kind="stable")
