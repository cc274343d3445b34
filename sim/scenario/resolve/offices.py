"""Turns what a scenario says of its offices and staff into offices, roles and members of staff."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import gcd

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Calendar, share_of
from sim.errors import ValueFault
from sim.model import Office, Role, Staff
from sim.scenario.faults import Faults
from sim.scenario.messages import did_you_mean
from sim.scenario.resolve.timing import Timing
from sim.scenario.schema.sections import OfficeSpec, ScenarioSpec, StaffGroup
from sim.scenario.text.rows import MOST_TOLD, Rows, read_rows
from sim.scenario.text.tree import Path
from sim.units import parse_number

_OWN_COLUMNS = ("office", "level", "parent", "label")
_MOST_NAMED = 3
_WHOLE = 100
"""A fraction of a person is rounded to a hundredth (S8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offices:
    """The offices of a model, and what their columns say.

    ``office_at[o, level]`` is the office at or above ``o`` on a level, -1 for none; ``columns``
    holds the texts of each column by the office's index, with gaps.
    """

    levels: tuple[str, ...]
    offices: tuple[Office, ...]
    index: dict[str, int]
    office_at: NDArray[np.int64]
    columns: dict[str, dict[int, str]]

    def on(self, level: str) -> NDArray[np.int64]:
        """The indices of the offices on a level."""
        wanted = self.levels.index(level)
        return np.array([i for i, o in enumerate(self.offices) if o.level == wanted], np.int64)

    def some(self, offices: Sequence[int]) -> str:
        """The names of the first few of some offices, and how many more there are."""
        return _some([self.offices[place].name for place in offices])

    def numbers(
        self, column: str, homes: NDArray[np.int64], path: Path, faults: Faults
    ) -> NDArray[np.float64]:
        """The numbers, not negative, in a column for some offices; what is none is a fault."""
        if not faults.knows(path, "column", column, self.columns):
            return np.zeros(len(homes))
        cells = self.columns[column]
        texts = [cells.get(home, "") for home in homes.tolist()]
        # A column of thousands of offices has few different texts.
        numbers: dict[str, float] = {}
        wrong: dict[str, ValueFault] = {}
        for text in dict.fromkeys(texts):
            try:
                numbers[text] = _count(text)
            except ValueFault as fault:
                numbers[text], wrong[text] = 0.0, fault
        told: dict[tuple[str, str], list[str]] = {}
        for home, text in zip(homes.tolist(), texts, strict=True) if wrong else ():
            if text in wrong:
                key = wrong[text].message, wrong[text].way_out
                told.setdefault(key, []).append(self.offices[home].name)
        for (message, way_out), names in list(told.items())[:MOST_TOLD]:
            faults.add(path, f"column '{column}': {message} at {_some(names)}", way_out)
        return np.array([numbers[text] for text in texts], float)

    def texts(self, column: str, homes: NDArray[np.int64], path: Path, faults: Faults) -> list[str]:
        """The texts in a column for some offices; a gap is a fault."""
        if not faults.knows(path, "column", column, self.columns):
            return [""] * len(homes)
        cells = self.columns[column]
        found = [cells.get(home, "") for home in homes.tolist()]
        gaps = [
            self.offices[h].name for h, text in zip(homes.tolist(), found, strict=True) if not text
        ]
        if gaps:
            faults.add(path, f"column '{column}': no value at {_some(gaps)}", "Fill the column.")
        return found


def _count(text: str) -> float:
    if not text:
        raise ValueFault("no value", way_out="Fill the column, with 0 for none.")
    number = parse_number(text)
    if number < 0:
        raise ValueFault(f"{text} is negative", way_out="Give a count from 0.")
    return number


@dataclass(slots=True, kw_only=True)
class _Row:
    """An office as it is being put together; ``file`` is empty for one of the scenario itself."""

    name: str
    path: Path
    file: str = ""
    line: int = 0
    level: str = ""
    parent: str = ""
    label: str = ""
    columns: dict[str, str] = field(default_factory=dict)

    def fault(self, faults: Faults, message: str, way_out: str = "") -> None:
        if self.file:
            faults.in_file(self.path, self.file, self.line, f"'{self.name}': {message}", way_out)
        else:
            faults.add(self.path, message, way_out)


def offices_of(spec: ScenarioSpec, timing: Timing, faults: Faults) -> Offices:
    """The offices of a scenario: those of its CSV file, then its own; else one on each level."""
    levels = spec.levels
    doubled = sorted({level for level in levels if levels.count(level) > 1})
    if doubled:
        faults.add(("levels",), f"'{doubled[0]}' is given twice", "Name each level once.")
    for level in spec.calendar_of:
        faults.knows(("calendar_of", level), "level", level, levels)
    calendar_on = [_calendar_on(level, spec, timing) for level in levels]

    rows = _rows(spec, faults)
    for row in rows.values():
        row.level = row.level or levels[-1]
        if row.level not in levels:
            row.fault(faults, f"unknown level '{row.level}'", did_you_mean(row.level, levels))
            row.level = levels[-1]
    parents = _parents(rows, levels, faults)
    index = {name: place for place, name in enumerate(rows)}
    offices = tuple(
        Office(
            name=row.name,
            label=row.label or row.name,
            level=levels.index(row.level),
            parent=parents[row.name],
            calendar=calendar_on[levels.index(row.level)],
        )
        for row in rows.values()
    )
    columns: dict[str, dict[int, str]] = {}
    for place, row in enumerate(rows.values()):
        for column, text in row.columns.items():
            columns.setdefault(column, {})[place] = text
    return Offices(
        levels=levels,
        offices=offices,
        index=index,
        office_at=_office_at(offices, len(levels)),
        columns=columns,
    )


def _calendar_on(level: str, spec: ScenarioSpec, timing: Timing) -> int:
    if level in spec.calendar_of:
        return timing.index(timing.calendar(spec.calendar_of[level], ("calendar_of", level)))
    return timing.index(timing.calendar(spec.legal_clock.calendar, ("legal_clock", "calendar")))


def _rows(spec: ScenarioSpec, faults: Faults) -> dict[str, _Row]:
    rows: dict[str, _Row] = {}
    if spec.offices.file is not None:
        path: Path = ("offices", "file")
        read = read_rows(spec.offices.file, path, ("office",), faults)
        if read is not None:
            rows = _listed(read, path, faults)
    for name, given in spec.offices.named.items():
        row = rows.setdefault(name, _Row(name=name, path=("offices", name)))
        row.path, row.file = ("offices", name), ""
        row.level = given.level or row.level
        row.parent = given.parent or row.parent
        row.label = given.label or row.label
        row.columns |= {column: _plain(value) for column, value in _columns_of(given).items()}
    if rows or spec.offices.file is not None:
        return rows or {"": _Row(name="", path=("offices",))}
    return {level: _Row(name=level, path=("levels",), level=level) for level in spec.levels}


def _columns_of(given: OfficeSpec) -> dict[str, float | str]:
    return given.__pydantic_extra__ or {}


def _plain(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.15g}"


def _listed(read: Rows, path: Path, faults: Faults) -> dict[str, _Row]:
    rows: dict[str, _Row] = {}
    for line, cells in read:
        name = cells["office"]
        if not name or name in rows:
            message = f"'{name}' is listed twice" if name else "an office without a name"
            faults.in_file(path, read.file, line, message, "Give each office a name of its own.")
            continue
        rows[name] = _Row(
            name=name,
            path=path,
            file=read.file,
            line=line,
            level=cells.get("level", ""),
            parent=cells.get("parent", ""),
            label=cells.get("label", ""),
            columns={c: text for c, text in cells.items() if c not in _OWN_COLUMNS},
        )
    if not rows:
        faults.in_file(path, read.file, 1, "no offices in it", "Give one office a line.")
    return rows


def _parents(rows: dict[str, _Row], levels: tuple[str, ...], faults: Faults) -> dict[str, int]:
    """The index of the office above each: the one named, or the only one on the level above."""
    index = {name: place for place, name in enumerate(rows)}
    on_level: dict[str, list[str]] = {level: [] for level in levels}
    for row in rows.values():
        on_level[row.level].append(row.name)
    parents: dict[str, int] = {}
    without: list[_Row] = []
    for row in rows.values():
        parents[row.name] = -1
        above = levels[: levels.index(row.level)]
        if row.parent:
            over = rows.get(row.parent)
            if over is None:
                way_out = did_you_mean(row.parent, rows)
                row.fault(faults, f"unknown parent '{row.parent}'", way_out)
            elif over.level not in above:
                message = f"its parent '{over.name}' is on level {over.level}, not above"
                row.fault(faults, message, f"Levels from the top: {', '.join(levels)}.")
            else:
                parents[row.name] = index[over.name]
            continue
        nearest = next((level for level in reversed(above) if on_level[level]), None)
        if nearest is not None and len(on_level[nearest]) > 1:
            without.append(row)
        elif nearest is not None:
            parents[row.name] = index[on_level[nearest][0]]
    if without:
        names = _some([row.name for row in without])
        faults.add(
            without[0].path,
            f"no parent is given for {names}, and there are several offices above",
            "Give each its parent.",
        )
    return parents


def _office_at(offices: tuple[Office, ...], n_levels: int) -> NDArray[np.int64]:
    at = np.full((len(offices), n_levels), -1, np.int64)
    # Parents stand on higher levels, so their rows are ready first.
    for place in sorted(range(len(offices)), key=lambda place: offices[place].level):
        office = offices[place]
        if office.parent >= 0:
            at[place] = at[office.parent]
        at[place, office.level] = place
    return at


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(f"'{name}'" for name in names[:_MOST_NAMED]) + more


def roles_of(spec: ScenarioSpec, faults: Faults) -> dict[str, Role]:
    """The roles that the staff hold, by name, in the order in which they are first written.

    A role stands on one level and has one discipline (S4); where some of its groups leave the
    discipline to the default, that of the others counts.
    """
    roles: dict[str, Role] = {}
    said: dict[str, tuple[str, bool]] = {}
    for group, given in spec.staff.items():
        path: Path = ("staff", group)
        if not faults.knows((*path, "office"), "level", given.office, spec.levels):
            continue
        level = spec.levels.index(given.office)
        for name in held(group, given):
            role = roles.get(name)
            if role is None:
                own = spec.staff.get(name)
                label = own.label if own is not None and own.label else name
                role = Role(name=name, label=label, level=level, earliest_due_first=False)
            elif role.level != level:
                faults.add(
                    (*path, "office"),
                    f"role '{name}' is on level {given.office} here and on level "
                    f"{spec.levels[role.level]} elsewhere",
                    "Give the role another name on one of the levels.",
                )
            if "first" in given.model_fields_set:
                due_first = given.first == "earliest_due"
                before, is_due_first = said.setdefault(name, (group, due_first))
                if is_due_first != due_first:
                    faults.add(
                        (*path, "first"),
                        f"role '{name}' has another order of work in staff.{before}",
                        "Give all people of a role the same `first`.",
                    )
                role = replace(role, earliest_due_first=is_due_first)
            roles[name] = role
    for group, given in spec.staff.items():
        orders = {roles[name].earliest_due_first for name in held(group, given) if name in roles}
        if len(orders) > 1:
            faults.add(
                ("staff", group),
                "its roles mix first_come and earliest_due, so one person would have two orders "
                "of work",
                "Give all these roles the same `first`.",
            )
    return roles


def held(group: str, given: StaffGroup) -> tuple[str, ...]:
    """The roles that people of a group hold, each once: by default that of the group's name."""
    return tuple(dict.fromkeys(given.roles or (group,)))


def staff_of(
    spec: ScenarioSpec,
    offices: Offices,
    roles: Iterable[str],
    timing: Timing,
    faults: Faults,
) -> tuple[Staff, ...]:
    """Every member of staff: office by office, in the order of the groups."""
    number_of = {name: place for place, name in enumerate(roles)}
    by_office: list[list[Staff]] = [[] for _ in offices.offices]
    shifts: dict[tuple[int, int, int, int], int] = {}
    for group, given in spec.staff.items():
        path: Path = ("staff", group)
        own = None
        if given.calendar is not None:
            own = timing.index(timing.calendar(given.calendar, (*path, "calendar")))
        if given.office not in offices.levels:
            continue
        homes = offices.on(given.office)
        people = np.full(len(homes), given.people.times)
        if given.people.column is not None:
            where = (*path, "people", "column")
            people *= offices.numbers(given.people.column, homes, where, faults)
        if people.max(initial=0.0) > 1e6:
            faults.add((*path, "people"), "more than a million people in one office", "")
            continue
        calendars = {own} if own is not None else {offices.offices[h].calendar for h in homes}
        if np.any(np.rint(people * _WHOLE) % _WHOLE) and any(
            len(timing.calendars[calendar].opens) < _WHOLE for calendar in calendars
        ):
            faults.add(
                (*path, "people"),
                "a fraction of a person needs a calendar with half-days to be on duty on",
                "Give whole people, or a calendar with hours.",
            )
            continue
        numbers = tuple(number_of[name] for name in held(group, given) if name in number_of)
        for home, hundredths in zip(homes.tolist(), np.rint(people * _WHOLE).tolist(), strict=True):
            full, part = divmod(int(hundredths), _WHOLE)
            office = offices.offices[home]
            calendar = office.calendar if own is None else own
            on_duty = [calendar] * full
            if part:
                on_duty.append(_part_time(calendar, part, home, shifts, timing))
            by_office[home].extend(
                Staff(
                    name=f"{office.name}/{group}/{number}",
                    office=home,
                    roles=numbers,
                    calendar=shift,
                    speed=given.speed,
                )
                for number, shift in enumerate(on_duty, start=1)
            )
    return tuple(person for people_there in by_office for person in people_there)


def _part_time(
    calendar: int,
    part: int,
    home: int,
    shifts: dict[tuple[int, int, int, int], int],
    timing: Timing,
) -> int:
    """The calendar of a last person who is on duty ``part`` hundredths of the half-days (S8)."""
    common = gcd(part, _WHOLE)
    numerator, denominator = part // common, _WHOLE // common
    offset = home % denominator
    key = (calendar, numerator, denominator, offset)
    if key not in shifts:
        whole: Calendar = timing.calendars[calendar]
        name = f"{whole.name} {part} % +{offset}"
        shifts[key] = timing.index(share_of(whole, numerator, denominator, offset, name))
    return shifts[key]
