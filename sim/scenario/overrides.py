"""Overrides: named by levers or paths, grouped into variants, or given on the command line.

An override replaces the value that it finds, or changes it: ``0.7 x`` multiplies, ``+ 1`` adds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sim.errors import Fault, ScenarioError, ValueFault
from sim.scenario.schema.sections import ScenarioSpec, known_fields
from sim.scenario.schema.step_names import step_names
from sim.scenario.schema.values import BETWEEN, is_by_date, show
from sim.scenario.text.tree import COMMAND_LINE, Document, Mark, Path, Place, dotted, undotted
from sim.scenario.text.yaml import read_value
from sim.units import (
    AMOUNT,
    DIGITS,
    format_duration,
    is_number,
    parse_amount,
    parse_number,
    parse_span,
)
from sim.wording import did_you_mean

_FACTOR: Final = re.compile(rf"({DIGITS})\s*[x×]")
_CHANGE: Final = re.compile(r"([+\-\u2212])\s*(.+)")
_UNSET: Final = {"people": 1, "speed": 1, "times": 1}


@dataclass(slots=True)
class _DeadEnds:
    """Where looking for a path stopped, deepest last."""

    path: Path = ()
    part: str | int = ""
    known: list[str] = field(default_factory=list)

    def note(self, path: Path, part: str | int, known: list[str]) -> None:
        if not self.known or len(path) > len(self.path):
            self.path, self.part, self.known = path, part, known


def override(document: Document, variant: str | None, settings: Mapping[str, str]) -> None:
    """Make the overrides of a variant, then those of the command line, in a document.

    Each is made on what those before it left.  What cannot be made is added to the document's
    faults, as is a lever that moves nothing.
    """
    levers = _levers(document)
    if variant is not None:
        for name in _chain(document, variant):
            for key, value in document.tree["variants"][name].items():
                if key == "from":
                    continue
                at: Path = ("variants", name, key)
                mark = document.marks.get(at, Mark(mark="set", source=f"variant {name}"))
                _apply(document, levers, key, value, document.places[at], at, mark)
    for key, text in settings.items():
        place = Place(file=COMMAND_LINE, line=0, column=0, key_line=0, key_column=0)
        try:
            value = text if _is_change(text) else read_value(text)
        except ScenarioError as error:
            document.faults.extend(
                _placed(place, (key,), fault.message, fault.way_out) for fault in error.faults
            )
            continue
        if value is None:
            fault = _placed(place, (key,), "has no value", "Give one after the =.")
            document.faults.append(fault)
            continue
        _apply(document, levers, key, value, place, (), Mark(mark="set", source=COMMAND_LINE))


def _levers(document: Document) -> dict[str, tuple[str, ...]]:
    """The paths of each lever; one that moves nothing is a fault."""
    section = document.tree.get("levers")
    levers: dict[str, tuple[str, ...]] = {}
    for name, lever in section.items() if isinstance(section, dict) else ():
        paths = lever.get("paths") if isinstance(lever, dict) else lever
        texts = paths if isinstance(paths, list) else [paths]
        levers[name] = tuple(path for path in texts if isinstance(path, str))
        for text in levers[name]:
            ends = _DeadEnds()
            if not list(_targets(document, text, ends)):
                message, way_out = _nothing_at(text, ends)
                document.faults.append(document.fault(("levers", name), message, way_out))
    return levers


def _chain(document: Document, variant: str) -> list[str]:
    """The variants to apply, what a variant starts from before itself."""
    variants = document.tree.get("variants")
    known = variants if isinstance(variants, dict) else {}
    chain: list[str] = []
    name: Any = variant
    while name is not None:
        path: Path = ("variants", chain[0], "from") if chain else ()
        if not isinstance(name, str):
            message = f"found {show(name)} where the name of a variant belongs"
            document.faults.append(document.fault(path, message, "Name one variant."))
            return []
        if name not in known:
            way_out = did_you_mean(name, set(known) - set(chain)) or "The scenario has no variants."
            document.faults.append(document.fault(path, f"no variant '{name}'", way_out))
            return []
        if not isinstance(known[name], dict):
            return []  # which the schema refuses
        if name in chain:
            circle = " → ".join((*reversed(chain), name))
            fault = document.fault(path, f"starts from itself: {circle}", "Break the circle.")
            document.faults.append(fault)
            return []
        chain.insert(0, name)
        name = known[name].get("from")
    return chain


def _apply(
    document: Document,
    levers: Mapping[str, tuple[str, ...]],
    key: str,
    value: Any,
    place: Place,
    at: Path,
    mark: Mark,
) -> None:
    for text in levers.get(key, (key,)):
        ends = _DeadEnds()
        targets = list(_targets(document, text, ends))
        if not targets and key not in levers:
            message, way_out = _nothing_at(text, ends)
            if len(ends.path) == 0:
                way_out = did_you_mean(key, [*levers, *ScenarioSpec.fields()])
                message = f"'{key}' is neither a lever nor a path of the scenario"
            document.faults.append(_placed(place, at or (key,), message, way_out))
        for target in targets:
            try:
                where, new = _changed(document, target, value)
            except ValueFault as fault:
                document.faults.append(_placed(place, at or (key,), fault.message, fault.way_out))
                continue
            document.put(where, new, place)
            document.overridden[where] = mark


def _placed(place: Place, path: Path, message: str, way_out: str) -> Fault:
    return Fault(
        file=place.file,
        line=place.line,
        column=place.column,
        path=dotted(path),
        message=message,
        way_out=way_out,
    )


def _targets(document: Document, text: str, ends: _DeadEnds) -> Iterator[Path]:
    """The places that a path with stars and names of steps stands for."""
    parts = undotted(text)
    if parts is None:
        ends.note((), text, list(document.tree))
        return
    first = parts[0]
    if first not in document.tree and first in ScenarioSpec.fields() and "*" not in parts:
        yield parts
        return
    yield from _find(document.tree, parts, (), ends, may_add=True)


def _find(
    node: Any,
    parts: Path,
    path: Path,
    ends: _DeadEnds,
    *,
    may_add: bool,
    names: Mapping[Path, str] | None = None,
) -> Iterator[Path]:
    """Look for the parts below a node; ``names`` are those of the steps of the flow around it."""
    if not parts:
        yield path
        return
    part, rest = parts[0], parts[1:]
    if isinstance(node, list):
        names = step_names(node, path) if names is None else names
        if part == "*":
            found = [(*path, index) for index in range(len(node))]
            may_add = False
        elif isinstance(part, int):
            found = [(*path, part)] if part < len(node) else []
        else:
            found = [at for at, name in names.items() if name == part and at[: len(path)] == path]
        for at in found:
            item = _below(node, at[len(path) :])
            yield from _find(item, rest, at, ends, may_add=may_add, names=names)
        if not found:
            ends.note(path, part, [names[at] for at in names if at[: len(path)] == path])
    elif isinstance(node, dict) and part == "*":
        for key, item in node.items():
            yield from _find(item, rest, (*path, key), ends, may_add=may_add, names=names)
    elif isinstance(node, dict) and part in node:
        item = node[str(part)]
        yield from _find(item, rest, (*path, part), ends, may_add=may_add, names=names)
    elif isinstance(node, dict) and not rest and may_add and part in known_fields():
        # A field that stands at its default; the schema says whether it belongs here.
        yield (*path, part)
    else:
        ends.note(path, part, list(node) if isinstance(node, dict) else [])


def _below(node: Any, path: Path) -> Any:
    for part in path:
        node = node[part]
    return node


def _nothing_at(text: str, ends: _DeadEnds) -> tuple[str, str]:
    above = dotted(ends.path) or "the scenario"
    part = str(ends.part or text)
    return f"no '{part}' in {above}", did_you_mean(part, ends.known)


def _is_change(value: Any) -> bool:
    return isinstance(value, str) and bool(
        _FACTOR.fullmatch(value.strip()) or re.match(r"\+|[-\u2212]\s", value.strip())
    )


def _changed(document: Document, path: Path, value: Any) -> tuple[Path, Any]:
    """Where a value goes, and what it is after a change of the present one."""
    present = document.get(path)
    if _has_share(present) and not _has_share(value):
        path = (*path, "share")
        present = present["share"]
    if not _is_change(value):
        return path, value
    if isinstance(present, dict) and path[-1] == "people" and not is_by_date(present):
        path = (*path, "times")
        present = present.get("times")
    if present is None:
        present = _UNSET.get(str(path[-1]))
    if is_by_date(present):
        return path, {
            key: one if key == BETWEEN else _after(one, value, path) for key, one in present.items()
        }
    if isinstance(present, dict | list) or present is None:
        raise ValueFault(
            f"'{value}' changes {dotted(path)}, which has no single value",
            way_out="Give the new value.",
        )
    return path, _after(present, value, path)


def _has_share(value: Any) -> bool:
    """Whether a value says more beside a share, as of a channel that asks for a property."""
    return isinstance(value, dict) and "share" in value


def _after(present: Any, value: str, path: Path) -> Any:
    """A single value after a change."""
    factor = _FACTOR.fullmatch(value.strip())
    if factor:
        return _multiplied(present, parse_number(factor[1]), path)
    change = _CHANGE.fullmatch(value.strip())
    if change is None:
        raise ValueFault(f"'{value}' is no change", way_out="Write for example + 1.")
    return _added(present, change[2], 1 if change[1] == "+" else -1, path)


def _multiplied(present: Any, factor: float, path: Path) -> Any:
    text = unicodedata.normalize("NFC", str(present)).strip()
    if text.endswith("%"):
        return f"{parse_number(text[:-1]) * factor:.12g} %"
    if is_number(text):
        return _tidy(parse_amount(present) * factor)
    scaled, number = AMOUNT.subn(
        lambda match: f"{parse_number(match['number']) * factor:.12g}{match['unit']}", text
    )
    if not number:
        raise ValueFault(
            f"{dotted(path)} is '{text}', which cannot be multiplied",
            way_out="Give the new value.",
        )
    return scaled


def _added(present: Any, change: str, sign: int, path: Path) -> Any:
    text = str(present).strip()
    if is_number(text) and is_number(change):
        return _tidy(parse_amount(present) + sign * parse_amount(change))
    try:
        if text.endswith("%") and change.endswith("%"):
            return f"{parse_number(text[:-1]) + sign * parse_number(change[:-1]):.12g} %"
        old, by = parse_span(text), parse_span(change)
        if old.in_working_days == by.in_working_days:
            total = old.amount + sign * by.amount
            if old.in_working_days:
                return f"{total:.12g} wd"
            return format_duration(round(total))
    except ValueFault:
        pass
    raise ValueFault(
        f"{dotted(path)} is '{text}', to which '{change}' cannot be added",
        way_out="Change it by the same unit, or give the new value.",
    )


def _tidy(number: float) -> float | int:
    """Without the digits that binary arithmetic leaves behind."""
    number = float(f"{number:.12g}")
    return int(number) if number.is_integer() else number
