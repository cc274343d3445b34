"""Every distribution against its closed form and against scipy; every way to write one wrongly."""

from __future__ import annotations

import math
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from sim import distributions as d
from sim.errors import ValueFault
from sim.units import HOUR, MINUTE

MEAN_BOUND = d.MEAN_ERROR
VARIANCE_BOUND = 2e-5
QUANTILE_BOUND = 2e-5


def lognormal(mean: float, cv: float) -> Any:
    sigma = math.sqrt(math.log(1 + cv * cv))
    return stats.lognorm(s=sigma, scale=mean / math.sqrt(1 + cv * cv))


def pert(low: float, mode: float, high: float) -> Any:
    width = high - low
    return stats.beta(1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width, low, width)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A distribution, how it is written, its moments by hand, and scipy's own."""

    text: str
    distribution: d.Distribution
    mean: float
    variance: float
    peer: Any


# Times in minutes; moments from the usual formulas, by hand.
ROWS = [
    Row(
        text="uniform(5 min, 15 min)",
        distribution=d.Uniform(minimum=5, maximum=15),
        mean=10,
        variance=100 / 12,
        peer=stats.uniform(5, 10),
    ),
    Row(
        text="triangular(5 min, 8 min, 17 min)",
        distribution=d.Triangular(minimum=5, mode=8, maximum=17),
        mean=10,
        variance=(25 + 64 + 289 - 40 - 85 - 136) / 18,
        peer=stats.triang(0.25, 5, 12),
    ),
    Row(
        text="triangular(0 min, 0 min, 6 min)",
        distribution=d.Triangular(minimum=0, mode=0, maximum=6),
        mean=2,
        variance=2,
        peer=stats.triang(0, 0, 6),
    ),
    Row(
        text="pert(5 min, 8 min, 17 min)",
        distribution=d.Pert(minimum=5, mode=8, maximum=17),
        mean=9,
        variance=32 / 7,
        peer=pert(5, 8, 17),
    ),
    Row(
        text="pert(0 min, 6 min, 6 min)",
        distribution=d.Pert(minimum=0, mode=6, maximum=6),
        mean=5,
        variance=5 / 7,
        peer=pert(0, 6, 6),
    ),
    Row(
        text="exponential(mean 10 min)",
        distribution=d.Exponential(mean=10),
        mean=10,
        variance=100,
        peer=stats.expon(scale=10),
    ),
    Row(
        text="lognormal(mean 25 min, cv 0.6)",
        distribution=d.Lognormal.by_mean(25, 0.6),
        mean=25,
        variance=225,
        peer=lognormal(25, 0.6),
    ),
    Row(
        text="lognormal(mean 2 min, cv 2)",
        distribution=d.Lognormal.by_mean(2, 2),
        mean=2,
        variance=16,
        peer=lognormal(2, 2),
    ),
    Row(
        text="gamma(mean 25 min, cv 0.5)",
        distribution=d.Gamma.by_mean(25, 0.5),
        mean=25,
        variance=156.25,
        peer=stats.gamma(4, scale=6.25),
    ),
    Row(
        text="gamma(mean 25 min, cv 2)",
        distribution=d.Gamma.by_mean(25, 2),
        mean=25,
        variance=2500,
        peer=stats.gamma(0.25, scale=100),
    ),
    Row(
        text="erlang(mean 12 min, k 3)",
        distribution=d.Erlang(mean=12, k=3),
        mean=12,
        variance=48,
        peer=stats.erlang(3, scale=4),
    ),
    Row(
        text="weibull(mean 10 min, cv 0.4)",
        distribution=d.Weibull.by_mean(10, 0.4),
        mean=10,
        variance=16,
        # The shape by scipy.optimize.brentq on scipy's own moments.
        peer=stats.weibull_min(2.695621254807283, scale=10 / math.gamma(1 + 1 / 2.695621254807283)),
    ),
    Row(
        text="normal(mean 10 min, sd 1 min)",
        distribution=d.Normal(centre=10, sd=1),
        mean=10,
        variance=1,
        peer=stats.norm(10, 1),
    ),
    Row(
        text="discrete(5 min 30 %, 10 min 70 %)",
        distribution=d.Discrete(values=(5, 10), shares=(0.3, 0.7)),
        mean=8.5,
        variance=5.25,
        peer=stats.rv_discrete(values=((5, 10), (0.3, 0.7))),
    ),
    Row(
        text="7 min",
        distribution=d.Constant(value=7),
        mean=7,
        variance=0,
        peer=stats.rv_discrete(values=((7,), (1,))),
    ),
]
SMOOTH = [row for row in ROWS if d.sampler(row.distribution).kind == d.TABLE]
HEAVY = [d.Lognormal.by_mean(25, 3), d.Gamma.by_mean(25, 3), d.Weibull.by_mean(25, 3)]


def text_of(row: Row) -> str:
    return row.text


def grid(points: int = 512, octaves: int = 48) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Middles and widths of cells over (0, 1) that grow finer towards both ends."""
    inside = (np.arange(points) + 0.5) / points
    width = 2.0 ** -np.arange(2, octaves + 2)
    lower = np.concatenate([w * (1 + inside) for w in width])
    widths = np.repeat(width / points, points)
    # 1 - lower is exact only for what a stream can give.
    return np.concatenate((lower, 1 - lower)), np.concatenate((widths, widths))


def drawn(distribution: d.Distribution, u: NDArray[np.float64]) -> NDArray[np.float64]:
    """What an engine draws, with a unit so small that rounding does not show."""
    return d.sample(d.sampler(distribution.scaled(1e10)), u) / 1e10


def assert_moments(values: NDArray[np.float64], weights: NDArray[np.float64], row: Row) -> None:
    mean = float(weights @ values)
    assert mean == pytest.approx(row.mean, rel=MEAN_BOUND)
    variance = float(weights @ (values - mean) ** 2)
    assert variance == pytest.approx(row.variance, rel=VARIANCE_BOUND, abs=1e-9)


@pytest.mark.parametrize("row", ROWS, ids=text_of)
def test_mean_and_variance_are_those_of_the_formula_and_of_scipy(row: Row) -> None:
    assert row.distribution.mean == pytest.approx(row.mean, rel=1e-6)
    assert row.distribution.variance == pytest.approx(row.variance, rel=1e-6)
    assert row.peer.mean() == pytest.approx(row.mean, rel=1e-6)
    assert row.peer.var() == pytest.approx(row.variance, rel=1e-6)


@pytest.mark.parametrize("row", ROWS, ids=text_of)
def test_draws_integrate_to_the_mean_and_variance_of_the_formula(row: Row) -> None:
    u, weights = grid()
    if d.sampler(row.distribution).kind == d.STEPS:
        u = (np.arange(10_000) + 0.5) / 10_000
        weights = np.full(10_000, 1e-4)
    assert_moments(drawn(row.distribution, u), weights, row)


@pytest.mark.parametrize("row", ROWS, ids=text_of)
def test_draws_of_a_neighbouring_distribution_are_noticed(row: Row) -> None:
    u, weights = grid()
    with pytest.raises(AssertionError):
        assert_moments(drawn(row.distribution.scaled(1.0001), u), weights, row)


def assert_quantiles(distribution: d.Distribution, peer: Any) -> None:
    """Compare draws with scipy, within 2e-5 of mean plus value, down to the clamped tails."""
    v = np.outer(2.0 ** -np.arange(2, 35), 1 + np.arange(7) / 7).ravel()
    mean = distribution.mean
    for u, exact in ((v, peer.ppf(v)), (1 - v, peer.isf(v))):
        error = np.abs(drawn(distribution, u) - exact) / (mean + exact)
        assert error.max() < QUANTILE_BOUND


@pytest.mark.parametrize("row", SMOOTH, ids=text_of)
def test_quantiles_of_draws_are_those_of_scipy(row: Row) -> None:
    assert_quantiles(row.distribution, row.peer)
    with pytest.raises(AssertionError):
        assert_quantiles(row.distribution.scaled(1.0001), row.peer)


@pytest.mark.parametrize("row", SMOOTH, ids=text_of)
def test_quantile_and_upper_quantile_meet_and_rise(row: Row) -> None:
    u = np.linspace(0.001, 0.999, 999)
    lower, upper = row.distribution.quantile(u), row.distribution.upper_quantile(1 - u)
    np.testing.assert_allclose(lower, upper, rtol=1e-9)
    np.testing.assert_allclose(lower, row.peer.ppf(u), rtol=2e-6)
    assert (np.diff(lower) > 0).all()
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(lower, row.distribution.quantile(1 - u), rtol=1e-9)


@pytest.mark.parametrize("distribution", HEAVY, ids=repr)
def test_a_heavy_tail_keeps_its_mean_and_nearly_its_variance(distribution: d.Gamma) -> None:
    u, weights = grid()
    values = drawn(distribution, u)
    assert weights @ values == pytest.approx(25, rel=MEAN_BOUND)
    assert weights @ (values - 25) ** 2 == pytest.approx(75**2, rel=5e-4)
    assert weights @ values != pytest.approx(25.001, rel=MEAN_BOUND)


def test_a_normal_cut_at_zero_knows_its_mean_and_variance() -> None:
    # Standard normal with its negative half laid on 0: mean 1/sqrt(2 pi) beyond the centre ...
    nearly = d.Normal(centre=1e-9, sd=1)
    assert nearly.mean == pytest.approx(1 / math.sqrt(2 * math.pi), rel=1e-8)
    assert nearly.variance == pytest.approx(1 / 2 - 1 / (2 * math.pi), rel=1e-8)
    # ... and by integration where the cut takes a sixth of the mass.
    cut = d.Normal.by_mean(10, 1)
    u, weights = grid()
    values = drawn(cut, u)
    assert weights @ values == pytest.approx(cut.mean, rel=MEAN_BOUND)
    assert weights @ (values - cut.mean) ** 2 == pytest.approx(cut.variance, rel=VARIANCE_BOUND)
    assert (values == 0).sum() > 0
    assert cut.mean != pytest.approx(10, rel=0.05)
    exact = np.maximum(stats.norm(10, 10).ppf(u), 0)
    inside = (u > 2.0**-34) & (u < 1 - 2.0**-34)
    assert np.abs(values - exact)[inside].max() < 1e-3 * cut.mean
    assert np.abs(drawn(cut.scaled(1.001), u) - exact)[inside].max() > 1e-3 * cut.mean


@pytest.mark.parametrize("cv", [0.01, 0.4, 1.0, 3.0])
def test_the_shape_of_a_weibull_gives_the_cv_asked_for(cv: float) -> None:
    found = d.Weibull.by_mean(10, cv)
    peer = stats.weibull_min(found.shape, scale=found.scale)
    assert peer.mean() == pytest.approx(10, rel=1e-9)
    assert peer.std() / peer.mean() == pytest.approx(cv, rel=1e-6)
    assert peer.std() / peer.mean() != pytest.approx(cv * 1.001, rel=1e-6)


@pytest.mark.parametrize("row", ROWS, ids=text_of)
def test_scaling_a_distribution_scales_its_values(row: Row) -> None:
    double = row.distribution.scaled(2)
    assert type(double) is type(row.distribution)
    assert double.mean == pytest.approx(2 * row.mean, rel=1e-6)
    assert double.variance == pytest.approx(4 * row.variance, rel=1e-6)
    u = np.array([0.1, 0.5, 0.9])
    np.testing.assert_allclose(double.quantile(u), 2 * row.distribution.quantile(u), rtol=1e-9)
    with pytest.raises(ValueFault, match="cannot be scaled by 0"):
        row.distribution.scaled(0)


def by_the_recipe(sampler: d.Sampler, u: float) -> float:
    """The operations that the module's docstring lists, one number at a time."""
    v = max(min(u, 1 - u), 2.0**-d.OCTAVES)
    m, e = math.frexp(v)
    position = (m - 0.5) * (2 * d.CELLS)
    j = int(position)
    f = position - j
    side = 0 if u < 0.5 else 1
    i = (side * d.OCTAVES - e) * (d.CELLS + 1) + j
    left, right = float(sampler.values[i]), float(sampler.values[i + 1])
    return left + (right - left) * f


@given(k=st.integers(0, 2**52 - 1))
def test_draws_follow_the_written_recipe_to_the_last_digit(k: int) -> None:
    u = (k + 0.5) / 2**52
    prepared = d.sampler(d.Gamma.by_mean(25 * MINUTE, 0.7))
    assert d.sample(prepared, u) == max(0, round(by_the_recipe(prepared, u)))


@pytest.mark.parametrize("u", [2.0**-53, 2.0**-34, 2.0**-33, 0.25, 0.5 - 2**-53, 0.5, 0.5 + 2**-53])
def test_the_recipe_holds_on_the_edges_of_the_table(u: float) -> None:
    prepared = d.sampler(d.Exponential(mean=25 * MINUTE))
    for each in (u, 1 - u):
        assert d.sample(prepared, each) == round(by_the_recipe(prepared, each))
    assert d.sample(prepared, u) != round(by_the_recipe(prepared, u)) + 1


def test_the_recipe_is_noticed_when_it_forgets_the_side() -> None:
    prepared = d.sampler(d.Exponential(mean=25 * MINUTE))
    assert d.sample(prepared, 0.75) != round(by_the_recipe(prepared, 0.25))


@pytest.mark.parametrize("row", SMOOTH, ids=text_of)
def test_draws_never_fall_as_the_uniform_number_rises(row: Row) -> None:
    u = np.sort(np.concatenate((grid(37, 52)[0], [0.5, 2.0**-53, 1 - 2.0**-53])))
    values = drawn(row.distribution, u)
    assert (np.diff(values) >= 0).all()
    assert not (np.diff(values[::-1]) >= 0).all()


def test_beyond_the_last_octave_a_draw_stays_at_the_last_node() -> None:
    prepared = d.sampler(d.Exponential(mean=float(HOUR)))
    edge = 2.0**-d.OCTAVES
    expected = round(HOUR * d.OCTAVES * math.log(2))
    for v in (edge, edge * 0.9, 2.0**-53):
        assert d.sample(prepared, 1 - v) == pytest.approx(expected, rel=1e-10)
    assert d.sample(prepared, 1 - 2 * edge) != pytest.approx(expected, rel=1e-3)


def test_nodes_have_forty_significant_bits() -> None:
    nodes = d.sampler(d.Lognormal.by_mean(25 * MINUTE, 0.6)).values
    assert nodes.shape == (2 * d.OCTAVES * (d.CELLS + 1),)
    mantissa = np.frexp(nodes)[0]
    assert (mantissa * 2.0**40 % 1 == 0).all()
    assert not (mantissa * 2.0**39 % 1 == 0).all()


def test_a_duration_is_rounded_once_half_to_even_and_never_negative() -> None:  # T1
    assert d.sample(d.sampler(d.Constant(value=2.5)), [0.1, 0.9]).tolist() == [2, 2]
    assert d.sample(d.sampler(d.Constant(value=3.5)), 0.1).tolist() == 4
    low = d.sample(d.sampler(d.Normal(centre=1, sd=10)), np.array([[1e-9, 0.2]]))
    assert low.dtype == np.int64
    assert low.tolist() == [[0, 0]]


def test_the_first_step_whose_cumulated_share_is_above_the_draw_is_taken() -> None:  # R2
    prepared = d.sampler(d.Discrete(values=(5, 10, 20), shares=(0.25, 0.25, 0.5)))
    assert prepared.kind == d.STEPS
    assert prepared.shares.tolist() == [0.25, 0.5, 1]
    draws = [1e-9, 0.25 - 1e-9, 0.25, 0.5 - 1e-9, 0.5, 1 - 2**-53]
    assert d.sample(prepared, draws).tolist() == [5, 5, 10, 10, 20, 20]


def test_raising_a_share_moves_only_the_draws_at_the_margin() -> None:  # R2
    u = (np.arange(1000) + 0.5) / 1000
    before = d.sample(d.sampler(d.Discrete(values=(5, 10), shares=(0.3, 0.7))), u)
    after = d.sample(d.sampler(d.Discrete(values=(5, 10), shares=(0.4, 0.6))), u)
    assert np.flatnonzero(before != after).tolist() == list(range(300, 400))


def test_discrete_values_are_kept_in_rising_order() -> None:
    written = d.Discrete(values=(10, 5), shares=(0.7, 0.3))
    assert written == d.Discrete(values=(5, 10), shares=(0.3, 0.7))
    assert written != d.Discrete(values=(5, 10), shares=(0.7, 0.3))


def test_shares_of_thirds_and_tenths_reach_one() -> None:
    tenths = d.Discrete(values=tuple(range(10)), shares=(0.1,) * 10)
    prepared = d.sampler(tenths)
    assert prepared.shares[-1] == 1
    assert (np.diff(prepared.shares) > 0).all()
    assert d.sample(prepared, 1 - 2.0**-53) == 9


def test_measured_values_are_drawn_alike() -> None:
    measured = d.Empirical(values=(9, 1, 4, 4))
    assert measured.mean == 4.5
    assert measured.variance == (4.5**2 + 3.5**2 + 0.5**2 + 0.5**2) / 4
    u = (np.arange(8) + 0.5) / 8
    assert d.sample(d.sampler(measured), u).tolist() == [1, 1, 4, 4, 4, 4, 9, 9]
    assert measured.quantile(u).tolist() == [1, 1, 4, 4, 4, 4, 9, 9]
    assert measured.scaled(2) == d.Empirical(values=(2, 8, 8, 18))
    assert measured.scaled(2) != measured


def test_a_sampler_is_read_only_and_travels_to_other_processes() -> None:
    prepared = d.sampler(d.Exponential(mean=10))
    assert d.sampler(d.Exponential(mean=10)) is prepared
    with pytest.raises(ValueError, match="read-only"):
        prepared.values[0] = 1
    copy = pickle.loads(pickle.dumps(prepared))
    assert copy.kind == d.TABLE
    assert np.array_equal(copy.values, prepared.values)


def test_a_tail_too_heavy_for_the_table_is_refused() -> None:
    with pytest.raises(ValueFault, match="too heavy"):
        d.sampler(d.Lognormal.by_mean(25, 50))
    with pytest.raises(ValueFault, match="too heavy"):
        d.sampler(d.Weibull.by_mean(25, 300))


def test_durations_beyond_an_int64_are_refused() -> None:
    with pytest.raises(ValueFault, match="100 000 years"):
        d.sampler(d.Exponential(mean=2.0**60))
    with pytest.raises(ValueFault, match="100 000 years"):
        d.sampler(d.Constant(value=2.0**62))


# --- as written -----------------------------------------------------------------------------


def read(text: object, folder: Path | None = None) -> d.Duration:
    return d.parse_duration(text, folder=folder)


@pytest.mark.parametrize("row", ROWS, ids=text_of)
def test_each_distribution_is_read_as_written(row: Row) -> None:
    found = read(row.text)
    assert not found.in_working_days
    assert type(found.distribution) is type(row.distribution)
    assert found.distribution.mean == pytest.approx(row.mean * MINUTE, rel=1e-6)
    assert found.distribution.variance == pytest.approx(row.variance * MINUTE**2, rel=1e-6)
    assert found.distribution.mean != pytest.approx(row.mean * HOUR, rel=1e-6)


@pytest.mark.parametrize(
    ("text", "expected", "in_working_days"),
    [
        ("2 h 30 min", d.Constant(value=2.5 * HOUR), False),
        ("4 wd", d.Constant(value=4), True),
        (0, d.Constant(value=0), False),
        ("uniform(1 wd, 2 wd)", d.Uniform(minimum=1, maximum=2), True),
        ("uniform(min 1 wd, max 2 wd)", d.Uniform(minimum=1, maximum=2), True),
        ("uniform(max 2 wd, min 0)", d.Uniform(minimum=0, maximum=2), True),
        ("  Uniform ( 0 , 2 h ) ", d.Uniform(minimum=0, maximum=2 * HOUR), False),
        ("exponential(10 min)", d.Exponential(mean=10 * MINUTE), False),
        ("exponential(mean 2 wd)", d.Exponential(mean=2), True),
        ("normal(mean 10 min, cv 0.5)", d.Normal(centre=10 * MINUTE, sd=5 * MINUTE), False),
        ("normal(sd 5 min, mean 10 min)", d.Normal(centre=10 * MINUTE, sd=5 * MINUTE), False),
        ("gamma(mean 8 min, sd 4 min)", d.Gamma(shape=4, scale=2 * MINUTE), False),
        ("erlang(mean 3 h, k 2)", d.Erlang(mean=3 * HOUR, k=2), False),
        (
            "triangular(mode 8 min, min 5 min, max 15 min)",
            d.Triangular(minimum=5 * MINUTE, mode=8 * MINUTE, maximum=15 * MINUTE),
            False,
        ),
        (
            "pert(5 min, 8 min, 15 min)",
            d.Pert(minimum=5 * MINUTE, mode=8 * MINUTE, maximum=15 * MINUTE),
            False,
        ),
        (
            "discrete(1 h 30 min 12.5%, 0 87.5 %)",
            d.Discrete(values=(0, 1.5 * HOUR), shares=(0.875, 0.125)),
            False,
        ),
        ("discrete(0 40 %, 3 wd 60 %)", d.Discrete(values=(0, 3), shares=(0.4, 0.6)), True),
    ],
)
def test_a_text_gives_its_distribution(
    text: object, expected: d.Distribution, in_working_days: bool
) -> None:
    found = read(text)
    assert found == d.Duration(distribution=expected, in_working_days=in_working_days)
    assert found != d.Duration(distribution=expected, in_working_days=not in_working_days)


@pytest.mark.parametrize(
    ("text", "message", "way_out"),
    [
        ("10", "'10' has no unit", "10 min"),
        ("lognorma(mean 5 min, cv 1)", "unknown distribution 'lognorma'", "mean 'lognormal'"),
        ("soon", "'soon': unknown distribution 'soon'", "never varies alone"),
        ("constant(5 min)", "unknown distribution 'constant'", "never varies alone"),
        ("gamma mean 5 min", "not in brackets", "gamma(mean 25 min, cv 0.6)"),
        ("gamma(mean 5 min, cv 1", "not in brackets", "gamma(mean 25 min, cv 0.6)"),
        ("discrete 5 min", "not in brackets", "discrete(5 min 30 %"),
        ("empirical", "not in brackets", "empirical(times.csv)"),
        ("uniform(5 min,)", "an argument is empty", "uniform(5 min, 15 min)"),
        ("uniform()", "an argument is empty", "uniform(5 min, 15 min)"),
        ("gamma(mean 5 min)", "'cv' or 'sd' is missing", "cv 0.6"),
        ("gamma(cv 1)", "'mean' is missing", "mean 25 min"),
        ("uniform(5 min)", "'max' is missing", "uniform(5 min, 15 min)"),
        ("uniform(1 min, 2 min, 3 min)", "3 arguments are given for 2", "uniform(5 min"),
        ("uniform(min 1 min, 2 min)", "'2 min' does not begin with a name", "uniform("),
        ("gamma(5 min, 1)", "'5 min' does not begin with a name", "mean 25 min"),
        ("gamma(mean=5 min, cv=1)", "'mean=5 min' does not begin with a name", "mean 25 min"),
        ("gamma(maen 5 min, cv 1)", "gamma has no argument 'maen'", "Did you mean 'mean'?"),
        ("gamma(mean 5 min, loc 1)", "gamma has no argument 'loc'", "cv 0.6"),
        ("gamma(mean 5 min, mean 6 min)", "'mean' is given twice", "cv 0.6"),
        ("gamma(mean 5 min, cv 1, sd 2 min)", "both cv and sd are given", "one of them"),
        ("gamma(mean 5, cv 1)", "'5' has no unit", "5 min"),
        ("gamma(mean 5 min, cv high)", "'high' is no number", "0.5"),
        ("gamma(mean 0 min, cv 1)", "the mean must be above 0", "alone"),
        ("gamma(mean 0 min, sd 1 min)", "the mean must be above 0", "alone"),
        ("gamma(mean 5 min, sd 0 min)", "the sd must be above 0", "alone"),
        ("gamma(mean 5 min, cv -1)", "the cv must be above 0", "alone"),
        ("lognormal(mean 5 min, cv 0)", "the cv must be above 0", "alone"),
        ("normal(mean 5 min, cv 0)", "the cv must be above 0", "alone"),
        ("weibull(mean 5 min, cv 0.0001)", "no weibull distribution here has a cv", "from 0.0013"),
        ("exponential(0 min)", "the mean must be above 0", "alone"),
        ("erlang(mean 5 min, k 2.5)", "k is 2.5", "whole number"),
        ("erlang(mean 5 min, k 0)", "the k must be above 0", ""),
        ("uniform(5 min, 4 min)", "not in rising order", "smallest first"),
        ("uniform(5 min, 5 min)", "all the same", "alone"),
        ("triangular(5 min, 16 min, 15 min)", "not in rising order", "smallest first"),
        ("pert(5 min, 4 min, 15 min)", "not in rising order", "smallest first"),
        ("uniform(2 h, 1 wd)", "working days are mixed with clock time", "throughout"),
        ("discrete(2 h 50 %, 1 wd 50 %)", "working days are mixed with clock time", "throughout"),
        ("discrete(5 min 30 %, 10 min 60 %)", "the shares add up to 90 %", "100 %"),
        ("discrete(5 min, 10 min 60 %)", "'5 min' has no share", "discrete(5 min 30 %"),
        ("discrete(5 min 130 %)", "'130 %' is no share", "0 % to 100 %"),
        ("empirical()", "no file is named", "empirical(times.csv)"),
        ("empirical(times.csv)", "'times.csv' lies in no folder", "discrete("),
    ],
)
def test_a_fault_quotes_the_text_and_gives_a_way_out(text: str, message: str, way_out: str) -> None:
    with pytest.raises(ValueFault) as caught:
        read(text)
    assert message in caught.value.message
    assert f"'{text}'" in caught.value.message
    assert way_out in caught.value.way_out


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: d.Constant(value=-1), "negative or endless"),
        (lambda: d.Constant(value=math.nan), "negative or endless"),
        (lambda: d.Empirical(values=()), "there is no value"),
        (lambda: d.Discrete(values=(1, 2), shares=(1,)), "2 values have 1 shares"),
        (lambda: d.Discrete(values=(1, 2), shares=(1.5, -0.5)), "outside 0 to 1"),
        (lambda: d.Uniform(minimum=-1, maximum=1), "cannot be negative"),
        (lambda: d.Lognormal(median=1, sigma=0), "the sigma must be above 0"),
        (lambda: d.Gamma(shape=-1, scale=1), "the shape must be above 0"),
        (lambda: d.Weibull(shape=0.001, scale=1), "a weibull shape is outside 0.1 to 1000"),
        (lambda: d.Weibull(shape=1, scale=0), "the scale must be above 0"),
        (lambda: d.Normal(centre=1, sd=math.inf), "the sd must be above 0"),
    ],
)
def test_parameters_without_meaning_are_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueFault, match=message):
        make()


# --- measured -------------------------------------------------------------------------------


def written(folder: Path, content: str) -> Path:
    (folder / "times.csv").write_text(content, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("content", "values", "in_working_days"),
    [
        ("minutes\n3\n1.5\n\n2\n", (1.5 * MINUTE, 2 * MINUTE, 3 * MINUTE), False),
        ("\ufeffHours\r\n1\r\n2\r\n", (HOUR, 2 * HOUR), False),
        ("working_days\n4\n0\n", (0, 4), True),
        ("phút\n3\n1,5\n", (1.5 * MINUTE, 3 * MINUTE), False),
        ("ngày_làm_việc\n4\n0\n", (0, 4), True),
        ("wd\n4\n", (4,), True),
        ("service time\n5 min\n1 h\n0\n", (0, 5 * MINUTE, HOUR), False),
        ("waiting\n3 wd\n0\n", (0, 3), True),
    ],
)
def test_measured_durations_are_read_in_the_unit_of_their_column(
    tmp_path: Path, content: str, values: tuple[float, ...], in_working_days: bool
) -> None:
    found = read("empirical(times.csv)", written(tmp_path, content))
    expected = d.Empirical(values=values)
    assert found == d.Duration(
        distribution=expected, in_working_days=in_working_days, file="times.csv"
    )
    assert found.distribution != d.Empirical(values=(*values, 1))


@pytest.mark.parametrize(
    ("content", "message", "way_out"),
    [
        ("", "times.csv is empty", "one value a line"),
        ("minutes\n", "times.csv has no values", "one value a line"),
        ("minutes\n5\nsoon\n", "times.csv:3: 'soon' is no number", "2300"),
        ("minutes\n5\n-1\n", "times.csv:3: -60000000.0 is no length", "not negative"),
        ("minutes\n5\n1,500\n", "times.csv:3: '1,500' can be 1500 or 1.5", "Write 1500 or 1.5"),
        ("minutes,office\n5,a\n", "times.csv:1: 2 columns, not 1", "column of durations only"),
        ("5\n6\n", "times.csv:1: '5' is a value", "Begin the file with the unit"),
        ("5 min\n6 min\n", "times.csv:1: '5 min' is a value", "Begin the file with the unit"),
        ("service\n5\n", "times.csv:2: '5' has no unit", "name the column by the unit"),
        ("service\n5 min\n1 wd\n", "times.csv: working days are mixed", "throughout"),
    ],
)
def test_a_fault_in_a_file_says_its_line(
    tmp_path: Path, content: str, message: str, way_out: str
) -> None:
    with pytest.raises(ValueFault) as caught:
        read("empirical(times.csv)", written(tmp_path, content))
    assert message in caught.value.message
    assert way_out in caught.value.way_out


def test_a_missing_file_is_looked_for_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(ValueFault, match=r"there is no file 'time\.csv'") as caught:
        read("empirical(time.csv)", written(tmp_path, "minutes\n1\n"))
    assert caught.value.way_out == "Did you mean 'times.csv'?"
    with pytest.raises(ValueFault) as caught:
        read("empirical(queue/mon.txt)", tmp_path)
    assert "Give a path" in caught.value.way_out


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "times.csv").write_bytes(b"minutes\n\xff\xfe\n")
    with pytest.raises(ValueFault, match="cannot be read") as caught:
        read("empirical(times.csv)", tmp_path)
    assert "UTF-8" in caught.value.way_out
