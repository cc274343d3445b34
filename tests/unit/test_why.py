"""Why a figure changes, and which bottleneck costs what, on a permit that passes three desks."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.analysis.estimate import Interval
from sim.analysis.shapley import MOST_PARTS
from sim.answers.bottlenecks import Bottlenecks
from sim.answers.why import Share, Why
from sim.api import BottlenecksAnswer, WhyAnswer
from sim.cli import main
from sim.errors import RequestError, ScenarioError, StoreError
from sim.report.figures.bottlenecks import gains_of_bottlenecks
from sim.report.figures.waterfall import ledger_waterfall, parts_waterfall

FILE = Path(__file__).parents[1] / "scenarios" / "valid" / "reforms.yaml"
CLOSE = {"rtol": 0, "atol": 1e-9}


@cache
def split(**asked: Any) -> Why:
    return sim.why(FILE, engine="fast", workers=1, **asked).why


@cache
def between_levers() -> Why:
    """Two delays that do not know of each other, and no reform of the scenario."""
    return split(before="old", after="quick")


@cache
def taken_away(variant: str | None = None) -> Bottlenecks:
    return sim.bottlenecks(FILE, variant=variant, engine="fast", workers=1).found


def shares(why: Why) -> Mapping[str, Share]:
    return {each.part.name: each for each in why.shares}


def overlap(a: Interval, b: Interval) -> bool:
    return a.low <= b.high and b.low <= a.high


def parts_add_up(why: Why) -> bool:
    whole = why.by_replication.sum(axis=0)
    means = sum(each.share.mean for each in why.shares) + why.rest.mean
    return bool(
        np.allclose(whole.mean(), why.change.mean, **CLOSE)
        and np.isclose(means, why.after.mean - why.before.mean, **CLOSE)
    )


@pytest.mark.parametrize("asked", [{}, {"orders": 5}, {"kpi": "trips"}])
def test_the_parts_add_up_to_the_change(asked: dict[str, Any]) -> None:
    assert parts_add_up(split(**asked))


def test_a_part_that_is_left_out_is_missed_in_the_sum() -> None:
    why = split()
    assert not parts_add_up(replace(why, shares=why.shares[1:]))
    assert not parts_add_up(replace(why, by_replication=why.by_replication[1:]))


def test_the_parts_add_up_in_each_replication_to_what_a_comparison_of_its_ends_finds() -> None:
    study = sim.compare(FILE, variants=["old", "new"], engine="fast", workers=1)
    found = study.kpis.query("kpi == 'sojourn_days_mean' and group == 'permit'")
    by_variant = found.pivot(index="replication", columns="variant", values="value")
    whole = split().by_replication.sum(axis=0)
    np.testing.assert_allclose(whole, by_variant["new"] - by_variant["old"], **CLOSE)
    assert not np.allclose(whole, by_variant["old"], **CLOSE)


def test_parts_that_do_not_know_of_each_other_get_their_single_effects() -> None:
    for name, share in shares(between_levers()).items():
        assert share.alone is not None
        assert share.last is not None
        assert overlap(share.share, share.alone), name
        assert overlap(share.share, share.last), name


def test_parts_that_do_the_work_of_each_other_are_noticed() -> None:
    # At the same time as 4 days at two desks, printing for 2 days takes none.
    share = shares(split(before="old", after="new"))["at-once"].share
    alone = shares(split(before="old", after="quick"))["first"].share
    assert not overlap(share, alone)


def test_like_parts_get_like_shares_and_an_idle_one_none() -> None:
    found = shares(split())
    assert overlap(found["first"].share, found["second"].share)
    assert not overlap(found["first"].share, found["idle"].share)
    idle = found["idle"].share
    assert (idle.mean, idle.low, idle.high) == (0, 0, 0)
    assert split().by_replication[3].tolist() == [0, 0, 0]


def test_a_share_of_counts_is_no_surer_than_its_counts_unless_the_part_changes_nothing() -> None:
    # Nobody is rejected, with whatever part: 0 of some hundred cases, and not 0 for sure.
    found = shares(split(kpi="rejected_share"))
    assert found["first"].share.mean == 0
    assert found["first"].share.high > 0
    idle = found["idle"].share
    assert (idle.low, idle.high) == (0, 0)


def test_a_part_that_comes_after_others_is_never_alone_and_they_are_never_last() -> None:
    found = shares(split())
    assert found["at-once"].alone is None
    assert found["at-once"].last is not None
    assert found["first"].last is None
    assert found["first"].alone is not None
    # Of 16 sets those in which it is there without both of the two are left out.
    assert split().n_coalitions == 16 - 3 * 2


def test_what_the_parts_do_not_explain_is_a_part_of_its_own() -> None:
    # The bridge keeps the 10 minutes in which papers are brought, and the trip.
    why = split()
    assert why.has_rest
    assert why.rest.mean == pytest.approx(-10 / 60 / 24, abs=0.005)
    assert split(kpi="trips").rest.mean == pytest.approx(-1)


def test_levers_explain_all_of_the_change_between_variants_that_only_they_part() -> None:
    why = between_levers()
    assert not why.has_rest
    assert [each.part.name for each in why.shares] == ["regime", "first", "second"]
    assert [each.part.change for each in why.shares][1] == "as written → 0 min"
    # The file says old itself, so naming it changes nothing.
    assert why.shares[0].share.mean == 0


def test_points_may_be_settings_and_settings_may_hold_on_both_sides() -> None:
    why = split_by({"first": "1 d"}, {"first": "0 min"}, {"second": "0 min"})
    (share,) = why.shares
    assert share.part.change == "1 d → 0 min"
    assert share.share.mean == pytest.approx(-1, abs=0.3)
    assert why.name_before == "first 1 d"


def split_by(before: Any, after: Any, settings: Mapping[str, str]) -> Why:
    return sim.why(
        FILE, before=before, after=after, settings=settings, engine="fast", workers=1,
        replications=2,
    ).why  # fmt: skip


def test_drawn_orders_come_near_to_all_of_them() -> None:
    drawn, full = split(orders=20), split()
    assert drawn.n_orders == 20
    for name, share in shares(full).items():
        assert overlap(shares(drawn)[name].share, share.share), name


def test_workers_change_no_digit() -> None:
    again = sim.why(FILE, engine="fast", workers=2).why
    np.testing.assert_array_equal(again.by_replication, split().by_replication)
    other = sim.why(FILE, engine="fast", workers=2, seed=2).why
    assert (other.by_replication != split().by_replication).any()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"before": "odl"}, r"no variant 'odl'; did you mean 'old'\?"),
        ({"before": "old", "after": "old"}, r"do not differ"),
        ({"kpi": "working_days"}, r"no KPI 'working_days'; did you mean"),
        ({"kpi": "utilisation"}, r"'utilisation' is not measured for a bundle"),
        (
            {"kpi": "backlog_days"},
            r"has no value of backlog_days before. Known: ",
        ),
        ({"bundle": "permits"}, r"no bundle 'permits'; did you mean 'permit'\?"),
        ({"orders": 1}, r"orders: found 1; give a whole number from 2"),
    ],
)
def test_what_cannot_be_split_is_refused_with_a_way_out(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(RequestError, match=said):
        sim.why(FILE, engine="fast", replications=1, **asked)


def test_too_many_parts_are_refused() -> None:
    settings = {f"bundles.permit.properties.p{n}": "1 %" for n in range(MOST_PARTS + 1)}
    with pytest.raises(RequestError, match=r"17 parts are more than"):
        sim.why(FILE, after=settings)


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"settings": {"second": "1 d"}}, "second is set, and by part 'second' too"),
        ({"settings": {"regime": "new"}}, "regime is set, and by reform 'three-desks-to-one' too"),
        (
            {"settings": {"up": "90 %"}, "before": "shaky", "after": "quick"},
            "up is set, and by part 'up' too",
        ),
        (
            {
                "settings": {"systems.portal": "{up: 90 %}"},
                "before": "shaky",
                "after": ("shaky", {"first": "0 min"}),
            },
            "systems.portal is set, and by variant 'shaky' too",
        ),
        (
            {"settings": {"first": "1 d"}, "before": {"first": "2 d"}, "after": {"up": "90 %"}},
            "first is set, and by part 'first' too",
        ),
    ],
)
def test_a_setting_that_would_undo_a_part_is_refused(asked: dict[str, Any], named: str) -> None:
    with pytest.raises(RequestError) as caught:
        sim.why(FILE, engine="fast", replications=1, **asked)
    assert str(caught.value) == f"{named}. Leave out one."


@pytest.mark.parametrize(
    ("setting", "variant", "named"),
    [
        ("up", None, "bottleneck 'outages'"),
        ("bundles.permit.regimes.old.paper.second_desk.time", None, "bottleneck 'desks'"),
        ("regime", "shaky", "variant 'shaky'"),
    ],
)
def test_a_setting_that_would_undo_a_bottleneck_is_refused(
    setting: str, variant: str | None, named: str
) -> None:
    with pytest.raises(RequestError) as caught:
        sim.bottlenecks(FILE, variant=variant, settings={setting: "1 d"})
    assert str(caught.value) == f"{setting} is set, and by {named} too. Leave out one."


def test_any_variant_may_be_looked_at_under_any_reading(tmp_path: Path) -> None:
    path = tmp_path / "readings.yaml"
    text = FILE.read_text("utf-8").replace("shaky: {", "shaky: {reading: slow, ")
    path.write_text(f"{text}readings: {{slow: {{first: 3 d}}, fast: {{first: 1 d}}}}\n", "utf-8")
    asked: Any = {"engine": "fast", "workers": 1, "replications": 1}
    settings = {"reading": "fast"}
    found = sim.bottlenecks(path, variant="shaky", settings=settings, **asked).found
    assert found.where == "shaky, reading fast"
    with pytest.raises(RequestError, match="reading is set, and by part 'reading' too"):
        sim.why(path, before="old", after="shaky", settings=settings, **asked)


def test_all_faults_of_sets_of_parts_are_told_with_the_sets_that_have_them() -> None:
    with pytest.raises(ScenarioError) as caught:
        sim.why(FILE, before={"first": "1 d"}, after={"staffing": "0.001 x"})
    (fault,) = caught.value.faults
    assert fault.message.endswith("(in after · with staffing · with first, staffing)")


def test_a_scenario_without_a_reform_says_what_to_give(tmp_path: Path) -> None:
    path = tmp_path / "plain.yaml"
    text = FILE.read_text("utf-8")
    path.write_text(text[: text.index("reforms:")] + text[text.index("target:") :], "utf-8")
    with pytest.raises(RequestError, match=r"names no reform. Give --from and --to"):
        sim.why(path)
    with pytest.raises(RequestError, match=r"names no bottlenecks. Write some"):
        sim.bottlenecks(path)


def test_bottlenecks_are_taken_away_alone_all_and_all_but_each() -> None:
    found = taken_away("shaky")
    by_name = {each.name: each for each in found.bottlenecks}
    days = {name: each.gains["sojourn_days_mean"] for name, each in by_name.items()}
    whole = found.everything["sojourn_days_mean"]
    assert days["desks"].alone is not None
    assert days["desks"].alone.mean == pytest.approx(-4, abs=0.6)
    for gain in days.values():
        assert gain.others is not None
        assert gain.last is not None
        assert gain.others.mean + gain.last.mean == pytest.approx(whole.mean)
    assert by_name["nothing"].is_idle
    assert not by_name["outages"].is_idle
    assert list(found.units) == [
        "sojourn_days_mean",
        "working_days_mean",
        "on_time_share",
        "office_cost_a_year",
        "burden_a_year",
    ]


def test_a_bottleneck_that_is_not_there_changes_nothing() -> None:
    nothing = taken_away("shaky").bottlenecks[2].gains["sojourn_days_mean"].alone
    desks = taken_away("shaky").bottlenecks[0].gains["sojourn_days_mean"].alone
    assert nothing is not None
    assert desks is not None
    assert (nothing.mean, nothing.low, nothing.high) == (0, 0, 0)
    assert desks.high < 0


def test_a_worse_variant_gains_more_by_mending_what_is_worse() -> None:
    def gain(variant: str | None) -> float:
        alone = taken_away(variant).bottlenecks[1].gains["sojourn_days_mean"].alone
        assert alone is not None
        return alone.mean

    assert gain("shaky") < gain(None) <= 0


def test_a_bottleneck_without_enough_staff_is_left_out_and_named(tmp_path: Path) -> None:
    path = tmp_path / "few.yaml"
    text = FILE.read_text("utf-8").replace("{label: Nothing, staffing: 1 x}", "{staffing: 0.001 x}")
    path.write_text(text, "utf-8")
    found = sim.bottlenecks(path, engine="fast", workers=1, replications=2)
    assert "without nothing" in found.found.omissions
    assert found.found.bottlenecks[2].gains["sojourn_days_mean"].alone is None
    assert "Not run, for the staff could not keep up: without nothing" in str(found)


def test_the_words_name_the_change_the_parts_and_what_is_assumed() -> None:
    text = str(WhyAnswer(why=split()))
    assert "From three desks to one" in text
    assert "Permit and card at the same time" in text
    assert "What the parts do not explain" in text
    assert "The whole change" in text
    assert "Assumed: No second desk." in text
    assert "10 sets of parts, all orders; 3 replications" in text
    other = str(WhyAnswer(why=split(orders=5)))
    assert "5 orders drawn by chance" in other


def test_the_words_say_where_no_bottleneck_is() -> None:
    text = str(BottlenecksAnswer(found=taken_away("shaky")))
    assert "most is gained by “Two desks” alone" in text
    assert "“Nothing” stands in nobody’s way" in text
    assert "Two desks: first 0 min, second 0 min (assumed: A guess)" in text
    assert "people who are there and idle" in text


def test_the_pictures_show_each_part_and_end_where_the_figure_ends() -> None:
    why = split()
    axes = parts_waterfall(why).axes[0]
    labels = [label.get_text().replace("\n", " ") for label in axes.get_yticklabels()]
    assert labels[0] == "Before: old"
    assert labels[1:-1] == [each.part.label for each in why.shares] + [
        "What the parts do not explain"
    ]
    bars = axes.patches
    assert bars[0].get_width() == pytest.approx(why.before.mean)
    ends = [bar.get_x() + bar.get_width() for bar in bars]
    assert ends[-2] == pytest.approx(why.after.mean)
    assert ends[-1] == pytest.approx(why.after.mean)
    assert len(ledger_waterfall(why).axes[0].patches) >= 3


def test_the_picture_of_bottlenecks_has_a_panel_for_each_figure() -> None:
    found = taken_away("shaky")
    panels = [axes for axes in gains_of_bottlenecks(found).axes if axes.get_visible()]
    assert len(panels) == len(found.units)
    desks = found.bottlenecks[0].gains["sojourn_days_mean"].alone
    assert desks is not None
    assert any(bar.get_width() == pytest.approx(desks.mean) for bar in panels[0].patches)


def test_tables_and_pictures_go_into_a_folder_and_nothing_is_written_over(tmp_path: Path) -> None:
    answer = WhyAnswer(why=split())
    answer.save(tmp_path)
    with (tmp_path / "why.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    parts = sum(float(row["mean"]) for row in rows if row["kind"] in ("part", "rest"))
    whole = next(float(row["mean"]) for row in rows if row["kind"] == "change")
    assert parts == pytest.approx(whole, abs=1e-9)
    assert answer.parts["mean"].tolist()[2] == whole
    assert {path.name for path in tmp_path.iterdir()} == {
        "why.csv", "why-by-replication.csv", "why.png", "why.svg",
        "time-waterfall.png", "time-waterfall.svg",
    }  # fmt: skip
    with pytest.raises(StoreError, match=r"holds an answer already"):
        answer.save(tmp_path)
    answer.save(tmp_path, replace=True)


@pytest.mark.parametrize("verb", ["why", "bottlenecks"])
def test_a_folder_that_cannot_be_had_is_refused_before_anything_is_run(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*_: Any, **__: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(f"sim.api.{verb}", run)
    study = tmp_path / "study"
    study.mkdir()
    (study / "manifest.json").write_text("{}", "utf-8")
    (tmp_path / "file").write_text("mine", "utf-8")
    said = {study: "holds other files", tmp_path / "file": "is a file", Path("/proc/x"): "cannot"}
    for folder, words in said.items():
        assert main([verb, str(FILE), "--out", str(folder), "--replace"]) == 2
        assert words in capsys.readouterr().err
    assert [path.name for path in study.iterdir()] == ["manifest.json"]
    with pytest.raises(StoreError, match="holds other files"):
        WhyAnswer(why=split()).save(study, replace=True)


def test_a_frame_has_the_parts_of_each_replication() -> None:
    frame = WhyAnswer(why=split()).by_replication
    sums = frame.groupby("replication")["value"].sum()
    np.testing.assert_allclose(sums, split().by_replication.sum(axis=0), **CLOSE)


def test_the_command_shows_the_answer_and_writes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--replications", "2", "--engine", "fast", "--quiet"]
    line = ["--from", "old", "--from", "second=0 min", "--to", "quick", *words]
    assert main(["why", str(FILE), *line, "--out", str(tmp_path)]) == 0
    assert "The whole change" in capsys.readouterr().out
    assert (tmp_path / "why.csv").exists()
    assert main(["bottlenecks", str(FILE), "--variant", "shaky", *words]) == 0
    assert "Two desks" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["--from", "old", "--from", "new"], "--from names two variants"),
        (["--to", "first=1 d", "--to", "first=2 d"], "--to sets something twice"),
        (["--from", "odl"], "did you mean 'old'?"),
    ],
)
def test_the_command_refuses_what_it_cannot_read_with_2(
    line: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["why", str(FILE), *line]) == 2
    assert said in capsys.readouterr().err
