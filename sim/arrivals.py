"""The table of cases, drawn before a run (R4): who arrives when, where, and on which channel.

In each block of time the number of cases of a home office is a Poisson quantile of one draw, and
each case draws its own instant from the profile of the block.  So raising demand adds cases and
leaves the others as they were, and what a run has in common with a longer one, or with one that
begins earlier, are the same cases.
"""

from __future__ import annotations

import hashlib
import pickle
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.demand import NOT_FILED, Demand
from sim.errors import EngineError
from sim.language import say
from sim.poisson import poisson_quantile
from sim.streams import name_key, uniforms
from sim.units import DAY

_COUNT = name_key("case:count", 32)
_CHANNEL = name_key("case:channel", 32)
_INSTANT = name_key("case:instant", 32)
_RATE = name_key("case:rate", 32)
_ELSEWHERE = name_key("case:elsewhere", 32)
_OFFICE = name_key("case:office", 32)

AT_START = -1
"""The entry of a case that begins at the start of its flow."""

NO_VALUE = -1
"""The value of a property that a case does not have."""

MOST_OF_A_BLOCK = 2**20
"""Cases of a home in one block; a case's number holds the block's above and its place below."""


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
    properties: NDArray[np.integer[Any]]

    def __len__(self) -> int:
        return len(self.stream)

    def rows(self, which: NDArray[np.intp] | slice) -> CaseTable:
        """Some of the cases, in the given order."""
        return CaseTable(**{each.name: getattr(self, each.name)[which] for each in fields(self)})


_COLUMNS = tuple(each.name for each in fields(CaseTable))
_NAMES = ("arrives_at", "stream", "number")
"""What orders cases, and what they are called."""

_EDGE = 1e-9
"""Shares of a block that differ by less may be of one instant, by rounding."""

_MOST_SHARED = 4_000_000
"""Cases that are kept, in case another model asks for them in their replication."""

_DIGIT_BITS = 16
"""NumPy sorts integers of so many bits by radix, in a tenth of the time."""


def draw_cases(
    demands: Sequence[Demand],
    *,
    n_properties: int,
    key: tuple[int, int],
    case_list: CaseTable | None = None,
    is_shared: bool = False,
) -> CaseTable:
    """Draw the table of cases of one replication and add those of a list (a log, a backlog).

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
    if case_list is not None:
        tables = [table | _new(table["arrives_at"]) for table in tables]
        tables.append({name: getattr(case_list, name) for name in _COLUMNS})
    if not tables:
        return _empty(n_properties)
    if case_list is None and len(tables) == 1:  # in order already, as it is drawn
        return CaseTable(**(_new(tables[0]["arrives_at"]) | tables[0]))
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
    """The order of instants: by the highest digit first, which leaves little to a merge sort."""
    left = instants - instants.min(initial=0)
    rest = max(int(left.max(initial=0)).bit_length() - _DIGIT_BITS, 0)
    order = np.argsort((left >> rest).astype(np.uint16), kind="stable")
    return order[np.argsort(left[order], kind="stable")]


_Drawn: TypeAlias = dict[tuple[bytes, int], Mapping[str, NDArray[Any]]]

_drawn: Final[OrderedDict[tuple[int, int], _Drawn]] = OrderedDict()
"""What was drawn in the last replications, by the content of the demand."""

_of_drawn: Final = threading.Lock()


def _draw_once(
    demand: Demand, n_properties: int, key: tuple[int, int]
) -> Mapping[str, NDArray[Any]]:
    content = _content(demand), n_properties
    with _of_drawn:
        drawn = _drawn.setdefault(key, {})
        _drawn.move_to_end(key)
        table = drawn.get(content)
    if table is None:
        table = _draw(demand, n_properties, key)
        for column in table.values():
            column.flags.writeable = False  # it comes to more than one run
        with _of_drawn:
            drawn[content] = table
            # One model after the other, then the next replication; a page comes back to the first.
            while len(_drawn) > 1 and sum(map(_n_cases, _drawn.values())) > _MOST_SHARED:
                _drawn.popitem(last=False)
            if _n_cases(drawn) > _MOST_SHARED:
                del drawn[content]
    return table


@lru_cache(maxsize=256)  # the same object in each replication
def _content(demand: Demand) -> bytes:
    return hashlib.blake2b(pickle.dumps(demand)).digest()


def _n_cases(drawn: _Drawn) -> int:
    return sum(len(table["number"]) for table in drawn.values())


@dataclass(slots=True, kw_only=True)
class _Draws:
    """What the cases of one demand draw, each by its name, whatever came before (R1)."""

    demand: Demand
    key: tuple[int, int]
    at_home: NDArray[np.int32]
    block: NDArray[np.int32]
    number: NDArray[np.uint32]

    def rows(self, which: NDArray[np.intp]) -> _Draws:
        """Some of the cases, in the given order."""
        return _Draws(
            demand=self.demand,
            key=self.key,
            at_home=self.at_home[which],
            block=self.block[which],
            number=self.number[which],
        )

    def u(self, name: int) -> NDArray[np.float64]:
        """The draw of a name of each case."""
        streams = self.demand.streams
        stream = streams[0] if len(streams) == 1 else streams[self.at_home]
        return uniforms(self.key, stream, self.number, name, 0)

    def instants(self, place: int) -> NDArray[np.int64]:
        """When each would arrive on a channel."""
        profile = self.demand.profiles[place]
        at = np.full(len(self.number), NOT_FILED, np.int64)
        filed = np.flatnonzero(profile.is_filed()[self.block])
        mine = self.rows(filed)
        at[filed] = profile.instants(mine.u(_INSTANT), mine.block)
        return at

    def value(self, number: int, days: NDArray[np.int64]) -> NDArray[np.int64]:
        """The value of a property of each case that arrives on some day."""
        for draw in self.demand.properties:
            if draw.property == number and draw.of_home is not None:
                return draw.of_home[self.at_home]
            if draw.property == number and draw.shares is not None:
                return draw.shares.choice(self.u(draw.key), days)
        return np.full(len(days), NO_VALUE, np.int64)


def _draw(demand: Demand, n_properties: int, key: tuple[int, int]) -> Mapping[str, NDArray[Any]]:
    """The cases of one demand, in their order."""
    draws = _counted(demand, key)
    which = _channels if demand.is_plain else _channels_by_day
    rows, position, arrives_at = which(draws)
    draws = draws.rows(rows)
    order = by_arrival(arrives_at, demand.streams[draws.at_home], draws.number)
    if demand.intensity is not None:
        u = draws.rows(order).u(_RATE)
        order = order[u < demand.intensity.at(arrives_at[order] // DAY)]
    draws, arrives_at, position = draws.rows(order), arrives_at[order], position[order]
    days = arrives_at // DAY
    flow = np.zeros(len(order), np.int32)
    for i, dated in enumerate(demand.flows):
        mine = np.flatnonzero(position == i)
        flow[mine] = dated.at(days[mine])
    values = {each.property: draws.value(each.property, days) for each in demand.properties}
    most = max((int(each.max(initial=0)) for each in values.values()), default=0)
    # All other columns of a case together take less than a word for each property would.
    width = np.int16 if most < 2**15 else np.int32
    properties = np.full((len(order), n_properties), NO_VALUE, width)
    for place, each in values.items():
        properties[:, place] = each
    return {
        "stream": demand.streams[draws.at_home],
        "number": draws.number,
        "channel": demand.channels.astype(np.int32)[position],
        "flow": flow,
        "home": _homes(draws, days),
        "arrives_at": arrives_at,
        "properties": properties,
    }


_Arrivals: TypeAlias = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int64]]
"""Which cases come in the run, the place of the channel of each, and when it arrives."""


def _channels(draws: _Draws) -> _Arrivals:
    """By the draw alone (R2); what is surely outside of a short run need not be worked out."""
    demand = draws.demand
    position = np.zeros(len(draws.number), np.intp)
    if len(demand.channels) > 1:
        position = demand.channel_shares.choice(draws.u(_CHANNEL), position)
    u = draws.u(_INSTANT)
    edges = np.searchsorted(draws.block, np.arange(len(demand.blocks) + 1, dtype=np.int32)).tolist()
    rows, arrives_at = [], []
    for i, (profile, bounds) in enumerate(zip(demand.profiles, _bounds(demand), strict=True)):
        comes = np.ones(len(u), bool) if len(demand.channels) == 1 else position == i
        for (first, last), (low, high) in zip(pairwise(edges), bounds, strict=True):
            some = u[first:last]
            comes[first:last] &= (some > low) & (some < high)
        mine = np.flatnonzero(comes)
        at = profile.instants(u[mine], draws.block[mine])
        inside = (at >= 0) & (at < demand.until)
        rows.append(mine[inside])
        arrives_at.append(at[inside])
    found = np.concatenate(rows)
    return found, position[found], np.concatenate(arrives_at)


@lru_cache(maxsize=256)  # the same object in each replication
def _bounds(demand: Demand) -> list[list[tuple[float, float]]]:
    """By channel and block, between which draws an instant may lie in the run."""
    found = []
    for profile in demand.profiles:
        low = np.where(profile.is_filed(), profile.share_before(0) - _EDGE, 1.0)
        high = profile.share_before(demand.until) + _EDGE
        found.append(list(zip(low.tolist(), high.tolist(), strict=True)))
    return found


def _channels_by_day(draws: _Draws) -> _Arrivals:
    """By the draw and the shares of the day of arrival on each channel (V1, A1)."""
    demand, u = draws.demand, draws.u(_CHANNEL)
    position = np.full(len(u), demand.rest, np.intp)
    arrives_at = np.full(len(u), NOT_FILED, np.int64)
    left = np.arange(len(u))
    for place in range(len(demand.channels)):
        rest = draws.rows(left)
        at = rest.instants(place)
        limit = demand.limits(place, demand.days(at, rest.block), rest.value)
        takes = u[left] < limit
        position[left[takes]], arrives_at[left[takes]] = place, at[takes]
        left = left[~takes]
    arrives_at[left] = draws.rows(left).instants(demand.rest)
    inside = np.flatnonzero((arrives_at >= 0) & (arrives_at < demand.until))
    return inside, position[inside], arrives_at[inside]


def _homes(draws: _Draws, days: NDArray[np.int64]) -> NDArray[np.int32]:
    """Where each case is filed: at its home, or at another office of the group (B1)."""
    demand, at_home = draws.demand, draws.at_home
    home = demand.homes.astype(np.int32)[at_home]
    if demand.elsewhere is not None:
        goes = draws.u(_ELSEWHERE) < demand.elsewhere.share.at(days)
        away = np.flatnonzero(goes & (demand.elsewhere.others()[at_home] > 0))
        home[away] = demand.elsewhere.office(draws.rows(away).u(_OFFICE), at_home[away])
    return home


def _counted(demand: Demand, key: tuple[int, int]) -> _Draws:
    """The cases of a demand with their numbers, block by block."""
    shape = len(demand.blocks), len(demand.homes)
    first_number = (demand.blocks.astype(np.uint32) * np.uint32(MOST_OF_A_BLOCK))[:, np.newaxis]
    u = uniforms(key, demand.streams, first_number, _COUNT, 0)
    means = demand.block_shares[:, np.newaxis] * demand.yearly
    counts = poisson_quantile(u.reshape(-1), means.reshape(-1))
    if counts.max(initial=0) > MOST_OF_A_BLOCK:
        raise EngineError(
            say(
                "{n} cases of one home in one month: there is room for {most}",
                n=counts.max(),
                most=MOST_OF_A_BLOCK,
            )
        )
    at_home = np.tile(np.arange(shape[1], dtype=np.int32), shape[0])
    block = np.repeat(np.arange(shape[0], dtype=np.int32), shape[1])
    # Modulo 2**32, as unsigned numbers are: what comes before a home's first case is taken off.
    shift = np.repeat(first_number, shape[1]) - (np.cumsum(counts) - counts).astype(np.uint32)
    number = np.arange(counts.sum(), dtype=np.uint32) + np.repeat(shift, counts)
    return _Draws(
        demand=demand,
        key=key,
        at_home=np.repeat(at_home, counts),
        block=np.repeat(block, counts),
        number=number,
    )


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
