"""What the terminal says in Vietnamese: help, registers and faults, word for word."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from registers import csv_text
from texts_of_code import ROOT, texts_in

from sim.cli import main
from sim.language import speaking

HERE = Path(__file__).parent / "vietnamese"
SMALL = str(ROOT / "tests" / "data" / "small.yaml")
QUIET = "--quiet"

SCREENS = {
    "run-help": ("--lang", "vi", "run", "--help"),
    "log": ("log", "register.csv", "--lang", "vi", QUIET),
    "learn": ("learn", "register.csv", "--out", "office.yaml", "--lang", "vi", QUIET),
    "backlog": ("backlog", "register.csv", "--on=2025-05-22", "--out=b.csv", "--lang=vi", QUIET),
    "validate": ("--lang=vi", "validate", "register.csv", "--replications", "3", QUIET),
    "fault-of-an-argument": ("sweep", SMALL, "--lang", "vi", "--vary", "uptake"),
    "fault-of-a-request": ("run", SMALL, "--lang", "vi", "--case", "7", QUIET),
    "fault-of-a-register": ("--lang", "vi", "log", "unknown.csv", QUIET),
}
"""By the name of its golden file, a command of which every word is Vietnamese."""


DAY = dt.timedelta(days=1)
HEADINGS = (
    "Mã hồ sơ", "Bước", "Cán bộ", "Bắt đầu", "Kết thúc", "Kênh", "Ngày tiếp nhận", "Ngày hẹn trả",
    "Ngày trả kết quả",
)  # fmt: skip


def of_a_desk() -> Iterator[list[str]]:
    """Twelve weeks of a desk, six cases a day; in one row start and end are the wrong way round."""
    for case in range(360):
        day = dt.datetime(2025, 5, 19) + (case // 30 * 7 + case // 6 % 5) * DAY
        filed = day + dt.timedelta(hours=8, minutes=70 * (case % 6))
        begun = filed + dt.timedelta(minutes=5)
        closed = day + (1 + case % 2) * DAY + dt.timedelta(hours=16)
        for step, officer in (("Tiếp nhận", "An"), ("Thẩm định", "Bình"), ("Ký duyệt", "Chi")):
            ended = begun + dt.timedelta(minutes=8 + 7 * case % 11)
            times = [begun, ended] if (case, step) != (4, "Thẩm định") else [ended, begun]
            told = [f"{at:%Y-%m-%d %H:%M}" for at in (*times, filed, day + 2 * DAY, closed)]
            channel = "trực tuyến" if case % 3 else "trực tiếp"
            yield [f"H{case + 1:03d}", step, officer, *told[:2], channel, *told[2:]]
            begun = ended + dt.timedelta(minutes=6)


@pytest.fixture(name="desk")
def fixture_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a register of a desk with a flaw, and one without a column for the case."""
    text = csv_text([*of_a_desk()], headings=HEADINGS)
    (tmp_path / "register.csv").write_text(text, encoding="utf-8")
    (tmp_path / "unknown.csv").write_text(text.replace("Mã hồ sơ", "Phiếu"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("LIENTHONG_LANG", raising=False)
    return tmp_path


def shown(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> str:
    """What a command prints, and its exit code; figures of a simulation are left out."""
    try:
        code = main(words)
    except SystemExit as end:
        code = int(end.code or 0)
    told = capsys.readouterr()
    text = f"{told.out}{told.err}".replace(str(ROOT), "…")
    return f"{re.sub('[0-9]+', '#', text) if 'validate' in words else text}[{code}]\n"


def golden(name: str) -> str:
    return (HERE / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.usefixtures("desk")
def test_a_screen_is_in_these_words(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(SCREENS[name], capsys) == golden(name)


@pytest.mark.usefixtures("desk")
def test_other_words_are_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    in_english = tuple(word.replace("vi", "en") for word in SCREENS["log"])
    assert shown(in_english, capsys) != golden("log")
    assert shown(SCREENS["log"], capsys) != golden("learn")


def english() -> set[str]:
    """Parts of our texts, four words or more, between what is filled in."""
    parts = (
        " ".join(part.split())
        for text in texts_in("cli", "report", "logs", "experiment", "api")
        for part in re.split(r"\{\w+[^}]*\}|%\(\w+\)s", text)
    )
    return {part for part in parts if len(part.split()) >= 4}


@pytest.mark.parametrize("name", SCREENS)
def test_no_english_is_left_in_a_screen(name: str) -> None:
    def left(text: str) -> list[str]:
        flat = " ".join(text.split())
        return sorted(part for part in english() if part in flat)

    assert left(golden(name)) == []
    assert left(f"{golden(name)} show no progress, the scenario as written") != []


def test_every_line_of_the_help_fits_a_terminal_of_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    def too_long(*words: str) -> Iterator[str]:
        with pytest.raises(SystemExit):
            main(["--lang", "vi", *words, "--help"])
        help_of = capsys.readouterr().out
        assert help_of.startswith("cách dùng: ")
        yield from (line for line in help_of.splitlines() if len(line) > 80)

    examples = [line for line in too_long() if not line.startswith("  lienthong ")]
    assert examples == []
    for verb in ("new", "check", "explain", "run", "sweep", "why", "staff", "log", "page"):
        assert list(too_long(verb)) == []
    assert list(too_long()) != []  # a command among the examples is longer


@pytest.mark.parametrize(
    "words",
    [
        ("--lang", "vi", "run"),
        ("run", "--lang", "vi"),
        ("run", "--lang=vi"),
        ("--lang=en", "run", "--lang=vi"),
        ("run", "--lang", "vi,en"),
    ],
)
def test_the_language_may_stand_anywhere_on_the_line(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIENTHONG_LANG", raising=False)
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2
    assert "lienthong run: lỗi: còn thiếu các tham số bắt buộc: TỆP" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["run"])
    assert "lienthong run: error: the following arguments" in capsys.readouterr().err


def test_a_language_before_the_verb_holds_unless_another_follows(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--lang", "vi", "kpis"]) == 0
    assert "Ý nghĩa" in capsys.readouterr().out
    assert main(["--lang", "vi", "kpis", "--lang", "en"]) == 0
    assert "Meaning" in capsys.readouterr().out


def test_argparse_speaks_its_own_language_again_behind_ours(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from argparse import ArgumentParser

    with pytest.raises(SystemExit):
        main(["--lang", "vi", "run", "--help"])
    assert capsys.readouterr().out.startswith("cách dùng: ")
    with speaking("vi"):
        assert ArgumentParser(prog="other").format_help().startswith("usage: ")
