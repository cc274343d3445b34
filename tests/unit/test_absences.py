"""Spells of absence take whole half-days, and belong to one person alone (P1, P2)."""

from __future__ import annotations

import numpy as np
import pytest

from sim.absences import Absence, Shift, shift_of, spells
from sim.calendars import Calendar
from sim.distributions import parse_duration, sampler
from sim.streams import STREAM_BITS, key_of, name_key
from sim.units import DAY, HOUR

N_DAYS = 4_000
HALF_DAYS = [
    (day * DAY + begin * HOUR, day * DAY + (begin + 4) * HOUR)
    for day in range(N_DAYS)
    for begin in (8, 13)
]
OFFICE = Calendar(
    name="office",
    opens=tuple(begin for begin, _ in HALF_DAYS),
    closes=tuple(end for _, end in HALF_DAYS),
)
HORIZON = N_DAYS * DAY


def absence(present: str, spell: str) -> Absence:
    def of(text: str):
        return sampler(parse_duration(text, folder=None).distribution)

    return Absence(present=of(present), spell=of(spell))


def drawn(name: str, seed: int = 1, **kinds: str) -> Shift:
    kinds = kinds or {"present": "exponential(mean 92 h)", "spell": "exponential(mean 8 h)"}
    streams = np.array([name_key(each, STREAM_BITS) for each in ("another", name)], np.uint64)
    last = OFFICE.open_between(0, HORIZON)
    _, mine = spells(absence(**kinds), streams, key_of(seed, 0), last)
    return shift_of(OFFICE, (), mine)


def test_a_planned_spell_takes_the_half_days_that_begin_in_it() -> None:
    planned = [(8 * HOUR + 1, DAY + 13 * HOUR)]
    shift = shift_of(OFFICE, planned)
    # The morning had begun, so it is worked; the next two half-days are not; at 13:00 it is over.
    assert shift.calendar.opens[:3] == (8 * HOUR, DAY + 13 * HOUR, 2 * DAY + 8 * HOUR)
    assert shift.away_from == (13 * HOUR,)


def test_spells_of_fixed_lengths_stand_where_a_hand_puts_them() -> None:
    # 10 h at work, 4 h away, and so on, in open time: away from 10 to 14, 24 to 28, 38 to 42 h.
    # Half-day k begins after 4 k hours: those with 10 <= 4 k < 14, 24 <= 4 k < 28, 38 <= 4 k < 42.
    shift = drawn("clerk", present="10 h", spell="4 h")
    away = sorted(set(OFFICE.opens[:12]) - set(shift.calendar.opens))
    assert away == [OFFICE.opens[3], OFFICE.opens[6], OFFICE.opens[10]]
    assert shift.away_from[:3] == tuple(away)


def test_a_spell_that_touches_no_beginning_of_a_half_day_is_none() -> None:
    shift = drawn("clerk", present="5 h", spell="1 h")
    # From 5 to 6 h, 11 to 12, 17 to 18, 23 to 24 h: only 4 k = 24 would begin in the next.
    assert shift.calendar.opens[:6] == OFFICE.opens[:6]


def test_the_share_of_time_away_is_the_one_asked_for() -> None:
    """80 spells a person, 100 people: five standard errors, so one in a million runs would fail."""
    shares = [
        1 - len(drawn(f"clerk {number}").calendar.opens) / len(OFFICE.opens)
        for number in range(100)
    ]
    error = np.std(shares, ddof=1) / 10
    assert np.mean(shares) == pytest.approx(0.08, abs=5 * error)
    assert abs(np.mean(shares) - 0.10) > 5 * error  # twin


def test_one_person_more_changes_nobody_elses_absence() -> None:
    assert drawn("a") == drawn("a")
    assert drawn("a") != drawn("b")
    assert drawn("a") != drawn("a", seed=2)
