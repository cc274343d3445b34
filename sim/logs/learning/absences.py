"""How much people are away: half-days on which somebody who is otherwise steady does nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.analysis.estimate import Interval
from sim.calendars import Calendar
from sim.logs.intervals import mean_of_exponential
from sim.logs.learning.people import Group
from sim.logs.learning.rows import NONE, Rows
from sim.units import DAY

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]

_STEADY: Final = 0.1
"""Who does nothing on a larger share of the other half-days is not missed when away."""

_BY_CHANCE: Final = 1e-3
_FEWEST: Final = 2
"""Half-days in a row: one may be a meeting."""

_SHOWN: Final = 0.5
_USUAL: Final = 3.0
"""Days that somebody is away at a time, where nobody is seen to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """How much the people of a group are away, whatever for.

    Parameters
    ----------
    share
        Of the time on duty.
    spell
        Mean length of a spell in working days; None where nobody is ever away.
    people
        How many are steady enough to be missed; the others do not count.
    """

    share: Interval
    spell: Interval | None
    people: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Attendance:
    """Somebody's time on duty of which the register can tell, and their spells away.

    Parameters
    ----------
    days
        Working days of that time.
    spells
        Working days of each spell.
    half, fewest
        A half-day in working days, and the fewest of them that show as a spell.
    """

    days: float
    spells: Floats
    half: float
    fewest: int

    def is_shown(self, mean: float) -> float:
        """The share of time away in spells long enough to be seen, if geometric; half at least.

        A smaller share would rest on very few spells.
        """
        ends, before = min(self.half / mean, 1.0), self.fewest - 1
        return max((1 - ends) ** before * (1 + before * ends), _SHOWN)


def absences_of(rows: Rows, groups: Sequence[Group], officers: Sequence[str]) -> dict[str, Absence]:
    """By name of a group, how much its people are away; without those of whom none is steady.

    Parameters
    ----------
    officers
        The names of those who did the rows.
    """
    attended = {officers[code]: each for code, each in attendances(rows).items()}
    found = {
        group.name: absence_of([attended[m.name] for m in group.members if m.name in attended])
        for group in groups
    }
    return {name: absence for name, absence in found.items() if absence is not None}


def absence_of(members: Sequence[Attendance]) -> Absence | None:
    """The absence of a group, from those of its people who are steady; None where nobody is.

    Notes
    -----
    Lengths of spells are taken for geometric.  What lies beyond the shortest that could be seen is
    then as long as a whole spell, and says how much of the time away cannot be seen.
    """
    if not members:
        return None
    spells = np.concatenate([each.spells for each in members])
    shown = np.array([each.days for each in members], np.float64)
    spell = None
    if len(spells):
        unseen = sum(len(each.spells) * (each.fewest - 1) * each.half for each in members)
        spell = mean_of_exponential((float(spells.sum()) - unseen) / len(spells), len(spells))
    shown *= [each.is_shown(_USUAL if spell is None else spell.mean) for each in members]
    share = share_away(spells, float(shown.sum()))
    return Absence(share=share, spell=spell, people=len(members))


def share_away(spells: Floats, days: float) -> Interval:
    """The share of some days that spells take.

    Notes
    -----
    The number of spells is Poisson and their lengths are exponential, so that the variance of
    their sum is 2 / n of the square of its mean: the interval is that of a gamma with these, at the
    upper end of two spells more, as Garwood (1936) adds one to a count.  It holds the share in 94
    to 97 % of samples of 3 to 25 spells.  Where there is none, the upper end is that of spells of
    three days.
    """
    from scipy.special import gammaincinv

    n, total = len(spells), float(spells.sum())
    low = total / n * 2 * float(gammaincinv(n / 2, 0.025)) if n else 0.0
    high = (total / n * 2 if n else _USUAL) * float(gammaincinv(n / 2 + 1, 0.975))
    return Interval(
        mean=total / days, low=low / days, high=min(high / days, 1.0), n=n, confidence=0.95
    )


def attendances(rows: Rows) -> dict[int, Attendance]:
    """By officer, when those who are steady were there; who is not steady is left out.

    Notes
    -----
    On a half-day on which nobody else is seen the office may have been closed, and where work names
    nobody who may have been the one in question, they may have been there: such half-days do not
    count.  Nor does what lies before somebody is first seen and after they are last seen.  Of the
    others, a row without any work is an absence where chance would show one as long among all of
    somebody's half-days once in a thousand.  How often somebody who is there has nothing to do is
    told from how much they do on other half-days: by a negative binomial with the mean and variance
    of these counts, and by how many are one and two (after Chao 1987, *Biometrics* 43, 783-791),
    whichever is more.
    """
    base = np.asarray(rows.calendar.opens)
    is_told = (rows.started != NONE) if rows.has_starts else (rows.ended != NONE)
    is_told &= rows.officer >= 0
    n_people = int(rows.officer.max(initial=-1)) + 1
    seen = np.zeros((n_people, len(base)), np.bool_)
    for instants in (rows.started, rows.ended):
        at = _place(base, instants)
        which = is_told & (at >= 0)
        seen[rows.officer[which], at[which]] = True
    n_seen, may = seen.sum(axis=0), rows.may_have_done
    nameless = np.flatnonzero(rows.officer < 0)
    when = _place(base, rows.when[nameless])
    day = _working_day(rows.calendar)
    found = {}
    for officer in range(n_people):
        mine = np.flatnonzero(is_told & (rows.officer == officer))
        if not len(mine):
            continue
        calendar = rows.calendars[rows.which[mine[0]]]
        place = np.searchsorted(base, np.asarray(calendar.opens))
        counts = _counts(rows, mine, calendar)
        if not counts.any():
            continue
        is_dark = np.isin(place, when[may[officer]])
        is_fine = (n_seen[place] - seen[officer, place] > 0) & ~is_dark
        first, last = np.flatnonzero(counts)[[0, -1]]
        which = first + np.flatnonzero(is_fine[first : last + 1])
        lengths = (np.asarray(calendar.closes) - np.asarray(calendar.opens))[which] / day
        attendance = _attendance(counts[which], lengths)
        if attendance is not None:
            found[officer] = attendance
    return found


def _working_day(calendar: Calendar) -> float:
    """How long the office is open on a day on which it opens, on average, in microseconds."""
    opens, closes = np.asarray(calendar.opens), np.asarray(calendar.closes)
    return float((closes - opens).sum() / len(np.unique(opens // DAY)))


def _counts(rows: Rows, mine: Ints, calendar: Calendar) -> Ints:
    """How many pieces of work somebody began or ended on each half-day."""
    opens = np.asarray(calendar.opens)
    began = _place(opens, rows.started[mine])
    ended = _place(opens, rows.ended[mine])
    ended[ended == began] = -1
    both = np.concatenate((began, ended))
    return np.bincount(both[both >= 0], minlength=len(opens))


def _place(opens: Ints, instants: Ints) -> Ints:
    """The half-day of each instant; -1 where none is known."""
    return np.searchsorted(opens, instants, side="right") - 1


def _attendance(counts: Ints, lengths: Floats) -> Attendance | None:
    """What half-days tell, from the work on each; None of somebody who is not steady."""
    idle = _idle(counts)
    if idle is None or idle > _STEADY:
        return None
    by_chance = math.ceil(math.log(_BY_CHANCE / len(counts)) / math.log(idle)) if idle > 0 else 0
    fewest = max(by_chance, _FEWEST)
    silences = [(a, b) for a, b in _silences(counts) if b - a >= fewest]
    n_away = sum(b - a for a, b in silences)
    if (counts == 0).sum() - n_away > _STEADY * (len(counts) - n_away):
        return None
    spells = [lengths[a:b].sum() for a, b in silences]
    return Attendance(
        days=float(lengths.sum()),
        spells=np.asarray(spells),
        half=float(lengths.mean()),
        fewest=fewest,
    )


def _idle(counts: Ints) -> float | None:
    """The share of half-days on which somebody who is there has nothing to do."""
    some = counts[counts > 0].astype(np.float64)
    if len(some) < _FEWEST:
        return None
    mean, excess = float(some.mean()), float(some.var() - some.mean())
    by_spread = math.exp(-mean)
    if excess > 0:
        by_spread = (1 + excess / mean) ** (-(mean**2) / excess)
    ones, twos = int((some == 1).sum()), int((some == 2).sum())
    return max(by_spread, ones**2 / ((twos + 1) * len(some)))


def _silences(counts: Ints) -> Iterator[tuple[int, int]]:
    """From where to where nothing is done."""
    edges = np.diff(np.concatenate(([0], counts == 0, [0])).astype(np.int64))
    yield from zip(
        np.flatnonzero(edges > 0).tolist(), np.flatnonzero(edges < 0).tolist(), strict=True
    )
