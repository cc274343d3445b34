"""The commands of registers: what they print, what they write, and how they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
from registers import csv_text, rows

from sim.cli import main

HEADINGS = ("Phiếu", "Bước", "Cán bộ", "Bắt đầu", "Kết thúc", "Kênh", "Ngày hẹn trả")


def command(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main([*words, "--quiet"])
    told = capsys.readouterr()
    return code, told.out, told.err


@pytest.fixture(name="register")
def fixture_register(tmp_path: Path) -> Path:
    path = tmp_path / "register.csv"
    path.write_text(csv_text(rows(40), headings=HEADINGS), encoding="utf-8")
    return path


def test_a_column_is_named_once_and_kept(
    register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = command(capsys, "log", str(register))
    assert (code, out) == (2, "")
    assert "no column for the case; found 'Phiếu'" in err
    code, out, err = command(capsys, "log", str(register), "--map", "case=Phiếu")
    assert code == 0
    assert "40 cases, 120 performances of 3 steps by 3 officers" in out
    assert "register.csv.map.yaml" in err
    kept = (register.parent / "register.csv.map.yaml").read_text(encoding="utf-8")
    assert 'case: "Phiếu"' in kept
    code, out, err = command(capsys, "log", str(register))
    assert (code, err) == (0, "")
    assert "Tiếp nhận → Thẩm định → Ký duyệt" in out


def test_a_scenario_and_a_backlog_are_written(
    register: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    named = ("--map", "case=Phiếu")
    code, out, _ = command(
        capsys, "learn", str(register), *named, "--out", str(tmp_path / "office.yaml")
    )
    assert code == 0
    assert "3 steps, replays 100 %" in out
    assert command(capsys, "check", str(tmp_path / "office.yaml"))[0] == 0
    code, out, _ = command(
        capsys, "backlog", str(register), "--on", "2025-05-21", "--out", str(tmp_path / "b.csv")
    )
    assert code == 2
    code, out, err = command(
        capsys, "backlog", str(register), "--on", "21/05/2025", "--out", str(tmp_path / "b.csv")
    )
    assert code == 2
    assert "does not begin with the year" in err


def test_what_cannot_be_done_ends_with_2_and_a_way_out(
    register: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for words, told in (
        (("log", str(tmp_path / "nowhere.csv")), "no such file"),
        (("log", str(tmp_path)), "it is a folder"),
        (("log", str(register), "--map", "kase=Phiếu"), "did you mean 'case'?"),
        (("log", str(register), "--zone", "Mars"), "no time zone is called 'Mars'"),
        (("log", str(register), "--encoding", "klingon"), "no encoding is called 'klingon'"),
        (("export", str(tmp_path), "--format", "xes"), "holds no results"),
        (("validate", str(register), "--share", "2", "--map", "case=Phiếu"), "between 0 and 1"),
        (("validate", str(register), "--replications", "1"), "no interval. Give 2 or more."),
    ):
        code, _, err = command(capsys, *words)
        assert code == 2
        assert told in err
        assert "Traceback" not in err


def test_a_page_goes_into_a_folder_of_its_own(
    register: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def validate(out: Path, *more: str) -> tuple[int, str, str]:
        asked = ("validate", str(register), "--map", "case=Phiếu", "--replications", "2")
        return command(capsys, *asked, "--out", str(out), *more)

    register.write_text(csv_text(rows(200), headings=HEADINGS), encoding="utf-8")
    assert "holds other files" in validate(tmp_path)[2]
    assert "is a file" in validate(register)[2]
    folder = tmp_path / "page"
    code, out, err = validate(folder, "--share", "0.6", "--lang", "vi")
    assert (code, out != "") == (0, True), err
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert '<html lang="vi">' in page
    assert out.splitlines()[-1] in page
    code, _, err = validate(folder, "--share", "0.6")
    assert (code, "--replace" in err) == (2, True)
    assert '<html lang="vi">' in (folder / "report.html").read_text(encoding="utf-8")
    assert validate(folder, "--share", "0.6", "--replace")[0] == 0
    assert '<html lang="en">' in (folder / "report.html").read_text(encoding="utf-8")
