"""When cases arrive, and in which order: quick ways against slow ones."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import arrivals
from sim.arrivals import (
    CaseTable,
    DatedFlow,
    Demand,
    Profile,
    by_arrival,
    draw_cases,
    poisson_quantile,
)
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


def demand(mean: float) -> Demand:
    """Cases of two homes on one channel, over two days."""
    flow = DatedFlow(from_days=np.zeros(1, int), flows=np.zeros(1, int))
    return Demand(
        bundle=0,
        homes=np.array([0, 1]),
        streams=np.array([7, 3], np.uint64),
        means=np.full(2, mean),
        channels=np.zeros(1, int),
        channel_shares=np.ones(1),
        profiles=(profile(np.array([0.5, 1.0])),),
        flows=(flow,),
        properties=(),
    )


def assert_same(one: CaseTable, other: CaseTable) -> None:
    for column in fields(CaseTable):
        np.testing.assert_array_equal(getattr(one, column.name), getattr(other, column.name))


def assert_shared_as_drawn(*means: float) -> None:
    """Whoever drew before, a model gets the cases that it would draw alone."""
    for mean in means:
        for key in ((1, 2), (1, 3)):
            alone = draw_cases([demand(mean), demand(5.0)], n_properties=0, key=key)
            shared = draw_cases(
                [demand(mean), demand(5.0)], n_properties=0, key=key, is_shared=True
            )
            assert len(alone) > 20
            assert_same(alone, shared)


def test_cases_that_models_share_are_those_that_each_would_draw() -> None:
    arrivals._drawn.cache_clear()
    assert_shared_as_drawn(20.0, 21.0, 20.0)
    # Three demands a replication, of which one comes with each of the others.
    assert [len(arrivals._drawn(key)) for key in ((1, 2), (1, 3))] == [3, 3]


def test_cases_of_another_demand_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    arrivals._drawn.cache_clear()
    monkeypatch.setattr(arrivals.pickle, "dumps", lambda _: b"any demand")
    with pytest.raises(AssertionError):
        assert_shared_as_drawn(20.0, 21.0)
    arrivals._drawn.cache_clear()


def test_no_more_is_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    arrivals._drawn.cache_clear()
    monkeypatch.setattr(arrivals, "_MOST_SHARED", 1)
    assert_shared_as_drawn(20.0, 21.0)
    assert len(arrivals._drawn((1, 2))) == 1
    arrivals._drawn.cache_clear()
