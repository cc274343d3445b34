"""Closed forms of queueing theory against the reference engine.

Each test fixes its seed and asks for the closed form inside a 99 % interval over 10 replications:
by chance alone one in a hundred would fail, and these are the fixed ones that do not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from stations import stations
from workloads import TANDEM_SOJOURN

from sim.absences import Absence
from sim.analysis.estimate import Interval, estimate
from sim.calendars import Calendar
from sim.distributions import Constant, Distribution, Exponential, Gamma, Lognormal, sampler
from sim.engines import run
from sim.model import Activity, Batch, Help, Model
from sim.units import MINUTE, NEVER

REPLICATIONS = 10
TANDEM_SERVERS = (5, 8, 4)
TANDEM_LOAD = 0.8


def mean_sojourn(
    servers: Sequence[int], services: Sequence[Distribution], *, n_cases: int, warm_up: int
) -> Interval:
    """Mean sojourn in minutes, one arrival a minute, the first minutes left out."""
    return mean_of(stations(servers, services, n_cases=n_cases, between=1.0), warm_up=warm_up)


def mean_of(model: Model, *, warm_up: int) -> Interval:
    """Mean sojourn in minutes of those who arrive after some minutes and whose case ends."""
    means = []
    for replication in range(REPLICATIONS):
        cases = run(model, seed=20250106, replication=replication).cases
        measured = (cases["arrives_at"] >= warm_up * MINUTE) & (cases["outcome"] > 0)
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


PRESENT, AWAY = 6.0, 2.0
"""Mean times of a server at work and away, in minutes."""


def sojourn_of_on_off(service: float) -> float:
    """Mean sojourn of M/M/1, one arrival a minute, whose server works and stops by chance.

    Times of work and of standing still are exponential, whatever waits; work is resumed where it
    stood.  The mean number inside is that of White and Christie (1958).
    """
    stops, resumes, rate = 1 / PRESENT, 1 / AWAY, 1 / service
    both = stops + resumes
    return (both**2 + stops * rate) / (both * (rate * resumes - both))


def coming_and_going(service: float, *, n_cases: int) -> Model:
    """One server who is away by chance: the calendar has ten intervals a minute.

    Spells begin and end with intervals, so that each is displaced by 3 seconds on average.
    """
    model = stations([1], [Exponential(mean=service)], n_cases=n_cases, between=1.0)
    opens = range(0, model.horizon - 28 * 24 * 60 * MINUTE, MINUTE // 10)
    closes = [at + MINUTE // 10 - 1 for at in opens]
    hours = Calendar(name="tenths", opens=tuple(opens), closes=tuple(closes))
    absence = Absence(
        present=sampler(Exponential(mean=PRESENT * MINUTE)),
        spell=sampler(Exponential(mean=AWAY * MINUTE)),
    )
    server = replace(model.staff[0], calendar=1, stream=5, absence=0)
    return replace(model, calendars=(*model.calendars, hours), absences=(absence,), staff=(server,))


def test_a_server_who_is_away_by_chance_makes_work_wait_as_an_on_off_server_does() -> None:
    found = mean_of(coming_and_going(0.5, n_cases=9_000), warm_up=500)
    assert found.holds(sojourn_of_on_off(0.5))
    share = PRESENT / (PRESENT + AWAY)
    assert not found.holds(0.5 / (share - 0.5))  # twin: slower instead of away
    assert found.relative_half_width < 0.1


def sojourn_of_batches(size: int, service: float) -> float:
    """Mean sojourn, one arrival a minute, in E_K/M/1: batches fill, wait, are served whole."""
    rate = 1 / service
    root = 0.5
    for _ in range(200):
        root = (1 / (1 + rate * (1 - root))) ** size
    return (size - 1) / 2 + root / (rate * (1 - root)) + service


def test_batches_that_fill_wait_as_e_k_m_1_says() -> None:
    """The times of K items, gamma of shape 1/K, add up to an exponential one."""
    size, service = 4, 2.8
    item = Gamma.by_mean(service / size, math.sqrt(size))
    model = stations([1], [item], n_cases=12_000, between=1.0)
    batch = Batch(size=size, at_most=NEVER, calendar=0, setup=0, together=True)
    found = mean_of(with_work(model, batch=batch), warm_up=500)
    assert found.holds(sojourn_of_batches(size, service))
    assert not found.holds(sojourn_of_batches(size, service) - (size - 1) / 2)  # twin: no filling
    assert found.relative_half_width < 0.1


def with_work(model: Model, **values: object) -> Model:
    """The model with other activities."""
    elements = [
        replace(element, **values) for element in model.elements if isinstance(element, Activity)
    ]
    return replace(model, elements=tuple(elements))


def two_offices(service: float, *, n_cases: int, after: int) -> Model:
    """Two offices alike, one arrival a minute at both together, one server at each, who help."""
    model = with_work(
        stations([1], [Exponential(mean=service)], n_cases=n_cases, between=1.0), pooled=True
    )
    demand = model.demands[0]
    half = replace(
        demand,
        homes=np.array([0, 1]),
        streams=np.array([11, 12], np.uint64),
        yearly=np.repeat(demand.yearly / 2, 2),
    )
    other = replace(model.staff[0], name="other", office=1)
    return replace(
        model,
        offices=(model.offices[0], replace(model.offices[0], name="other")),
        office_at=np.array([[0], [1]]),
        staff=(*model.staff, other),
        demands=(half,),
        roles=(replace(model.roles[0], help=Help(group_of=(0, 0), after=after)),),
    )


def test_two_offices_that_help_at_once_wait_as_one_with_all_their_staff() -> None:
    pooled = 1.6 + wait_of_erlang_c(2, 0.8, 1.6)
    apart = 1.6 / (1 - 0.8)
    found = mean_of(two_offices(1.6, n_cases=9_000, after=0), warm_up=500)
    assert found.holds(pooled)
    assert not found.holds(apart)  # twin: nobody helps
    assert found.relative_half_width < 0.1
    assert mean_of(two_offices(1.6, n_cases=9_000, after=NEVER), warm_up=500).holds(apart)
