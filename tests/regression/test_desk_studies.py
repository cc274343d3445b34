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
    scale: float
    file: str


def figures() -> list[Figure]:
    with Path(__file__).with_name("desk_figures.csv").open(encoding="utf-8", newline="") as lines:
        return [
            Figure(**{**row, "digits": int(row["digits"]), "scale": float(row["scale"])})  # type: ignore[arg-type]
            for row in csv.DictReader(lines)
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
    "beside-lumps": Again(
        "district.yaml", "estimates-district.csv", "half-online", "birth", "birth,birth/online"
    ),
}


@functools.cache
def kept(study: str, file: str) -> dict[tuple[str, ...], tuple[float, ...]]:
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


@pytest.mark.parametrize("figure", figures(), ids=lambda figure: f"{figure.study} {figure.words}")
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


def test_a_page_has_five_figures_that_are_held_to_their_rows() -> None:
    studies = [figure.study for figure in figures()]
    assert {study: studies.count(study) for study in studies} == dict.fromkeys(MADE_AGAIN, 5)


def test_the_savings_of_a_year_are_cases_times_savings_and_add_up() -> None:
    lines = [line for line in section("a-year-of-savings").splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]
    *services, total = rows
    for _, cases, _, _, change, saved in services:
        assert -number(cases) * number(change) / 1000 == pytest.approx(number(saved), abs=0.06)
    assert len(services) == 14
    assert sum(number(row[-1]) for row in services) == pytest.approx(number(total[-1]), abs=0.5)
