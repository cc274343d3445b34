"""A workbench: the digits of a comparison, nothing run twice, nothing read that is not let in."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

import sim
from sim import engines
from sim.api.workbench import (
    BASELINE,
    CHANGED,
    Question,
    Stage,
    StoppedError,
    Where,
    Workbench,
    changes_as_file,
    moved_levers,
    workbench,
)
from sim.errors import RequestError, ScenarioError
from sim.experiment import runner
from sim.files import Gate, only_through, read_ordinary
from sim.kpis import measure

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "data" / "small.yaml"
BIRTH = "lienthong:birth"


@pytest.fixture(scope="module")
def small() -> Workbench:
    return workbench(SMALL)


def last(bench: Workbench, question: Question) -> Stage:
    *_, stage = bench.answers(question)
    return stage


def moved(replications: int | None = 3, **settings: str) -> Question:
    return Question(
        changed=Where(settings=settings), baseline=Where(), replications=replications, seed=5
    )


def equals_compare(stage: Stage, question: Question, base: str, folder: Path) -> int:
    """Hold each estimate and difference to those of the command; gives how many there were."""
    path = folder / "changes.yaml"
    path.write_text(changes_as_file(question, base), encoding="utf-8")
    study = sim.compare(
        path,
        variants=[BASELINE, CHANGED],
        replications=stage.results.replications,
        seed=stage.results.seed,
        bundles=stage.bundle,
        tables="none",
    )
    there = study.results
    assert there is not None
    n = 0
    for mine, name in ((stage.baseline, BASELINE), (stage.changed, CHANGED)):
        for each in stage.results.estimates:
            if each.variant == mine:
                other = there.estimate(name, each.kpi, each.group)
                assert other is not None
                assert same((each.mean, each.low, each.high), (other.mean, other.low, other.high))
                n += 1
    for each in stage.results.differences:
        other = there.difference(CHANGED, each.kpi, each.group)
        assert other is not None
        assert same((each.mean, each.low, each.high), (other.mean, other.low, other.high))
        n += 1
    return n


def same(mine: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return all(
        a == b or (math.isnan(a) and math.isnan(b)) for a, b in zip(mine, other, strict=True)
    )


def test_digits_are_those_of_compare(small: Workbench, tmp_path: Path) -> None:
    question = moved(7, uptake="80 %", staffing="1.5 x")

    assert equals_compare(last(small, question), question, str(SMALL), tmp_path) > 100


def test_digits_of_births_are_those_of_compare(tmp_path: Path) -> None:
    question = Question(
        changed=Where(variant="online", settings={"helped": "60 %", "inbox": '["08:00", "14:00"]'}),
        baseline=Where(variant="linked-paper"),
        kpis=("working_days_mean", "on_time_share", "utilisation", "burden"),
        replications=2,
    )
    bench = workbench(BIRTH)
    stage = next(bench.answers(question))

    assert stage.is_last
    assert equals_compare(stage, question, BIRTH, tmp_path) > 20


def test_what_is_wanted_in_brief_comes_first_with_the_digits_of_all(small: Workbench) -> None:
    question = moved(4, uptake="80 %")
    brief, *others = small.answers(replace(question, brief=("on_time_share",)))
    first, *_ = small.answers(replace(question, replications=2))

    assert [stage.is_brief for stage in others] == [False] * len(others)
    assert brief.is_brief
    assert not brief.is_last
    assert {(each.kpi, each.group) for each in brief.results.estimates} == {
        ("working_days_mean", "residence"),
        ("on_time_share", "residence"),
    }
    for each in (*brief.results.estimates, *brief.results.differences):
        of_all = first.results.differences if each.baseline else first.results.estimates
        assert each in of_all


def test_of_a_run_no_more_is_measured_than_is_asked_for(small: Workbench) -> None:
    model = small.settings.at(Where()).model
    run = engines.run(model, seed=1, replication=0)
    every, some = measure(model, run), measure(model, run, (), {"working_days_p90", "utilisation"})

    assert {each.kpi for each in some} == {"working_days_p90", "utilisation"}
    assert some == [each for each in every if each.kpi in ("working_days_p90", "utilisation")]
    assert len(some) < len(every) / 10


def test_the_kpi_of_the_target_is_always_there(small: Workbench) -> None:
    stage = last(small, replace(moved(2, uptake="80 %"), kpis=("on_time_share",)))

    assert {each.kpi for each in stage.results.estimates} == {stage.kpi, "on_time_share"}


def test_stages_go_on_until_the_interval_is_as_asked(small: Workbench) -> None:
    question = replace(moved(None, uptake="100 %"), precision=0.05)
    stages = list(small.answers(question))
    numbers = [stage.results.replications for stage in stages]

    assert numbers[:4] == [2, 5, 10, 20]
    assert [stage.is_last for stage in stages] == [False] * (len(stages) - 1) + [True]
    reached = stages[-1].reached
    assert reached is not None
    assert reached <= question.precision or numbers[-1] == 200


def test_no_replication_is_run_twice(small: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[int, int]] = []
    replicate = runner.replicate

    def noted(job: object, model: int, number: int, **others: object) -> object:
        ran.append((model, number))
        return replicate(job, model, number, **others)  # type: ignore[arg-type]

    monkeypatch.setattr(runner, "replicate", noted)
    last(small, moved(4, uptake="31 %"))
    n_first = len(ran)
    last(small, moved(4, uptake="32 %"))  # the baseline is there
    n_second = len(ran) - n_first
    last(small, moved(4, uptake="31 %"))

    assert n_first >= 4
    assert n_second == 4
    assert len(ran) == n_first + n_second


def test_seconds_are_taken_from_what_was_run_here(small: Workbench) -> None:
    small._pace = 1e6  # as on a machine that is far too slow
    slow = small.seconds_of_one(moved(2))
    last(small, moved(2, uptake="17 %"))
    once = small.seconds_of_one(moved(2))
    last(small, moved(2, uptake="17 %"))  # nothing is run

    assert once == pytest.approx(slow / 2, rel=0.01)
    assert small.seconds_of_one(moved(2)) == once


def test_an_answer_that_nobody_waits_for_ends(small: Workbench) -> None:
    with pytest.raises(StoppedError):
        list(small.answers(moved(50, uptake="11 %"), is_stopped=lambda: True))


def test_staff_that_cannot_keep_up_are_refused(small: Workbench) -> None:
    with pytest.raises(ScenarioError, match="the queue grows without end"):
        last(small, moved(2, staffing="0.1 x"))


def test_what_is_no_variant_is_refused(small: Workbench) -> None:
    with pytest.raises(RequestError, match="did you mean 'paper'"):
        small.settings.at(Where(variant="papr"))


def test_levers_know_what_stands_there() -> None:
    levers = {each.name: each for each in moved_levers(workbench(BIRTH).scenario)}
    uptake, regime = levers["uptake"], levers["regime"]

    assert (uptake.present, uptake.mark, uptake.range) == (("62 %",), "derived", "60-65 %")
    assert "1 696 378" in uptake.source
    assert uptake.scale is not None
    assert (uptake.scale.low, uptake.scale.high, uptake.scale.unit) == (0, 100, "%")
    assert uptake.file.endswith("birth.yaml")
    assert uptake.line > 0
    assert regime.scale is None
    assert set(regime.choices) == {"separate-2006", "linked-paper-2015"}
    assert levers["staffing"].scale is not None
    assert levers["staffing"].scale.unit == "x"
    assert levers["fee"].scale is None  # of nothing, half is nothing


def test_a_lever_that_moves_by_date_has_its_points() -> None:
    bench = workbench(BIRTH)
    scenario = bench.settings.at(Where(variant="uptake-grows")).scenario
    uptake = next(each for each in moved_levers(scenario) if each.name == "uptake")

    assert [point.amount for point in uptake.by_date] == [25.9, 47.8, 74.7]
    assert uptake.is_straight
    assert uptake.scale is None


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "held/../../../etc/passwd", "held/other.yaml", str(ROOT / "pyproject.toml")],
)
def test_behind_a_gate_nothing_else_is_read(path: str) -> None:
    gate = Gate(folder=ROOT / "scenarios", held={"held/one.yaml": b"title: one"})
    with only_through(gate):
        assert read_ordinary("held/one.yaml") == b"title: one"
        assert read_ordinary(ROOT / "scenarios" / "first.yaml").startswith(b"#")
        with pytest.raises(FileNotFoundError):
            read_ordinary(path)


def test_a_lever_cannot_have_a_file_of_the_machine_read(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("minutes\n17\n", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(
        SMALL.read_text(encoding="utf-8").replace(
            "levers:", "levers:\n  work: bundles.*.regimes.*.*.register.time"
        ),
        encoding="utf-8",
    )
    bench = workbench(tmp_path / "mine.yaml")

    with pytest.raises(ScenarioError) as refused:
        bench.settings.at(Where(settings={"work": "empirical(secret.csv)"}))
    assert "17" not in str(refused.value)
    assert sim.explain(tmp_path / "mine.yaml", settings={"work": "empirical(secret.csv)"}).entries
