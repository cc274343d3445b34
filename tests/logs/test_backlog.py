"""The cases that are open on a day, from a register whose rows are known."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from registers import csv_text, read

from sim.errors import RequestError
from sim.logs.backlog import backlog_on, csv_of

HEADINGS = ("case", "step", "start", "end", "filed_at", "closed_at", "channel")
ROWS = [
    ["1", "a", "2025-05-05 08:00", "2025-05-05 09:00", "2025-05-05 08:00", "2025-05-05 09:00", "x"],
    ["2", "a", "2025-05-05 09:00", "2025-05-05 10:00", "2025-05-05 08:30", "2025-05-09 10:00", "x"],
    ["2", "b", "2025-05-07 09:00", "2025-05-07 10:00", "2025-05-05 08:30", "2025-05-09 10:00", "x"],
    ["3", "a", "2025-05-05 16:00", "2025-05-06 08:10", "2025-05-05 08:40", "", "y"],
    ["4", "a", "2025-05-06 10:00", "2025-05-06 11:00", "2025-05-06 10:00", "", "y"],
]


def test_a_case_stands_at_its_first_step_that_has_not_ended(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text(csv_text(ROWS, headings=HEADINGS), encoding="utf-8")
    log = read(path)

    def open_on(day: int) -> list[tuple[str, str]]:
        rows = backlog_on(log, dt.date(2025, 5, day)).rows
        return list(zip(rows["step"], rows["received_on"].str[11:16], strict=True))

    assert open_on(6) == [("b", "08:30"), ("a", "08:40")]
    assert open_on(7) == [("b", "08:30"), ("a", "08:40"), ("a", "10:00")]
    found = backlog_on(log, dt.date(2025, 5, 8))
    assert (len(found.rows), found.n_guessed, found.n_left_out) == (2, 2, 1)
    text = csv_of(backlog_on(log, dt.date(2025, 5, 6)))
    assert text.splitlines()[1] == "cases,x,commune,b,2025-05-05 08:30:00"
    with pytest.raises(AssertionError):
        assert open_on(7) == open_on(6)


def test_a_day_without_open_cases_or_outside_of_the_log_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text(csv_text(ROWS[:1], headings=HEADINGS), encoding="utf-8")
    with pytest.raises(RequestError, match=r"no case of .* was open"):
        backlog_on(read(path), dt.date(2025, 5, 6))
    with pytest.raises(RequestError, match="Give a day from 2025-05-05 to 2025-05-05"):
        backlog_on(read(path), dt.date(2024, 5, 6))
