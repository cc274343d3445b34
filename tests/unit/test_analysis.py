"""Intervals, pairs, numbers of runs and warm-ups: by hand, and by repeated experiments."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.special import betainc

from sim.analysis.estimate import (
    Interval,
    bounds_of,
    collate,
    estimate,
    skewed_arm,
    t_quantile,
)
from sim.analysis.paired import difference, estimate_differences, ratio
from sim.analysis.replications import replications_needed
from sim.analysis.shares import estimate_all, estimate_share, unseen
from sim.analysis.warmup import binned_means, check_warm_up, mser5, over_replications, welch

NAN = math.nan


@dataclass(frozen=True)
class Value:
    kpi: str
    group: str
    value: float
    unit: str = "d"
    out_of: int = 0
    batches: tuple[float, ...] = ()


def assert_interval(found: Interval, mean: float, half_width: float, n: int) -> None:
    assert found.n == n
    assert found.mean == pytest.approx(mean, rel=1e-6, nan_ok=True)
    assert found.half_width == pytest.approx(half_width, rel=1e-6, nan_ok=True)


def assert_covers(intervals: list[Interval], truth: float, confidence: float) -> None:
    """Share of intervals that hold the truth, within 4.42 standard errors: error rate 1e-5."""
    share = np.mean([interval.holds(truth) for interval in intervals])
    assert abs(share - confidence) < 4.42 * math.sqrt(
        confidence * (1 - confidence) / len(intervals)
    )


# ------------------------------------------------------------------------------------ estimate


@pytest.mark.parametrize(
    ("degrees", "confidence", "printed"),
    [
        (1, 0.95, 12.706),
        (4, 0.95, 2.776),
        (9, 0.90, 1.833),
        (29, 0.99, 2.756),
        (10**6, 0.95, 1.960),
    ],
)
def test_quantiles_of_t_are_those_of_printed_tables(degrees, confidence, printed):
    assert t_quantile(degrees, confidence) == pytest.approx(printed, abs=5e-4)
    with pytest.raises(AssertionError):
        assert t_quantile(degrees, confidence - 0.01) == pytest.approx(printed, abs=5e-4)


def test_the_interval_of_one_to_five_is_that_of_the_textbook():
    # s = sqrt(2.5); t = 2.776445; half-width t s / sqrt(5).
    found = estimate([1, 2, 3, 4, 5])
    assert_interval(found, mean=3, half_width=1.963243, n=5)
    assert found.relative_half_width == pytest.approx(0.654414, rel=1e-5)
    assert (found.low, found.high) == pytest.approx((1.036757, 4.963243), rel=1e-6)
    with pytest.raises(AssertionError):  # the normal quantile
        assert_interval(found, mean=3, half_width=1.385904, n=5)


def test_a_replication_without_a_value_is_missing_and_n_says_so():
    assert_interval(estimate([1, NAN, 2, 3, 4, NAN, 5]), mean=3, half_width=1.963243, n=5)
    with pytest.raises(AssertionError):  # missing taken for 0
        assert_interval(estimate([1, 0, 2, 3, 4, 0, 5]), mean=3, half_width=1.963243, n=5)


@pytest.mark.parametrize(("values", "mean", "n"), [([], NAN, 0), ([NAN], NAN, 0), ([7], 7.0, 1)])
def test_fewer_than_two_values_have_no_interval(values, mean, n):
    found = estimate(values)
    assert_interval(found, mean=mean, half_width=NAN, n=n)
    assert not found.holds(7)
    with pytest.raises(AssertionError):  # certainty
        assert_interval(found, mean=mean, half_width=0, n=n)


def test_equal_values_have_an_interval_of_no_length():
    assert_interval(estimate([2, 2, 2]), mean=2, half_width=0, n=3)
    assert estimate([0, 0]).relative_half_width == 0
    assert estimate([-1, 1]).relative_half_width == math.inf


def test_an_interval_is_cut_where_no_mean_can_be():
    # Mean 0.5, s = 0.5; t(2) = 4.302653: -0.742 to 1.742.
    free = estimate([0, 0.5, 1])
    assert (free.low, free.high) == pytest.approx((-0.742069, 1.742069), rel=1e-5)
    cut = estimate([0, 0.5, 1], bounds=bounds_of("share"))
    assert (cut.low, cut.mean, cut.high) == (0.0, 0.5, 1.0)
    above = estimate([0, 0.5, 1], bounds=bounds_of("wd"))
    # Standard error 0.288675, times 1.959964 over the mean of 0.5: 1.131586.
    upper = 0.5 + 1.242069 * (1.131586 + math.hypot(1, 1.131586))
    assert (above.low, above.high) == pytest.approx((0.0, upper), rel=1e-5)
    # The longer arm.
    assert above.half_width == above.high - above.mean
    assert math.isnan(estimate([1], bounds=bounds_of("share")).low)
    with pytest.raises(AssertionError):  # cut at the mean
        assert cut.low == cut.mean


def test_the_arm_away_from_a_bound_is_longer_and_the_other_is_that_of_student():
    free, skewed = estimate([2, 3, 4, 7]), estimate([2, 3, 4, 7], bounds=bounds_of("wd"))
    assert skewed.low == free.low > 0
    assert skewed.high > free.high
    # x is a root of x² = h² (1 + 2 r / h x / m).
    h, m = free.half_width, free.mean
    r = h / t_quantile(3, 0.95) * t_quantile(math.inf, 0.95)
    x = skewed.high - m
    assert x**2 == pytest.approx(h**2 * (1 + 2 * r / h * x / m))
    far = estimate([1002, 1003, 1004, 1007], bounds=bounds_of("wd"))
    assert far.high - far.mean == pytest.approx(h, rel=0.01)
    assert skewed_arm(h, r, math.inf) == h
    assert skewed_arm(0.0, 0.0, 0.0) == 0
    with pytest.raises(AssertionError):  # the bound on the other side
        assert estimate([-2, -3, -4, -7], bounds=(-math.inf, 0)).low == -free.high


def test_the_interval_of_none_is_that_of_clopper_and_pearson():
    # 1 - 0.025 ** (1 / 4400).
    none = estimate_share([0.0] * 4, [1100] * 4)
    assert (none.low, none.mean) == (0, 0)
    assert none.high == pytest.approx(8.3804e-4, rel=1e-4) == unseen(4400)
    every = estimate_share([1.0] * 4, [1100] * 4)
    assert (every.low, every.high) == pytest.approx((1 - none.high, 1.0), rel=1e-12)
    with pytest.raises(AssertionError):  # as many as in one replication
        assert estimate_share([0.0], [1100]).high == none.high


def test_a_share_counts_only_as_many_cases_as_would_spread_as_much():
    # The mean is 0.48 and its standard error 0.08; t(2) = 4.302653.
    found = estimate_share([0.4, 0.4, 0.64, NAN], [1000, 1000, 1000, 0])
    assert found.n == 3
    assert found.mean == pytest.approx(0.48)
    size = 0.48 * 0.52 / (0.08**2) * (1.959964 / 4.302653) ** 2
    low, high = found.low, found.high
    # It leaves 2.5 % to the tail: the binomial of as many cases, by its beta function.
    assert betainc(size * 0.48, size * 0.52 + 1, low) == pytest.approx(0.025, rel=1e-5)
    # The longer arm is that of skewed values.
    pull = 1.959964 * 0.08 / 0.48
    arm = 4.302653 * 0.08 * (pull + math.hypot(1, pull))
    assert high == pytest.approx(0.48 + arm, rel=1e-6)
    mirrored = estimate_share([0.6, 0.6, 0.36], [1000] * 3)
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - high, 1 - low))
    # Nine of a hundred, all alike: Clopper and Pearson's, as in tables, 0.042 to 0.164.
    alike = estimate_share([0.09] * 4, [25] * 4)
    assert (alike.low, alike.high) == pytest.approx((0.042, 0.164), abs=5e-4)
    many = estimate_share([0.4, 0.4, 0.64, NAN], [10**6, 10**6, 10**6, 0])
    assert (many.low, many.high) == (low, high)
    few = estimate_share([0.4, 0.4, 0.64], [2, 2, 2])
    with pytest.raises(AssertionError):  # as many as there are
        assert (few.low, few.high) == (low, high)


def test_equal_shares_are_as_sure_as_their_cases_are_many():
    one, many = (estimate_share([0.5, 0.5, 0.5], [n] * 3) for n in (10, 1000))
    assert 0 < one.low < many.low < 0.5 < many.high < one.high < 1
    with pytest.raises(AssertionError):  # Student's, of width 0
        assert estimate([0.5, 0.5, 0.5]).low < 0.5


def test_a_share_of_few_clusters_is_of_as_many_cases_as_are_independent() -> None:
    none = estimate_share([0.0] * 4, [1100] * 4, design_effect=10)
    assert none.high == pytest.approx(unseen(440))
    # 40 late in clusters of 10 are 4, below two a replication; alike by chance, they are 4 still.
    few = estimate_share([0.01] * 4, [1000] * 4, design_effect=10)
    assert few.high == pytest.approx(estimate_share([0.01] * 4, [100] * 4).high)
    mirrored = estimate_share([0.99] * 4, [1000] * 4, design_effect=10)
    assert mirrored.low == pytest.approx(1 - few.high)
    # 160 late are 16, and with the little that their tail is shorter 20: two for each of 8.
    more = estimate_share([0.04] * 4, [1000] * 4, design_effect=10)
    times = 400 * 0.0384 / (1 - 6 * 0.0384) / 8
    assert times == pytest.approx(2.5, rel=0.01)
    assert more.high == pytest.approx(estimate_share([0.04] * 4, [100 * times] * 4).high)
    middle = [0.3, 0.31, 0.305]
    assert estimate_share(middle, [100] * 3, design_effect=50) == estimate_share(middle, [100] * 3)
    # Of many clusters the spread over replications speaks alone.
    shares, sizes = [0.3, 0.4, 0.35, 0.38], [100_000] * 4
    assert estimate_share(shares, sizes, design_effect=10) == estimate_share(shares, sizes)


def test_estimates_of_shares_know_how_much_their_cases_are_alike() -> None:
    def share(*batches: float) -> list[Value]:
        return [Value("on_time", "birth", 1.0, "share", 1100, batches)]

    (alike,) = estimate_all("a", [share(1, 4, 0.5), share(3, 4, 0.5)])
    # Batches of 550, whose means vary by 2 and by 0, among cases that vary by 1/2.
    assert alike.low == pytest.approx(1 - unseen(2200 / 1100))
    (alone,) = estimate_all("a", [share(), share()])
    assert alone.low == pytest.approx(1 - unseen(2200))


def test_estimates_of_shares_are_of_counts_where_there_are_some():
    def share(value: float, out_of: int) -> list[Value]:
        return [Value("on_time", "birth", value, "share", out_of)]

    (row,) = estimate_all("today", [share(1, 2000), share(1, 2400)])
    assert (row.mean, row.high, row.out_of) == (1, 1, 4400)
    assert row.low == pytest.approx(1 - unseen(4400))
    (plain,) = estimate_all("today", [share(1, 0), share(1, 0)])
    assert (plain.low, plain.out_of) == (1, 0)
    (gain,) = estimate_differences(
        [share(1, 2000), share(1, 2400)], [share(1, 2100), share(1, 2300)], ("x", "y")
    )
    assert (gain.mean, gain.high, gain.low) == pytest.approx((0, unseen(4300), -unseen(4300)))
    runs = [share(1, 2000), share(1, 2400)]
    (same,) = estimate_differences(runs, runs, ("x", "y"))
    assert (same.low, same.high) == (0, 0)
    (other,) = estimate_differences(runs, list(runs), ("x", "y"))
    with pytest.raises(AssertionError):  # equal runs, but not known to be the same
        assert (other.low, other.high) == (0, 0)


def test_estimates_of_kpis_are_cut_and_differences_are_not():
    values = [[Value("days", "birth", x)] for x in (0, 0, 3)]
    (row,) = estimate_all("today", values)
    assert row.low == 0
    base = [[Value("days", "birth", 0)]] * 3
    (gain,) = estimate_differences(base, values, ("x", "y"))
    assert gain.low == pytest.approx(1 - 4.302653 * math.sqrt(3) / math.sqrt(3))


@pytest.mark.parametrize(("values", "confidence"), [([1, math.inf], 0.95), ([1, 2], 1.0)])
def test_infinite_values_and_certainty_are_refused(values, confidence):
    with pytest.raises(ValueError, match=r"infinite|confidence"):
        estimate(values, confidence)


@pytest.mark.parametrize(("n", "confidence"), [(2, 0.95), (5, 0.95), (20, 0.9)])
def test_the_t_interval_covers_the_mean_as_often_as_it_says(n, confidence):
    values = np.random.default_rng(20250106).normal(10, 3, (2000, n))
    assert_covers([estimate(row, confidence) for row in values], 10, confidence)
    with pytest.raises(AssertionError):  # one that promises more than it holds
        assert_covers([estimate(row, confidence - 0.05) for row in values], 10, confidence)
    with pytest.raises(AssertionError):  # one around something else
        assert_covers([estimate(row, confidence) for row in values], 12, confidence)


def test_measures_of_replications_come_together_by_kpi_and_group():
    replications = [
        [Value("days", "birth", 1), Value("share", "birth", 0.5, "share")],
        [
            Value("days", "birth", 3),
            Value("days", "death", 8),
            Value("share", "birth", 0.5, "share"),
        ],
    ]
    rows = estimate_all("today", replications)
    assert [(row.kpi, row.group, row.unit, row.n) for row in rows] == [
        ("days", "birth", "d", 2),
        ("days", "death", "d", 1),
        ("share", "birth", "share", 2),
    ]
    assert [row.mean for row in rows] == [2.0, 8.0, 0.5]
    assert {row.variant for row in rows} == {"today"}
    assert rows[0].low == 0
    assert rows[0].high == pytest.approx(2 + 12.7062047 * (0.979982 + math.hypot(1, 0.979982)))
    assert math.isnan(rows[1].low)
    with pytest.raises(AssertionError):  # only what all replications have
        assert len(rows) == 2


@pytest.mark.parametrize(
    "replications",
    [
        [[Value("days", "birth", 1), Value("days", "birth", 1)]],
        [[Value("days", "birth", 1)], [Value("days", "birth", 1, "h")]],
    ],
)
def test_measures_that_do_not_go_together_are_refused(replications):
    with pytest.raises(ValueError, match=r"two values|comes in d and in h"):
        collate(replications)


# -------------------------------------------------------------------------------------- paired


def test_a_paired_difference_is_variant_less_base():
    # Differences 1, 2, 3: s = 1, t(2) = 4.302653.
    found = difference([10, 20, 30], [11, 22, 33])
    assert (found.mean, found.n) == (2, 3)
    arm = 4.302653 / math.sqrt(3)
    assert found.low == pytest.approx(2 - arm)
    # Away from 0, longer: the standard error of 0.57735, times 1.959964 over 2.
    assert found.high == pytest.approx(2 + arm * (0.565793 + math.hypot(1, 0.565793)), rel=1e-5)
    other = difference([11, 22, 33], [10, 20, 30])
    assert (other.low, other.mean, other.high) == (-found.high, -found.mean, -found.low)
    with pytest.raises(AssertionError):
        assert other.mean == 2


def test_a_difference_of_mixed_signs_has_equal_arms():
    found = difference([0, 0, 0, 0], [-1, 1, -2, 2])
    assert (found.low, found.high) == pytest.approx((-found.high, found.half_width))
    assert found.half_width == pytest.approx(3.182446 * math.sqrt(10 / 3) / 2)
    mostly = difference([0, 0, 0, 0], [-1, 1, 2, 2])
    with pytest.raises(AssertionError):
        assert mostly.high - mostly.mean == mostly.mean - mostly.low


def test_a_pair_with_one_value_missing_is_missing():
    found = difference([10, NAN, 20, 30, 5], [11, 3, 22, 33, NAN])
    assert found == difference([10, 20, 30], [11, 22, 33])
    with pytest.raises(AssertionError):  # pairs out of step
        assert found == difference([10, 20, 30], [22, 33, 11])


def test_two_lengths_make_no_pairs():
    with pytest.raises(ValueError, match="3 and 2 replications"):
        difference([1, 2, 3], [1, 2])


def test_noise_common_to_both_leaves_the_difference():
    random = np.random.default_rng(20250106)
    common = random.normal(0, 10, 10)
    base, variant = 50 + common, 48 + common + random.normal(0, 0.1, 10)
    assert difference(base, variant).half_width < estimate(base).half_width / 20
    with pytest.raises(AssertionError):  # the same runs, not paired
        assert difference(base, variant[::-1]).half_width < estimate(base).half_width / 20


def test_a_ratio_is_that_of_the_means():
    # Ratio 36 / 60; residuals 0, 1, -1: s = 1; t(2) = 4.302653; over the mean of 20.
    found = ratio([10, 20, 30], [6, 13, 17])
    assert_interval(found, mean=0.6, half_width=4.302653 / math.sqrt(3) / 20, n=3)
    with pytest.raises(AssertionError):  # the mean of the ratios
        assert_interval(found, mean=(0.6 + 13 / 20 + 17 / 30) / 3, half_width=0.1242, n=3)


def test_a_ratio_to_nothing_is_unknown():
    assert_interval(ratio([0, 0], [1, 2]), mean=NAN, half_width=NAN, n=2)
    assert_interval(ratio([NAN], [2]), mean=NAN, half_width=NAN, n=0)


def test_the_interval_of_a_ratio_covers_it_as_often_as_it_says():
    random = np.random.default_rng(20250106)
    base = random.normal(20, 2, (2000, 12))
    variant = 0.8 * base + random.normal(0, 1, base.shape)
    assert_covers([ratio(a, b) for a, b in zip(base, variant, strict=True)], 0.8, 0.95)
    with pytest.raises(AssertionError):  # pairs out of step
        assert_covers([ratio(a, b[::-1]) for a, b in zip(base, variant, strict=True)], 0.8, 0.95)


def test_differences_are_of_what_both_variants_have():
    base = [[Value("days", "birth", 4), Value("days", "old", 1)], [Value("days", "birth", 6)]]
    variant = [[Value("days", "new", 1), Value("days", "birth", 1)], [Value("days", "birth", 2)]]
    (row,) = estimate_differences(base, variant, ("paper", "linked"))
    assert (row.variant, row.baseline) == ("linked", "paper")
    assert (row.kpi, row.group, row.n) == ("days", "birth", 2)
    assert row.mean == -3.5
    with pytest.raises(AssertionError):
        assert estimate_differences(variant, base, ("linked", "paper"))[0].mean == -3.5
    with pytest.raises(ValueError, match="comes in d and in h"):
        estimate_differences(base, [[Value("days", "birth", 1, "h")]] * 2, ("x", "y"))


# -------------------------------------------------------------------------------- replications


@pytest.mark.parametrize("width", [0.5, 0.1, 0.02])
def test_the_number_of_replications_is_the_smallest_that_is_enough(width):
    pilot = np.random.default_rng(20250106).normal(-10, 3, 8)

    def is_enough(n: int) -> bool:
        half_width = t_quantile(n - 1, 0.95) * pilot.std(ddof=1) / math.sqrt(n)
        return half_width <= width * abs(pilot.mean())

    found = replications_needed([*pilot, NAN], width)
    assert is_enough(found)
    assert not is_enough(found - 1)
    with pytest.raises(AssertionError):
        assert is_enough(replications_needed(pilot, width * 1.5))


def test_values_without_spread_take_two_replications():
    assert replications_needed([3, 3, 3], 0.01) == 2


@pytest.mark.parametrize(
    ("pilot", "width", "message"),
    [
        ([1, NAN], 0.1, "two values"),
        ([-1, 1], 0.1, "mean of 0"),
        ([1, 2], 0.0, "not above 0"),
        ([1, 2], 1e-6, "more than"),
    ],
)
def test_a_number_of_replications_that_cannot_be_had_is_refused(pilot, width, message):
    with pytest.raises(ValueError, match=message):
        replications_needed(pilot, width)


# -------------------------------------------------------------------------------------- warmup

START_UP = [10.0] * 20
SETTLED = [0.0, 1.0] * 40


def test_bins_hold_the_mean_of_their_values():
    found = binned_means([0, 9, 10, 29, 30, -1], [1, 3, 5, 7, 99, 99], [0, 10, 20, 30])
    assert found.tolist() == [2, 5, 7]
    assert math.isnan(binned_means([1], [1], [0, 10, 20])[1])
    with pytest.raises(AssertionError):  # bins open on the left
        assert found.tolist() == [3, 5, 53]


def test_welch_averages_over_replications_and_then_over_a_moving_window():
    # Averages 4, 1, 1, 7, 1; the window shrinks to one value at the start.
    found = welch([[3, 1, 0, 7, 0], [5, 1, 2, 7, 2]], 1)
    assert found.tolist() == [4, 2, 3, 3]
    assert welch([4, 1, 1, 7, 1], 0).tolist() == [4, 1, 1, 7, 1]
    assert welch([4, 1, 1, 7, 1], 2).tolist() == pytest.approx([4, 2, 2.8])
    with pytest.raises(AssertionError):
        assert found.tolist() == [2.5, 2, 3, 3]
    with pytest.raises(ValueError, match="window of 3"):
        welch([4, 1, 1, 7, 1], 3)


def test_a_bin_empty_in_some_replications_is_averaged_over_the_others():
    assert over_replications([[1, NAN], [3, 5]]).tolist() == [2, 5]
    with pytest.raises(ValueError, match="at place 1"):
        over_replications([[1, NAN], [3, NAN]])


def test_mser5_leaves_out_the_start_up_and_no_more():
    assert mser5(START_UP + SETTLED) == 20
    assert mser5([*START_UP, 10.0, *SETTLED]) == 25  # whole batches only
    assert mser5(SETTLED) == 0
    with pytest.raises(AssertionError):
        assert mser5(START_UP + SETTLED) == 0


def test_a_series_that_still_rises_has_not_settled():
    assert mser5(np.arange(100.0)) is None
    with pytest.raises(AssertionError):
        assert mser5(SETTLED) is None


def test_mser5_refuses_a_series_too_short():
    with pytest.raises(ValueError, match="20 values"):
        mser5([1.0] * 19)


@pytest.mark.parametrize(
    ("n_given", "is_enough"), [(0, False), (19, False), (20, True), (40, True)]
)
def test_a_warm_up_is_long_enough_if_it_holds_the_start_up(n_given, is_enough):
    found = check_warm_up([START_UP + SETTLED] * 3, n_given)
    assert found.is_long_enough is is_enough
    assert (found.n_needed, found.level) == (20, 0.5)
    with pytest.raises(AssertionError):
        assert found.is_long_enough is not is_enough


def test_no_warm_up_is_long_enough_for_a_series_that_does_not_settle():
    found = check_warm_up(np.arange(100.0), 90)
    assert not found.is_long_enough
    assert found.n_needed is None
    assert math.isnan(found.level)
