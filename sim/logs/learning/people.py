"""Who does what, and how many are on duty: roles, groups of staff, parts of a post."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Calendar, share_of
from sim.language import say
from sim.logs.event_log import INSTANT, EventLog

Ints = NDArray[np.int64]

_MINOR: Final = 0.02
"""A role in which less than this share of somebody's work lies is not held: a slip of the pen."""

_SAME_PEOPLE: Final = 0.5
"""Steps of which this share is done by the same people are of one role."""

_RARE: Final = 0.02
_HALF: Final = 0.5
_HUNDREDTHS: Final = (*range(5, 100, 5), 33, 67)
_STRAY: Final = 0.01
_BY_CHANCE: Final = 1e-3
_FULL: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who does work, and the half-days on which they are on duty.

    Parameters
    ----------
    part
        Hundredths of the half-days; 100 for all.
    offset
        Shifts which half-days these are.
    n_seen, n_open
        Half-days on which they were seen at work, and half-days of the office in the log.
    """

    name: str
    roles: tuple[str, ...]
    part: int
    offset: int
    n_seen: int
    n_open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People of one kind: those who hold the same roles at one office.

    ``low`` is how many are seen at work on a half-day on average, ``high`` how many there are.
    """

    name: str
    office: str
    roles: tuple[str, ...]
    people: float
    low: float
    high: int
    members: tuple[Person, ...]


def roles_of(log: EventLog) -> tuple[Mapping[str, str], bool]:
    """The role of each step, and whether the log names it.

    Where it does not, steps done by the same people are of one role, which has the name of the
    most frequent of them.
    """
    steps = log.work["step"]
    names = list(map(str, steps.cat.categories))
    step = steps.cat.codes.to_numpy(np.int64)
    role = log.work["role"].cat.codes.to_numpy(np.int64)
    offices = _usual(step, log.work["office"].cat.codes.to_numpy(np.int64), len(names))
    if (role >= 0).mean() >= _HALF:
        known = list(map(str, log.work["role"].cat.categories))
        usual = [known[code] for code in _usual(step, role, len(names))]
        return _at_one_office(names, usual, offices, log), True
    officer = log.work["officer"].cat.codes.to_numpy(np.int64)
    width = int(officer.max(initial=-1)) + 1
    if not width:
        return dict.fromkeys(names, "staff"), False
    counts = np.bincount(
        step[officer >= 0] * width + officer[officer >= 0], minlength=len(names) * width
    ).reshape(len(names), width)
    return _at_one_office(names, _clustered(names, counts), offices, log), False


def _usual(step: Ints, codes: Ints, n_steps: int) -> list[int]:
    """Of each step, the code that most of its rows have; 0 where none has one."""
    width = int(codes.max(initial=0)) + 1
    known = codes >= 0
    table = np.bincount(step[known] * width + codes[known], minlength=n_steps * width)
    found: list[int] = table.reshape(n_steps, width).argmax(axis=1).tolist()
    return found


def _at_one_office(
    names: Sequence[str], roles: Sequence[str], offices: Sequence[int], log: EventLog
) -> dict[str, str]:
    """Roles so that each is at one office: where one is at several, each has its own name."""
    places: dict[str, set[int]] = {}
    for role, office in zip(roles, offices, strict=True):
        places.setdefault(role, set()).add(office)
    called = log.work["office"].cat.categories
    return {
        name: role
        if len(places[role]) == 1
        else say("{role} at {office}", role=role, office=called[office])
        for name, role, office in zip(names, roles, offices, strict=True)
    }


def _clustered(names: Sequence[str], counts: Ints) -> list[str]:
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    n = counts.sum(axis=1)
    found = list(range(len(names)))

    def root(at: int) -> int:
        while found[at] != at:
            at = found[at]
        return at

    for a in range(len(names)):
        for b in range(a):
            if np.minimum(shares[a], shares[b]).sum() >= _SAME_PEOPLE:
                one, other = root(a), root(b)
                chief, less = (one, other) if n[one] >= n[other] else (other, one)
                found[less] = chief
    whole = n.sum()
    groups = [root(at) for at in range(len(names))]
    for at, group in enumerate(groups):
        # What is rare is done by whoever does the rest, and tells no role of its own.
        if n[[each == group for each in groups]].sum() < _RARE * whole:
            alike = [
                np.minimum(shares[at], shares[b]).sum() * (n[b] > n[at]) for b in range(len(n))
            ]
            best = int(np.argmax(alike))
            found[root(at)] = root(best) if alike[best] > 0 else int(np.argmax(n))
    return [names[root(at)] for at in range(len(names))]


def people_of(
    log: EventLog, role_of: Mapping[str, str], calendar: Calendar
) -> tuple[tuple[Person, str], ...]:
    """Everybody who does work, with the office of the role in which they do most of it.

    A role is at one office; what somebody does in roles of other offices is left out.
    """
    work = log.work
    officer = work["officer"].cat.codes.to_numpy(np.int64)
    codes = {role: at for at, role in enumerate(dict.fromkeys(role_of.values()))}
    of_step = np.asarray([codes[role_of[str(name)]] for name in work["step"].cat.categories])
    role = of_step[work["step"].cat.codes.to_numpy(np.int64)]
    n_steps = len(work["step"].cat.categories)
    step = work["step"].cat.codes.to_numpy(np.int64)
    names = [*map(str, work["office"].cat.categories)] or [""]
    of_office = _usual(step, work["office"].cat.codes.to_numpy(np.int64), n_steps)
    office_of = {int(of_step[at]): names[code] for at, code in enumerate(of_office)}
    instants = np.stack([work[name].to_numpy(INSTANT) for name in ("started_at", "ended_at")])
    if log.has_starts:
        # An end without a start may have been entered when others were on duty.
        instants[:, np.isnat(instants[0])] = np.datetime64("NaT")
    found = []
    for code, name in enumerate(work["officer"].cat.categories):
        mine = np.flatnonzero(officer == code)
        if not len(mine):
            continue
        by_role = np.bincount(role[mine], minlength=len(codes))
        office = office_of[int(by_role.argmax())]
        held = tuple(
            r
            for r, at in codes.items()
            if by_role[at] >= _MINOR * len(mine) and office_of[at] == office
        )
        times = instants[:, mine]
        person = _person(str(name), held, times[~np.isnat(times)].astype(np.int64), calendar)
        found.append((person, office))
    return tuple(found)


def _person(name: str, roles: tuple[str, ...], times: Ints, calendar: Calendar) -> Person:
    opens, closes = np.asarray(calendar.opens), np.asarray(calendar.closes)
    at = np.searchsorted(opens, times, side="right") - 1
    is_in = (at >= 0) & (times <= closes[np.maximum(at, 0)])
    seen = np.unique(at[is_in])
    part, offset = _part(seen)
    n_open = int(seen[-1] - seen[0] + 1) if len(seen) else 0
    return Person(name=name, roles=roles, part=part, offset=offset, n_seen=len(seen), n_open=n_open)


def _part(seen: Ints) -> tuple[int, int]:
    """The smallest part of a post whose half-days, spread evenly, hold those that were seen.

    A part is believed only where it would hold them by chance once in a thousand at most.
    """
    for part in sorted(_HUNDREDTHS):
        common = gcd(part, _FULL)
        numerator, denominator = part // common, _FULL // common
        chance = (part / _FULL) ** len(seen) * denominator * len(_HUNDREDTHS)
        if chance > _BY_CHANCE:
            continue
        for offset in range(denominator):
            kept = (seen + offset) * numerator % denominator < numerator
            if (~kept).mean() <= _STRAY:
                return part, offset
    return _FULL, 0


def groups_of(people: Sequence[tuple[Person, str]]) -> Iterator[Group]:
    """People who hold the same roles at one office, as one group each."""
    by_kind: dict[tuple[str, tuple[str, ...]], list[Person]] = {}
    for person, office in people:
        by_kind.setdefault((office, tuple(sorted(person.roles))), []).append(person)
    for (office, roles), members in by_kind.items():
        n_open = max(person.n_open for person in members)
        seen = sum(person.n_seen for person in members) / n_open if n_open else 0.0
        yield Group(
            name=" and ".join(roles),
            office=office,
            roles=roles,
            people=sum(person.part for person in members) / _FULL,
            low=min(seen, sum(person.part for person in members) / _FULL),
            high=len(members),
            members=tuple(members),
        )


def calendar_of(person: Person, calendar: Calendar) -> Calendar:
    """The half-days on which somebody is on duty."""
    if person.part == _FULL:
        return calendar
    common = gcd(person.part, _FULL)
    return share_of(
        calendar, person.part // common, _FULL // common, person.offset, f"of {person.name}"
    )
