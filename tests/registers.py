"""Registers for tests: a small one as rows, and the study that leaves one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from sim.logs.event_log import EventLog
from sim.logs.mapping import Reading
from sim.logs.reading import read_log

HEADINGS = ("Mã hồ sơ", "Bước", "Cán bộ", "Bắt đầu", "Kết thúc", "Kênh", "Ngày hẹn trả")
STEPS = ("Tiếp nhận", "Thẩm định", "Ký duyệt")
OFFICERS = ("An", "Bình", "Chi")
FIRST = dt.datetime(2025, 5, 19, 8, 0)

STUDY = """
title: Two weeks at a counter
period: {start: 2025-05-19, warm_up: 0 weeks, length: 2 weeks, run_out: 1 weeks}
staff:
  clerk: {office: commune, people: 1}
  officer: {office: commune, people: 0.5}
bundles:
  residence:
    procedures: {registration: {limit: 0 wd}}
    demand: {a_year: 2 000}
    channels: {online: 40 %, paper: rest}
    properties: {remote: 30 %}
    regimes:
      today:
        paper:
          - {applicant: go, time: 0 min, trips: 1}
          - {open: registration}
          - {do: receive, role: clerk, time: "lognormal(mean 10 min, cv 0.5)"}
          - {incomplete: registration, share: 20 %, supplement: 1 wd, back_to: receive}
          - {do: register, role: officer, time: "lognormal(mean 20 min, cv 0.6)"}
          - {close: registration}
        online:
          - {open: registration}
          - {do: register, role: officer, time: 15 min}
          - {close: registration}
"""


def rows(n: int = 6, pattern: str = "%Y-%m-%d %H:%M") -> list[list[str]]:
    """The rows of a register in which nothing is wrong."""
    found = []
    for case in range(n):
        at = FIRST + dt.timedelta(minutes=47 * case, days=case // 3)
        for step, officer in zip(STEPS, OFFICERS, strict=True):
            ended = at + dt.timedelta(minutes=12 + case)
            name, channel = f"H{case + 1:03d}", "online" if case % 2 else "trực tiếp"
            times = at.strftime(pattern), ended.strftime(pattern)
            found.append([name, step, officer, *times, channel, "2025-05-30"])
            at = ended + dt.timedelta(minutes=20 + case)
    return found


def csv_text(
    cells: list[list[str]], *, headings: tuple[str, ...] = HEADINGS, delimiter: str = ";"
) -> str:
    return "".join(f"{delimiter.join(row)}\n" for row in [list(headings), *cells])


def read(path: Path, **given: object) -> EventLog:
    return read_log(path, Reading(**given))  # type: ignore[arg-type]


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame without the places in a file, its categories as texts."""
    categories = [name for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)]
    kept = frame.drop(columns="row", errors="ignore")
    return kept.astype(dict.fromkeys(categories, "str"))


def check_equal(one: EventLog, other: EventLog) -> None:
    """Refuse two logs of which a digit differs."""
    pd.testing.assert_frame_equal(plain(one.cases), plain(other.cases), check_exact=True)
    pd.testing.assert_frame_equal(plain(one.work), plain(other.work), check_exact=True)
