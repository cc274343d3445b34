"""When cases arrive, and in which order: quick ways against slow ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.arrivals import Profile, by_arrival, poisson_quantile
from sim.units import HOUR


def profile(shares: np.ndarray) -> Profile:
    """Bins of an hour, each a day after the one before."""
    starts = 24 * HOUR * np.arange(len(shares))
    return Profile(starts=starts, ends=starts + HOUR, shares=shares)


def assert_in_their_bins(spread: Profile, u: np.ndarray) -> None:
    """Each draw falls into the first bin whose cumulated share is above it (R2)."""
    expected = [next(i for i, share in enumerate(spread.shares) if x < share) for x in u]
    np.testing.assert_array_equal(spread.instants(u) // (24 * HOUR), expected)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=40).filter(any), st.integers(0, 2**32))
def test_a_draw_arrives_in_the_first_bin_whose_share_is_above_it(
    weights: list[int], seed: int
) -> None:
    """Bins without a share included, and draws at the very edges of bins and of cells."""
    shares = np.cumsum(weights) / np.sum(weights)
    at_edges = np.concatenate((shares, np.arange(512) / 512))
    u = np.concatenate((at_edges, np.nextafter(at_edges, 0), np.nextafter(at_edges, 1)))
    u = np.concatenate((u, np.random.default_rng(seed).random(50)))
    u = u[(u > 0) & (u < 1)]
    assert_in_their_bins(profile(shares), u)


def test_a_draw_in_the_bin_beside_its_own_is_noticed() -> None:
    shares = np.array([0.25, 0.5, 1.0])
    assert_in_their_bins(profile(shares), np.array([0.24, 0.25, 0.49, 0.5]))
    beside = Profile(starts=profile(shares).starts + 24 * HOUR, ends=np.zeros(3), shares=shares)
    with pytest.raises(AssertionError):
        assert_in_their_bins(beside, np.array([0.24]))


def assert_by_arrival(order: np.ndarray, at: np.ndarray, stream: np.ndarray, number: np.ndarray):
    rows = list(zip(at.tolist(), stream.tolist(), number.tolist(), strict=True))
    assert [rows[i] for i in order] == sorted(rows)


@pytest.mark.parametrize("latest", [1, 3, 2**16 - 1, 2**16, 2**31, 2**51])
def test_cases_are_in_the_order_of_arrival_then_stream_then_number(latest: int) -> None:
    """Whatever the number of digits; half of them arrive when another does."""
    random = np.random.default_rng(latest)
    at = random.integers(0, latest, 300, endpoint=True)
    at = np.concatenate((at, at)) - 5  # some arrived before the start
    stream = random.integers(0, 3, 600).astype(np.uint64)
    number = random.permutation(600)
    order = by_arrival(at, stream, number)
    assert_by_arrival(order, at, stream, number)
    with pytest.raises(AssertionError):
        assert_by_arrival(order[::-1], at, stream, number)
    with pytest.raises(AssertionError):
        assert_by_arrival(np.argsort(at, kind="stable"), at, stream, number)


def test_no_cases_are_in_order() -> None:
    none = np.zeros(0, np.int64)
    assert len(by_arrival(none, none.astype(np.uint64), none)) == 0


def test_more_demand_never_takes_a_case_away() -> None:
    u = np.random.default_rng(1).random(200)
    counts = [poisson_quantile(u, np.full(200, mean)) for mean in (0.0, 0.5, 3.0, 3.1, 40.0)]
    assert (counts[0] == 0).all()
    assert (np.diff(counts, axis=0) >= 0).all()
