"""How many people, and how far it holds: what is asked, what is tried, and how it is told."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.analysis.crossing import Shape, Side
from sim.answers.lever_values import values_between
from sim.answers.staffing import find_staffing
from sim.cli import main
from sim.errors import RequestError, StoreError
from sim.experiment.trials import Trials
from sim.report.threshold import threshold_heading, threshold_section

OFFICE = """
title: One office
period: {start: 2025-03-03, warm_up: 1 week, length: 6 weeks, run_out: 1 week}
staff:
  clerk:   {office: commune, people: 1, pay: 10 VND/h}
  officer: {office: commune, people: 1, pay: 30 VND/h}
filing: {paper: {while_open: office}, online: {while_open: office}}
bundles:
  residence:
    procedures: {registration: {limit: 1 wd}}
    demand: {a_year: 5 200}
    channels: {online: 50 %, paper: rest}
    regimes:
      today:
        paper:
          - {open: registration}
          - {do: receive, role: clerk, time: exponential(mean 10 min)}
          - {do: register, role: officer, time: exponential(mean 30 min)}
          - {close: registration}
        online:
          - {open: registration}
          - {do: register, role: officer, time: exponential(mean 20 min)}
          - {close: registration}
levers: {uptake: bundles.residence.channels.online, every: staff.*.people}
target: {bundle: residence, kpi: on_time_share, at_least: 90 %}
"""
WAIT = "officer.waiting_mean <= 15 min ± 3 min"
BOTH = (WAIT, "residence.on_time_share >= 80 % ± 5 %")


@pytest.fixture
def office(tmp_path: Path) -> str:
    path = tmp_path / "office.yaml"
    path.write_text(OFFICE, encoding="utf-8")
    return str(path)


def test_what_cannot_do_the_work_is_left_out_and_the_cheapest_that_will_do_is_chosen(
    office: str,
) -> None:
    answer = sim.staff(office, target=BOTH).staffing
    clerk, officer = answer.ladders
    # 130,000 minutes of work a year are 1.05 officers: one is too few, whatever the target.
    assert (officer.values[0], officer.n_left_out, clerk.values[0]) == ("2", 1, "1")
    assert answer.chosen is not None
    assert dict(answer.chosen.settings) == {"staff.clerk.people": "1", "staff.officer.people": "2"}
    by_hand = sim.run(
        office, settings=answer.chosen.settings, replications=answer.chosen.n, tables="none"
    ).estimates
    found = answer.chosen.found[0].interval
    row = by_hand.query("kpi == 'waiting_mean' and group == 'officer'").iloc[0]
    assert (row["mean"], row["low"], row["high"]) == (found.mean, found.low, found.high)
    other = by_hand.query("kpi == 'waiting_mean' and group == 'clerk'").iloc[0]
    assert other["mean"] != found.mean  # twin


def test_the_answer_is_the_same_whoever_runs_it(office: str) -> None:
    asked = {"target": WAIT, "move": {"officer": [2, 3]}}
    found = [
        sim.staff(office, engine=engine, workers=workers, **asked).staffing
        for engine, workers in (("fast", 1), ("fast", 2), ("reference", 1))
    ]
    assert dataclasses.replace(found[2], engine="fast") == found[0] == found[1]
    assert sim.staff(office, seed=2, **asked).staffing.tried != found[0].tried  # twin


def test_only_what_is_moved_is_moved_and_the_values_given_are_those_tried(office: str) -> None:
    answer = sim.staff(office, target=WAIT, move={"officer": ["4", "2", "3 x"]}).staffing
    (ladder,) = answer.ladders
    assert ladder.values == ("2", "3 x", "4")
    assert ladder.people == pytest.approx((2, 3, 4))
    assert {name for each in answer.tried for name in each.settings} == {"staff.officer.people"}


def test_wages_choose_otherwise_than_heads(office: str) -> None:
    answer = sim.staff(office, target=BOTH, cost="wages").staffing
    clerk, officer = answer.ladders
    assert answer.cost_unit == "VND a year"
    assert officer.price == pytest.approx(3 * clerk.price)
    # About 250 working days of 8 hours.
    assert clerk.price == pytest.approx(10 * 250 * 8, rel=0.08)
    assert sim.staff(office, target=BOTH).staffing.ladders[0].price == 1


def test_where_no_staffing_will_do_it_says_so_and_what_the_most_come_to(office: str) -> None:
    answer = sim.staff(office, target="officer.waiting_mean <= 1 min ± 0.5 min", move="clerk",
                       settings={"staff.officer.people": 2})  # fmt: skip
    assert answer.staffing.chosen is None
    assert answer.settings == {}
    assert "No staffing of clerk" in str(answer)
    assert "people hardly move it. What does: see lienthong hangs-on." in str(answer)
    assert "Look among more" not in str(answer)
    assert "lienthong run" not in str(answer)
    assert "lienthong run" in str(sim.staff(office, target=WAIT, move={"officer": ["2", "3"]}))


@pytest.mark.parametrize("overload", ["refused", "allowed"])
def test_groups_that_are_not_moved_and_have_too_much_to_do_are_named(
    office: str, overload: str
) -> None:
    path = Path(office)
    path.write_text(f"{OFFICE}overload: {overload}\n", encoding="utf-8")
    answer = sim.staff(path, target=WAIT, move={"clerk": [1, 2]})  # of 1.05 officers there is one
    assert answer.staffing.too_busy == ("officer",)
    assert "have more work than they can do, over all offices or at some: officer." in str(answer)
    twin = sim.staff(path, target="officer.waiting_mean <= 2 min ± 1 min", move={"officer": [2]})
    assert twin.staffing.chosen is None
    assert "Look among more" in str(twin)
    assert not twin.staffing.too_busy


@pytest.mark.parametrize(
    "target", ["officer.utilisation >= 40 %", "officer.waiting_mean >= 60 min"]
)
def test_a_target_that_more_people_break_is_refused(office: str, target: str) -> None:
    with pytest.raises(RequestError, match=r"more people make officer\..* worse") as caught:
        sim.staff(office, target=target, move={"officer": [2, 4]})
    assert "lienthong threshold" in str(caught.value)
    opposite = target.replace(">=", "<=")
    assert sim.staff(office, target=opposite, move={"officer": [2, 4]}).settings  # twin


def test_each_replication_is_run_once(office: str) -> None:
    trials = Trials(path=office)
    first = find_staffing(trials, [WAIT], move={"officer": ("2", "3")})
    n = trials.n_run
    again = find_staffing(trials, [WAIT], move={"officer": ("2", "3")})
    assert trials.n_run == n == sum(each.n for each in first.tried)
    assert again.tried == first.tried


def test_a_verdict_that_was_forced_takes_the_confidence_away(office: str) -> None:
    mean = sim.staff(office, target=WAIT, move={"officer": ["2"]}).staffing.tried[0].found[0]
    close = f"officer.waiting_mean <= {mean.interval.mean:.6f} ± 0.001"
    answer = sim.staff(office, target=close, move={"officer": ["2"]}, most=20)
    assert not answer.staffing.is_sure
    assert "does not hold" in str(answer)
    assert sim.staff(office, target=WAIT, move={"officer": ["2"]}).staffing.is_sure


def test_the_answer_is_told_with_a_line_to_copy_a_table_and_a_picture(
    office: str, tmp_path: Path
) -> None:
    answer = sim.staff(office, target=BOTH)
    assert "--set staff.clerk.people=1 --set staff.officer.people=2" in str(answer)
    assert "± 3.00\u00a0min is as good" in str(answer)
    assert set(answer.tried["keeps"]) <= {True, False}
    answer.report(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "staff.officer.people=2" in page
    assert "staff.officer.people=3" not in page


# -- thresholds ----------------------------------------------------------------------------------


def test_the_fewest_people_for_whom_a_target_holds(office: str) -> None:
    answer = sim.threshold(office, "staff.officer.people", target=WAIT)
    found = answer.threshold
    assert (found.shape, found.kept and found.kept.text) == (Shape.FROM, "2")
    assert found.broken is not None
    assert found.broken.n == 0  # one cannot do the work
    assert "not yet at 1" in str(answer)


def test_the_largest_demand_and_its_interval(office: str) -> None:
    found = sim.threshold(
        office,
        "bundles.residence.demand.a_year",
        target="officer.waiting_mean <= 20",
        settings={"staff.officer.people": 2},
        between=("5000", "9000"),
        step=1000,
    ).threshold
    assert found.shape is Shape.UP_TO
    assert found.kept is not None
    assert found.broken is not None
    assert found.kept.amount < found.estimate < found.broken.amount
    rooms = [each.found[0].mean for each in found.at if each.n]
    assert rooms == sorted(rooms)  # more work, longer waits
    assert rooms != sorted(rooms, reverse=True)


@pytest.mark.parametrize(
    ("target", "shape", "words"),
    [
        ("clerk.waiting_mean <= 500", Shape.EVERYWHERE, "kept everywhere in the range"),
        ("clerk.waiting_mean <= 0.001", Shape.NOWHERE, "kept nowhere in the range"),
    ],
)
def test_a_target_that_holds_everywhere_or_nowhere(
    office: str, target: str, shape: Shape, words: str
) -> None:
    answer = sim.threshold(
        office,
        "uptake",
        target=target,
        settings={"staff.officer.people": 3},
        between=("20 %", "60 %"),
        step="10 %",
    )
    assert answer.threshold.shape is shape
    assert words in str(answer)
    assert {each.side for each in answer.threshold.at} != {Side.OPEN}


def test_what_has_no_threshold_or_cannot_be_told_is_said_in_words(office: str) -> None:
    found = sim.threshold(office, "staff.officer.people", target=WAIT).threshold
    edge = found.kept

    def words(shape: Shape, *, kept: bool = False, broken: bool = False) -> str:
        return threshold_heading(
            dataclasses.replace(
                found,
                shape=shape,
                kept=edge if kept else None,
                broken=found.broken if broken else None,
            )
        )

    said = [
        words(Shape.IN_PARTS),
        words(Shape.OPEN),
        words(Shape.OPEN, broken=True),
        words(Shape.UP_TO, kept=True),
        words(Shape.FROM, kept=True),
        words(Shape.FROM, kept=True, broken=True),
    ]
    parts = ("no one threshold", "cannot be told", "not kept at 1", "above it too", "below it too",
             "not yet at 1")  # fmt: skip
    assert [part for part, each in zip(parts, said, strict=True) if part not in each] == []
    assert len(set(said)) == len(said)
    assert threshold_section(found).count("<tr>") == 1 + len(found.at)


def test_values_of_a_lever_are_people_shares_or_factors(office: str) -> None:
    scenario = sim.load(office)

    def ends(lever: str, *between: str) -> tuple[str, str, int]:
        found = values_between(scenario, lever, between or None, None)
        assert np.all(np.diff(found.amounts) > 0)
        return found.texts[0], found.texts[-1], len(found.texts)

    assert ends("uptake") == ("0 %", "100 %", 101)
    assert ends("staff.officer.people") == ("1", "4", 4)
    assert ends("every") == ("0.5 x", "2 x", 76)
    assert ends("every", "2 min", "3 min") == ("2 min", "3 min", 101)
    assert ends("every", "1", "8") != ends("every", "1", "9")


# -- what can go wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("residence.on_time_shar >= 95 %", "did you mean 'on_time_share'?"),
        ("residenc.on_time_share >= 95 %", "did you mean 'residence'?"),
        ("residence.on_time_share = 95 %", "Write >= or <=."),
        ("residence.on_time_share >= 95 wd", "95 wd"),
        ("residence.waiting_mean <= 5", "measured for roles"),
        ("officer.waiting_mean <= 5 %", "is not in min"),
        ("officer.waiting_mean <= 5 wd", "is not in min"),
        ("officer.waiting_mean <= -5 min", "'-5 min' is below 0"),
        ("residence.trips <= -1 trips", "'-1 trips' is below 0"),
        ("officer.waiting_mean <= 0", "no indifference zone"),
        ("late", "is no target"),
    ],
)
def test_a_target_that_is_none_is_told_with_a_way_out(
    office: str, target: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["staff", office, "--quiet", "--target", target]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said


def test_all_faults_of_targets_are_told_at_once(office: str) -> None:
    with pytest.raises(RequestError) as caught:
        sim.staff(office, target=["a.b >= 1", "residence.trips < 1"])
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["staff", "--move", "oficer"], "did you mean 'officer'?"),
        (["staff", "--move", "officer=+ 1"], "Give a number, or 0.7 x."),
        (["staff", "--move", "officer=-1, 2"], "fewer people than none"),
        (["staff", "--cost", "euros"], "give people or wages"),
        (["staff", "--most", "3"], "a whole number from 10"),
        (["staff", "--confidence", "40 %"], "above 50 %"),
        (["staff", "--workers", "0"], "workers: found 0"),
        (["staff", "--variant", "x"], "unknown variant 'x'"),
        (["staff", "--set", "staff.officer.people=2"], "both set and searched for"),
        (["threshold", "uptak"], "did you mean 'uptake'?"),
        (["threshold", "uptake", "--between", "80 %", "20 %"], "Give the least first."),
        (["threshold", "uptake", "--between", "0 %", "1"], "differ in unit"),
        (["threshold", "uptake", "--between", "few", "many"], "no end of a range"),
        (["threshold", "uptake", "--step", "0 %"], "a length above 0"),
        (["threshold", "uptake", "--between", "20 %", "40 %", "--step", "30 %"], "than the range"),
        (["threshold", "uptake", "--most", "1"], "a whole number from 10"),
        (["threshold", "title"], ""),
    ],
)
def test_what_is_asked_wrongly_ends_with_2_and_a_way_out(
    office: str, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    verb, *rest = words
    assert main([verb, office, "--quiet", *rest]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err


def test_as_many_values_are_told_as_were_run_from_end_to_end(office: str) -> None:
    asked = {"target": WAIT, "step": 1}
    two = sim.threshold(office, "staff.officer.people", between=(1, 2), **asked)
    assert "the 2 values from end to end" in str(two)
    assert "2 giá trị từ đầu" in str(
        sim.threshold(office, "staff.officer.people", between=(1, 2), lang="vi", **asked)
    )


@pytest.mark.parametrize("verb", [["staff"], ["threshold", "uptake"]])
def test_a_page_that_cannot_be_written_is_refused_before_anything_is_run(
    verb: list[str], office: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, *lever = verb
    page = tmp_path / "page.html"
    page.write_text("mine", encoding="utf-8")
    for out, said in (
        (tmp_path, "is a folder"),
        (tmp_path / "none" / "page.html", "cannot write"),
        (page / "page.html", "cannot write"),
        (Path("/dev/full"), "is a device"),
        (page, "--replace"),
    ):
        assert main([name, office, *lever, "--out", str(out)]) == 2
        err = capsys.readouterr().err
        assert said in err
        assert len(err.splitlines()) == 1  # nothing of what is on the way
    assert page.read_text(encoding="utf-8") == "mine"
    assert {each.name for each in tmp_path.iterdir()} == {"office.yaml", "page.html"}


def test_a_page_that_is_there_is_replaced_if_it_is_said(office: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("mine", encoding="utf-8")
    words = ["staff", office, "--quiet", "--target", WAIT, "--move", "officer=2"]
    assert main([*words, "--out", str(page), "--replace"]) == 0
    assert "staff.officer.people=2" in page.read_text(encoding="utf-8")
    with pytest.raises(StoreError, match="exists already"):
        sim.staff(office, target=WAIT, move={"officer": ["2"]}).report(page)
    assert {each.name for each in tmp_path.iterdir()} == {"office.yaml", "page.html"}


def test_the_command_prints_what_python_does(
    office: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["staff", office, "--quiet", "--target", WAIT, "--move", "officer=2,3"]) == 0
    printed = capsys.readouterr().out
    assert printed == f"{sim.staff(office, target=WAIT, move={'officer': ['2', '3']})}\n"
    assert printed != f"{sim.staff(office, target=WAIT, move={'officer': ['3', '4']})}\n"
