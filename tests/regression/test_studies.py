"""The worked studies: what their page says comes out of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim
from sim.experiment.results import Results

STUDIES = Path(__file__).parents[2] / "scenarios" / "studies"
ROWS = {
    "one away": "one-away",
    "both there": "both-there",
    "the neighbour helps": "neighbour-helps",
}
"""Rows of the table of the page that are made again, with their variants."""


@pytest.fixture(scope="module")
def away() -> Results:
    study = sim.compare(
        STUDIES / "officer-away" / "study.yaml",
        variants=list(ROWS.values()),
        bundles="birth",
        tables="none",
    )
    assert study.results is not None
    return study.results


def shown() -> dict[str, list[str]]:
    """The cells of the table by the words of its first column."""
    page = (STUDIES / "README.md").read_text("utf-8")
    table = re.search(r"<!-- officer-away -->\n(.*?)<!-- /officer-away -->", page, re.DOTALL)
    assert table is not None
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table[1].splitlines()[2:]
    ]
    return {row[0]: row[1:] for row in rows}


def made(results: Results, variant: str) -> list[str]:
    """The same cells as the results give them."""

    def days(group: str) -> str:
        found = results.estimate(variant, "working_days_mean", group)
        assert found is not None
        return f"{found.mean:.2f} ± {found.half_width:.2f}"

    on_time = results.estimate(variant, "on_time_share", "birth")
    assert on_time is not None
    gain = results.difference(variant, "working_days_mean", "birth")
    against = f"{gain.mean:+.2f} ± {gain.half_width:.2f}".replace("-", "−") if gain else ""
    return [days("birth"), days("birth/online"), f"{100 * on_time.mean:.1f} %", against]


def test_the_page_shows_what_the_study_gives(away: Results) -> None:
    table = shown()
    assert {words: table[words] for words in ROWS} == {
        words: made(away, variant) for words, variant in ROWS.items()
    }
    assert table["one away"] != made(away, "both-there")  # the twin


def test_who_files_online_notices_that_an_officer_is_away(away: Results) -> None:
    gain = away.difference("both-there", "working_days_mean", "birth/online")
    assert gain is not None
    assert gain.high < 0
