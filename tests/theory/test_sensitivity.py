"""What an answer hangs on, where theory says it."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from sim.analysis.sensitivity import Shares, design, meets, shares
from sim.answers.hangs_on import HangsOn, Weighed
from sim.answers.search import Question, search
from sim.errors import RequestError

ISHIGAMI = {"first": (0.3139, 0.4424, 0.0), "total": (0.5576, 0.4424, 0.2437)}
"""Of sin x1 + 7 sin² x2 + 0.1 x3⁴ sin x1 (Sobol and Levitan 1999)."""


def of_ishigami(n_blocks: int) -> tuple[Shares, ...]:
    x = math.pi * (2 * design(3, n_blocks, seed=1) - 1)
    y = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    return shares(y, 3, seed=1)


def hold(found: tuple[Shares, ...], first: tuple[float, ...], total: tuple[float, ...]) -> None:
    for each, of_first, of_total in zip(found, first, total, strict=True):
        assert each.first.holds(of_first)
        assert each.total.holds(of_total)


def test_the_shares_of_the_ishigami_function_lie_within_their_intervals() -> None:
    hold(of_ishigami(512), **ISHIGAMI)


def test_shares_in_another_order_do_not() -> None:  # the twin
    with pytest.raises(AssertionError):
        hold(of_ishigami(512)[::-1], **ISHIGAMI)


def test_what_never_varies_has_no_shares() -> None:
    found = shares(np.ones(4 * 8), 2, seed=1)
    assert all(math.isnan(each.first.mean) for each in found)
    with pytest.raises(ValueError, match="missing"):
        shares([math.nan] * 32, 2, seed=1)


def test_a_curve_meets_a_line_where_it_crosses_it() -> None:
    noise = np.array([-0.1, 0.1, 0.0, -0.05, 0.05])
    values = [2 * amount + noise for amount in (0.0, 1.0, 2.0)]
    found = meets((0.0, 1.0, 2.0), values, 3.0)
    assert found is not None
    assert found.mean == pytest.approx(1.5)
    reach = 2.776 * np.std(noise, ddof=1) / math.sqrt(5) / 2
    assert (found.low, found.high) == (
        pytest.approx(1.5 - reach, abs=1e-3),
        pytest.approx(1.5 + reach, abs=1e-3),
    )
    assert meets((0.0, 1.0, 2.0), values, 5.0) is None
    falling = meets((0.0, 1.0, 2.0), [-each for each in values], -3.0)
    assert falling is not None
    assert falling.mean == pytest.approx(1.5)
    assert falling.low < falling.mean < falling.high


QUEUE = """
title: One clerk who never rests
period: {start: 2025-03-03, warm_up: 4 weeks, length: 26 weeks, run_out: 2 weeks}
replications: 8
calendars: {office: {hours: {mon-sun: "00:00-24:00"}}}
staff:
  clerk: {office: commune, people: 1, mark: stated, source: Roster}
bundles:
  residence:
    procedures: {registration: {limit: {value: 7 wd, mark: stated, source: Law}}}
    demand: {a_year: {value: 26 280, mark: stated, source: Book}}
    regimes:
      today:
        paper:
          - {open: registration}
          - do: receive
            role: clerk
            time: {value: exponential(mean 10 min), mark: assumed, range: 5-15 min}
          - {delay: post, time: {value: 60 min, mark: assumed, range: 30-90 min}}
          - {delay: rest, time: {value: 20 min, mark: assumed, range: [10 min, 22 min]}}
          - {close: registration}
target: {bundle: residence, kpi: sojourn_days_mean, at_most: 0.075}
"""
ARRIVALS = 26_280 / 365 / 24 / 60
"""A minute: with 10 min of work the clerk is busy for half of the time."""


def sojourn(work: float, post: float = 60.0, rest: float = 20.0) -> float:
    """Days in an M/M/1 queue and two delays, of minutes."""
    return (1 / (1 / work - ARRIVALS) + post + rest) / 1440


@pytest.fixture(scope="module")
def queue(tmp_path_factory: pytest.TempPathFactory) -> HangsOn:
    path = tmp_path_factory.mktemp("queue") / "queue.yaml"
    path.write_text(QUEUE, "utf-8")
    return search(Question(path=str(path), command=""), lambda *_: None)


def factor(found: HangsOn, part: str) -> Weighed:
    return next(each for each in found.weighed if f".{part}." in each.factor.name)


def hold_effects(found: HangsOn, time_of: Callable[[float], float], part: str) -> None:
    written = time_of(1.0)
    for effect in factor(found, part).effects:
        assert effect.amount is not None
        share = effect.amount / factor(found, part).factor.stretch.written  # type: ignore[union-attr]
        assert effect.moved[0].low - 1e-9 <= time_of(share) - written
        assert time_of(share) - written <= effect.moved[0].high + 1e-9


def test_the_effects_of_a_queue_are_those_of_theory(queue: HangsOn) -> None:
    hold_effects(queue, lambda share: sojourn(10 * share), "receive")
    hold_effects(queue, lambda share: sojourn(10, post=60 * share), "post")


def test_effects_of_a_queue_with_other_work_are_refused(queue: HangsOn) -> None:  # the twin
    with pytest.raises(AssertionError):
        hold_effects(queue, lambda share: sojourn(11 * share), "receive")


def test_factors_are_ranked_by_what_they_move(queue: HangsOn) -> None:
    ranked = [each.factor.name.split(".")[-2] for each in queue.ranked()]
    assert ranked == ["receive", "post", "rest"]


def test_the_target_turns_where_theory_says(queue: HangsOn) -> None:
    (turn,) = factor(queue, "post").turns
    assert turn.at is not None
    minutes = 0.075 * 1440 - 20 - 20  # 20 in the queue, 20 of the other delay
    assert turn.at.low / 60e6 <= minutes <= turn.at.high / 60e6
    assert not turn.at.low / 60e6 <= minutes + 5 <= turn.at.high / 60e6  # the twin
    assert not factor(queue, "rest").turns


def test_the_shares_of_a_queue_are_those_of_theory(queue: HangsOn) -> None:
    draws = np.random.default_rng(1).random((200_000, 3))
    work = 5 + 10 * draws[:, 0]
    post = 30 + 60 * draws[:, 1]
    rest = np.array([20.0, 10.0, 22.0])[(3 * draws[:, 2]).astype(int)]
    parts = {
        "receive": np.var([sojourn(each, 0, 0) for each in work]),
        "post": np.var(post / 1440),
        "rest": np.var(rest / 1440),
    }
    whole = sum(parts.values())  # nothing interplays: times add up
    for part, variance in parts.items():
        assert factor(queue, part).shares[0].total.holds(variance / whole)
    wrong = parts["post"] / whole  # the twin
    assert not factor(queue, "receive").shares[0].total.holds(wrong)


def test_without_salib_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.answers.search.has_design", lambda: False)
    with pytest.raises(RequestError, match="lienthong\\[sensitivity\\]"):
        search(Question(path="nowhere.yaml", command=""), lambda *_: None)
