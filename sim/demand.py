"""Where the cases of a bundle come from, and how they spread over time, channels and flows (R4).

Time is cut into blocks that lie fast, whatever part of it a run covers: in a scenario they are the
calendar months.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import product
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.profile import Profile
from sim.units import DAY

BLOCKS: Final = 2**12
"""Blocks that have numbers of their own."""

NOT_FILED: Final = -1
"""The instant of a case in a block in which its channel is never filed: it does not come."""

DIGITS: Final = 12
"""Cumulated shares are rounded to so many digits, so that equal shares summed up differ in none."""

ValueAt: TypeAlias = Callable[[int, NDArray[np.int64]], NDArray[np.int64]]
"""The value of a property of each case, by the property and the day on which the case arrives."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ByDay:
    """Numbers by the day (V1): ``rows[i]`` from day ``from_days[i]`` on, the first also before."""

    from_days: NDArray[np.int64]
    rows: NDArray[np.float64]

    def at(self, days: NDArray[np.int64]) -> NDArray[np.float64]:
        """The numbers in force on each day; not to be written into."""
        if len(self.rows) == 1:
            return np.broadcast_to(self.rows[0], (*days.shape, *self.rows.shape[1:]))
        index = np.searchsorted(self.from_days, days, side="right") - 1
        return np.asarray(self.rows[np.maximum(index, 0)], dtype=np.float64)

    def choice(self, u: NDArray[np.float64], days: NDArray[np.int64]) -> NDArray[np.intp]:
        """The first place in each case's row, of cumulated shares, with more than its draw (R2)."""
        if len(self.rows) == 1:
            return np.asarray(np.searchsorted(self.rows[0], u, side="right"), dtype=np.intp)
        index = np.maximum(np.searchsorted(self.from_days, days, side="right") - 1, 0)
        places = np.zeros(len(u), np.intp)
        for column in self.rows.T:
            places += column[index] <= u
        return places


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PropertyDraw:
    """How cases get their value of one property.

    Either by chance, with cumulated ``shares`` over the values, or from the home office, with
    ``of_home`` giving a value for each of the demand's homes.
    """

    property: int
    key: int
    shares: ByDay | None
    of_home: NDArray[np.int64] | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Admission:
    """What a channel asks for (A1): the property, and whether each of its values will do."""

    property: int
    admits: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Elsewhere:
    """Filing at another office of the home's group (B1).

    ``share`` is by the day.  Group g has the offices from ``firsts[g]`` up to, and not including,
    ``firsts[g + 1]`` of ``offices``; each home of the demand has its ``group`` and ``place`` in it.
    """

    share: ByDay
    group: NDArray[np.int64]
    place: NDArray[np.int64]
    offices: NDArray[np.int64]
    firsts: NDArray[np.int64]

    def others(self) -> NDArray[np.int64]:
        """How many other offices the group of each home has."""
        return np.asarray(np.diff(self.firsts)[self.group] - 1, dtype=np.int64)

    def office(
        self, u: NDArray[np.float64], at_home: NDArray[np.integer[Any]]
    ) -> NDArray[np.int64]:
        """The other office of each case, by its draw and its home's place in the demand."""
        picked = (u * self.others()[at_home]).astype(np.int64)
        picked += picked >= self.place[at_home]
        return np.asarray(self.offices[self.firsts[self.group[at_home]] + picked], dtype=np.int64)

    def spread(self, means: NDArray[np.float64]) -> NDArray[np.float64]:
        """What comes to each of ``offices`` if ``means`` of the homes all go elsewhere."""
        n_groups = len(self.firsts) - 1
        own = np.bincount(self.firsts[self.group] + self.place, means, len(self.offices))
        each = np.repeat(np.arange(n_groups), np.diff(self.firsts))
        all_of_group = np.bincount(self.group, means, n_groups)[each]
        to_share = np.maximum(np.diff(self.firsts)[each] - 1, 1)
        return np.asarray((all_of_group - own) / to_share, dtype=np.float64)

    def at(self, positions: NDArray[np.int64]) -> Elsewhere:
        """That of some of the homes alone."""
        return replace(self, group=self.group[positions], place=self.place[positions])


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
    """Where the cases of one bundle come from, or some of them.

    Parameters
    ----------
    bundle
        Its index.
    homes, streams
        Office indices, and their 48-bit keys for this bundle.
    yearly
        The expected number of cases of each home in a year.
    blocks, block_shares
        The numbers of the blocks that the run touches, below ``BLOCKS`` and each once, and the
        share of a year's cases in each, all of it.
    until
        The horizon; cases of a block that arrive before 0, or from here on, do not come.
    channels, channel_shares
        Channel indices and their cumulated shares by the day.
    profiles, flows
        One for each channel.
    properties
        How cases get their properties.
    admissions
        What each channel asks for, None for nothing; left empty where none asks.
    rest
        The place of the channel for those whom no other admits.
    intensity
        Which share of the cases comes, by the day on which they would (V1, V2); None for all.
    elsewhere
        How cases come to file at another office than that of their home.

    Attributes
    ----------
    means
        The expected number of cases of each home in the run.
    """

    bundle: int
    homes: NDArray[np.int64]
    streams: NDArray[np.uint64]
    yearly: NDArray[np.float64]
    blocks: NDArray[np.int64]
    block_shares: NDArray[np.float64]
    until: int
    channels: NDArray[np.int64]
    channel_shares: ByDay
    profiles: tuple[Profile, ...]
    flows: tuple[DatedFlow, ...]
    properties: tuple[PropertyDraw, ...]
    admissions: tuple[Admission | None, ...] = ()
    rest: int = 0
    intensity: ByDay | None = None
    elsewhere: Elsewhere | None = None
    means: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "means", _means(self))

    @property
    def is_plain(self) -> bool:
        """Whether the channel of a case depends on its draw alone."""
        return not self.admissions and len(self.channel_shares.rows) == 1

    def days(
        self, arrives_at: NDArray[np.int64], block: NDArray[np.integer[Any]]
    ) -> NDArray[np.int64]:
        """The day whose shares hold for cases that would arrive at some instants of blocks.

        Where a channel is never filed in a block, that is the first day on which any is.
        """
        first = np.full(len(self.blocks), np.iinfo(np.int64).max)
        for profile in self.profiles:
            filed = profile.is_filed()
            begins = profile.starts[profile.firsts[:-1][filed]]
            first[filed] = np.minimum(first[filed], begins)
        at = np.where(arrives_at == NOT_FILED, first[block], arrives_at)
        return np.asarray(at // DAY, dtype=np.int64)

    def limits(self, place: int, days: NDArray[np.int64], value_at: ValueAt) -> NDArray[np.float64]:
        """Below which draw each case takes a channel, if none before it in the order (A1).

        Parameters
        ----------
        place
            Of the channel, in ``channels``.
        days
            On which the cases would arrive on it.
        """
        rows = self.channel_shares.at(days)
        if not self.admissions:
            return np.asarray(rows[:, place])
        shares = np.diff(rows[:, : place + 1], prepend=0.0)
        for before, admission in enumerate(self.admissions[: place + 1]):
            if admission is not None:
                shares[:, before] *= admission.admits[value_at(admission.property, days)]
        admitted = shares[:, place] > 0
        return np.asarray(np.where(admitted, np.round(shares.sum(axis=1), DIGITS), 0.0))

    def arriving(self, values: Mapping[int, int]) -> Mapping[int, tuple[float, float]]:
        """By flow, the share of a year's cases that come in the run, and of them filed elsewhere.

        Parameters
        ----------
        values
            Of properties, all that a channel asks for among them: those of the cases meant.  Of
            properties that come by chance, the chance is in the shares; it is taken on the day on
            which a case arrives, also where it would have met another channel on another day.
        """
        return _arriving(self, frozenset(values.items()))

    def has(self, values: Mapping[int, int]) -> NDArray[np.bool_]:
        """Which homes have some values of those properties that come from the home."""
        matches = np.ones(len(self.homes), bool)
        for draw in self.properties:
            if draw.property in values and draw.of_home is not None:
                matches &= draw.of_home == values[draw.property]
        return matches

    def at(self, positions: NDArray[np.int64]) -> Demand:
        """The demand of some of its homes alone: the same cases come from them."""
        return replace(
            self,
            homes=self.homes[positions],
            streams=self.streams[positions],
            yearly=self.yearly[positions],
            properties=tuple(
                replace(draw, of_home=draw.of_home[positions]) if draw.of_home is not None else draw
                for draw in self.properties
            ),
            elsewhere=None if self.elsewhere is None else self.elsewhere.at(positions),
        )


def _means(demand: Demand) -> NDArray[np.float64]:
    n_values = {each.property: len(each.admits) for each in demand.admissions if each is not None}
    share = np.zeros(len(demand.homes))
    for combination in product(*map(range, n_values.values())):
        values = dict(zip(n_values, combination, strict=True))
        matches = demand.has(values)
        if matches.any():
            share += matches * sum(total for total, _ in demand.arriving(values).values())
    return demand.yearly * share


@lru_cache(maxsize=1024)  # the variants of a scenario have most demands alike
def _arriving(demand: Demand, of: frozenset[tuple[int, int]]) -> dict[int, tuple[float, float]]:
    values, pieces = dict(of), _pieces(demand)
    passed = np.zeros(pieces.weight.shape[1])
    chances = []
    for place, on in enumerate(pieces.days):
        limit = demand.limits(place, on, lambda p, on: np.full(len(on), values[p]))
        chances.append(np.maximum(limit - passed, 0.0))
        passed = np.maximum(passed, limit)
    chances[demand.rest] += 1.0 - passed
    weight = pieces.weight * chances
    for draw in demand.properties:
        if draw.property in values and draw.shares is not None:
            below = values[draw.property]
            # Of shares that never change one row stands for every day.
            rows = draw.shares.rows
            shares = rows[0] if len(rows) == 1 else draw.shares.at(pieces.days)
            weight *= shares[..., below] - (shares[..., below - 1] if below else 0.0)
    goes = 0.0 if demand.elsewhere is None else demand.elsewhere.share.at(pieces.days)
    return {
        flow: (float(mine.sum()), float((mine * goes).sum()))
        for flow in pieces.distinct_flows
        if (mine := weight * (pieces.flows == flow)).any()
    }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Pieces:
    """Pieces of the draw of an instant in which nothing changes on any channel.

    All are of shape (channels, pieces): the day of arrival on a channel, the share of a year's
    cases if all took it, as far as they come in the run, and its flow.  ``distinct_flows`` are
    those once.
    """

    days: NDArray[np.int64]
    weight: NDArray[np.float64]
    flows: NDArray[np.int64]
    distinct_flows: tuple[int, ...]


@lru_cache(maxsize=16)  # each combination of values asks for them
def _pieces(demand: Demand) -> _Pieces:
    by_day = [demand.channel_shares, demand.intensity, *(each.shares for each in demand.properties)]
    if demand.elsewhere is not None:
        by_day.append(demand.elsewhere.share)
    changes = [each.from_days for each in (*by_day, *demand.flows) if each is not None]
    instants = np.append(np.unique(np.concatenate(changes)) * DAY, (0, demand.until))
    n_blocks = len(demand.blocks)
    edges = [(np.arange(n_blocks), np.full(n_blocks, end)) for end in (0.0, 1.0)]
    edges += [profile.shares_before(instants) for profile in demand.profiles]
    block, u = (np.concatenate(column) for column in zip(*edges, strict=True))
    order = np.lexsort((u, block))
    block, u = block[order], u[order]
    is_piece = (np.diff(block) == 0) & (np.diff(u) > 0)
    block, width, middle = (
        block[:-1][is_piece],
        np.diff(u)[is_piece],
        (u[:-1] + u[1:])[is_piece] / 2,
    )
    at = np.full((len(demand.profiles), len(block)), NOT_FILED, np.int64)
    for place, profile in enumerate(demand.profiles):
        filed = np.flatnonzero(profile.is_filed()[block])
        at[place, filed] = profile.instants(middle[filed], block[filed].astype(np.int32))
    days = demand.days(at, block)
    weight = demand.block_shares[block] * width * ((at >= 0) & (at < demand.until))
    if demand.intensity is not None:
        weight = weight * demand.intensity.at(days)
    flows = np.array([dated.at(on) for dated, on in zip(demand.flows, days, strict=True)])
    distinct = tuple(np.unique(flows).tolist())
    return _Pieces(days=days, weight=weight, flows=flows, distinct_flows=distinct)
