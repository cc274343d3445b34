"""A study under several readings: like beside like, and which published figures hold under each."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import sim
from sim.experiment.results import Results
from sim.report.answer import answer
from sim.report.figures.readings import range_of_readings
from sim.report.published import readings
from sim.report.view import baseline_words

SMALL = Path(__file__).parents[2] / "data" / "small.yaml"
READINGS = """\
title: A small study under two readings
extends: SMALL
levers: {reading: reading}
readings:
  at-once: {label: at once, uptake: 50 %}
  slowly: {label: looked at in the afternoon, staff.clerk.looks_in: ["16:00"]}
reading: at-once
"""


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Results:
    path = tmp_path_factory.mktemp("readings") / "small.yaml"
    path.write_text(READINGS.replace("SMALL", str(SMALL)), encoding="utf-8")
    study = sim.sweep(
        path,
        vary={"regime": ["before", "today"], "reading": ["at-once", "slowly"]},
        also={"staffing": ["1 x", "2 x"]},
        baseline="before",
        engine="reference",
        workers=1,
        tables="none",
    )
    assert study.results is not None
    return study.results


def sentences(results: Results) -> list[str]:
    return [each.replace("\u00a0", " ") for each in answer(results, "residence")]


def with_mean(results: Results, cell: str, mean: float) -> Results:
    """The same study with another mean beside the published figure in one cell."""
    return replace(
        results,
        claims=tuple(
            replace(c, mean=mean, low=mean, high=mean, difference=mean - c.claim.value)
            if c.cell == cell
            else c
            for c in results.claims
        ),
    )


def test_the_lever_beside_what_is_compared_is_the_reading(swept: Results) -> None:
    found = readings(swept)
    assert found is not None
    assert found.name == "reading"
    assert baseline_words(swept) == "“before” with all else alike"


def test_each_published_figure_stands_beside_every_reading(swept: Results) -> None:
    first, second, joint = sentences(swept)[:3]
    assert first.startswith("Published 2.5 wd for “before”: the simulation gives ")
    assert second.startswith("Published 1 wd for “today”, filed online: the simulation gives ")
    for each in (first, second):
        assert "under “at once”" in each
        assert "under “looked at in the afternoon”" in each
    assert joint.startswith("As exactly as they are published, 2.5 wd holds under ")


def test_the_readings_under_which_a_figure_holds_are_named(swept: Results) -> None:
    cells = [check.cell for check in swept.claims]
    none = swept
    for cell in cells:
        none = with_mean(none, cell, 9.0)
    assert "2.5 wd holds under none of the 2 readings (the nearest: 9.0 wd" in sentences(none)[2]
    assert "together they hold under none of the 2 readings" in sentences(none)[2]
    one = with_mean(none, "before, slowly, staffing 1 x", 2.5)
    one = with_mean(one, "today, slowly, staffing 1 x", 1.4)
    assert "2.5 wd holds under “looked at in the afternoon”" in sentences(one)[2]
    assert "together they hold under “looked at in the afternoon”" in sentences(one)[2]


def test_how_far_a_difference_hangs_on_the_reading_is_told(swept: Results) -> None:
    (sentence,) = (s for s in sentences(swept) if s.startswith("What a reading says is assumed"))
    gains = []
    for reading in ("at-once", "slowly"):
        cell = f"today, {reading}, staffing 1 x"
        gain = swept.difference(cell, "working_days_mean", "residence")
        assert gain is not None
        gains.append(gain.mean)
    told = [float(text.replace("−", "-")) for text in re.findall(r"([−+]?[0-9.]+) wd \(", sentence)]
    assert told == pytest.approx(sorted(gains), abs=0.06)
    assert told != pytest.approx(sorted(gains, reverse=True), abs=0.06)  # the twin


def test_what_is_compared_stands_beside_its_like_under_each_reading(swept: Results) -> None:
    found = [each for each in sentences(swept) if each.startswith("“today” instead of “before”")]
    assert len(found) == 2
    assert "under “at once”" in found[0]
    assert "under “looked at in the afternoon”" in found[1]
    for text, reading in zip(found, ("at-once", "slowly"), strict=True):
        gap = swept.difference(f"today, {reading}, staffing 1 x", "working_days_mean", "residence")
        assert gap is not None
        assert gap.baseline == f"before, {reading}, staffing 1 x"
        assert f"{abs(gap.mean):.2f}" in text or f"{abs(gap.mean):.1f}" in text


def test_the_picture_has_a_row_for_each_group_that_is_spoken_of(swept: Results) -> None:
    figure = range_of_readings(swept, "residence")
    assert figure is not None
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["before", "today", "today\nfiled online"]
    texts = [each.get_text() for each in figure.axes[0].texts]
    assert texts == ["published: 2.5", "published: 1"]


def test_a_study_without_readings_has_no_such_picture(results: Results) -> None:
    assert readings(results) is None
    assert range_of_readings(results, "birth") is None
