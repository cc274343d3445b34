"""Differences of two studies: intervals that cover, p-values that agree with them, Holm's rule."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis import paired, two_samples
from sim.analysis.chance import holm, p_value


def test_welch_by_hand() -> None:
    # Means 2 and 5, variances of the means 1/3 and 2/5; the rest as scipy.stats.ttest_ind says.
    found, p = two_samples.difference([1, 2, 3], [3, 5, 5, 7, 5])
    assert (found.mean, found.n) == (3, 8)
    assert (found.low, found.high) == pytest.approx((0.870545, 5.129455), abs=1e-6)
    assert p == pytest.approx(0.01418593, rel=1e-6)
    assert p != pytest.approx(0.01902817, rel=1e-6)  # twin: with the spreads pooled


def test_welch_covers_where_spreads_and_sizes_differ_and_a_narrow_one_would_not() -> None:
    rng = np.random.default_rng(7)
    n, covered, narrow = 1500, 0, 0
    for _ in range(n):
        a, b = rng.normal(1, 3, 4), rng.normal(2, 1, 9)
        found, _ = two_samples.difference(a, b)
        covered += found.low <= 1 <= found.high
        narrow += found.mean - 0.6 * found.half_width <= 1 <= found.mean + 0.6 * found.half_width
    # Welch's degrees are an approximation: about 95 %.
    assert 0.935 <= covered / n <= 0.975
    assert narrow / n < 0.935


@pytest.mark.parametrize("is_paired", [True, False])
@pytest.mark.parametrize("out_of", [0, 40])
def test_the_p_value_is_where_the_interval_begins_to_leave_0_out(
    is_paired: bool, out_of: int
) -> None:
    rng = np.random.default_rng(3)
    n_found = 0
    for size in (0.0, 0.02, 0.05, 0.1, 0.3):
        a = rng.normal(0.4, 0.03, 6)
        b = a + rng.normal(size, 0.03, 6)
        counts = np.full(6, out_of)
        if is_paired:
            found = paired.difference(a, b, out_of=counts)
            p = paired.p_of(a, b, out_of=counts)
            at_p = paired.difference(a, b, 1 - min(p, 0.99), out_of=counts)
        else:
            whole = (float(counts.sum()),) * 2
            found, p = two_samples.difference(a, b, out_of=whole)
            at_p, _ = two_samples.difference(a, b, 1 - min(p, 0.99), out_of=whole)
        assert (p < 0.05) == (not found.holds(0))
        if p < 0.99:
            assert min(abs(at_p.low), abs(at_p.high)) == pytest.approx(0, abs=1e-9)
        n_found += p < 0.05
    assert 0 < n_found < 5


def test_below_two_values_nothing_can_be_said() -> None:
    found, p = two_samples.difference([1.0, math.nan], [2.0, 3.0])
    assert (found.mean, found.n) == (1.5, 3)
    assert math.isnan(found.low)
    assert math.isnan(p)
    assert math.isnan(paired.p_of([1.0], [2.0]))


def test_shares_of_which_none_was_seen_are_no_certain_difference() -> None:
    found, p = two_samples.difference([0.0, 0.0], [0.0, 0.0], out_of=(100, 80))
    # 1 - 0.025 ** (1 / 80): as for one of so many of which none was seen.
    assert found.high == pytest.approx(0.04506, abs=1e-5)
    assert p == 1
    without, _ = two_samples.difference([0.0, 0.0], [0.0, 0.0])
    assert without.high == 0


def test_without_spread_a_difference_is_certain_and_none_is_none() -> None:
    assert p_value(0.5, 0.0, 3) == 0
    assert p_value(0.0, 0.0, 3) == 1


def test_holm_by_hand() -> None:
    # Sorted 0.01, 0.02, 0.03, 0.04, times 4, 3, 2, 1, never falling.
    found = holm([0.04, 0.01, math.nan, 0.03, 0.02])
    assert found[[0, 1, 3, 4]].tolist() == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert math.isnan(found[2])
    assert holm([0.9, 0.8]).tolist() == [1.0, 1.0]
    assert len(holm([])) == 0


def test_among_many_comparisons_without_a_difference_holm_seldom_finds_one() -> None:
    rng = np.random.default_rng(11)
    trials = rng.uniform(size=(2000, 30))
    adjusted = np.array([holm(row) for row in trials])
    assert 0.03 <= (adjusted.min(axis=1) <= 0.05).mean() <= 0.07
    assert (trials.min(axis=1) <= 0.05).mean() > 0.7  # twin: unadjusted
