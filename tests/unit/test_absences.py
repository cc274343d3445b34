"""Spells of absence take whole half-days, and belong to one person alone (P1, P2)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim import absences
from sim.absences import Absence, Shift, shift_of, spells
from sim.calendars import Calendar
from sim.distributions import parse_duration, sample, sampler
from sim.streams import STREAM_BITS, key_of, name_key, uniforms
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


def one_by_one(kind: Absence, name: str, last: int) -> list[tuple[int, int]]:
    """The spells of one person, draw after draw."""
    found: list[tuple[int, int]] = []
    at = number = 0
    while at < last:
        u = [
            uniforms(key_of(1, 0), [name_key(name, STREAM_BITS)], [number], element, 0)
            for element in (name_key("staff:present", 32), name_key("staff:away", 32))
        ]
        at += sample(kind.present, u[0]).item()
        away = sample(kind.spell, u[1]).item()
        if at < last and away:
            found.append((at, at + away))
        at += max(away, 1)
        number += 1
    return found


@pytest.mark.parametrize(
    ("present", "spell"),
    [
        ("exponential(mean 20 h)", "lognormal(mean 8 h, cv 3)"),
        ("10 h", "0 h"),
        ("0 h", "40 h"),
        ("300 h", "300000000 h"),
        ("300000000 h", "300000000 h"),
    ],
)
def test_spells_of_many_are_those_of_each(present: str, spell: str) -> None:
    kind = absence(present, spell)
    names = ("a", "b", "c")
    streams = np.array([name_key(each, STREAM_BITS) for each in names], np.uint64)
    for last in (0, 1, 400 * HOUR):
        found = spells(kind, streams, key_of(1, 0), last)
        for name, mine in zip(names, found, strict=True):
            expected = one_by_one(kind, name, last)
            ends = [(begin, min(end, last)) for begin, end in expected]
            assert [(begin, min(end, last)) for begin, end in mine] == ends


def test_spells_longer_than_any_run_do_not_turn_round(monkeypatch: pytest.MonkeyPatch) -> None:
    hours = absence("10 h", "4 h")
    long = replace(hours, spell=replace(hours.spell, values=np.array([2.0**60])))

    def begins() -> list[int]:
        (mine,) = spells(long, np.array([1], np.uint64), key_of(1, 0), 400 * HOUR)
        return [begin for begin, _ in mine]

    assert begins() == [10 * HOUR]
    monkeypatch.setattr(absences, "_FAR", 2**62)  # the twin
    assert begins() != [10 * HOUR]
