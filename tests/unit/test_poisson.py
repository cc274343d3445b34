"""Poisson quantiles against SciPy's distribution and at the edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from sim.poisson import poisson_quantile

MEANS = (1e-6, 0.3, 1.0, 7.5, 60.0, 499.0, 501.0, 20_000.0)


def assert_quantiles(counts: np.ndarray, u: np.ndarray, mean: float) -> None:
    """Each count is the first k up to which the chances add up to u."""
    assert (poisson.cdf(counts, mean) >= u).all()
    assert (poisson.cdf(counts - 1, mean) < u).all()


@pytest.mark.parametrize("mean", MEANS)
def test_a_count_is_the_first_that_is_likely_enough(mean: float) -> None:
    u = np.concatenate((np.random.default_rng(1).random(2000), [1e-12, 1e-6, 1 - 1e-6, 1 - 1e-12]))
    counts = poisson_quantile(u, np.full(len(u), mean))
    assert_quantiles(counts, u, mean)
    with pytest.raises(AssertionError):
        assert_quantiles(counts + 1, u, mean)
    with pytest.raises(AssertionError):
        assert_quantiles(counts - 1, u, mean)


def test_without_demand_there_is_no_case_whatever_is_drawn() -> None:
    assert poisson_quantile(np.array([1e-9, 0.5, 1 - 1e-16]), np.zeros(3)).tolist() == [0, 0, 0]


def test_the_largest_draw_has_a_count_near_the_end_of_the_tail() -> None:
    top = np.full(3, 1 - 2.0**-53)
    means = np.array([0.3, 7.5, 300.0])
    counts = poisson_quantile(top, means)
    assert (poisson.sf(counts, means) < 1e-14).all()
    assert (counts < means + 10 * np.sqrt(means) + 20).all()


@given(st.floats(1e-9, 1 - 1e-9), st.floats(0, 1000), st.floats(0, 1000))
def test_more_demand_never_takes_a_case_away(u: float, one: float, other: float) -> None:
    few, many = poisson_quantile(np.array([u, u]), np.array(sorted((one, other))))
    assert few <= many
