"""An object-centric log (OCEL 2.0), and how it becomes a table with one kind of case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from sim.language import later, say
from sim.logs.headings import meaning_of
from sim.logs.table import RawTable, refuse
from sim.wording import did_you_mean, some


@dataclass(slots=True, kw_only=True)
class OcelEvent:
    """An event with its type, its time as text, its attributes and the objects it is about."""

    name: str
    kind: str
    time: str
    attributes: dict[str, str] = field(default_factory=dict)
    related: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class OcelObject:
    """An object with its type, its attributes (the last value of each) and what it belongs to."""

    kind: str
    attributes: dict[str, str] = field(default_factory=dict)
    related: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ocel:
    """Events, and objects by their name."""

    events: Sequence[OcelEvent]
    objects: Mapping[str, OcelObject]


_CASE: Final = "case:concept:name"
_STEP: Final = "concept:name"
_TIME: Final = "time:timestamp"
_WAY_OUT: Final = later("Name the type of object that is the case: --map case=TYPE.")


def flattened(log: Ocel, file: str, *, case: str) -> RawTable:
    """A row each event of each case that it is about.

    Parameters
    ----------
    case
        The type of object that is the case; empty to take the only type that is called so.

    Raises
    ------
    LogError
        There are no events, no such type, or several types that may be the case.
    """
    import pyarrow as pa

    if not log.events:
        raise refuse(file, say("no event in it"), say("Give a log with events."))
    kinds = sorted({each.kind for each in log.objects.values()})
    kind = _kind_of_case(kinds, file, case)
    shorts = {name: _short(name, each.kind) for name, each in log.objects.items()}
    columns: dict[str, list[str | None]] = {_CASE: [], _STEP: [], _TIME: []}
    n = 0

    def add(values: Mapping[str, str]) -> None:
        nonlocal n
        for key, value in values.items():
            column = columns.setdefault(key, [])
            column.extend([None] * (n - len(column)))
            column.append(value)
        n += 1

    seen = set()
    numbers: list[int] = []
    for number, event in enumerate(log.events, start=1):
        related = [name for name in event.related if name in log.objects]
        others = {
            log.objects[name].kind: shorts[name]
            for name in related
            if log.objects[name].kind != kind
        }
        for name in dict.fromkeys(related):
            if log.objects[name].kind != kind:
                continue
            seen.add(name)
            of_case = {f"case:{key}": value for key, value in log.objects[name].attributes.items()}
            told = {_CASE: shorts[name], _STEP: event.kind, _TIME: event.time}
            add({**others, **event.attributes, **of_case, **told})
            numbers.append(number)
    for name, each in log.objects.items():
        if each.kind == kind and name not in seen:
            add(
                {_CASE: shorts[name]}
                | {f"case:{key}": value for key, value in each.attributes.items()}
            )
            numbers.append(0)
    for column in columns.values():
        column.extend([None] * (n - len(column)))
    return RawTable(
        file=file,
        columns={name: pa.array(column, pa.string()) for name, column in columns.items()},
        rows=np.asarray(numbers, np.int64),
    )


def _kind_of_case(kinds: Sequence[str], file: str, case: str) -> str:
    if case:
        if case not in kinds:
            raise refuse(
                file, say("no type of object '{case}'", case=case), did_you_mean(case, kinds)
            )
        return case
    found = [kind for kind in kinds if meaning_of(kind) == "case"]
    if len(found) != 1 and len(kinds) > 1:
        raise refuse(
            file,
            say("the case can be any of the objects {names}", names=some(kinds, 8)),
            say(_WAY_OUT),
        )
    if not kinds:
        raise refuse(file, say("no object in it"), say("Give a log with objects."))
    return found[0] if found else kinds[0]


def _short(name: str, kind: str) -> str:
    """The name of an object without its type before it."""
    return name.removeprefix(f"{kind}:")
