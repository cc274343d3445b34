"""What ends alone tell: orders, rare steps, times that were cut off, and changes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from registers import read

import sim
from sim.logs.learning.censored import times_beside, times_between
from sim.logs.learning.change import last_change
from sim.logs.learning.learn import learn
from sim.logs.learning.mining import Visits, mine
from sim.logs.learning.rare import with_rare
from sim.logs.learning.tree import InOrder, Leaf, OneOf, SideBySide, accepts, counted, loose_pairs
from sim.report.learnt import scenario_text

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


def test_the_later_of_two_times_is_as_it_was_seen() -> None:
    stream = np.random.default_rng(8)
    worked = stream.gamma(1.5, 10, 4000)
    # Who works long lasts long: the two know of each other.
    whole = np.maximum(worked, stream.gamma(8, 4, 4000) + 0.3 * worked)
    limit = stream.uniform(20, 90, 4000)
    is_over = whole <= limit
    found = times_beside(worked, np.minimum(whole, limit), is_over)
    assert found is not None
    again = np.maximum(stream.permutation(worked), stream.choice(np.asarray(found.values), 4000))
    shares = np.arange(2, 19) / 20
    assert np.quantile(again, shares) == pytest.approx(np.quantile(whole, shares), rel=0.06)
    # Cases that are not over count with what they have lasted.
    left_out = times_beside(worked[is_over], whole[is_over], is_over[is_over])
    assert left_out is not None
    assert left_out.values[15] < 0.94 * found.values[15]
    assert times_beside(worked, whole, np.zeros(4000, bool)) is None


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


def filings(tmp_path: Path, *, weekend: bool) -> str:
    """What is learnt of 280 filings, on every day of the week or on working days alone."""
    lines = ["case,step,start,end,channel,filed"]
    begin = dt.datetime(2025, 1, 6, 0, 30)
    for at in range(280):
        filed = begin + dt.timedelta(days=at % 280)
        is_off = filed.weekday() >= 5 and not weekend
        filed -= dt.timedelta(days=2 if is_off else 0)
        work = filed.replace(hour=9 + at % 8)
        work += dt.timedelta(days=max(7 - work.weekday(), 0) if work.weekday() >= 5 else 0)
        end = work + dt.timedelta(minutes=20)
        instants = (f"{each:%Y-%m-%d %H:%M}" for each in (work, end))
        lines.append(f"{at},check,{','.join(instants)},online,{filed:%Y-%m-%d %H:%M}")
    path = tmp_path / f"register-{weekend}.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return scenario_text(learn(read(path, columns={"filed_at": "filed"})))


def test_days_of_filing_are_written_where_chance_did_not_make_them(tmp_path: Path) -> None:
    text = filings(tmp_path, weekend=False)
    (line,) = (line for line in text.splitlines() if "weekdays: {mon" in line)
    assert "sat: 0, sun: 0" in line
    assert "n 280" in line
    file = tmp_path / "office.yaml"
    file.write_text(text, encoding="utf-8")
    assert sim.check(file).faults == ()
    assert "weekdays: {mon" not in filings(tmp_path, weekend=True)


def test_quick_cases_alone_near_the_end_of_a_register_are_no_change(tmp_path: Path) -> None:
    stream = np.random.default_rng(11)
    begin = np.datetime64("2024-01-01")
    filed = np.sort(stream.integers(0, 300, 1500))
    days = np.busday_offset(begin + filed, stream.gamma(2, 20, 1500).astype(int), roll="forward")
    lines = ["case,step,end,filed"]
    for at in np.flatnonzero(days < begin + 300).tolist():
        end = f"{days[at]} {8 + at % 8:02d}:{at % 60:02d}"
        lines.append(f"{at},check,{end},{begin + filed[at]} 07:00")
    path = tmp_path / "register.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (bundle,) = learn(read(path, columns={"filed_at": "filed"})).bundles
    wait = bundle.flows[0].steps["check"].wait
    assert wait is not None
    assert wait.out_of == len(lines) - 1 > 1000
    assert wait.times is not None
    # Forty working days on average, of eight hours; what was seen took less.
    assert wait.times.mean.mean == pytest.approx(40 * 8, rel=0.12)
