"""Writes a log as a one-stop system exports it: CSV with Vietnamese headings, to the minute."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from sim.logs.event_log import EventLog
from sim.logs.targets.csv_file import MARK

_HEADINGS: Final = {
    "case": "Mã hồ sơ",
    "bundle": "Thủ tục",
    "step": "Bước",
    "officer": "Cán bộ",
    "started_at": "Bắt đầu",
    "ended_at": "Kết thúc",
    "channel": "Kênh",
    "filed_at": "Ngày tiếp nhận",
    "due_on": "Ngày hẹn trả",
    "closed_at": "Ngày trả kết quả",
}
_DATE: Final = "%d/%m/%Y"
_FORMS: Final = dict.fromkeys(("started_at", "ended_at", "filed_at", "closed_at"), f"{_DATE} %H:%M")


def write_register(log: EventLog, path: Path) -> None:
    """Write what such an export has: no roles, no work that waits, people by number alone.

    Raises
    ------
    OSError
        It cannot be written.
    """
    is_noted = log.work["started_at"].notna() | log.work["ended_at"].notna()
    work = log.work[is_noted]
    of_case = log.cases.iloc[log.case_of[is_noted]].drop(columns="case")
    rows = pd.concat([work.reset_index(drop=True), of_case.reset_index(drop=True)], axis=1)
    rows = rows[list(_HEADINGS)].assign(officer=_numbered(rows["officer"]))
    for name, form in {**_FORMS, "due_on": _DATE}.items():
        rows[name] = rows[name].dt.strftime(form)
    text = rows.rename(columns=_HEADINGS).to_csv(sep=";", index=False, lineterminator="\n")
    path.write_bytes(MARK + text.encode("utf-8"))


def _numbered(officers: pd.Series) -> pd.Series:
    """People by the number in which they first appear."""
    codes, names = pd.factorize(officers)
    called = pd.Series([f"CB{number:02d}" for number in range(1, len(names) + 1)], dtype="str")
    return called.reindex(codes).reset_index(drop=True)
