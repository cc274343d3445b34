"""The kept headline study: one cell made again digit for digit; the README says what it says."""

from __future__ import annotations

import csv
import json
import math
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from sim.analysis.estimate import Estimate
from sim.analysis.shares import estimate_all
from sim.engines import run
from sim.kpis import Measure, measure
from sim.model import Model
from sim.records import Keep
from sim.scenario import holidays_used, load, resolve

TOP = Path(__file__).parents[2]
HEADLINE = TOP / "results" / "headline"
LABEL = "variant"
CELL = "linked-online-2024, by-the-letter, uptake 74.4 %, staffing 1 x"
SETTINGS = {
    "regime": "linked-online-2024",
    "reading": "by-the-letter",
    "uptake": "74.4 %",
    "staffing": "1 x",
}


@cache
def manifest() -> dict[str, object]:
    found = json.loads((HEADLINE / "manifest.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def rows(name: str) -> list[dict[str, str]]:
    with (HEADLINE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def kept() -> dict[tuple[str, str], dict[str, str]]:
    """The estimates of the cell, by KPI and group."""
    return {
        (row["kpi"], row["group"]): row
        for row in rows("estimates.csv")
        if row["variant"] == CELL and not row["baseline"]
    }


@pytest.fixture(scope="module")
def model() -> Model:
    return resolve(load(TOP / "scenarios" / "birth-nghe-an-2024.yaml", settings=SETTINGS))


def measured(model: Model, *, seed: int, replication: int) -> list[Measure]:
    keep = Keep(bundles=("birth",), work_items=False)
    made = run(model, seed=seed, replication=replication, engine="fast", keep=keep)
    return measure(model, made, ("birth",))


@pytest.fixture(scope="module")
def again(model: Model) -> list[Estimate]:
    seed, replications = (int(str(manifest()[each])) for each in ("seed", "replications"))
    return estimate_all(
        CELL, [measured(model, seed=seed, replication=i) for i in range(replications)]
    )


def as_kept(again: list[Estimate]) -> set[tuple[str, str]]:
    """The KPIs and groups whose every digit is the one kept."""
    return {
        (each.kpi, each.group)
        for each in again
        if (row := kept().get((each.kpi, each.group)))
        and [row["mean"], row["low"], row["high"], row["n"]]
        == [repr(each.mean), repr(each.low), repr(each.high), str(each.n)]
    }


def test_one_cell_of_the_headline_study_is_made_again_digit_for_digit(
    again: list[Estimate],
) -> None:
    assert len(kept()) > 200
    assert as_kept(again) == set(kept())


def test_another_digit_is_not_that_of_the_cell(again: list[Estimate]) -> None:  # the twin
    other = [replace(each, mean=math.nextafter(each.mean, math.inf)) for each in again]
    assert as_kept(other) == set()


def test_the_reference_engine_measures_the_same_in_that_cell(model: Model) -> None:
    """In one replication of the cell with a hundredth of its demand: all of it takes minutes."""
    demands = tuple(replace(each, yearly=each.yearly / 100) for each in model.demands)
    thin = replace(model, demands=demands)
    fast, reference = (
        measure(thin, run(thin, seed=1, replication=3, engine=engine), ("birth",))
        for engine in ("fast", "reference")
    )
    assert fast == reference
    other = measure(thin, run(thin, seed=1, replication=4, engine="fast"), ("birth",))
    assert other != reference  # twin


def test_the_holidays_of_the_study_are_those_that_the_library_gives_today() -> None:
    used = holidays_used(load(TOP / "scenarios" / "birth-nghe-an-2024.yaml"))
    assert used is not None
    kept = manifest()["holidays"]
    assert isinstance(kept, dict)
    assert kept["days_off"] == used.as_dict()["days_off"]
    assert kept["working_saturdays"] == used.as_dict()["working_saturdays"]
    assert kept["days_off"] != {}


def test_every_mean_of_the_study_is_known_to_five_percent_or_a_tenth_of_a_day() -> None:
    means = [
        row
        for row in rows("estimates.csv")
        if row["kpi"] == "working_days_mean" and row["group"] == "birth" and not row["baseline"]
    ]
    assert len(means) == 21
    half = {row[LABEL]: (float(row["high"]) - float(row["low"])) / 2 for row in means}
    too_wide = {
        row[LABEL]: half[row[LABEL]]
        for row in means
        if half[row[LABEL]] > max(0.05 * float(row["mean"]), 0.1)
    }
    assert too_wide == {}


def _with_half(mean: float, half: float) -> str:
    return f"{mean:.1f} ± {half:.2f}"


def readme_table() -> str:
    """The table of the README as the kept estimates give it."""
    wanted = {"working_days_mean", "sojourn_days_mean", "trips", "on_time_share"}
    cells: dict[str, dict[str, tuple[float, float]]] = {}
    for row in rows("estimates.csv"):
        if row["baseline"] or row["kpi"] not in wanted:
            continue
        group = {"birth": "", "birth/online": " online"}.get(row["group"])
        if group is not None:
            mean, high = float(row["mean"]), float(row["high"])
            cells.setdefault(row[LABEL], {})[row["kpi"] + group] = (mean, high - mean)
    names = {
        "separate-2006": "three offices, paper",
        "linked-paper-2015": "one dossier, paper",
        "linked-online-2024": "one form, online",
    }
    readings = {
        "by-the-letter": "by the letter",
        "calendar-days": "15 days by the calendar",
        "as-habits-are": "as habits are",
        "at-its-best": "at its best",
    }
    lines = [
        "| regime | reading | filed online | staff | working days (95 % interval) "
        "| of those filed online | calendar days | on time | trips |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for variant, kpis in cells.items():
        regime, reading, uptake, staffing = variant.split(", ")
        is_online = regime == "linked-online-2024"
        if not is_online and uptake != "uptake 47.8 %":
            continue
        online = kpis.get("working_days_mean online") if is_online else None
        share = kpis.get("on_time_share")
        lines.append(
            f"| {names[regime]} | {readings[reading]} "
            f"| {uptake.removeprefix('uptake ') if is_online else '–'} "
            f"| {100 * float(staffing.split()[1]):.0f} % "
            f"| {_with_half(*kpis['working_days_mean'])} "
            f"| {_with_half(*online) if online else '–'} "
            f"| {kpis['sojourn_days_mean'][0]:.1f} "
            f"| {f'{100 * share[0]:.1f} %' if share else 'no limit'} "
            f"| {kpis['trips'][0]:.1f} |"
        )
    return "\n".join(lines)


def test_the_readme_shows_the_table_of_the_kept_study() -> None:
    readme = (TOP / "README.md").read_text("utf-8")
    shown = re.search(r"<!-- headline -->\n(.*?)\n<!-- /headline -->", readme, re.DOTALL)
    assert shown is not None
    assert shown[1] == readme_table()


NUMBER = r"(\d+(?:\.\d+)?)"
SIGNED = r"(−?\d+(?:\.\d+)?)"
MEAN = re.compile(rf"{SIGNED} wd \({SIGNED} to {SIGNED}\)")
AGAINST = re.compile(rf"{NUMBER} wd instead of {NUMBER} wd, ([−+]){NUMBER} wd")


def answer_box() -> str:
    page = (HEADLINE / "report.html").read_text("utf-8")
    box = re.search(r'<div class="answer">(.*?)</div>', page, re.DOTALL)
    assert box is not None
    return re.sub(r"<[^>]+>", " ", box[1]).replace("\u00a0", " ")


def unfounded(box: str) -> list[tuple[str, ...]]:
    """The means, and the differences, of the answer box that no row of the estimates gives."""
    days = [row for row in rows("estimates.csv") if row["kpi"] == "working_days_mean"]

    def is_shown(text: str, value: str) -> bool:
        text = text.replace("−", "-")
        places = len(text.partition(".")[2])
        return f"{float(value):.{places}f}" == text

    found: list[tuple[str, ...]] = []
    for texts in MEAN.findall(box):
        ends = [(row["mean"], row["low"], row["high"]) for row in days]
        if not any(all(map(is_shown, texts, values)) for values in ends):
            found.append(texts)
    means = {(row[LABEL], row["group"]): row["mean"] for row in days if not row["baseline"]}
    for mine, base, sign, gap in AGAINST.findall(box):
        signed = ("-" if sign == "−" else "") + gap
        if not any(
            is_shown(mine, means[row[LABEL], row["group"]])
            and is_shown(base, means[row["baseline"], row["group"]])
            and is_shown(signed, row["mean"])
            for row in days
            if row["baseline"]
        ):
            found.append((mine, base, signed))
    return found


def test_every_mean_and_difference_of_the_answer_stands_in_the_estimates() -> None:
    box = answer_box()
    assert len(MEAN.findall(box)) >= 8
    assert len(AGAINST.findall(box)) >= 8
    assert unfounded(box) == []
    first = MEAN.search(box)
    assert first is not None
    wrong = box.replace(first[0], first[0].replace(first[1], f"{float(first[1]) + 0.3:.2f}"))
    assert unfounded(wrong) != []  # the twin


def test_no_two_readings_are_mixed_in_one_difference() -> None:
    def mixed(found: list[dict[str, str]]) -> list[str]:
        return [
            row[LABEL]
            for row in found
            if row["baseline"] and row[LABEL].split(", ")[1:] != row["baseline"].split(", ")[1:]
        ]

    found = rows("estimates.csv")
    assert mixed(found) == []
    one = next(row for row in found if row["baseline"] and "as-habits-are" in row["baseline"])
    wrong = one | {"baseline": one["baseline"].replace("as-habits-are", "at-its-best")}
    assert mixed([wrong]) != []  # the twin
