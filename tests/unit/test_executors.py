"""Replications on executors that are not ours: same digits, models once each, versions alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.errors import EngineError, RequestError
from sim.experiment import executors
from sim.experiment.executors import Crew
from sim.experiment.plan import plan_compare
from sim.experiment.replication import Done, Failed, Job
from sim.experiment.runner import Ran, run_cells
from sim.experiment.versions import versions_run

SMALL = str(Path(__file__).parents[1] / "data" / "small.yaml")


@pytest.fixture(scope="module")
def job() -> Job:
    return Job(models=plan_compare(SMALL).models, seed=1, engine="reference")


@pytest.fixture(scope="module")
def alone(job: Job) -> Ran:
    return run_cells(job, replications=10, workers=1)


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    executors._models.clear()
    yield
    executors._models.clear()


class Counting(Executor):
    """Threads that count what is sent, and may have the answer spoiled."""

    def __init__(self, spoil: Callable[[int], None] = lambda _: None) -> None:
        self.threads = ThreadPoolExecutor(2)
        self.parcels: list[bytes | None] = []
        self.spoil = spoil

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.parcels.append(args[-1])
        n = len(self.parcels)

        def call() -> Any:
            self.spoil(n)
            return fn(*args, **kwargs)

        return self.threads.submit(call)


def run_with(executor: Executor, job: Job, **how: Any) -> Ran:
    crew = Crew(executor=executor, n_workers=lambda: 2)
    return run_cells(job, replications=10, workers=1, crew=crew, **how)


def test_any_executor_gives_the_digits_of_one_thread(job: Job, alone: Ran) -> None:
    with ThreadPoolExecutor(2) as threads:
        assert run_with(threads, job) == alone
        assert run_with(threads, Job(models=job.models, seed=2, engine="reference")) != alone


def test_a_model_is_sent_about_once_to_each_worker_and_not_with_each_task(job: Job) -> None:
    counting = Counting()
    run_with(counting, job)
    sent = [parcel for parcel in counting.parcels if parcel is not None]
    # Threads share what they remember: each model once, or as often as tasks were under way.
    assert len(set(sent)) == len(job.models) == 2
    assert len(sent) <= 2 * len(job.models)
    assert len(counting.parcels) == 20 + len(sent)
    run_with(counting, job)
    assert [each for each in counting.parcels if each is not None] == sent


def test_a_worker_that_forgets_is_sent_the_model_again(
    job: Job, alone: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executors, "_MOST_MODELS", 1)
    assert run_with(Counting(), job) == alone


def test_what_was_finished_before_is_not_sent(job: Job, alone: Ran) -> None:
    counting = Counting()
    kept = [each for each in alone.done if not isinstance(each, Failed)][:-1]
    assert run_with(counting, job, finished=kept) == alone
    assert len(counting.parcels) == 2  # once without the model, once with it


def test_a_worker_with_other_versions_is_refused_by_name(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = versions_run() | {"numpy": "1.26.0"}
    monkeypatch.setattr(executors, "work", lambda *_: executors.Unlike(host="n7", versions=other))
    with pytest.raises(RequestError, match=r"on n7 has numpy 1\.26\.0, not .*same versions"):
        run_with(ThreadPoolExecutor(1), job)
    monkeypatch.undo()
    assert executors.unlike(versions_run()) == ""  # twin
    assert executors.work("key", 0, other, None) == executors.Unlike(
        host=executors.socket.gethostname(), versions=versions_run()
    )


@pytest.mark.parametrize(
    ("error", "refusal", "words"),
    [
        (
            BrokenExecutor("a process died"),
            EngineError,
            "are lost: a process died.*taken up",
        ),
        (CancelledError(), EngineError, "workers are lost.*same command"),
        (OSError("connection closed"), EngineError, "connection closed"),
        (ModuleNotFoundError("No module named 'sim'"), RequestError, "cannot load lienthong"),
    ],
)
def test_a_crew_that_is_lost_is_an_error_with_a_way_out(
    job: Job, error: BaseException, refusal: type[Exception], words: str
) -> None:
    def spoil(n: int) -> None:
        if n > 14:
            raise error

    seen: list[Done] = []
    with pytest.raises(refusal, match=words):
        run_with(Counting(spoil), job, on_done=seen.append)
    assert seen  # what was done before was handed on


def test_a_task_that_no_worker_outlives_is_a_row(job: Job, alone: Ran) -> None:
    def spoil(n: int) -> None:
        if n == 1:
            raise RuntimeError("all 4 workers died\nwhile running it")

    ran = run_with(Counting(spoil), job)
    (failed,) = [each for each in ran.done if isinstance(each, Failed)]
    assert failed == Failed(model=0, replication=0, error="all 4 workers died while running it")
    assert [each for each in ran.done if each != failed] == list(alone.done[1:])


def test_an_interrupt_keeps_what_was_done_and_sends_no_more(job: Job, alone: Ran) -> None:
    seen: list[Done] = []

    def interrupt(done: Done) -> None:
        seen.append(done)
        if len(seen) == 3:
            raise KeyboardInterrupt

    counting = Counting()
    ran = run_with(counting, job, on_done=interrupt)
    assert not ran.is_complete
    assert len(ran.done) == 3
    assert set(ran.done) <= set(alone.done)
    assert len(counting.parcels) < 20


def test_a_study_takes_an_executor_in_place_of_a_scheduler(tmp_path: Path) -> None:
    how: dict[str, Any] = {"replications": 3, "engine": "reference"}
    with ThreadPoolExecutor(2) as threads:
        study = sim.run(SMALL, scheduler=threads, workers=2, **how)
        with pytest.raises(RequestError, match="cases: tables do not come"):
            sim.run(SMALL, scheduler=threads, tables="cases", out=tmp_path, **how)
    alone = sim.run(SMALL, workers=1, **how)
    assert study.kpis.equals(alone.kpis)
    assert "scheduler" not in study.manifest["command"]
    assert study.tables == {}
    assert set(alone.tables) == {"cases", "dossiers"}  # twin
    assert list(tmp_path.iterdir()) == []
