"""The table of cases, drawn before a run (R4): who arrives when, where, and on which channel.

The number of cases of a home office is a Poisson quantile of one draw, and each case draws its
own instant from the profile.  So raising demand adds cases and leaves the others as they were.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.streams import name_key, uniforms

_COUNT = name_key("case:count", 32)
_CHANNEL = name_key("case:channel", 32)
_INSTANT = name_key("case:instant", 32)

AT_START = -1
"""The entry of a case that begins at the start of its flow."""

NO_VALUE = -1
"""The value of a property that a case does not have."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Profile:
    """How the arrivals of a channel spread over the run.

    Bin i is ``[starts[i], ends[i])`` in microseconds; ``shares`` are cumulated and end at 1.
    Inside a bin arrivals are uniform.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    shares: NDArray[np.float64]

    def instants(self, u: NDArray[np.float64]) -> NDArray[np.int64]:
        """The arrival instants at cumulated shares ``u``, in microseconds, shape of ``u``."""
        index = _positions(self.shares, u)
        below = np.concatenate(([0.0], self.shares))[index]
        length = (self.ends - self.starts)[index]
        inside = (u - below) / (self.shares[index] - below)
        offset = np.rint(inside * length).astype(np.int64)
        return np.asarray(self.starts[index] + np.minimum(offset, length - 1), dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PropertyDraw:
    """How cases get their value of one property.

    Either by chance, with cumulated ``shares`` over the values, or from the home office, with
    ``of_home`` giving a value for each of the demand's homes.
    """

    property: int
    key: int
    shares: NDArray[np.float64] | None
    of_home: NDArray[np.int64] | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DatedFlow:
    """The flow of a channel by the day of arrival: ``flows[i]`` from ``from_days[i]`` on."""

    from_days: NDArray[np.int64]
    flows: NDArray[np.int64]

    def at(self, days: NDArray[np.int64]) -> NDArray[np.int64]:
        """The flow in force on each day; before the first, the first."""
        index = np.searchsorted(self.from_days, days, side="right") - 1
        return np.asarray(self.flows[np.maximum(index, 0)], dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Demand:
    """Where the cases of one bundle come from.

    ``homes`` are office indices, ``streams`` their 48-bit keys for this bundle, ``means`` the
    expected number of cases in the whole run.  ``channel_shares`` are cumulated over ``channels``;
    ``profiles`` and ``flows`` have one entry for each of them.
    """

    bundle: int
    homes: NDArray[np.int64]
    streams: NDArray[np.uint64]
    means: NDArray[np.float64]
    channels: NDArray[np.int64]
    channel_shares: NDArray[np.float64]
    profiles: tuple[Profile, ...]
    flows: tuple[DatedFlow, ...]
    properties: tuple[PropertyDraw, ...]

    def at(self, positions: NDArray[np.int64]) -> Demand:
        """The demand of some of its homes alone: the same cases come from them."""
        return replace(
            self,
            homes=self.homes[positions],
            streams=self.streams[positions],
            means=self.means[positions],
            properties=tuple(
                replace(drawn, of_home=drawn.of_home[positions])
                if drawn.of_home is not None
                else drawn
                for drawn in self.properties
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CaseTable:
    """Cases in the order of their numbers: by arrival, then stream, then number in the stream.

    Columns of length n; instants and streams have 64 bits.  ``entry`` is an element's index or
    ``AT_START``; ``received_at`` is when a case already under way was received (it equals
    ``arrives_at`` for a new one); ``properties`` has shape (n, number of properties of the model).
    """

    stream: NDArray[np.uint64]
    number: NDArray[np.integer[Any]]
    channel: NDArray[np.integer[Any]]
    flow: NDArray[np.integer[Any]]
    home: NDArray[np.integer[Any]]
    arrives_at: NDArray[np.int64]
    received_at: NDArray[np.int64]
    entry: NDArray[np.int64]
    properties: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.stream)

    def rows(self, which: NDArray[np.intp] | slice) -> CaseTable:
        """Some of the cases, in the given order."""
        return CaseTable(**{each.name: getattr(self, each.name)[which] for each in fields(self)})


_COLUMNS = tuple(each.name for each in fields(CaseTable))
_NAMES = ("arrives_at", "stream", "number")
"""What orders cases, and what they are called."""

_MOST_SHARED = 4_000_000
"""Cases of a replication that are kept, in case another model asks for them."""

_DIGIT_BITS = 16
"""NumPy sorts integers of so many bits by radix, in a tenth of the time."""


def draw_cases(
    demands: Sequence[Demand],
    *,
    n_properties: int,
    key: tuple[int, int],
    given: CaseTable | None = None,
    is_shared: bool = False,
) -> CaseTable:
    """Draw the table of cases of one replication and add the given ones (a log, a backlog).

    Parameters
    ----------
    n_properties
        Number of properties of the model: the width of ``properties``.
    key
        Words of the generator, see :func:`sim.streams.key_of`.
    is_shared
        Whether what is drawn is kept for models that have some demands alike, as the cells of a
        sweep do: the same cases come to them (R1).
    """
    draw = _draw_once if is_shared else _draw
    tables = [dict(draw(demand, n_properties, key)) for demand in demands]
    if given is not None:
        tables = [table | _new(table["arrives_at"]) for table in tables]
        tables.append({name: getattr(given, name) for name in _COLUMNS})
    if not tables:
        return _empty(n_properties)
    # Column by column, each freed as it is taken: of millions of cases there are two tables in all.
    names = {name: np.concatenate([table.pop(name) for table in tables]) for name in _NAMES}
    order = _with_ties(np.argsort(names["arrives_at"], kind="stable"), **names)  # merges
    columns = {name: names.pop(name).take(order) for name in _NAMES}
    for name in list(tables[0]):
        whole = np.concatenate([table.pop(name) for table in tables])
        columns[name] = whole.take(order, axis=0)
    return CaseTable(**(_new(columns["arrives_at"]) | columns))


def by_arrival(
    arrives_at: NDArray[np.int64], stream: NDArray[np.uint64], number: NDArray[np.integer[Any]]
) -> NDArray[np.intp]:
    """The order of cases: by arrival, then stream, then number in the stream."""
    return _with_ties(_order(arrives_at), arrives_at=arrives_at, stream=stream, number=number)


def _with_ties(
    order: NDArray[np.intp],
    *,
    arrives_at: NDArray[np.int64],
    stream: NDArray[np.uint64],
    number: NDArray[np.integer[Any]],
) -> NDArray[np.intp]:
    """Hardly any arrive in the same microsecond, so the rest is asked of those alone."""
    at = arrives_at[order]
    ties = np.concatenate(([False], at[1:] == at[:-1], [False]))
    tied = np.flatnonzero(ties[1:] | ties[:-1])
    rows = order[tied]
    order[tied] = rows[np.lexsort((number[rows], stream[rows], at[tied]))]
    return order


def _order(instants: NDArray[np.int64]) -> NDArray[np.intp]:
    """The order of instants, digit by digit, the lowest first."""
    left = instants - instants.min(initial=0)
    order = np.argsort(left.astype(np.uint16), kind="stable")
    for _ in range(_DIGIT_BITS, int(left.max(initial=0)).bit_length(), _DIGIT_BITS):
        left >>= _DIGIT_BITS
        order = order[np.argsort(left[order].astype(np.uint16), kind="stable")]
    return order


def _positions(shares: NDArray[np.float64], u: NDArray[np.float64]) -> NDArray[np.intp]:
    """For each draw the first of the cumulated shares that is above it (R2); the last one is 1.

    A search that begins where the draws of the same cell begin is over after a few steps.
    """
    n_cells = 2 ** (8 * len(shares)).bit_length()  # a power of 2, so that cells are exact
    first = np.searchsorted(shares, np.arange(n_cells) / n_cells, side="right")
    found: NDArray[np.intp] = first[(u * n_cells).astype(np.intp)]
    behind = np.flatnonzero(shares[found] <= u)
    while len(behind):
        found[behind] += 1
        behind = behind[shares[found[behind]] <= u[behind]]
    return found


def poisson_quantile(u: NDArray[np.float64], means: NDArray[np.float64]) -> NDArray[np.int64]:
    """The smallest k with P(Poisson(mean) <= k) >= u; it never falls as a mean rises."""
    from scipy.special import pdtr, pdtrik

    positive = np.maximum(means, np.finfo(float).tiny)
    k = np.ceil(np.maximum(pdtrik(u, positive), 0.0))
    below = np.maximum(k - 1.0, 0.0)
    k = np.where(pdtr(below, positive) >= u, below, k)
    return np.where(means > 0.0, k, 0.0).astype(np.int64)


@lru_cache(maxsize=2)  # one model after the other, then the next replication
def _drawn(
    key: tuple[int, int],  # noqa: ARG001  there is one for each
) -> dict[tuple[bytes, int], Mapping[str, NDArray[Any]]]:
    """What was drawn in a replication, by the content of the demand."""
    return {}


def _draw_once(
    demand: Demand, n_properties: int, key: tuple[int, int]
) -> Mapping[str, NDArray[Any]]:
    drawn = _drawn(key)
    content = hashlib.blake2b(pickle.dumps(demand)).digest(), n_properties
    table = drawn.get(content)
    if table is None:
        table = _draw(demand, n_properties, key)
        if sum(len(each["number"]) for each in list(drawn.values())) < _MOST_SHARED:
            drawn[content] = table
    return table


def _draw(demand: Demand, n_properties: int, key: tuple[int, int]) -> Mapping[str, NDArray[Any]]:
    """The cases of one demand, in their order."""
    u = uniforms(key, demand.streams, np.zeros(len(demand.homes), np.int64), _COUNT, 0)
    counts = poisson_quantile(u, demand.means)
    n = int(counts.sum())
    at_home = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    stream = demand.streams[at_home]
    first = (np.cumsum(counts) - counts).astype(np.uint32)
    number = np.arange(n, dtype=np.uint32) - np.repeat(first, counts)

    position = np.zeros(n, np.intp)
    if len(demand.channels) > 1:
        u = uniforms(key, stream, number, _CHANNEL, 0)
        position = np.searchsorted(demand.channel_shares, u, side="right")
    u = uniforms(key, stream, number, _INSTANT, 0)
    arrives_at = np.zeros(n, np.int64)
    flow = np.zeros(n, np.int32)
    for i, (profile, dated) in enumerate(zip(demand.profiles, demand.flows, strict=True)):
        mine = position == i
        arrives_at[mine] = profile.instants(u[mine])
        flow[mine] = dated.at(arrives_at[mine] // 86_400_000_000)

    properties = np.full((n, n_properties), NO_VALUE, np.int64)
    for drawn in demand.properties:
        if drawn.of_home is not None:
            properties[:, drawn.property] = drawn.of_home[at_home]
        elif drawn.shares is not None:
            u = uniforms(key, stream, number, drawn.key, 0)
            properties[:, drawn.property] = np.searchsorted(drawn.shares, u, side="right")
    table: dict[str, NDArray[Any]] = {
        "stream": stream,
        "number": number,
        "channel": demand.channels.astype(np.int32)[position],
        "flow": flow,
        "home": demand.homes.astype(np.int32)[at_home],
        "arrives_at": arrives_at,
        "properties": properties,
    }
    order = by_arrival(arrives_at, stream, number)
    return {name: column.take(order, axis=0) for name, column in table.items()}


def _new(arrives_at: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
    """What is the same for all cases that are not under way already."""
    entry = np.broadcast_to(np.int64(AT_START), arrives_at.shape)
    return {"received_at": arrives_at, "entry": entry}


def _empty(n_properties: int) -> CaseTable:
    none = np.zeros(0, np.int64)
    return CaseTable(
        stream=none.astype(np.uint64),
        number=none,
        channel=none,
        flow=none,
        home=none,
        arrives_at=none,
        received_at=none,
        entry=none,
        properties=np.zeros((0, n_properties), np.int64),
    )
