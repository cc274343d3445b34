"""A comparison of two revisions tells a slowdown from the noise of a busy machine."""

import subprocess
import sys
from pathlib import Path

import compare
import judge as judging
import numpy as np
import one_side
import pytest
from judge import OVERALL, TOLERANCE, Judged, judge, slower

TASKS = tuple(one_side.TASKS)


def samples(
    rng, *, ratio=1.0, spread=0.1, between_blocks=0.01, disturbed=0.0, only=TASKS, rounds=20
):
    """Ratios of a machine: noise of rounds and of blocks, and some rounds up to three times off."""
    shape = (compare.BLOCKS, rounds)
    found = {}
    for task in TASKS:
        logs = rng.normal(0, spread, shape) + rng.normal(0, between_blocks, (shape[0], 1))
        logs += (rng.random(shape) < disturbed) * rng.uniform(-1.1, 1.1, shape)
        found[task] = np.exp(logs) * (ratio if task in only else 1.0)
    return found


def verdicts(found):
    return {each.workload: each.verdict for each in judge(found)}


@pytest.mark.parametrize(
    ("ratio", "verdict"), [(1.15, "slower"), (1.0, "no difference"), (1 / 1.15, "faster")]
)
def test_a_verdict_follows_the_ratio(ratio, verdict):
    found = samples(np.random.default_rng(1), ratio=ratio)
    assert set(verdicts(found).values()) == {verdict}
    assert set(verdicts(found)) == {*TASKS, OVERALL}


def test_rounds_three_times_off_hide_no_slowdown_and_make_none():
    rng = np.random.default_rng(2)
    assert slower(judge(samples(rng, ratio=1.15, disturbed=0.2)))
    assert not slower(judge(samples(rng, disturbed=0.2)))


def test_one_slower_workload_is_named_among_equal_ones():
    found = verdicts(samples(np.random.default_rng(3), ratio=1.3, only=("linked",)))
    assert [task for task in TASKS if found[task] != "no difference"] == ["linked"]
    assert found["linked"] == "slower"


def test_a_slowdown_within_the_tolerance_is_no_difference():
    still = samples(
        np.random.default_rng(4), ratio=TOLERANCE - 0.01, spread=0.001, between_blocks=0
    )
    beyond = samples(
        np.random.default_rng(4), ratio=TOLERANCE + 0.01, spread=0.001, between_blocks=0
    )
    assert not slower(judge(still))
    assert len(slower(judge(beyond))) == len(TASKS) + 1


def test_blocks_that_differ_are_no_more_certain_for_having_many_rounds():
    each = np.array([[0.9], [1.0], [1.1], [1.2]])
    unlike = {"a": np.repeat(each, 100, axis=1)}
    mixed = {"a": np.random.default_rng(5).permuted(unlike["a"]).reshape(4, 100)}
    assert judge(unlike)[0].high - judge(unlike)[0].low > 0.15
    assert judge(mixed)[0].high - judge(mixed)[0].low < 0.15


def test_the_overall_ratio_is_the_geometric_mean():
    found = {"a": np.full((2, 3), 1.2), "b": np.full((2, 3), 1.2**-1)}
    *_, overall = judge(found)
    assert overall.ratio == pytest.approx(1)
    assert (overall.low, overall.high) == pytest.approx((1, 1))
    found["b"][:] = 1.2
    assert judge(found)[-1].ratio == pytest.approx(1.2)


def test_false_alarms_are_rarer_than_one_in_forty_and_slowdowns_are_found():
    """400 comparisons of equals and 40 of unequals, with a fixed seed."""
    rng = np.random.default_rng(6)
    alarms = [bool(slower(judge(samples(rng, disturbed=0.1, rounds=8)))) for _ in range(400)]
    assert sum(alarms) <= 10
    found = [
        bool(slower(judge(samples(rng, ratio=1.15, disturbed=0.1, rounds=8)))) for _ in range(40)
    ]
    assert sum(found) >= 38


def test_a_looser_judge_would_raise_more_false_alarms_than_that(monkeypatch):
    monkeypatch.setattr(judging, "TOLERANCE", 0.97)
    rng = np.random.default_rng(6)
    alarms = [bool(slower(judge(samples(rng, disturbed=0.1, rounds=8)))) for _ in range(40)]
    assert sum(alarms) > 1


def test_the_verdict_looks_at_the_interval_alone():
    assert Judged(workload="x", ratio=1.5, low=TOLERANCE, high=2).verdict == "no difference"
    assert Judged(workload="x", ratio=1.5, low=TOLERANCE + 0.001, high=2).verdict == "slower"
    assert Judged(workload="x", ratio=0.5, low=0.2, high=1 / TOLERANCE).verdict == "no difference"
    assert Judged(workload="x", ratio=0.5, low=0.2, high=0.97).verdict == "faster"


@pytest.mark.parametrize("revision", ["no-such-revision", "", "--help", "HEAD:sim"])
def test_an_unknown_revision_is_one_line_and_ends_with_2(revision, capsys):
    assert compare.main(["--", revision]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert f"'{revision}'" in said.err


def test_a_verdict_is_the_exit_code_of_the_program(capsys, monkeypatch):
    for ratio, code in ((1.15, 1), (1.0, 0), (1 / 1.15, 0)):
        found = compare.Compared(
            samples=samples(np.random.default_rng(7), ratio=ratio), notes=("a note",)
        )
        monkeypatch.setattr(compare, "check_out", lambda revision, folder: None)
        monkeypatch.setattr(compare, "compare", lambda before, now, found=found: found)
        assert compare.main(["HEAD"]) == code
        lines = capsys.readouterr().out.splitlines()
        assert "a note" in lines
        assert lines[-1].startswith(OVERALL)
        assert lines[-1].endswith("slower") == (code == 1)


def test_the_process_of_the_program_ends_with_its_code():
    words = [sys.executable, compare.__file__, "no-such-revision"]
    assert subprocess.run(words, check=False, capture_output=True).returncode == 2


@pytest.fixture
def sides(tmp_path, monkeypatch):
    """Compares two scripts that stand for two revisions."""
    script = Path(compare.__file__).with_name("one_side.py")

    def run(before, now):
        stand_in = tmp_path / script.name
        stand_in.write_text(STAND_IN)
        monkeypatch.setattr(compare, "FOLDER", tmp_path)
        for name, said in (("before", before), ("at_now", now)):
            (tmp_path / name).mkdir()
            (tmp_path / name / "said").write_text(said)
        return compare.compare(tmp_path / "before", tmp_path / "at_now", blocks=1, rounds=2)

    return run


STAND_IN = """
import json, os, pathlib, sys
said = json.loads((pathlib.Path(os.environ["PYTHONPATH"]) / "said").read_text())
for line in sys.stdin:
    answer = {"seconds": 1.0, "n_cases": 1, "n_items": 2} | said.get(line.strip(), {})
    print(json.dumps(answer), flush=True)
"""


def test_samples_are_the_time_now_over_the_time_before(sides):
    found = sides("{}", '{"linked": {"seconds": 3.0}}')
    assert found.notes == ()
    assert {task: ratios.tolist() for task, ratios in found.samples.items()} == {
        task: [[3.0, 3.0]] if task == "linked" else [[1.0, 1.0]] for task in TASKS
    }


def test_a_workload_that_the_base_cannot_run_is_skipped_by_name(sides):
    found = sides('{"linked": {"error": "TypeError: no such field"}}', "{}")
    assert set(found.samples) == set(TASKS) - {"linked"}
    assert found.notes == ("linked is skipped: the base cannot run it: TypeError: no such field",)


def test_a_workload_that_does_other_work_is_told_of(sides):
    found = sides("{}", '{"linked": {"n_items": 3}}')
    assert found.notes == ("linked does other work: (cases, work items) were (1, 2), are (1, 3)",)
    assert np.allclose(found.samples["linked"], 2 / 3)  # of the time a work item


def test_a_tree_that_cannot_run_a_workload_any_more_is_refused(sides):
    with pytest.raises(compare.CannotCompareError, match="working tree cannot run linked: E: no"):
        sides("{}", '{"linked": {"error": "E: no"}}')


def test_a_comparison_of_nothing_is_refused(sides):
    broken = "{" + ", ".join(f'"{task}": {{"error": "E: no"}}' for task in TASKS) + "}"
    with pytest.raises(
        compare.CannotCompareError, match=r"tandem is skipped.*reference is skipped"
    ):
        sides(broken, "{}")


def test_a_process_that_ends_is_an_answer(sides):
    with pytest.raises(compare.CannotCompareError, match=r"tandem is skipped.*its process ended"):
        sides("no JSON", "{}")
