"""Flaws that are put into a register are found, and put right before anything is learnt."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from registers import OFFICERS, STEPS, csv_text, plain, read

from sim.logs.cleaning import cleaned
from sim.logs.event_log import EventLog, Flaw
from sim.logs.flawed import flawed
from sim.logs.flaws import flaws_of
from sim.logs.targets import write_log

SEED = 3


def register(n_days: int = 120, a_day: int = 16) -> list[list[str]]:
    """A register of several officers a step, busy enough for an upload to be seen as one."""
    found = []
    for day in range(n_days):
        date = dt.date(2024, 1, 1) + dt.timedelta(days=day + 2 * (day // 5))
        for case in range(a_day):
            at = dt.datetime.combine(date, dt.time(7, 30)) + dt.timedelta(minutes=25 * case)
            for place, step in enumerate(STEPS):
                ended = at + dt.timedelta(minutes=11 + place)
                who = f"{OFFICERS[place]} {case % 2}"
                times = at.strftime("%Y-%m-%d %H:%M"), ended.strftime("%Y-%m-%d %H:%M")
                found.append([f"H{day:03d}{case:02d}", step, who, *times, "online", "2025-01-30"])
                at = ended + dt.timedelta(minutes=3)
    return found


@pytest.fixture(name="log", scope="module")
def fixture_log(tmp_path_factory: pytest.TempPathFactory) -> EventLog:
    path = tmp_path_factory.mktemp("log") / "register.csv"
    path.write_text(csv_text(register()), encoding="utf-8")
    return read(path)


def found(log: EventLog) -> dict[Flaw, int]:
    return {finding.flaw: finding.count for finding in flaws_of(log)}


def test_a_register_without_flaws_shows_none_and_is_left_alone(log: EventLog) -> None:
    kinds = set(found(log))
    assert not kinds & {Flaw.DUPLICATES, Flaw.SWAPPED, Flaw.AT_ONE_INSTANT, Flaw.NIGHTS}
    pd.testing.assert_frame_equal(plain(cleaned(log).work), plain(log.work))


def test_what_is_put_in_is_found(log: EventLog) -> None:
    n = len(log.work)
    counts = found(flawed(log, SEED))
    assert counts[Flaw.MISSING_STARTS] == pytest.approx(0.02 * n, rel=0.02)
    assert counts[Flaw.MISSING_OFFICERS] == pytest.approx(0.01 * n, rel=0.05)
    assert counts[Flaw.DUPLICATES] == pytest.approx(0.005 * n, rel=0.05)
    # Where the start is missing, too, nothing in the row says that the end is wrong.
    assert counts[Flaw.SWAPPED] == pytest.approx(0.003 * n, abs=2)
    assert counts[Flaw.AT_ONE_INSTANT] == pytest.approx(2 * 48, abs=12)
    assert counts[Flaw.NIGHTS] == pytest.approx(4 * 5, abs=3)


def test_the_same_seed_gives_the_same_flaws(log: EventLog) -> None:
    one, again, other = (flawed(log, seed).work for seed in (SEED, SEED, SEED + 1))
    pd.testing.assert_frame_equal(one, again)
    assert not one.equals(other)


def test_cleaning_puts_right_what_can_be(log: EventLog) -> None:
    wrong = flawed(log, SEED)
    right = cleaned(wrong)
    counts = found(right)
    assert not set(counts) & {Flaw.DUPLICATES, Flaw.SWAPPED}
    assert len(right.work) == len(log.work)
    minutes = (right.work["ended_at"] - right.work["started_at"]).dropna() / np.timedelta64(1, "m")
    of_night = minutes == 0
    assert set(minutes[~of_night]) == {11, 12, 13}
    assert of_night.sum() <= 25


def test_it_is_written_as_a_system_exports_it_and_read_again(log: EventLog, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    write_log(log, path, kind="register")
    heading, first = path.read_text("utf-8-sig").splitlines()[:2]
    assert heading.startswith("Mã hồ sơ;Thủ tục;Bước;Cán bộ;Bắt đầu;Kết thúc;Kênh;")
    assert first.startswith("H00000;;Tiếp nhận;CB01;01/01/2024 07:30;01/01/2024 07:41;online;")
    back = read(path)
    for name in ("case", "step", "started_at", "ended_at"):
        assert back.work[name].astype("str").tolist() == log.work[name].astype("str").tolist()
    assert back.work["officer"].nunique() == log.work["officer"].nunique()


def test_what_was_entered_under_a_lent_account_is_done_by_nobody_known(log: EventLog) -> None:
    wrong, right = flawed(log, SEED), cleaned(flawed(log, SEED))
    lent = found(wrong)[Flaw.LENT_ACCOUNT]
    assert lent == pytest.approx(10 * 48, rel=0.06)
    missing = (wrong.work["officer"].isna().sum(), right.work["officer"].isna().sum())
    assert missing[1] - missing[0] == pytest.approx(lent, rel=0.02)
    steps = right.work.dropna(subset="officer").groupby("officer", observed=True)["step"]
    assert steps.nunique().tolist() == [1] * 6


def test_an_end_alone_is_turned_back_into_its_case(tmp_path: Path) -> None:
    head = "case;step;officer;started_at;ended_at;filed_at;closed_at\n"
    of_case = "2024-06-03 08:00;2024-06-05 16:00\n"
    path = tmp_path / "register.csv"
    path.write_text(
        f"{head}A;one;An;2024-06-03 08:00;2024-06-03 08:10;{of_case}"
        f"A;two;An;;2024-05-06 09:00;{of_case}A;three;An;;2024-06-05 16:00;{of_case}",
        encoding="utf-8",
    )
    right = cleaned(read(path)).work.set_index("step")["ended_at"]
    assert right["two"] == pd.Timestamp("2024-06-05 09:00")
    assert right["three"] == pd.Timestamp("2024-06-05 16:00")
