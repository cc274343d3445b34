"""What ends alone tell: orders, rare steps, times that were cut off, and changes."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from sim.logs.learning.censored import times_as_seen, times_between
from sim.logs.learning.change import last_change
from sim.logs.learning.mining import Visits, mine
from sim.logs.learning.rare import with_rare
from sim.logs.learning.tree import InOrder, Leaf, OneOf, SideBySide, accepts, counted, loose_pairs

A, B, C, D = (Leaf(step=name) for name in "abcd")


def ends(*cases: str) -> Visits:
    """Cases as texts, a step an hour."""
    gone = np.full((len(cases), 4), np.nan)
    for row, case in enumerate(cases):
        for at, sign in enumerate(case):
            gone[row, "abcd".index(sign)] = at
    return Visits(steps=tuple("abcd"), come=gone, gone=gone, ends_alone=True)


def test_usual_orders_are_written_as_they_are_and_the_rest_side_by_side() -> None:
    cases = ["abc"] * 60 + ["acb"] * 30 + ["bac"] * 9 + ["cab"] * 1
    tree = mine(ends(*cases))
    assert isinstance(tree, OneOf)
    first, second, rest = tree.parts
    assert first == InOrder(parts=(A, B, C))
    assert second == InOrder(parts=(A, C, B))
    assert isinstance(rest, SideBySide)
    assert tree.counts == (60, 30, 10)
    assert all(accepts(tree, tuple(case)) for case in cases if case != "cab")
    assert not accepts(tree, tuple("cab"))
    assert not accepts(tree, tuple("ab"))
    # Pairs of the three steps that are side by side, of one case in ten.
    assert loose_pairs(tree) == pytest.approx(0.1 * loose_pairs(rest))
    # What overlaps is side by side, however often it comes in one order.
    seen = ends(*cases)
    beside = mine(Visits(steps=seen.steps, come=seen.come, gone=seen.gone))
    assert isinstance(beside, SideBySide)


def test_a_rare_step_is_put_where_most_cases_that_have_it_are_replayed() -> None:
    cases = ["abc"] * 200 + ["abdc"] * 5 + ["adbc"] * 1
    ways = Counter(tuple(case) for case in cases)
    tree = InOrder(parts=(A, B, C))
    found = with_rare(tree, ends(*cases), ways)
    option = OneOf(parts=(D,), counts=(5,), out_of=205)
    assert found == InOrder(parts=(A, B, option, C))
    # One that comes anywhere is left out.
    scattered = ["abc"] * 200 + ["dabc", "adbc", "abdc", "abcd"]
    assert with_rare(tree, ends(*scattered), Counter(map(tuple, scattered))) == tree
    # As is one of two cases.
    two = ["abc"] * 200 + ["abdc"] * 2
    assert with_rare(tree, ends(*two), Counter(map(tuple, two))) == tree


def test_a_choice_has_the_shares_of_today_unless_too_few_came_to_it() -> None:
    inner = OneOf(parts=(C,), counts=(50,), out_of=100)
    tree = InOrder(parts=(A, OneOf(parts=(InOrder(parts=(B, inner)),), counts=(100,), out_of=200)))
    today = {tuple("a"): 60, tuple("ab"): 8, tuple("abc"): 2}
    ever = {tuple("a"): 100, tuple("ab"): 50, tuple("abc"): 50}
    found = counted(tree, today, ever, 50)
    assert isinstance(found, InOrder)
    outer = found.parts[1]
    assert isinstance(outer, OneOf)
    assert (outer.counts, outer.out_of) == ((10,), 70)
    (way,) = outer.parts
    assert isinstance(way, InOrder)
    assert way.parts[1] == inner


def test_times_cut_off_at_either_side_have_the_quantiles_of_all() -> None:
    stream = np.random.default_rng(8)
    times = stream.gamma(2, 10, 4000)
    since, until = stream.uniform(0, 12, 4000), stream.uniform(15, 60, 4000)
    below, above = times <= since, times > until
    found = times_as_seen(times[~below & ~above], since[below], until[above])
    assert found is not None
    middles = (np.arange(20) + 0.5) / 20
    assert found.values == pytest.approx(np.quantile(times, middles), rel=0.12)
    left_out = times_as_seen(times[~below & ~above], np.empty(0), np.empty(0))
    assert left_out is not None
    assert abs(left_out.values[1] / np.quantile(times, middles[1]) - 1) > 0.12
    assert times_as_seen(np.empty(0), since, until) is None


def test_times_that_are_seen_only_if_short_have_the_mean_of_all() -> None:
    stream = np.random.default_rng(9)
    times, limit = stream.gamma(2, 10, 3000), stream.uniform(5, 60, 3000)
    seen = times <= limit
    least, most = times[seen] - 0.01, times[seen] + 0.01
    found, other = times_between(least, most, limit[seen]), times_between(least, most)
    assert found is not None
    assert other is not None
    assert found.mean.holds(20)
    assert found.cv == pytest.approx(2**-0.5, abs=0.08)
    assert other.mean.high < 20


def test_the_last_change_is_found_and_none_in_what_only_wanders() -> None:
    stream = np.random.default_rng(10)
    values = np.concatenate([stream.exponential(each, 300) for each in (10, 3, 1)])
    assert last_change(values) == pytest.approx(600, abs=40)
    flags = 0
    for _ in range(40):
        noise = stream.normal(size=900)
        wander = np.empty(900)
        wander[0] = noise[0]
        for at in range(1, 900):
            wander[at] = 0.7 * wander[at - 1] + noise[at]
        flags += last_change(wander) > 0
    assert flags <= 3
    assert last_change(values[:150]) == 0
