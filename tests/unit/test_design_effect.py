"""How much cases that follow each other are alike, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.design_effect import design_effect
from sim.kpis.batches import BATCHES, batches
from sim.kpis.window import Groups


def effect_of(runs: np.ndarray) -> float:
    return design_effect([batches(each) for each in runs], [runs.shape[1]] * len(runs))


def test_batches_are_means_in_order_and_the_variance_of_all() -> None:
    assert batches([0, 2, 3, 3, 4, 6, 0, 0, 1, 1]) == (1, 3, 5, 0, 1, pytest.approx(3.6))
    assert batches([0, 2, 3, 3, 4, 6, 0, 0, 1, 1, 2])[:BATCHES] == (1, 3, 5, 0, 1)
    assert batches([0] * (2 * BATCHES - 1)) == ()


def test_the_effect_is_the_variance_over_that_of_independent_cases() -> None:
    first, second = (1, 3, 5, 0, 1, 3.0), (3, 3, 5, 4, 1, 5.0)
    # Batches of 4 cases on average; their means vary by 2, 0, 0, 8 and 0.
    assert design_effect([first, (), second], [16, 7, 24]) == pytest.approx(4 * 2 / 4)
    assert design_effect([first, second[::-1]], [20, 20]) != pytest.approx(2)  # twin


def test_equal_cases_and_one_replication_say_nothing() -> None:
    assert effect_of(np.full((4, 100), 3)) == 1
    assert design_effect([(1, 3, 5, 0, 1, 3.0), ()], [20, 20]) == 1
    assert design_effect([], []) == 1


def test_it_is_1_of_independent_values_and_of_a_walk_that_forgets_slowly_what_is_known() -> None:
    random = np.random.default_rng(1)
    noise = random.normal(size=(400, 2_000))
    kept, walk = np.zeros(400), np.empty_like(noise)
    for i in range(noise.shape[1]):
        kept = walk[:, i] = 0.9 * kept + noise[:, i]
    # 4 standard errors of a variance of 5 means in 400 runs are a seventh.
    assert effect_of(noise) == pytest.approx(1, abs=0.15)
    slowly = pytest.approx((1 + 0.9) / (1 - 0.9), rel=0.15)
    assert effect_of(walk) == slowly
    assert effect_of(noise) != slowly  # twin


def test_a_season_that_all_replications_have_makes_no_cases_alike() -> None:
    noise = np.random.default_rng(4).normal(size=(20, 2_000))
    season = 2 * np.sin(np.linspace(0, 9, 2_000))
    assert effect_of(noise + season) < 2
    apart = np.random.default_rng(5).normal(size=(20, 1))
    assert not effect_of(noise + apart * season) < 2  # twin


def test_the_cases_of_a_group_are_taken_as_they_came_whatever_their_channel() -> None:
    rows = np.concatenate([np.arange(0, 60, 2), np.arange(1, 60, 2)])  # by channel
    groups = Groups(rows=rows, names=("all", "a"), starts=(0, 0), stops=(60, 30))
    by_case = np.random.default_rng(2).normal(size=60).cumsum()
    degrees = by_case[rows]
    every, one = groups.shares(degrees > 0, np.ones(60, np.bool_), degrees)
    assert every.batches == pytest.approx(batches(by_case))
    assert every.batches != pytest.approx(batches(degrees))  # twin
    assert one.batches == pytest.approx(batches(by_case[::2]))
    kept, _ = groups.shares(degrees > 0, rows < 40, degrees)
    assert kept.batches == pytest.approx(batches(by_case[:40]))
    assert [each.batches for each in groups.shares(degrees > 0)] == [(), ()]
