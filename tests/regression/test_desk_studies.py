"""The questions of a desk: five figures of each page, rows kept, and a part made again."""

from __future__ import annotations

import csv
import functools
import re
from pathlib import Path
from typing import NamedTuple

import pytest

import sim

STUDIES = Path(__file__).parents[2] / "scenarios" / "studies"
FEW = 1e-9


class Figure(NamedTuple):
    """A figure of a page and its row of the estimates; ``scale`` makes its unit the page's."""

    study: str
    words: str
    variant: str
    baseline: str
    kpi: str
    group: str
    digits: int
    scale: float = 1.0
    file: str = "estimates.csv"


FIGURES = [
    Figure(
        "saturday-morning",
        "+0.13 ± 0.01",
        "open",
        "closed",
        "sojourn_days_mean",
        "certification/paper",
        2,
    ),
    Figure(
        "saturday-morning",
        "+0.32 ± 0.02",
        "half-the-people",
        "closed",
        "sojourn_days_mean",
        "certification/paper",
        2,
    ),
    Figure(
        "saturday-morning",
        "+0.40 ± 0.01",
        "without-chair",
        "closed",
        "sojourn_days_mean",
        "certification/paper",
        2,
    ),
    Figure(
        "saturday-morning",
        "98.0 (97.3 to 98.5)",
        "many-come",
        "",
        "on_time_share",
        "certification",
        1,
        100,
    ),
    Figure(
        "saturday-morning",
        "63.0 ± 1.6",
        "half-day-off",
        "",
        "utilisation",
        "civil_status_officer",
        1,
        100,
    ),
    Figure(
        "one-desk-for-all",
        "−48.2 (−50.8 to −45.8)",
        "all-for-all",
        "specialists",
        "waiting_mean",
        "civil_status_officer",
        1,
        1,
        "estimates-small.csv",
    ),
    Figure(
        "one-desk-for-all",
        "+12.8 (9.1 to 17.5)",
        "all-for-all",
        "specialists",
        "on_time_share",
        "marriage",
        1,
        100,
        "estimates-small.csv",
    ),
    Figure(
        "one-desk-for-all",
        "+9.6 (8.4 to 11.0)",
        "clerks-for-all",
        "specialists",
        "waiting_mean",
        "one_stop_clerk",
        1,
        1,
        "estimates-small.csv",
    ),
    Figure(
        "one-desk-for-all",
        "+0.0 ± 0.7",
        "all-for-all",
        "specialists",
        "on_time_share",
        "marriage",
        1,
        100,
        "estimates.csv",
    ),
    Figure(
        "one-desk-for-all",
        "7.7 (6.2 to 9.5)",
        "learning-at-60",
        "",
        "waiting_mean",
        "civil_status_officer",
        1,
        1,
        "estimates.csv",
    ),
    Figure(
        "zero-fee",
        "−0.41 ± 0.03",
        "zero",
        "fees-stay",
        "own_hours",
        "permanent_residence",
        2,
        1,
        "estimates.csv",
    ),
    Figure(
        "zero-fee",
        "−0.41 ± 0.03",
        "paid-online",
        "fees-stay",
        "own_hours",
        "permanent_residence",
        2,
        1,
        "estimates.csv",
    ),
    Figure(
        "zero-fee",
        "−0.52 ± 0.07",
        "zero-a-quarter",
        "fees-stay",
        "own_hours",
        "permanent_residence",
        2,
        1,
        "estimates.csv",
    ),
    Figure(
        "zero-fee",
        "−1 750 ± 34",
        "zero",
        "fees-stay",
        "fees",
        "certification",
        0,
        1,
        "estimates.csv",
    ),
    Figure(
        "zero-fee",
        "−0.41 ± 0.03",
        "zero",
        "fees-stay",
        "trips",
        "permanent_residence",
        2,
        1,
        "estimates.csv",
    ),
    Figure(
        "a-year-of-savings",
        "−278 598 (−281 712 to −275 499)",
        "online",
        "separate",
        "burden",
        "birth",
        0,
        1,
        "estimates-birth.csv",
    ),
    Figure(
        "a-year-of-savings",
        "−44 809 ± 186",
        "today",
        "paper",
        "burden",
        "household_card",
        0,
        1,
        "estimates.csv",
    ),
    Figure(
        "a-year-of-savings",
        "−55 916 (−56 485 to −55 352)",
        "today",
        "paper",
        "burden",
        "motorbike",
        0,
        1,
        "estimates.csv",
    ),
    Figure(
        "a-year-of-savings",
        "−252 051 (−254 634 to −249 480)",
        "online",
        "separate",
        "burden",
        "death",
        0,
        1,
        "estimates-death.csv",
    ),
    Figure(
        "a-year-of-savings",
        "−69 305 (−70 734 to −67 900)",
        "today",
        "paper",
        "burden",
        "criminal_record",
        0,
        1,
        "estimates.csv",
    ),
]


class Again(NamedTuple):
    """A part of a study made again: its file, what is kept of it, the groups compared."""

    scenario: str
    file: str
    variants: str
    bundles: str
    groups: str


MADE_AGAIN = {
    "saturday-morning": Again(
        "study.yaml", "estimates.csv", "open", "certification", "certification,certification/paper"
    ),
    "one-desk-for-all": Again(
        "small.yaml",
        "estimates-small.csv",
        "specialists,all-for-all",
        "marriage",
        "marriage,civil_status_officer",
    ),
    "zero-fee": Again(
        "after.yaml",
        "estimates-after.csv",
        "zero-a-quarter-stays",
        "permanent_residence",
        "permanent_residence,permanent_residence/online",
    ),
    "a-year-of-savings": Again(
        "study.yaml", "estimates.csv", "today", "household_card", "household_card"
    ),
}


@functools.cache
def kept(study: str, file: str = "estimates.csv") -> dict[tuple[str, ...], tuple[float, ...]]:
    """The mean and the ends of the interval by variant, baseline, KPI and group."""
    with (STUDIES / study / file).open(encoding="utf-8", newline="") as lines:
        return {
            (row["variant"], row["baseline"], row["kpi"], row["group"]): (
                float(row["mean"]),
                float(row["low"]),
                float(row["high"]),
            )
            for row in csv.DictReader(lines)
        }


def shown(row: tuple[float, ...], figure: Figure) -> str:
    """As the page writes it: with half of the interval, or with its ends where the arms differ."""
    mean, low, high = (figure.scale * value for value in row)
    sign = "+" if figure.baseline else ""
    down, up = f"{mean - low:,.{figure.digits}f}", f"{high - mean:,.{figure.digits}f}"
    ends = f"({low:,.{figure.digits}f} to {high:,.{figure.digits}f})"
    text = f"{mean:{sign},.{figure.digits}f} " + (f"± {up}" if down == up else ends)
    return text.replace(",", " ").replace("-", "−")


def section(study: str) -> str:
    """What the page says between the marks of a study."""
    page = (STUDIES / "README.md").read_text("utf-8")
    found = re.search(rf"<!-- {study} -->\n(.*?)<!-- /{study} -->", page, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: f"{figure.study} {figure.words}")
def test_a_figure_of_the_page_is_a_row_of_its_estimates(figure: Figure) -> None:
    assert figure.words in section(figure.study)
    row = kept(figure.study, figure.file)[
        (figure.variant, figure.baseline, figure.kpi, figure.group)
    ]
    assert shown(row, figure) == figure.words
    assert shown(tuple(1.1 * value for value in row), figure) != figure.words  # the twin


@pytest.mark.parametrize("study", MADE_AGAIN)
def test_what_is_kept_is_what_the_study_gives(study: str) -> None:
    again = MADE_AGAIN[study]
    variants, groups = again.variants.split(","), again.groups.split(",")
    made = sim.compare(
        STUDIES / study / again.scenario, variants=variants, bundles=again.bundles, tables="none"
    )
    assert made.results is not None
    compared = 0
    for (variant, baseline, kpi, group), row in kept(study, again.file).items():
        if variant in variants and group in groups and not baseline:
            found = made.results.estimate(variant, kpi, group)
            assert found is not None, kpi
            assert (found.mean, found.low, found.high) == pytest.approx(row, rel=FEW), kpi
            compared += 1
    assert compared > 2 * len(variants)


def number(cell: str) -> float:
    """The number with which a cell of a page begins."""
    found = re.match(r"[−\d][\d .]*", cell)
    assert found is not None, cell
    return float(found[0].replace(" ", "").replace("−", "-").rstrip("."))


def test_the_savings_of_a_year_are_cases_times_savings_and_add_up() -> None:
    lines = [line for line in section("a-year-of-savings").splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]
    *services, total = rows
    for _, cases, _, _, change, saved in services:
        assert -number(cases) * number(change) / 1000 == pytest.approx(number(saved), abs=0.06)
    assert len(services) == 14
    assert sum(number(row[-1]) for row in services) == pytest.approx(number(total[-1]), abs=0.5)
