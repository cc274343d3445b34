"""The workloads in other simulators, each in turn with the compiled engine.

A simulator that is not installed is skipped by its name.  Models in another language than Python,
or longer than a page, are in ``peers``.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import by_hand
import numpy as np
import pytest
from answers import check, check_small_run
from growth import Tell
from peers import linked_in_prosimos
from ratio import in_turn, timed
from workloads import FOLDER, ITEMS, LINKED_A_WEEK, LINKED_SOJOURN, TANDEM_SOJOURN, WORKLOADS

from sim.engines import run

N_CASES: Final = {"tandem": 10_000, "linked": 8 * LINKED_A_WEEK}
ROUNDS = 3

SOJOURNS: Final = {
    "tandem": (pytest.approx(TANDEM_SOJOURN, rel=0.15),),
    "linked": (
        pytest.approx(LINKED_SOJOURN[0], rel=0.08),
        pytest.approx(LINKED_SOJOURN[1], rel=0.02),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """What a peer leaves: how many cases and services, minutes of mean sojourn by channel.

    ``seconds`` is the processor time of its run and of reading its records.
    """

    n_cases: int
    n_services: int
    sojourns: tuple[float, ...]
    seconds: float


def by_ciw(n_cases: int, seed: int) -> Passed:
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

    def once() -> tuple[int, int, float]:
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
        return len(done), len(records), float(sojourn)

    (n_done, n_services, sojourn), seconds = timed(once)
    return Passed(n_cases=n_done, n_services=n_services, sojourns=(sojourn,), seconds=seconds)


def by_salabim(n_cases: int, seed: int) -> Passed:
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

    def once() -> float:
        salabim.ComponentGenerator(Case, iat=salabim.Exponential(1), number=n_cases)
        env.run()
        return float(np.mean(sojourns))

    sojourn, seconds = timed(once)
    return Passed(
        n_cases=len(sojourns), n_services=len(services), sojourns=(sojourn,), seconds=seconds
    )


def by_simmer(workload: str, n_cases: int, seed: int) -> Passed:
    script = FOLDER / "peers" / f"{workload}.R"
    words = ["Rscript", str(script), str(n_cases), str(seed)]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()
    return Passed(
        n_cases=int(said[0]),
        n_services=int(said[1]),
        sojourns=tuple(map(float, said[3:])),
        seconds=float(said[2]),
    )


def by_prosimos(n_cases: int, seed: int) -> Passed:
    from prosimos.simulation_engine import run_simulation

    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - Prosimos draws from the global state
    with TemporaryDirectory() as folder:
        bpmn, times, log = (Path(folder) / name for name in ("linked.bpmn", "linked.json", "log"))
        linked_in_prosimos.write_bpmn(bpmn)
        linked_in_prosimos.write_times(times)
        start = "2025-01-06T00:00:00+00:00"
        once = partial(
            run_simulation,
            str(bpmn), str(times), n_cases, log_out_path=str(log), starting_at=start,
        )  # fmt: skip
        _, seconds = timed(once)
        n_done, n_services, sojourns = linked_in_prosimos.read_log(log)
    return Passed(n_cases=n_done, n_services=n_services, sojourns=sojourns, seconds=seconds)


PEERS: Mapping[tuple[str, str], Callable[[int, int], Passed]] = {
    ("tandem", "ciw"): by_ciw,
    ("tandem", "salabim"): by_salabim,
    ("tandem", "simmer"): partial(by_simmer, "tandem"),
    ("linked", "simmer"): partial(by_simmer, "linked"),
    ("linked", "prosimos"): by_prosimos,
}


def skip_without(peer: str) -> None:
    if peer != "simmer":
        pytest.importorskip(peer, reason=f"{peer} is not installed")
        return
    ask = ["Rscript", "-e", "library(simmer)"]
    has_r = shutil.which(ask[0])
    if not has_r or subprocess.run(ask, check=False, capture_output=True).returncode:
        pytest.skip("simmer is not installed, or no Rscript")


@pytest.mark.timeout(900)  # Prosimos takes 20 s a round, and more beside others
@pytest.mark.parametrize(("workload", "peer"), PEERS)
def test_peer(tell: Tell, workload: str, peer: str) -> None:
    skip_without(peer)
    n_cases = N_CASES[workload]
    model = WORKLOADS[workload](n_cases)

    def by_fast(seed: int) -> Mapping[str, float]:
        made, seconds = timed(lambda: run(model, seed=seed, replication=0, engine="fast"))
        check(workload, n_cases, made.cases, made.work_items)
        return {"run": seconds}

    def by_peer(seed: int) -> Mapping[str, float]:
        passed = PEERS[workload, peer](n_cases, seed)
        assert passed.n_cases == pytest.approx(n_cases, rel=0.01)
        assert passed.n_services == pytest.approx(ITEMS[workload] * n_cases, rel=0.01)
        assert passed.sojourns == SOJOURNS[workload]
        return {"run": passed.seconds}

    check_small_run(workload)
    ratio = in_turn(by_fast, by_peer, rounds=ROUNDS)["run"]
    tell(f"{workload}, run of fast against {peer}", ratio)
    assert ratio.median > 1
