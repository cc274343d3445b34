"""CSV files as spreadsheets save them: what each is read as, or why it is refused."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario import load, resolve
from sim.scenario.resolve import csv_files
from sim.scenario.text.rows import RowFault, Rows, rows_of

COLUMNS = ("office", "births")
CELLS = (("Xã An", "120"), ("Xã Bình", "60"))
PLAIN = "office,births\nXã An,120\nXã Bình,60\n"


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def read(
    data: bytes, needs: Sequence[str] = ("office",), may: Sequence[str] = ("level",)
) -> tuple[Rows | None, list[tuple[int, str, str]]]:
    rows, faults = rows_of(data, file="a.csv", name="a.csv", needs=needs, may=may)
    assert all(isinstance(fault, RowFault) for fault in faults)
    return rows, [(fault.line, fault.message, fault.way_out) for fault in faults]


SAME: dict[str, tuple[bytes, tuple[int, ...]]] = {
    "commas": (PLAIN.encode(), (2, 3)),
    "semicolons": (PLAIN.replace(",", ";").encode(), (2, 3)),
    "tabs": (PLAIN.replace(",", "\t").encode(), (2, 3)),
    "byte-order mark": (PLAIN.encode("utf-8-sig"), (2, 3)),
    "UTF-16 LE": (PLAIN.replace(",", "\t").encode("utf-16"), (2, 3)),
    "UTF-16 BE": (b"\xfe\xff" + PLAIN.encode("utf-16-be"), (2, 3)),
    "line that names the semicolon": (b"sep=;\n" + PLAIN.replace(",", ";").encode(), (3, 4)),
    "line that names the comma": (("\ufeffsep=,\r\n" + PLAIN).encode(), (3, 4)),
    "lines of Windows": (PLAIN.replace("\n", "\r\n").encode(), (2, 3)),
    "lines of an old Mac": (PLAIN.replace("\n", "\r").encode(), (2, 3)),
    "no newline at the end": (PLAIN.rstrip().encode(), (2, 3)),
    "blank lines": (PLAIN.replace("\n", "\n\n").encode(), (3, 5)),
    "rows of empty cells": ((PLAIN + ",\n,\n").encode(), (2, 3)),
    "empty columns at the end": (PLAIN.replace("\n", ",,\n").encode(), (2, 3)),
    "empty cells at the end of rows": (PLAIN.replace("0\n", "0,,\n").encode(), (2, 3)),
    "an empty column between": (PLAIN.replace(",", ",,").encode(), (2, 3)),
    "headings in upper case": (PLAIN.replace("office", "OFFICE").encode(), (2, 3)),
    "blanks around cells": (PLAIN.replace(",", " , ").encode(), (2, 3)),
    "decomposed letters": (nfd(PLAIN).encode(), (2, 3)),
    "cells in quotes": (PLAIN.replace("Xã An", '"Xã An"').encode(), (2, 3)),
    "a heading in quotes": (b'"office";births\n' + PLAIN[14:].replace(",", ";").encode(), (2, 3)),
}

REFUSED: dict[str, tuple[bytes, list[tuple[int, str, str]]]] = {
    "Windows-1258": (
        b"office,births\nX\xe3 B\xecnh,60\nHu\xea\xf2,3\n",
        [(0, "'a.csv' is not UTF-8, it looks like Windows-1258", "In Excel: Save as, CSV UTF-8.")],
    ),
    "TCVN3": (
        b"office,births\nX\xb7 B\xd7nh,60\n",
        [(0, "looks like TCVN3", "Convert its font to Unicode first. In Excel: Save as")],
    ),
    "Latin-1": (
        b"office,births\nSaint-Andr\xe9,60\n",
        [(0, "looks like Windows-1252 (Latin-1)", "CSV UTF-8")],
    ),
    "UTF-16 without a mark": (
        PLAIN.encode("utf-16-le"),
        [(0, "looks like UTF-16 without a byte-order mark", "CSV UTF-8")],
    ),
    "UTF-16 cut off": (PLAIN.encode("utf-16")[:-1], [(0, "UTF-16 that is cut off", "CSV UTF-8")]),
    "no column of need": (
        b"name;births\nAn;1\n",
        [(1, "lacks the column office; found name, births", "commas or semicolons")],
    ),
    "a heading twice": (b"office,births,births\nAn,1,2\n", [(1, "'births' twice", "each once")]),
    "a heading twice in two cases": (b"office,Office\nAn,1\n", [(1, "'office' twice", "each")]),
    "headings missing and twice, and a short row": (
        b"name,births,births\nAn,1,2\nBinh,1\n",
        [
            (1, "lacks the column office", ""),
            (1, "'births' twice", ""),
            (3, "2 cells under 3 columns", "Put cells that hold a comma into quotes."),
        ],
    ),
    "cells without a heading": (
        b"office,,births\nAn,x,1\n",
        [(1, "column 2 has no heading, and cells below it", "names the columns")],
    ),
    "empty": (b"", [(1, "lacks the column office; found nothing", "The first line")]),
}

RAGGED: dict[str, tuple[bytes, int, str, str]] = {
    "a decimal comma in a file with commas": (
        b"office,births\nAn,1,5\nBinh,2\n",
        2,
        "3 cells under 2 columns",
        "hold a comma",
    ),
    "a semicolon in a cell": (b"office;births\nA;n;1\n", 2, "3 cells", "hold a semicolon"),
    "a tab in a cell": (b"office\tbirths\nA\tn\t1\n", 2, "3 cells", "hold a tab"),
    "a short row under a long quote": (
        b'office,births\n"An\nphu\nxa",1\nBinh\n',
        5,
        "1 cells under 2 columns",
        "quotes",
    ),
    "a cell of a megabyte": (
        b'office,births\nAn,1\n"' + b"x" * 1_000_000,
        3,
        "no CSV: field larger",
        "a quote that is not closed",
    ),
}


def _assert_reads(data: bytes, lines: tuple[int, ...], cells: tuple[tuple[str, ...], ...]) -> None:
    rows, faults = read(data)
    assert faults == []
    assert rows == Rows(file="a.csv", columns=COLUMNS, cells=cells, lines=lines)


@pytest.mark.parametrize("name", SAME)
def test_one_table_in_many_spellings_reads_the_same(name: str) -> None:
    data, lines = SAME[name]
    _assert_reads(data, lines, CELLS)
    with pytest.raises(AssertionError):
        _assert_reads(data, lines, CELLS[::-1])
    with pytest.raises(AssertionError):
        _assert_reads(data, tuple(line + 1 for line in lines), CELLS)


@pytest.mark.parametrize("name", REFUSED)
def test_a_table_that_is_of_no_use_is_refused_with_all_its_faults(name: str) -> None:
    data, expected = REFUSED[name]
    rows, faults = read(data)
    assert rows is None
    assert [line for line, _, _ in faults] == [line for line, _, _ in expected]
    for (_, message, way_out), (_, words, advice) in zip(faults, expected, strict=True):
        assert words in message
        assert advice in way_out


@pytest.mark.parametrize("name", RAGGED)
def test_a_row_that_cannot_be_read_is_told_with_its_line(name: str) -> None:
    data, line, words, advice = RAGGED[name]
    rows, ((at, message, way_out),) = read(data)
    assert rows is not None
    assert line not in rows.lines
    assert (at, words in message, advice in way_out) == (line, True, True)


def test_a_cell_with_lines_in_it_keeps_the_numbers_of_those_below() -> None:
    rows, faults = read(b'office,births\n"An\r\nphu",1\nBinh,2\n')
    assert (rows is not None, faults) == (True, [])
    assert rows is not None
    assert rows.lines == (2, 4)
    assert rows.cells[0] == ("An\nphu", "1")


def test_headings_of_ones_own_keep_their_case() -> None:
    rows, _ = read(b"Office,LEVEL,Births\nAn,commune,1\n")
    assert rows is not None
    assert rows.columns == ("office", "level", "Births")


@pytest.mark.parametrize("heading", [b"births, all", b'"births, all, ever"'])
def test_a_comma_in_a_heading_does_not_part_it(heading: bytes) -> None:
    rows, faults = read(b"office;" + heading + b"\nAn;1\n")
    assert faults == []
    assert rows is not None
    assert rows.columns == ("office", heading.decode().strip('"'))


OFFICES = (
    "office;level;parent;births\nxa-0;district;;3\nXã An;commune;xa-0;{}\nXã Bình;commune;;20\n"
)


DISTRICT = """
title: Two communes
period: {start: 2025-03-03, length: 8 weeks}
levels: [district, commune]
offices: {file: offices.csv}
staff: {clerk: {office: commune, people: 1}}
bundles:
  permit:
    demand: {a_year: 100, by: births}
    regimes: {today: {counter: [{do: work, role: clerk, time: 9 min}]}}
"""


def district(folder: Path, cell: str, encoding: str = "utf-8-sig") -> Path:
    (folder / "offices.csv").write_bytes(OFFICES.format(cell).encode(encoding))
    path = folder / "district.yaml"
    path.write_text(DISTRICT, encoding="utf-8")
    return path


def test_counts_of_a_spreadsheet_read_in_both_languages(tmp_path: Path) -> None:
    prints = [
        resolve(load(district(tmp_path, cell, encoding))).fingerprint()
        for cell, encoding in (
            ("1200,5", "utf-8-sig"),
            ("1200.5", "utf-8"),
            ("1 200,5", "utf-16"),
            ("1\u00a0200.5", "utf-8"),
            ("12005", "utf-8"),
        )
    ]
    assert len(set(prints[:4])) == 1
    assert prints[4] != prints[0]


@pytest.mark.parametrize("cell", ["1.200", "1,200"])
def test_a_count_with_two_readings_is_refused(tmp_path: Path, cell: str) -> None:
    with pytest.raises(ScenarioError, match=f"'{cell}' can be 1200 or 1.2 at 'Xã An'") as caught:
        resolve(load(district(tmp_path, cell)))
    assert caught.value.faults[0].way_out == "Write 1200 or 1.2."


def test_a_file_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = district(tmp_path, "7")
    assert resolve(load(path)).offices
    monkeypatch.setattr(csv_files, "MOST_BYTES", 10)
    with pytest.raises(ScenarioError, match=r"'offices.csv' is larger than 0 MB"):
        resolve(load(path))


LOG = """
title: A log
DATES
period: {start: 2025-03-03, warm_up: 0 weeks, length: 8 weeks}
staff: {clerk: {office: commune, people: 1}}
bundles:
  permit:
    demand: {log: log.csv}
    regimes: {today: {counter: [{do: work, role: clerk, time: 9 phút}]}}
"""


def log(folder: Path, dates: str, filed_at: str) -> Path:
    (folder / "log.csv").write_text(f"Filed_At;Office\n{filed_at};commune\n", encoding="utf-8")
    path = folder / "log.yaml"
    path.write_text(LOG.replace("DATES", dates), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("dates", "filed_at", "microseconds"),
    [
        ("", "2025-03-04T08:15:30.250", 86_400_000_000 + 29_730_250_000),
        ("", "2025-03-04 08:15", 86_400_000_000 + 29_700_000_000),
        ("dates: day first", "04/03/2025 8:15", 86_400_000_000 + 29_700_000_000),
        ("dates: day first", "2025-03-04 08:15", 86_400_000_000 + 29_700_000_000),
        ("dates: day first", "4/3/2025", 86_400_000_000),
    ],
)
def test_times_of_a_log_read_to_the_microsecond(
    tmp_path: Path, dates: str, filed_at: str, microseconds: int
) -> None:
    cases = resolve(load(log(tmp_path, dates, filed_at))).case_list
    assert cases is not None
    assert cases.arrives_at.tolist() == [microseconds]
    assert cases.arrives_at.tolist() != [microseconds + 1]


@pytest.mark.parametrize(
    ("filed_at", "message", "way_out"),
    [
        ("04/03/2025 08:15", "'04/03/2025' can be 4 March or 3 April 2025", "dates: day first"),
        ("13/03/2025", "'13/03/2025' does not begin with the year", "Write 2025-03-13, or say"),
        ("2025-03-04T08:15:30+07:00", "has a time zone", "Write local time, without it"),
        ("2025-03-04T01:15:30Z", "has a time zone", "Write local time, without it"),
    ],
)
def test_times_of_a_log_with_two_readings_are_refused(
    tmp_path: Path, filed_at: str, message: str, way_out: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        resolve(load(log(tmp_path, "", filed_at)))
    fault = caught.value.faults[0]
    assert (fault.line, message in fault.message, way_out in fault.way_out) == (2, True, True)
