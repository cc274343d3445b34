"""A study on a Dask cluster of real processes: same digits, also where a worker is killed."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.cli import main
from sim.errors import RequestError
from sim.experiment import cluster
from sim.experiment.versions import versions_run

pytest.importorskip("distributed")

# Its threads and sockets are taken down after a test has ended.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

ROOT = Path(__file__).parents[2]
SMALL = str(ROOT / "tests" / "data" / "small.yaml")
STUDY: dict[str, Any] = {"replications": 8, "engine": "reference"}


@pytest.fixture(scope="module")
def workers() -> Iterator[Any]:
    """Two workers, each a process, and their scheduler."""
    from distributed import LocalCluster

    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(ROOT)
    try:
        with LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50
        ) as found:
            yield found
    finally:
        os.environ.pop("PYTHONPATH")
        if before is not None:
            os.environ["PYTHONPATH"] = before


@pytest.fixture(scope="module")
def alone() -> sim.Study:
    return sim.compare(SMALL, workers=1, tables="none", **STUDY)


def assert_same(found: sim.Study, wanted: sim.Study) -> None:
    assert found.kpis.equals(wanted.kpis)
    assert found.estimates.equals(wanted.estimates)


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_a_worker_that_is_killed_costs_nothing_and_changes_no_digit(
    workers: Any, alone: sim.Study, tmp_path: Path
) -> None:
    victims = [worker.pid for worker in workers.workers.values()]
    killed: list[float] = []

    def kill(doing: str, done: float, total: int) -> None:
        if doing.startswith("simulating") and done >= 2 and not killed:
            killed.append(done)
            os.kill(victims[0], signal.SIGKILL)

    study = sim.compare(
        SMALL, scheduler=workers.scheduler_address, out=tmp_path, progress=kill, **STUDY
    )
    assert killed
    assert killed[0] < 16
    assert_same(study, alone)
    assert study.manifest["failures"] == []
    assert study.manifest["workers"] == 2
    assert study.tables == {}
    with pytest.raises(AssertionError):  # the twin
        assert_same(study, sim.compare(SMALL, workers=1, tables="none", replications=2))


def test_the_command_runs_there_too_and_says_what_it_cannot(
    workers: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("run", SMALL, "--replications", "2", "--engine", "reference", "--quiet")
    there = (*words, "--scheduler", workers.scheduler_address, "--out", str(tmp_path / "there"))
    assert main(there) == 0
    assert main([*words, "--tables", "none", "--out", str(tmp_path / "here")]) == 0
    one, two = ((tmp_path / name / "kpis.csv").read_bytes() for name in ("there", "here"))
    assert one == two
    capsys.readouterr()
    assert main([*there, "--tables", "cases"]) == 2
    assert "cases: tables do not come from the workers" in capsys.readouterr().err
    assert main([*there, "--workers", "2"]) == 2
    assert "Leave out the number of workers, or the scheduler" in capsys.readouterr().err


def test_a_cluster_with_other_versions_is_refused_before_anything_is_run(
    workers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.experiment import executors

    mine = versions_run() | {"code": "another"}
    monkeypatch.setattr(executors, "versions_run", lambda: mine)
    with (
        pytest.raises(RequestError, match=r"the scheduler'.*code [0-9a-f]{12}, not another"),
        cluster.connected(workers.scheduler_address),
    ):
        pass
    monkeypatch.undo()
    with cluster.connected(workers.scheduler_address) as crew:  # the twin
        assert crew.n_workers() == 2


def test_where_nobody_answers_that_is_said() -> None:
    for address, words in (
        ("tcp://127.0.0.1:9", r"no Dask scheduler answers at tcp://127\.0\.0\.1:9.*dask scheduler"),
        ("nonsense://x", "no Dask scheduler answers at nonsense://x"),
    ):
        with pytest.raises(RequestError, match=words), cluster.connected(address, patience=1):
            pass


def test_a_scheduler_without_workers_is_refused(
    workers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import distributed
    from distributed import LocalCluster

    # On the loop that runs already: a busy machine may not start another one's thread in time.
    monkeypatch.setattr(distributed, "Client", partial(distributed.Client, loop=workers.loop))
    with (
        LocalCluster(
            n_workers=0, processes=False, dashboard_address=":0", loop=workers.loop
        ) as empty,
        pytest.raises(RequestError, match=r"has no worker. Start some: dask worker"),
        cluster.connected(empty.scheduler_address, patience=1),
    ):
        pass


def test_without_dask_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(RequestError, match=r"not installed.*pip install 'lienthong\[cluster\]'"),
        cluster.connected("tcp://127.0.0.1:8786"),
    ):
        pass
