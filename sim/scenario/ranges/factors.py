"""What of a scenario may be otherwise: assumed values with their ranges, levers with their choices.

A lever that readings set is a factor with the values that they give it; so is one that states a
range.  Every other value is a factor of its own if it is assumed, or states a range.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from sim.errors import ScenarioError
from sim.scenario.messages import schema_faults
from sim.scenario.overrides.changes import changed
from sim.scenario.overrides.override import targets_of
from sim.scenario.ranges.quantities import Quantity, Stretch, quantity_of
from sim.scenario.scenario import Entry, Scenario, values_by_path
from sim.scenario.schema.ranges import Kind, Range, parse_range
from sim.scenario.schema.sections import read_spec
from sim.scenario.text.tree import COMMAND_LINE, Mark, Path, Place, dotted, matches

NOT_WRITTEN: Final = "not written"
"""Stands for a value that is left at its default."""

_ASSUMED: Final = ("assumed", "unmarked")
_UNASKED: Final = frozenset({"period", "replications", "seed", "overload"})
"""Sections that say how a study looks, not how things are."""

_BY_VARYING: Final = Place(file=COMMAND_LINE, line=0, column=0, key_line=0, key_column=0)


class Origin(StrEnum):
    """Where the range of a factor comes from."""

    STATED = "stated"
    READINGS = "readings"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """Something in a scenario that may be otherwise.

    Parameters
    ----------
    name
        The lever, or the path as levers name it.
    label
        What the lever is called; empty for a value.
    written
        What stands there, :data:`NOT_WRITTEN` for nothing.
    mark, source
        How what stands there is known.
    stretch
        The amounts that it may have; None where it has ``choices``.
    choices
        What it may be in place of what is written, as plain data.
    """

    name: str
    label: str
    written: str
    mark: str
    source: str
    origin: Origin
    paths: tuple[Path, ...]
    stretch: Stretch | None = None
    quantity: Quantity | None = None
    choices: tuple[Any, ...] = ()

    @property
    def ends(self) -> tuple[float, ...]:
        """The ends of the stretch that are not what is written; none of choices."""
        if self.stretch is None:
            return ()
        ends = (self.stretch.low, self.stretch.high)
        return tuple(each for each in ends if each != self.stretch.written)

    def value_of(self, amount: float) -> Any:
        """What is written for an amount; of multiples, the change."""
        if self.quantity is None:
            return f"{amount:.6g} x"
        return self.quantity.written_at(amount)

    def amount_near(self, amount: float) -> float:
        """The nearest amount that can be written."""
        is_whole = self.quantity is not None and self.quantity.is_whole
        return float(round(amount)) if is_whole else amount

    def value_at(self, position: float) -> Any:
        """The value at a position from 0 to 1; None for what is written.

        What is written and each choice have equal parts of the positions.
        """
        if self.stretch is not None:
            return self.value_of(self.stretch.at(position))
        place = min(int(position * (len(self.choices) + 1)), len(self.choices))
        return self.choices[place - 1] if place else None


def as_setting(value: Any) -> str:
    """A value as ``--set`` takes it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def factors(scenario: Scenario) -> tuple[tuple[Factor, ...], tuple[Entry, ...]]:
    """What of a scenario may be otherwise, and the assumed values that nothing moves.

    What a variant or the command line sets is what is asked, and no factor.

    Returns
    -------
    tuple
        Factors, levers first; then assumed values without an amount and without a range.
    """
    levers = tuple(_levers(scenario))
    covered = [path for factor in levers for path in factor.paths]
    own = _own_ranges(scenario)
    found, left = [], []
    for path, entry in _parts(scenario, own):
        is_covered = any(path[: len(each)] == each for each in covered)
        if path[0] in _UNASKED or entry.mark == "set" or is_covered:
            continue
        factor = _of_value(scenario, path, entry, own.get(path))
        if factor is not None:
            found.append(factor)
        elif entry.mark in _ASSUMED:
            left.append(entry)
    return (*levers, *found), tuple(left)


def scenario_with(scenario: Scenario, changes: Sequence[tuple[Factor, Any]]) -> Scenario:
    """A scenario in which some factors have other values; what is written needs no change.

    Raises
    ------
    ScenarioError
        A value cannot stand there.
    """
    document = scenario.document.copy()
    for factor, value in changes:
        for path in factor.paths:
            where, new = changed(document, path, value)
            document.put(where, new, _BY_VARYING)
            document.overridden[where] = Mark(mark="set", source=COMMAND_LINE)
    spec, errors = read_spec(document.tree)
    if spec is None:
        raise ScenarioError(list(schema_faults(errors, document)))
    return replace(scenario, spec=spec, document=document)


def _own_ranges(scenario: Scenario) -> dict[Path, Range]:
    document = scenario.document
    known = {**document.marks, **document.overridden}
    return {path: parse_range(mark.range) for path, mark in known.items() if mark.range is not None}


def _parts(scenario: Scenario, own: Mapping[Path, Range]) -> Iterator[tuple[Path, Entry]]:
    """Every value, but a mapping with a range of its own as one."""
    whole: set[Path] = set()
    for path, entry in values_by_path(scenario):
        above = next((path[:n] for n in range(1, len(path)) if path[:n] in own), None)
        if above is None:
            yield path, entry
        elif above not in whole:
            whole.add(above)
            name = entry.path.rsplit(".", len(path) - len(above))[0]
            text = as_setting(scenario.document.get(above))
            yield above, replace(entry, path=name, text=text)


def _of_value(scenario: Scenario, path: Path, entry: Entry, own: Range | None) -> Factor | None:
    raw = scenario.document.get(path)
    quantity = quantity_of(raw, path)
    stated = own
    # A pattern fits many values, and what a source states among them is no assumption.
    if own is None and entry.mark in _ASSUMED:
        stated = _by_pattern(scenario, path)
        if stated is not None and stated.kind is Kind.TIMES and not _has_multiples(quantity):
            stated = None
    if entry.mark not in _ASSUMED and stated is None:
        return None
    whole = Factor(
        name=entry.path,
        label="",
        written=entry.text,
        mark=entry.mark,
        source=entry.source,
        origin=Origin.DEFAULT if stated is None else Origin.STATED,
        paths=(path,),
        quantity=quantity,
    )
    if stated is not None and stated.kind is None:
        choices = tuple(each for each in stated.choices if each != raw)
        return replace(whole, choices=choices) if choices else None
    if quantity is None:
        return None
    stretch = quantity.by_default() if stated is None else quantity.stretch(stated)
    if stretch is None or stretch.low >= stretch.high:
        return None
    return replace(whole, stretch=stretch)


def _has_multiples(quantity: Quantity | None) -> bool:
    """Whether multiples of a value make sense: not of a count, nor of all of something."""
    if quantity is None or quantity.is_count:
        return False
    return quantity.kind is not Kind.SHARE or quantity.amount < 1


def _by_pattern(scenario: Scenario, path: Path) -> Range | None:
    """The range of the longest pattern that fits and states one."""
    name = dotted(path)
    found = {
        pattern: origin.range
        for pattern, origin in scenario.spec.provenance.items()
        if origin.range is not None and matches(pattern, name)
    }
    return found[max(found, key=len)] if found else None


def _levers(scenario: Scenario) -> Iterator[Factor]:
    """The levers, and paths, that readings set or that state a range."""
    choices: dict[str, list[Any]] = {}
    for reading in scenario.document.tree.get("readings", {}).values():
        for name, value in reading.items():
            if name not in ("label", "note"):
                choices.setdefault(name, []).append(value)
    for name, lever in scenario.levers.items():
        if lever.range is not None:
            choices.setdefault(name, []).extend(lever.range.choices)
    for name, values in choices.items():
        factor = _lever(scenario, name, values)
        if factor is not None:
            yield factor


def _lever(scenario: Scenario, name: str, values: Sequence[Any]) -> Factor | None:
    document = scenario.document
    paths = targets_of(document, name)
    marks = [scenario.mark(path) or Mark(mark="unmarked") for path in paths]
    is_asked = any(mark.mark == "set" and not mark.source.startswith("reading ") for mark in marks)
    if not paths or is_asked:
        return None
    raws = [document.get(path) for path in paths]
    lever = scenario.levers.get(name)
    whole = Factor(
        name=name,
        label=(lever.label or "") if lever is not None else "",
        written=NOT_WRITTEN if raws[0] is None else as_setting(raws[0]),
        mark=marks[0].mark,
        source=marks[0].source,
        origin=Origin.STATED if lever is not None and lever.range else Origin.READINGS,
        paths=paths,
    )
    stated = None if lever is None else lever.range
    if stated is not None and stated.kind is not None:
        quantity = quantity_of(raws[0], paths[0])
        if stated.kind is Kind.TIMES:
            stretch = Stretch(low=stated.low, written=1.0, high=stated.high)
            return replace(whole, stretch=stretch, written="1 x")
        if quantity is not None and all(raw == raws[0] for raw in raws):
            return replace(whole, stretch=quantity.stretch(stated), quantity=quantity)
        return None
    distinct: list[Any] = []
    for value in values:
        if value not in distinct and any(raw != value for raw in raws):
            distinct.append(value)
    return replace(whole, choices=tuple(distinct)) if distinct else None
