"""The same register in any form that people have comes out as the same log."""

from __future__ import annotations

import gzip
import io
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from registers import HEADINGS, check_equal, csv_text, read, rows

from sim.errors import LogError
from sim.logs.event_log import EventLog, Flaw
from sim.logs.instants import DAY_FIRST, MONTH_FIRST, written
from sim.logs.mapping import kept_path

RECEIPT = Path(__file__).parents[3] / "shared" / "data" / "receipt.csv.gz"


@pytest.fixture(name="expected", scope="module")
def fixture_expected(tmp_path_factory: pytest.TempPathFactory) -> EventLog:
    path = tmp_path_factory.mktemp("plain") / "register.csv"
    path.write_text(csv_text(rows()), encoding="utf-8")
    return read(path)


def forms(folder: Path) -> dict[str, Path]:
    """The register in many forms."""
    text = csv_text(rows())
    day_first = csv_text(rows(pattern="%d/%m/%Y %H:%M"))
    halves = csv_text(rows(pattern="%d/%m/%Y %I:%M:%S %p"))
    ascii_only = "MA HO SO;buoc;CanBo".replace("CanBo", "can_bo")
    plain_headings = ascii_only + ";bat dau;ket thuc;kenh;ngay hen tra"
    texts = {
        "bom.csv": b"\xef\xbb\xbf" + text.encode(),
        "utf16.csv": text.replace(";", "\t").encode("utf-16"),
        "nfd.csv": unicodedata.normalize("NFD", text).encode(),
        "commas.csv": text.replace(";", ",").encode(),
        "bars.csv": text.replace(";", "|").encode(),
        "sep.csv": b"sep=;\r\n" + text.replace("\n", "\r\n").encode(),
        "blank_lines.csv": text.replace("\n", "\n\n").encode(),
        "quotes.csv": "".join(
            ";".join(f'"{cell}"' for cell in line.split(";")) + "\n" for line in text.splitlines()
        ).encode(),
        "day_first.csv": day_first.encode(),
        "halves.csv": halves.replace("AM", "SA").replace("PM", "CH").encode(),
        "plain_headings.csv": text.replace(";".join(HEADINGS), plain_headings).encode(),
        "packed.csv.gz": gzip.compress(text.encode()),
        "offset.csv": csv_text(rows(pattern="%Y-%m-%dT%H:%M:00+07:00")).encode(),
        "utf16le.csv": text.encode("utf-16-le"),
    }
    for name, data in texts.items():
        (folder / name).write_bytes(data)
    frame = pd.DataFrame(rows(), columns=list(HEADINGS))
    instants = frame.assign(
        **{name: pd.to_datetime(frame[name]) for name in ("Bắt đầu", "Kết thúc")}
    )
    pq.write_table(pa.Table.from_pandas(instants), folder / "instants.parquet")
    zoned = instants.assign(
        **{
            name: instants[name].dt.tz_localize("Asia/Ho_Chi_Minh")
            for name in ("Bắt đầu", "Kết thúc")
        }
    )
    pq.write_table(pa.Table.from_pandas(zoned), folder / "zoned.parquet")
    return {path.name: path for path in sorted(folder.iterdir())}


OF_EACH = {"utf16le.csv": {"encoding": "utf-16-le"}}


def test_every_form_of_a_register_gives_the_same_log(expected: EventLog, tmp_path: Path) -> None:
    found = forms(tmp_path)
    assert len(found) == 16
    for name, path in found.items():
        log = read(path, **OF_EACH.get(name, {}))
        check_equal(expected, log)
        assert log.findings == ()


def test_another_register_is_told_apart(expected: EventLog, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text(csv_text(rows()).replace("08:00", "08:01", 1), encoding="utf-8")
    with pytest.raises(AssertionError):
        check_equal(expected, read(path))


def test_a_workbook_is_read_below_its_title(expected: EventLog, tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    path = tmp_path / "register.xlsx"
    path.write_bytes(workbook([["SỔ THEO DÕI HỒ SƠ"], [], list(HEADINGS), *rows()]))
    log = read(path)
    check_equal(expected, log)
    assert log.work["row"].min() == 4
    with pytest.raises(LogError, match="no sheet 'Sheet9'"):
        read(path, sheet="Sheet9")


def workbook(cells: list[list[str]]) -> bytes:
    """The smallest workbook with some texts."""
    import zipfile
    from xml.sax.saxutils import escape

    lines = "".join(
        f'<row r="{at}">'
        + "".join(
            f'<c r="{chr(65 + place)}{at}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
            for place, cell in enumerate(row)
        )
        + "</row>"
        for at, row in enumerate(cells, start=1)
        if row
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    files = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        'package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData>'
        "</worksheet>",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


def test_instants_are_turned_into_the_local_time_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    # Summer time begins in Berlin on 30 March 2025 at 2:00.
    cells = [
        ["1", "a", "2025-03-30T00:30:00Z"],
        ["1", "b", "2025-03-30T01:30:00Z"],
        ["1", "c", "2025-03-30T07:30:00+03:00"],
    ]
    path.write_text(csv_text(cells, headings=("case", "step", "time")), encoding="utf-8")
    ended = read(path, zone="Europe/Berlin").work["ended_at"]
    assert ended.dt.strftime("%H:%M").tolist() == ["01:30", "03:30", "06:30"]
    as_written = read(path)
    assert as_written.work["ended_at"].dt.strftime("%H:%M").tolist() == ["00:30", "01:30", "07:30"]
    assert [each.flaw for each in as_written.findings] == [Flaw.ZONES]


def test_the_order_of_day_and_month_can_be_said(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    cells = [["1", "a", "05/06/2025 08:00"], ["1", "b", "06/06/2025 08:00"]]
    path.write_text(csv_text(cells, headings=("case", "step", "time")), encoding="utf-8")
    with pytest.raises(LogError, match="can be read with the day or the month first"):
        read(path)
    days = {
        order: read(path, dates=order).work["ended_at"].dt.strftime("%d.%m.").tolist()
        for order in (DAY_FIRST, MONTH_FIRST)
    }
    assert days == {DAY_FIRST: ["05.06.", "06.06."], MONTH_FIRST: ["06.05.", "06.06."]}


def test_columns_can_be_named_and_are_kept_beside_the_log(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text(csv_text([["1", "a", "2025-05-05 08:00"]], headings=("x", "y", "z")))
    with pytest.raises(LogError) as refused:
        read(path)
    assert len(refused.value.faults) == 3
    with pytest.raises(LogError, match="no column 'q', which is mapped to case"):
        read(path, columns={"case": "q", "step": "y", "at": "z"})
    with pytest.raises(LogError, match="no column can mean 'cases'; did you mean 'case'"):
        read(path, columns={"cases": "x"})
    kept_path(path).write_text('columns: {case: x, step: "y", at: z}\n', encoding="utf-8")
    assert len(read(path).work) == 1
    kept_path(path).write_text("colums: {case: x}\n", encoding="utf-8")
    with pytest.raises(LogError, match="did you mean 'columns'"):
        read(path)


def test_rows_that_cannot_be_read_are_left_out_where_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text(csv_text(rows()).replace("2025-05-19 08:00", "sometime", 1))
    with pytest.raises(LogError, match="row 2: 'Bắt đầu' has 'sometime'"):
        read(path)
    log = read(path, leaves_out=True)
    assert [(each.flaw, each.count) for each in log.findings] == [(Flaw.UNREADABLE, 1)]


def test_texts_are_read_to_the_microsecond_whatever_their_shape() -> None:
    texts = [
        "2025-05-05 8:10", "05/05/2025 2:30:15 CH", "5.5.2025 12:00 SA", "2025-05-05T08:15:30.25",
        "08:15:30,123456789 05/05/2025", "2025/5/5", "29/02/2024", "29/02/2025", "24:00 05/05/2025",
        "nothing", None,
    ]  # fmt: skip
    found, is_bad, is_date = written(pa.array(texts)).instants(DAY_FIRST, None)
    day = np.datetime64("2025-05-05T00:00:00.000000")
    clock = [29_400_000_000, 52_215_000_000, 0, 29_730_250_000, 29_730_123_456, 0]
    assert (found[:6] - day).astype(int).tolist() == clock
    assert str(found[6])[:10] == "2024-02-29"
    assert np.isnat(found[7:]).all()
    assert is_bad.tolist() == [False] * 7 + [True] * 3 + [False]
    assert is_date.tolist() == [False] * 5 + [True, True] + [False] * 4


def test_events_of_one_performance_are_put_together(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    cells = [
        ["1", "a", "schedule", "2025-05-05 08:00"],
        ["1", "a", "start", "2025-05-05 08:10"],
        ["1", "a", "complete", "2025-05-05 08:20"],
        ["1", "a", "complete", "2025-05-05 09:20"],
        ["1", "a", "start", "2025-05-05 10:10"],
        ["1", "b", "start", "2025-05-05 11:00"],
    ]
    headings = ("case", "step", "lifecycle", "time")
    path.write_text(csv_text(cells, headings=headings), encoding="utf-8")
    work = read(path).work
    clock = [
        tuple("" if pd.isna(each) else f"{each:%H:%M}" for each in row)
        for row in work[["ready_at", "started_at", "ended_at"]].itertuples(index=False)
    ]
    whole, open_again, first_of_b = (
        ("08:00", "08:10", "08:20"),
        ("", "10:10", ""),
        ("", "11:00", ""),
    )
    assert clock == [whole, ("", "", "09:20"), open_again, first_of_b]


@pytest.mark.skipif(not RECEIPT.exists(), reason="the receipt log is not beside the repository")
def test_the_receipt_log_has_the_cases_events_and_officers_that_it_is_known_to_have() -> None:
    log = read(RECEIPT)
    assert len(log.cases) == 1434
    assert len(log.work) == 8577
    assert log.work["step"].nunique() == 27
    assert log.work["officer"].nunique() == 48
    assert log.cases["channel"].value_counts().to_dict() == {
        "Internet": 1250, "Desk": 109, "Post": 53, "e-mail": 21, "Intern": 1,
    }  # fmt: skip
    assert not log.has_starts
