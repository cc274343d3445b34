"""Damaged files of every kind end in a log or in faults, never in a traceback."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from registers import csv_text, read, rows

from sim.errors import LienthongError
from sim.logs.event_log import EventLog
from sim.logs.flaws import flaws_of
from sim.logs.overview import overview
from sim.logs.targets import FORMATS, write_log
from sim.report.log import log_lines

N_FILES = int(os.environ.get("LIENTHONG_FUZZ", "200"))

PIECES = (
    b";",
    b'"',
    b"\n",
    b"\0",
    b"<",
    b"&x;",
    b"99999999",
    b"-",
    b"\xff\xfe",
    b"NaN",
    b"{",
    b"]",
)


def damaged(data: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.choice((1, 2, 5, 20))):
        at = chance.randrange(len(found) + 1)
        match chance.randrange(4):
            case 0:
                del found[at : at + chance.randrange(1, 40)]
            case 1:
                found[at:at] = chance.choice(PIECES)
            case 2:
                begin = chance.randrange(len(found) + 1)
                found[at:at] = found[begin : begin + 60]
            case _:
                found[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(found)


@pytest.fixture(name="files", scope="module")
def fixture_files(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = tmp_path_factory.mktemp("whole")
    path = folder / "register.csv"
    path.write_text(csv_text(rows(12)), encoding="utf-8")
    log = read(path)
    for kind, (name, _) in FORMATS.items():
        write_log(log, folder / f"{kind}-{name}", kind=kind)
    return [each.read_bytes() for each in sorted(folder.iterdir())]


def tracebacks(files: list[bytes], path: Path, look: object) -> list[str]:
    chance = random.Random(20_250_519)
    found = []
    for number in range(N_FILES):
        path.write_bytes(damaged(files[number % len(files)], chance))
        try:
            look(path)  # type: ignore[operator]
        except LienthongError:
            continue
        except Exception as error:  # noqa: BLE001 - what is looked for
            found.append(f"{number}: {error!r}")
    return found


def look_through(path: Path) -> EventLog:
    log = read(path, leaves_out=True, dates="day first")
    log_lines(overview(log), flaws_of(log))
    return log


def test_a_damaged_file_ends_in_a_log_or_in_faults(files: list[bytes], tmp_path: Path) -> None:
    assert len(files) == len(FORMATS) + 1
    assert tracebacks(files, tmp_path / "damaged", look_through) == []


def test_a_traceback_would_be_noticed(files: list[bytes], tmp_path: Path) -> None:
    def careless(path: Path) -> None:
        if len(look_through(path).cases) != 12:
            raise KeyError("a case that is not there")

    assert tracebacks(files, tmp_path / "damaged", careless)
