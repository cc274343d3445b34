"""Turns what a scenario says of its offices into offices, and reads their columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.errors import ValueFault
from sim.language import later, say
from sim.model import Office
from sim.scenario.faults import Faults
from sim.scenario.resolve.csv_files import MOST_FAULTS, read_rows
from sim.scenario.resolve.times.timing import Timing
from sim.scenario.schema.sections import OfficeSpec, ScenarioSpec
from sim.scenario.text.rows import Rows
from sim.scenario.text.tree import Path
from sim.units import parse_amount
from sim.wording import did_you_mean, some

_OWN_COLUMNS = ("office", "level", "parent", "label")

_TOTALS: Final = frozenset({"tổng", "tổng cộng", "tổng số", "cộng", "total", "sum"})
"""What a spreadsheet calls the row that adds up the others."""

_FEWEST_OTHERS: Final = 2


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
        return some([self.offices[place].name for place in offices])

    def numbers(
        self, column: str, homes: NDArray[np.int64], path: Path, faults: Faults
    ) -> NDArray[np.float64]:
        """The numbers, not negative, in a column for some offices; what is none is a fault."""
        if not faults.knows(path, later("column"), column, self.columns):
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
        by_fault: dict[tuple[str, str], list[str]] = {}
        for home, text in zip(homes.tolist(), texts, strict=True) if wrong else ():
            if text in wrong:
                key = wrong[text].message, wrong[text].way_out
                by_fault.setdefault(key, []).append(self.offices[home].name)
        for (message, way_out), names in list(by_fault.items())[:MOST_FAULTS]:
            faults.add(
                path,
                say(
                    "column '{column}': {message} at {names}",
                    column=column,
                    message=message,
                    names=some(names),
                ),
                way_out,
            )
        return np.array([numbers[text] for text in texts], float)

    def texts(self, column: str, homes: NDArray[np.int64], path: Path, faults: Faults) -> list[str]:
        """The texts in a column for some offices; a gap is a fault."""
        if not faults.knows(path, later("column"), column, self.columns):
            return [""] * len(homes)
        cells = self.columns[column]
        found = [cells.get(home, "") for home in homes.tolist()]
        gaps = [
            self.offices[h].name for h, text in zip(homes.tolist(), found, strict=True) if not text
        ]
        if gaps:
            faults.add(
                path,
                say("column '{column}': no value at {names}", column=column, names=some(gaps)),
                say("Fill the column."),
            )
        return found


def _count(text: str) -> float:
    if not text:
        raise ValueFault(say("no value"), way_out=say("Fill the column, with 0 for none."))
    number = parse_amount(text)
    if number < 0:
        raise ValueFault(
            say("{found} is negative", found=text), way_out=say("Give a count from 0.")
        )
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
        faults.add(
            ("levels",),
            say("'{name}' is given twice", name=doubled[0]),
            say("Name each level once."),
        )
    for level in spec.calendar_of:
        faults.knows(("calendar_of", level), later("level"), level, levels)
    calendar_on = [timing.index(timing.calendar_on(level)) for level in levels]

    rows = _rows(spec, faults)
    for row in rows.values():
        row.level = row.level or levels[-1]
        if row.level not in levels:
            row.fault(
                faults,
                say("unknown {kind} '{name}'", kind=say("level"), name=row.level),
                did_you_mean(row.level, levels),
            )
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


def _rows(spec: ScenarioSpec, faults: Faults) -> dict[str, _Row]:
    rows: dict[str, _Row] = {}
    if spec.offices.file is not None:
        path: Path = ("offices", "file")
        read = read_rows(spec.offices.file, path, ("office",), faults, may=_OWN_COLUMNS)
        if read is not None:
            rows = _listed(read, path, faults)
    for name, office in spec.offices.named.items():
        row = rows.setdefault(name, _Row(name=name, path=("offices", name)))
        row.path, row.file = ("offices", name), ""
        row.level = office.level or row.level
        row.parent = office.parent or row.parent
        row.label = office.label or row.label
        row.columns |= {column: _plain(value) for column, value in _columns_of(office).items()}
    if rows or spec.offices.file is not None:
        return rows or {"": _Row(name="", path=("offices",))}
    return {level: _Row(name=level, path=("levels",), level=level) for level in spec.levels}


def _columns_of(office: OfficeSpec) -> dict[str, float | str]:
    return office.__pydantic_extra__ or {}


def _plain(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.15g}"


def _listed(read: Rows, path: Path, faults: Faults) -> dict[str, _Row]:
    rows: dict[str, _Row] = {}
    totals = _totals(read)
    for line, cells in read:
        name = cells["office"]
        if line in totals:
            faults.in_file(
                path,
                read.file,
                line,
                say("'{name}' looks like a total row", name=name),
                say("Delete the line, or give the office a level and another name."),
            )
            continue
        if not name or name in rows:
            message = (
                say("'{name}' is listed twice", name=name)
                if name
                else say("an office without a name")
            )
            faults.in_file(
                path, read.file, line, message, say("Give each office a name of its own.")
            )
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
        faults.in_file(path, read.file, 1, say("no offices in it"), say("Give one office a line."))
    return rows


def _totals(read: Rows) -> set[int]:
    """The lines that add up others: by their name, or alone without a level and a parent."""
    bare = [line for line, cells in read if not (cells.get("level") or cells.get("parent"))]
    named = {line for line, cells in read if cells["office"].rstrip(": ").casefold() in _TOTALS}
    is_alone = len(bare) == 1 and len(read.lines) > _FEWEST_OTHERS
    return named | set(bare) if is_alone else named


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
                row.fault(
                    faults,
                    say("unknown {kind} '{name}'", kind=say("parent"), name=row.parent),
                    way_out,
                )
            elif over.level not in above:
                message = say(
                    "its parent '{name}' is on level {level}, not above",
                    name=over.name,
                    level=over.level,
                )
                row.fault(
                    faults, message, say("Levels from the top: {names}.", names=", ".join(levels))
                )
            else:
                parents[row.name] = index[over.name]
            continue
        nearest = next((level for level in reversed(above) if on_level[level]), None)
        if nearest is not None and len(on_level[nearest]) > 1:
            without.append(row)
        elif nearest is not None:
            parents[row.name] = index[on_level[nearest][0]]
    if without:
        names = some([row.name for row in without])
        faults.add(
            without[0].path,
            say("no parent is given for {names}, and there are several offices above", names=names),
            say("Give each its parent."),
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
