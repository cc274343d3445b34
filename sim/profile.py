"""How the cases of a channel spread over the time in each block (R4)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


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

    def shares_before(self, at: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """The block of the first bin that ends after each instant, and its share before it.

        Instants behind all bins are left out.
        """
        index = np.searchsorted(self.ends, at, side="right")
        index, at = index[index < len(self.ends)], at[index < len(self.ends)]
        inside = np.maximum(at - self.starts[index], 0) / (self.ends - self.starts)[index]
        return self.block_of_bin()[index], _below(self)[index] + inside * self.widths()[index]

    def share_before(self, at: int) -> NDArray[np.float64]:
        """The share of each block that arrives before an instant."""
        inside = np.clip((at - self.starts) / (self.ends - self.starts), 0.0, 1.0)
        weights = inside * self.widths()
        return np.asarray(
            np.bincount(self.block_of_bin(), weights, len(self.firsts) - 1), np.float64
        )

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
