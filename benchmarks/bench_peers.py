"""The tandem workload in other simulators, each in turn with the compiled engine.

A simulator that is not installed is skipped by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import by_hand
import numpy as np
import pytest
from answers import check, check_small_run
from growth import Tell
from ratio import in_turn, timed
from workloads import TANDEM_SOJOURN, tandem

from sim.engines import run

N_CASES = 10_000
ROUNDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """What a peer leaves: how many cases, services and minutes of mean sojourn."""

    n_cases: int
    n_services: int
    sojourn: float


def by_ciw(n_cases: int, seed: int) -> Callable[[], Passed]:
    import ciw

    stations = len(by_hand.SERVERS)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=1), *[None] * (stations - 1)],
        service_distributions=[ciw.dists.Exponential(rate=1 / mean) for mean in by_hand.MEANS],
        number_of_servers=list(by_hand.SERVERS),
        routing=np.eye(stations, k=1).tolist(),
    )
    ciw.seed(seed)
    simulation = ciw.Simulation(network)

    def once() -> Passed:
        simulation.simulate_until_max_customers(n_cases)
        records = simulation.get_all_records()
        arrived: dict[int, float] = {}
        left: dict[int, float] = {}
        for record in records:
            case = record.id_number
            arrived[case] = min(arrived.get(case, np.inf), record.arrival_date)
            left[case] = max(left.get(case, 0.0), record.exit_date)
        done = [record.id_number for record in records if record.node == stations]
        sojourn = np.mean([left[case] - arrived[case] for case in done])
        return Passed(n_cases=len(done), n_services=len(records), sojourn=float(sojourn))

    return once


def by_salabim(n_cases: int, seed: int) -> Callable[[], Passed]:
    import salabim

    salabim.yieldless(False)
    env = salabim.Environment(random_seed=seed, trace=False)
    desks = [salabim.Resource(capacity=n) for n in by_hand.SERVERS]
    times = [salabim.Exponential(mean) for mean in by_hand.MEANS]
    sojourns: list[float] = []
    services: list[tuple[float, float, float]] = []

    class Case(salabim.Component):  # type: ignore[misc]
        def process(self):  # type: ignore[no-untyped-def]
            arrived = env.now()
            for desk, drawn in zip(desks, times, strict=True):
                ready = env.now()
                yield self.request(desk)
                started = env.now()
                yield self.hold(drawn.sample())
                self.release(desk)
                services.append((ready, started, env.now()))
            sojourns.append(env.now() - arrived)

    def once() -> Passed:
        salabim.ComponentGenerator(Case, iat=salabim.Exponential(1), number=n_cases)
        env.run()
        return Passed(
            n_cases=len(sojourns), n_services=len(services), sojourn=float(np.mean(sojourns))
        )

    return once


PEERS: Mapping[str, Callable[[int, int], Callable[[], Passed]]] = {
    "ciw": by_ciw,
    "salabim": by_salabim,
}


@pytest.mark.parametrize("peer", PEERS)
def test_tandem(tell: Tell, peer: str) -> None:
    pytest.importorskip(peer, reason=f"{peer} is not installed")
    model = tandem(N_CASES)

    def by_fast(seed: int) -> Mapping[str, float]:
        made, seconds = timed(lambda: run(model, seed=seed, replication=0, engine="fast"))
        check("tandem", N_CASES, made.cases, made.work_items)
        return {"run": seconds}

    def by_peer(seed: int) -> Mapping[str, float]:
        ready = PEERS[peer](N_CASES, seed)
        passed, seconds = timed(ready)
        assert passed.n_cases == pytest.approx(N_CASES, rel=0.01)
        assert passed.n_services == pytest.approx(3 * N_CASES, rel=0.01)
        assert passed.sojourn == pytest.approx(TANDEM_SOJOURN, rel=0.15)
        return {"run": seconds}

    check_small_run("tandem")
    ratio = in_turn(by_fast, by_peer, rounds=ROUNDS)["run"]
    tell(f"tandem, run of fast against {peer}", ratio)
    assert ratio.median > 1
