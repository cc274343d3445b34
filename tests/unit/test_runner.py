"""Replications over workers: same digits, failures as rows, nothing lost to a worker that dies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sim import engines
from sim.errors import EngineError, LienthongError
from sim.experiment import runner
from sim.experiment.plan import plan_compare
from sim.experiment.replication import Done, Failed, Finished, Job
from sim.experiment.runner import Ran, choose_engine, run_cells
from sim.model import Model

SMALL = str(Path(__file__).parents[1] / "data" / "small.yaml")

DEADLY = """
import os

class Deadly:
    def up_calendar(self, key, horizon):
        os._exit(1)
"""


@pytest.fixture(scope="module")
def models() -> tuple[Model, ...]:
    return plan_compare(SMALL).models


@pytest.fixture(scope="module")
def alone(models: tuple[Model, ...]) -> Ran:
    return run_cells(Job(models=models, seed=1, engine="reference"), replications=2, workers=1)


def broken(model: Model) -> Model:
    """A model of which every replication raises: its flows lead to elements that it lacks."""
    return replace(model, elements=())


def finished(ran: Ran) -> list[Finished]:
    return [each for each in ran.done if isinstance(each, Finished)]


def test_two_workers_give_the_digits_of_one(models: tuple[Model, ...], alone: Ran) -> None:
    shared = run_cells(Job(models=models, seed=1, engine="reference"), replications=2, workers=2)
    assert shared == alone
    assert len(finished(alone)) == 4
    assert all(each.measures and each.n_cases > 20 for each in finished(alone))


@pytest.mark.parametrize("most_at_once", [0, runner.MOST_AT_ONCE])
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_any_number_of_threads_gives_the_digits_of_one(
    models: tuple[Model, ...],
    alone: Ran,
    monkeypatch: pytest.MonkeyPatch,
    workers: int,
    most_at_once: int,
) -> None:
    monkeypatch.setattr(runner, "MOST_AT_ONCE", most_at_once)  # 0: threads for parts alone
    job = Job(models=models, seed=1, engine="fast")
    assert run_cells(job, replications=2, workers=workers) == alone


def test_processes_give_the_digits_of_one_thread(
    models: tuple[Model, ...], alone: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "_is_for_threads", lambda *_: False)
    assert run_cells(Job(models=models, seed=1, engine="fast"), replications=2, workers=2) == alone


@pytest.mark.parametrize(
    ("n_cases", "n_tasks", "workers", "is_for_threads"),
    [
        (100, 1000, 16, True),  # over before a process has started
        (60_000, 1000, 2, True),  # Python's lock does not hold up two
        (60_000, 1000, 16, False),
        (600_000, 1000, 16, True),  # little of it is in Python
    ],
)
def test_much_work_on_small_replications_goes_to_processes_where_there_are_many_cores(
    models: tuple[Model, ...],
    monkeypatch: pytest.MonkeyPatch,
    n_cases: int,
    n_tasks: int,
    workers: int,
    is_for_threads: bool,
) -> None:
    monkeypatch.setattr(Model, "expected_cases", lambda _: n_cases)
    tasks = [(0, i) for i in range(n_tasks)]
    job = Job(models=models[:1], seed=1, engine="fast")
    assert runner._is_for_threads(job, tasks, workers) is is_for_threads
    assert not runner._is_for_threads(replace(job, engine="reference"), tasks, workers)


def test_twin_another_seed_gives_other_digits(models: tuple[Model, ...], alone: Ran) -> None:
    other = run_cells(Job(models=models, seed=2, engine="reference"), replications=2, workers=1)
    with pytest.raises(AssertionError):
        assert other == alone


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failed_replication_is_a_row_and_the_rest_goes_on(
    models: tuple[Model, ...], alone: Ran, workers: int
) -> None:
    job = Job(models=(models[0], broken(models[1])), seed=1, engine="reference")
    ran = run_cells(job, replications=2, workers=workers)
    assert ran.is_complete
    assert finished(ran) == [each for each in finished(alone) if each.model == 0]
    failed = [each for each in ran.done if isinstance(each, Failed)]
    assert [(each.model, each.replication) for each in failed] == [(1, 0), (1, 1)]
    assert all("IndexError" in each.error and "\n" not in each.error for each in failed)


def test_twin_a_sound_model_makes_no_such_row(alone: Ran) -> None:
    with pytest.raises(AssertionError):
        assert any(isinstance(each, Failed) for each in alone.done)


def test_a_worker_that_dies_takes_only_its_own_replications_with_it(
    models: tuple[Model, ...],
    alone: Ran,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "deadly.py").write_text(DEADLY)
    monkeypatch.syspath_prepend(tmp_path)
    import deadly  # type: ignore[import-not-found]

    deaths = replace(models[1], systems=(deadly.Deadly(),))
    job = Job(models=(models[0], deaths), seed=1, engine="reference")
    ran = run_cells(job, replications=1, workers=2)
    assert finished(ran) == [finished(alone)[0]]
    assert [(each.model, each.replication) for each in ran.done] == [(0, 0), (1, 0)]
    (dead,) = [each for each in ran.done if isinstance(each, Failed)]
    assert "died" in dead.error


@pytest.mark.parametrize("workers", [1, 2])
def test_after_an_interrupt_what_was_done_is_there(
    models: tuple[Model, ...], alone: Ran, workers: int
) -> None:
    seen: list[Done] = []

    def interrupt(done: Done) -> None:
        seen.append(done)
        if len(seen) == 2:
            raise KeyboardInterrupt

    job = Job(models=models, seed=1, engine="reference")
    ran = run_cells(job, replications=2, workers=workers, on_done=interrupt)
    assert not ran.is_complete
    assert len(ran.done) == 2
    assert set(ran.done) <= set(alone.done)


def test_all_models_of_a_replication_come_before_the_next(models: tuple[Model, ...]) -> None:
    seen: list[tuple[int, int]] = []
    job = Job(models=models, seed=1, engine="reference")
    run_cells(
        job,
        replications=2,
        workers=1,
        on_done=lambda done: seen.append((done.replication, done.model)),
    )
    assert seen == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_what_was_finished_before_is_not_run_again(models: tuple[Model, ...], alone: Ran) -> None:
    seen: list[Done] = []
    ran = run_cells(
        Job(models=models, seed=1, engine="reference"),
        replications=2,
        workers=1,
        on_done=seen.append,
        finished=finished(alone)[:3],
    )
    assert ran == alone
    assert len(seen) == 1


def test_working_days_are_counted_by_group(models: tuple[Model, ...], alone: Ran) -> None:
    first = finished(alone)[0]
    whole = next(each for each in first.days if each.group == "residence")
    completed = {m.kpi: m.value for m in first.measures if m.group == "residence"}
    n = sum(count for _, count in whole.days)
    mean = sum(days * count for days, count in whole.days) / n
    assert mean == pytest.approx(completed["working_days_mean"], rel=1e-12)
    # Every case stands under the limit of two working days.
    assert whole.limits == ((2, n),)


def test_an_engine_that_is_not_there_is_refused_by_name(models: tuple[Model, ...]) -> None:
    with pytest.raises(EngineError, match=r"no engine 'quick'; there are: auto, reference"):
        choose_engine(models, "quick")


def test_auto_takes_the_newest_engine_that_can_run_everything(
    models: tuple[Model, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Choosy:
        NAME = "choosy"

        def __init__(self, lack: tuple[str, ...]) -> None:
            self.lack = lack

        def refuses(self, model: Model) -> tuple[str, ...]:
            return self.lack

    able = {**engines.ENGINES, "choosy": Choosy(())}
    monkeypatch.setattr(engines, "ENGINES", able)
    assert choose_engine(models) == "choosy"
    monkeypatch.setattr(engines, "ENGINES", able | {"choosy": Choosy(("forks",))})
    assert choose_engine(models) != "choosy"
    with pytest.raises(EngineError, match="cannot run this: forks"):
        choose_engine(models, "choosy")


def test_an_error_that_a_user_can_mend_keeps_its_own_words(
    models: tuple[Model, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise LienthongError("two\nlines")

    monkeypatch.setattr(engines, "run", refuse)
    ran = run_cells(Job(models=models[:1], seed=1, engine="reference"), replications=1, workers=1)
    assert ran.done == (Failed(model=0, replication=0, error="two lines"),)
