"""How much cases that follow each other are alike, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.kpis.design_effect import BATCHES, design_effect
from sim.kpis.window import Groups


def test_it_is_that_of_long_batches_twice_less_that_of_short_ones() -> None:
    values = [0] * 10 + [1] * 10
    # Of a variance of 1/4: batches of 4 have the means 0, 0, 1/2, 1, 1; those of 2 five 0, five 1.
    long, short = 4 * (4 * 0.25 / 4) / 0.25, 2 * (10 * 0.25 / 9) / 0.25
    assert design_effect(values) == pytest.approx(2 * long - short)
    assert design_effect([0, 1] * 10) == 0  # turn by turn every batch is alike


def test_equal_values_and_few_of_them_say_nothing() -> None:
    assert design_effect([3] * 100) == 1
    assert design_effect([0, 1] * (2 * BATCHES - 1)) == 1
    assert design_effect([]) == 1


def test_it_is_1_of_independent_values_and_of_a_walk_that_forgets_slowly_what_is_known() -> None:
    random = np.random.default_rng(1)
    noise = random.normal(size=(400, 4_000))
    kept, walk = np.zeros(400), np.empty_like(noise)
    for i in range(noise.shape[1]):
        kept = walk[:, i] = 0.9 * kept + noise[:, i]
    alone, alike = (np.mean([design_effect(each) for each in some]) for some in (noise, walk))
    assert alone == pytest.approx(1, abs=0.25)  # 4 standard errors
    assert alike == pytest.approx(1.9 / 0.1, rel=0.25)  # (1 + r) / (1 - r)
    assert alone != pytest.approx(1.9 / 0.1, rel=0.25)  # twin


def test_the_cases_of_a_group_are_taken_as_they_came_whatever_their_channel() -> None:
    rows = np.concatenate([np.arange(0, 60, 2), np.arange(1, 60, 2)])  # by channel
    groups = Groups(rows=rows, names=("all", "a"), starts=(0, 0), stops=(60, 30))
    by_case = np.random.default_rng(2).normal(size=60).cumsum()
    degrees = by_case[rows]
    every, one = groups.shares(degrees > 0, np.ones(60, np.bool_), degrees)
    assert every.design_effect == pytest.approx(design_effect(by_case))
    assert every.design_effect != pytest.approx(design_effect(degrees))  # twin
    assert one.design_effect == pytest.approx(design_effect(by_case[::2]))
    first = rows < 40
    kept, _ = groups.shares(degrees > 0, first, degrees)
    assert kept.design_effect == pytest.approx(design_effect(by_case[:40]))
    assert [each.design_effect for each in groups.shares(degrees > 0)] == [1, 1]
