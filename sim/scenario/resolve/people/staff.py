"""Turns what a scenario says of its staff into members of staff, and when they are on duty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.absences import Absence
from sim.distributions import Exponential, sampler
from sim.errors import ValueFault
from sim.language import later, say
from sim.model import Staff
from sim.scenario.faults import Faults
from sim.scenario.resolve.people.duty import WHOLE, Duty
from sim.scenario.resolve.people.offices import Offices
from sim.scenario.resolve.people.roles import roles_held
from sim.scenario.resolve.times.period import by_day, series_of
from sim.scenario.resolve.times.timing import Timing
from sim.scenario.schema.sections import ScenarioSpec
from sim.scenario.schema.staff import AbsenceSpec, AwaySpec, StaffGroup
from sim.scenario.text.tree import Path
from sim.streams import STREAM_BITS, name_key

_Leave = tuple[int, int, int, frozenset[str]]
"""From, to, how many people, and the names of the offices where they are away (P2)."""

_MOST_PEOPLE: Final = 1e6


def staff_of(
    spec: ScenarioSpec,
    offices: Offices,
    roles: Iterable[str],
    timing: Timing,
    faults: Faults,
) -> tuple[tuple[Staff, ...], tuple[Absence, ...]]:
    """Every member of staff, office by office in the order of the groups; and kinds of absence."""
    number_of = {role: place for place, role in enumerate(roles)}
    by_office: list[list[Staff]] = [[] for _ in offices.offices]
    absences: list[Absence] = []
    duty = Duty(timing=timing)
    for name, group in spec.staff.items():
        path: Path = ("staff", name)
        own = None
        if group.calendar is not None:
            own = timing.index(timing.calendar(group.calendar, (*path, "calendar")))
        if group.office not in offices.levels:
            continue
        homes = offices.on(group.office)
        days, people = _people(group, homes, offices, timing, (*path, "people"), faults)
        if people.max(initial=0.0) > _MOST_PEOPLE:
            faults.add((*path, "people"), say("more than a million people in one office"), "")
            continue
        hundredths = np.rint(people * WHOLE).astype(np.int64)
        calendars = {own} if own is not None else {offices.offices[h].calendar for h in homes}
        is_coarse = any(len(timing.calendars[each].opens) < WHOLE for each in calendars)
        if is_coarse and np.any(hundredths % WHOLE):
            faults.add(
                (*path, "people"),
                say("a fraction of a person needs a calendar with half-days to be on duty on"),
                say("Give whole people, or a calendar with hours."),
            )
            continue
        if is_coarse and (len(days) > 1 or group.absence is not None or group.away):
            what = "people" if len(days) > 1 else "away" if group.absence is None else "absence"
            faults.add(
                (*path, what),
                say("to come and go, people need a calendar with half-days to be on duty on"),
                say("Give them a calendar with hours."),
            )
            continue
        absence = -1
        if group.absence is not None:
            kind = _absence(group.absence, group, timing, (*path, "absence"), faults)
            if kind is not None:
                absence = len(absences)
                absences.append(kind)
        leave = _leave(group.away, offices, homes, hundredths, timing, (*path, "away"), faults)
        numbers = tuple(number_of[role] for role in roles_held(name, group) if role in number_of)
        speed = series_of(group.speed, timing.time)
        for home, on_days in zip(homes.tolist(), hundredths, strict=True):
            office = offices.offices[home]
            calendar = office.calendar if own is None else own
            for number, shift in enumerate(duty.shifts(calendar, days, on_days, home), start=1):
                person = f"{office.name}/{name}/{number}"
                by_office[home].append(
                    Staff(
                        name=person,
                        office=home,
                        roles=numbers,
                        calendar=shift,
                        speed=speed,
                        full_time=-1 if shift == calendar else calendar,
                        stream=name_key(f"staff/{person}", STREAM_BITS) if absence >= 0 else 0,
                        absence=absence,
                        away=tuple(
                            (since, until)
                            for since, until, people_away, where in leave
                            if number <= people_away and office.name in where
                        ),
                    )
                )
    return tuple(person for people_there in by_office for person in people_there), tuple(absences)


def _people(
    group: StaffGroup,
    homes: NDArray[np.int64],
    offices: Offices,
    timing: Timing,
    path: Path,
    faults: Faults,
) -> tuple[tuple[int, ...], NDArray[np.float64]]:
    """From which days there are how many people (V1): by office, and by these days."""
    days, values = by_day(series_of(group.people.times, timing.time))
    of_each = np.ones(len(homes))
    if group.people.column is not None:
        of_each = offices.numbers(group.people.column, homes, (*path, "column"), faults)
    return days, np.outer(of_each, values)


def _absence(
    spec: AbsenceSpec, group: StaffGroup, timing: Timing, path: Path, faults: Faults
) -> Absence | None:
    """How often the people of a group are away by chance, and for how long (P1)."""
    if spec.share == 1:
        faults.add((*path, "share"), say("nobody ever comes"), say("Give a share below 100 %."))
        return None
    parsed = timing.parsed(spec.spell, (*path, "spell"))
    if parsed is None or spec.share == 0:
        return None
    distribution, in_working_days = parsed
    if not in_working_days:
        faults.add(
            (*path, "spell"),
            say("'{text}' is in clock time", text=spec.spell),
            say("Give working days, e.g. 2 wd."),
        )
        return None
    calendar = timing.calendar_on(group.office)
    if group.calendar is not None:
        calendar = timing.calendar(group.calendar, ("staff",))
    spell = distribution.scaled(timing.open_day(calendar))
    try:
        # The share of time in which a person is away is E(spell) / (E(present) + E(spell)).
        present = Exponential(mean=spell.mean * (1 - spec.share) / spec.share)
        return Absence(present=sampler(present), spell=sampler(spell))
    except ValueFault as fault:
        faults.take((*path, "spell"), fault)
        return None


def _leave(
    spells: Sequence[AwaySpec],
    offices: Offices,
    homes: NDArray[np.int64],
    hundredths: NDArray[np.int64],
    timing: Timing,
    path: Path,
    faults: Faults,
) -> list[_Leave]:
    """When how many of a group are away, and where."""
    names = [offices.offices[home].name for home in homes.tolist()]
    most = dict(zip(names, -(-hundredths.max(axis=1, initial=0) // WHOLE), strict=True))
    found: list[_Leave] = []
    for number, spell in enumerate(spells):
        here = (*path, number)
        since, until = timing.stretch(spell.start, spell.end, here)
        where = names if spell.offices is None else spell.offices
        is_known = [
            faults.knows((*here, "offices"), later("office"), name, names) for name in where
        ]
        if all(is_known) and spell.people > max((most[name] for name in where), default=0):
            faults.add(
                (*here, "people"),
                say(
                    "{n} are away, more than there are at any of the offices",
                    n=spell.people,
                ),
                say("Give as many as there are at most."),
            )
        found.append((since, until, spell.people, frozenset(where)))
    return found
