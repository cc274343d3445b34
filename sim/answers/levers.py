"""The levers of a scenario as somebody moves them: what stands there, how it is known, how far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from sim.scenario import Scenario
from sim.scenario.overrides.changes import is_change
from sim.scenario.overrides.override import targets_of
from sim.scenario.ranges.factors import as_setting
from sim.scenario.ranges.quantities import Quantity, quantity_of
from sim.scenario.schema.base import DAY_FIRST
from sim.scenario.schema.ranges import Kind, Range
from sim.scenario.schema.sections import LeverSpec
from sim.scenario.schema.values import BETWEEN, is_by_date
from sim.scenario.text.tree import COMMAND_LINE, Mark, Path
from sim.scenario.text.yaml import read_value
from sim.units import is_number, parse_amount, parse_date

_NAMING: Final = frozenset({"label", "note", "source", "mark", "from", "after"})
_HABITS: Final = frozenset({"slip", "looks_in", "begins", "departures", "pooled", "helps"})
_MOST_TIMES: Final = 2.0
_NEARLY_ALL: Final = 0.9
"""From here on a share, such as of the time that a system is up, moves in its last tenth."""

_SPARE: Final = 3
"""People that can be added to a small group, beyond twice as many."""


class Group(StrEnum):
    """What a lever is about."""

    RULES = "rules"
    CHANNELS = "channels"
    CASES = "cases"
    WORK = "work"
    HABITS = "habits"
    STAFF = "staff"
    SYSTEMS = "systems"
    DEMAND = "demand"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The amounts that a lever can be set to, at equal steps; ``unit`` stands behind a number.

    ``present`` is what stands there.  With ``x`` for a unit, amounts multiply that.
    """

    low: float
    high: float
    step: float
    present: float
    unit: str

    @property
    def present_text(self) -> str:
        """What stands there as it is set."""
        return f"{self.present:.10g}{' ' if self.unit else ''}{self.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A value from a day on; ``amount`` is None where it is no number."""

    day: dt.date
    text: str
    amount: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedLever:
    """A lever and what it moves.

    Parameters
    ----------
    present
        What stands at each of its places, as it would be set; empty for a default.
    mark, source, note, file, line
        How the first of them is known, and where it stands.
    range
        What it may be by its source, as written; empty for none.
    scale
        None where it has no amount.
    choices
        What variants, readings and bottlenecks set it to, and what its range lists, as settings.
    by_date
        Its values by date, where it has some; ``is_straight`` if it moves between them.
    """

    name: str
    label: str
    group: Group
    paths: tuple[str, ...]
    present: tuple[str, ...]
    mark: str
    source: str
    note: str
    file: str
    line: int
    range: str
    scale: Scale | None
    choices: tuple[str, ...]
    by_date: tuple[Point, ...] = ()
    is_straight: bool = False


def moved_levers(scenario: Scenario) -> tuple[MovedLever, ...]:
    """The levers of a scenario in the order in which they are written."""
    used = _used(scenario)
    return tuple(
        _lever(scenario, name, spec, used.get(name, ())) for name, spec in scenario.levers.items()
    )


def with_dates(scenario: Scenario, lever: MovedLever, text: str) -> MovedLever | None:
    """A lever as it is with values by date that somebody sets; None where the text has none.

    Raises
    ------
    ScenarioError, ValueFault
        It cannot be read.
    """
    value = read_value(text) if text.startswith("{") else None
    if not isinstance(value, Mapping) or not is_by_date(value):
        return None
    return replace(lever, **_by_date(scenario, value))


def _lever(scenario: Scenario, name: str, spec: LeverSpec, used: Sequence[Any]) -> MovedLever:
    document = scenario.document
    paths = tuple(_amounts_at(scenario, path) for path in targets_of(document, name))
    raws = [document.get(path) for path in paths]
    first = paths[0] if paths else ()
    mark = scenario.mark(first) or Mark(mark="unmarked")
    place = document.places.get(document.existing(first))
    stated = spec.range
    distinct = list(dict.fromkeys("" if raw is None else as_setting(raw) for raw in raws))
    listed = [*used, *(stated.choices if stated is not None else ())]
    choices = [
        as_setting(each) for each in listed if not (isinstance(each, str) and is_change(each))
    ]
    dated = raws[0] if raws and is_by_date(raws[0]) else None
    return MovedLever(
        name=name,
        label=spec.label or name,
        group=_group(paths),
        paths=spec.paths,
        present=tuple(distinct),
        mark=mark.mark,
        source=mark.source,
        note=mark.note,
        file="" if place is None or place.file == COMMAND_LINE else place.file,
        line=0 if place is None else place.line,
        range=_range_text(scenario, name, first),
        scale=_scale(raws, paths, stated),
        choices=tuple(each for each in dict.fromkeys(choices) if [each] != distinct),
        **({} if dated is None else _by_date(scenario, dated)),
    )


def _used(scenario: Scenario) -> dict[str, list[Any]]:
    """What each lever is set to somewhere in the scenario."""
    found: dict[str, list[Any]] = {}
    for section in ("variants", "readings", "bottlenecks"):
        for each in scenario.tree.get(section, {}).values():
            for name, value in each.items() if isinstance(each, Mapping) else ():
                if name not in _NAMING:
                    found.setdefault(name, []).append(value)
    for name, spec in scenario.levers.items():
        for path in spec.paths:
            match path.split("."):
                case ["bundles", bundle, "regime"] if bundle in scenario.spec.bundles:
                    found.setdefault(name, []).extend(scenario.spec.bundles[bundle].regimes)
                case ["reading"]:
                    found.setdefault(name, []).extend(scenario.readings)
    return found


def _amounts_at(scenario: Scenario, path: Path) -> Path:
    """Where the amount of a value stands that says more beside a share."""
    raw = scenario.document.get(path)
    is_channel = isinstance(raw, Mapping) and "share" in raw and "spell" not in raw
    return (*path, "share") if is_channel else path


def _group(paths: Sequence[Path]) -> Group:
    if not paths:
        return Group.OTHER
    path = paths[0]
    if path[-1] in _HABITS or path[0] == "timetables":
        return Group.HABITS
    if path[0] == "staff":
        return Group.STAFF
    if path[0] == "systems":
        return Group.SYSTEMS
    for part, group in (
        ("demand", Group.DEMAND),
        ("channels", Group.CHANNELS),
        ("properties", Group.CASES),
    ):
        if part in path:
            return group
    if path[0] in ("reading", "readings") or path[-1] == "regime" or "limits" in path:
        return Group.RULES
    if path[0] == "bundles" and ("regimes" in path or "procedures" in path):
        return Group.WORK
    return Group.OTHER


def _scale(raws: Sequence[Any], paths: Sequence[Path], stated: Range | None) -> Scale | None:
    """How a lever can be moved in equal steps; None where nothing of it is an amount."""
    if not raws or any(is_by_date(raw) for raw in raws):
        return None
    if stated is not None and stated.kind is Kind.TIMES:
        return Scale(low=stated.low, high=stated.high, step=0.05, present=1.0, unit="x")
    quantities = [quantity_of(raw, path) for raw, path in zip(raws, paths, strict=True)]
    known = [each for each in quantities if each is not None]
    if len(known) < len(raws):
        is_column = all(path[-1] == "people" for path in paths)
        return (
            Scale(low=0.5, high=_MOST_TIMES, step=0.05, present=1.0, unit="x")
            if is_column
            else None
        )
    first = known[0]
    if first.kind is Kind.SHARE:
        least = min(each.amount for each in known)
        is_one = all(each.raw == first.raw for each in known)
        if is_one or least >= _NEARLY_ALL:
            present = float(f"{100 * first.amount:.10g}")
            low = 100 * _NEARLY_ALL if least >= _NEARLY_ALL and least < 1 else 0
            return Scale(low=low, high=100, step=0.5 if low else 1, present=present, unit="%")
    if any(each.raw != first.raw for each in known):
        return _multiples(known)
    if first.is_whole:
        high = max(_MOST_TIMES * first.amount, 5.0)
        return Scale(low=0, high=high, step=1, present=first.amount, unit="wd")
    if first.path[-1] == "people" and first.amount == int(first.amount):
        high = max(_MOST_TIMES * first.amount, first.amount + _SPARE)
        return Scale(low=0, high=high, step=1, present=first.amount, unit="")
    if first.is_count:
        high = max(_MOST_TIMES * first.amount, first.amount + _SPARE)
        return Scale(low=0, high=high, step=1, present=first.amount, unit="")
    return _multiples(known)


def _multiples(known: Sequence[Quantity]) -> Scale | None:
    """Half to twice as much; of nothing that is nothing."""
    if not any(each.amount for each in known):
        return None
    return _times()


def _times() -> Scale:
    return Scale(low=0.5, high=_MOST_TIMES, step=0.05, present=1.0, unit="x")


def _range_text(scenario: Scenario, name: str, path: Path) -> str:
    """The range as somebody wrote it: at the lever, or at the value."""
    spec = scenario.tree["levers"][name]
    written = spec.get("range") if isinstance(spec, Mapping) else None
    if written is None:
        mark = scenario.document.marks.get(path)
        written = None if mark is None else mark.range
    return "" if written is None or isinstance(written, list) else as_setting(written)


def _by_date(scenario: Scenario, dated: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a lever that say how it changes by date."""
    points = _points(dated, day_first=scenario.tree.get("dates") == DAY_FIRST)
    return {
        "by_date": tuple(sorted(points, key=lambda point: point.day)),
        "is_straight": dated.get(BETWEEN) == "straight",
    }


def _points(dated: Mapping[str, Any], *, day_first: bool) -> Iterator[Point]:
    for key, value in dated.items():
        if key == BETWEEN:
            continue
        text = as_setting(value)
        number = text.removesuffix("%").strip()
        yield Point(
            day=parse_date(key, day_first=day_first),
            text=text,
            amount=parse_amount(number) if is_number(number) else None,
        )
