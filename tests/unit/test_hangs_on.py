"""What a figure hangs on, from the command to its files, on an office that takes no time."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import sim
from sim.api import HangsOnAnswer
from sim.cli import main
from sim.errors import RequestError, StoreError
from sim.language import speaking
from sim.report.factors import name_of
from sim.report.hangs_on import method, rows

OFFICE = """
title: A small office
period: {start: 2025-03-03, warm_up: 1 weeks, length: 3 weeks, run_out: 1 weeks}
replications: 3
calendars: {office: {hours: {mon-fri: "08:00-16:00"}}}
staff:
  clerk: {office: commune, people: {value: 1, mark: assumed, range: 0.1-2}}
bundles:
  residence:
    label: Residence
    procedures: {registration: {limit: {value: 7 wd, mark: stated, source: Law}}}
    demand: {a_year: {value: 3 000, mark: stated, source: Book}}
    regimes:
      today:
        paper:
          - {open: registration}
          - {do: receive, role: clerk, time: {value: 10 min, mark: stated, source: Clock}}
          - {delay: post, time: {value: 1 wd, mark: assumed, range: 1-3 wd}}
          - {appointment: registration, slip: 100 %}
          - {close: registration}
          - {applicant: collect, time: 0 min, effort: {value: 60 min, mark: assumed}}
      earlier:
        paper:
          - {open: registration}
          - {do: check, role: clerk, time: {value: 10 min, mark: assumed, range: 5-20 min}}
          - {close: registration}
    regime: today
levers:
  slip: {paths: "bundles.residence.regimes.*.paper.*.slip", range: 20-100 %}
  regime: bundles.residence.regime
  days: {paths: bundles.residence.procedures.registration.limit, range: [3 wd, 9 wd]}
variants:
  other: {regime: earlier}
claims:
  - {bundle: residence, kpi: working_days_mean, value: 5, mark: stated, source: Press}
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("office") / "office.yaml"
    path.write_text(OFFICE, "utf-8")
    return path


@pytest.fixture(scope="module")
def answer(office: Path) -> HangsOnAnswer:
    return sim.hangs_on(office, engine="fast", workers=2, shares=False)


def ranked(answer: HangsOnAnswer) -> list[str]:
    return [each.factor.name.rsplit(".", 1)[-1] for each in answer.found.ranked()]


def test_what_moves_most_comes_first_and_what_moves_nothing_last(answer: HangsOnAnswer) -> None:
    assert ranked(answer)[:2] == ["slip", "days"]
    assert ranked(answer)[-1] == "effort"
    assert ranked(answer) != ranked(answer)[::-1]  # the twin


def test_what_is_in_no_regime_in_force_changes_no_model(answer: HangsOnAnswer) -> None:
    idle = [each.factor.name for each in answer.found.idle]
    assert idle == ["bundles.residence.regimes.earlier.paper.check.time"]


def test_days_move_the_mean_by_as_many_days(answer: HangsOnAnswer) -> None:
    days = next(each for each in answer.found.weighed if each.factor.name == "days")
    moved = {effect.setting: effect.moved[0].mean for effect in days.effects}
    assert moved == {"3 wd": pytest.approx(-4), "9 wd": pytest.approx(2)}
    assert moved != {"3 wd": pytest.approx(-4), "9 wd": pytest.approx(3)}  # the twin


def test_a_lever_without_a_label_has_its_name(answer: HangsOnAnswer) -> None:
    assert "days (3 wd: −4.0\u00a0wd)" in str(answer)


def test_where_staff_cannot_keep_up_a_value_nearer_to_what_is_written_is_taken(
    answer: HangsOnAnswer,
) -> None:
    people = next(each for each in answer.found.weighed if ".clerk." in each.factor.name)
    low, high = people.effects
    assert low.amount == pytest.approx(0.55)
    assert "offered load" in low.nearer
    assert (high.amount, high.nearer) == (2, "")


def test_the_published_figure_turns_with_the_days_and_with_the_slip(answer: HangsOnAnswer) -> None:
    turns = {each.factor.name.rsplit(".", 1)[-1]: each.turns for each in answer.found.weighed}
    (of_days,), (of_slip,) = turns["days"], turns["slip"]
    assert of_days.choices == ("3 wd",)
    assert of_slip.at is not None
    # Without the slip a case takes about a day, with it 7.
    assert of_slip.at.low < of_slip.at.mean < of_slip.at.high
    assert 0.5 < of_slip.at.mean < 0.8
    assert not turns["effort"]


@pytest.mark.parametrize(("engine", "workers"), [("reference", 1), ("fast", 1)])
def test_neither_engine_nor_workers_change_a_digit(
    office: Path, answer: HangsOnAnswer, engine: str, workers: int
) -> None:
    again = sim.hangs_on(office, engine=engine, workers=workers, shares=False)
    assert rows(again.found) == rows(answer.found)


def test_another_seed_does(office: Path, answer: HangsOnAnswer) -> None:  # the twin
    again = sim.hangs_on(office, seed=2, shares=False)
    assert rows(again.found) != rows(answer.found)


def test_what_is_written_has_the_digits_of_a_run(office: Path, answer: HangsOnAnswer) -> None:
    study = sim.run(office).estimates
    of_run = study.query("kpi == 'working_days_mean' and group == 'residence'").iloc[0]
    written = answer.found.outcomes[0].written
    assert (written.mean, written.low, written.high) == (
        of_run["mean"],
        of_run["low"],
        of_run["high"],
    )
    twin = sim.run(office, settings={"slip": "20 %"}).estimates.query("kpi == 'working_days_mean'")
    assert written.mean != twin.iloc[0]["mean"]


def test_the_command_shows_it_and_writes_tables_figures_and_a_page(
    office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    words = ["hangs-on", str(office), "--baseline", "other", "--out", str(out), "--no-shares"]
    assert main(words) == 0
    said = capsys.readouterr()
    assert "As written less other hangs most on" in said.out
    assert f"open {out / 'hangs-on.html'}" in said.err
    with (out / "effects.csv").open(encoding="utf-8") as stream:
        effects = list(csv.DictReader(stream))
    assert {each["outcome"] for each in effects} == {"as written", "other", "as written less other"}
    numbers = [[float(each[name]) for name in ("low", "moves", "high")] for each in effects]
    assert numbers == [sorted(each) for each in numbers]
    assert (out / "turns.csv").read_text("utf-8").count("\n") > 1
    assert (out / "figures" / "tornado-3.png").read_bytes()[:4] == b"\x89PNG"
    page = (out / "hangs-on.html").read_text("utf-8")
    for part in ("A small office", "days", "--baseline other", "not moved", "by default"):
        assert part in page
    with pytest.raises(StoreError, match="holds an answer already"):
        sim.hangs_on(office, out=out)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (["--variant", "othr"], "no variant 'othr'; did you mean 'other'?"),
        (["--kpi", "working_day_mean"], "no KPI 'working_day_mean'; did you mean"),
        (["--kpi", "utilisation"], "'utilisation' is not measured for a bundle"),
        (["--bundle", "birth"], "no bundle 'birth'"),
        (["--variant", "other", "--baseline", "other"], "its own baseline"),
        (["--set", "regime=never"], "never"),
        (
            ["--variant", "other", "--set", "regime=today"],
            "regime is set, and by variant 'other' too. Leave out one.",
        ),
        (
            ["--baseline", "other", "--set", "bundles.*.regime=today"],
            "bundles.*.regime is set, and by variant 'other' too. Leave out one.",
        ),
        (["--replications", "0"], "replications"),
        (["--workers", "0"], "workers"),
        (["--channel", "online"], "no channel 'online'"),
    ],
)
def test_what_cannot_be_asked_is_told_with_a_way_out(
    office: Path, asked: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hangs-on", str(office), "--no-shares", "--quiet", *asked]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert "Traceback" not in said


def test_where_nothing_is_assumed_there_is_nothing_to_move(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = Path(__file__).parents[2] / "scenarios" / "first.yaml"
    path = tmp_path / "sure.yaml"
    path.write_text(first.read_text("utf-8").replace("mark: assumed", "mark: stated"), "utf-8")
    assert main(["hangs-on", str(path), "--no-shares", "--quiet"]) == 2
    assert "no value is assumed: there is nothing to move" in capsys.readouterr().err


def test_one_replication_has_no_interval(office: Path) -> None:
    once = sim.hangs_on(office, replications=1, engine="fast", workers=1, shares=False).found
    words = next(method(once))
    assert "with 1 replication each, no interval" in words
    assert "95 %" not in words


def test_more_than_one_have_one(answer: HangsOnAnswer) -> None:  # the twin
    assert "intervals are paired, 95 %" in next(method(answer.found))


def test_an_outcome_that_nothing_moves_has_no_shares(office: Path) -> None:
    # Nobody collects anything in the other regime: its hours are 0 throughout.
    found = sim.hangs_on(
        office, kpi="own_hours", baseline="other", replications=2, engine="fast", workers=1
    ).found
    (effort,) = [each.shares for each in found.weighed if each.shares]
    assert [each is None for each in effort] == [False, True, False]
    firsts = {row["outcome"]: row["first"] for row in rows(found) if row["first"] is not None}
    assert set(firsts) == {"as written", "as written less other"}


def test_a_factor_without_a_label_is_named_in_the_language_in_use(answer: HangsOnAnswer) -> None:
    def names(language: str) -> set[str]:
        with speaking(language):
            return {name_of(each.factor) for each in answer.found.weighed}

    in_english = {"clerk, people (staff)", "post, time (today, paper)"}
    in_vietnamese = {"clerk, người (nhân lực)", "post, thời gian (today, bản giấy)"}
    assert names("en") >= in_english
    assert names("vi") >= in_vietnamese
    assert names("vi").isdisjoint(in_english)


def test_money_is_in_the_currency_of_the_scenario(tmp_path: Path) -> None:
    path = tmp_path / "priced.yaml"
    path.write_text(
        OFFICE + "costs: {hour: 30 000 VND/h, trip: 20 000 VND, copy: 1 000 VND}\n", "utf-8"
    )
    found = sim.hangs_on(path, kpi="burden", replications=2, shares=False, workers=1).found
    assert found.unit == "VND"
    assert {row["unit"] for row in rows(found)} == {"VND"}


def test_only_what_is_named_is_moved_and_moves_by_the_same(
    office: Path, answer: HangsOnAnswer
) -> None:
    found = sim.hangs_on(
        office, only=["staff", "slip"], engine="fast", workers=1, shares=False
    ).found
    whole = {each.factor.name: each.effects for each in answer.found.weighed}
    names = {each.factor.name for each in found.weighed}

    assert "slip" in names
    assert any(name.startswith("staff.") for name in names)
    assert all(name == "slip" or name.startswith("staff.") for name in names)
    assert len(names) < len(whole)
    assert all(each.effects == whole[each.factor.name] for each in found.weighed)
    assert "slip" in next(words for words in method(found) if "Only what these name" in words)
    assert not any("Only what these name" in words for words in method(answer.found))
    with pytest.raises(RequestError, match="called 'stuff'; did you mean 'staff'"):
        sim.hangs_on(office, only=["stuff"], shares=False)


def test_a_folder_with_other_files_is_left_alone(office: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", "utf-8")
    with pytest.raises(StoreError, match="holds other files"):
        sim.hangs_on(office, out=tmp_path, shares=False)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_an_unknown_variant_is_refused_before_anything_is_run(office: Path) -> None:
    with pytest.raises(RequestError, match="no variant"):
        sim.hangs_on(office, variant="never", shares=False)
