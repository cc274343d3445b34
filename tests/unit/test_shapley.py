"""Shapley values: known games by hand, sums, precedence, and orders that are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.analysis.paired import difference
from sim.analysis.shapley import (
    MOST_PARTS,
    coalitions,
    draw_orders,
    marginals,
    met_by,
    sampled,
    shapley,
)

FREE = (0, 0, 0)
"""Three parts that may come in any order."""


def game(
    worth: Callable[[set[int]], float], after: Sequence[int] = FREE
) -> dict[int, NDArray[np.float64]]:
    return {
        each: np.array([worth({i for i in range(len(after)) if each >> i & 1})])
        for each in coalitions(after)
    }


def noisy(after: Sequence[int], seed: int = 1, n: int = 4) -> dict[int, NDArray[np.float64]]:
    chance = np.random.default_rng(seed)
    return {each: chance.normal(size=n) for each in coalitions(after)}


def by_hand(values: dict[int, NDArray[np.float64]], after: Sequence[int]) -> NDArray[np.float64]:
    """The definition, order by order."""
    n = len(after)
    orders = [
        order
        for order in permutations(range(n))
        if all(
            after[part] & ~sum(1 << earlier for earlier in order[:place]) == 0
            for place, part in enumerate(order)
        )
    ]
    found = np.zeros((n, len(values[0])))
    for order in orders:
        there = 0
        for part in order:
            found[part] += (values[there | 1 << part] - values[there]) / len(orders)
            there |= 1 << part
    return found


def test_one_left_glove_is_worth_more_than_two_right_ones() -> None:
    # Part 0 has a left glove, 1 and 2 a right one each; a pair is worth 1: 2/3, 1/6, 1/6.
    values = game(lambda there: float(0 in there and len(there) > 1))
    assert shapley(values, FREE)[:, 0] == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_a_runway_is_paid_for_by_those_who_need_its_length() -> None:
    # Airport game (Littlechild and Owen 1973) with lengths 1, 3 and 6: 1/3, 1/3 + 1, 1/3 + 1 + 3.
    length = (1.0, 3.0, 6.0)
    values = game(lambda there: max((length[i] for i in there), default=0.0))
    assert shapley(values, FREE)[:, 0] == pytest.approx([1 / 3, 4 / 3, 13 / 3])


def test_another_runway_is_noticed() -> None:
    length = (1.0, 3.0, 5.0)
    values = game(lambda there: max((length[i] for i in there), default=0.0))
    with pytest.raises(AssertionError):
        assert shapley(values, FREE)[:, 0] == pytest.approx([1 / 3, 4 / 3, 13 / 3])


@pytest.mark.parametrize("after", [FREE, (0, 1, 0, 6), (0, 0, 3, 0, 8)])
def test_the_values_are_those_of_the_definition_order_by_order(after: Sequence[int]) -> None:
    values = noisy(after)
    np.testing.assert_allclose(shapley(values, after), by_hand(values, after), atol=1e-12)


def test_orders_that_are_not_permitted_are_noticed() -> None:
    values = noisy(FREE)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(shapley(values, (0, 1, 0)), by_hand(values, FREE), atol=1e-3)


@pytest.mark.parametrize("after", [(0,) * 6, (0, 1, 0, 6, 0, 0)])
def test_the_parts_add_up_to_the_whole_in_each_replication(after: Sequence[int]) -> None:
    values = noisy(after)
    whole = values[(1 << len(after)) - 1] - values[0]
    np.testing.assert_allclose(shapley(values, after).sum(axis=0), whole, atol=1e-12)


def test_a_part_left_out_of_the_sum_is_noticed() -> None:
    values = noisy(FREE)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(
            shapley(values, FREE)[1:].sum(axis=0), values[7] - values[0], atol=1e-12
        )


def test_parts_that_do_the_same_get_the_same() -> None:
    values = game(lambda there: (len(there & {0, 1}) ** 2) * (3.0 if 2 in there else 1.0))
    first, second, third = shapley(values, FREE)[:, 0]
    assert first == pytest.approx(second)
    assert first != pytest.approx(third)


def test_a_part_that_changes_nothing_gets_0() -> None:
    values = game(lambda there: float(len(there - {1}) ** 2))
    assert shapley(values, FREE)[1, 0] == 0
    assert shapley(values, FREE)[0, 0] > 0


def test_independent_parts_get_their_single_effects_within_their_intervals() -> None:
    effects = (-3.0, 1.0, 5.0)
    chance = np.random.default_rng(2)
    values = {
        each: sum((effects[i] for i in range(3) if each >> i & 1), 0.0)
        + chance.normal(scale=0.05, size=10)
        for each in coalitions(FREE)
    }
    nothing = np.zeros(10)
    for part, (mine, effect) in enumerate(zip(shapley(values, FREE), effects, strict=True)):
        alone = difference(values[0], values[1 << part])
        found = difference(nothing, mine)
        assert found.holds(effect)
        assert found.low <= alone.high
        assert alone.low <= found.high
        assert not found.holds(effect + 1)


def test_what_must_come_first_is_given_what_only_it_makes_possible() -> None:
    # Alone, part 1 would be worth 4 only after 0: over the one permitted order each gets its step.
    values = game(lambda there: {0: 0.0, 1: 1.0, 2: 5.0}[len(there)], (0, 1))
    assert shapley(values, (0, 1))[:, 0] == pytest.approx([1, 4])
    assert coalitions((0, 1)) == (0, 1, 3)


def test_a_replication_without_a_value_has_none_for_any_part() -> None:
    values = noisy(FREE)
    values[5][2] = np.nan
    found = shapley(values, FREE)
    assert np.isnan(found[:, 2]).all()
    assert not np.isnan(found[:, [0, 1, 3]]).any()


@pytest.mark.parametrize("after", [(2, 1), (1,), (0,) * (MOST_PARTS + 1)])
def test_parts_in_a_circle_and_too_many_are_refused(after: Sequence[int]) -> None:
    with pytest.raises(ValueError, match=r"after itself|more than"):
        coalitions(after)


def test_drawn_orders_are_permitted_and_the_same_for_a_seed() -> None:
    after = (0, 1, 0, 6, 0)
    orders = draw_orders(after, 40, seed=3)
    assert set(met_by(orders)) <= set(coalitions(after))
    assert (orders == draw_orders(after, 40, seed=3)).all()
    assert (orders != draw_orders(after, 40, seed=4)).any()


def test_each_permitted_order_is_drawn_as_often() -> None:
    # 0 before 1, and 2 anywhere: three orders.  A choice of the next part at even odds would give
    # 2 the first place half of the time.
    orders = draw_orders((0, 1, 0), 3000, seed=1)
    assert (orders[:, 0] == 2).mean() == pytest.approx(1 / 3, abs=0.03)


def test_drawn_orders_add_up_to_the_whole_each_for_itself() -> None:
    values = noisy((0,) * 6)
    added = marginals(values, draw_orders((0,) * 6, 20, seed=1)).sum(axis=1)
    np.testing.assert_allclose(added, np.tile(values[63] - values[0], (20, 1)), atol=1e-12)


def test_the_interval_of_drawn_orders_covers_the_value_of_all_orders() -> None:
    after = (0,) * 5
    missed = 0
    for seed in range(40):
        values = noisy(after, seed)
        found = marginals(values, draw_orders(after, 30, seed))
        truth = shapley(values, after)
        # Of these very replications, so that the error of the orders alone counts.
        shifted = found - truth.mean(axis=1)[None, :, None]
        missed += sum(not sampled(shifted[:, part]).holds(0) for part in range(5))
    assert missed <= 0.06 * 200


def test_an_interval_without_the_error_of_the_orders_would_be_noticed() -> None:
    # All replications alike: what is left is the choice of the orders.
    after = (0,) * 5
    values = {each: np.full(4, value[0]) for each, value in noisy(after).items()}
    found = marginals(values, draw_orders(after, 30, seed=1))[:, 0]
    truth = float(shapley(values, after)[0, 0])
    assert sampled(found).holds(truth)
    assert not difference(np.zeros(4), found.mean(axis=0)).holds(truth)
