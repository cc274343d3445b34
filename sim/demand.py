"""Where the cases of a bundle come from, and how they spread over time, channels and flows (R4).

Time is cut into blocks that lie fast, whatever part of it a run covers: in a scenario they are the
calendar months.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

BLOCKS: Final = 2**12
"""Blocks that have numbers of their own."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Profile:
    """How the arrivals of a channel spread over each block.

    Bin i is ``[starts[i], ends[i])`` in microseconds, and block b has the bins from ``firsts[b]``
    up to, and not including, ``firsts[b + 1]``: none, where the channel is never filed in it.
    ``shares`` are cumulated inside each block and end at 1.  Inside a bin arrivals are uniform.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    shares: NDArray[np.float64]
    firsts: NDArray[np.int64]

    def widths(self) -> NDArray[np.float64]:
        """The share of each bin in the arrivals of its block."""
        return self.shares - _below(self)

    def block_of_bin(self) -> NDArray[np.intp]:
        """The block of each bin, by its place."""
        return np.repeat(np.arange(len(self.firsts) - 1), np.diff(self.firsts))

    def is_filed(self) -> NDArray[np.bool_]:
        """Whether the channel is ever filed in each block."""
        return np.diff(self.firsts) > 0

    def instants(self, u: NDArray[np.float64], block: NDArray[np.int32]) -> NDArray[np.int64]:
        """The arrival instants at cumulated shares ``u`` of blocks, in microseconds.

        Parameters
        ----------
        u, block
            Of one shape, (n,); blocks by place.  Each has a bin at least.
        """
        index = _positions(self, u, block)
        length = (self.ends - self.starts)[index]
        inside = (u - _below(self)[index]) / self.widths()[index]
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
        Channel indices and their cumulated shares.
    profiles, flows
        One for each channel.
    properties
        How cases get their properties.

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
    channel_shares: NDArray[np.float64]
    profiles: tuple[Profile, ...]
    flows: tuple[DatedFlow, ...]
    properties: tuple[PropertyDraw, ...]
    means: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        in_run = sum(float(self.shares_of_year(place).sum()) for place in range(len(self.profiles)))
        object.__setattr__(self, "means", self.yearly * in_run)

    def shares_of_year(self, place: int) -> NDArray[np.float64]:
        """The share of a year's cases that come in each bin of a channel, as far as the run goes.

        Parameters
        ----------
        place
            Of the channel, in ``channels``.
        """
        profile = self.profiles[place]
        of_channel = float(np.diff(self.channel_shares, prepend=0.0)[place])
        inside = np.minimum(profile.ends, self.until) - np.maximum(profile.starts, 0)
        in_run = np.maximum(inside, 0) / (profile.ends - profile.starts)
        of_block = self.block_shares[profile.block_of_bin()]
        return np.asarray(of_channel * of_block * profile.widths() * in_run, dtype=np.float64)

    def at(self, positions: NDArray[np.int64]) -> Demand:
        """The demand of some of its homes alone: the same cases come from them."""
        return replace(
            self,
            homes=self.homes[positions],
            streams=self.streams[positions],
            yearly=self.yearly[positions],
            properties=tuple(
                replace(drawn, of_home=drawn.of_home[positions])
                if drawn.of_home is not None
                else drawn
                for drawn in self.properties
            ),
        )


def _below(profile: Profile) -> NDArray[np.float64]:
    """The cumulated share before each bin of its block."""
    below = np.concatenate(([0.0], profile.shares[:-1]))[: len(profile.shares)]
    below[profile.firsts[:-1][profile.is_filed()]] = 0.0
    return below


@lru_cache(maxsize=256)  # parts, and replications, have the same
def _cells(profile: Profile) -> NDArray[np.int32]:
    """For each block and cell of draws the first bin whose cumulated share is above its start."""
    most = int(np.diff(profile.firsts).max(initial=1))
    n_cells = 2 ** (8 * most).bit_length()  # a power of 2, so that cells are exact
    edges = np.arange(n_cells) / n_cells
    return np.array(
        [
            first + np.searchsorted(profile.shares[first:last], edges, side="right")
            for first, last in itertools.pairwise(profile.firsts.tolist())
        ],
        np.int32,
    )


def _positions(
    profile: Profile, u: NDArray[np.float64], block: NDArray[np.int32]
) -> NDArray[np.int32]:
    """For each draw the first bin of its block whose cumulated share is above it (R2).

    A search that begins where the draws of the same cell begin is over after a few steps.
    """
    cells, shares = _cells(profile), profile.shares
    n_cells = cells.shape[1]
    found: NDArray[np.int32] = cells.reshape(-1)[block * n_cells + (u * n_cells).astype(np.int32)]
    behind = np.flatnonzero(shares[found] <= u)
    while len(behind):
        found[behind] += 1
        behind = behind[shares[found[behind]] <= u[behind]]
    return found
