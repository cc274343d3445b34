"""How much people are away, from half-days of which it is known who was there."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from measure_learning import register_of
from truths import truth

import sim
from sim.logs.event_log import EventLog
from sim.logs.learning.absences import Attendance, _attendance, _idle, absence_of, share_away
from sim.logs.learning.learn import learn
from sim.report.learnt import learnt_lines, scenario_text

HALF = np.full(600, 0.5)
NUMBER = 11
"""A truth of which both officers, the clerk and the chair have work on nearly every half-day."""


def test_the_interval_of_a_share_away_covers() -> None:
    # 500 days of people who are away 4.8 % of the time in spells of two days on average.
    stream = np.random.default_rng(1)
    held = 0
    for _ in range(2000):
        spells = stream.exponential(2.0, stream.poisson(12))
        held += share_away(spells, 500.0).holds(0.048)
    assert 0.93 <= held / 2000 <= 0.98
    none = share_away(np.zeros(0), 500.0)
    # Of nothing seen the bound is that of a Poisson count of none, 3.69 spells of three days.
    assert (none.mean, none.low, none.high) == (0, 0, pytest.approx(3 * 3.689 / 500, rel=1e-3))


def test_who_is_steady_is_missed_when_away_and_nobody_else_is() -> None:
    stream = np.random.default_rng(2)
    counts = stream.poisson(9, 600)
    found = _attendance(counts, HALF)
    assert found is not None
    assert (found.days, len(found.spells)) == (300, 0)
    away = counts.copy()
    away[100:110] = away[300:304] = away[500] = 0
    found = _attendance(away, HALF)
    assert found is not None
    assert found.fewest == 2
    # One half-day alone may be a meeting.
    assert found.spells.tolist() == [5, 2]
    # Who has work on six half-days in ten is not missed.
    assert _attendance(stream.poisson(0.9, 600), HALF) is None
    # Nor who gets what others leave, a lot or nothing.
    rest = np.where(stream.random(600) < 0.4, 0, stream.poisson(9, 600))
    assert (_idle(rest) or 0) < 0.01
    assert _attendance(rest, HALF) is None
    # Who begins twelve things at a time now and then has more idle half-days than their mean says.
    bursts = np.where(stream.random(600) < 0.5, 1, 17)
    assert (_idle(bursts) or 0) > 100 * (_idle(counts) or 0)


def test_what_cannot_be_seen_of_short_spells_is_made_up_for() -> None:
    stream = np.random.default_rng(3)
    spells = stream.geometric(0.25, 4000) * 0.5
    some = spells[spells >= 1.5]
    found = absence_of([Attendance(days=200_000, spells=some, half=0.5, fewest=3)])
    assert found is not None
    assert found.spell is not None
    assert found.share.mean == pytest.approx(spells.sum() / 200_000, rel=0.03)
    assert found.share.mean > 1.1 * some.sum() / 200_000
    assert found.spell.mean == pytest.approx(2.0, rel=0.05)
    assert found.spell.mean < 0.8 * some.mean()
    assert absence_of([]) is None


@pytest.mark.parametrize("share", [0, 6])
def test_the_absence_of_an_office_is_learnt_and_none_where_there_is_none(
    share: int, tmp_path: Path
) -> None:
    text = truth(NUMBER).text
    if share:
        absence = f'absence: {{share: {share} %, spell: "exponential(mean 2 wd)"}}'
        text, n = re.subn(r"(officer: \{office: commune, people: 2)", rf"\1, {absence}", text)
        assert n == 1
    learnt = learn(register_of(text, tmp_path, NUMBER, with_ready=False))
    written = scenario_text(learnt)
    file = tmp_path / "office.yaml"
    file.write_text(written, encoding="utf-8")
    assert sim.check(file).faults == ()
    lines = "\n".join(learnt_lines(learnt))
    officer = learnt.absences["officer"]
    assert officer.people == 2
    assert officer.share.holds(share / 100)
    assert learnt.absences["clerk"].spell is None
    if not share:
        assert "absence" not in written
        assert officer.spell is None
        assert re.search(
            r"officer: 2 on duty of 2 seen .*; never seen away \(0 to [\d.]+ % of", lines
        )
        return
    assert not officer.share.holds(0)
    assert officer.spell is not None
    assert officer.spell.n >= 5
    assert len(re.findall("absence: ", written)) == 1
    entries = {entry.path: entry for entry in sim.explain(file).entries}
    assert entries["staff.officer.absence.share"].mark == "measured"
    assert f"{officer.spell.n} times that one of 2" in entries["staff.officer.absence.share"].source
    assert re.search(r"officer: 2 on duty of 2 seen .*; away [\d.]+ % \(.*\) of the time", lines)


def test_with_ends_alone_absence_is_part_of_the_delays(tmp_path: Path) -> None:
    text = truth(NUMBER, absence=0.1).text
    log = register_of(text, tmp_path, NUMBER, with_ready=False)
    assert learn(log).absences["officer"].spell is not None
    work = log.work.assign(started_at=np.datetime64("NaT", "us"))
    learnt = learn(EventLog(name="ends", work=work, cases=log.cases))
    assert learnt.absences == {}
    assert "absence" not in scenario_text(learnt)
    assert "not told who is away" in "\n".join(learnt_lines(learnt))


def test_an_account_that_was_lent_makes_nobody_absent(tmp_path: Path) -> None:
    log = register_of(truth(NUMBER).text, tmp_path, NUMBER, with_ready=False)
    nameless = log.work["started_at"].between("2025-05-05", "2025-05-17")
    assert nameless.sum() > 300
    work = log.work.copy()
    work.loc[nameless & (log.work["officer"] != "commune/officer/1"), "officer"] = None
    work["officer"] = work["officer"].cat.remove_unused_categories()
    learnt = learn(EventLog(name="lent", work=work, cases=log.cases))
    assert all(absence.spell is None for absence in learnt.absences.values())
    # Had the rows been another's, who did nothing would have been away.
    work = log.work.copy()
    lent = nameless & (work["officer"] == "commune/officer/2")
    work.loc[lent, "officer"] = "commune/officer/1"
    learnt = learn(EventLog(name="twin", work=work, cases=log.cases))
    absence = learnt.absences["officer"]
    assert absence.spell is not None
    assert absence.spell.n == 1
