"""When cases arrive, and in which order: quick ways against slow ones."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import arrivals
from sim.arrivals import (
    NO_VALUE,
    CaseTable,
    by_arrival,
    draw_cases,
)
from sim.demand import ByDay, DatedFlow, Demand, PropertyDraw
from sim.errors import EngineError
from sim.profile import Profile
from sim.streams import key_of
from sim.units import DAY, HOUR


def profile(*blocks: list[float] | np.ndarray, days: int = 0) -> Profile:
    """Bins of an hour, each a day after the one before, with their cumulated shares by block."""
    shares = np.concatenate([*blocks, np.zeros(0)])
    starts = 24 * HOUR * (days + np.arange(len(shares)))
    firsts = np.cumsum([0, *map(len, blocks)])
    return Profile(starts=starts, ends=starts + HOUR, shares=shares, firsts=firsts)


def assert_in_their_bins(spread: Profile, u: np.ndarray, block: np.ndarray) -> None:
    """Each draw falls into the first bin of its block whose cumulated share is above it (R2)."""
    expected = [
        next(i for i in range(spread.firsts[b], spread.firsts[b + 1]) if x < spread.shares[i])
        for x, b in zip(u, block, strict=True)
    ]
    np.testing.assert_array_equal(spread.instants(u, block) // (24 * HOUR), expected)


WEIGHTS = st.lists(st.integers(0, 6), min_size=1, max_size=40).filter(any)


@given(st.lists(WEIGHTS | st.just([]), max_size=3), WEIGHTS, st.integers(0, 2**32))
def test_a_draw_arrives_in_the_first_bin_of_its_block_whose_share_is_above_it(
    others: list[list[int]], weights: list[int], seed: int
) -> None:
    """Bins without a share included, and draws at the very edges of bins and of cells."""
    blocks = [np.cumsum(each) / np.sum(each) for each in (*others, weights) if each]
    spread = profile(*(blocks if all(others) else [*blocks[:-1], [], blocks[-1]]))
    at_edges = np.concatenate((*blocks, np.arange(512) / 512))
    u = np.concatenate((at_edges, np.nextafter(at_edges, 0), np.nextafter(at_edges, 1)))
    u = np.concatenate((u, np.random.default_rng(seed).random(50)))
    u = u[(u > 0) & (u < 1)]
    for block in np.flatnonzero(spread.is_filed()):
        assert_in_their_bins(spread, u, np.full(len(u), block))


def test_a_draw_in_the_bin_beside_its_own_is_noticed() -> None:
    shares = np.array([0.25, 0.5, 1.0])
    draws = np.array([0.24, 0.25, 0.49, 0.5]), np.zeros(4, int)
    assert_in_their_bins(profile(shares), *draws)
    with pytest.raises(AssertionError):
        assert_in_their_bins(profile(shares, days=1), *draws)


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


def demand(mean: float, **changes: Any) -> Demand:
    """Cases of two homes on one channel, over two blocks of two days: half of them in each."""
    flow = DatedFlow(from_days=np.zeros(1, int), flows=np.zeros(1, int))
    usual = Demand(
        bundle=0,
        homes=np.array([0, 1]),
        streams=np.array([7, 3], np.uint64),
        yearly=np.full(2, mean),
        blocks=np.array([5, 6]),
        block_shares=np.array([0.5, 0.5]),
        until=4 * DAY,
        channels=np.zeros(1, int),
        channel_shares=ByDay(from_days=np.zeros(1, int), rows=np.ones((1, 1))),
        profiles=(profile([0.5, 1.0], [0.5, 1.0]),),
        flows=(flow,),
        properties=(),
    )
    return replace(usual, **changes)


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
    arrivals._drawn.clear()
    assert_shared_as_drawn(20.0, 21.0, 20.0)
    # Three demands a replication, of which one comes with each of the others.
    assert [len(arrivals._drawn[key]) for key in ((1, 2), (1, 3))] == [3, 3]


def test_cases_of_another_demand_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    arrivals._drawn.clear()
    monkeypatch.setattr(arrivals.pickle, "dumps", lambda _: b"any demand")
    with pytest.raises(AssertionError):
        assert_shared_as_drawn(20.0, 21.0)
    arrivals._drawn.clear()


def test_no_more_is_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    arrivals._drawn.clear()
    monkeypatch.setattr(arrivals, "_MOST_SHARED", 1)
    assert_shared_as_drawn(20.0, 21.0)
    assert sum(map(len, arrivals._drawn.values())) == 0
    arrivals._drawn.clear()


Cases = dict[tuple[int, int], int]


def cases_of(*demands: Demand, replication: int = 0) -> Cases:
    """The arrival of each case, by its stream and its number there."""
    table = draw_cases(demands, n_properties=0, key=key_of(1, replication))
    names = zip(table.stream.tolist(), table.number.tolist(), strict=True)
    found = dict(zip(names, table.arrives_at.tolist(), strict=True))
    assert len(found) == len(table)
    return found


def assert_same_until(until: int, one: Cases, other: Cases) -> None:
    """Two runs have the same cases in the time before an instant."""
    a, b = ({case: t for case, t in each.items() if t < until} for each in (one, other))
    assert len(a) > 20
    assert a == b


def test_a_longer_run_has_the_cases_of_a_shorter_one_and_others_behind() -> None:
    """It may end in the middle of a block, and touch more blocks."""
    long = cases_of(demand(200.0))
    cut = 3 * DAY + HOUR // 2
    assert_same_until(cut, long, cases_of(demand(200.0, until=cut)))
    first_block = {"blocks": np.array([5]), "block_shares": np.array([0.5])}
    short = cases_of(demand(200.0, profiles=(profile([0.5, 1.0]),), until=2 * DAY, **first_block))
    assert_same_until(2 * DAY, long, short)
    assert max(long.values()) > 3 * DAY
    with pytest.raises(AssertionError):
        assert_same_until(cut, long, cases_of(demand(200.0, until=cut), replication=1))
    with pytest.raises(AssertionError):  # as if blocks were counted from the start of the run
        assert_same_until(cut, long, cases_of(demand(200.0, blocks=np.array([0, 1]))))


def test_a_run_that_begins_later_has_the_same_cases_at_the_same_time() -> None:
    early = cases_of(demand(200.0))
    later = demand(200.0, profiles=(profile([0.5, 1.0], [0.5, 1.0], days=-1),), until=3 * DAY)
    moved = {case: t + DAY for case, t in cases_of(later).items()}
    assert moved == {case: t for case, t in early.items() if t >= DAY}
    assert len(moved) < len(early)
    assert cases_of(later) != {case: t for case, t in early.items() if t >= DAY}  # twin


def test_more_demand_adds_cases_and_leaves_the_others() -> None:
    for few, many in ((3.0, 3.1), (20.0, 40.0), (600.0, 1500.0)):
        less, more = cases_of(demand(few)), cases_of(demand(many))
        assert less.items() <= more.items()
    assert not cases_of(demand(20.0)).items() <= cases_of(demand(40.0), replication=1).items()


def test_a_channel_that_is_never_filed_in_a_block_has_none_of_its_cases() -> None:
    part = demand(200.0, profiles=(profile([0.5, 1.0], []),))
    assert part.means.tolist() == [100.0, 100.0]
    assert 0 < max(cases_of(part).values()) < 2 * DAY


@pytest.mark.parametrize(
    ("value", "width"), [(3, np.int16), (2**15 - 1, np.int16), (2**15, np.int32)]
)
def test_what_cases_differ_in_stands_in_columns_as_narrow_as_it_fits(
    value: int, width: type[np.integer[Any]]
) -> None:
    plain = demand(30.0)
    of_home = np.full(len(plain.homes), value, np.int64)
    drawn = PropertyDraw(property=1, key=7, shares=None, of_home=of_home)
    key = key_of(1, 0)
    table = draw_cases([demand(30.0, properties=(drawn,))], n_properties=2, key=key)
    assert table.properties.dtype == width
    assert set(table.properties[:, 1].tolist()) == {value}
    assert set(table.properties[:, 0].tolist()) == {NO_VALUE}
    others = draw_cases([plain], n_properties=2, key=key).arrives_at
    np.testing.assert_array_equal(table.arrives_at, others)


def off_poisson(counts: np.ndarray, mean: float) -> tuple[float, float]:
    """How far counts are off a Poisson distribution in mean and in variance, in standard errors."""
    n = counts.size
    off_mean = (counts.mean() - mean) / np.sqrt(mean / n)
    dispersion = ((counts - mean) ** 2).sum() / mean  # mean n, variance n (2 + 1 / mean)
    return float(off_mean), float((dispersion - n) / np.sqrt(n * (2 + 1 / mean)))


@pytest.mark.parametrize("mean", [1.5, 12.0, 700.0])
def test_counts_of_blocks_are_poisson(mean: float) -> None:
    """Within 3 standard errors in mean and in variance: a right program fails once in 180 seeds."""
    counts = []
    for replication in range(200):
        drawn = cases_of(demand(2 * mean), replication=replication)
        homes = [stream for stream, _ in drawn]
        blocks = [number >> 20 for _, number in drawn]
        counts.append(np.histogram2d(homes, blocks, bins=([3, 5, 8], [5, 6, 7]))[0])
    found = np.array(counts)
    assert max(map(abs, off_poisson(found, mean))) < 3
    wide = 2 * found  # the twins: too wide a spread, and another mean
    assert max(map(abs, off_poisson(wide, 2 * mean))) > 3
    assert max(map(abs, off_poisson(found, 1.2 * mean))) > 3


def test_more_cases_of_a_home_in_a_block_than_have_numbers_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(arrivals, "MOST_OF_A_BLOCK", 2**4)
    cases_of(demand(2.0))
    with pytest.raises(EngineError, match="there is room for 16"):
        cases_of(demand(100.0))
