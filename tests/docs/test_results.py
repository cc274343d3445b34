"""Holds docs/results.md against the files of a real study: names, types, meanings, keys."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sim
from sim.answers.verdicts import MEANINGS
from sim.experiment.columns import (
    BY_OFFICE_MEANINGS,
    ESTIMATE_MEANINGS,
    KPI_MEANINGS,
    MISSING_MEANINGS,
    OVER_TIME_MEANINGS,
    read_columns,
)
from sim.experiment.store import MANIFEST_KEYS
from sim.kpis.by_office import OFFICE_SHARES
from sim.kpis.over_time import FOLLOWED

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "results.md"
SMALL = ROOT / "tests" / "data" / "small.yaml"

TYPES = {
    pa.timestamp("us"): "instant",
    pa.duration("us"): "length",
    pa.date32(): "day",
    pa.int32(): "count",
    pa.int64(): "count",
    pa.bool_(): "truth",
    pa.dictionary(pa.int32(), pa.string()): "name",
}
OF_THE_STUDY = {
    "variant": "the cell: a variant, or a point of a sweep",
    "replication": "number of the replication, from 0",
}


def rows_of(page: str, table: str) -> list[tuple[str, ...]]:
    """The rows of a table of the page, below its two lines of heading."""
    text = page.split(f"<!-- columns: {table} -->\n")[1].split("\n\n", maxsplit=1)[0]
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in text.splitlines()[2:]]
    return [tuple(cell.strip() for cell in row) for row in rows]


def names_of(page: str, table: str) -> list[str]:
    return [row[0].strip("`") for row in rows_of(page, table)]


def as_documented(schema: pa.Schema) -> list[tuple[str, ...]]:
    return [
        (
            f"`{field.name}`",
            TYPES[field.type],
            OF_THE_STUDY.get(field.name) or field.metadata[b"meaning"].decode(),
        )
        for field in schema
        if not field.name.startswith("property_")
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("study")
    vary = {"uptake": ["20 %", "80 %"]}
    sim.sweep(
        SMALL,
        vary=vary,
        replications=2,
        tables="all",
        over_time="week",
        by_office=True,
        out=out,
        engine="reference",
        workers=1,
    )
    return out


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["cases", "dossiers", "work_items"])
def test_every_column_of_a_table_stands_on_the_page(name: str, folder: Path, page: str) -> None:
    schema = pq.read_schema(folder / f"{name}.parquet")
    assert rows_of(page, name) == as_documented(schema)
    with pytest.raises(AssertionError):  # the twin
        assert rows_of(page.replace("| count |", "| length |"), name) == as_documented(schema)


@pytest.mark.parametrize(
    ("name", "meanings"),
    [
        ("estimates", ESTIMATE_MEANINGS),
        ("kpis", KPI_MEANINGS),
        ("missing", MISSING_MEANINGS),
        ("verdicts", MEANINGS),
        ("over_time", OVER_TIME_MEANINGS),
        ("by_office", BY_OFFICE_MEANINGS),
    ],
)
def test_every_column_of_a_csv_file_stands_on_the_page(
    name: str, meanings: dict[str, str], folder: Path, page: str
) -> None:
    assert rows_of(page, name) == [(f"`{key}`", text) for key, text in meanings.items()]
    columns = list(read_columns(folder / f"{name}.csv"))
    assert [column for column in columns if column != "uptake"] == names_of(page, name)
    assert "uptake" in columns


def test_everything_followed_stands_on_the_page_with_its_equation(folder: Path, page: str) -> None:
    found = [(f"`{each.name}`", each.unit, each.equation) for each in FOLLOWED.values()]
    assert [(name, unit, text) for name, unit, _, text in rows_of(page, "followed")] == found
    written = read_columns(folder / "over_time.csv")
    units = dict.fromkeys(zip(written["kpi"], written["unit"], strict=True))
    assert list(units) == [(each.name, each.unit) for each in FOLLOWED.values()]
    wrong = page.replace("| `items_waiting` | items |", "| `items_waiting` | cases |")
    assert [row[1] for row in rows_of(wrong, "followed")] != [unit for _, unit, _ in found]


def test_every_share_by_office_stands_on_the_page_with_its_equation(
    folder: Path, page: str
) -> None:
    found = [(f"`{each.name}`", each.equation) for each in OFFICE_SHARES.values()]
    assert [(name, text) for name, _, text in rows_of(page, "office_shares")] == found
    written = read_columns(folder / "by_office.csv")
    assert set(written["kpi"]) == OFFICE_SHARES.keys() - {"paid_online_share"}  # it has no fee
    assert set(written["unit"]) == {"share"}
    wrong = page.replace("| `uptake` | channel | measured", "| `uptake` | channel | all")
    assert [(name, text) for name, _, text in rows_of(wrong, "office_shares")] != found


def test_every_key_of_the_manifest_stands_on_the_page(folder: Path, page: str) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert names_of(page, "manifest") == list(manifest)
    assert set(manifest) == MANIFEST_KEYS
    assert names_of(page.replace("| `varied` |", "| `vary` |"), "manifest") != list(manifest)


def test_every_file_of_a_study_stands_on_the_page(folder: Path, page: str) -> None:
    files = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
    tops = {name if "/" not in name else name.split("/")[0] + "/" for name in files}
    assert {name for name in tops if f"`{name}`" not in page} == set()
    assert len(tops) == 12
