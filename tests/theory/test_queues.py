"""Closed forms of queueing theory against the reference engine.

Each test fixes its seed and asks for the closed form inside a 99 % interval over 10 replications:
by chance alone one in a hundred would fail, and these are the fixed ones that do not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from workloads import TANDEM_LOAD, TANDEM_SERVERS, TANDEM_SOJOURN, stations

from sim.analysis.estimate import Interval, estimate
from sim.distributions import Constant, Distribution, Exponential, Lognormal
from sim.engines import run
from sim.units import MINUTE

REPLICATIONS = 10


def mean_sojourn(
    servers: Sequence[int], services: Sequence[Distribution], *, n_cases: int, warm_up: int
) -> Interval:
    """Mean sojourn in minutes, one arrival a minute, the first minutes left out."""
    model = stations(servers, services, n_cases=n_cases, between=1.0)
    means = []
    for replication in range(REPLICATIONS):
        cases = run(model, seed=20250106, replication=replication).cases
        measured = cases["arrives_at"] >= warm_up * MINUTE
        sojourn = (cases["ended_at"] - cases["arrives_at"])[measured]
        means.append(sojourn.mean() / MINUTE)
    return estimate(np.array(means), confidence=0.99)


def wait_of_erlang_c(servers: int, load: float, service: float) -> float:
    """Mean wait of M/M/c with one arrival a unit of time; load is that of one server."""
    offered = load * servers
    busy = offered**servers / math.factorial(servers) / (1 - load)
    idle = sum(offered**k / math.factorial(k) for k in range(servers))
    return busy / (busy + idle) * service / (servers * (1 - load))


def test_one_server_with_exponential_times_waits_as_m_m_1_says() -> None:
    found = mean_sojourn([1], [Exponential(mean=0.7)], n_cases=9_000, warm_up=500)
    assert found.holds(0.7 / (1 - 0.7))
    assert not found.holds(0.7)  # twin: the service alone
    assert found.relative_half_width < 0.1


def test_three_servers_wait_as_erlang_c_says() -> None:
    found = mean_sojourn([3], [Exponential(mean=2.4)], n_cases=8_000, warm_up=500)
    assert found.holds(2.4 + wait_of_erlang_c(3, 0.8, 2.4))
    assert not found.holds(2.4 + wait_of_erlang_c(4, 0.6, 2.4))  # twin: one server more
    assert found.relative_half_width < 0.1


@pytest.mark.parametrize("cv", [0.0, 0.5, 1.5])
def test_one_server_with_any_times_waits_as_pollaczek_and_khinchine_say(cv: float) -> None:
    service: Distribution = Lognormal.by_mean(0.6, cv) if cv else Constant(value=0.6)
    found = mean_sojourn([1], [service], n_cases=9_000, warm_up=500)
    assert found.holds(0.6 + 0.6**2 * (1 + cv**2) / (2 * (1 - 0.6)))
    assert not found.holds(0.6 + 0.6**2 * (1 + (cv + 1) ** 2) / (2 * (1 - 0.6)))  # twin: cv + 1


def test_three_stations_in_tandem_give_the_sum_of_their_closed_forms() -> None:
    services = [Exponential(mean=TANDEM_LOAD * servers) for servers in TANDEM_SERVERS]
    expected = sum(
        TANDEM_LOAD * servers + wait_of_erlang_c(servers, TANDEM_LOAD, TANDEM_LOAD * servers)
        for servers in TANDEM_SERVERS
    )
    assert expected == pytest.approx(TANDEM_SOJOURN, abs=5e-4)
    found = mean_sojourn(TANDEM_SERVERS, services, n_cases=12_000, warm_up=500)
    assert found.holds(expected)
    assert not found.holds(expected * 1.1)  # twin
    assert found.relative_half_width < 0.05


def test_the_number_inside_is_the_arrival_rate_times_the_sojourn() -> None:
    """Little's law, with the number inside counted at instants and not derived from sojourns."""
    model = stations([2, 1], [Exponential(mean=1.4), Exponential(mean=0.6)], n_cases=9_000,
                     between=1.0)  # fmt: skip
    cases = run(model, seed=7, replication=0).cases
    arrives, ends = np.sort(cases["arrives_at"]), np.sort(cases["ended_at"])
    looks = np.arange(1_000 * MINUTE, 8_000 * MINUTE, MINUTE // 2)
    inside = np.searchsorted(arrives, looks, "right") - np.searchsorted(ends, looks, "right")
    measured = (cases["arrives_at"] >= looks[0]) & (cases["arrives_at"] < looks[-1])
    rate = measured.sum() / (looks[-1] - looks[0])
    sojourn = (cases["ended_at"] - cases["arrives_at"])[measured].mean()
    assert inside.mean() == pytest.approx(rate * sojourn, rel=0.02)
    in_service = 1.4 + 0.6
    assert inside.mean() != pytest.approx(rate * in_service * MINUTE, rel=0.02)  # twin: no queue
